package replay

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lector"
	"lector/worker"
	"lector/worker/jobindex"
)

// world is a broker, its records and a worker that reads the articles.
type world struct {
	mu        sync.Mutex
	sequence  uint64
	log       map[uint64]lector.ArticleEvent
	newest    map[string]uint64 // by the id of the job
	jobs      map[string]lector.Job
	published []string // jobs of the replays' events, in their order
	most      int      // replays that were at work at once
	replays   map[string]lector.Replay
	versions  map[string]uint64
	lists     map[string][]lector.JobRef
	leases    map[string]bool
	changed   chan struct{} // closed and made anew at each change of a replay
	dead      error         // when set, nothing can be written
	crashAt   int           // published events after which dead is set; 0: never
}

func newWorld(n int) *world {
	w := &world{
		log: map[uint64]lector.ArticleEvent{}, newest: map[string]uint64{}, jobs: map[string]lector.Job{}, replays: map[string]lector.Replay{},
		versions: map[string]uint64{}, lists: map[string][]lector.JobRef{}, leases: map[string]bool{}, changed: make(chan struct{}),
	}
	for i := range n {
		w.publish(lector.ArticleEvent{Type: lector.Published, Article: lector.Article{Site: "havana", ID: fmt.Sprint(i), Visibility: lector.Public}})
		w.work(lector.Ready)
	}
	return w
}

func (w *world) publish(e lector.ArticleEvent) uint64 {
	w.sequence++
	w.log[w.sequence], w.newest[e.Article.Key()] = e, w.sequence
	return w.sequence
}

// work processes all events that wait.
func (w *world) work(state lector.State) {
	for id, sequence := range w.newest {
		j, e := w.jobs[id], w.log[sequence]
		if j.Sequence < sequence {
			w.jobs[id] = lector.Job{ID: id, Site: e.Article.Site, Article: e.Article.ID, Sequence: sequence, State: state, Lane: e.Lane}
		}
	}
}

func (w *world) waiting() (n int) {
	for id, sequence := range w.newest {
		if w.jobs[id].Sequence < sequence {
			n++
		}
	}
	return n
}

func (w *world) locked(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f()
}

// recordOf returns a record.
func (w *world) recordOf(id string) (lector.Job, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	j, ok := w.jobs[id]
	if !ok {
		return j, lector.ErrNotFound
	}
	return j, nil
}

type records struct{ *world }

func (r records) Job(_ context.Context, _, id string) (lector.Job, uint64, error) {
	j, err := r.recordOf(id)
	return j, 1, err
}

type indexed struct{ *world }

func (indexed) Complete() bool { return true }

func (x indexed) Job(id string) (jobindex.Entry, bool) {
	j, err := x.recordOf(id)
	return jobindex.Entry{Job: j}, err == nil
}

func (w *world) NewestEvent(_ context.Context, ref lector.JobRef) (lector.ArticleEvent, uint64, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n, ok := w.newest[ref.ID]
	if !ok {
		return lector.ArticleEvent{}, 0, lector.ErrNotFound
	}
	return w.log[n], n, nil
}

func (w *world) Event(_ context.Context, n uint64) (lector.ArticleEvent, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	e, ok := w.log[n]
	if !ok {
		return e, lector.ErrNotFound
	}
	return e, nil
}

func (w *world) PublishAfter(_ context.Context, e lector.ArticleEvent, newest uint64) (uint64, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.dead != nil {
		return 0, w.dead
	}
	if w.newest[e.Article.Key()] != newest {
		return 0, lector.ErrConflict
	}
	n := w.publish(e)
	w.published = append(w.published, e.Article.Key())
	w.most = max(w.most, w.waiting())
	if w.crashAt == len(w.published) {
		w.dead = errors.New("killed")
	}
	return n, nil
}

func (w *world) Replay(_ context.Context, id string) (lector.Replay, uint64, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := w.replays[id]
	r.Results, r.Working, r.LeftOut = maps.Clone(r.Results), slices.Clone(r.Working), slices.Clone(r.LeftOut)
	return r, w.versions[id], nil
}

func (w *world) Save(_ context.Context, r lector.Replay, version uint64) (uint64, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.dead != nil {
		return 0, w.dead
	}
	if w.versions[r.ID] != version {
		return 0, lector.ErrConflict
	}
	r.Results, r.Working, r.LeftOut = maps.Clone(r.Results), slices.Clone(r.Working), slices.Clone(r.LeftOut)
	w.replays[r.ID] = r
	w.versions[r.ID]++
	close(w.changed)
	w.changed = make(chan struct{})
	return version + 1, nil
}

