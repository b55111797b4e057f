package main

import (
	"regexp"
	"strings"
	"testing"
)

func TestFasterRules(t *testing.T) {
	t.Parallel()
	for rule, want := range map[string]string{
		"        for: 2m":        "        for: 12000ms",
		"increase(x_total[1h])":  "increase(x_total[360000ms])",
		"x unless x offset 30m":  "x unless x offset 180000ms",
		"expr: max(a_b[5s]) > 3": "expr: max(a_b[500ms]) > 3",
		`max(lector_jobs_oldest_age_seconds{state="parked"}) > 1800`:    `max(lector_jobs_oldest_age_seconds{state="parked"}) > 180`,
		"max(lector_events_oldest_age_seconds) > 300":                   "max(lector_events_oldest_age_seconds) > 30",
		"histogram_quantile(0.95, lector_time_to_listen_seconds) > 120": "histogram_quantile(0.95, lector_time_to_listen_seconds) > 120",
		"summary: The article of 30m ago waits for: 2 minutes and more": "summary: The article of 30m ago waits for: 2 minutes and more",
	} {
		if got := faster(rule, 10); got != want {
			t.Errorf("%s: %s", rule, got)
		}
	}
}

var plainTime = regexp.MustCompile(`\b\d+[smhd]\b`)

// TestFasterRulesOfTheProject wants no time of the rules to be forgotten.
func TestFasterRulesOfTheProject(t *testing.T) {
	t.Parallel()
	plain, err := readRules(1)
	if err != nil {
		t.Fatal(err)
	}
	fast, err := readRules(10)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(fast) {
		said := strings.Contains(line, "summary:") || strings.Contains(line, "runbook:") || strings.Contains(line, "#")
		if left := plainTime.FindString(line); left != "" && !said {
			t.Errorf("%s is as long as before: %s", left, line)
		}
	}
	if n := strings.Count(plain, "- alert: "); n < 20 || strings.Count(fast, "- alert: ") != n {
		t.Errorf("%d alerts", n)
	}
}
