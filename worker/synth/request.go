package synth

import (
	"slices"
	"time"

	"lector"
	"lector/audio"
)

// Request is a text for a Speaker and what the wrappers need to know about it.
// It is passed by value: what a wrapper changes only those inside of it see.
type Request struct {
	lector.Utterance

	chunk  string // hash of the clip that the calls are for
	length int    // characters of the whole chunk; the text may be a part of it

	account      *Account       // of the attempt; nil: nobody accounts for the call
	confirmLease func() error   // nil: the chunk has no lease
	clips        Clips          // where the clip will be stored; nil: it will not be
	answers      Answers        // where the answer is kept until then; nil: nowhere
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
	// Calls are all calls made for the request, the first begun first. Text that
	// was in the cache counts as a call with the outcome CallReused.
	Calls    []lector.Call
	Analysis *audio.Analysis // of the last audio; nil: nobody analysed it
	payer    string          // of an answer that was kept: the attempt that asked for it
}

// payerOf returns the attempt that paid for a result: this one, if a call of it was
// billed, or else the one that had asked for an answer that was kept.
func (r Request) payerOf(res Result) string {
	paid := func(c lector.Call) bool { return c.Outcome == lector.CallPaid }
	if r.account != nil && slices.ContainsFunc(res.Calls, paid) {
		return r.account.usage.ID
	}
	return res.payer
}

// after returns r with what an earlier result for the same text was billed.
func (r Result) after(earlier Result) Result {
	r.Characters += earlier.Characters
	r.Calls = slices.Concat(earlier.Calls, r.Calls)
	return r
}

// mayBeBilled reports whether the calls of r were billed, as far as anybody knows.
func (r Result) mayBeBilled() bool { return r.Characters > 0 || slices.ContainsFunc(r.Calls, spent) }

// refused returns r without its audio, which nobody is to use.
func (r Result) refused() Result {
	r.Speech = lector.Speech{Characters: r.Characters, RequestID: r.RequestID}
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
