package nats

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"

	"github.com/nats-io/nats.go/jetstream"

	"lector"
)

// Replays keeps the records of replays and their lists of articles.
type Replays struct{ bucket bucket }

// Replays binds to the replays bucket.
func (c *Conn) Replays(ctx context.Context) (*Replays, error) {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	b, err := c.bucket(ctx, replays)
	if err != nil {
		return nil, err
	}
	return &Replays{b}, nil
}

// replayPrefix is what the keys of records begin with.
const replayPrefix = "replay."

func replayKey(id string) string { return replayPrefix + id }

// listKey is the key of a page of a replay's list.
func listKey(id string, page int) string { return fmt.Sprintf("list.%s.%d", id, page) }

// refsPerPage is how many articles stand in one page of a list: some 200 KB.
const refsPerPage = 4000

// Create stores a new replay. The list comes first: a replay without one could not
// be carried out.
func (s *Replays) Create(ctx context.Context, r lector.Replay, jobs []lector.JobRef) error {
	for page := 0; page*refsPerPage < len(jobs); page++ {
		part := jobs[page*refsPerPage : min((page+1)*refsPerPage, len(jobs))]
		names := make([]string, len(part))
		for i, j := range part {
			names[i] = j.String()
		}
		if _, err := s.save(ctx, listKey(r.ID, page), names, 0); err != nil {
			return err
		}
	}
	_, err := s.Save(ctx, r, 0)
	return err
}

func (s *Replays) save(ctx context.Context, key string, v any, version uint64) (uint64, error) {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	data, err := json.Marshal(v)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", key, err)
	}
	version, err = s.bucket.compareAndSet(ctx, key, data, version)
	return version, brokerError(key, err)
}

// Save writes a record over the given version and returns the version written. It is
// lector.ErrConflict when somebody else wrote in between.
func (s *Replays) Save(ctx context.Context, r lector.Replay, version uint64) (uint64, error) {
	return s.save(ctx, replayKey(r.ID), r, version)
}

// Replay returns a record and its version, which Save wants, or lector.ErrNotFound.
func (s *Replays) Replay(ctx context.Context, id string) (r lector.Replay, version uint64, err error) {
	version, err = s.read(ctx, replayKey(id), &r)
	return r, version, err
}

func (s *Replays) read(ctx context.Context, key string, into any) (version uint64, err error) {
	version, value, err := s.bucket.read(ctx, key)
	if err == nil && version == 0 {
		err = lector.ErrNotFound
	}
	if err != nil {
		return 0, brokerError(key, err)
	}
	if err := json.Unmarshal(value, into); err != nil {
		return 0, fmt.Errorf("%s: %w", key, err)
	}
	return version, nil
}

// List yields the articles of a replay from the given place on, with their places.
func (s *Replays) List(ctx context.Context, id string, from int) iter.Seq2[lector.JobRef, error] {
	return func(yield func(lector.JobRef, error) bool) {
		for page := from / refsPerPage; ; page++ {
			var names []string
			_, err := s.read(ctx, listKey(id, page), &names)
			if errors.Is(err, lector.ErrNotFound) {
				return
			}
			if err != nil {
				yield(lector.JobRef{}, err)
				return
			}
			for i, name := range names {
				if page*refsPerPage+i < from {
					continue
				}
				if !yield(lector.ParseJobRef(name), nil) {
					return
				}
			}
		}
	}
}

// All returns all records.
func (s *Replays) All(ctx context.Context) (all []lector.Replay, err error) {
	for entry, err := range s.bucket.entries(ctx, replayPrefix+"*") {
		if err != nil {
			return nil, err
		}
		var r lector.Replay
		if err := json.Unmarshal(entry.Value(), &r); err != nil {
			return nil, fmt.Errorf("%s: %w", entry.Key(), err)
		}
		all = append(all, r)
	}
	return all, nil
}

// Follow calls changed with each record as it stands, and whenever one changes. It
// returns when ctx ends, or with an error when it cannot go on.
func (s *Replays) Follow(ctx context.Context, changed func(lector.Replay)) error {
	return s.bucket.follow(ctx, replayPrefix+"*", stallCheck, func(entry jetstream.KeyValueEntry) {
		if entry.Operation() != jetstream.KeyValuePut {
			return
		}
		var r lector.Replay
		if err := json.Unmarshal(entry.Value(), &r); err != nil {
			s.bucket.conn.log.Warn("this replay cannot be read", "key", entry.Key(), "error", err)
			return
		}
		changed(r)
	}, func() {})
}
