package main

import (
	"os"
	"regexp"
	"testing"
)

// TestCommandsOfTheAlertsExist looks at what an alert tells a person to type.
func TestCommandsOfTheAlertsExist(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, c := range commands() {
		known[c.name] = true
	}
	for name, where := range map[string]string{
		"../../infra/deploy/prometheus/lector.rules.yml": `(?m)^ *runbook: .*`,
		"../../docs/operations.md":                       "`lector [^`]*`",
	} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		seen := 0
		for _, said := range regexp.MustCompile(where).FindAllString(string(text), -1) {
			for _, m := range regexp.MustCompile(`\blector ([a-z]+)`).FindAllStringSubmatch(said, -1) {
				if seen++; !known[m[1]] {
					t.Errorf("%s: there is no lector %s", name, m[1])
				}
			}
		}
		if seen < 10 {
			t.Errorf("%s names %d commands only", name, seen)
		}
	}
}
