package worker

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"lector"
)

// maxAttempts is how often a job is tried before it fails.
const maxAttempts = 6

// handleResult acknowledges the event, or returns it, by the result of its processing.
func (w *Worker) handleResult(ctx context.Context, d lector.Delivery, r *record, err error) {
	stopping := ctx.Err() != nil
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	log := w.Log.With("sequence", d.Sequence)
	var why alreadyFailed
	var later notYet
	switch {
	case err == nil, errors.Is(err, errSuperseded), errors.Is(err, errMerged):
		w.acknowledge(ctx, d, func() error { return d.Ack(ctx) })
	case errors.Is(err, errFenced):
		log.WarnContext(ctx, "this attempt is over: another one has taken the article over")
	case errors.Is(err, errTakenMeanwhile):
		w.acknowledge(ctx, d, func() error { return d.Nak(time.Second) })
	case errors.As(err, &later):
		w.acknowledge(ctx, d, func() error { return d.Nak(later.left) })
	case errors.As(err, &why):
		w.acknowledge(ctx, d, func() error { return d.Term(why.class, why.reason) })
	case stopping:
		log.InfoContext(ctx, "released: this worker stops")
		w.waitAgain(ctx, d, r, lector.Queued, released, 0, err)
	case lector.ClassOf(err).Waits():
		again := retryDelay(d.Event, waitDelay(err, r.job))
		log.WarnContext(ctx, "waits", "class", lector.ClassOf(err), "error", err, "hint", lector.HintOf(err), "again", again)
		w.waitAgain(ctx, d, r, lector.Parked, snoozed, again, err)
	case lector.IsPermanent(err), failures(r.job) >= maxAttempts && !withdraws(d.Event):
		log.ErrorContext(ctx, "failed", "class", lector.ClassOf(err), "error", err, "hint", lector.HintOf(err))
		w.fail(ctx, d, r, err)
	default:
		again := retryDelay(d.Event, backoff(failures(r.job)))
		log.WarnContext(ctx, "attempt failed", "error", err, "hint", lector.HintOf(err), "again", again)
		w.waitAgain(ctx, d, r, lector.Queued, failed, again, err)
	}
}

// waitAgain records why the job waits and returns the event, to be delivered again
// after a while.
func (w *Worker) waitAgain(ctx context.Context, d lector.Delivery, r *record, state lector.State, outcome string, again time.Duration, why error) {
	err := w.recordWait(ctx, r, state, outcome, why)
	switch {
	case errors.Is(err, errFenced):
		return
	case errors.Is(err, errSuperseded):
		w.acknowledge(ctx, d, func() error { return d.Ack(ctx) })
		return
	case err != nil:
		w.Log.WarnContext(ctx, "job not written; it is tried again for some seconds", "error", err)
		defer w.endLate(ctx, r, outcome, why)
	}
	w.acknowledge(ctx, d, func() error { return d.Nak(again) })
}

// endLate writes into the record how this worker's attempt has ended, when that could
// not be written at first, until ctx ends. Another worker may be at the next attempt by
// then: only its own is changed. Without an end it would count as one whose worker was
// lost.
func (w *Worker) endLate(ctx context.Context, r *record, outcome string, why error) {
	for err := errors.New("not written"); err != nil && ctx.Err() == nil; {
		sleep(ctx, time.Second)
		err = w.endOwn(ctx, r, outcome, why)
	}
}

func (w *Worker) endOwn(ctx context.Context, r *record, outcome string, why error) error {
	j, version, err := r.jobs.Job(ctx, r.job.Site, r.job.ID)
	if err != nil {
		return err
	}
	mine := slices.IndexFunc(j.Attempts, func(a lector.Attempt) bool { return a.Number == r.attempt && a.Worker == w.Name && a.Outcome == "" })
	if j.Sequence != r.job.Sequence || mine < 0 {
		return nil // nobody counts it any more
	}
	j.Attempts = slices.Clone(j.Attempts)
	a := &j.Attempts[mine]
	a.Ended, a.Outcome, a.Error = w.now(), outcome, why.Error()
	_, err = r.jobs.Save(ctx, j, version)
	return err
}

// Outcomes of an attempt that reached no end. Only failed ones
// count against maxAttempts; attempts of crashed workers count against maxCrashes.
const (
	failed   = "failed"   // it is tried again after a while
	snoozed  = "snoozed"  // it waits: for a budget, or as long as a voice asked for
	released = "released" // the worker stopped, and another one goes on
)

// alreadyFailed is why a job has failed that the record already has as failed.
type alreadyFailed struct {
	reason string
	class  lector.Class
}

// Error returns why the job failed.
func (g alreadyFailed) Error() string { return g.reason }

