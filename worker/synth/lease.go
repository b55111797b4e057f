package synth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lector"
)

// Leases says who works on what, over all workers. Hold returns
// lector.ErrExists when somebody else holds the name; the lease is kept until
// release is called. Confirm returns nil while the lease of a context that Hold
// returned is held, and otherwise why nobody can say so.
type Leases interface {
	Hold(ctx context.Context, name string) (held context.Context, release func(), err error)
	Confirm(held context.Context) error
}

// Alone holds every lease: for one process without neighbours, in which Flight
// is enough.
type Alone struct{}

// Hold grants.
func (Alone) Hold(ctx context.Context, _ string) (context.Context, func(), error) {
	return ctx, func() {}, nil
}

// Confirm is always nil.
func (Alone) Confirm(context.Context) error { return nil }

// wait bounds of asking again for a lease that somebody holds.
const (
	shortWait = 25 * time.Millisecond
	longWait  = time.Second
)

// hold waits until the lease is ours, or until there says that it is no longer
// needed: the one who held it has made the clip. confirm tells whether it is
// still ours.
//
// The lease outlives ctx: a call that is let finish is still nobody else's. A
// lease that is lost stops no call that is on its way; what that may cost is
// counted.
func hold(ctx context.Context, l Leases, name string, there func() bool) (confirm func() error, release func(), err error) {
	for wait := shortWait; ; wait = min(2*wait, longWait) {
		held, release, err := l.Hold(context.WithoutCancel(ctx), name)
		if err == nil {
			return func() error { return l.Confirm(held) }, release, nil
		}
		if !errors.Is(err, lector.ErrExists) {
			return nil, nil, err
		}
		if err := pause(ctx, wait); err != nil {
			return nil, nil, err
		}
		if there() {
			return func() error { return nil }, func() {}, nil
		}
	}
}

// errNotHeld is what a voice answers whose chunk is perhaps another worker's.
var errNotHeld = errors.New("no call without the chunk's lease")

// Held returns v with no call made for a chunk whose lease is lost: a worker
// that stood still for longer than its lease and goes on finds that out here.
// It stands on both sides of Meter, because to write the intent of a call takes
// a moment too, and an intent that is not ours to write would end another
// worker's.
func Held(v Voice) Voice { return held{v} }

type held struct{ Voice }

func (h held) Speak(ctx context.Context, u lector.Utterance) (lector.Speech, error) {
	if confirm := errandOf(ctx).confirm; confirm != nil {
		if err := confirm(); err != nil {
			return lector.Speech{}, fmt.Errorf("%w: %w", errNotHeld, err)
		}
	}
	return h.Voice.Speak(ctx, u)
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