func (w *world) List(_ context.Context, id string, from int) iter.Seq2[lector.JobRef, error] {
	return func(yield func(lector.JobRef, error) bool) {
		for _, ref := range w.lists[id][from:] {
			if !yield(ref, nil) {
				return
			}
		}
	}
}

func (w *world) Follow(ctx context.Context, changed func(lector.Replay)) error {
	for {
		w.mu.Lock()
		all, again := slices.Collect(maps.Values(w.replays)), w.changed
		w.mu.Unlock()
		for _, r := range all {
			changed(r)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-again:
		}
	}
}

func (w *world) Hold(ctx context.Context, name string) (context.Context, func(), error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.leases[name] {
		return nil, nil, lector.ErrExists
	}
	w.leases[name] = true
	ctx, cancel := context.WithCancel(ctx)
	return ctx, func() { cancel(); w.locked(func() { delete(w.leases, name) }) }, nil
}

// begin records a replay of all articles that there are.
func (w *world) begin(t *testing.T, r lector.Replay) {
	t.Helper()
	for _, id := range slices.Sorted(maps.Keys(w.jobs)) {
		w.lists[r.ID] = append(w.lists[r.ID], lector.JobRef{Site: "havana", ID: id})
	}
	r.State, r.Plan.Articles = lector.ReplayRunning, len(w.lists[r.ID])
	if _, err := w.Save(t.Context(), r, 0); err != nil {
		t.Fatal(err)
	}
}

func (w *world) set(t *testing.T, id string, state lector.ReplayState) {
	t.Helper()
	r, version, _ := w.Replay(t.Context(), id)
	r.State = state
	if _, err := w.Save(t.Context(), r, version); err != nil {
		t.Fatal(err)
	}
}

// run runs a runner until the test ends or stop is called.
func (w *world) run(t *testing.T, name string) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	r := &Runner{Name: name, Replays: w, Jobs: records{w}, Events: w, Leases: w, Index: indexed{w}, Estimator: hundred{}, AtOnce: 4, Log: slog.New(slog.NewTextHandler(t.Output(), nil))}
	done := make(chan struct{})
	go func() { defer close(done); r.Run(ctx) }()
	return func() { cancel(); <-done }
}

// crashAndGoOn runs the replay by a worker that dies on the way, if the world says so,
// and then by another until it is over.
func (w *world) crashAndGoOn(t *testing.T, id string) lector.Replay {
	t.Helper()
	stop := w.run(t, "one")
	for range 100 {
		time.Sleep(time.Second)
		w.locked(func() { w.work(lector.Ready) })
	}
	stop()
	w.dead = nil
	defer w.run(t, "two")()
	return w.workUntil(t, id, lector.Replay.Over)
}

// workUntil processes what waits, each second, until the replay is over.
func (w *world) workUntil(t *testing.T, id string, over func(lector.Replay) bool) lector.Replay {
	t.Helper()
	for range 1000 {
		time.Sleep(time.Second)
		r, _, _ := w.Replay(t.Context(), id)
		if over(r) {
			return r
		}
		w.locked(func() { w.work(lector.Ready) })
	}
	r, _, _ := w.Replay(t.Context(), id)
	t.Fatalf("%d published, leases %v, dead %v, not over: %+v", len(w.published), w.leases, w.dead, r)
	return r
}

func (w *world) once(t *testing.T, n int) {
	t.Helper()
	unique := slices.Compact(slices.Sorted(slices.Values(w.published)))
	if len(w.published) != n || len(unique) != n {
		t.Errorf("%d events for %d of %d articles", len(w.published), len(unique), n)
	}
}

func TestReplayOfMany(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(60)
		w.begin(t, lector.Replay{ID: "r"})
		stop := w.run(t, "one")
		defer stop()
		r := w.workUntil(t, "r", lector.Replay.Over)
		w.once(t, 60)
		if r.State != lector.ReplayDone || r.Results["ready"] != 60 || r.Skipped != 0 || w.most != 4 {
			t.Errorf("%d at once at most: %+v", w.most, r)
		}
		for _, j := range w.jobs {
			if j.Lane != lector.Backfill {
				t.Errorf("job in lane %s", j.Lane)
			}
		}
	})
}

// TestKilledAfterEachEvent has the process killed behind each of the events, before
// its progress is noted, and another one goes on.
func TestKilledAfterEachEvent(t *testing.T) {
	t.Parallel()
	for at := 1; at <= 10; at++ {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(10)
			w.crashAt = at
			w.begin(t, lector.Replay{ID: "r"})
			r := w.crashAndGoOn(t, "r")
			w.once(t, 10)
			if r.Results["ready"] != 10 || r.Worker != "two" {
				t.Errorf("killed after %d: %+v", at, r)
			}
		})
	}
}

