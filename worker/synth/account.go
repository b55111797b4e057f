package synth

import (
	"context"
	"sync"
	"time"

	"lector"
	"lector/audio"
)

// Account says for whom calls are made. It travels in the context, because the
// wrappers between a reader and its voice belong to the process and not to the
// job.
type Account struct {
	Site string
	Job  string // the article's key
}

type accountKey struct{}

// Charge returns a context whose calls count for the account.
func Charge(ctx context.Context, a Account) context.Context {
	return context.WithValue(ctx, accountKey{}, a)
}

func accountOf(ctx context.Context) Account {
	a, _ := ctx.Value(accountKey{}).(Account)
	return a
}

// errand is one chunk's way through the wrappers: what it is, and what all the
// calls made for it came to.
type errand struct {
	chunk string // hash of the clip
	kept  bool   // somebody keeps the clip, and then books the call
	// confirm tells whether the chunk's lease is held; nil: there is none.
	confirm func() error
	clips   Clips      // where parts are kept; nil: nowhere
	extra   *allowance // of the article; nil: no bound
	length  int        // characters of the chunk

	mu              sync.Mutex
	unbooked        func() // the end of the last call
	metered         bool
	billed, unknown int
	cost            float64
	given           int             // characters of all calls that were answered or are on their way
	why             error           // the last thing that was wrong
	analysis        *audio.Analysis // of the last rendering
}

type errandKey struct{}

func withErrand(ctx context.Context, e *errand) context.Context {
	return context.WithValue(ctx, errandKey{}, e)
}

// errandOf returns the errand of a call; one without a reader has an own.
func errandOf(ctx context.Context) *errand {
	if e, ok := ctx.Value(errandKey{}).(*errand); ok {
		return e
	}
	return &errand{}
}

// lost adds calls whose workers died.
func (e *errand) lost(calls []lector.Call) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, c := range calls {
		e.unknown += c.Characters
	}
}

// end books the end of a call: now, or for a whole answer that is to be kept,
// by book.
func (e *errand) end(whole bool, write func()) {
	if !whole || !e.kept {
		write()
		return
	}
	e.mu.Lock()
	e.unbooked = write
	e.mu.Unlock()
}

// book writes the end of the last call, if that is not written.
func (e *errand) book() {
	e.mu.Lock()
	write := e.unbooked
	e.unbooked = nil
	e.mu.Unlock()
	if write != nil {
		write()
	}
}

// add counts an ended call.
func (e *errand) add(c lector.Call) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.metered = true
	switch c.Outcome {
	case lector.CallPaid:
		e.billed += c.Characters
		e.cost += c.Cost
	case lector.CallUnknown:
		e.unknown += c.Characters
	}
}

// listened keeps what the check of a rendering found out.
func (e *errand) listened(a *audio.Analysis) {
	e.mu.Lock()
	e.analysis = a
	e.mu.Unlock()
}

// last returns what the check found out about the last rendering.
func (e *errand) last() *audio.Analysis {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.analysis
}

// heard returns how much sound the last rendering has; 0: nobody listened.
func (e *errand) heard() time.Duration {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.analysis == nil {
		return 0
	}
	return e.analysis.Sound.End - e.analysis.Sound.Start
}

// bill writes the sums into a clip.
func (e *errand) bill(c *Clip) {
	e.mu.Lock()
	defer e.mu.Unlock()
	c.Unknown, c.Analysis = e.unknown, e.analysis
	if e.metered {
		c.Billed, c.Cost = e.billed, e.cost
	}
}
