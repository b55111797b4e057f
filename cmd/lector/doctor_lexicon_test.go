package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lector"
)

// TestUnreadableLexicon has a version that somebody has written by hand. The doctor names
// it and says what mends it; articles wait, and none fails.
func TestUnreadableLexicon(t *testing.T) {
	t.Parallel()
	c := testConfig(t.TempDir())
	a := &app{stdin: strings.NewReader(""), stdout: io.Discard, stderr: testLog{t}, getenv: func(string) string { return "" }}
	if found := a.checkLexicons(t.Context(), c); len(found) > 0 {
		t.Errorf("without a store: %+v", found)
	}
	dir := filepath.Join(c.Data, "store", "lexicon", defaultSite)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("v00000001.json", `{"version":1,"entries":[{"match":"Kyiv","alias":"Keeyiv"}]}`)
	if found := a.checkLexicons(t.Context(), c); len(found) != 1 || found[0].err != nil || found[0].detail != "1 entry" {
		t.Errorf("one that is good: %+v", found)
	}
	write("v00000002.json", `{"version":2,"entries":[{"match":"Kyiv","alias":7}]}`)
	found := a.checkLexicons(t.Context(), c)
	if len(found) != 1 || found[0].what != "lexicon of "+defaultSite || !strings.Contains(lector.HintOf(found[0].err), "lexicon/"+defaultSite+"/v00000002.json") {
		t.Errorf("one that is not: %+v", found)
	}
	if class := lector.ClassOf(found[0].err); !class.Waits() {
		t.Errorf("articles do not wait: class %q", class)
	}
}

// TestDoctorLooksAtSecretFilesOfWhatRuns: they are read with each webhook, those of the
// environment once.
func TestDoctorLooksAtSecretFilesOfWhatRuns(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "hook.secret")
	if err := os.WriteFile(file, []byte("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := testConfig(t.TempDir())
	c.Sites[defaultSite] = siteConfig{Hooks: map[string]hookConfig{
		"webhook": {Secrets: []secretSource{{File: file}, {Env: "ELSEWHERE"}}}, "wordpress": {Secrets: []secretSource{{Env: "ELSEWHERE"}}},
	}}
	a := &app{stdin: strings.NewReader(""), stdout: io.Discard, stderr: testLog{t}, getenv: func(string) string { return "" }}
	if found := a.checkSecrets(c, true); len(found) != 1 || found[0].err != nil {
		t.Errorf("while it is there: %+v", found)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if found := a.checkSecrets(c, true); len(found) != 1 || found[0].err == nil {
		t.Errorf("when it has gone: %+v", found)
	}
	if found := a.checkSecrets(c, false); len(found) != 2 {
		t.Errorf("where nothing runs: %+v", found)
	}
}
