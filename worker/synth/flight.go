package synth

import (
	"context"
	"errors"
	"sync"
)

// Flight sees to it that a clip which several ask for at the same moment is
// made once in this process. The zero value is ready. It remembers only what
// is in the air.
type Flight struct {
	mu    sync.Mutex
	calls map[string]*flying
}

type flying struct {
	done chan struct{}
	clip Clip
	err  error
	left bool // its maker's context had ended: the failure is the maker's alone
}

// Do returns the clip with the given hash, made by f or by the one who came
// first; then it is Reused and cost nothing here. A failure is shared, unless
// the first was cancelled: then the next makes it.
func (g *Flight) Do(ctx context.Context, hash string, f func() (Clip, error)) (Clip, error) {
	for {
		c, first := g.join(hash)
		if first {
			c.clip, c.err = f()
			c.left = ctx.Err() != nil
			g.land(hash, c)
			return c.clip, c.err
		}
		select {
		case <-ctx.Done():
			return Clip{}, context.Cause(ctx)
		case <-c.done:
		}
		if c.err == nil {
			return c.clip.reused(), nil
		}
		if !c.left {
			return Clip{}, c.err
		}
	}
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
	return c, true
}

func (g *Flight) land(hash string, c *flying) {
	g.mu.Lock()
	delete(g.calls, hash)
	g.mu.Unlock()
	close(c.done)
}

func (c Clip) reused() Clip {
	c.State, c.Billed, c.Unknown, c.Cost = Reused, 0, 0, 0
	return c
}
