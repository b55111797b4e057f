package worker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"lector"
	"lector/worker/synth"
)

// UsageLedger is the ledger of what attempts use. Last returns the newest entry of
// a job, or lector.ErrNotFound; JobCalls the calls of a job that began at a moment
// or later.
type UsageLedger interface {
	Last(ctx context.Context, site, job string) (lector.AttemptUsage, error)
	JobCalls(ctx context.Context, site, job string, from time.Time) ([]lector.Call, error)
	Write(ctx context.Context, u lector.AttemptUsage) error
}

// Budgets are the budgets of all sites. SettleLost gives back what is left of a reservation
// whose worker died; it may be called again.
type Budgets interface {
	SettleLost(ctx context.Context, s lector.Settlement) error
}

// recordLostUsage ends the entry of an attempt whose worker died, and returns the newest
// entry of the job. What it asked for and is in the store by its call was paid for; of the
// rest as much as could be open at the voice is unknown.
func (w *Worker) recordLostUsage(ctx context.Context, j lector.Job) (last lector.AttemptUsage, err error) {
	if w.UsageLedger == nil {
		return last, nil
	}
	last, err = w.UsageLedger.Last(ctx, j.Site, j.ID)
	if errors.Is(err, lector.ErrNotFound) || err == nil && !last.Ended.IsZero() {
		return last, nil
	}
	if err != nil {
		return last, lector.WithClass(fmt.Errorf("usage ledger: %w", err), lector.ClassStorage)
	}
	w.Log.WarnContext(ctx, "a worker died at this article", "worker", last.Worker, "planned", len(last.Calls))
	end := last.LostUsage(w.paidBy(ctx, last), w.now())
	if err := w.settleLost(ctx, end); err != nil {
		return last, err
	}
	return last, w.UsageLedger.Write(ctx, end)
}

// settleLost gives back what a lost attempt had reserved and not spent.
func (w *Worker) settleLost(ctx context.Context, u lector.AttemptUsage) error {
	if w.Budgets == nil {
		return nil
	}
	for _, s := range u.Settlements() {
		if err := w.Budgets.SettleLost(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// paidBy reports of a chunk whether the attempt has paid for it: its clip is there, or its
// answer came and is in a spool. What is said in many articles may have been planned by
// several attempts, of which one made the call. A clip that does not say who paid is of an
// older build.
func (w *Worker) paidBy(ctx context.Context, u lector.AttemptUsage) func(chunk string) bool {
	return func(chunk string) bool {
		if slices.ContainsFunc(u.Spooled, func(s lector.SpooledAnswer) bool { return s.Chunk == chunk }) {
			return true
		}
		clip, err := Clips{w.Store}.Get(ctx, chunk)
		return err == nil && cmp.Or(synth.Payer(clip), u.ID) == u.ID
	}
}

// Times of answers in a spool: how long they are waited for, and how often it is looked
// whether they have come into the store. A worker moves them there as soon as that is
// back; one that is frozen or started again takes its time, and one whose machine is lost
// never does.
const (
	spoolWait = 5 * time.Minute
	spoolLook = 5 * time.Second
)

// awaitSpooled has the article wait while an answer that an attempt before has paid for is
// on the disk of its worker: to ask for it again would be to pay again.
func (w *Worker) awaitSpooled(ctx context.Context, r *record) error {
	for _, s := range r.spooled {
		if w.now().Sub(s.At) >= spoolWait {
			continue
		}
		there, err := w.isStored(ctx, lector.ClipKey(s.Chunk), lector.AnswerKey(s.Answer))
		if err != nil {
			return err
		}
		if !there {
			err := errors.New("an answer that is paid for is in the spool of the worker that asked for it")
			return lector.WithClass(lector.Throttled(err, spoolLook), lector.ClassStorage)
		}
	}
	return nil
}

// isStored reports whether one of the objects is in the store.
func (w *Worker) isStored(ctx context.Context, keys ...string) (bool, error) {
	for _, key := range keys {
		_, err := w.Store.Stat(ctx, key)
		if err == nil || !errors.Is(err, lector.ErrNotFound) {
			return err == nil, err
		}
	}
	return false, nil
}

// countUsage sums what this attempt billed and what it found in the cache.
func (n *Narration) countUsage(clips []synth.Clip) {
	n.Chunks, n.Manifest.Usage, n.Cost = nil, lector.Usage{}, 0
	for _, c := range clips {
		n.Chunks = append(n.Chunks, lector.ChunkState{Hash: c.Hash, Characters: c.Characters, State: c.State, Billed: c.Billed, Unknown: c.Unknown})
		n.Cost += c.Cost
		if c.State == synth.Reused {
			n.Manifest.Usage.Reused += c.Characters
		}
		n.Manifest.Usage.Billed += c.Billed
		n.Manifest.Usage.Unknown += c.Unknown
	}
}

// jobUsage sums the calls made for the job since its first attempt, also those of
// crashed workers, of voices that failed and of attempts that a budget ended.
func (w *Worker) jobUsage(ctx context.Context, r *record) (map[string]lector.ChunkState, lector.Usage, float64, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	calls, err := w.UsageLedger.JobCalls(ctx, r.job.Site, r.job.ID, r.job.Attempts[0].Started)
	if err != nil {
		return nil, lector.Usage{}, 0, lector.WithClass(fmt.Errorf("usage ledger: %w", err), lector.ClassStorage)
	}
	by, bill, cost := map[string]lector.ChunkState{}, lector.Usage{}, 0.0
	for _, c := range calls {
		s := by[c.Chunk]
		switch c.Outcome {
		case lector.CallPaid:
			s.Billed += c.Characters
			bill.Billed += c.Characters
			cost += c.Cost
		case lector.CallUnknown, lector.CallOpen:
			s.Unknown += c.Characters
			bill.Unknown += c.Characters
		}
		by[c.Chunk] = s
	}
	return by, bill, cost, nil
}

// usedBefore reports whether more than the clips of a narration have been asked for.
func (w *Worker) usedBefore(r *record, n *Narration) bool {
	return w.UsageLedger != nil && (len(r.job.Attempts) > 1 || n.Manifest.Fallback != "")
}

// aggregateUsage sets the usage of a narration to the sum of all attempts at the job. A clip
// that an earlier one paid for was in the cache of this one, and counts as
// reused too, as in the ledger.
func (w *Worker) aggregateUsage(ctx context.Context, r *record, n *Narration) error {
	by, bill, cost, err := w.jobUsage(ctx, r)
	if err != nil {
		return err
	}
	for i := range n.Chunks {
		c := &n.Chunks[i]
		c.Billed, c.Unknown, c.State = by[c.Hash].Billed, by[c.Hash].Unknown, synth.Synthesized
		if c.Billed == 0 {
			c.State = synth.Reused
		}
		delete(by, c.Hash) // the same text again is spoken once
	}
	bill.Reused = n.Manifest.Usage.Reused
	n.Manifest.Usage, n.Cost = bill, cost
	return nil
}

// recordFailedUsage records the usage of an article whose narration failed.
func (w *Worker) recordFailedUsage(ctx context.Context, r *record) {
	if w.UsageLedger == nil {
		return
	}
	_, bill, cost, err := w.jobUsage(ctx, r)
	if err == nil {
		err = r.update(context.WithoutCancel(ctx), func(j *lector.Job) { j.Usage, j.Cost = bill, cost })
	}
	if err != nil && !errors.Is(err, errSuperseded) {
		w.Log.WarnContext(ctx, "usage of a failed attempt is not in the job record", "error", err)
	}
}
