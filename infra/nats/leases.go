package nats

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"lector"
)

// leaseTTL is how long a dead worker's leases stay taken. A living worker that
// gets no processor, or no answer, for less than this keeps its own.
const leaseTTL = 30 * time.Second

// renewalsPerTTL is how often a lease is renewed within its time. One request may
// take two of these periods, and what it leaves of the time is for the next.
const renewalsPerTTL = 6

// releaseTimeout bounds the giving up of a lease: one that is not freed ends by
// itself.
const releaseTimeout = 2 * time.Second

// confirmedFor is how long after a renewal a lease counts as held without another request.
const confirmedFor = time.Second

// Leases are exclusive rights to work on something, across all workers. A lease that is not
// renewed is free again after its time.
type Leases struct {
	conn    *Conn
	store   leaseStore
	owner   string
	ttl     time.Duration
	log     *slog.Logger
	elapsed func(since time.Time) time.Duration // nil is passed
}

// Leases binds to the leases bucket for the named worker. They are renewed over
// a connection of their own: on the shared one a renewal would wait behind
// whatever else is being sent.
func (c *Conn) Leases(ctx context.Context, owner string) (*Leases, error) {
	own, err := c.connectAgain()
	if err != nil {
		return nil, fmt.Errorf("leases: %w", err)
	}
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	kept, err := own.bucket(ctx, leases)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		kept, err = own.makeLeaseBucket(ctx)
	}
	if err != nil {
		return nil, err
	}
	return &Leases{conn: own, store: bucketLeases{kept}, owner: owner, ttl: leaseTTL, log: c.log}, nil
}

// lease is a lease that is held. Its fields are guarded by sem.
type lease struct {
	name    string
	holder  []byte // unique to this lease
	version uint64
	renewed time.Time // when the last renewal that is known to have arrived was sent
	unknown time.Time // when the first one since then was sent; zero: none was
	sem     chan struct{}
}

func (m *lease) lock(ctx context.Context) error {
	select {
	case m.sem <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (m *lease) unlock() { <-m.sem }

// confirmed notes that a renewal arrived which was sent at a moment.
func (m *lease) confirmed(version uint64, sent time.Time) {
	m.version, m.renewed, m.unknown = version, sent, time.Time{}
}

type leaseKey struct{}

// Hold takes a lease and renews it until release is called or the context
// ends. The context that it returns ends when the lease is lost. It is
// lector.ErrExists when somebody else holds the lease.
func (l *Leases) Hold(ctx context.Context, name string) (held context.Context, release func(), err error) {
	return l.hold(ctx, name, []byte(l.owner+" "+rand.Text()))
}

// hold is Hold for a holder that no other lease has.
func (l *Leases) hold(ctx context.Context, name string, holder []byte) (held context.Context, release func(), err error) {
	mine := &lease{name: name, holder: holder, sem: make(chan struct{}, 1)}
	asked, cancel := withDefaultTimeout(ctx)
	defer cancel()
	sent := time.Now()
	version, err := l.store.create(asked, name, mine.holder, l.ttl)
	if err != nil && !errors.Is(err, lector.ErrExists) {
		l.release(mine) // it may have arrived all the same
	}
	if err != nil {
		return nil, nil, brokerError("lease "+name, err)
	}
	mine.confirmed(version, sent)
	held, lose := context.WithCancelCause(context.WithValue(ctx, leaseKey{}, mine))
	done := make(chan struct{})
	go func() {
		defer close(done)
		lose(l.renewUntilDone(held, mine))
	}()
	return held, func() {
		lose(context.Canceled)
		<-done
	}, nil
}

// Held reports whether anybody holds a lease.
func (l *Leases) Held(ctx context.Context, name string) (bool, error) {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	_, _, err := l.read(ctx, name)
	if errors.Is(err, lector.ErrNotFound) {
		return false, nil
	}
	return err == nil, brokerError("lease "+name, err)
}

// Confirm returns nil while the lease of a context that Hold returned is held, and
// otherwise an error: it is lost, or the server does not answer. A worker that stood
// still, by whatever clock, finds it out here before it does what must not be done
// twice.
func (l *Leases) Confirm(held context.Context) error {
	mine, ok := held.Value(leaseKey{}).(*lease)
	if !ok {
		return errors.New("the context is not of a lease")
	}
	if err := mine.lock(held); err != nil {
		return err
	}
	defer mine.unlock()
	if held.Err() == nil && l.since(mine.renewed) < min(confirmedFor, l.ttl/renewalsPerTTL) {
		return nil
	}
	err := l.renew(held, mine)
	if held.Err() != nil {
		return context.Cause(held)
	}
	return err
}

var errLeaseLost = errors.New("lease lost")

// renewUntilDone renews the lease until the context ends, then frees it. What it returns
// is why the lease is no longer held.
func (l *Leases) renewUntilDone(ctx context.Context, mine *lease) error {
	tick := time.NewTicker(l.ttl / renewalsPerTTL)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			l.release(mine)
			return context.Cause(ctx)
		case <-tick.C:
		}
		err := l.renewInTime(ctx, mine)
		if errors.Is(err, errLeaseLost) {
			return err
		}
		if err != nil && ctx.Err() == nil {
			l.log.Warn("lease not renewed", "lease", mine.name, "error", err)
		}
	}
}

