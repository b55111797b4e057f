package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lector"
)

// errSuperseded ends the work on an event when the record is for a newer one.
var errSuperseded = errors.New("superseded by a newer event")

// errCancelled ends the work on an event that an operator has cancelled, like a newer
// event does.
var errCancelled = fmt.Errorf("cancelled by an operator: %w", errSuperseded)

// errFenced ends the work of an attempt when another worker has begun a later one
// at the same event: this one was taken for dead. It must neither write nor settle
// the event, which is the other's.
var errFenced = errors.New("another worker has taken over")

// record is a job's record with the version at which this worker read or wrote it.
type record struct {
	jobs    JobStore
	job     lector.Job
	version uint64
	stored  time.Time              // when the broker stored the event
	attempt int                    // the number of this worker's attempt; 0: it has begun none
	spooled []lector.SpooledAnswer // that the attempt before has named
	// unleased says that another worker has the article's lease, and may be writing. leased
	// says that this one took it; neither holds when the work is done.
	unleased, leased bool
	// claimed says that this worker wrote the record when it had the article's lease already.
	claimed bool
	// written is the manifest that this worker has just stored for the rendition, and last the
	// newest announcement before its commit; nil: they are read.
	written *lector.Manifest
	last    *lector.AudioEvent
}

// load reads the record of an article; one that is not there is empty.
func (r *record) load(ctx context.Context, a lector.Article) error {
	j, v, err := r.jobs.Job(ctx, a.Site, a.Key())
	if err != nil && !errors.Is(err, lector.ErrNotFound) {
		return err
	}
	r.job, r.version, r.attempt = j, v, 0
	if r.job.ID == "" {
		r.job.Site, r.job.ID = a.Site, a.Key()
	}
	return nil
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
// event by now, errCancelled that this one is cancelled, errFenced that another
// attempt is made at it.
func (r *record) reload(ctx context.Context) error {
	j, v, err := r.jobs.Job(ctx, r.job.Site, r.job.ID)
	if err != nil {
		return err
	}
	switch {
	case j.Sequence != r.job.Sequence:
		return errSuperseded
	case r.attempt > 0 && j.State == lector.Cancelled:
		return errCancelled
	case r.attempt > 0 && lastAttempt(j).Number != r.attempt:
		return errFenced
	}
	r.job, r.version = j, v
	return nil
}

// lastAttempt returns the newest attempt at a job; of none its number is 0.
func lastAttempt(j lector.Job) lector.Attempt {
	if n := len(j.Attempts); n > 0 {
		return j.Attempts[n-1]
	}
	return lector.Attempt{}
}
