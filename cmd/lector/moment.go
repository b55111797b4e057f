package main

import (
	"strconv"
	"strings"
	"time"
)

// momentHelp says what a flag for a moment takes.
const momentHelp = "a time such as 2026-11-23T08:00:00Z, a day such as 2026-11-23 (UTC), or how long ago: 90m, 36h, 7d"

// moment reads the value of a flag as a moment; empty is none.
func moment(name, text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, nil
		}
	}
	if ago, ok := ago(text); ok {
		return now.Add(-ago), nil
	}
	return time.Time{}, usageErrorf("-%s: %q is not %s", name, text, momentHelp)
}

// ago reads a duration; beside those of Go there are days.
func ago(text string) (time.Duration, bool) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.ParseUint(days, 10, 16)
		return time.Duration(n) * 24 * time.Hour, err == nil
	}
	d, err := time.ParseDuration(text)
	return d, err == nil && d >= 0
}
