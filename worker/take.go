package worker

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"lector"
)

// handle processes one event and acknowledges it.
func (w *Worker) handle(ctx context.Context, d lector.Delivery) {
	ctx, span := w.startSpan(ctx, d)
	a := d.Event.Article
	ctx = lector.WithJobLog(ctx, lector.JobLog{Site: a.Site, Job: a.Key(), Article: a.ID, Revision: a.Revision})
	if d.Err != nil {
		w.refuse(ctx, d)
		span.End(d.Err)
		return
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stop := w.heartbeat(ctx, d)
	r := &record{jobs: w.Jobs, stored: d.Stored}
	err := w.recoverPanic(ctx, d, r)
	stop()
	w.handleResult(lector.WithAttempt(ctx, r.attempt), d, r, err)
	endSpan(span, r, err)
}

// recoverPanic calls process and turns a panic into a permanent error of this article, so
// that the other articles of this worker go on. Panics of other goroutines that worked
// for it come as such errors already. The log has the place of all of them.
func (w *Worker) recoverPanic(ctx context.Context, d lector.Delivery, r *record) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = lector.Recovered(p)
		}
		if stack := lector.PanicStack(err); stack != "" {
			w.Log.ErrorContext(ctx, "panic", "sequence", d.Sequence, "error", err, "stack", stack)
		}
	}()
	return w.process(ctx, d, r)
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
					w.Log.WarnContext(ctx, "heartbeat failed", "error", err)
				}
			}
		}
	}()
	return func() { cancel(); <-done }
}

// process does what the event needs: nothing when it is old or has had its
// effect, the rest of it when a worker died on the way, all of it otherwise.
func (w *Worker) process(ctx context.Context, d lector.Delivery, r *record) error {
	if err := r.load(ctx, d.Event.Article); err != nil {
		return err
	}
	take := w.acquireLease
	switch disposition := r.job.Disposition(d.Event, d.Sequence); {
	case disposition == lector.Stale:
		if err := w.recordIgnored(ctx, d, r); err != nil {
			return err
		}
		return w.eraseOvertaken(ctx, d, r)
	case disposition == lector.Applied:
		return nil
	case disposition == lector.Due && r.job.Sequence != d.Sequence:
		if err := w.awaitEdits(ctx, d, r); err != nil {
			return err
		}
		take = w.takeNewer
	}
	held, release, err := take(ctx, d, r)
	if err != nil {
		return err
	}
	defer release()
	r.leased = !r.unleased
	err = w.processLeased(held, d, r)
	r.leased = false
	if err != nil || !r.unleased {
		return err
	}
	return notYet{lostWriterWait, "for what another worker may still write"}
}

// lostWriterWait is when a withdrawal that went on without the lease comes again: who had
// it has lost it by then, or is at no more work that writes.
const lostWriterWait = 35 * time.Second

// processLeased goes on when no other worker is at the article.
func (w *Worker) processLeased(ctx context.Context, d lector.Delivery, r *record) error {
	if !r.claimed { // another worker may have finished meanwhile
		if err := r.reload(ctx); err != nil {
			return err
		}
	}
	switch r.job.Disposition(d.Event, d.Sequence) {
	case lector.Unannounced:
		if err := w.resume(ctx, r, d.Event.Replay); err != nil {
			return err
		}
		return w.withdrawAgain(ctx, d, r)
	case lector.Due:
		if err := w.awaitVoice(d, r); err != nil {
			return err
		}
		if r.attempt == 0 {
			if err := w.claim(ctx, d, r); err != nil {
				return err
			}
		}
		return w.attempt(lector.WithAttempt(ctx, r.attempt), d, r)
	}
	return nil
}

// withdrawAgain removes what is left of a withdrawn article, if anything is: a worker may
// have died before it had removed all, or have written behind the withdrawal.
func (w *Worker) withdrawAgain(ctx context.Context, d lector.Delivery, r *record) error {
	if withdraws(d.Event) && r.job.Rendition == "" {
		if err := w.deleteAudio(ctx, r.job, w.mayDelete(r)); err != nil {
			return err
		}
	}
	return w.erase(ctx, d, r)
}

