package worker

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"lector"
)

// handle processes one event and acknowledges it.
func (w *Worker) handle(ctx context.Context, d lector.Delivery) {
	if d.Err != nil {
		w.Log.Error("event refused", "sequence", d.Sequence, "error", d.Err)
		w.acknowledge(d, func() error { return d.Term(d.Err.Error()) })
		return
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stop := w.heartbeat(ctx, d)
	err := w.recoverPanic(ctx, d)
	stop()
	w.handleResult(ctx, d, err)
}

// recoverPanic calls process and turns a panic into a permanent error of this article, so
// that the other articles of this worker go on.
func (w *Worker) recoverPanic(ctx context.Context, d lector.Delivery) (err error) {
	defer func() {
		if p := recover(); p != nil {
			w.Log.Error("panic", "article", d.Event.Article.ID, "sequence", d.Sequence, "panic", p, "stack", string(debug.Stack()))
			err = lector.Hint(lector.Permanent(fmt.Errorf("internal error: %v", p)), "this is a fault of lector: please report it with the article; the log has the place")
		}
	}()
	return w.process(ctx, d)
}

// heartbeat tells the broker that the job is alive until stop is called.
func (w *Worker) heartbeat(ctx context.Context, d lector.Delivery) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(w.Heartbeat)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if err := d.InProgress(); err != nil {
					w.Log.Warn("heartbeat failed", "error", err)
				}
			}
		}
	}()
	return func() { cancel(); <-done }
}

// process does what the event needs: nothing when it is old or has had its
// effect, the rest of it when a worker died on the way, all of it otherwise.
func (w *Worker) process(ctx context.Context, d lector.Delivery) error {
	r, claim, err := w.acceptEvent(ctx, d)
	if err != nil || claim == lector.Stale || claim == lector.Applied {
		return err
	}
	held, release, err := w.acquireLease(ctx, "article."+r.job.ID)
	if err != nil {
		return err
	}
	defer release()
	// Another worker may have finished while we waited for it.
	if err := r.reload(held); err != nil {
		return err
	}
	switch r.job.Disposition(d.Event, d.Sequence) {
	case lector.Due:
		if n := crashedAttempts(r.job); n >= maxCrashes {
			return lector.Hint(lector.Permanent(fmt.Errorf("%d workers were lost at this article", n)),
				"see their logs: were they killed, or does the article need more memory than they have? Then replay the job")
		}
		return w.run(held, d, r)
	case lector.Unannounced:
		return w.resume(held, r, d.Event.Replay)
	}
	return nil
}

// maxCrashes is how many workers may crash while they process one event. A crash is
// more often a kill from outside than the fault of the article, so the limit is
// above maxAttempts; without one, an article could crash worker after worker.
const maxCrashes = 12

// crashedAttempts counts attempts without an outcome, except the last, which is our own.
func crashedAttempts(j lector.Job) int {
	n := 0
	for _, a := range j.Attempts[:max(0, len(j.Attempts)-1)] {
		if a.Outcome == "" {
			n++
		}
	}
	return n
}

// resume does what is left of a job that is decided but not announced.
func (w *Worker) resume(ctx context.Context, r *record, replay string) error {
	if err := w.finish(ctx, r, replay); err != nil {
		return err
	}
	if r.job.State == lector.Failed {
		return alreadyFailed(r.job.Reason)
	}
	return nil
}

// acceptEvent makes the event the one that the record wants, if it is due.
func (w *Worker) acceptEvent(ctx context.Context, d lector.Delivery) (*record, lector.Disposition, error) {
	for {
		r, err := w.loadRecord(ctx, d.Event.Article.Site, d.Event.Article.Key())
		if err != nil {
			return nil, 0, err
		}
		claim := r.job.Disposition(d.Event, d.Sequence)
		if claim != lector.Due {
			return r, claim, nil
		}
		next := r.job
		next.Accept(d.Event, d.Sequence, w.now())
		next.Attempts = appendAttempt(next.Attempts, lector.Attempt{Worker: w.Name, Started: w.now(), Replay: d.Event.Replay, Stage: lector.StageTake})
		v, err := w.Jobs.Save(ctx, next, r.version)
		if errors.Is(err, lector.ErrConflict) {
			continue
		}
		if err != nil {
			return nil, 0, err
		}
		r.job, r.version = next, v
		w.report(Progress{Job: r.job, Stage: lector.StageTake})
		return r, claim, nil
	}
}

// appendAttempt adds an attempt. Of consecutive attempts that only waited, the first
// and the last are kept: an article may wait for its budget for weeks, and is tried
// every minute.
func appendAttempt(attempts []lector.Attempt, a lector.Attempt) []lector.Attempt {
	kept := slices.Clone(attempts)
	a.Number = 1
	if n := len(kept); n > 0 {
		a.Number = kept[n-1].Number + 1
	}
	if n := len(kept); n > 2 && !slices.ContainsFunc(kept[n-3:], func(a lector.Attempt) bool { return !endedWaiting(a) }) {
		kept = slices.Delete(kept, n-2, n-1)
	}
	return append(kept, a)
}

// endedWaiting reports whether an attempt ended without having failed.
func endedWaiting(a lector.Attempt) bool { return a.Outcome == snoozed || a.Outcome == released }

// acquireLease waits for the lease of an article. A worker that has it for an older
// event releases it when it sees the record; that of a dead worker expires.
func (w *Worker) acquireLease(ctx context.Context, name string) (context.Context, func(), error) {
	for {
		held, release, err := w.Leases.Hold(ctx, name)
		if !errors.Is(err, lector.ErrExists) {
			return held, release, err
		}
		sleep(ctx, 200*time.Millisecond)
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
	}
}

// watchSuperseded ends the work as soon as the record wants another event.
func (w *Worker) watchSuperseded(ctx context.Context, r *record) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	done := make(chan struct{})
	seen := record{jobs: r.jobs, job: r.job}
	go func() {
		defer close(done)
		for sleep(ctx, time.Second); ctx.Err() == nil; sleep(ctx, time.Second) {
			if err := seen.reload(ctx); errors.Is(err, errSuperseded) {
				cancel(err)
			}
		}
	}()
	return ctx, func() { cancel(nil); <-done }
}
