package nats

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"lector"
)

// JobStore keeps the job records.
type JobStore struct{ kv jetstream.KeyValue }

// JobStore binds to the jobs bucket.
func (c *Conn) JobStore(ctx context.Context) (*JobStore, error) {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	kv, err := c.bucket(ctx, jobs)
	if err != nil {
		return nil, err
	}
	if err := checkFormat(ctx, kv); err != nil {
		return nil, err
	}
	return &JobStore{kv}, nil
}

func jobKey(site, key string) string { return site + "." + key }

// Job returns the record of an article and its version, which Save wants.
// It is lector.ErrNotFound for an article that never was announced.
func (l *JobStore) Job(ctx context.Context, site, key string) (lector.Job, uint64, error) {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	entry, err := l.kv.Get(ctx, jobKey(site, key))
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return lector.Job{}, 0, fmt.Errorf("job %s: %w", key, lector.ErrNotFound)
	}
	if err != nil {
		return lector.Job{}, 0, fmt.Errorf("job %s: %w", key, err)
	}
	j, err := decodeJob(entry.Value())
	return j, entry.Revision(), err
}

func decodeJob(data []byte) (lector.Job, error) {
	var j lector.Job
	if err := json.Unmarshal(data, &j); err != nil {
		return j, fmt.Errorf("job record: %w", err)
	}
	return j, nil
}

// Save writes a record over the given version, 0 for a new one, and returns
// the version written. It is lector.ErrConflict when somebody else wrote in
// between.
func (l *JobStore) Save(ctx context.Context, j lector.Job, version uint64) (uint64, error) {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	data, err := json.Marshal(j)
	if err != nil {
		return 0, fmt.Errorf("job %s: %w", j.ID, err)
	}
	v, err := l.compareAndSet(ctx, jobKey(j.Site, j.ID), data, version)
	if err != nil {
		return 0, fmt.Errorf("job %s: %w", j.ID, err)
	}
	return v, nil
}

// compareAndSet tells a real conflict from two that are none: a replicated
// server may refuse although nobody else wrote (nats-server#7281), and an
// answer may be lost after the write was done.
func (l *JobStore) compareAndSet(ctx context.Context, key string, data []byte, version uint64) (uint64, error) {
	for wait := 2 * time.Millisecond; ; wait *= 2 {
		v, err := l.write(ctx, key, data, version)
		if err == nil {
			return v, nil
		}
		now, value, rerr := l.read(ctx, key)
		switch {
		case rerr != nil:
			return 0, fmt.Errorf("%w; read again: %w", err, rerr)
		case bytes.Equal(value, data):
			return now, nil
		case now != version:
			return 0, lector.ErrConflict
		case wait > 40*time.Millisecond:
			return 0, err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}

func (l *JobStore) write(ctx context.Context, key string, data []byte, version uint64) (uint64, error) {
	if version == 0 {
		return l.kv.Create(ctx, key, data)
	}
	return l.kv.Update(ctx, key, data, version)
}

func (l *JobStore) read(ctx context.Context, key string) (version uint64, value []byte, err error) {
	entry, err := l.kv.Get(ctx, key)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return 0, nil, nil
	}
	if err != nil {
		return 0, nil, err
	}
	return entry.Revision(), entry.Value(), nil
}

// Jobs yields all records, in no order. It ends with the first error.
func (l *JobStore) Jobs(ctx context.Context) iter.Seq2[lector.Job, error] {
	return func(yield func(lector.Job, error) bool) {
		for j, err := range l.watchKeys(ctx, ">", true) {
			if !yield(j, err) || err != nil {
				return
			}
		}
	}
}

// Watch yields the record of an article as it stands and then whenever it
// changes, until ctx ends. An empty key watches all articles.
func (l *JobStore) Watch(ctx context.Context, site, key string) iter.Seq2[lector.Job, error] {
	if key == "" {
		return l.watchKeys(ctx, ">", false)
	}
	return l.watchKeys(ctx, jobKey(site, key), false)
}

func (l *JobStore) watchKeys(ctx context.Context, keys string, once bool) iter.Seq2[lector.Job, error] {
	return func(yield func(lector.Job, error) bool) {
		w, err := l.kv.Watch(ctx, keys, jetstream.IgnoreDeletes())
		if err != nil {
			yield(lector.Job{}, fmt.Errorf("watch jobs: %w", err))
			return
		}
		defer w.Stop() //nolint:errcheck // the watch is over either way
		for {
			select {
			case <-ctx.Done():
				yield(lector.Job{}, ctx.Err())
				return
			case entry, open := <-w.Updates():
				if !open || entry == nil && once {
					return
				}
				if entry == nil { // all that was there has been shown
					continue
				}
				j, err := decodeJob(entry.Value())
				if !yield(j, err) {
					return
				}
			}
		}
	}
}
