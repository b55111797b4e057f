package nats

import (
	"context"
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

// Hold takes the named lease and renews it until release is called. The
// context it returns ends when the lease is lost. It is lector.ErrExists when
// somebody else holds the lease.
func (l *Leases) Hold(ctx context.Context, name string) (held context.Context, release func(), err error) {
	version, err := l.kv.Create(ctx, name, []byte(l.owner), jetstream.KeyTTL(l.ttl))
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
		lose(l.keep(held, name, version))
	}()
	return held, func() {
		lose(context.Canceled)
		<-done
	}, nil
}

var errLeaseLost = errors.New("lease lost")

// keep renews the lease until the context ends, then frees it.
func (l *Leases) keep(ctx context.Context, name string, version uint64) error {
	tick := time.NewTicker(l.ttl / 3)
	defer tick.Stop()
	for renewed := time.Now(); ; {
		select {
		case <-ctx.Done():
			l.free(name, version)
			return ctx.Err()
		case <-tick.C:
		}
		v, err := l.renew(ctx, name, version)
		switch {
		case err == nil:
			version, renewed = v, time.Now()
		case time.Since(renewed) > l.ttl:
			return fmt.Errorf("%w: %s", errLeaseLost, name)
		default:
			l.log.Warn("lease not renewed", "lease", name, "error", err)
		}
	}
}

// renew writes by hand what kv.Update would, because that drops the key's time
// to live.
func (l *Leases) renew(ctx context.Context, name string, version uint64) (uint64, error) {
	m := nats.NewMsg("$KV." + leases + "." + name)
	m.Data = []byte(l.owner)
	ack, err := l.js.PublishMsg(ctx, m, jetstream.WithExpectLastSequencePerSubject(version), jetstream.WithMsgTTL(l.ttl))
	if err != nil {
		return 0, err
	}
	return ack.Sequence, nil
}

// free gives the lease up, unless it is somebody else's by now.
func (l *Leases) free(name string, version uint64) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := l.kv.Delete(ctx, name, jetstream.LastRevision(version)); err != nil {
		l.log.Debug("lease not freed; it ends by itself", "lease", name, "error", err)
	}
}
