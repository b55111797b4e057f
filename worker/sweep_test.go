package worker

import (
	"context"
	"errors"
	"io"
	"iter"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"lector"
)

// fakeLog is a stream of events with a queue.
type fakeLog struct {
	*fakeServices
	places  []lector.EventPlace // the newest of each article
	queue   lector.QueueState
	bad     map[uint64]bool // events that nobody can read
	gone    map[uint64]bool // events that are not in the stream any more
	letters map[uint64]bool
	held    map[string]bool
	onHeld  func()   // called when a lease is asked for; may be nil
	earlier []uint64 // events of the article before its newest
}

func (f *fakeLog) ArticleEvents(_ context.Context, _, _ string, after, through uint64) (places []uint64, err error) {
	for _, place := range f.earlier {
		if place > after && place <= through {
			places = append(places, place)
		}
	}
	return places, nil
}

func (f *fakeLog) EventPlaces(_ context.Context, after uint64) iter.Seq2[lector.EventPlace, error] {
	return func(yield func(lector.EventPlace, error) bool) {
		for _, p := range f.places {
			if p.Sequence > after && !yield(p, nil) {
				return
			}
		}
	}
}

func (f *fakeLog) QueueState(context.Context) (lector.QueueState, error) { return f.queue, nil }

func (f *fakeLog) StoredEvent(_ context.Context, sequence uint64) (lector.Delivery, error) {
	if f.gone[sequence] {
		return lector.Delivery{}, lector.ErrNotFound
	}
	d := lector.Delivery{Sequence: sequence, Acknowledger: &fakeDelivery{}}
	if f.bad[sequence] {
		d.Err = errors.New("nonsense")
	}
	return d, nil
}

func (f *fakeLog) DeadLettered(_ context.Context, p lector.EventPlace) (bool, error) {
	return f.letters[p.Sequence], nil
}

func (f *fakeLog) Held(_ context.Context, name string) (bool, error) {
	if f.onHeld != nil {
		f.onHeld()
	}
	return f.held[name], nil
}

func (f *fakeLog) Jobs(context.Context) iter.Seq2[lector.Job, error] {
	return func(yield func(lector.Job, error) bool) {
		for _, j := range f.jobs {
			if !yield(j, nil) {
				return
			}
		}
	}
}

// keyIn is the key of an article of the tests.
func keyIn(id string) string { return lector.Article{Site: "havana", ID: id}.Key() }

// event adds the newest event of an article and, with a state, its record.
func (f *fakeLog) event(id string, sequence uint64, j lector.Job) {
	f.places = append(f.places, lector.EventPlace{Site: "havana", Key: keyIn(id), Sequence: sequence, Stored: time.Now()})
	if j.State != "" {
		j.ID, j.Site, j.Article = keyIn(id), "havana", id
		f.jobs[j.ID], f.versions[j.ID] = j, f.versions[j.ID]+1
	}
}

// sweeping is a sweep whose events are noted.
type sweeping struct {
	*Sweeper
	log    *fakeLog
	w      *watched
	take   sync.Mutex // guards handed
	handed []lector.Delivery
	found  int
}

func newSweeping(ctx context.Context, f *fakeLog) *sweeping {
	f.fakeServices, f.held = newFakeServices(), map[string]bool{}
	s := &sweeping{log: f, w: &watched{events: map[string]lector.EventPlace{}}}
	s.Sweeper = &Sweeper{Events: f, History: f, Jobs: f, Leases: f, Announcer: f, Log: slog.New(slog.DiscardHandler)}
	s.OnFound = func(lector.EventPlace) { s.found++ }
	s.init()
	go func() {
		for {
			d, err := s.Next(ctx)
			if err != nil {
				return
			}
			s.take.Lock()
			s.handed = append(s.handed, d)
			s.take.Unlock()
		}
	}()
	return s
}

// look sweeps once and returns the places that were handed out.
func (s *sweeping) look(t *testing.T) (places []uint64) {
	t.Helper()
	s.take.Lock()
	s.handed = nil
	s.take.Unlock()
	if err := s.sweep(t.Context(), s.w); err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
	s.take.Lock()
	defer s.take.Unlock()
	for _, d := range s.handed {
		places = append(places, d.Sequence)
	}
	slices.Sort(places)
	return places
}