func TestPauseResumeCancel(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(40)
		w.begin(t, lector.Replay{ID: "r"})
		stop := w.run(t, "one")
		defer stop()
		w.workUntil(t, "r", func(r lector.Replay) bool { return r.Next >= 12 })
		w.set(t, "r", lector.ReplayPaused)
		synctest.Wait()
		time.Sleep(time.Second)
		before := len(w.published)
		time.Sleep(time.Hour)
		if len(w.published) != before {
			t.Errorf("%d events while it was paused", len(w.published)-before)
		}
		w.set(t, "r", lector.ReplayRunning)
		r := w.workUntil(t, "r", func(r lector.Replay) bool { return r.Next >= 24 })
		if r.Ended()+len(r.Working) != r.Next {
			t.Errorf("after resume %+v", r)
		}
		w.set(t, "r", lector.ReplayCancelled)
		time.Sleep(time.Second)
		before = len(w.published)
		time.Sleep(time.Hour)
		if r, _, _ := w.Replay(t.Context(), "r"); len(w.published) != before || before == 40 || r.State != lector.ReplayCancelled {
			t.Errorf("cancelled at %d, now %d: %+v", before, len(w.published), r)
		}
		w.once(t, before)
	})
}

// TestLateProgressIsFenced: a worker that stood still writes nothing over the progress
// of the one that took over; a change of state by an operator does not stop it.
func TestLateProgressIsFenced(t *testing.T) {
	t.Parallel()
	w := newWorld(10)
	w.begin(t, lector.Replay{ID: "r", Worker: "one"})
	now, version, _ := w.Replay(t.Context(), "r")
	late := progress{runner: &Runner{Replays: w}, replay: now, version: version, was: "one"}
	late.replay.Next = 3

	paused := now
	paused.State = lector.ReplayPaused
	if _, err := w.Save(t.Context(), paused, version); err != nil {
		t.Fatal(err)
	}
	if err := late.save(t.Context()); err != nil || w.replays["r"].State != lector.ReplayPaused || w.replays["r"].Next != 3 {
		t.Errorf("%v: %+v", err, w.replays["r"])
	}
	taken, version, _ := w.Replay(t.Context(), "r")
	taken.Worker, taken.Next = "two", 7
	if _, err := w.Save(t.Context(), taken, version); err != nil {
		t.Fatal(err)
	}
	late.replay.Next = 4
	if err := late.save(t.Context()); !errors.Is(err, errFenced) {
		t.Errorf("written late: %v", err)
	}
	if r := w.replays["r"]; r.Worker != "two" || r.Next != 7 {
		t.Errorf("%+v", r)
	}
}

// TestTwoRunners: a replay is carried out by one worker, two by as many as there are.
func TestTwoRunners(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(20)
		w.begin(t, lector.Replay{ID: "r", AtOnce: 2})
		for _, name := range []string{"one", "two"} {
			defer w.run(t, name)()
		}
		r := w.workUntil(t, "r", lector.Replay.Over)
		w.once(t, 20)
		if r.Results["ready"] != 20 || w.most != 2 {
			t.Errorf("%d at once: %+v", w.most, r)
		}
	})
}

// TestLeftOut: what is not replayed is named, with the reason.
func TestLeftOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(8)
		ids := slices.Sorted(maps.Keys(w.jobs))
		update := func(i int, f func(*lector.Job)) {
			j := w.jobs[ids[i]]
			f(&j)
			w.jobs[ids[i]] = j
		}
		update(0, func(j *lector.Job) { j.State = lector.Removed })
		update(1, func(j *lector.Job) { j.State = lector.Running })
		update(2, func(j *lector.Job) { j.State = lector.Failed }) // not of the filter any more
		article := func(i int) lector.Article { return lector.Article{Site: "havana", ID: w.jobs[ids[i]].Article} }
		w.begin(t, lector.Replay{ID: "r", Filter: lector.JobFilter{State: lector.Ready}})
		delete(w.newest, ids[3])                                                                // not kept any more
		w.publish(lector.ArticleEvent{Type: lector.Unpublished, Article: article(4)})           // withdrawn, not known yet
		stale := w.publish(lector.ArticleEvent{Type: lector.Updated, Article: article(5)})      // an older one came
		update(5, func(j *lector.Job) { j.Ignored = &lector.IgnoredEvent{Sequence: stale} })    //
		w.lists["r"] = append(w.lists["r"], lector.JobRef{Site: "havana", ID: "without-a-job"}) //
		w.newest["without-a-job"] = 1
		stop := w.run(t, "one")
		defer stop()
		time.Sleep(10 * time.Second)
		w.locked(func() {
			for _, i := range []int{5, 6, 7} {
				j := w.jobs[ids[i]]
				j.Sequence = w.newest[ids[i]]
				w.jobs[ids[i]] = j
			}
		})
		time.Sleep(10 * time.Second)
		r, _, _ := w.Replay(t.Context(), "r")
		if r.State != lector.ReplayDone || r.Results["ready"] != 3 || r.Skipped != 6 {
			t.Fatalf("%+v", r)
		}
		want := []string{"withdrawn", "at work", "changed since", "no longer kept", "at work", "no such job"}
		for i, l := range r.LeftOut {
			if !strings.Contains(l.Reason, want[i]) {
				t.Errorf("%d is left out since %s, want %s", i, l.Reason, want[i])
			}
		}
		w.once(t, 3)
		if w.log[w.newest[ids[5]]].Type != lector.Published {
			t.Error("the stale event was replayed")
		}
	})
}

