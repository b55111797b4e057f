package worker

import (
	"context"
	"errors"
	"io"
	"iter"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"lector"
)

// withdrawals are the events that take audio away and call no voice.
func withdrawals(sequence uint64) map[string]lector.Delivery {
	all := map[string]lector.Delivery{}
	for _, kind := range []lector.EventType{lector.Unpublished, lector.Deleted, lector.Updated} {
		d, _ := newDelivery(kind, sequence)
		d.Event.Article.Visibility = lector.Paid
		all[string(kind)] = d
	}
	return all
}

// settled is how a delivery ended.
func settled(d lector.Delivery) *fakeDelivery { return d.Acknowledger.(*fakeDelivery) }

// TestWithdrawalIsNeverGivenUp has three workers killed, or six attempts fail, at a
// withdrawal, as while the store is away: its article must not stay public as a failed job.
func TestWithdrawalIsNeverGivenUp(t *testing.T) {
	t.Parallel()
	lost := slices.Repeat([]lector.Attempt{{Worker: "other"}}, 2*maxCrashes)
	for name, d := range withdrawals(1) {
		m := newFakeServices()
		m.set(lector.Job{Sequence: 1, State: lector.Running, Attempts: lost})
		m.objects[lector.PointerKey("havana", m.job().ID)] = []byte("{}")
		w := m.worker()
		w.handle(t.Context(), d)
		_, err := m.Stat(t.Context(), lector.PointerKey("havana", m.job().ID))
		if j := m.job(); settled(d).how != "done" || j.State == lector.Failed || !errors.Is(err, lector.ErrNotFound) {
			t.Errorf("%s after lost workers: %s, pointer %v, job %+v", name, settled(d), err, j)
		}
	}
	for name, d := range withdrawals(1) {
		m := newFakeServices()
		m.set(lector.Job{Sequence: 1, State: lector.Running, Attempts: slices.Repeat([]lector.Attempt{{Number: 9, Outcome: failed}}, 2*maxAttempts)})
		m.worker().handleResult(t.Context(), d, m.record(1, 9), errors.New("garbage"))
		if j := m.job(); settled(d).how != "later" || settled(d).after > withdrawalRetry || j.State != lector.Queued {
			t.Errorf("%s after failures: %s after %v, job %+v", name, settled(d), settled(d).after, j)
		}
	}
}

// TestPrivateArticleGoesLikeAWithdrawn has an article become one for payers while a worker
// that does not answer has its lease: its audio goes at once, and what comes into the store
// behind that is removed.
func TestPrivateArticleGoesLikeAWithdrawn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newFakeServices()
		m.set(lector.Job{Sequence: 1, State: lector.Running, Rendition: "r", Attempts: []lector.Attempt{{Number: 1, Worker: "other"}}})
		pointer := lector.PointerKey("havana", m.job().ID)
		m.objects[pointer] = []byte("{}")
		w := m.worker()
		w.Leases = heldLeases{}
		for _, leases := range []Leases{heldLeases{}, m} {
			w.Leases = leases
			d := withdrawals(2)[string(lector.Updated)]
			began := time.Now()
			w.handle(t.Context(), d)
			if took := time.Since(began); took > withdrawalWait {
				t.Errorf("it took %v", took)
			}
			if _, there := m.objects[pointer]; there || m.job().State != lector.Refused || len(m.announced) != 1 {
				t.Errorf("%s, pointer there: %v, announced %d times, job %+v", settled(d), there, len(m.announced), m.job())
			}
			again := settled(d).how == "later" && settled(d).after == lostWriterWait
			if _, free := leases.(*fakeServices); again == free {
				t.Errorf("lease free: %v; %s after %v", free, settled(d), settled(d).after)
			}
			m.objects[pointer] = []byte("{}") // of the worker that had the lease
		}
	})
}

// silentStore answers nothing, as behind a cut network.
type silentStore struct{}