// attempt does the work, unless it has cost too many workers. A withdrawal is done
// whatever it costs: what it takes away stays public until then.
func (w *Worker) attempt(ctx context.Context, d lector.Delivery, r *record) error {
	if n := w.crashedAttempts(r.job); n >= maxCrashes && !withdraws(d.Event) {
		err := lector.Permanent(fmt.Errorf("%d workers were lost at this article", n))
		return lector.WithClass(lector.Hint(err, "see their logs: were they killed, or does the article need more memory than they have? Then replay the job"), lector.ClassPoison)
	}
	if withdraws(d.Event) {
		return w.attemptWithdrawal(ctx, d, r)
	}
	last, err := w.recordLostUsage(ctx, r.job)
	if err != nil {
		return err
	}
	r.spooled = last.Spooled
	return w.run(ctx, d, r)
}

// attemptWithdrawal takes the audio away, in a bounded time, before anything else is done:
// the usage of a lost worker takes a look at each clip that it may have paid for.
func (w *Worker) attemptWithdrawal(ctx context.Context, d lector.Delivery, r *record) error {
	short, cancel := context.WithTimeout(ctx, withdrawalTime(r.job))
	defer cancel()
	if err := w.run(short, d, r); err != nil {
		return err
	}
	if err := w.erase(ctx, d, r); err != nil {
		return err
	}
	if _, err := w.recordLostUsage(ctx, r.job); err != nil {
		w.Log.WarnContext(ctx, "usage of a lost worker not recorded; it counts as unknown", "error", err)
	}
	return nil
}

// maxCrashes is how many workers may crash while they process one event. Workers
// that are stopped in order end their attempt and do not count.
const maxCrashes = 3

// crashedAttempts counts the attempts in a row that other workers have begun and
// not ended, before the last, which is our own.
func (w *Worker) crashedAttempts(j lector.Job) (n int) {
	for i := len(j.Attempts) - 2; i >= 0; i-- {
		if a := j.Attempts[i]; a.Outcome != "" || a.Worker == w.Name {
			return n
		}
		n++
	}
	return n
}

// resume does what is left of a job that is decided, if anything is.
func (w *Worker) resume(ctx context.Context, r *record, replay string) error {
	last, err := lastAnnouncement(ctx, w.Announcer, r.job)
	if err != nil {
		return err
	}
	if last.ID != lector.AnnouncementID(r.job, replay) {
		if err := w.finish(ctx, r, replay); err != nil {
			return err
		}
	}
	if r.job.State == lector.Failed {
		return alreadyFailed{r.job.Reason, r.job.Class}
	}
	return nil
}

// claim makes the event the one that the record wants, and begins an attempt at it.
func (w *Worker) claim(ctx context.Context, d lector.Delivery, r *record) error {
	for {
		next, now := r.job, w.now()
		next.Accept(d.Event, d.Sequence, now)
		next.Attempts = appendAttempt(next.Attempts, lector.Attempt{Worker: w.Name, Started: now, Replay: d.Event.Replay, Stage: lector.StageTake, Trace: lector.TraceOf(ctx).Parent()})
		v, err := w.Jobs.Save(ctx, next, r.version)
		if err == nil {
			r.job, r.version, r.attempt = next, v, lastAttempt(next).Number
			traceClaim(ctx, d, r.job)
			w.report(Progress{Job: r.job, Stage: lector.StageTake})
			return nil
		}
		if !errors.Is(err, lector.ErrConflict) {
			return err
		}
		if err := w.readAgain(ctx, d, r); err != nil {
			return err
		}
	}
}

// readAgain reads a record that somebody else has written; errSuperseded says that
// the event is not due any more.
func (w *Worker) readAgain(ctx context.Context, d lector.Delivery, r *record) error {
	if err := r.load(ctx, d.Event.Article); err != nil {
		return err
	}
	if r.job.Disposition(d.Event, d.Sequence) != lector.Due || r.job.Sequence == d.Sequence {
		return errTakenMeanwhile
	}
	return nil
}

// errTakenMeanwhile is the answer to a claim when another worker has claimed the
// same event or a newer one first. The event comes again, and the record then says
// what is left to do.
var errTakenMeanwhile = errors.New("another worker was faster")

// recordIgnored notes in the record that an event has no effect, and why: nobody
// would find out otherwise why an edit is not heard.
func (w *Worker) recordIgnored(ctx context.Context, d lector.Delivery, r *record) error {
	if d.Sequence <= r.job.Sequence || r.job.Ignored != nil && r.job.Ignored.Sequence == d.Sequence {
		return nil // delivered again, or overtaken in the stream itself
	}
	a := d.Event.Article
	w.Log.WarnContext(ctx, "event ignored: it is older than what is known", "updated_at", a.UpdatedAt, "known", r.job.UpdatedAt)
	err := r.update(ctx, func(j *lector.Job) {
		j.Ignored = &lector.IgnoredEvent{
			Sequence: d.Sequence, Type: d.Event.Type, Revision: a.Revision, At: w.now(),
			Reason: ignoredReason(d.Event, *j),
		}
	})
	if errors.Is(err, errSuperseded) {
		return nil
	}
	return err
}

