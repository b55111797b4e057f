package sdktest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"lector"
)

// block is a program or a file in docs/publish.md.
var block = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$")

// blocks returns the first block of each language.
func blocks(t *testing.T) map[string]string {
	t.Helper()
	page, err := os.ReadFile("../../../docs/publish.md")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, m := range block.FindAllStringSubmatch(string(page), -1) {
		if _, ok := found[m[1]]; !ok {
			found[m[1]] = m[2]
		}
	}
	return found
}

// TestDocument runs each program of docs/publish.md with the event that stands there,
// as its reader would.
func TestDocument(t *testing.T) {
	t.Parallel()
	text := blocks(t)
	for language, run := range map[string]func(ctx context.Context, file string) *exec.Cmd{
		"go": func(ctx context.Context, file string) *exec.Cmd {
			return exec.CommandContext(ctx, "go", "build", "-o", file+".exe", file)
		},
		"js": func(ctx context.Context, _ string) *exec.Cmd {
			return exec.CommandContext(ctx, "node", "--input-type=module", "-e", text["js"])
		},
		"python": func(ctx context.Context, file string) *exec.Cmd { return exec.CommandContext(ctx, "python3", file) },
		"php":    func(ctx context.Context, file string) *exec.Cmd { return exec.CommandContext(ctx, "php", file) },
		"console": func(ctx context.Context, _ string) *exec.Cmd {
			return exec.CommandContext(ctx, "bash", "-c", strings.TrimPrefix(text["console"], "$ "))
		},
	} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			if text[language] == "" {
				t.Fatal("docs/publish.md has no such program")
			}
			runProgram(t, language, text, run)
		})
	}
}

// programs are what the languages need on the PATH.
var programs = map[string]string{"go": "go", "js": "node", "python": "python3", "php": "php", "console": "nats"}

func runProgram(t *testing.T, language string, text map[string]string, command func(context.Context, string) *exec.Cmd) {
	t.Helper()
	if _, err := exec.LookPath(programs[language]); err != nil {
		t.Skip("SKIPPED: " + programs[language] + " is not on the PATH; make test installs it")
	}
	if language == "js" && os.Getenv("LECTOR_JS") == "" {
		t.Skip("SKIPPED: the packages of npm are missing; make test fetches them where npm is there")
	}
	dir, server := t.TempDir(), open(t, false)
	file := filepath.Join(dir, "main."+strings.Replace(language, "console", "sh", 1))
	for name, content := range map[string]string{file: text[language], filepath.Join(dir, "event.json"): text["json"]} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := command(t.Context(), file)
	if language == "go" { // it is built where its modules are, and runs where its file is
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		cmd = exec.CommandContext(t.Context(), file+".exe")
	}
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "NATS_URL="+server.url, "CMS_PASSWORD="+password)
	if language == "js" { // whose packages are found from where it runs
		if err := os.Symlink(filepath.Join(os.Getenv("LECTOR_JS"), "node_modules"), filepath.Join(dir, "node_modules")); err != nil {
			t.Fatal(err)
		}
	}
	out, err := cmd.CombinedOutput()
	if err != nil || language != "console" && string(out) != "stored as 1\n" || !strings.Contains(string(out), "1") {
		t.Fatalf("%v: %s", err, out)
	}
	got := server.next(t)
	if got.Err != nil || got.Event.Article.Key() != lector.Key("havana", "4711") || got.Event.Article.Section != "City" {
		t.Errorf("%+v, %v", got.Event, got.Err)
	}
}
