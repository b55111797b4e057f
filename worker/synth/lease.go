package synth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lector"
)

// Leases says who works on what, over all workers. Hold returns lector.ErrExists when
// somebody else holds the name; the lease is kept until release is called. Confirm
// returns nil while the lease of a context that Hold returned is held, and otherwise an
// error.
type Leases interface {
	Hold(ctx context.Context, name string) (held context.Context, release func(), err error)
	Confirm(held context.Context) error
}

// LocalLeases grants every lease: for a process without others beside it, in
// which Singleflight is enough.
type LocalLeases struct{}

// Hold grants the lease.
func (LocalLeases) Hold(ctx context.Context, _ string) (context.Context, func(), error) {
	return ctx, func() {}, nil
}

// Confirm is always nil.
func (LocalLeases) Confirm(context.Context) error { return nil }

// The time between two requests for a lease that somebody else holds: the first,
// and the longest. Each is twice the one before.
const (
	shortWait = 25 * time.Millisecond
	longWait  = time.Second
)

// acquireLease waits until the lease is ours, or until exists says that it is no
// longer needed: the one who held it has made the clip. confirm tells whether it
// is still ours.
//
// The lease outlives ctx: a call that goes on in its grace period is still made
// under it. A lease that is lost stops no call that has begun; what that may
// cost is counted.
func acquireLease(ctx context.Context, l Leases, name string, exists func() bool) (confirm func() error, release func(), err error) {
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
		if exists() {
			return func() error { return nil }, func() {}, nil
		}
	}
}

// errLeaseLost is what a voice answers whose chunk is perhaps another worker's.
var errLeaseLost = errors.New("no call without the chunk's lease")

// RequireLease returns v with no call made for a chunk whose lease is lost: a worker
// that was suspended for longer than its lease finds that out here. Meter is wrapped in
// it and wraps it: the lease may be lost while Meter writes that a call begins, and
// without a lease that must not be written, for it would mark another worker's call as
// unknown.
func RequireLease(v Speaker) Speaker { return leaseRequired{v} }

type leaseRequired struct{ Speaker }

// Speak calls the voice where this worker holds the lease of the chunk, and fails otherwise.
func (l leaseRequired) Speak(ctx context.Context, r Request) (Result, error) {
	if r.confirmLease != nil {
		if err := r.confirmLease(); err != nil {
			return Result{}, fmt.Errorf("%w: %w", errLeaseLost, err)
		}
	}
	return l.Speaker.Speak(ctx, r)
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
