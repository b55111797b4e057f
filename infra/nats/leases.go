package nats

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"lector"
)

// Leases says who works on what, across workers. A lease that is not renewed
// is free again after its time.
type Leases struct {
	kv    jetstream.KeyValue
	js    jetstream.JetStream
	owner string
	ttl   time.Duration
	log   *slog.Logger
}

// LeaseTime is how long a dead worker's leases stay taken.
const LeaseTime = 10 * time.Second

// Leases binds to the leases bucket for the named worker.
func (c *Conn) Leases(ctx context.Context, owner string) (*Leases, error) {
	ctx, cancel := expire(ctx)
	defer cancel()
	kv, err := c.bucket(ctx, leases)
	if err != nil {
		return nil, err
	}
	return &Leases{kv: kv, js: c.js, owner: owner, ttl: LeaseTime, log: c.log}, nil
}

// renewTime bounds one renewal, which goes to its end even when the lease is
// given up meanwhile: else nobody knew which version there is to free.
const renewTime = 2 * time.Second

// lease is one that is held.
type lease struct {
	name    string
	holder  []byte // nobody else's
	version uint64
}

// Hold takes the named lease and renews it until release is called. The
// context it returns ends when the lease is lost. It is lector.ErrExists when
// somebody else holds the lease.
func (l *Leases) Hold(ctx context.Context, name string) (held context.Context, release func(), err error) {
	mine := &lease{name: name, holder: []byte(l.owner + " " + rand.Text())}
	mine.version, err = l.kv.Create(ctx, name, mine.holder, jetstream.KeyTTL(l.ttl))
	if errors.Is(err, jetstream.ErrKeyExists) {
		return nil, nil, fmt.Errorf("lease %s: %w", name, lector.ErrExists)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("lease %s: %w", name, err)
	}
	held, lose := context.WithCancelCause(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		lose(l.keep(held, mine))
	}()
	return held, func() {
		lose(context.Canceled)
		<-done
	}, nil
}

var errLeaseLost = errors.New("lease lost")

// keep renews the lease until the context ends, then frees it.
func (l *Leases) keep(ctx context.Context, mine *lease) error {
	tick := time.NewTicker(l.ttl / 3)
	defer tick.Stop()
	for renewed := time.Now(); ; {
		select {
		case <-ctx.Done():
			l.free(mine)
			return ctx.Err()
		case <-tick.C:
		}
		err := l.renew(mine)
		switch {
		case err == nil:
			renewed = time.Now()
		case time.Since(renewed) > l.ttl:
			return fmt.Errorf("%w: %s", errLeaseLost, mine.name)
		default:
			l.log.Warn("lease not renewed", "lease", mine.name, "error", err)
		}
	}
}

// renew writes by hand what kv.Update would, because that drops the key's time
// to live.
func (l *Leases) renew(mine *lease) error {
	ctx, cancel := context.WithTimeout(context.Background(), min(renewTime, l.ttl/3))
	defer cancel()
	return l.insist(ctx, mine, func() error {
		m := nats.NewMsg("$KV." + leases + "." + mine.name)
		m.Data = mine.holder
		ack, err := l.js.PublishMsg(ctx, m, jetstream.WithExpectLastSequencePerSubject(mine.version), jetstream.WithMsgTTL(l.ttl))
		if err == nil {
			mine.version = ack.Sequence
		}
		return err
	})
}

// free gives the lease up, unless it is somebody else's by now.
func (l *Leases) free(mine *lease) {
	ctx, cancel := context.WithTimeout(context.Background(), renewTime)
	defer cancel()
	err := l.insist(ctx, mine, func() error {
		return l.kv.Delete(ctx, mine.name, jetstream.LastRevision(mine.version))
	})
	if err != nil {
		l.log.Debug("lease not freed; it ends by itself", "lease", mine.name, "error", err)
	}
}

// insist tries again, a few times, when a write is refused although the lease
// is ours: a renewal whose answer was lost has moved its version, or moves it
// only now, and a cluster now and then refuses a write that nobody contests.
func (l *Leases) insist(ctx context.Context, mine *lease, write func() error) (err error) {
	for range 5 {
		if err = write(); err == nil || ctx.Err() != nil {
			return err
		}
		now, lost := l.kv.Get(ctx, mine.name)
		if lost != nil || !bytes.Equal(now.Value(), mine.holder) {
			return err
		}
		mine.version = now.Revision()
	}
	return err
}
