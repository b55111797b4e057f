package synth

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"lector"
)

// Patience says how often and how long a call is tried again.
type Patience struct {
	Tries  int           // calls at most; 0 is 6
	Base   time.Duration // upper end of the first wait; 0 is 500 ms
	Most   time.Duration // of one wait; 0 is 30 s
	Budget time.Duration // of all calls and waits of one utterance; 0 is 2 min
	// Jitter returns a random duration below d; nil is rand.N.
	Jitter func(d time.Duration) time.Duration
}

func (p Patience) complete() Patience {
	if p.Tries == 0 {
		p.Tries = 6
	}
	if p.Base == 0 {
		p.Base = 500 * time.Millisecond
	}
	if p.Most == 0 {
		p.Most = 30 * time.Second
	}
	if p.Budget == 0 {
		p.Budget = 2 * time.Minute
	}
	if p.Jitter == nil {
		p.Jitter = func(d time.Duration) time.Duration { return rand.N(d) }
	}
	return p
}

// Retry returns v with transient and throttled failures tried again: after a
// full-jitter exponential wait, and not before a throttling backend allows it.
// A permanent error is returned at once, and so is the last one when its wait
// would not fit into the budget: a long throttling puts the article off
// instead of holding a worker.
func Retry(v Voice, p Patience) Voice { return retrying{v, p.complete()} }

type retrying struct {
	Voice
	Patience
}

func (r retrying) Speak(ctx context.Context, u lector.Utterance) (lector.Speech, error) {
	end := time.Now().Add(r.Budget)
	for try := 1; ; try++ {
		s, err := r.Voice.Speak(ctx, u)
		if err == nil || lector.IsPermanent(err) || final(err) || ctx.Err() != nil {
			return s, err
		}
		wait := r.wait(try, err)
		if try == r.Tries || time.Now().Add(wait).After(end) {
			return s, fmt.Errorf("%s: %w", times(try), err)
		}
		if err := pause(ctx, wait); err != nil {
			return s, err
		}
	}
}

// final reports whether err is no answer of the backend, and waiting here no
// use: the next voice of the article is asked at once, the article is put off,
// or the chunk's lease has to be had again.
func final(err error) bool {
	return errors.Is(err, errResting) || errors.Is(err, lector.ErrBudget) || errors.Is(err, errNotHeld)
}

// wait is the time until the next try: what the backend asks for and a spread
// on top, so that not all come back together.
func (r retrying) wait(try int, err error) time.Duration {
	spread := r.Jitter(min(r.Most, r.Base<<min(try-1, 16)))
	after, _ := lector.IsThrottled(err)
	return max(after, 0) + spread
}

func times(n int) string {
	if n == 1 {
		return "tried once"
	}
	return fmt.Sprintf("tried %d times", n)
}