func TestSweepFindsWhatTheQueueHasLost(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		log   fakeLog
		build func(*sweeping)
		want  []uint64
	}{
		"all at rest": {fakeLog{queue: lector.QueueState{Settled: 2, Delivered: 2}}, func(s *sweeping) {
			s.log.event("a", 1, lector.Job{Sequence: 1, State: lector.Ready})
			s.log.event("b", 2, lector.Job{Sequence: 2, State: lector.Failed})
		}, nil},
		"acknowledged without a record": {fakeLog{queue: lector.QueueState{Settled: 1, Delivered: 1}}, func(s *sweeping) {
			s.log.event("a", 1, lector.Job{})
		}, []uint64{1}},
		"acknowledged, the record is of an older event": {fakeLog{queue: lector.QueueState{Settled: 3, Delivered: 3}}, func(s *sweeping) {
			s.log.event("a", 3, lector.Job{Sequence: 1, State: lector.Ready})
		}, []uint64{3}},
		"not delivered yet": {fakeLog{queue: lector.QueueState{Settled: 1, Delivered: 1, Waiting: 1}}, func(s *sweeping) {
			s.log.event("a", 2, lector.Job{})
		}, nil},
		"left in running": {fakeLog{queue: lector.QueueState{Settled: 5, Delivered: 5}}, func(s *sweeping) {
			s.log.event("a", 4, lector.Job{Sequence: 4, State: lector.Running})
		}, []uint64{4}},
		"at work without a message": {fakeLog{queue: lector.QueueState{Settled: 5, Delivered: 5}}, func(s *sweeping) {
			s.log.event("a", 4, lector.Job{Sequence: 4, State: lector.Running})
			s.log.held["article."+keyIn("a")] = true
		}, nil},
		"parked, and the queue has it": {fakeLog{queue: lector.QueueState{Settled: 1, Delivered: 5, Unsettled: 2}}, func(s *sweeping) {
			s.log.event("a", 2, lector.Job{Sequence: 2, State: lector.Parked})
			s.log.event("b", 5, lector.Job{Sequence: 5, State: lector.Queued})
		}, nil},
		"parked, and the queue has one of two": {fakeLog{queue: lector.QueueState{Settled: 1, Delivered: 5, Unsettled: 1}}, func(s *sweeping) {
			s.log.event("a", 2, lector.Job{Sequence: 2, State: lector.Parked, Changed: time.Now()})
			s.log.event("b", 5, lector.Job{Sequence: 5, State: lector.Parked, Changed: time.Now().Add(-time.Hour)})
		}, []uint64{5}},
		"the queue takes the one for settled that was seen last": {fakeLog{queue: lector.QueueState{Settled: 2, Delivered: 5, Unsettled: 1}}, func(s *sweeping) {
			s.log.event("a", 2, lector.Job{Sequence: 2, State: lector.Parked, Changed: time.Now()})
			s.log.event("b", 5, lector.Job{Sequence: 5, State: lector.Parked, Changed: time.Now().Add(-time.Hour)})
		}, []uint64{2}},
		"a newer one was ignored": {fakeLog{queue: lector.QueueState{Settled: 2, Delivered: 2}}, func(s *sweeping) {
			s.log.event("a", 2, lector.Job{Sequence: 1, State: lector.Running, Ignored: &lector.IgnoredEvent{Sequence: 2}})
		}, []uint64{1}},
		"a newer one came meanwhile": {fakeLog{queue: lector.QueueState{Settled: 2, Delivered: 2}}, func(s *sweeping) {
			s.log.event("a", 2, lector.Job{Sequence: 3, State: lector.Running})
		}, nil},
		"nobody can read it, from long before": {fakeLog{queue: lector.QueueState{Settled: 2, Delivered: 2}, bad: map[uint64]bool{2: true}}, func(s *sweeping) {
			s.log.event("a", 2, lector.Job{})
			s.log.places[0].Stored = time.Now().Add(-48 * time.Hour)
		}, nil},
		"nobody can read it, it was lost, and another worker sweeps since": {fakeLog{queue: lector.QueueState{Settled: 2, Delivered: 2}, bad: map[uint64]bool{2: true}}, func(s *sweeping) {
			s.log.event("a", 2, lector.Job{})
		}, []uint64{2}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				log := test.log
				s := newSweeping(t.Context(), &log)
				test.build(s)
				if got := s.look(t); !slices.Equal(got, test.want) || s.found != len(test.want) {
					t.Errorf("handed out %v, want %v; counted %d", got, test.want, s.found)
				}
			})
		})
	}
}

func TestSweepOfWhatNobodyCanRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		log := &fakeLog{bad: map[uint64]bool{1: true, 2: true}, letters: map[uint64]bool{1: true}}
		s := newSweeping(t.Context(), log)
		s.look(t)
		log.event("a", 1, lector.Job{})
		log.event("b", 2, lector.Job{})
		log.queue = lector.QueueState{Settled: 2, Delivered: 2}
		if got := s.look(t); !slices.Equal(got, []uint64{2}) {
			t.Errorf("handed out %v", got)
		}
		if err := s.handed[0].Term(lector.ClassInput, "nonsense"); err != nil {
			t.Fatal(err)
		}
		log.letters[2] = true
		time.Sleep(time.Hour)
		if got := s.look(t); len(got) > 0 || len(s.w.events) > 0 || len(s.mine) > 0 {
			t.Errorf("handed out %v again, watches %v, has %v", got, s.w.events, s.mine)
		}
	})
}

// TestSweepHandsOutWhatCameBefore has the queue lose several events of an article: the
// newest in the stream may be older by the CMS's clock, so the others are handed out too.
func TestSweepHandsOutWhatCameBefore(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		job  lector.Job
		want []uint64
	}{
		"nobody has taken any":       {lector.Job{}, []uint64{1, 5, 7}},
		"the first is public":        {lector.Job{Sequence: 1, State: lector.Ready}, []uint64{5, 7}},
		"the second was ignored":     {lector.Job{Sequence: 1, State: lector.Ready, Ignored: &lector.IgnoredEvent{Sequence: 5}}, []uint64{7}},
		"the one before was claimed": {lector.Job{Sequence: 5, State: lector.Ready}, []uint64{7}},
	} {
		synctest.Test(t, func(t *testing.T) {
			log := &fakeLog{earlier: []uint64{1, 3, 5}, bad: map[uint64]bool{3: true}, queue: lector.QueueState{Settled: 7, Delivered: 7}}
			s := newSweeping(t.Context(), log)
			log.event("a", 7, test.job)
			if got := s.look(t); !slices.Equal(got, test.want) {
				t.Errorf("%s: handed out %v, want %v", name, got, test.want)
			}
		})
	}
}

// TestSweepLooksBehindWhatNobodyCanRead has the queue lose an event behind which stands
// one that nobody can read, which is a dead letter: the article's job is brought to its
// end all the same.
func TestSweepLooksBehindWhatNobodyCanRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		log := &fakeLog{bad: map[uint64]bool{2: true}, letters: map[uint64]bool{2: true}, queue: lector.QueueState{Settled: 2, Delivered: 2}}
		s := newSweeping(t.Context(), log)
		log.event("a", 2, lector.Job{Sequence: 1, State: lector.Running})
		if got := append(s.look(t), s.look(t)...); !slices.Equal(got, []uint64{1}) {
			t.Fatalf("handed out %v", got)
		}
		j := log.jobs[keyIn("a")]
		j.State, j.Announced = lector.Ready, true
		log.jobs[keyIn("a")] = j
		time.Sleep(time.Hour)
		if got := s.look(t); len(got) > 0 || len(s.w.events) > 0 {
			t.Errorf("handed out %v again, watches %v", got, s.w.events)
		}
	})
}

