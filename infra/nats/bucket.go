package nats

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"lector"
)

// bucket is a key-value bucket whose keys are changed by compare-and-set, and read
// from the leader of its stream.
type bucket struct {
	kv   jetstream.KeyValue
	conn *Conn
	name string
}

// compareAndSet writes data over the given version of a key, 0 for a new one,
// and returns the version written. It is lector.ErrConflict when somebody else
// wrote in between. Two refusals are no conflict: a replicated server may refuse
// although nobody else wrote (nats-server#7281), which is tried again, and an
// answer may be lost after the write was done. A write without an answer is made
// again until ctx ends, or its answer is found in what is stored.
func (b bucket) compareAndSet(ctx context.Context, key string, data []byte, version uint64) (uint64, error) {
	unanswered := false // an earlier one may be done yet, and have this one refused
	for wait := 2 * time.Millisecond; ; wait *= 2 {
		v, err := b.writeOnce(ctx, key, data, version)
		if err == nil {
			return v, nil
		}
		unanswered = unanswered || b.conn.leaderless(err)
		now, value, rerr := b.read(ctx, key)
		switch {
		case rerr != nil:
			return 0, fmt.Errorf("%w; read again: %w", err, rerr)
		case bytes.Equal(value, data):
			return now, nil
		case now != version:
			return 0, lector.ErrConflict
		case wait > 40*time.Millisecond && !unanswered:
			return 0, err
		}
		sleep(ctx, min(wait, requestPause))
		if ctx.Err() != nil {
			return 0, fmt.Errorf("%w: %w", ctx.Err(), err)
		}
	}
}

// writeOnce makes a request and waits for its answer as long as for any.
func (b bucket) writeOnce(ctx context.Context, key string, data []byte, version uint64) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, requestPatience)
	defer cancel()
	return b.write(ctx, key, data, version)
}

// write makes one request.
func (b bucket) write(ctx context.Context, key string, data []byte, version uint64) (uint64, error) {
	if version == 0 {
		return b.kv.Create(ctx, key, data)
	}
	return b.kv.Update(ctx, key, data, version)
}

// read returns a key's value and version; of a key that is not there 0 and nil.
func (b bucket) read(ctx context.Context, key string) (version uint64, value []byte, err error) {
	m, err := b.conn.lastMessage(ctx, "KV_"+b.name, "$KV."+b.name+"."+key)
	if errors.Is(err, lector.ErrNotFound) || err == nil && m.deleted() {
		return 0, nil, nil
	}
	return m.Sequence, m.Data, err
}

// forget removes what a key has been before; its value stays.
func (b bucket) forget(ctx context.Context, key string) error {
	err := lector.ErrConflict
	for range 5 {
		version, value, rerr := b.read(ctx, key)
		if rerr != nil || version == 0 {
			return rerr
		}
		m := nats.NewMsg("$KV." + b.name + "." + key)
		m.Data = value
		m.Header.Set(jetstream.MsgRollup, jetstream.MsgRollupSubject)
		_, err = b.conn.js.PublishMsg(ctx, m, jetstream.WithExpectLastSequencePerSubject(version))
		if err = conflictError(err); !errors.Is(err, lector.ErrConflict) {
			return err
		}
	}
	return err
}

// entries yields the keys of a pattern as they stand, in no order. It ends with the
// first error.
func (b bucket) entries(ctx context.Context, keys string) iter.Seq2[jetstream.KeyValueEntry, error] {
	return func(yield func(jetstream.KeyValueEntry, error) bool) {
		w, err := b.kv.Watch(ctx, keys, jetstream.IgnoreDeletes())
		if err != nil {
			yield(nil, fmt.Errorf("read %s: %w", b.name, err))
			return
		}
		defer w.Stop() //nolint:errcheck // the watch is over either way
		for {
			select {
			case <-ctx.Done():
				yield(nil, ctx.Err())
				return
			case entry, open := <-w.Updates():
				if entry == nil && open { // all that was there has been shown
					return
				}
				if !open {
					yield(nil, b.watchEnded(ctx))
					return
				}
				if !yield(entry, nil) {
					return
				}
			}
		}
	}
}

// stallCheck is how often a watch is compared with its bucket. A watch may stand
// still after a lost connection, and nothing else shows it.
const stallCheck = 30 * time.Second

// errStalled ends a watch that has not seen what is in its bucket for a while.
var errStalled = errors.New("the watch stands still")

// follow calls changed with each key as it stands, then complete, and then changed
// whenever one is written or deleted.
func (b bucket) follow(ctx context.Context, keys string, check time.Duration, changed func(jetstream.KeyValueEntry),
	complete func()) error {
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
