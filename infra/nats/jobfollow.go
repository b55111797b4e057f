package nats

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"lector"
)

// stallCheck is how often a watch is compared with its bucket. A watch may stand
// still after a lost connection, and nothing else shows it.
const stallCheck = 30 * time.Second

// errStalled ends a watch that has not seen what is in its bucket for a while.
var errStalled = errors.New("the watch stands still")

// Follow calls changed with each record as it stands, then complete, and then
// changed whenever one changes. It uses a connection of its own, since there may be
// many records. It returns when ctx ends, or with an error when it cannot go on.
func (s *JobStore) Follow(ctx context.Context, changed func(lector.Job), complete func()) error {
	own, err := Connect(s.bucket.conn.options)
	if err != nil {
		return fmt.Errorf("follow jobs: %w", err)
	}
	defer own.Close()
	b, err := own.bucket(ctx, jobs)
	if err != nil {
		return fmt.Errorf("follow jobs: %w", err)
	}
	return b.follow(ctx, ">", stallCheck, func(entry jetstream.KeyValueEntry) {
		if entry.Operation() != jetstream.KeyValuePut {
			return
		}
		j, err := decodeJob(entry.Value())
		if err == nil && j.ID == "" { // no record of a job
			err = fmt.Errorf("record %s has no id", entry.Key())
		}
		if err != nil {
			s.bucket.conn.log.Warn("not in the index of the jobs", "key", entry.Key(), "error", err)
			return
		}
		changed(j)
	}, complete)
}

// follow calls changed with each key as it stands, then complete, and then changed
// whenever one is written or deleted.
func (b bucket) follow(ctx context.Context, keys string, check time.Duration, changed func(jetstream.KeyValueEntry), complete func()) error {
	w, err := b.kv.Watch(ctx, keys)
	if err != nil {
		return fmt.Errorf("watch %s: %w", b.name, err)
	}
	defer w.Stop() //nolint:errcheck // the watch is over either way
	tick := time.NewTicker(check)
	defer tick.Stop()
	var seen, before, due uint64 // in the bucket's stream; the last two at the last check
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
			if seen < due && seen == before {
				return fmt.Errorf("watch %s: %w", b.name, errStalled)
			}
			before, due = seen, b.lastSequence(ctx, due)
		case entry, open := <-w.Updates():
			switch {
			case !open:
				return b.watchEnded(ctx)
			case entry == nil: // all that was there has been shown
				complete()
				continue
			}
			changed(entry)
			seen = entry.Revision()
		}
	}
}

// watchEnded is why a watch shows nothing more: its context has ended, or it broke off.
func (b bucket) watchEnded(ctx context.Context) error {
	return cmp.Or(ctx.Err(), fmt.Errorf("watch %s: %w", b.name, errStalled))
}

// lastSequence returns the place of the newest entry of the bucket, or what was
// known where nobody answers.
func (b bucket) lastSequence(ctx context.Context, known uint64) uint64 {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	s, err := b.conn.js.Stream(ctx, "KV_"+b.name)
	if err != nil {
		return known
	}
	return s.CachedInfo().State.LastSeq
}
