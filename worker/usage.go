package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lector"
	"lector/worker/synth"
)

// UsageLedger is the ledger of calls to voices. Of returns those for the given clips
// of a site that began at a moment or later.
type UsageLedger interface {
	CallsFor(ctx context.Context, site string, clips []string, from time.Time) ([]lector.Call, error)
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

// clipHashes are the hashes of all clips that the plan may need.
func (p *Plan) clipHashes() (all []string) {
	for _, t := range p.voicePlans {
		for i, c := range t.synthChunks {
			all = append(all, synth.Hash(c, t.chunkVoices[i].Capabilities))
		}
	}
	return all
}

// jobUsage sums the calls made for the job since its first attempt, also those of
// crashed workers, of voices that failed and of attempts that a budget ended.
func (w *Worker) jobUsage(ctx context.Context, r *record, plan *Plan) (map[string]lector.ChunkState, lector.Usage, float64, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	calls, err := w.UsageLedger.CallsFor(ctx, r.job.Site, plan.clipHashes(), r.job.Attempts[0].Started)
	if err != nil {
		return nil, lector.Usage{}, 0, fmt.Errorf("bill: %w", err)
	}
	by, bill, cost := map[string]lector.ChunkState{}, lector.Usage{}, 0.0
	for _, c := range calls {
		if c.Job != r.job.ID {
			continue
		}
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

// aggregateUsage sets the usage of a narration to the sum of all attempts at the job. A clip
// that an earlier one paid for was in the cache of this one, and counts as
// reused too, as in the ledger.
func (w *Worker) aggregateUsage(ctx context.Context, r *record, plan *Plan, n *Narration) error {
	if w.UsageLedger == nil || len(r.job.Attempts) < 2 && n.Manifest.Fallback == "" {
		return nil
	}
	by, bill, cost, err := w.jobUsage(ctx, r, plan)
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
func (w *Worker) recordFailedUsage(ctx context.Context, r *record, plan *Plan) {
	if w.UsageLedger == nil {
		return
	}
	_, bill, cost, err := w.jobUsage(ctx, r, plan)
	if err == nil {
		err = r.update(context.WithoutCancel(ctx), func(j *lector.Job) { j.Usage, j.Cost = bill, cost })
	}
	if err != nil && !errors.Is(err, errSuperseded) {
		w.Log.Warn("what was spent in vain is not in the record", "job", r.job.ID, "error", err)
	}
}
