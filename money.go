package lector

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"
)

// ErrBudget is wrapped by the refusal of a call for which a budget has nothing
// left. The refusal is Throttled: the job waits, and goes on when the budget is
// raised or its period is over.
var ErrBudget = errors.New("budget is used up")

// Unanswered marks err as the end of a call whose outcome nobody knows: it was
// sent, and no answer came. It may have been billed.
func Unanswered(err error) error { return unanswered{err} }

type unanswered struct{ error }

func (u unanswered) Unwrap() error { return u.error }

// IsUnanswered reports whether a call may have been billed although it failed.
func IsUnanswered(err error) bool { return errors.As(err, new(unanswered)) }

// CallOutcome is what became of a call to a voice.
type CallOutcome string

// The outcomes of a call. Its characters count as billed when it was paid, and
// as unknown when it was unanswered or its worker died inside it.
const (
	CallOpen    CallOutcome = ""        // begun, not ended
	CallPaid    CallOutcome = "paid"    // answered, and billed
	CallFailed  CallOutcome = "failed"  // refused or broken, and not billed
	CallUnknown CallOutcome = "unknown" // nobody knows whether it was billed
	CallReused  CallOutcome = "reused"  // no call: characters that were in the cache
)

// Call is one call to a voice in the usage ledger: what it is for, written
// before it is made, and what became of it, written after.
type Call struct {
	ID         string      `json:"id"`                   // of the call
	Site       string      `json:"site"`                 // the publication
	Job        string      `json:"job"`                  // the article's key
	Chunk      string      `json:"chunk"`                // hash of the clip that it is for
	Voice      string      `json:"voice"`                // as configured
	Backend    string      `json:"backend"`              // as openai or polly
	Characters int         `json:"characters"`           // asked for; when paid, as billed
	Cost       float64     `json:"cost"`                 // US dollars
	RequestID  string      `json:"request_id,omitempty"` // the provider's
	Began      time.Time   `json:"began"`                // when it was begun
	Ended      time.Time   `json:"ended,omitzero"`       // absent until it has ended
	Outcome    CallOutcome `json:"outcome,omitempty"`    // absent until it has ended
	Error      string      `json:"error,omitempty"`      // why it failed
}

// Day returns the day in UTC to whose figures the call counts.
func (c Call) Day() string { return c.Began.UTC().Format(time.DateOnly) }

// UsageTotal sums the calls of one day, site and voice.
type UsageTotal struct {
	Day     string  `json:"day"`     // 2006-01-02, UTC
	Site    string  `json:"site"`    // the publication
	Voice   string  `json:"voice"`   // as configured
	Calls   int     `json:"calls"`   // how many were made
	Billed  int     `json:"billed"`  // characters
	Reused  int     `json:"reused"`  // characters that were in the cache
	Unknown int     `json:"unknown"` // characters of calls of unknown outcome
	Cost    float64 `json:"cost"`    // US dollars
}

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
	return Hint(Throttled(fmt.Errorf("%w: %s", ErrBudget, over), budgetRecheck), "is this one article? If so, raise it under budget: of the site")
}

// SumUsage adds calls up by day, site and voice, in that order. A call that was
// begun and has not ended counts as unknown.
func SumUsage(calls []Call) []UsageTotal {
	type key struct{ day, site, voice string }
	sums := map[key]*UsageTotal{}
	for _, c := range calls {
		k := key{c.Day(), c.Site, c.Voice}
		s, ok := sums[k]
		if !ok {
			s = &UsageTotal{Day: k.day, Site: k.site, Voice: k.voice}
			sums[k] = s
		}
		s.add(c)
	}
	all := make([]UsageTotal, 0, len(sums))
	for _, s := range sums {
		all = append(all, *s)
	}
	slices.SortFunc(all, func(x, y UsageTotal) int {
		return cmp.Or(cmp.Compare(x.Day, y.Day), cmp.Compare(x.Site, y.Site), cmp.Compare(x.Voice, y.Voice))
	})
	return all
}

func (s *UsageTotal) add(c Call) {
	switch c.Outcome {
	case CallReused:
		s.Reused += c.Characters
		return
	case CallPaid:
		s.Billed += c.Characters
		s.Cost += c.Cost
	case CallUnknown, CallOpen:
		s.Unknown += c.Characters
	}
	s.Calls++
}
