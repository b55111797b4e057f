package worker

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"lector"
)

// maxAttempts is how often a job is tried before it fails.
const maxAttempts = 6

// handleResult acknowledges the event, or returns it, by the result of its processing.
func (w *Worker) handleResult(ctx context.Context, d lector.Delivery, err error) {
	stopping := ctx.Err() != nil
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	log := w.Log.With("site", d.Event.Article.Site, "article", d.Event.Article.ID, "sequence", d.Sequence)
	after, throttled := lector.IsThrottled(err)
	var why alreadyFailed
	switch {
	case err == nil, errors.Is(err, errSuperseded):
		w.acknowledge(d, func() error { return d.Ack(ctx) })
	case errors.As(err, &why):
		w.acknowledge(d, func() error { return d.Term(string(why)) })
	case stopping:
		log.Info("released: this worker stops")
		w.recordWait(ctx, d, lector.Queued, released, err)
		w.acknowledge(d, func() error { return d.Nak(0) })
	case throttled:
		again := snoozeDelay(after)
		log.Warn("snoozed", "error", err, "hint", lector.HintOf(err), "again", again)
		w.recordWait(ctx, d, lector.Parked, snoozed, err)
		w.acknowledge(d, func() error { return d.Nak(again) })
	case lector.IsPermanent(err), w.countAttempts(ctx, d) >= maxAttempts:
		log.Error("failed", "error", err, "hint", lector.HintOf(err))
		w.fail(ctx, d, err)
	default:
		again := backoff(w.countAttempts(ctx, d))
		log.Warn("attempt failed", "error", err, "hint", lector.HintOf(err), "again", again)
		w.recordWait(ctx, d, lector.Queued, failed, err)
		w.acknowledge(d, func() error { return d.Nak(again) })
	}
}

// Outcomes of an attempt that reached no end. Only failed ones
// count against maxAttempts; attempts of crashed workers count against maxCrashes.
const (
	failed   = "failed"   // it is tried again after a while
	snoozed  = "snoozed"  // it waits: for a budget, or as long as a voice asked for
	released = "released" // the worker stopped, and another one goes on
)

// alreadyFailed is the reason of a job that the record already has as failed.
type alreadyFailed string

func (g alreadyFailed) Error() string { return string(g) }

// snoozeDelay is when a snoozed article is tried again: after the time that was asked
// for, but at least a second and at most a quarter of an hour, since the cause may
// be gone by then and trying costs one call.
func snoozeDelay(after time.Duration) time.Duration {
	return min(max(after, time.Second), 15*time.Minute)
}

// acknowledge reports to the broker. If that fails the event is delivered again,
// and the record shows what was done.
func (w *Worker) acknowledge(d lector.Delivery, f func() error) {
	if err := f(); err != nil {
		w.Log.Warn("event not settled; it will be delivered again", "sequence", d.Sequence, "error", err)
	}
}

// countAttempts counts the attempts that the record shows for this event.
func (w *Worker) countAttempts(ctx context.Context, d lector.Delivery) int {
	r, err := w.loadRecord(ctx, d.Event.Article.Site, d.Event.Article.Key())
	if err != nil {
		return d.Count
	}
	n := 0
	for i, a := range r.job.Attempts {
		if running := a.Outcome == "" && i+1 == len(r.job.Attempts); running || a.Outcome == failed {
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

// recordWait writes into the record why the job waits.
func (w *Worker) recordWait(ctx context.Context, d lector.Delivery, state lector.State, outcome string, why error) {
	_, err := w.updateRecord(ctx, d, func(j *lector.Job) {
		j.State, j.Reason = state, reason(why)
		w.failAttempt(j, outcome, why)
	})
	if err != nil && !errors.Is(err, errSuperseded) {
		w.Log.Warn("job not written", "error", err)
	}
}

// fail ends the job as failed: the reason is recorded and announced, and the event
// goes to the dead letters. While the store or the broker does not answer, the
// failure cannot be announced, so the job is tried again instead.
func (w *Worker) fail(ctx context.Context, d lector.Delivery, why error) {
	r, err := w.updateRecord(ctx, d, func(j *lector.Job) {
		j.State, j.Reason = lector.Failed, reason(why)
		w.failAttempt(j, failed, why)
	})
	if err == nil {
		err = w.finish(ctx, r, d.Event.Replay)
	}
	switch {
	case err == nil:
		w.acknowledge(d, func() error { return d.Term(reason(why)) })
	case errors.Is(err, errSuperseded):
		w.acknowledge(d, func() error { return d.Ack(ctx) })
	default:
		again := backoff(w.countAttempts(ctx, d))
		w.Log.Warn("failure not announced: the job is not given up yet", "error", err, "again", again)
		w.recordWait(ctx, d, lector.Queued, failed, why)
		w.acknowledge(d, func() error { return d.Nak(again) })
	}
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

// updateRecord changes the record and returns it. When the record wants another event
// by now the answer is errSuperseded.
func (w *Worker) updateRecord(ctx context.Context, d lector.Delivery, f func(*lector.Job)) (*record, error) {
	r, err := w.loadRecord(ctx, d.Event.Article.Site, d.Event.Article.Key())
	switch {
	case err != nil:
		return nil, err
	case r.job.Sequence != d.Sequence:
		return nil, errSuperseded
	}
	return r, r.update(ctx, f)
}
