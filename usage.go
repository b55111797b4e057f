package lector

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Usage counts characters: billed by voices, reused from the cache, and of calls
// whose outcome is not known because a worker died inside them.
type Usage struct {
	Billed  int `json:"billed"`  // by voices
	Reused  int `json:"reused"`  // from the cache
	Unknown int `json:"unknown"` // of calls whose outcome is not known
}

// String says it for a person: "153 characters billed, 42 reused".
func (u Usage) String() string {
	text := fmt.Sprintf("%d characters billed, %d reused", u.Billed, u.Reused)
	if u.Unknown > 0 {
		text += fmt.Sprintf(", %d of unknown outcome", u.Unknown)
	}
	return text
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

// Call is one call to a voice: what it is for, and what became of it.
type Call struct {
	ID         string      `json:"id"`                   // of the call
	Site       string      `json:"site,omitempty"`       // the publication; in an AttemptUsage that of the attempt
	Job        string      `json:"job,omitempty"`        // the article's key; likewise
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

// day returns the day in UTC to whose figures the call counts.
func (c Call) day() string { return c.Began.UTC().Format(time.DateOnly) }

// UsageVersion is the version of an AttemptUsage. Entries without one are single
// calls, as an older build has written them.
const UsageVersion = 2

// AttemptUsage is an entry of the usage ledger: what one attempt at an article
// uses. It is written before the first call, with the calls that are planned, and
// at the end, with those that were made.
type AttemptUsage struct {
	Version     int       `json:"version"`
	ID          string    `json:"id"`             // of the attempt
	Site        string    `json:"site"`           // the publication
	Job         string    `json:"job"`            // the article's key
	Worker      string    `json:"worker"`         // host and process
	Began       time.Time `json:"began"`          // when it was opened
	Ended       time.Time `json:"ended,omitzero"` // absent until it has ended
	Lost        bool      `json:"lost,omitempty"` // its worker died: written by the next one
	Concurrency int       `json:"concurrency"`    // how many calls could be open at once
	// SlowStart says that no more calls could be open at once than clips were made, and one.
	SlowStart bool   `json:"slow_start,omitempty"`
	Calls     []Call `json:"calls"` // planned, in the order of their beginnings; after the end those made
	// Reserved are the reservations in the site's budget that were made for the planned calls.
	Reserved []Call `json:"reserved,omitempty"`
	// Spooled are answers that the store had not taken when they came: they are on the
	// disk of the worker's machine.
	Spooled []SpooledAnswer `json:"spooled,omitempty"`
}

// SpooledAnswer is an answer that was paid for and is on the disk of one machine alone.
type SpooledAnswer struct {
	Chunk  string    `json:"chunk"`  // hash of the clip that it is for
	Answer string    `json:"answer"` // its own hash
	At     time.Time `json:"at"`     // when it came
}

// Replaces reports whether u says more about its attempt than an earlier entry:
// the end that its own worker wrote is the last word.
func (u AttemptUsage) Replaces(earlier AttemptUsage) bool {
	ownEnd := !earlier.Ended.IsZero() && !earlier.Lost
	return !ownEnd || !u.Ended.IsZero() && !u.Lost
}

// AllCalls returns the calls as they count: of an attempt that has not ended as
// many of the planned ones as could be open, for nobody knows which are.
func (u AttemptUsage) AllCalls() []Call {
	calls := slices.Clone(u.Calls)
	if u.Ended.IsZero() {
		calls = calls[:min(len(calls), max(1, u.Concurrency))]
	}
	for i := range calls {
		calls[i].Site, calls[i].Job = u.Site, u.Job
	}
	return calls
}

// LostUsage is the end of an attempt whose worker died. found reports whether the
// answer for a chunk is there: then its call was paid. Of the others as many as
// could be open are unknown, and the rest was not begun.
func (u AttemptUsage) LostUsage(found func(chunk string) bool, now time.Time) AttemptUsage {
	planned, paid := slices.Clone(u.Calls), 0
	for i := range planned {
		if found(planned[i].Chunk) {
			planned[i].Outcome = CallPaid
			paid++
		}
	}
	open := u.mostOpen(paid)
	u.Calls, u.Ended, u.Lost = nil, now, true
	for _, c := range planned {
		c.Ended = now
		if c.Outcome != CallPaid {
			if open == 0 {
				continue
			}
			open--
			c.Outcome, c.Error = CallUnknown, "its worker was lost"
		}
		u.Calls = append(u.Calls, c)
	}
	return u
}

// mostOpen is how many calls could be open when so many had been paid for.
func (u AttemptUsage) mostOpen(paid int) int {
	most := max(1, u.Concurrency)
	if u.SlowStart {
		return min(most, paid+1)
	}
	return most
}

// Settlement is a reservation of which less was used.
type Settlement struct{ Reserved, Used Call }

// Settlements returns what is to be given back of the reservations of an attempt whose
// worker died: what it spent, and what nobody knows of, is taken from the first of them on.
func (u AttemptUsage) Settlements() (all []Settlement) {
	characters, dollars := 0, 0.0
	for _, c := range u.Calls {
		characters, dollars = characters+c.Characters, dollars+c.Cost
	}
	for _, r := range u.Reserved {
		spent := r
		spent.Characters, spent.Cost, spent.Outcome = min(characters, r.Characters), min(dollars, r.Cost), CallPaid
		characters, dollars = characters-spent.Characters, dollars-spent.Cost
		if spent.Characters < r.Characters || spent.Cost < r.Cost {
			all = append(all, Settlement{r, spent})
		}
	}
	return all
}

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
		k := key{c.day(), c.Site, c.Voice}
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

// Plural writes a number and an English noun with it: "1 entry", "2 entries", "0 replays".
func Plural(n int, noun string) string {
	stem, ends := strings.CutSuffix(noun, "y")
	switch {
	case n == 1:
	case ends && strings.TrimRight(stem, "aeou") == stem && stem != "":
		noun = stem + "ies"
	default:
		noun += "s"
	}
	return strconv.Itoa(n) + " " + noun
}
