package synth

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Flight sees to it that a clip which several ask for at the same moment is
// made once in this process, and that what has begun comes to its end, whoever
// has left meanwhile: an answer that is paid for is on its way into the cache.
// The zero value is ready. It remembers only what is in the air.
type Flight struct {
	mu    sync.Mutex
	calls map[string]*flying
	all   sync.WaitGroup
	open  context.Context // of all calls; ended by cut
	cut   context.CancelFunc
}

type flying struct {
	done chan struct{}
	clip Clip
	err  error
	left bool // its maker's context had ended: the failure is the maker's alone
}

// Do returns the clip with the given hash, made by f or by the one who came
// first; then it is Reused and cost nothing here. A failure is shared, unless
// the first was cancelled: then the next makes it. When ctx ends Do returns at
// once, and f goes on: it must look at ctx before it begins what can wait.
func (g *Flight) Do(ctx context.Context, hash string, f func() (Clip, error)) (Clip, error) {
	for {
		c, first := g.join(hash)
		if first {
			go func() {
				c.clip, c.err = f()
				c.left = ctx.Err() != nil
				g.land(hash, c)
			}()
		}
		if err := c.wait(ctx); err != nil {
			return Clip{}, err
		}
		switch {
		case first:
			return c.clip, c.err
		case c.err == nil:
			return c.clip.reused(), nil
		case !c.left:
			return Clip{}, c.err
		}
	}
}

// wait waits for the clip, or returns why ctx ended before it was there.
func (c *flying) wait(ctx context.Context) error {
	select {
	case <-c.done:
		return nil
	case <-ctx.Done():
	}
	select {
	case <-c.done: // both
		return nil
	default:
		return context.Cause(ctx)
	}
}

// Land waits until nothing is in the air. What still is after the grace is cut
// off, and what a provider answered then is lost. Nothing may be begun
// meanwhile.
func (g *Flight) Land(grace time.Duration) {
	g.calling() // so that there is something to cut
	t := time.AfterFunc(grace, g.cut)
	defer t.Stop()
	g.all.Wait()
}

// calling returns the context of all calls, which only Land ends.
func (g *Flight) calling() context.Context {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open == nil {
		g.open, g.cut = context.WithCancel(context.Background()) //nolint:gosec // Land calls it
	}
	return g.open
}

func (g *Flight) join(hash string) (c *flying, first bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if c, ok := g.calls[hash]; ok {
		return c, false
	}
	if g.calls == nil {
		g.calls = map[string]*flying{}
	}
	c = &flying{done: make(chan struct{}), err: errors.New("made no clip")}
	g.calls[hash] = c
	g.all.Add(1)
	return c, true
}

func (g *Flight) land(hash string, c *flying) {
	g.mu.Lock()
	delete(g.calls, hash)
	g.mu.Unlock()
	close(c.done)
	g.all.Done()
}

func (c Clip) reused() Clip {
	c.State, c.Billed, c.Unknown, c.Cost = Reused, 0, 0, 0
	return c
}
