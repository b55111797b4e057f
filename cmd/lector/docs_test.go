package main

import (
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"lector/infra/limittest"
	"lector/infra/nats"
	"lector/infra/store/s3/s3test"
)

// documents are the pages whose shell blocks are run.
var documents = []string{
	"README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "docs/stores.md", "docs/reference.md", "docs/operations.md",
	"worker/DESIGN.md", "infra/deploy/README.md", "infra/voice/README.md", "docs/connect-ghost.md",
}

// runElsewhere are pages whose commands other tests run, with servers of their own.
var runElsewhere = map[string]string{
	"docs/publish.md":           "infra/nats/sdktest",
	"docs/connect-wordpress.md": "TestConnectWordPress",
	"docs/reliability.md":       "cmd/chaos",
	"docs/tasks.md":             "TestTasks",
}

// unmarkedCommand is a command in a block that is not marked as shell.
var unmarkedCommand = regexp.MustCompile("(?m)^```(bash|shell|console|)\n(\\$ )?(lector|make|docker|curl|export|go) ")

// markdownPages returns all pages of the repository by their paths.
func markdownPages(t *testing.T, root fs.FS) map[string]string {
	t.Helper()
	pages := map[string]string{}
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains([]string{".git", "bin", "data", "out", "testdata", "node_modules"}, d.Name()):
			return fs.SkipDir
		case d.IsDir() || filepath.Ext(name) != ".md":
			return nil
		}
		page, err := fs.ReadFile(root, name)
		pages[name] = string(page)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

// TestEveryBlockIsRun finds shell blocks on pages that no test reads.
func TestEveryBlockIsRun(t *testing.T) {
	t.Parallel()
	root, others := os.DirFS("../.."), 0
	for name, page := range markdownPages(t, root) {
		if slices.Contains(documents, name) || slices.Contains(guides, name) || runElsewhere[name] != "" {
			continue
		}
		others++
		if shellBlock.MatchString(page) || unmarkedCommand.MatchString(page) {
			t.Errorf("%s has shell commands that no test runs", name)
		}
	}
	if others < 5 {
		t.Errorf("read %d pages", others)
	}
	for _, name := range documents {
		if page, err := fs.ReadFile(root, name); err != nil || unmarkedCommand.Match(page) {
			t.Errorf("%s: a block of commands is not marked sh, %v", name, err)
		}
	}
}

// shellBlock is a block of shell commands of a document, as a reader would copy it.
var shellBlock = regexp.MustCompile("(?ms)^```sh\n(.*?)^```$")

// TestShellBlocks runs what the documents tell a reader to type, each block in a
// directory of its own, but for those that set a machine up by make.
func TestShellBlocks(t *testing.T) {
	t.Parallel()
	run, setups := 0, 0
	for _, name := range documents {
		page, err := os.ReadFile(filepath.Join("..", "..", name))
		if err != nil {
			t.Fatal(err)
		}
		for i, m := range shellBlock.FindAllSubmatch(page, -1) {
			if text := string(m[1]); strings.Contains(text, "make test") {
				setups++
			} else {
				run++
				t.Run(fmt.Sprintf("%s %d", name, i+1), func(t *testing.T) {
					t.Parallel()
					runBlock(t, text)
				})
			}
		}
	}
	if run < 5 || setups != 2 {
		t.Errorf("%d blocks are run, %d set a machine up", run, setups)
	}
}

// runBlock runs a block by bash, which ends at the first command that fails, and returns
// what it printed. What it has started in the background is ended with it.
func runBlock(t *testing.T, text string) (printed string) {
	p := newPrograms(t)
	p.page("article.html", 3)
	for _, dir := range []string{"bin", "data"} {
		if err := os.Mkdir(filepath.Join(p.dir, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(p.dir, "lector"), filepath.Join(p.dir, "bin", "lector")); err != nil {
		t.Fatal(err)
	}
	// make build has been done: bin/lector is there.
	if err := os.WriteFile(filepath.Join(p.dir, "make"), []byte("#!/bin/sh\n[ \"$*\" = build ]\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(text, "ghost-key") {
		for _, dir := range []string{"", "data"} { // as the two documents have it
			if err := os.WriteFile(filepath.Join(p.dir, dir, "ghost-key"), []byte(ghostKeyID+":"+ghostKeySecret+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if strings.Contains(text, "store copy") { // something is there to be copied
		p.run("narrate", "-o", "out", "article.html")
	}
	// What was started in the background must come to work, and still be there.
	const rest = `
jobs=$(jobs -p)
[ -n "$jobs" ] || exit 0
grep -m "$(wc -w <<<"$jobs")" msg=ready <(tail -n +1 -f log) >seen &
wait -n $jobs $!
for job in $jobs; do kill -0 "$job"; done
`
	log, err := os.Create(filepath.Join(p.dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	c := exec.CommandContext(limittest.Context(t), "bash", "-euo", "pipefail", "-c", servers(t, text)+rest)
	c.Dir, c.Env = p.dir, p.env
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // the background goes with it
	c.Stdout, c.Stderr = log, log
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	err = c.Wait()
	_ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL) // nothing may be left
	all, unread := os.ReadFile(log.Name())
	if err != nil || unread != nil {
		t.Errorf("%v, %v\n%s\nprinted:\n%s", err, unread, text, all)
	}
	return string(all)
}

// servers puts real servers in the place of those that a block names.
func servers(t *testing.T, text string) string {
	t.Helper()
	text = strings.ReplaceAll(text, "/var/lib/lector", "data")
	if strings.Contains(text, "nats.internal") {
		broker, err := nats.Start(filepath.Join(t.TempDir(), "nats"), "127.0.0.1:0", nil, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = broker.Close() })
		a := broker.Access()
		login := fmt.Sprintf("nats://%s:%s@%s", a.User, a.Password, strings.TrimPrefix(a.URL, "nats://"))
		text = strings.ReplaceAll(text, "nats://nats.internal:4222", login)
	}
	if strings.Contains(text, "connect ghost") {
		g, address := newMadeUpGhost(t)
		g.open.Store(true) // it calls addresses of this machine
		text = strings.ReplaceAll(text, "-url https://reader.example", "-allow-private -url "+address)
	}
	if strings.Contains(text, "s3.internal") {
		s := s3test.Start(t)
		text = strings.NewReplacer("http://s3.internal:7070", s.Endpoint,
			"AWS_ACCESS_KEY_ID=…", "AWS_ACCESS_KEY_ID="+s.AccessKeyID, "AWS_SECRET_ACCESS_KEY=…", "AWS_SECRET_ACCESS_KEY="+s.SecretAccessKey).Replace(text)
	}
	return text
}

// TestNamedTestsExist holds that each test that docs/reliability.md names is there.
func TestNamedTestsExist(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("../../docs/reliability.md")
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	err = fs.WalkDir(os.DirFS("../.."), ".", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, "_test.go") {
			return err
		}
		source, err := os.ReadFile("../../" + name)
		for _, found := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllSubmatch(source, -1) {
			there[string(found[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`(Test\\w+)`").FindAllSubmatch(doc, -1)
	for _, name := range named {
		if !there[string(name[1])] {
			t.Errorf("there is no %s", name[1])
		}
	}
	if len(named) < 30 {
		t.Errorf("%d tests are named", len(named))
	}
}