// TestSweepFindsWhatWasNotAnnounced has jobs at their ends whose worker died before the
// announcement, and whose events the queue takes for settled.
func TestSweepFindsWhatWasNotAnnounced(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		age      time.Duration // since the job ended
		job      lector.Job
		newest   string // the newest audio event's ID
		settled  uint64 // by the queue
		restarts bool   // the sweeper, between the event and the end of the job
		want     []uint64
	}{
		"never":                         {0, lector.Job{Sequence: 2, State: lector.Ready, Rendition: "x"}, "", 2, false, []uint64{2}},
		"never, after a restart":        {time.Hour, lector.Job{Sequence: 2, State: lector.Ready, Rendition: "x"}, "", 2, true, []uint64{2}},
		"the one before only":           {0, lector.Job{Sequence: 2, State: lector.Ready, Rendition: "x"}, keyIn("a") + "-1-" + lector.AudioReady, 2, false, []uint64{2}},
		"a failure":                     {0, lector.Job{Sequence: 2, State: lector.Failed}, "", 2, false, []uint64{2}},
		"it was":                        {0, lector.Job{Sequence: 2, State: lector.Ready, Rendition: "x"}, keyIn("a") + "-2-" + lector.AudioReady, 2, false, nil},
		"by a replay":                   {0, lector.Job{Sequence: 2, State: lector.Ready, Rendition: "x"}, keyIn("a") + "-2-" + lector.AudioReady + "-r7", 2, true, nil},
		"nothing is to be":              {0, lector.Job{Sequence: 2, State: lector.Refused, Announced: true}, "", 2, false, nil},
		"the queue has it":              {0, lector.Job{Sequence: 2, State: lector.Ready, Rendition: "x"}, "", 1, false, nil},
		"long before the first sweep":   {48 * time.Hour, lector.Job{Sequence: 2, State: lector.Ready, Rendition: "x"}, "", 2, true, nil},
		"a newer one was ignored since": {0, lector.Job{Sequence: 1, State: lector.Ready, Ignored: &lector.IgnoredEvent{Sequence: 2}}, "", 2, false, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				log := &fakeLog{queue: lector.QueueState{Settled: test.settled, Delivered: 2, Unsettled: int(2 - test.settled)}}
				s := newSweeping(t.Context(), log)
				if !test.restarts {
					s.look(t)
				}
				test.job.Changed = time.Now().Add(-test.age)
				log.event("a", 2, test.job)
				if test.newest != "" {
					log.announced = []lector.AudioEvent{{ID: test.newest}}
				}
				if got := s.look(t); !slices.Equal(got, test.want) || s.found != len(test.want) {
					t.Errorf("handed out %v, want %v; counted %d", got, test.want, s.found)
				}
				log.announced = []lector.AudioEvent{{ID: lector.AnnouncementID(test.job, "")}}
				log.announced[0].ID = keyIn("a") + log.announced[0].ID
				time.Sleep(time.Hour)
				if got := s.look(t); len(got) > 0 || len(s.w.events) > 0 {
					t.Errorf("announced since, and handed out %v, watches %v", got, s.w.events)
				}
			})
		})
	}
}

// TestSweepOwnsWhatItFound has an event come again as often as the worker wants it.
func TestSweepOwnsWhatItFound(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		log := &fakeLog{}
		s := newSweeping(t.Context(), log)
		log.event("a", 1, lector.Job{Sequence: 1, State: lector.Running})
		log.queue = lector.QueueState{Settled: 1, Delivered: 1}
		if got := s.look(t); len(got) != 1 {
			t.Fatalf("handed out %v", got)
		}
		if err := s.handed[0].Nak(10 * time.Minute); err != nil {
			t.Fatal(err)
		}
		for minute := range 10 {
			if got := s.look(t); len(got) > 0 {
				t.Errorf("minute %d: handed out %v", minute, got)
			}
			time.Sleep(time.Minute)
		}
		if got := s.look(t); len(got) != 1 || s.found != 1 {
			t.Fatalf("handed out %v, counted %d", got, s.found)
		}
		log.event("a", 1, lector.Job{Sequence: 1, State: lector.Ready, Announced: true})
		if err := s.handed[0].Ack(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		if got := s.look(t); len(got) > 0 || len(s.w.events) > 0 || len(s.mine) > 0 {
			t.Errorf("handed out %v, watches %v, has %v", got, s.w.events, s.mine)
		}
	})
}

