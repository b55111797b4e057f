package synth

import (
	"context"
	"errors"
	"time"

	"lector"
)

// Leases says who works on what, over all workers. Hold returns
// lector.ErrExists when somebody else holds the name; the lease is kept until
// release is called.
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
//
// The lease outlives ctx: a call that is let finish is still nobody else's. A
// lease that is lost stops nothing either, for the call is on its way; what it
// may cost is counted.
func hold(ctx context.Context, l Leases, name string, there func() bool) (release func(), err error) {
	for wait := shortWait; ; wait = min(2*wait, longWait) {
		_, release, err = l.Hold(context.WithoutCancel(ctx), name)
		if !errors.Is(err, lector.ErrExists) {
			return release, err
		}
		if err := pause(ctx, wait); err != nil {
			return nil, err
		}
		if there() {
			return func() {}, nil
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
