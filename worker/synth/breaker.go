package synth

import (
	"cmp"
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
	Leases   Leases        // over all workers, of which one probes a voice that is down; nil: each does
	Probe    string        // names the lease for that
}

// Breaker is the circuit breaker of a voice. After a number of transient failures in a
// row it refuses calls until the timeout, so that an article goes to its next voice at
// once instead of trying each chunk in vain; then a single call is let through, and its
// success closes the circuit. A refusal that concerns the account and not the text
// opens it at once. A throttled or another permanent answer counts as a success: the
// backend that gives it works. The results of calls that were begun before the circuit
// opened do not count.
type Breaker struct {
	config  BreakerConfig
	circuit *gobreaker.CircuitBreaker[Result]

	mu     sync.Mutex
	last   error     // that counts
	closed time.Time // when the timeout after it is over
}

// NewBreaker returns a breaker whose circuit is closed.
func NewBreaker(c BreakerConfig) *Breaker {
	if c.Failures == 0 {
		c.Failures = 5
	}
	if c.Timeout == 0 {
		c.Timeout = 30 * time.Second
	}
	b := &Breaker{config: c}
	b.circuit = gobreaker.NewCircuitBreaker[Result](gobreaker.Settings{
		// gobreaker lets a call through after this moment, not at it; a caller that
		// comes back exactly then is not to be refused again.
		Timeout:      c.Timeout - time.Nanosecond,
		ReadyToTrip:  b.readyToTrip,
		IsExcluded:   func(err error) bool { return errors.As(err, new(uncounted)) },
		IsSuccessful: isAnswer,
	})
	return b
}

// Wrap returns v with its calls made through the breaker.
func (b *Breaker) Wrap(v Speaker) Speaker { return breaking{v, b} }

// OpenFor returns for how long the circuit refuses calls from now on.
func (b *Breaker) OpenFor() time.Duration {
	if b.circuit.State() != gobreaker.StateOpen { // it takes a lock, under which readyToTrip takes ours
		return 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return max(time.Until(b.closed), 0)
}

func (b *Breaker) readyToTrip(n gobreaker.Counts) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return n.ConsecutiveFailures >= b.config.Failures || lector.ClassOf(b.last) == lector.ClassVoiceRefused
}

// isAnswer reports whether the backend works, as far as an error tells.
func isAnswer(err error) bool {
	_, throttled := lector.IsThrottled(err)
	refused := lector.IsPermanent(err) && lector.ClassOf(err) != lector.ClassVoiceRefused
	return err == nil || throttled || refused
}

type breaking struct {
	Speaker
	*Breaker
}

// errCircuitOpen is what an open circuit answers. Retry does not wait for it.
var errCircuitOpen = errors.New("the circuit breaker of the voice is open")

// uncounted is an error that says nothing about the backend.
type uncounted struct{ error }

// Unwrap returns the error that does not count.
func (u uncounted) Unwrap() error { return u.error }

// Speak calls the voice, or refuses the call while the breaker is open.
func (b breaking) Speak(ctx context.Context, r Request) (Result, error) {
	res, err := b.circuit.Execute(func() (Result, error) {
		release, err := b.acquireProbe(ctx)
		if err != nil {
			return Result{}, err
		}
		res, err := b.Speaker.Speak(ctx, r)
		err = b.classify(ctx, err)
		release(err)
		return res, err
	})
	var u uncounted
	switch {
	case errors.Is(err, gobreaker.ErrOpenState), errors.Is(err, gobreaker.ErrTooManyRequests), errors.Is(err, errProbed):
		return Result{}, b.refusal()
	case errors.As(err, &u):
		return res, u.error
	}
	return res, err
}

// errProbed ends the half-open state without a call: another worker makes it.
var errProbed = errors.New("another worker tries the voice")

// acquireProbe takes the lease for the single call of the half-open state. It is
// kept for the timeout where that call fails, so that no other worker makes one
// meanwhile. Without an answer about the lease the call is made.
func (b *Breaker) acquireProbe(ctx context.Context) (release func(error), err error) {
	if b.config.Leases == nil || b.circuit.State() != gobreaker.StateHalfOpen {
		return func(error) {}, nil
	}
	_, free, err := b.config.Leases.Hold(context.WithoutCancel(ctx), b.config.Probe)
	switch {
	case errors.Is(err, lector.ErrExists):
		b.mu.Lock()
		defer b.mu.Unlock()
		b.closed = time.Now().Add(b.config.Timeout)
		return nil, errProbed
	case err != nil:
		return func(error) {}, nil
	}
	return func(err error) {
		if isAnswer(err) {
			free()
			return
		}
		time.AfterFunc(b.config.Timeout, free)
	}, nil
}

// classify marks an error that is no answer of the backend, and remembers one that
// counts.
func (b *Breaker) classify(ctx context.Context, err error) error {
	switch {
	case final(err):
		return uncounted{err}
	case isAnswer(err):
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
func (b *Breaker) refusal() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	after := max(time.Until(b.closed), time.Second)
	err := fmt.Errorf("%w for %v, the last failure: %w", errCircuitOpen, after.Round(time.Second), b.last)
	return lector.WithClass(lector.Throttled(err, after), cmp.Or(lector.ClassOf(b.last), lector.ClassVoiceDown))
}
