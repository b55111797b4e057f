package main

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// guides are pages that are read from top to bottom: their shell blocks are run one after
// the other, in one directory.
var guides = []string{
	"docs/getting-started.md", "docs/voices.md", "docs/pronunciation.md", "docs/disclosure.md", "docs/scaling-out.md", "docs/upgrading.md",
	"docs/security.md",
}

// guideBlock is a shell block, with what it prints where the page shows that behind it.
var guideBlock = regexp.MustCompile("(?ms)^```sh\n(.*?)^```$(?:\n\n^```text\n(.*?)^```$)?")

// TestGuides does what the guides tell a reader to type, and compares what they show of
// its output.
func TestGuides(t *testing.T) {
	t.Parallel()
	for _, name := range guides {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			page, err := os.ReadFile(filepath.Join("..", "..", name))
			if err != nil {
				t.Fatal(err)
			}
			blocks := guideBlock.FindAllStringSubmatch(string(page), -1)
			if len(blocks) == 0 {
				t.Fatal("no shell block")
			}
			var typed strings.Builder
			for i, b := range blocks {
				fmt.Fprintf(&typed, "echo '%s'\n%s", blockMark(i), b[1])
			}
			printed := runBlock(t, ownAddresses(t, typed.String()))
			for i, b := range blocks {
				_, printed, _ = strings.Cut(printed, blockMark(i)+"\n")
				own, _, _ := strings.Cut(printed, blockMark(i+1)+"\n")
				if missing := notPrinted(own, b[2]); missing != "" {
					t.Errorf("block %d did not print\n%s\nbut\n%s", i+1, missing, own)
				}
			}
		})
	}
}

// blockMark stands in the output before that of a block.
func blockMark(i int) string { return fmt.Sprintf("=== block %d of the page", i+1) }

// ownAddresses gives a page that names the default ports a loopback address that no other
// test has.
func ownAddresses(t *testing.T, text string) string {
	t.Helper()
	if !strings.Contains(text, "127.0.0.1:9090") {
		return text
	}
	if runtime.GOOS != "linux" {
		t.Skip("SKIPPED: only Linux has many loopback addresses")
	}
	host := fmt.Sprintf("127.%d.%d.%d", 1+rand.IntN(250), 1+rand.IntN(250), 1+rand.IntN(250))
	return "export LECTOR_ADMIN_LISTEN=" + host + ":9090\n" + strings.ReplaceAll(text, "127.0.0.1", host)
}

// notPrinted returns the first line of a page that is not in the output behind the ones
// before it, or "". … stands for anything, and spaces for any space.
func notPrinted(printed, shown string) string {
	lines := strings.Split(printed, "\n")
	for want := range strings.Lines(shown) {
		if strings.TrimSpace(want) == "" {
			continue
		}
		i := firstMatch(lines, shownLine(want))
		if i < 0 {
			return want
		}
		lines = lines[i+1:]
	}
	return ""
}

func firstMatch(lines []string, want *regexp.Regexp) int {
	for i, line := range lines {
		if want.MatchString(strings.TrimSpace(line)) {
			return i
		}
	}
	return -1
}

// shownLine matches a line of output as a page shows it.
func shownLine(text string) *regexp.Regexp {
	words := strings.Fields(text)
	for i, w := range words {
		words[i] = strings.ReplaceAll(regexp.QuoteMeta(w), "…", ".*")
	}
	return regexp.MustCompile("^" + strings.Join(words, `\s+`) + "$")
}

func TestNotPrinted(t *testing.T) {
	t.Parallel()
	const printed = "a  b\ntook 17 ms\n  c (d)\n"
	for shown, want := range map[string]string{
		"": "", "a b\n": "", "a b\ntook … ms\n  c (d)\n": "", "c (d)\n": "", "took … s\n": "took … s\n", "c (d)\na b\n": "a b\n", "a\n": "a\n", "b\n": "b\n",
	} {
		if got := notPrinted(printed, shown); got != want {
			t.Errorf("%q: %q, want %q", shown, got, want)
		}
	}
}

// settingsBlock is a piece of lector.yaml that a page shows.
var settingsBlock = regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$")

// TestSettingsOfDocuments has lector config read each lector.yaml that a page shows.
func TestSettingsOfDocuments(t *testing.T) {
	t.Parallel()
	pages, err := fs.Glob(os.DirFS("../.."), "docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, name := range append(pages, "README.md") {
		page, err := os.ReadFile(filepath.Join("..", "..", name))
		if err != nil {
			t.Fatal(err)
		}
		for i, m := range settingsBlock.FindAllStringSubmatch(string(page), -1) {
			read++
			file := filepath.Join(t.TempDir(), "lector.yaml")
			if err := os.WriteFile(file, []byte(m[1]), 0o600); err != nil {
				t.Fatal(err)
			}
			var out strings.Builder
			a := &app{stdin: strings.NewReader(""), stdout: &out, stderr: &out, getenv: func(string) string { return "" }}
			if code := a.run(t.Context(), []string{"config", "-config", file}); code != 0 {
				t.Errorf("%s, settings %d: exit %d: %s", name, i+1, code, out.String())
			}
		}
	}
	if read < 8 {
		t.Errorf("%d pieces of settings", read)
	}
}

// TestIndexOfDocuments holds that docs/README.md names each page once.
func TestIndexOfDocuments(t *testing.T) {
	t.Parallel()
	index, err := os.ReadFile("../../docs/README.md")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := fs.Glob(os.DirFS("../../docs"), "*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range pages {
		if row := fmt.Sprintf("| [%s](%s) | ", name, name); name != "README.md" && strings.Count(string(index), row) != 1 {
			t.Errorf("docs/README.md has no row %s", row)
		}
	}
}
