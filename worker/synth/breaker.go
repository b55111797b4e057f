package synth

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"lector"
)

// Fuse says when a voice is left alone.
type Fuse struct {
	Failures int           // transient ones in a row; 0 is 5
	Rest     time.Duration // 0 is 30 s
}

// Break returns v with a circuit breaker. After the fuse's number of transient
// failures in a row it refuses calls for the rest, so that an article goes to
// its next voice at once instead of trying each chunk in vain; then a single
// call is let through, and its success closes the circuit. A throttled or a
// permanent answer is an answer: who gives it is alive.
func Break(v Voice, f Fuse) Voice {
	if f.Failures == 0 {
		f.Failures = 5
	}
	if f.Rest == 0 {
		f.Rest = 30 * time.Second
	}
	return &breaker{Voice: v, Fuse: f}
}

type breaker struct {
	Voice
	Fuse

	mu      sync.Mutex
	failed  int       // in a row
	until   time.Time // no call before, but one at a time after
	probing bool
	last    error
}

// errResting is what a broken circuit answers. Retry does not wait for it.
var errResting = errors.New("the voice is left alone")

func (b *breaker) Speak(ctx context.Context, u lector.Utterance) (lector.Speech, error) {
	if err := b.admit(); err != nil {
		return lector.Speech{}, err
	}
	s, err := b.Voice.Speak(ctx, u)
	b.learn(ctx, err)
	return s, err
}

func (b *breaker) admit() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failed < b.Failures {
		return nil
	}
	rest := time.Until(b.until)
	if rest <= 0 && !b.probing {
		b.probing = true
		return nil
	}
	rest = max(rest, time.Second)
	return lector.Throttled(fmt.Errorf("%w for %v after %d failures, the last: %w", errResting, rest.Round(time.Second), b.failed, b.last), rest)
}

func (b *breaker) learn(ctx context.Context, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.probing = false
	_, throttled := lector.IsThrottled(err)
	switch {
	case final(err): // no answer of the backend
	case err == nil || throttled || lector.IsPermanent(err):
		b.failed, b.last = 0, nil
	case ctx.Err() != nil: // the caller gave up, which says nothing
	default:
		b.failed++
		b.last, b.until = err, time.Now().Add(b.Rest)
	}
}
