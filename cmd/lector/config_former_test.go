package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFormerKeysAreRefused: lector config names the new key of each old one,
// in the file and in the environment.
func TestFormerKeysAreRefused(t *testing.T) {
	t.Parallel()
	for _, k := range formerKeys() {
		before, now := strings.ReplaceAll(k.before, "*", "x"), strings.ReplaceAll(k.now, "*", "x")
		file := ""
		for depth, key := range strings.Split(before, ".") {
			file += strings.Repeat("  ", depth) + key + ":\n"
		}
		wantRefusal(t, fmt.Sprintf("line %d: %s is now %s\n", strings.Count(file, "\n"), before, now), file, nil)
		if !strings.Contains(k.before, "*") {
			wantRefusal(t, variable(k.before)+" is now "+variable(k.now)+"\n", "", map[string]string{variable(k.before): "1"})
		}
	}
	wantRefusal(t, "line 1: private is now admin_listen; line 2: sites.y.read is now sites.y.include\n", "private: a\nsites: {y: {read: {}}}\n", nil)
}

// TestPresentKeysAreKnown: what a refusal names can be set.
func TestPresentKeysAreKnown(t *testing.T) {
	t.Parallel()
	known := strings.Join(envNames(), " ") + " "
	for _, k := range formerKeys() {
		if !strings.Contains(k.now, "*") && !strings.Contains(known, variable(k.now)+" ") {
			t.Errorf("%s cannot be set by %s", k.now, variable(k.now))
		}
	}
}

func wantRefusal(t *testing.T, want, file string, env map[string]string) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "lector.yaml")
	if err := os.WriteFile(name, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	var stderr strings.Builder
	a := &app{stdin: strings.NewReader(""), stdout: io.Discard, stderr: &stderr, getenv: func(name string) string { return env[name] }}
	code := a.run(t.Context(), []string{"config", "-config", name})
	if code != 2 || !strings.Contains(stderr.String(), want) || !strings.Contains(stderr.String(), "hint: rename it") {
		t.Errorf("%q: exit %d, %q, want %q", file, code, stderr.String(), want)
	}
}
