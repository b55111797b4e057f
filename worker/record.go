package worker

import (
	"context"
	"errors"
	"fmt"

	"lector"
)

// errSuperseded ends the work on an event when the record is for a newer one.
var errSuperseded = errors.New("superseded by a newer event")

// record is a job's record with the version at which this worker read or wrote it.
type record struct {
	jobs    JobStore
	job     lector.Job
	version uint64
}

// loadRecord returns the record of an article, or an empty one.
func (w *Worker) loadRecord(ctx context.Context, site, key string) (*record, error) {
	j, v, err := w.Jobs.Job(ctx, site, key)
	if err != nil && !errors.Is(err, lector.ErrNotFound) {
		return nil, err
	}
	return &record{jobs: w.Jobs, job: j, version: v}, nil
}

// update applies f and saves. When somebody else wrote in between, f is applied
// to what they wrote, so long as the record still wants the same event;
// otherwise the answer is errSuperseded.
func (r *record) update(ctx context.Context, f func(*lector.Job)) error {
	for range 20 {
		next := r.job
		f(&next)
		v, err := r.jobs.Save(ctx, next, r.version)
		if err == nil {
			r.job, r.version = next, v
			return nil
		}
		if !errors.Is(err, lector.ErrConflict) {
			return err
		}
		if err := r.reload(ctx); err != nil {
			return err
		}
	}
	return fmt.Errorf("job %s: %w", r.job.ID, lector.ErrConflict)
}

// reload reads the record again; errSuperseded says that it wants another
// event by now.
func (r *record) reload(ctx context.Context) error {
	j, v, err := r.jobs.Job(ctx, r.job.Site, r.job.ID)
	if err != nil {
		return err
	}
	if j.Sequence != r.job.Sequence {
		return errSuperseded
	}
	r.job, r.version = j, v
	return nil
}
