package synth

import (
	"context"
	"slices"
	"time"

	"lector"
	"lector/audio"
)

// Account says which site and which job calls are made for. It is a value in
// the context of Synthesize, because one Synthesizer serves all jobs.
type Account struct {
	Site string
	Job  string // the article's key
}

type accountKey struct{}

// WithAccount returns a context whose calls are recorded for the account.
func WithAccount(ctx context.Context, a Account) context.Context {
	return context.WithValue(ctx, accountKey{}, a)
}

func accountOf(ctx context.Context) Account {
	a, _ := ctx.Value(accountKey{}).(Account)
	return a
}

// Request is a text for a Speaker and what the wrappers need to know about it.
// It is passed by value: what a wrapper changes only those inside of it see.
type Request struct {
	lector.Utterance
	Account Account

	chunk  string // hash of the clip that the calls are for
	length int    // characters of the whole chunk; the text may be a part of it
	callID string // of the reservation, and of the call that is made for it

	confirmLease func() error   // nil: the chunk has no lease
	clips        Clips          // where the answer will be stored; nil: it will not be
	rerenders    *rerenderLimit // of the article; nil: no limit

	refusal error // why the text is spoken again; nil: it is the first time
	// isPart says that the text is part of one whose audio was refused for
	// being too short, and refusedPace how many letters a second that had.
	isPart      bool
	refusedPace float64
}

// Result is what came of a request. Together with an error, Characters may say
// what was billed, Calls holds the calls that were made, and Analysis is of the
// audio that was refused.
type Result struct {
	lector.Speech
	// Calls are all calls made for the request, the first begun first, and the
	// calls of lost workers for the same chunk, whose outcome is unknown. Text
	// that was in the cache counts as a call with the outcome CallReused.
	Calls    []lector.Call
	Analysis *audio.Analysis // of the last audio; nil: nobody analysed it

	end func() // writes the end of the last call; nil: it is written
}

// recordEnd writes the end of the last call into the ledger, if that is not
// done. A chunk has one open call at most: it must be recorded before the next.
func (r Result) recordEnd() {
	if r.end != nil {
		r.end()
	}
}

// after returns r with what an earlier result for the same text was billed.
func (r Result) after(earlier Result) Result {
	r.Characters += earlier.Characters
	r.Calls = slices.Concat(earlier.Calls, r.Calls)
	return r
}

// refused returns r without its audio, which nobody is to use.
func (r Result) refused() Result {
	r.recordEnd()
	r.Speech, r.end = lector.Speech{Characters: r.Characters, RequestID: r.RequestID}, nil
	return r
}

// sound returns how much sound the audio has; 0: nobody analysed it.
func (r Result) sound() time.Duration {
	if r.Analysis == nil {
		return 0
	}
	return r.Analysis.Sound.End - r.Analysis.Sound.Start
}

// bill writes the sums of the calls into a clip. Without a ledger there are no
// calls, and the clip's own figures stay.
func (r Result) bill(c *Clip) {
	if len(r.Calls) > 0 {
		c.Billed, c.Cost = 0, 0
	}
	for _, call := range r.Calls {
		switch call.Outcome {
		case lector.CallPaid:
			c.Billed += call.Characters
			c.Cost += call.Cost
		case lector.CallUnknown:
			c.Unknown += call.Characters
		}
	}
}
