package synth

import (
	"context"
	"errors"
	"time"

	"lector"
)

// Leases says who works on what, over all workers. Hold returns
// lector.ErrExists when somebody else holds the name; the context it returns
// ends when the lease is lost.
type Leases interface {
	Hold(ctx context.Context, name string) (held context.Context, release func(), err error)
}

// Alone holds every lease: for one process without neighbours, in which Flight
// is enough.
type Alone struct{}

// Hold grants.
func (Alone) Hold(ctx context.Context, _ string) (context.Context, func(), error) {
	return ctx, func() {}, nil
}

// wait bounds of asking again for a lease that somebody holds.
const (
	shortWait = 25 * time.Millisecond
	longWait  = time.Second
)

// hold waits until the lease is ours, or until there says that it is no longer
// needed: the one who held it has made the clip.
func hold(ctx context.Context, l Leases, name string, there func() bool) (held context.Context, release func(), err error) {
	for wait := shortWait; ; wait = min(2*wait, longWait) {
		held, release, err = l.Hold(ctx, name)
		if !errors.Is(err, lector.ErrExists) {
			return held, release, err
		}
		if err := pause(ctx, wait); err != nil {
			return nil, nil, err
		}
		if there() {
			return ctx, func() {}, nil
		}
	}
}

// pause waits for d or returns why ctx ended.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}
