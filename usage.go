package lector

import (
	"cmp"
	"slices"
	"time"
)

// Usage counts characters: billed by voices, reused from the cache, and of calls
// whose outcome is not known because a worker died inside them.
type Usage struct {
	Billed  int `json:"billed"`  // by voices
	Reused  int `json:"reused"`  // from the cache
	Unknown int `json:"unknown"` // of calls whose outcome is not known
}

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
