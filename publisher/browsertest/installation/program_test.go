package installation_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"lector"
	"lector/publisher/paper"
)

// program is the lector of this repository, with a folder of its own.
type program struct {
	t    *testing.T
	path string
	dir  string
}

// build returns the program that was built for all tests, or builds one.
func build(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("LECTOR_TEST_PROGRAM"); path != "" {
		return path
	}
	path := filepath.Join(t.TempDir(), "lector")
	c := exec.CommandContext(t.Context(), "go", "build", "-o", path, "./cmd/lector")
	c.Dir = "../../.."
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return path
}

// configure configures lector with the voice at the address.
func configure(t *testing.T, voice string) program {
	t.Helper()
	p := program{t, build(t), t.TempDir()}
	settings := fmt.Sprintf("data: data\nvoices:\n  tone: {backend: openai, url: %q, voice: tone, format: wav, sample_rate: %d}\n"+
		"sites:\n  %s: {title: %s, language: en, spoken_disclosure: start, voices: {en: [tone]}}\n", voice, sampleRate, paper.Site, paper.Title)
	if err := os.WriteFile(filepath.Join(p.dir, "lector.yaml"), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

// command returns lector with arguments, in its folder.
func (p program) command(args ...string) *exec.Cmd {
	c := exec.CommandContext(p.t.Context(), p.path, args...)
	c.Dir = p.dir
	c.Env = append(os.Environ(), "LECTOR_LISTEN=127.0.0.1:0", "LECTOR_ADMIN_LISTEN=127.0.0.1:0")
	return c
}

// run runs lector to its end.
func (p program) run(args ...string) {
	p.t.Helper()
	if out, err := p.command(args...).CombinedOutput(); err != nil {
		p.t.Fatalf("lector %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// mainArticle finds the address that demo prints when the first article has audio.
var mainArticle = regexp.MustCompile(`Listen: (http\S+)/articles/`)

// demo starts lector demo and waits until the first article has audio. It returns
// the address of the public listener, and the further lines that demo prints.
func (p program) demo() (address string, lines <-chan string) {
	p.t.Helper()
	c := p.command("demo")
	out, in := io.Pipe()
	c.Stdout, c.Stderr = in, in
	if err := c.Start(); err != nil {
		p.t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); in.CloseWithError(c.Wait()) }()
	p.t.Cleanup(func() { _ = c.Process.Kill(); _, _ = io.Copy(io.Discard, out); <-ended })
	printed := make(chan string, 1000)
	go func() {
		defer close(printed)
		for s := bufio.NewScanner(out); s.Scan(); {
			printed <- s.Text()
		}
	}()
	line := p.await(printed, "Listen: ")
	match := mainArticle.FindStringSubmatch(line)
	if match == nil {
		p.t.Fatalf("no address in %q", line)
	}
	return match[1], printed
}

// await returns the first line that holds a text.
func (p program) await(lines <-chan string, text string) string {
	p.t.Helper()
	var before []string
	for line := range lines {
		if strings.Contains(line, text) {
			return line
		}
		before = append(before, line)
	}
	p.t.Fatalf("lector ended without %q:\n%s", text, strings.Join(before, "\n"))
	return ""
}

// manifest asks for the manifest of an article.
func manifest(t *testing.T, address string, a lector.Article) (m lector.Manifest) {
	t.Helper()
	r, err := http.Get(address + "/" + lector.PointerKey(a.Site, a.Key()))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
		t.Fatal(err)
	}
	return m
}
