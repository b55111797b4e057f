package lector

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestBudgets(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 11, 30, 23, 30, 0, 0, time.UTC)
	call := Call{Site: "havana", Characters: 100, Cost: 1, Began: began}
	at := func(d time.Duration) Call {
		c := call
		c.Began = began.Add(d)
		return c
	}
	for name, test := range map[string]struct {
		budget Budget
		says   string
		passes time.Duration // after this
	}{
		"hour, dollars": {Budget{DollarsPerHour: 2.5}, "dollars_per_hour is 2.50, 2.0000 are spent", 30 * time.Minute},
		"hour":          {Budget{CharactersPerHour: 250}, "characters_per_hour is 250, 200 are spent", 30 * time.Minute},
		"day":           {Budget{CharactersPerDay: 299}, "characters_per_day", 30 * time.Minute},
		"month":         {Budget{CharactersPerMonth: 200}, "characters_per_month", 30 * time.Minute},
		"dollars":       {Budget{DollarsPerDay: 2.5}, "dollars_per_day is 2.50", 30 * time.Minute},
		"month dollars": {Budget{DollarsPerMonth: 2}, "dollars_per_month", 30 * time.Minute},
	} {
		var s BudgetState
		var err error
		for range 2 {
			if s, err = s.Reserve(test.budget, call); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		_, err = s.Reserve(test.budget, call)
		after, throttled := IsThrottled(err)
		if !errors.Is(err, ErrBudget) || !throttled || after <= 0 || after > budgetRecheck || !strings.Contains(err.Error(), test.says) || HintOf(err) == "" {
			t.Errorf("%s: %v, hint %q, after %v", name, err, HintOf(err), after)
		}
		if _, err := s.Reserve(test.budget, at(test.passes)); err != nil {
			t.Errorf("%s: the next period begins with what was spent in the last: %v", name, err)
		}
		if _, err := s.Settle(call, Call{Outcome: CallFailed}).Reserve(test.budget, call); err != nil {
			t.Errorf("%s: a failed call is not given back: %v", name, err)
		}
		if _, err := s.Settle(call, Call{Outcome: CallUnknown}).Reserve(test.budget, call); err == nil {
			t.Errorf("%s: an unknown call is given back", name)
		}
	}
	if _, err := (BudgetState{}).Reserve(Budget{}, call); err != nil {
		t.Errorf("no bounds: %v", err)
	}
}

func TestASlowClockDoesNotTurnThePageBack(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	b := Budget{CharactersPerHour: 100}
	s, err := BudgetState{}.Reserve(b, Call{Characters: 100, Began: noon})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Reserve(b, Call{Characters: 1, Began: noon.Add(-time.Minute)}); !errors.Is(err, ErrBudget) {
		t.Errorf("eleven o'clock again: %v", err)
	}
}

func TestSum(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 11, 23, 23, 59, 59, 0, time.UTC)
	call := func(site string, o CallOutcome, characters int, began time.Time) Call {
		return Call{Site: site, Voice: "amy", Outcome: o, Characters: characters, Cost: float64(characters), Began: began}
	}
	got := SumUsage([]Call{
		call("b", CallPaid, 1, day), call("a", CallPaid, 2, day), call("a", CallPaid, 3, day), call("a", CallFailed, 4, day),
		call("a", CallUnknown, 5, day), call("a", CallOpen, 6, day), call("a", CallReused, 7, day), call("a", CallPaid, 8, day.Add(time.Second)),
	})
	want := []UsageTotal{
		{Day: "2026-11-23", Site: "a", Voice: "amy", Calls: 5, Billed: 5, Reused: 7, Unknown: 11, Cost: 5},
		{Day: "2026-11-23", Site: "b", Voice: "amy", Calls: 1, Billed: 1, Cost: 1},
		{Day: "2026-11-24", Site: "a", Voice: "amy", Calls: 1, Billed: 8, Cost: 8},
	}
	if !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestBudgetOfAnArticle(t *testing.T) {
	t.Parallel()
	b := Budget{CharactersPerArticle: 100, DollarsPerArticle: 0.5}
	for name, test := range map[string]struct {
		characters int
		dollars    float64
		says       string
	}{
		"fits":          {100, 0.5, ""},
		"too long":      {101, 0.1, "characters_per_article is 100, the article has 101"},
		"too expensive": {99, 0.51, "dollars_per_article is 0.50"},
	} {
		err := b.CheckArticle(test.characters, test.dollars)
		if test.says == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		after, waits := IsThrottled(err)
		if !errors.Is(err, ErrBudget) || !waits || after > time.Minute || !strings.Contains(err.Error(), test.says) || HintOf(err) == "" {
			t.Errorf("%s: %v, again after %v", name, err, after)
		}
	}
	if err := (Budget{}).CheckArticle(1e9, 1e9); err != nil {
		t.Errorf("no bound: %v", err)
	}
}