func (silentStore) silence(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

func (s silentStore) Open(ctx context.Context, _ string) (io.ReadSeekCloser, lector.Object, error) {
	return nil, lector.Object{}, s.silence(ctx)
}

func (s silentStore) Stat(ctx context.Context, _ string) (lector.Object, error) {
	return lector.Object{}, s.silence(ctx)
}

func (s silentStore) List(ctx context.Context, _ string) iter.Seq2[lector.Object, error] {
	return func(yield func(lector.Object, error) bool) { yield(lector.Object{}, s.silence(ctx)) }
}

func (s silentStore) Create(ctx context.Context, _ lector.Object, _ io.ReadSeeker) error {
	return s.silence(ctx)
}

func (s silentStore) Put(ctx context.Context, _ lector.Object, _ io.ReadSeeker) error {
	return s.silence(ctx)
}

func (s silentStore) Delete(ctx context.Context, _ string) error { return s.silence(ctx) }

// TestWithdrawalGoesBackFromAWorkerWithoutStore: a worker that reaches NATS and not the
// store must not keep a withdrawal that another could do. It tries for longer each time,
// for the store may only be slow.
func TestWithdrawalGoesBackFromAWorkerWithoutStore(t *testing.T) {
	t.Parallel()
	for name := range withdrawals(1) {
		synctest.Test(t, func(t *testing.T) {
			m := newFakeServices()
			w := m.worker()
			w.Store = StorageErrors(silentStore{})
			most := 4 * time.Second
			for range 4 {
				d := withdrawals(1)[name]
				began := time.Now()
				w.handle(t.Context(), d)
				took := time.Since(began)
				if took > most || settled(d).how != "later" || settled(d).after > withdrawalRetry {
					t.Errorf("%s: %s after %v, it took %v", name, settled(d), settled(d).after, took)
				}
				if j := m.job(); j.State != lector.Parked || j.Class != lector.ClassStorage {
					t.Errorf("%s: job %+v", name, j)
				}
				most *= 2
			}
			if most = withdrawalTime(m.job()); most < 16*time.Second || most > time.Minute {
				t.Errorf("%s: the next try would end after %v", name, most)
			}
			w.Store = m
			d := withdrawals(1)[name]
			if w.handle(t.Context(), d); settled(d).how != "done" || m.job().Rendition != "" || !m.job().State.Terminal() {
				t.Errorf("%s, with the store: %s, job %+v", name, settled(d), m.job())
			}
		})
	}
}

// slowLedger is a usage ledger that notes whether audio was public when it was asked.
type slowLedger struct {
	oneEntry
	public func() bool
	asked  []bool
}

func (l *slowLedger) Last(ctx context.Context, site, job string) (lector.AttemptUsage, error) {
	l.asked = append(l.asked, l.public())
	return l.oneEntry.Last(ctx, site, job)
}

// TestAudioGoesBeforeLostUsageIsCounted: of a lost worker's usage each clip is looked at,
// which may take longer than a withdrawal.
func TestAudioGoesBeforeLostUsageIsCounted(t *testing.T) {
	t.Parallel()
	for name, d := range withdrawals(2) {
		m := newFakeServices()
		m.set(lector.Job{Sequence: 1, State: lector.Running, Attempts: []lector.Attempt{{Number: 1, Worker: "lost"}}})
		pointer := lector.PointerKey("havana", m.job().ID)
		m.objects[pointer] = []byte("{}")
		l := &slowLedger{public: func() bool { _, err := m.Stat(t.Context(), pointer); return err == nil }}
		l.last = lector.AttemptUsage{ID: "a", Worker: "lost", Calls: []lector.Call{{Chunk: "aa00", Characters: 5}}, Concurrency: 1}
		w := m.worker()
		w.UsageLedger = l
		w.handle(t.Context(), d)
		if !slices.Equal(l.asked, []bool{false}) || !l.last.Lost || settled(d).how != "done" {
			t.Errorf("%s: audio public when the ledger was asked: %v, entry %+v, %s", name, l.asked, l.last, settled(d))
		}
	}
}

// frozenAnnouncer stands still before its first announcement.
type frozenAnnouncer struct {
	*fakeServices
	meanwhile func()
}

func (a *frozenAnnouncer) AnnounceAfter(ctx context.Context, e lector.AudioEvent, newest uint64) error {
	if do := a.meanwhile; do != nil {
		a.meanwhile = nil
		do()
	}
	return a.fakeServices.AnnounceAfter(ctx, e, newest)
}

// TestLateWorkerAnnouncesNothing freezes a worker before it announces audio that is public
// by then. Another withdraws the article meanwhile; the last that the CMS hears must not be
// that there is audio.
func TestLateWorkerAnnouncesNothing(t *testing.T) {
	t.Parallel()
	for name, d := range withdrawals(2) {
		m := newFakeServices()
		m.set(lector.Job{Sequence: 1, State: lector.Ready, Rendition: "r", Attempts: []lector.Attempt{{Number: 1, Worker: "w", Outcome: "ready"}}})
		m.objects[lector.Prefix("havana", m.job().ID)+"r.manifest.json"] = []byte("{}")
		late := m.worker()
		late.Announcer = &frozenAnnouncer{m, func() { m.worker().handle(t.Context(), d) }}
		err := late.finish(t.Context(), m.record(1, 1), "")
		last := m.announced[len(m.announced)-1]
		if !errors.Is(err, errSuperseded) || len(m.announced) != 1 || last.Type != lector.AudioRemoved {
			t.Errorf("%s: %v, announced %d, the last %s", name, err, len(m.announced), last.Type)
		}
		if _, there := m.objects[lector.PointerKey("havana", m.job().ID)]; there {
			t.Errorf("%s: it is public", name)
		}
	}
}

// TestNothingIsAnnouncedTwice has the answer to an announcement be lost, and the job be
// tried again long after the broker has forgotten its ID.
func TestNothingIsAnnouncedTwice(t *testing.T) {
	t.Parallel()
	m := newFakeServices()
	m.set(lector.Job{Sequence: 1, State: lector.Removed})
	for range 2 {
		if err := m.worker().finish(t.Context(), m.record(1, 0), ""); err != nil || len(m.announced) != 1 {
			t.Errorf("%v, announced %d times", err, len(m.announced))
		}
	}
}

// garbledAnnouncer has an announcement last that nobody can read.
type garbledAnnouncer struct{ *fakeServices }

func (garbledAnnouncer) LastAnnouncement(context.Context, string, string) (lector.AudioEvent, error) {
	return lector.AudioEvent{Sequence: 1}, lector.Permanent(errors.New("no JSON"))
}

// TestUnreadableAnnouncementIsFollowed: somebody has put nonsense among the announcements of
// an article. It is announced all the same, and the sweep goes on.
func TestUnreadableAnnouncementIsFollowed(t *testing.T) {
	t.Parallel()
	m := newFakeServices()
	m.announced = []lector.AudioEvent{{}}
	m.set(lector.Job{Sequence: 1, State: lector.Removed})
	w := m.worker()
	w.Announcer = garbledAnnouncer{m}
	if err := w.finish(t.Context(), m.record(1, 0), ""); err != nil || len(m.announced) != 2 {
		t.Errorf("%v, announced %d times", err, len(m.announced))
	}
	s := &Sweeper{Announcer: w.Announcer}
	if said, err := s.isAnnounced(t.Context(), lector.EventPlace{Sequence: 1}, m.job()); said || err != nil {
		t.Errorf("announced %v, %v", said, err)
	}
}

// fullStore takes nothing while more than so many objects are in it.
type fullStore struct {
	*fakeServices
	room int
}

func (s fullStore) Put(ctx context.Context, o lector.Object, body io.ReadSeeker) error {
	if len(s.objects) > s.room {
		return errors.New("no space left on device")
	}
	return s.fakeServices.Put(ctx, o, body)
}

// TestTakedownFromAFullStore: what takes nothing in may still give something up. What was
// withdrawn is noted when there is room for it.
func TestTakedownFromAFullStore(t *testing.T) {
	t.Parallel()
	for room, left := range map[int]int{-1: 0, 0: 1, 9: 1} {
		for name, d := range withdrawals(2) {
			m := newFakeServices()
			m.set(lector.Job{Sequence: 1, State: lector.Ready, Rendition: "r"})
			for _, file := range []string{"manifest.json", "r.mp3"} {
				m.objects[lector.Prefix("havana", m.job().ID)+file] = []byte("{}")
			}
			w := m.worker()
			w.Store = StorageErrors(fullStore{m, room})
			w.handle(t.Context(), d)
			_, err := m.Stat(t.Context(), lector.WithdrawnKey("havana", m.job().ID))
			if noted := err == nil; settled(d).how != "done" || len(m.objects) != left || noted != (left == 1) {
				t.Errorf("%s, room for %d: %s, left %v, noted %v", name, room, settled(d), m.objects, noted)
			}
		}
	}
}

// lostLeases are lost as soon as they are held.
type lostLeases struct{ *fakeServices }

func (lostLeases) Confirm(context.Context) error { return errors.New("lost") }

// TestLateWithdrawalRemovesNothing: a worker stood still in a withdrawal, and its article is
// published again meanwhile: what another worker has made public stays.
func TestLateWithdrawalRemovesNothing(t *testing.T) {
	t.Parallel()
	for name, d := range withdrawals(1) {
		m := newFakeServices()
		m.set(lector.Job{Sequence: 1, State: lector.Removed})
		pointer := lector.PointerKey("havana", m.job().ID)
		m.objects[pointer] = []byte("{}")
		w := m.worker()
		w.Leases = lostLeases{m}
		w.handle(t.Context(), d)
		if _, there := m.objects[pointer]; !there || settled(d).how != "later" || settled(d).after > withdrawalRetry {
			t.Errorf("%s: pointer there %v, %s after %v", name, there, settled(d), settled(d).after)
		}
	}
}

// slowDeletes answers removals late.
type slowDeletes struct{ *fakeServices }

func (s slowDeletes) Delete(ctx context.Context, key string) error {
	sleep(ctx, 10*time.Second)
	return errors.Join(ctx.Err(), s.fakeServices.Delete(context.WithoutCancel(ctx), key))
}

// TestRemovalsAreWaitedFor: a removal that nobody waits for may be done when the article is
// public again.
func TestRemovalsAreWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newFakeServices()
		m.set(lector.Job{Sequence: 1, State: lector.Ready, Rendition: "r"})
		pointer := lector.PointerKey("havana", m.job().ID)
		m.objects[pointer] = []byte("{}")
		w := m.worker()
		w.Store = StorageErrors(slowDeletes{m})
		began := time.Now()
		w.handle(t.Context(), withdrawals(2)[string(lector.Unpublished)])
		if took := time.Since(began); took < 10*time.Second || m.objects[pointer] != nil {
			t.Errorf("after %v: %v", took, m.objects)
		}
	})
}