// TestNewEventMeanwhile: an edit during the replay ends the article's part in it.
func TestNewEventMeanwhile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(1)
		w.begin(t, lector.Replay{ID: "r"})
		stop := w.run(t, "one")
		defer stop()
		time.Sleep(2 * time.Second)
		w.locked(func() {
			w.publish(lector.ArticleEvent{Type: lector.Updated, Article: lector.Article{Site: "havana", ID: "0"}})
			w.work(lector.Ready)
		})
		r := w.workUntil(t, "r", lector.Replay.Over)
		if r.Results[superseded] != 1 {
			t.Errorf("%+v", r)
		}
	})
}

// hundred is an estimator of articles of a hundred characters.
type hundred struct{}

func (hundred) Estimate(_ context.Context, a lector.Article, generation string) (worker.Estimate, error) {
	if generation == "" {
		return worker.Estimate{Cached: 100}, nil
	}
	if a.ID == "2" {
		return worker.Estimate{}, lector.Permanent(errors.New("no text"))
	}
	return worker.Estimate{Billed: 100, Cost: 1}, nil
}

// TestForceIsBounded: of ten articles as many are synthesised again as are allowed,
// also over a kill.
func TestForceIsBounded(t *testing.T) {
	t.Parallel()
	for _, crashAt := range []int{0, 1, 2, 3, 4} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(10)
			w.crashAt = crashAt
			w.begin(t, lector.Replay{ID: "r", Force: 450})
			r := w.crashAndGoOn(t, "r")
			w.once(t, 4)
			if r.Forced != 400 || r.Results["ready"] != 4 || r.Skipped != 6 {
				t.Errorf("%+v", r)
			}
			for _, e := range w.log {
				if (e.Force == 100) != (e.Replay == "r") {
					t.Errorf("event %+v", e)
				}
			}
		})
	}
}

// planned is an index of articles that were read with a hundred characters.
func planned(n int) *jobindex.Index {
	x := jobindex.New()
	for i := range n {
		x.Set(readInTwoSeconds(i))
	}
	return x
}

// readInTwoSeconds is the record of an article of a hundred characters.
func readInTwoSeconds(i int) lector.Job {
	j := lector.Job{
		Site: "havana", Article: fmt.Sprint(i), Sequence: uint64(i + 1), State: lector.Ready, Usage: lector.Usage{Billed: 100}, Cost: 1,
		Chunks: []lector.ChunkState{{Characters: 100}}, Changed: time.Unix(int64(10000-i), 0),
	}
	j.ID = lector.Key(j.Site, j.Article)
	j.Attempts = []lector.Attempt{{Started: j.Changed, Ended: j.Changed.Add(2 * time.Second)}}
	return j
}

// TestPlanOfOne: an article is estimated in the generation of its clips, and takes as long
// as the last time.
func TestPlanOfOne(t *testing.T) {
	t.Parallel()
	x, j := jobindex.New(), readInTwoSeconds(0)
	j.Generation = "replay-1" // of which no clip is there
	x.Set(j)
	p, _, err := (&Planner{Jobs: complete{x}, Events: newWorld(1), Estimator: hundred{}}).Plan(t.Context(), lector.ReplayRequest{})
	if want := (overhead + 2*time.Second).Seconds(); err != nil || p.Characters.Billed != 100 || p.Seconds != want {
		t.Errorf("%d characters billed in %f s, want 100 in %f s; %v", p.Characters.Billed, p.Seconds, want, err)
	}
}

