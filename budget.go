package lector

import (
	"fmt"
	"time"
)

// Budget bounds what a site may spend; 0 is no bound.
type Budget struct {
	CharactersPerArticle int
	CharactersPerHour    int
	CharactersPerDay     int
	CharactersPerMonth   int
	DollarsPerArticle    float64
	DollarsPerHour       float64
	DollarsPerDay        float64
	DollarsPerMonth      float64
}

// HasPeriods reports whether anything is bounded by the hour, the day or the month.
func (b Budget) HasPeriods() bool {
	b.CharactersPerArticle, b.DollarsPerArticle = 0, 0
	return b != Budget{}
}

// CheckArticle returns an error that wraps ErrBudget for an article that would take
// more than the bounds of one allow. It is throttled: the article waits until
// they are raised, and looks again each minute.
func (b Budget) CheckArticle(characters int, dollars float64) error {
	over := ""
	switch {
	case b.CharactersPerArticle > 0 && characters > b.CharactersPerArticle:
		over = fmt.Sprintf("characters_per_article is %d, the article has %d", b.CharactersPerArticle, characters)
	case b.DollarsPerArticle > 0 && dollars > b.DollarsPerArticle:
		over = fmt.Sprintf("dollars_per_article is %.2f, the article costs up to %.4f", b.DollarsPerArticle, dollars)
	default:
		return nil
	}
	return Hint(Throttled(fmt.Errorf("%w: %s", ErrBudget, over), budgetRecheck),
		"is this one article? If so, raise it under budget: of the site")
}

// BudgetState is what a site has spent in the periods that are bounded. It is the
// state behind a Budget; a zero BudgetState has spent nothing.
type BudgetState struct {
	Hour  Period `json:"hour"`
	Day   Period `json:"day"`
	Month Period `json:"month"`
}

// Period sums what was reserved and not given back.
type Period struct {
	Name       string  `json:"name"` // as 2026-11, 2026-11-23 or 2026-11-23T17, in UTC
	Characters int     `json:"characters"`
	Dollars    float64 `json:"dollars"`
}

const (
	hourName  = "2006-01-02T15"
	dayName   = time.DateOnly
	monthName = "2006-01"
)

// budgetRecheck is how long an article waits at most before its budget is looked at
// again: it may have been raised.
const budgetRecheck = time.Minute

// Reserve returns s with the call added, or an error that wraps
// ErrBudget and says which bound is in the way. The error is throttled:
// the article waits until the period is over, and looks again each minute.
func (s BudgetState) Reserve(b Budget, c Call) (BudgetState, error) {
	now := c.Began.UTC()
	s = s.rollOver(now)
	for _, bound := range []struct {
		key     string
		used    Period
		most    int
		dollars float64
		ends    time.Time
	}{
		{"per_hour", s.Hour, b.CharactersPerHour, b.DollarsPerHour, now.Truncate(time.Hour).Add(time.Hour)},
		{"per_day", s.Day, b.CharactersPerDay, b.DollarsPerDay, midnight(now)},
		{"per_month", s.Month, b.CharactersPerMonth, b.DollarsPerMonth, nextMonth(now)},
	} {
		over := ""
		switch {
		case bound.most > 0 && bound.used.Characters+c.Characters > bound.most:
			over = fmt.Sprintf("characters_%s is %d, %d are spent and %d wanted", bound.key, bound.most, bound.used.Characters,
				c.Characters)
		case bound.dollars > 0 && bound.used.Dollars+c.Cost > bound.dollars:
			over = fmt.Sprintf("dollars_%s is %.2f, %.4f are spent and %.4f wanted", bound.key, bound.dollars, bound.used.Dollars, c.Cost)
		}
		if over != "" {
			err := Throttled(fmt.Errorf("%w: site %s: %s", ErrBudget, c.Site, over), min(bound.ends.Sub(now), budgetRecheck))
			return s, Hint(err, "raise it under budget: of the site, or wait until %s", bound.ends.Format(time.RFC3339))
		}
	}
	return s.add(c.Characters, c.Cost), nil
}

// Settle returns s with what became of a reserved call: want as it was
// reserved, got as it ended. A failed call gives everything back, an unknown
// one nothing. A period that is over by now keeps its sum.
func (s BudgetState) Settle(want, got Call) BudgetState {
	characters, dollars := got.Characters-want.Characters, got.Cost-want.Cost
	switch got.Outcome {
	case CallFailed:
		characters, dollars = -want.Characters, -want.Cost
	case CallUnknown, CallOpen:
		return s
	}
	now := want.Began.UTC()
	for name, p := range map[string]*Period{hourName: &s.Hour, dayName: &s.Day, monthName: &s.Month} {
		if p.Name == now.Format(name) {
			p.Characters, p.Dollars = max(0, p.Characters+characters), max(0, p.Dollars+dollars)
		}
	}
	return s
}

// At returns what is spent in the periods that a moment lies in.
func (s BudgetState) At(now time.Time) BudgetState { return s.rollOver(now.UTC()) }

// rollOver begins the periods that now lies in.
func (s BudgetState) rollOver(now time.Time) BudgetState {
	for name, p := range map[string]*Period{hourName: &s.Hour, dayName: &s.Day, monthName: &s.Month} {
		if current := now.Format(name); p.Name < current { // a clock that is behind must not reopen a past period
			*p = Period{Name: current}
		}
	}
	return s
}

func (s BudgetState) add(characters int, dollars float64) BudgetState {
	for _, p := range []*Period{&s.Hour, &s.Day, &s.Month} {
		p.Characters += characters
		p.Dollars += dollars
	}
	return s
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, time.UTC)
}

func nextMonth(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month()+1, 1, 0, 0, 0, 0, time.UTC)
}
