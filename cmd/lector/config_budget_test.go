package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestZeroBudgetIsRefused: who writes 0 wants a site to spend nothing, and 0 is no bound.
func TestZeroBudgetIsRefused(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]string{
		"sites:\n  a: {budget: {characters_per_day: 5}}\n  havana:\n    budget:\n      dollars_per_day: 0.0\n": "line 5: sites.havana.budget.dollars_per_day: 0 would bound nothing",
		"sites: {havana: {budget: {characters_per_hour: 0}}}":                                                  "line 1: sites.havana.budget.characters_per_hour: 0",
		"sites: {havana: {budget: {characters_per_hour: 1, dollars_per_month: 0.01}}}":                         "",
		"sites: {havana: {budget: {}}}":                                                                        "",
		"sites: {havana: {}}":                                                                                  "",
	} {
		name := filepath.Join(t.TempDir(), "lector.yaml")
		if err := os.WriteFile(name, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
		var stderr strings.Builder
		a := &app{stdin: strings.NewReader(""), stdout: io.Discard, stderr: &stderr, getenv: func(string) string { return "" }}
		code := a.run(t.Context(), []string{"config", "-config", name})
		refused := code == 2 && strings.Contains(stderr.String(), want) && strings.Contains(stderr.String(), "lector pause site havana")
		if refused != (want != "") || !refused && code != 0 {
			t.Errorf("%s: exit %d, %s", file, code, &stderr)
		}
	}
}