// ignoredReason says in what an event is older than a record.
func ignoredReason(e lector.ArticleEvent, j lector.Job) string {
	if at := e.Article.UpdatedAt; e.Arrived == 0 || at.Before(j.UpdatedAt) {
		return fmt.Sprintf("its updated_at %s is before %s", at.Format(time.RFC3339), j.UpdatedAt.Format(time.RFC3339))
	}
	return "it came in, under another key, before what is known"
}

// eraseOvertaken erases what an event says that came before its article's withdrawal, but
// got the place of its article only behind that: a deletion has erased all but it.
func (w *Worker) eraseOvertaken(ctx context.Context, d lector.Delivery, r *record) error {
	if at := d.Event.Arrived; w.Eraser == nil || at == 0 || at >= r.job.Withdrawal {
		return nil
	}
	return w.Eraser.EraseEvent(ctx, d.Sequence)
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

// withdrawalWait is how long a withdrawal waits for the worker that reads the
// article. The record is claimed by then, so nothing of that worker's can become
// public; only its files may have to be removed behind it.
const withdrawalWait = 2 * time.Second

// sameEventWait is how long an event is given back for that is worked on already. It
// comes on two ways when it is urgent.
const sameEventWait = 2 * time.Second

// takeNewer claims an event that the record does not want yet, and takes the article's
// lease. Where the lease is free it comes first, or a copy of the event that is delivered
// in between would take it and begin an attempt of its own. Where it is not, the claim
// ends the work of whoever has it. A withdrawal is claimed before anything else.
func (w *Worker) takeNewer(ctx context.Context, d lector.Delivery, r *record) (held context.Context, release func(), err error) {
	free := false
	if !withdraws(d.Event) {
		held, release, err = w.Leases.Hold(ctx, articleLease(r.job.ID))
		free = err == nil
	}
	if err := w.claim(ctx, d, r); err != nil {
		if free {
			release()
		}
		return nil, nil, err
	}
	if free {
		r.claimed = true
		return held, release, nil
	}
	return w.acquireLease(ctx, d, r)
}

// articleLease is the name of the lease that lets one worker at a time work on an article.
func articleLease(key string) string { return "article." + key }

// acquireLease waits for the lease of an article. A worker that has it for an older
// event releases it when it sees the record. Who has it for the same event, or had and
// is dead, is not waited for: the event comes again. Nor is it waited for when the record
// wants another event or attempt meanwhile: it could take minutes, and would keep a slot.
// A withdrawal waits a moment only, and then goes on without the lease.
func (w *Worker) acquireLease(ctx context.Context, d lector.Delivery, r *record) (context.Context, func(), error) {
	wait := ctx
	if withdraws(d.Event) {
		var cancel context.CancelFunc
		wait, cancel = context.WithTimeout(ctx, withdrawalWait)
		defer cancel()
	}
	for {
		held, release, err := w.Leases.Hold(ctx, articleLease(r.job.ID))
		if !errors.Is(err, lector.ErrExists) {
			return held, release, err
		}
		if r.attempt == 0 && !withdraws(d.Event) {
			return nil, nil, notYet{sameEventWait, "for the worker that has it"}
		}
		sleep(wait, 200*time.Millisecond)
		switch {
		case ctx.Err() != nil:
			return nil, nil, context.Cause(ctx)
		case wait.Err() != nil:
			r.unleased = true
			return ctx, func() {}, nil
		}
		if err := r.reload(ctx); errors.Is(err, errSuperseded) || errors.Is(err, errFenced) {
			return nil, nil, err
		}
	}
}

// watchSuperseded ends the work as soon as the record wants another event.
func (w *Worker) watchSuperseded(ctx context.Context, r *record) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	done := make(chan struct{})
	seen := record{jobs: r.jobs, job: r.job, attempt: r.attempt}
	go func() {
		defer close(done)
		for sleep(ctx, time.Second); ctx.Err() == nil; sleep(ctx, time.Second) {
			if err := seen.reload(ctx); errors.Is(err, errSuperseded) || errors.Is(err, errFenced) {
				cancel(err)
			}
		}
	}()
	return ctx, func() { cancel(nil); <-done }
}
