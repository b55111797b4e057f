package nats

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/nats-io/nats.go/jetstream"

	"lector"
)

// JobStore keeps the job records.
type JobStore struct{ bucket bucket }

// JobStore binds to the jobs bucket.
func (c *Conn) JobStore(ctx context.Context) (*JobStore, error) {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	b, err := c.bucket(ctx, jobs)
	if err != nil {
		return nil, err
	}
	if err := checkFormat(ctx, b.kv); err != nil {
		return nil, err
	}
	return &JobStore{b}, nil
}

func jobKey(site, key string) string { return site + "." + key }

// Job returns the record of an article and its version, which Save wants.
// It is lector.ErrNotFound for an article that never was announced.
func (s *JobStore) Job(ctx context.Context, site, key string) (lector.Job, uint64, error) {
	version, value, err := s.bucket.read(ctx, jobKey(site, key))
	if err == nil && version == 0 {
		err = lector.ErrNotFound
	}
	if err != nil {
		return lector.Job{}, 0, brokerError("job "+key, err)
	}
	j, err := decodeJob(value)
	if err == nil {
		j.Unknown, err = unknownFields(value)
	}
	return j, version, err
}

// Save writes a record over the given version, 0 for a new one, and returns
// the version written. It is lector.ErrConflict when somebody else wrote in
// between.
func (s *JobStore) Save(ctx context.Context, j lector.Job, version uint64) (uint64, error) {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	data, err := encodeJob(j)
	if err != nil {
		return 0, fmt.Errorf("job %s: %w", j.ID, err)
	}
	v, err := s.bucket.compareAndSet(ctx, jobKey(j.Site, j.ID), data, version)
	return v, brokerError("job "+j.ID, err)
}

// Jobs yields all records, in no order. It ends with the first error.
func (s *JobStore) Jobs(ctx context.Context) iter.Seq2[lector.Job, error] {
	return func(yield func(lector.Job, error) bool) {
		for entry, err := range s.bucket.entries(ctx, ">") {
			var j lector.Job
			if err == nil {
				j, err = decodeJob(entry.Value())
			}
			if !yield(j, err) || err != nil {
				return
			}
		}
	}
}

// Watch yields the record of an article as it stands and then whenever it
// changes, until ctx ends. An empty key watches all articles. It ends with an error, which
// is that of ctx, or says that the watch broke off.
func (s *JobStore) Watch(ctx context.Context, site, key string) iter.Seq2[lector.Job, error] {
	keys := ">"
	if key != "" {
		keys = jobKey(site, key)
	}
	return func(yield func(lector.Job, error) bool) {
		w, err := s.bucket.kv.Watch(ctx, keys, jetstream.IgnoreDeletes())
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
				if !open {
					yield(lector.Job{}, s.bucket.watchEnded(ctx))
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

// Follow calls changed with each record as it stands, then complete, and then
// changed whenever one changes, and erased with the id of one that is gone. It uses a
// connection of its own, since there may be many records. It returns when ctx ends, or
// with an error when it cannot go on.
func (s *JobStore) Follow(ctx context.Context, changed func(lector.Job), erased func(id string), complete func()) error {
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
			_, id, _ := strings.Cut(entry.Key(), ".")
			erased(id)
			return
		}
		j, err := decodeJob(entry.Value())
		if err == nil && j.ID == "" { // no record of a job
			err = fmt.Errorf("record %s has no id", entry.Key())
		}
		if err != nil {
			s.bucket.conn.log.Warn("job record not indexed", "key", entry.Key(), "error", err)
			return
		}
		changed(j)
	}, complete)
}
