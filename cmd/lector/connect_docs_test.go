package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPastedSettingsWantARestart: what the pages for newcomers have them paste does not all
// hold in a Lector that runs, so each page says that it is restarted.
func TestPastedSettingsWantARestart(t *testing.T) {
	t.Parallel()
	for page, want := range map[string]string{"connect-ghost.md": "restart Lector", "connect-wordpress.md": "Restart Lector"} {
		text, err := os.ReadFile(filepath.Join("../../docs", page))
		if err != nil {
			t.Fatal(err)
		}
		pasted := settingsBlock.FindSubmatch(text)
		file := filepath.Join(t.TempDir(), "lector.yaml")
		if err := os.WriteFile(file, pasted[1], 0o600); err != nil {
			t.Fatal(err)
		}
		a := &app{getenv: func(string) string { return "" }}
		read, err := a.load(&settings{file: file})
		if err != nil {
			t.Fatal(err)
		}
		running := defaults()
		running.complete()
		_, restart := running.withRunning(*read)
		if got := strings.Join(restart, " "); !strings.Contains(got, "sites.havana.cms") || !strings.Contains(string(text), want) {
			t.Errorf("%s: %q want a restart; the page does not say %q", page, got, want)
		}
	}
}