// TestSweepCountsOnceWhatEndsMeanwhile has the worker come to its end when a sweep has read
// the record and does not know it yet.
func TestSweepCountsOnceWhatEndsMeanwhile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		log := &fakeLog{}
		s := newSweeping(t.Context(), log)
		log.event("a", 1, lector.Job{Sequence: 1, State: lector.Running})
		log.queue = lector.QueueState{Settled: 1, Delivered: 1}
		if got := s.look(t); len(got) != 1 {
			t.Fatalf("handed out %v", got)
		}
		found := s.handed[0]
		log.onHeld = func() {
			log.onHeld = nil
			log.event("a", 1, lector.Job{Sequence: 1, State: lector.Ready, Announced: true})
			if err := found.Ack(t.Context()); err != nil {
				t.Error(err)
			}
		}
		for range 3 {
			time.Sleep(time.Hour)
			s.look(t)
		}
		if s.found != 1 || len(s.mine) > 0 || log.onHeld != nil {
			t.Errorf("counted %d, has %v", s.found, s.mine)
		}
	})
}

// TestSweepTakesTurns has one of three events lost, and no way to know which.
func TestSweepTakesTurns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		log := &fakeLog{queue: lector.QueueState{Delivered: 3, Unsettled: 2}}
		s := newSweeping(t.Context(), log)
		for i, id := range []string{"a", "b", "c"} {
			log.event(id, uint64(i+1), lector.Job{Sequence: uint64(i + 1), State: lector.Parked, Changed: time.Now().Add(time.Duration(i) * time.Second)})
		}
		var all []uint64
		for range 3 {
			all = append(all, s.look(t)...)
			time.Sleep(2 * time.Minute)
		}
		if !slices.Equal(all, []uint64{1, 2, 3}) {
			t.Errorf("handed out %v", all)
		}
	})
}

func TestSweepFailsAJobWhoseEventIsGone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		log := &fakeLog{gone: map[uint64]bool{1: true, 2: true}, queue: lector.QueueState{Settled: 2, Delivered: 2}}
		s := newSweeping(t.Context(), log)
		log.event("a", 1, lector.Job{Sequence: 1, State: lector.Running})
		log.event("erased", 2, lector.Job{})
		if got := s.look(t); len(got) > 0 || s.found != 1 {
			t.Errorf("handed out %v, counted %d", got, s.found)
		}
		j, _, err := log.Job(t.Context(), "havana", keyIn("a"))
		if err != nil || j.State != lector.Failed || j.Class != lector.ClassStorage || j.Reason == "" {
			t.Errorf("%+v, %v", j, err)
		}
		if len(log.announced) != 1 || log.announced[0].Type != lector.AudioFailed || log.announced[0].ID != lector.AnnouncementID(j, "") {
			t.Errorf("announced %+v", log.announced)
		}
		if s.look(t); s.found != 1 || len(s.w.events) > 0 {
			t.Errorf("counted %d, watches %v", s.found, s.w.events)
		}
	})
}

