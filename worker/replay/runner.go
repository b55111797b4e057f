package replay

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"sync"
	"time"

	"lector"
	"lector/worker/jobindex"
)

// Replays keeps the records of replays and their lists. Save is a compare-and-set:
// it returns lector.ErrConflict when the record is no longer at the given version.
// Follow calls changed with each record as it stands and whenever one changes.
type Replays interface {
	Replay(ctx context.Context, id string) (r lector.Replay, version uint64, err error)
	Save(ctx context.Context, r lector.Replay, version uint64) (uint64, error)
	List(ctx context.Context, id string, from int) iter.Seq2[lector.JobRef, error]
	Follow(ctx context.Context, changed func(lector.Replay)) error
}

// Leases are exclusive rights to work on something. Hold returns lector.ErrExists
// when somebody else holds the name; the context it returns ends when the lease is
// lost.
type Leases interface {
	Hold(ctx context.Context, name string) (held context.Context, release func(), err error)
}

// Index is the part of the job index that the runner needs.
type Index interface {
	Complete() bool
	Job(id string) (jobindex.Entry, bool)
}

// Runner carries out replays, each under a lease: one worker runs it, and another goes
// on when that one has died.
type Runner struct {
	Name    string // of this worker
	Replays Replays
	Jobs    Jobs
	Events  Events
	Leases  Leases
	Index   Index
	// Estimator counts the characters of replays that synthesise again.
	Estimator Estimator
	Log       *slog.Logger
	AtOnce    int              // how many articles of a replay are in work at once unless it states a number
	Poll      time.Duration    // how often the work is looked at; 0 is a tenth of a second
	Now       func() time.Time // nil is time.Now
}

func (r *Runner) now() time.Time {
	if r.Now != nil {
		return r.Now()
	}
	return time.Now().UTC()
}

func (r *Runner) poll() time.Duration {
	if r.Poll > 0 {
		return r.Poll
	}
	return time.Second / 10
}

// leaseWait is how often a replay is tried whose lease another worker holds.
const leaseWait = 5 * time.Second

// Run carries out replays until ctx ends.
func (r *Runner) Run(ctx context.Context) {
	known := &states{of: map[string]lector.ReplayState{}, wake: make(chan struct{}, 1)}
	var work sync.WaitGroup
	defer work.Wait()
	work.Go(func() { r.follow(ctx, known) })
	tick := time.NewTicker(leaseWait)
	defer tick.Stop()
	for {
		for _, id := range known.begin() {
			work.Go(func() {
				defer known.end(id)
				r.attempt(ctx, known, id)
			})
		}
		select {
		case <-ctx.Done():
			return
		case <-known.wake:
		case <-tick.C:
		}
	}
}

// follow keeps the states. A watch that breaks off is begun again.
func (r *Runner) follow(ctx context.Context, known *states) {
	for ctx.Err() == nil {
		err := r.Replays.Follow(ctx, func(seen lector.Replay) { known.set(seen.ID, seen.State) })
		if ctx.Err() != nil {
			return
		}
		r.Log.Warn("replays: the watch ended", "error", err, "again", leaseWait)
		pause(ctx, leaseWait)
	}
}

// attempt carries out a replay unless another worker is at it.
func (r *Runner) attempt(ctx context.Context, known *states, id string) {
	held, release, err := r.Leases.Hold(ctx, "replay."+id)
	if errors.Is(err, lector.ErrExists) {
		return
	}
	if err == nil {
		defer release()
		err = r.carryOut(held, known, id)
	}
	if err != nil && ctx.Err() == nil {
		r.Log.Warn("replay interrupted; it continues by itself", "replay", id, "error", err)
		pause(ctx, leaseWait)
	}
}

// carryOut goes on with a replay until it is over, paused or cancelled.
func (r *Runner) carryOut(ctx context.Context, known *states, id string) error {
	now, version, err := r.Replays.Replay(ctx, id)
	if err != nil || now.State != lector.ReplayRunning {
		return err
	}
	p := &progress{runner: r, replay: now, version: version, was: now.Worker, publisher: publisher{r.Jobs, r.Events, r.Estimator, r.now}}
	p.replay.Worker, p.dirty = r.Name, true // whoever was at it before cannot write any more
	r.Log.Info("replay continues", "replay", id, "at", now.Next, "of", now.Plan.Articles)
	next, stop := iter.Pull2(r.Replays.List(ctx, id, now.Next))
	defer stop()
	for p.replay.State == lector.ReplayRunning {
		if err := p.step(ctx, next); err != nil {
			return err
		}
		if p.replay.State == lector.ReplayRunning {
			pause(ctx, r.poll())
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if s := known.get(id); s != "" && s != lector.ReplayRunning {
			return p.save(ctx)
		}
	}
	r.Log.Info("replay ended", "replay", id, "state", p.replay.State, "results", p.replay.Results, "left_out", p.replay.Skipped)
	return nil
}

// pause waits for d or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// states are the states of replays as the watch tells them.
type states struct {
	mu     sync.Mutex
	of     map[string]lector.ReplayState
	active map[string]bool
	wake   chan struct{}
}

func (s *states) set(id string, state lector.ReplayState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	was := s.of[id]
	s.of[id] = state
	if state == lector.ReplayRunning && was != state {
		s.signal()
	}
}

func (s *states) signal() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *states) get(id string) lector.ReplayState {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.of[id]
}

// begin returns the replays that nobody here is at, and marks them.
func (s *states) begin() (ids []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.active == nil {
		s.active = map[string]bool{}
	}
	for id, state := range s.of {
		if state == lector.ReplayRunning && !s.active[id] {
			s.active[id] = true
			ids = append(ids, id)
		}
	}
	return ids
}

// end says that nobody here is at the replay any more. It may run again by now.
func (s *states) end(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.active, id)
}