type complete struct{ *jobindex.Index }

func (complete) Complete() bool { return true }

func TestPlan(t *testing.T) {
	t.Parallel()
	w := newWorld(1000)
	ids := func(from, to int) (all []string) {
		for i := from; i < to; i++ {
			all = append(all, lector.Key("havana", fmt.Sprint(i)))
		}
		return all
	}
	delete(w.log, 4)
	withdrawn := planned(150)
	withdrawn.Set(lector.Job{Site: "havana", ID: "x", State: lector.Removed})
	for name, test := range map[string]struct {
		planner  Planner
		request  lector.ReplayRequest
		want     lector.ReplayPlan
		articles int
	}{
		"each is looked at": {
			Planner{Jobs: complete{withdrawn}, Events: w, Estimator: hundred{}, AtOnce: 2}, lector.ReplayRequest{},
			lector.ReplayPlan{Articles: 149, Characters: lector.ReplayCharacters{Cached: 14900}, Skipped: 2}, 149,
		},
		"a sample": {
			Planner{Jobs: complete{planned(1000)}, Events: w, Estimator: hundred{}, AtOnce: 2}, lector.ReplayRequest{},
			lector.ReplayPlan{Articles: 1000, Characters: lector.ReplayCharacters{Cached: 100000}, Estimate: true}, 1000,
		},
		"from the records": {
			Planner{Jobs: complete{planned(10)}}, lector.ReplayRequest{},
			lector.ReplayPlan{Articles: 10, Characters: lector.ReplayCharacters{Cached: 1000}, Estimate: true}, 10,
		},
		"named jobs": {
			Planner{Jobs: complete{planned(10)}, Events: w, Estimator: hundred{}}, lector.ReplayRequest{Jobs: append(ids(5, 8), "nobody")},
			lector.ReplayPlan{Articles: 3, Characters: lector.ReplayCharacters{Cached: 300}, Skipped: 1}, 3,
		},
		"nothing": {
			Planner{Jobs: complete{planned(10)}, Events: w, Estimator: hundred{}}, lector.ReplayRequest{Filter: lector.JobFilter{Text: "x"}},
			lector.ReplayPlan{}, 0,
		},
		"by force": {
			Planner{Jobs: complete{planned(10)}, Events: w, Estimator: hundred{}}, lector.ReplayRequest{Force: 450},
			lector.ReplayPlan{Articles: 5, Characters: lector.ReplayCharacters{Billed: 400}, Cost: 4, Skipped: 5}, 5,
		},
	} {
		p, refs, err := test.planner.Plan(t.Context(), test.request)
		if err != nil || len(refs) != test.articles || (p.Seconds == 0) != (test.articles == 0) {
			t.Errorf("%s: %d articles in %f s, %v", name, len(refs), p.Seconds, err)
		}
		if len(p.LeftOut) != p.Skipped {
			t.Errorf("%s: %d of %d are named", name, len(p.LeftOut), p.Skipped)
		}
		p.Seconds, p.LeftOut = 0, nil
		if fmt.Sprint(p) != fmt.Sprint(test.want) {
			t.Errorf("%s: %+v, want %+v", name, p, test.want)
		}
	}
	if _, _, err := (&Planner{Jobs: complete{planned(1)}}).Plan(t.Context(), lector.ReplayRequest{Force: 1}); !errors.Is(err, errNoForce) {
		t.Errorf("by force and without a worker: %v", err)
	}
	if _, _, err := (&Planner{Jobs: planned(1)}).Plan(t.Context(), lector.ReplayRequest{}); !errors.Is(err, errIncomplete) {
		t.Errorf("an index that is not complete: %v", err)
	}
}

// uncounted is an index that does not say how many jobs it has found.
type uncounted struct{ complete }

func (u uncounted) Find(f lector.JobFilter) (int, iter.Seq[jobindex.Entry]) {
	_, found := u.complete.Find(f)
	return 0, found
}

// BenchmarkPlanOverAll plans a replay of 100,000 jobs, beside one whose list is grown step
// by step.
func BenchmarkPlanOverAll(b *testing.B) {
	w, x := newWorld(1000), complete{planned(100_000)}
	for name, index := range map[string]Finder{"grown": uncounted{x}, "counted": x} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			p := Planner{Jobs: index, Events: w, Estimator: hundred{}, AtOnce: 2}
			for b.Loop() {
				if plan, _, err := p.Plan(b.Context(), lector.ReplayRequest{}); err != nil || plan.Articles != 100_000 {
					b.Fatalf("%d articles, %v", plan.Articles, err)
				}
			}
		})
	}
}
