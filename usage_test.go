package lector_test

import (
	"testing"
	"time"

	"lector"
)

// TestOwnEndIsTheLastWord: what an attempt's own worker wrote at its end counts, in
// whatever order the entries come.
func TestOwnEndIsTheLastWord(t *testing.T) {
	t.Parallel()
	now := time.Now()
	open, own, lost := lector.AttemptUsage{}, lector.AttemptUsage{Ended: now}, lector.AttemptUsage{Ended: now, Lost: true}
	for name, test := range map[string]struct {
		later, earlier lector.AttemptUsage
		want           bool
	}{
		"its end":                   {own, open, true},
		"found dead":                {lost, open, true},
		"alive after all":           {own, lost, true},
		"found dead behind its end": {lost, own, false},
		"delivered late":            {open, own, false},
	} {
		if got := test.later.Replaces(test.earlier); got != test.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestUsageText(t *testing.T) {
	t.Parallel()
	for want, u := range map[string]lector.Usage{
		"153 characters billed, 42 reused":                    {Billed: 153, Reused: 42},
		"0 characters billed, 0 reused, 7 of unknown outcome": {Unknown: 7},
	} {
		if got := u.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestPlural(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]struct {
		n    int
		noun string
	}{
		"1 article":  {1, "article"},
		"0 articles": {0, "article"},
		"2 articles": {2, "article"},
		"1 entry":    {1, "entry"},
		"2 entries":  {2, "entry"},
		"3 replays":  {3, "replay"},
		"2 ys":       {2, "y"},
	} {
		if got := lector.Plural(c.n, c.noun); got != want {
			t.Errorf("%d %s: %q, want %q", c.n, c.noun, got, want)
		}
	}
}