// TestSweepEndsADeletionThatErasedItsEvent has a deletion erase its own event and then
// be refused by a full disk: it is worked on as a deletion, also by a sweeper that has
// never seen its event. A job of another kind without an event fails.
func TestSweepEndsADeletionThatErasedItsEvent(t *testing.T) {
	t.Parallel()
	for name, seen := range map[string]bool{"the sweeper has seen the event": true, "it has not": false} {
		synctest.Test(t, func(t *testing.T) {
			log := &fakeLog{gone: map[uint64]bool{1: true, 2: true}, queue: lector.QueueState{Settled: 2, Delivered: 2}}
			s := newSweeping(t.Context(), log)
			log.event("deleted", 1, lector.Job{Sequence: 1, Withdrawal: 1, State: lector.Parked})
			log.event("other", 2, lector.Job{Sequence: 2, State: lector.Parked})
			if !seen {
				log.places = nil
			}
			if got := s.look(t); !slices.Equal(got, []uint64{1}) || s.found != 2 {
				t.Fatalf("%s: handed out %v, counted %d", name, got, s.found)
			}
			if d := s.handed[0]; d.Event.Type != lector.Deleted || d.Event.Article.Key() != keyIn("deleted") {
				t.Errorf("%s: handed out %+v", name, d.Event)
			}
			w := log.worker()
			w.handle(t.Context(), s.handed[0])
			if j := log.jobs[keyIn("deleted")]; j.State != lector.Removed {
				t.Errorf("%s: %+v", name, j)
			}
			if j := log.jobs[keyIn("other")]; j.State != lector.Failed {
				t.Errorf("%s: %+v", name, j)
			}
			log.announced = []lector.AudioEvent{{ID: keyIn("deleted") + "-1-"}}
			time.Sleep(time.Hour)
			if got := s.look(t); len(got) > 0 {
				t.Errorf("%s: handed out %v again", name, got)
			}
		})
	}
}

// TestSweepReadsOnlyWhatIsNew counts the records that a sweep reads among many
// articles at rest.
func TestSweepReadsOnlyWhatIsNew(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		log := &fakeLog{queue: lector.QueueState{Settled: 1000, Delivered: 1000}}
		s := newSweeping(t.Context(), log)
		for i := range 1000 {
			log.event(string(rune('a'+i)), uint64(i+1), lector.Job{Sequence: uint64(i + 1), State: lector.Ready})
		}
		counted := &countedJobs{fakeLog: log}
		s.Jobs = counted
		s.look(t)
		log.event("new", 1001, lector.Job{Sequence: 1001, State: lector.Running})
		log.queue = lector.QueueState{Settled: 1000, Delivered: 1001, Unsettled: 1}
		s.look(t)
		s.look(t)
		if counted.reads != 2 || counted.scans != 1 {
			t.Errorf("%d records read, %d scans", counted.reads, counted.scans)
		}
	})
}

type countedJobs struct {
	*fakeLog
	reads, scans int
}

func (c *countedJobs) Job(ctx context.Context, site, key string) (lector.Job, uint64, error) {
	c.reads++
	return c.fakeLog.Job(ctx, site, key)
}

func (c *countedJobs) Jobs(ctx context.Context) iter.Seq2[lector.Job, error] {
	c.scans++
	return c.fakeLog.Jobs(ctx)
}

// TestOneSweepsForAll has a sweeper wait until the lease is free.
func TestOneSweepsForAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		lease := &oneLease{fakeLog: &fakeLog{fakeServices: newFakeServices()}}
		ctx, cancel := context.WithCancel(t.Context())
		first, stopFirst := context.WithCancel(ctx)
		var sweeps [2]atomic.Int64
		for i, ctx := range []context.Context{first, ctx} {
			s := &Sweeper{Events: lease, Jobs: lease, Leases: lease, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
			s.OnSweep = func(_ time.Duration, err error) {
				if sweeps[i].Add(1); err != nil {
					t.Error(err)
				}
			}
			go s.Run(ctx)
			synctest.Wait()
		}
		time.Sleep(5*time.Minute + time.Second)
		if first, second := sweeps[0].Load(), sweeps[1].Load(); first != 6 || second != 0 {
			t.Errorf("sweeps %d, %d", first, second)
		}
		stopFirst()
		time.Sleep(3 * time.Minute)
		if first, second := sweeps[0].Load(), sweeps[1].Load(); first != 6 || second < 2 {
			t.Errorf("sweeps %d, %d", first, second)
		}
		cancel()
		synctest.Wait()
	})
}

// oneLease can be held once at a time.
type oneLease struct {
	*fakeLog
	taken bool
}

func (o *oneLease) Hold(ctx context.Context, _ string) (context.Context, func(), error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.taken {
		return nil, nil, lector.ErrExists
	}
	o.taken = true
	return ctx, func() { o.mu.Lock(); o.taken = false; o.mu.Unlock() }, nil
}