// waitDelay is when a waiting article is tried again: after the time that was asked
// for, else the later the more often it has waited in a row; at least a second and
// at most a quarter of an hour, since the cause may be gone by then.
func waitDelay(err error, j lector.Job) time.Duration {
	after, throttled := lector.IsThrottled(err)
	if !throttled {
		after = 10 * time.Second << min(waits(j), 5)
	}
	return min(max(after, time.Second), 15*time.Minute)
}

// withdrawalRetry bounds how long a withdrawal waits that could not be done, as while the
// store is away: what it takes away is public until it is.
const withdrawalRetry = 3 * time.Second

// retryDelay is when an event comes again that could not be worked on to its end.
func retryDelay(e lector.ArticleEvent, again time.Duration) time.Duration {
	if withdraws(e) {
		return min(again, withdrawalRetry)
	}
	return again
}

// withdrawalTime is how long a worker tries to do a withdrawal until the event goes back:
// another worker may reach a store that this one does not. It doubles with each try, since
// the store may only be slow.
func withdrawalTime(j lector.Job) time.Duration { return 4 * time.Second << min(waits(j), 4) }

// waits counts the attempts in a row that only waited.
func waits(j lector.Job) (n int) {
	for i := len(j.Attempts) - 1; i >= 0; i-- {
		if a := j.Attempts[i]; a.Outcome == "" && i == len(j.Attempts)-1 {
			continue // the present one
		} else if !endedWaiting(a) {
			return n
		}
		n++
	}
	return n
}

// acknowledge reports to the broker. If that fails the event is delivered again,
// and the record shows what was done.
func (w *Worker) acknowledge(ctx context.Context, d lector.Delivery, f func() error) {
	if err := f(); err != nil {
		w.Log.WarnContext(ctx, "event not settled; it will be delivered again", "sequence", d.Sequence, "error", err)
	}
}

// failures counts the attempts at the event that failed, and the present one.
func failures(j lector.Job) int {
	n := 0
	for i, a := range j.Attempts {
		if running := a.Outcome == "" && i+1 == len(j.Attempts); running || a.Outcome == failed {
			n++
		}
	}
	return n
}

// backoff doubles from ten seconds to a quarter of an hour, with a spread of a
// half so that jobs that failed together do not come back together.
func backoff(tries int) time.Duration {
	d := 10 * time.Second << max(0, min(tries-1, 10))
	d = min(d, 15*time.Minute)
	return d/2 + rand.N(d)
}

// recordWait writes into the record why the job waits. An attempt that was never
// claimed has no record to write.
func (w *Worker) recordWait(ctx context.Context, r *record, state lector.State, outcome string, why error) error {
	if r.attempt == 0 {
		return nil
	}
	return r.update(ctx, func(j *lector.Job) {
		j.State, j.Class, j.Reason = state, lector.ClassOf(why), reason(why)
		if held := (embargo{}); errors.As(why, &held) {
			j.PublicAt = held.until
		}
		w.failAttempt(j, outcome, why)
	})
}

// fail ends the job as failed: the reason is recorded and announced, and the event
// goes to the dead letters. While the store or the broker does not answer, the
// failure cannot be announced, so the job is tried again instead.
func (w *Worker) fail(ctx context.Context, d lector.Delivery, r *record, why error) {
	err := w.recordFailure(ctx, d, r, why)
	switch {
	case err == nil:
		w.acknowledge(ctx, d, func() error { return d.Term(lector.ClassOf(why), reason(why)) })
	case errors.Is(err, errFenced):
	case errors.Is(err, errSuperseded):
		w.acknowledge(ctx, d, func() error { return d.Ack(ctx) })
	default:
		again := backoff(failures(r.job))
		w.Log.WarnContext(ctx, "failure not announced: the job is not given up yet", "error", err, "again", again)
		w.waitAgain(ctx, d, r, lector.Queued, failed, again, why)
	}
}

func (w *Worker) recordFailure(ctx context.Context, d lector.Delivery, r *record, why error) error {
	if r.attempt == 0 {
		// It came to a panic before the claim; the event needs a record to fail in.
		if err := w.claim(ctx, d, r); err != nil {
			return err
		}
	}
	err := r.update(ctx, func(j *lector.Job) {
		j.State, j.Class, j.Reason = lector.Failed, lector.ClassOf(why), reason(why)
		w.failAttempt(j, failed, why)
	})
	if err != nil {
		return err
	}
	return w.finish(ctx, r, d.Event.Replay)
}

// reason is an error as an operator reads it.
func reason(err error) string {
	if hint := lector.HintOf(err); hint != "" {
		return err.Error() + " (" + hint + ")"
	}
	return err.Error()
}

// failAttempt closes the last attempt with the error and the stage it came from.
func (w *Worker) failAttempt(j *lector.Job, outcome string, why error) {
	if e := (stageError{}); errors.As(why, &e) {
		j.Stage = e.stage
	}
	w.endAttempt(j, outcome)
	if n := len(j.Attempts); n > 0 {
		j.Attempts[n-1].Error = why.Error()
	}
}
