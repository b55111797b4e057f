package synth

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"lector"
)

// RetryPolicy says how often and how long a call is tried again.
type RetryPolicy struct {
	Tries     int           // calls at most; 0 is 6
	BaseDelay time.Duration // upper end of the first wait; 0 is 500 ms
	MaxDelay  time.Duration // of one wait; 0 is 30 s
	Total     time.Duration // of all calls and waits of one request; 0 is 2 min
	// Jitter returns a random duration below d; nil is rand.N.
	Jitter func(d time.Duration) time.Duration
}

func (p RetryPolicy) withDefaults() RetryPolicy {
	if p.Tries == 0 {
		p.Tries = 6
	}
	if p.BaseDelay == 0 {
		p.BaseDelay = 500 * time.Millisecond
	}
	if p.MaxDelay == 0 {
		p.MaxDelay = 30 * time.Second
	}
	if p.Total == 0 {
		p.Total = 2 * time.Minute
	}
	if p.Jitter == nil {
		p.Jitter = func(d time.Duration) time.Duration { return rand.N(d) }
	}
	return p
}

// Retry returns v with transient and throttled failures tried again: after a
// full-jitter exponential wait, and not before a throttling backend allows it.
// A permanent error is returned at once, and so is the last one when its wait
// would not fit into the total: after a long throttling the article is queued
// again, instead of occupying a worker.
func Retry(v Speaker, p RetryPolicy) Speaker { return retrying{v, p.withDefaults()} }

type retrying struct {
	Speaker
	policy RetryPolicy
}

// Speak calls the voice, and again after a failure that may pass, as the policy says.
func (t retrying) Speak(ctx context.Context, r Request) (res Result, err error) {
	end := time.Now().Add(t.policy.Total)
	var calls []lector.Call
	for try := 1; ; try++ {
		res, err = t.Speaker.Speak(ctx, r)
		if res.mayBeBilled() {
			r.refusal = err // what was billed has to be paid for again
		}
		calls = append(calls, res.Calls...)
		res.Calls = calls
		if err == nil || !retryable(err) || ctx.Err() != nil {
			return res, err
		}
		wait := t.policy.wait(try, err)
		if try == t.policy.Tries || time.Now().Add(wait).After(end) {
			return res, fmt.Errorf("%s: %w", times(try), err)
		}
		traceRetry(ctx, try, wait, err)
		if err := pause(ctx, wait); err != nil {
			return res, err
		}
	}
}

// retryable reports whether the same call may succeed after a wait.
func retryable(err error) bool { return !lector.IsPermanent(err) && !final(err) }

// final reports whether err is no answer of the backend, and waiting here is of
// no use: the next voice of the article is asked at once, the article is queued
// again, or the chunk's lease has to be acquired again.
func final(err error) bool {
	for _, refusal := range []error{errCircuitOpen, errPaused, lector.ErrBudget, errLeaseLost} {
		if errors.Is(err, refusal) {
			return true
		}
	}
	return errors.As(err, new(limitReached))
}

// wait is the time until the next try: what the backend asks for and a random
// time on top, so that not all come back together.
func (p RetryPolicy) wait(try int, err error) time.Duration {
	spread := p.Jitter(min(p.MaxDelay, p.BaseDelay<<min(try-1, 16)))
	after, _ := lector.IsThrottled(err)
	return max(after, 0) + spread
}

// times says how often a call was tried.
func times(n int) string {
	if n == 1 {
		return "tried once"
	}
	return fmt.Sprintf("tried %d times", n)
}
