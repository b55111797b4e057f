package lector_test

import (
	"maps"
	"strings"
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

// TestLostCallsOfASlowStart: of an attempt that started slowly, one call more could be open
// than were paid for.
func TestLostCallsOfASlowStart(t *testing.T) {
	t.Parallel()
	calls := []lector.Call{{Chunk: "a"}, {Chunk: "b"}, {Chunk: "c"}, {Chunk: "d"}, {Chunk: "e"}}
	for _, test := range []struct {
		slow          bool
		paid          string
		most, unknown int
	}{{true, "", 16, 1}, {true, "ab", 16, 3}, {true, "ab", 2, 2}, {false, "ab", 16, 3}, {false, "", 16, 5}} {
		u := lector.AttemptUsage{Concurrency: test.most, SlowStart: test.slow, Calls: calls}
		unknown := 0
		for _, c := range u.LostUsage(func(chunk string) bool { return strings.Contains(test.paid, chunk) }, time.Now()).Calls {
			if c.Outcome == lector.CallUnknown {
				unknown++
			}
		}
		if unknown != test.unknown {
			t.Errorf("%+v: %d unknown", test, unknown)
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

// TestSettlements: what a lost attempt spent is taken from its reservations in their order,
// and what is left of each is given back.
func TestSettlements(t *testing.T) {
	t.Parallel()
	reserved := []lector.Call{{ID: "a", Characters: 10, Cost: 1}, {ID: "b", Characters: 5, Cost: 0.5}}
	for name, test := range map[string]struct {
		spent lector.Call
		want  map[string]int // characters spent, by reservation that is settled
	}{
		"nothing":             {lector.Call{}, map[string]int{"a": 0, "b": 0}},
		"part of the first":   {lector.Call{Characters: 4, Cost: 0.4}, map[string]int{"a": 4, "b": 0}},
		"part of the second":  {lector.Call{Characters: 12, Cost: 1.2}, map[string]int{"b": 2}},
		"all":                 {lector.Call{Characters: 15, Cost: 1.5}, map[string]int{}},
		"more than reserved":  {lector.Call{Characters: 20, Cost: 2}, map[string]int{}},
		"cheaper than stated": {lector.Call{Characters: 15, Cost: 1.2}, map[string]int{"b": 5}},
	} {
		got := map[string]int{}
		for _, s := range (lector.AttemptUsage{Calls: []lector.Call{test.spent}, Reserved: reserved}).Settlements() {
			got[s.Reserved.ID] = s.Used.Characters
		}
		if !maps.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}
