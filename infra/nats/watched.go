package nats

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"lector"
)

// watched keeps in memory what a bucket holds, by what Run has seen last. An
// installation that an older build has set up lacks the bucket: then nothing is in it.
type watched[T any] struct {
	conn *Conn
	name string
	read func(jetstream.KeyValueEntry) (T, error)

	mu  sync.Mutex
	all map[string]T
}

// watchRetry is how long after a watch that could not go on the next one is begun.
const watchRetry = 30 * time.Second

// get returns what stands under a key.
func (w *watched[T]) get(key string) (T, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	found, there := w.all[key]
	return found, there
}

// Run keeps what is in memory up to date, until ctx ends. While the bucket cannot be
// read the last that is known holds.
func (w *watched[T]) Run(ctx context.Context) {
	for ctx.Err() == nil {
		err := w.follow(ctx)
		if ctx.Err() != nil {
			return
		}
		w.conn.log.Debug("bucket not read", "bucket", w.name, "error", w.conn.Explain(err))
		select {
		case <-ctx.Done():
		case <-time.After(watchRetry):
		}
	}
}

// follow notes all that is there and each change, until ctx ends.
func (w *watched[T]) follow(ctx context.Context) error {
	b, err := w.open(ctx)
	if err != nil {
		return err
	}
	all, complete := map[string]T{}, false
	return b.follow(ctx, ">", stallCheck, func(entry jetstream.KeyValueEntry) {
		all = maps.Clone(all)
		w.apply(all, entry)
		if complete {
			w.replace(all)
		}
	}, func() {
		complete = true
		w.replace(all)
	})
}

// Load reads all that is there.
func (w *watched[T]) Load(ctx context.Context) error {
	_, err := w.entries(ctx)
	return err
}

// entries reads all that is there, by key.
func (w *watched[T]) entries(ctx context.Context) (map[string]T, error) {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	b, err := w.open(ctx)
	if err != nil {
		return nil, err
	}
	all := map[string]T{}
	for entry, err := range b.entries(ctx, ">") {
		if err != nil {
			return nil, err
		}
		w.apply(all, entry)
	}
	w.replace(all)
	return all, nil
}

// open binds to the bucket. A server that has refused it once, as by an older nats.conf,
// is not asked again: each time would be in its log.
func (w *watched[T]) open(ctx context.Context) (bucket, error) {
	if subject := "$JS.API.STREAM.INFO.KV_" + w.name; w.conn.refusals.has(subject) {
		return bucket{}, lector.Hint(fmt.Errorf("%s may not use %s", w.conn.options.user(), subject), "%s", roleHint(subject))
	}
	return w.conn.bucket(ctx, w.name)
}

// apply enters a change. An entry that cannot be read counts as none.
func (w *watched[T]) apply(all map[string]T, entry jetstream.KeyValueEntry) {
	value, err := w.read(entry)
	if entry.Operation() != jetstream.KeyValuePut || err != nil {
		delete(all, entry.Key())
		return
	}
	all[entry.Key()] = value
}

func (w *watched[T]) replace(all map[string]T) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all = all
}