// renewInTime renews a lease. One that could not be renewed for its whole time is
// lost, whoever has it now.
func (l *Leases) renewInTime(ctx context.Context, mine *lease) error {
	if err := mine.lock(ctx); err != nil {
		return err
	}
	defer mine.unlock()
	err := l.renew(ctx, mine)
	over := l.since(mine.renewed) > l.ttl
	switch {
	case err != nil && over:
		return fmt.Errorf("%w: %s: %w", errLeaseLost, mine.name, err)
	case errors.Is(err, lector.ErrNotFound): // before its time was over: the server has forgotten it
		return l.takeAgain(ctx, mine)
	}
	return err
}

// takeAgain takes a lease again that a restarted server has forgotten, unless
// somebody else was faster.
func (l *Leases) takeAgain(ctx context.Context, mine *lease) error {
	ctx, cancel := context.WithTimeout(ctx, 2*l.ttl/renewalsPerTTL)
	defer cancel()
	sent := time.Now()
	version, err := l.store.create(ctx, mine.name, mine.holder, l.ttl)
	if errors.Is(err, lector.ErrExists) {
		return fmt.Errorf("%w: %s", errLeaseLost, mine.name)
	}
	if err == nil {
		mine.confirmed(version, sent)
	}
	return err
}

// renew asks once more for the whole time. A request that is not answered may
// have arrived: the next finds that out.
func (l *Leases) renew(ctx context.Context, mine *lease) error {
	ctx, cancel := context.WithTimeout(ctx, 2*l.ttl/renewalsPerTTL)
	defer cancel()
	sent := time.Now()
	if mine.unknown.IsZero() {
		mine.unknown = sent
	}
	return l.retryConflicts(ctx, mine, func() error {
		version, err := l.store.renew(ctx, mine.name, mine.holder, mine.version, l.ttl)
		if err == nil {
			mine.confirmed(version, sent)
		}
		return err
	})
}

// release releases the lease, unless it is somebody else's by now.
func (l *Leases) release(mine *lease) {
	ctx, cancel := context.WithTimeout(context.Background(), releaseTimeout)
	defer cancel()
	if err := mine.lock(ctx); err != nil {
		return
	}
	defer mine.unlock()
	err := l.retryConflicts(ctx, mine, func() error {
		if mine.version == 0 { // not known
			return lector.ErrConflict
		}
		return l.store.delete(ctx, mine.name, mine.version)
	})
	if err != nil {
		l.log.Debug("lease not released; it expires by itself", "lease", mine.name, "error", err)
	}
}

// retryConflicts repeats a refused write a few times while the lease is ours: a renewal
// whose answer was lost has moved its version, or moves it only now, and a cluster now and
// then refuses a write that nobody contests.
func (l *Leases) retryConflicts(ctx context.Context, mine *lease, write func() error) error {
	for range 5 {
		err := write()
		if !errors.Is(err, lector.ErrConflict) {
			return err
		}
		holder, version, err := l.read(ctx, mine.name)
		switch {
		case errors.Is(err, lector.ErrNotFound):
			return fmt.Errorf("%w: %s is over: %w", errLeaseLost, mine.name, err)
		case err != nil:
			return err
		case !bytes.Equal(holder, mine.holder):
			return fmt.Errorf("%w: %s is held by %s", errLeaseLost, mine.name, bytes.Fields(holder)[0])
		case version > mine.version: // a renewal arrived that nobody answered
			mine.confirmed(version, mine.unknown)
			mine.unknown = time.Now()
		}
	}
	return fmt.Errorf("lease %s: %w", mine.name, errConflictPersists)
}

var errConflictPersists = errors.New("refused again and again, although it is ours")

// read asks twice before it says that a lease is gone: a replica that lags may
// not have it yet.
func (l *Leases) read(ctx context.Context, name string) (holder []byte, version uint64, err error) {
	holder, version, err = l.store.read(ctx, name)
	if !errors.Is(err, lector.ErrNotFound) {
		return holder, version, err
	}
	t := time.NewTimer(min(50*time.Millisecond, l.ttl/renewalsPerTTL))
	defer t.Stop()
	select {
	case <-ctx.Done():
		return nil, 0, context.Cause(ctx)
	case <-t.C:
	}
	return l.store.read(ctx, name)
}

func (l *Leases) since(t time.Time) time.Duration {
	if l.elapsed != nil {
		return l.elapsed(t)
	}
	return elapsed(t)
}

// elapsed is the time since a moment by the clock that moved further: the
// monotonic one stands still while the machine sleeps, and the wall clock may
// be set back.
func elapsed(since time.Time) time.Duration {
	now := time.Now()
	return max(now.Sub(since), now.Round(0).Sub(since.Round(0)))
}
