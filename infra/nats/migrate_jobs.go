package nats

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"

	"lector"
)

// The jobs bucket says in its metadata how its records are written. It says so
// only when all of them are.
const (
	formatKey = "lector-job-format"
	jobFormat = "2"
)

// checkFormat refuses records that another build has written. What is newer is neither
// read nor written over: nobody here knows what it means.
func checkFormat(ctx context.Context, kv jetstream.KeyValue) error {
	s, err := kv.Status(ctx)
	if err != nil {
		return fmt.Errorf("bucket %s: %w", jobs, err)
	}
	switch format := s.Metadata()[formatKey]; {
	case format == jobFormat:
		return nil
	case newerFormat(format):
		return lector.Hint(fmt.Errorf("bucket %s: %w (format %.20q, this one knows %s)", jobs, errNewerFormat, format, jobFormat),
			"use that build, or a later one; going back needs a backup from before")
	}
	return lector.Hint(fmt.Errorf("bucket %s: its records are of another build of lector", jobs),
		"stop the workers of the build before, then run lector setup: it brings the records over")
}

// errNewerFormat is the error for records of a build that is to come.
var errNewerFormat = errors.New("its records are of a newer build of lector")

// newerFormat reports whether a format is none that this build or one before has written.
func newerFormat(format string) bool { return format != "" && format != jobFormat }

// refuseNewer keeps a setup from making over what a newer build has set up.
func (c *Conn) refuseNewer(ctx context.Context) error {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	kv, err := c.js.KeyValue(ctx, jobs)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		return nil
	}
	if err == nil {
		err = checkFormat(ctx, kv)
	}
	if errors.Is(err, errNewerFormat) {
		return err
	}
	return nil // what else is wrong the setup finds or mends
}

// migrateJobs rewrites the records of the build before. Setup then notes in the
// bucket that all are written anew.
func (c *Conn) migrateJobs(ctx context.Context) error {
	kv, err := c.js.KeyValue(ctx, jobs)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if checkFormat(ctx, kv) == nil {
		return nil
	}
	keys, err := kv.ListKeys(ctx)
	if err != nil {
		return err
	}
	defer keys.Stop() //nolint:errcheck // the list is over either way
	count := 0
	for key := range keys.Keys() {
		changed, err := bucket{kv, c, jobs}.migrateJob(ctx, key)
		if err != nil {
			return fmt.Errorf("job %s: %w", key, err)
		}
		if changed {
			count++
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	c.log.Info("job records of the previous build migrated", "records", count)
	return nil
}

// migrateJob rewrites one record, again when somebody else wrote in between.
func (b bucket) migrateJob(ctx context.Context, key string) (changed bool, err error) {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	for {
		version, value, err := b.read(ctx, key)
		if err != nil || version == 0 {
			return false, err
		}
		data, old, err := renameJobFields(value)
		if err != nil || !old {
			return false, err
		}
		_, err = b.compareAndSet(ctx, key, data, version)
		if !errors.Is(err, lector.ErrConflict) {
			return err == nil, err
		}
	}
}

// formerJob is a job record with the names that some fields had before.
type formerJob struct {
	lector.Job
	Characters    *lector.Usage `json:"characters,omitempty"`
	ToldRendition string        `json:"told,omitempty"`
}

// renameJobFields writes a record of the build before with the present names.
// Every such record has the field characters, and none has it afterwards.
func renameJobFields(data []byte) (_ []byte, old bool, err error) {
	var f formerJob
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, false, err
	}
	if f.Characters == nil {
		return nil, false, nil
	}
	j := f.Job
	j.Usage, j.AnnouncedRendition = *f.Characters, f.ToldRendition
	if j.Lane == "normal" {
		j.Lane = "" // what is normal is not said any more
	}
	for i := range j.Attempts {
		j.Attempts[i].Outcome = renamed(j.Attempts[i].Outcome, "put off", "snoozed", "given back", "released")
	}
	for i := range j.Chunks {
		j.Chunks[i].State = renamed(j.Chunks[i].State, "paid", "synthesized")
	}
	out, err := json.Marshal(j)
	return out, true, err
}

// renamed returns the present name of a word: of each pair, the second stands
// for the first.
func renamed(word string, pairs ...string) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		if word == pairs[i] {
			return pairs[i+1]
		}
	}
	return word
}
