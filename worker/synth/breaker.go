package synth

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/sony/gobreaker/v2"

	"lector"
)

// BreakerConfig says when a voice is not called any more, and for how long.
type BreakerConfig struct {
	Failures uint32        // transient ones in a row; 0 is 5
	Timeout  time.Duration // of the open state; 0 is 30 s
}

// CircuitBreaker returns v with a circuit breaker. After a number of transient
// failures in a row it refuses calls until the timeout, so that an article goes
// to its next voice at once instead of trying each chunk in vain; then a single
// call is let through, and its success closes the circuit. A throttled or a
// permanent answer counts as a success: the backend that gives it works. What
// calls come to that were begun before the circuit opened is not counted.
func CircuitBreaker(v Speaker, c BreakerConfig) Speaker {
	if c.Failures == 0 {
		c.Failures = 5
	}
	if c.Timeout == 0 {
		c.Timeout = 30 * time.Second
	}
	b := &breaker{Speaker: v, config: c}
	b.circuit = gobreaker.NewCircuitBreaker[Result](gobreaker.Settings{
		// gobreaker lets a call through after this moment, not at it; a caller that
		// comes back at the moment it was told is not to be refused again.
		Timeout:     c.Timeout - time.Nanosecond,
		ReadyToTrip: func(n gobreaker.Counts) bool { return n.ConsecutiveFailures >= c.Failures },
		IsExcluded:  func(err error) bool { return errors.As(err, new(uncounted)) },
		IsSuccessful: func(err error) bool {
			_, throttled := lector.IsThrottled(err)
			return err == nil || throttled || lector.IsPermanent(err)
		},
	})
	return b
}

type breaker struct {
	Speaker
	config  BreakerConfig
	circuit *gobreaker.CircuitBreaker[Result]

	mu     sync.Mutex
	last   error     // transient
	closed time.Time // when the timeout after it is over
}

// errCircuitOpen is what an open circuit answers. Retry does not wait for it.
var errCircuitOpen = errors.New("the circuit breaker of the voice is open")

// uncounted is an error that says nothing about the backend.
type uncounted struct{ error }

func (u uncounted) Unwrap() error { return u.error }

func (b *breaker) Speak(ctx context.Context, r Request) (Result, error) {
	res, err := b.circuit.Execute(func() (Result, error) {
		res, err := b.Speaker.Speak(ctx, r)
		return res, b.classify(ctx, err)
	})
	var u uncounted
	switch {
	case errors.Is(err, gobreaker.ErrOpenState), errors.Is(err, gobreaker.ErrTooManyRequests):
		return Result{}, b.refusal()
	case errors.As(err, &u):
		return res, u.error
	}
	return res, err
}

// classify marks an error that is no answer of the backend, and remembers one that
// counts.
func (b *breaker) classify(ctx context.Context, err error) error {
	_, throttled := lector.IsThrottled(err)
	switch {
	case err == nil:
		return nil
	case final(err):
		return uncounted{err}
	case throttled, lector.IsPermanent(err):
		return err
	case ctx.Err() != nil: // the caller gave up
		return uncounted{err}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last, b.closed = err, time.Now().Add(b.config.Timeout)
	return err
}

// refusal says why there is no call, and when the next may be made.
func (b *breaker) refusal() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	after := max(time.Until(b.closed), time.Second)
	return lector.Throttled(fmt.Errorf("%w for %v, the last failure: %w", errCircuitOpen, after.Round(time.Second), b.last), after)
}
