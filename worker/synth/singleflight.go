package synth

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"lector"
)

// Singleflight makes a clip once in this process that several callers ask for at the
// same time. The zero value is ready.
//
// It adds two things to x/sync's Group, whose Do has no context and shares every
// failure: a caller leaves when its context ends, while what it began goes on
// until the answer that is paid for is stored; and a failure whose reason is
// that its maker's context had ended is not shared.
type Singleflight struct {
	group singleflight.Group
	all   sync.WaitGroup // callers of group, and so all that is in flight, and answers that are being deleted

	mu     sync.Mutex
	calls  context.Context // of all calls to voices; ended by cancel
	cancel context.CancelFunc
}

// made is what came of making a clip once.
type made struct {
	clip      Clip
	cancelled bool // the maker's context had ended: the failure is the maker's alone
}

// do returns the clip with the given hash, made by f or by a call of do that
// came before; then it is Reused and cost nothing here. f may call early with a clip that it
// has still to store: then do returns it, while others with the same hash wait until f has
// ended. A failure is shared, unless the first was cancelled: then the next makes it. When
// ctx ends do returns at once, and f goes on: it must look at ctx before it begins anything.
func (s *Singleflight) do(ctx context.Context, hash string, f func(early func(Clip)) (Clip, error)) (Clip, error) {
	for {
		mine, early := false, make(chan Clip, 1)
		v, err := s.wait(ctx, hash, early, func() (any, error) {
			mine = true
			c, err := recovered(func() (Clip, error) { return f(func(c Clip) { early <- c }) })
			return made{c, ctx.Err() != nil}, err
		})
		m, finished := v.(made)
		switch {
		case !finished: // ctx ended first
			return Clip{}, err
		case mine:
			return m.clip, err
		case err == nil:
			return m.clip.reused(), nil
		case !m.cancelled:
			return Clip{}, err
		}
	}
}

// recovered calls f and returns a panic as an error: in a goroutine of its own it would
// end the worker, with all other articles that it reads.
func recovered(f func() (Clip, error)) (c Clip, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = lector.Recovered(p)
		}
	}()
	return f()
}

// wait returns what the group's call returns, or a clip that came early, or nil and why ctx
// ended before.
func (s *Singleflight) wait(ctx context.Context, hash string, early <-chan Clip, f func() (any, error)) (any, error) {
	var v any
	err := errors.New("made no clip")
	done := make(chan struct{})
	s.all.Go(func() {
		defer close(done)
		v, err, _ = s.group.Do(hash, f)
	})
	select {
	case c := <-early:
		return made{clip: c}, nil
	case <-done:
		return v, err
	case <-ctx.Done():
	}
	select {
	case c := <-early: // both
		return made{clip: c}, nil
	case <-done:
		return v, err
	default:
		return nil, context.Cause(ctx)
	}
}

// Drain waits until nothing is in flight. Calls that still run after the grace
// period are cancelled, and what a provider answers then is lost. Nothing may
// be begun meanwhile.
func (s *Singleflight) Drain(grace time.Duration) {
	s.callContext() // so that there is something to cancel
	t := time.AfterFunc(grace, s.cancel)
	defer t.Stop()
	s.all.Wait()
}

// callContext returns the context of all calls to voices, which only Drain ends.
func (s *Singleflight) callContext() context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.calls == nil {
		s.calls, s.cancel = context.WithCancel(context.Background()) //nolint:gosec // Drain calls it
	}
	return s.calls
}

func (c Clip) reused() Clip {
	c.State, c.Billed, c.Unknown, c.Cost = Reused, 0, 0, 0
	return c
}
