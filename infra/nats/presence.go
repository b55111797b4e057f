package nats

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"lector"
)

// presencePrefix begins the names of the leases that workers hold while they are there.
const presencePrefix = "worker."

// Present says that a worker is there until ctx ends. One that dies counts as gone when the
// time of a lease is over.
func (l *Leases) Present(ctx context.Context, w lector.WorkerPresence) error {
	data, err := json.Marshal(w)
	if err != nil {
		return err
	}
	for ctx.Err() == nil {
		held, release, err := l.hold(ctx, presencePrefix+token(w.Name), data)
		if err == nil {
			<-held.Done() // it ends, or NATS was away for longer than the lease
			release()
		}
		l.pause(ctx)
	}
	return nil
}

// pause waits as long as between two renewals, or until ctx ends.
func (l *Leases) pause(ctx context.Context) {
	t := time.NewTimer(l.ttl / renewalsPerTTL)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// Workers returns the workers that are there, by their names.
func (c *Conn) Workers(ctx context.Context) ([]lector.WorkerPresence, error) {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	names, err := c.presenceNames(ctx)
	if err != nil {
		return nil, brokerError("workers", err)
	}
	kept, err := c.bucket(ctx, leases)
	if err != nil {
		return nil, err
	}
	all := []lector.WorkerPresence{}
	for _, name := range names {
		data, _, err := bucketLeases{kept}.read(ctx, name)
		if errors.Is(err, lector.ErrNotFound) { // it has ended
			continue
		}
		var w lector.WorkerPresence
		if err == nil {
			err = json.Unmarshal(data, &w)
		}
		if err != nil {
			return nil, fmt.Errorf("workers: %s: %w", name, err)
		}
		all = append(all, w)
	}
	return all, nil
}

// presenceNames returns the names of the leases of workers, also of some that have ended.
// A bucket that is gone with a restart has none.
func (c *Conn) presenceNames(ctx context.Context) (names []string, err error) {
	s, err := c.js.Stream(ctx, "KV_"+leases)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	const subjects = "$KV." + leases + "."
	info, err := s.Info(ctx, jetstream.WithSubjectFilter(subjects+presencePrefix+">"))
	if err != nil {
		return nil, err
	}
	for subject := range info.State.Subjects {
		names = append(names, strings.TrimPrefix(subject, subjects))
	}
	slices.Sort(names)
	return names, nil
}
