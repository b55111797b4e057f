package replay

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"lector"
)

// progress is a replay that this worker carries out.
type progress struct {
	runner    *Runner
	publisher publisher
	replay    lector.Replay
	version   uint64
	was       string // the worker in the record as this one knows it
	dirty     bool   // there is something to note
	saved     time.Time
}

// step notes what has ended, publishes what may be at work beside the rest, and
// writes the progress. An article that is published and not noted is found again by
// its event.
func (p *progress) step(ctx context.Context, next func() (lector.JobRef, error, bool)) error {
	p.settle()
	more := true
	for more && len(p.replay.Working) < cmp.Or(p.replay.AtOnce, p.runner.AtOnce, 1) {
		var err error
		if more, err = p.one(ctx, next); err != nil {
			return errors.Join(err, p.save(ctx))
		}
	}
	if !more && len(p.replay.Working) == 0 {
		p.replay.State, p.replay.Finished, p.dirty = lector.ReplayDone, p.runner.now(), true
	}
	soon := p.replay.State != lector.ReplayDone && p.runner.now().Sub(p.saved) < saveEvery
	if !p.dirty || soon {
		return nil
	}
	return p.save(ctx)
}

// saveEvery bounds how often the progress is written.
const saveEvery = time.Second

// one handles the next article of the list; more is false when there is none.
func (p *progress) one(ctx context.Context, next func() (lector.JobRef, error, bool)) (more bool, err error) {
	ref, err, more := next()
	if err != nil || !more {
		return more, err
	}
	done, err := p.publisher.publish(ctx, p.replay, ref)
	why, skipped := reasonOf(err)
	switch {
	case skipped:
		p.replay.Skip(lector.LeftOut{Job: ref.ID, Reason: why})
	case err != nil:
		return true, fmt.Errorf("replay %s: %w", ref, err)
	default:
		p.replay.Working = append(p.replay.Working, lector.Replayed{Job: ref.String(), Sequence: done.sequence})
		p.replay.Forced += done.force
	}
	p.replay.Next++
	p.dirty = true
	return true, nil
}

// settle moves what has come to its end from the work to the results. While the
// index is not complete nobody knows.
func (p *progress) settle() {
	if !p.runner.Index.Complete() {
		return
	}
	var working []lector.Replayed
	for _, w := range p.replay.Working {
		result := p.result(w)
		if result == "" {
			working = append(working, w)
			continue
		}
		if p.replay.Results == nil {
			p.replay.Results = map[string]int{}
		}
		p.replay.Results[result]++
		p.dirty = true
	}
	p.replay.Working = working
}

// superseded is the result of an article whose next event came before its replay
// had ended.
const superseded = "superseded"

// result returns what became of an article, or "" while it is at work.
func (p *progress) result(w lector.Replayed) string {
	e, ok := p.runner.Index.Job(lector.ParseJobRef(w.Job).ID)
	switch {
	case !ok || e.Job.Sequence < w.Sequence:
		return ""
	case e.Job.Sequence > w.Sequence:
		return superseded
	case e.Job.State.Terminal():
		return string(e.Job.State)
	}
	return ""
}

// errFenced ends the work of a worker that stood still while another took over.
var errFenced = errors.New("another worker has taken over")

// save writes the progress. The state is the operators', unless the replay is done.
func (p *progress) save(ctx context.Context) error {
	p.replay.Changed = p.runner.now()
	for range 10 {
		version, err := p.runner.Replays.Save(ctx, p.replay, p.version)
		if err == nil {
			p.version, p.dirty, p.was, p.saved = version, false, p.replay.Worker, p.runner.now()
			return nil
		}
		if !errors.Is(err, lector.ErrConflict) {
			return err
		}
		now, version, err := p.runner.Replays.Replay(ctx, p.replay.ID)
		if err != nil {
			return err
		}
		if now.Worker != p.was {
			return errFenced
		}
		if p.replay.State != lector.ReplayDone {
			p.replay.State = now.State
		}
		p.version = version
	}
	return fmt.Errorf("progress of %s: %w", p.replay.ID, lector.ErrConflict)
}
