package worker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lector"
)

// fakeServices is a broker, a ledger and a store of one test.
type fakeServices struct {
	mu          sync.Mutex
	jobs        map[string]lector.Job
	versions    map[string]uint64
	objects     map[string][]byte
	announced   []lector.AudioEvent
	announceErr error // what Announce answers instead
}

func newFakeServices() *fakeServices {
	return &fakeServices{jobs: map[string]lector.Job{}, versions: map[string]uint64{}, objects: map[string][]byte{}}
}

func (m *fakeServices) Job(_ context.Context, _, key string) (lector.Job, uint64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.versions[key] == 0 {
		return lector.Job{}, 0, lector.ErrNotFound
	}
	return m.jobs[key], m.versions[key], nil
}

func (m *fakeServices) Save(_ context.Context, j lector.Job, version uint64) (uint64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.versions[j.ID] != version {
		return 0, lector.ErrConflict
	}
	m.jobs[j.ID], m.versions[j.ID] = j, version+1
	return version + 1, nil
}

func (m *fakeServices) Hold(ctx context.Context, _ string) (context.Context, func(), error) {
	return ctx, func() {}, nil
}

func (m *fakeServices) Confirm(context.Context) error { return nil }

func (m *fakeServices) Announce(_ context.Context, e lector.AudioEvent) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.announceErr == nil {
		m.announced = append(m.announced, e)
	}
	return m.announceErr
}

func (m *fakeServices) AnnounceAfter(ctx context.Context, e lector.AudioEvent, newest uint64) error {
	m.mu.Lock()
	conflict := newest != uint64(len(m.announced))
	m.mu.Unlock()
	if conflict {
		return lector.ErrConflict
	}
	return m.Announce(ctx, e)
}

func (m *fakeServices) LastAnnouncement(context.Context, string, string) (lector.AudioEvent, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := len(m.announced)
	if n == 0 {
		return lector.AudioEvent{}, lector.ErrNotFound
	}
	last := m.announced[n-1]
	last.Sequence = uint64(n)
	return last, nil
}

func (m *fakeServices) Open(_ context.Context, key string) (io.ReadSeekCloser, lector.Object, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	data, ok := m.objects[key]
	if !ok {
		return nil, lector.Object{}, lector.ErrNotFound
	}
	return struct {
		io.ReadSeeker
		io.Closer
	}{bytes.NewReader(data), io.NopCloser(nil)}, lector.Object{Key: key, Size: int64(len(data))}, nil
}

func (m *fakeServices) Stat(ctx context.Context, key string) (lector.Object, error) {
	_, o, err := m.Open(ctx, key)
	return o, err
}

func (m *fakeServices) List(_ context.Context, prefix string) iter.Seq2[lector.Object, error] {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []lector.Object
	for _, key := range slices.Sorted(maps.Keys(m.objects)) {
		if strings.HasPrefix(key, prefix) {
			all = append(all, lector.Object{Key: key, Size: int64(len(m.objects[key]))})
		}
	}
	return func(yield func(lector.Object, error) bool) {
		for _, o := range all {
			if !yield(o, nil) {
				return
			}
		}
	}
}

func (m *fakeServices) Create(ctx context.Context, o lector.Object, body io.ReadSeeker) error {
	if _, err := m.Stat(ctx, o.Key); err == nil {
		return lector.ErrExists
	}
	return m.Put(ctx, o, body)
}

func (m *fakeServices) Put(_ context.Context, o lector.Object, body io.ReadSeeker) error {
	data, err := io.ReadAll(body)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.objects[o.Key] = data
	return err
}

func (m *fakeServices) Delete(_ context.Context, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.objects, key)
	return nil
}

// fakeDelivery notes how a delivery ended.
type fakeDelivery struct {
	how   string
	class lector.Class
	after time.Duration // how long it was given back for
}

func (s *fakeDelivery) InProgress() error         { return nil }
func (s *fakeDelivery) Ack(context.Context) error { s.how = "done"; return nil }
func (s *fakeDelivery) Nak(d time.Duration) error { s.how, s.after = "later", d; return nil }
func (s *fakeDelivery) Term(class lector.Class, reason string) error {
	s.how, s.class = "refused: "+reason, class
	return nil
}
func (s *fakeDelivery) String() string { return s.how }

// worker has no narrator: whatever wants one panics.
func (m *fakeServices) worker() *Worker {
	return &Worker{Name: "w", Jobs: m, Leases: m, Announcer: m, Store: m, Log: slog.New(slog.DiscardHandler), Heartbeat: time.Minute}
}

func newDelivery(kind lector.EventType, sequence uint64) (lector.Delivery, *fakeDelivery) {
	s := &fakeDelivery{}
	a := lector.Article{Site: "havana", ID: "1", Visibility: lector.Public}
	return lector.Delivery{Event: lector.ArticleEvent{ID: "e", Type: kind, Article: a}, Sequence: sequence, Count: 1, Acknowledger: s}, s
}

// job returns the one record there is.
func (m *fakeServices) job() lector.Job {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.jobs[lector.Key("havana", "1")]
}

// record returns the record as the worker has it that makes an attempt at an event.
func (m *fakeServices) record(sequence uint64, attempt int) *record {
	j := m.job()
	version := m.versions[j.ID]
	if j.Sequence != sequence || lastAttempt(j).Number != attempt {
		j.Sequence, version = sequence, 0 // from before somebody else wrote
	}
	return &record{jobs: m, job: j, version: version, attempt: attempt}
}

func (m *fakeServices) set(j lector.Job) {
	m.mu.Lock()
	defer m.mu.Unlock()
	j.ID, j.Site, j.Article = lector.Key("havana", "1"), "havana", "1"
	m.jobs[j.ID] = j
	m.versions[j.ID]++
}

// heldLeases are all held by somebody else.
type heldLeases struct{}

func (heldLeases) Hold(context.Context, string) (context.Context, func(), error) {
	return nil, nil, lector.ErrExists
}

func (heldLeases) Confirm(context.Context) error { return errors.New("never held") }

// TestSameEventIsGivenBack: an event that another worker is at, or was and died, keeps
// no slot. A withdrawal goes on whoever has the article.
func TestSameEventIsGivenBack(t *testing.T) {
	t.Parallel()
	for _, kind := range []lector.EventType{lector.Published, lector.Unpublished} {
		synctest.Test(t, func(t *testing.T) {
			m := newFakeServices()
			m.set(lector.Job{Sequence: 1, State: lector.Running, Attempts: []lector.Attempt{{Number: 1, Worker: "other"}}})
			w := m.worker()
			w.Leases = heldLeases{}
			d, s := newDelivery(kind, 1)
			began := time.Now()
			w.handle(t.Context(), d)
			if took := time.Since(began); s.how != "later" || took > withdrawalWait {
				t.Errorf("%s: %s after %v", kind, s, took)
			}
			j := m.job()
			if kind == lector.Published && len(j.Attempts) != 1 || kind.Withdraws() && (j.State != lector.Removed || len(m.announced) != 1) {
				t.Errorf("%s: job %+v", kind, j)
			}
		})
	}
}

// TestWithdrawalLooksAgainBehindAnotherWorker withdraws or deletes an article while a
// worker that does not answer has its lease, whose files come into the store behind the
// withdrawal before it is killed. The event comes again when the lease is over, and
// removes them; nothing is announced twice.
func TestWithdrawalLooksAgainBehindAnotherWorker(t *testing.T) {
	t.Parallel()
	for _, kind := range []lector.EventType{lector.Unpublished, lector.Deleted} {
		synctest.Test(t, func(t *testing.T) {
			m := newFakeServices()
			m.set(lector.Job{Sequence: 1, State: lector.Running, Attempts: []lector.Attempt{{Number: 1, Worker: "other"}}})
			w := m.worker()
			w.Leases = heldLeases{}
			d, s := newDelivery(kind, 2)
			w.handle(t.Context(), d)
			if s.how != "later" || s.after < 30*time.Second {
				t.Fatalf("%s: %s after %v", kind, s, s.after)
			}
			m.objects[lector.Prefix("havana", m.job().ID)+"aa00.vtt"] = []byte("its text")
			w.Leases = m
			d, s = newDelivery(kind, 2)
			w.handle(t.Context(), d)
			delete(m.objects, lector.WithdrawnKey("havana", m.job().ID)) // which files are gone stays noted
			if s.how != "done" || len(m.objects) > 0 || len(m.announced) != 1 {
				t.Errorf("%s: %s, left %v, announced %d times", kind, s, slices.Collect(maps.Keys(m.objects)), len(m.announced))
			}
		})
	}
}

// TestWithdrawalOfWhatNeverCame says of an article that was never there that nothing was
// removed, also by a second attempt; of one that was there it does not.
func TestWithdrawalOfWhatNeverCame(t *testing.T) {
	t.Parallel()
	const nothing = "no event of it had come before"
	for kind, done := range map[lector.EventType]string{lector.Unpublished: "withdrawn by the CMS", lector.Deleted: "deleted by the CMS"} {
		synctest.Test(t, func(t *testing.T) {
			m := newFakeServices()
			w := m.worker()
			w.Leases = failingLeases{}
			d, _ := newDelivery(kind, 1)
			w.handle(t.Context(), d) // claims it, and gets no further
			w.Leases = m
			time.Sleep(time.Minute)
			d, _ = newDelivery(kind, 1)
			w.handle(t.Context(), d)
			if j := m.job(); j.State != lector.Removed || !strings.HasPrefix(j.Reason, done) || !strings.Contains(j.Reason, nothing) {
				t.Errorf("%s, never there: %+v", kind, j)
			}
			d, _ = newDelivery(kind, 2)
			w.handle(t.Context(), d)
			if j := m.job(); j.Reason != done {
				t.Errorf("%s, known: %s", kind, j.Reason)
			}
		})
	}
}

// failingLeases does not answer.
type failingLeases struct{ Leases }

func (failingLeases) Hold(context.Context, string) (context.Context, func(), error) {
	return nil, nil, errors.New("no answer")
}

func TestPanicIsAFailedArticle(t *testing.T) {
	t.Parallel()
	m := newFakeServices()
	d, s := newDelivery(lector.Published, 1)
	m.worker().handle(t.Context(), d)
	if j := m.job(); j.State != lector.Failed || !strings.Contains(j.Reason, "internal error") || j.Class != lector.ClassBug {
		t.Errorf("job %+v", j)
	}
	if s.class != lector.ClassBug || !strings.HasPrefix(s.how, "refused: internal error") || len(m.announced) != 1 || m.announced[0].Type != lector.AudioFailed {
		t.Errorf("%s, told %+v", s, m.announced)
	}
}

// TestArticleThatKillsWorkersEnds: a process that dies records nothing, so the
// open attempts are all there is to go by.
func TestArticleThatKillsWorkersEnds(t *testing.T) {
	t.Parallel()
	m := newFakeServices()
	m.set(lector.Job{Sequence: 1, State: lector.Running, Attempts: make([]lector.Attempt, maxCrashes)})
	d, s := newDelivery(lector.Published, 1)
	m.worker().handle(t.Context(), d)
	if j := m.job(); j.State != lector.Failed || !strings.Contains(j.Reason, "3 workers were lost") || s.class != lector.ClassPoison {
		t.Errorf("%s, job %+v", s, j)
	}
}

// unwritable are records that cannot be written until a moment.
type unwritable struct {
	*fakeServices
	until time.Time
}

func (u unwritable) Save(ctx context.Context, j lector.Job, version uint64) (uint64, error) {
	if time.Now().Before(u.until) {
		return 0, lector.WithClass(errors.New("no response from stream"), lector.ClassStorage)
	}
	return u.fakeServices.Save(ctx, j, version)
}

// TestEndThatCouldNotBeWritten has the broker away when an attempt ends: its end is
// written when that is back, also where another worker has begun the next attempt, and
// so it is not taken for one whose worker was lost. Of the other's nothing changes.
func TestEndThatCouldNotBeWritten(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		away     time.Duration
		takeOver bool
		want     []string // outcomes of the attempts
	}{
		"nobody took over":    {8 * time.Second, false, []string{snoozed}},
		"another took over":   {8 * time.Second, true, []string{snoozed, ""}},
		"away for very long":  {time.Hour, false, []string{""}},
		"a newer event's job": {8 * time.Second, false, []string{""}},
	} {
		synctest.Test(t, func(t *testing.T) {
			m := newFakeServices()
			mine := lector.Attempt{Number: 1, Worker: "w"}
			m.set(lector.Job{Sequence: 1, State: lector.Running, Attempts: []lector.Attempt{mine}})
			w, r := m.worker(), m.record(1, 1)
			store := unwritable{m, time.Now().Add(test.away)}
			w.Jobs, r.jobs = store, store
			d, s := newDelivery(lector.Published, 1)
			time.AfterFunc(4*time.Second, func() {
				if test.takeOver {
					m.set(lector.Job{Sequence: 1, State: lector.Running, Attempts: []lector.Attempt{mine, {Number: 2, Worker: "other"}}})
				}
				if name == "a newer event's job" {
					m.set(lector.Job{Sequence: 2, State: lector.Running, Attempts: []lector.Attempt{mine}})
				}
			})
			w.handleResult(t.Context(), d, r, lector.WithClass(errors.New("no leader"), lector.ClassStorage))
			var got []string
			for _, a := range m.job().Attempts {
				got = append(got, a.Outcome)
			}
			if !slices.Equal(got, test.want) || s.how != "later" {
				t.Errorf("%s: %q, want %q; %s", name, got, test.want, s)
			}
		})
	}
}

// newestEvent is the newest event of an article.
type newestEvent struct {
	e     lector.ArticleEvent
	place uint64
	err   error
}

func (n newestEvent) NewerEvent(_ context.Context, _ lector.JobRef, than uint64) (lector.ArticleEvent, uint64, error) {
	if n.err == nil && n.place <= than {
		return lector.ArticleEvent{}, 0, lector.ErrNotFound
	}
	return n.e, n.place, n.err
}

// TestNothingIsCommittedThatTheStreamHasWithdrawn has an article withdrawn while a
// worker reads it, and the queue hand nobody the withdrawal.
func TestNothingIsCommittedThatTheStreamHasWithdrawn(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	event := func(kind lector.EventType, v lector.Visibility, updated time.Time) lector.ArticleEvent {
		return lector.ArticleEvent{Type: kind, Article: lector.Article{Visibility: v, UpdatedAt: updated}}
	}
	away := errors.New("no answer")
	for name, test := range map[string]struct {
		newest newestEvent
		want   error
	}{
		"its own event":              {newestEvent{event(lector.Published, lector.Public, noon), 5, nil}, nil},
		"a later edit":               {newestEvent{event(lector.Updated, lector.Public, noon.Add(time.Hour)), 6, nil}, nil},
		"unpublished":                {newestEvent{event(lector.Unpublished, "", time.Time{}), 6, nil}, errSuperseded},
		"unpublished, by a late CMS": {newestEvent{event(lector.Unpublished, "", noon.Add(-time.Hour)), 6, nil}, errSuperseded},
		"deleted":                    {newestEvent{event(lector.Deleted, "", time.Time{}), 6, nil}, errSuperseded},
		"for members now":            {newestEvent{event(lector.Updated, lector.Members, noon.Add(time.Hour)), 6, nil}, errSuperseded},
		"for members, but stale":     {newestEvent{event(lector.Updated, lector.Members, noon.Add(-time.Hour)), 6, nil}, nil},
		"unreadable":                 {newestEvent{lector.ArticleEvent{}, 6, lector.Permanent(errors.New("nonsense"))}, nil},
		"erased":                     {newestEvent{lector.ArticleEvent{}, 0, lector.ErrNotFound}, nil},
		"nobody knows":               {newestEvent{lector.ArticleEvent{}, 0, away}, away},
	} {
		m := newFakeServices()
		m.set(lector.Job{Sequence: 5, State: lector.Running, UpdatedAt: noon, Attempts: []lector.Attempt{{Number: 1, Worker: "w"}}})
		w := m.worker()
		w.Events = test.newest
		if err := w.checkNewest(t.Context(), m.record(5, 1)); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
}

// TestOldFailureLeavesTheNewEventAlone: the newer event has taken the record
// while the older one failed.
func TestOldFailureLeavesTheNewEventAlone(t *testing.T) {
	t.Parallel()
	m := newFakeServices()
	newer := lector.Job{Sequence: 2, State: lector.Running, Rendition: "r", Attempts: make([]lector.Attempt, 1)}
	m.set(newer)
	d, s := newDelivery(lector.Published, 1)
	m.worker().handleResult(t.Context(), d, m.record(1, 1), lector.Permanent(errors.New("no text")))
	if j := m.job(); j.State != lector.Running || j.Attempts[0].Outcome != "" {
		t.Errorf("job %+v", j)
	}
	if s.how != "done" || len(m.announced) != 0 {
		t.Errorf("%s, told %+v", s, m.announced)
	}
}

// TestFailureWaitsForItsAnnouncement: a job whose failure cannot be told is tried again,
// and told when it can.
func TestFailureWaitsForItsAnnouncement(t *testing.T) {
	t.Parallel()
	m := newFakeServices()
	m.announceErr = errors.New("no broker")
	d, s := newDelivery(lector.Published, 1)
	w := m.worker()
	w.handle(t.Context(), d)
	if j := m.job(); s.how != "later" || j.State != lector.Queued {
		t.Fatalf("%s, job %+v", s, j)
	}
	m.announceErr = nil
	w.handle(t.Context(), d)
	if j := m.job(); j.State != lector.Failed || !strings.HasPrefix(s.how, "refused") || len(m.announced) != 1 {
		t.Errorf("%s, told %d, job %+v", s, len(m.announced), j)
	}
}

// TestCrashAfterFailureIsRecorded: the worker died when the record had given the job
// up. The next one tells, and sends the event to the dead letters.
func TestCrashAfterFailureIsRecorded(t *testing.T) {
	t.Parallel()
	m := newFakeServices()
	m.set(lector.Job{Sequence: 1, State: lector.Failed, Reason: "no text"})
	d, s := newDelivery(lector.Published, 1)
	m.worker().handle(t.Context(), d)
	if s.how != "refused: no text" || len(m.announced) != 1 {
		t.Errorf("%s, told %+v", s, m.announced)
	}
}

// fakeEraser notes up to where an article's events were erased.
type fakeEraser struct{ through uint64 }

func (e *fakeEraser) EraseEvent(context.Context, uint64) error { return nil }

func (e *fakeEraser) Erase(_ context.Context, _, _ string, through uint64) error {
	e.through = through
	return nil
}

// TestCrashBeforeTheTextIsErased: the worker died when the record said that the article
// is deleted. The next one erases its text.
func TestCrashBeforeTheTextIsErased(t *testing.T) {
	t.Parallel()
	for kind, want := range map[lector.EventType]uint64{lector.Deleted: 7, lector.Unpublished: 0} {
		m, e := newFakeServices(), &fakeEraser{}
		m.set(lector.Job{Sequence: 7, State: lector.Removed})
		w := m.worker()
		w.Eraser = e
		d, s := newDelivery(kind, 7)
		w.handle(t.Context(), d)
		if s.how != "done" || e.through != want || len(m.announced) != 1 {
			t.Errorf("%s: %s, erased through %d, told %+v", kind, s, e.through, m.announced)
		}
	}
}

func TestScheduledIsNotPublic(t *testing.T) {
	t.Parallel()
	m := newFakeServices()
	d, s := newDelivery(lector.Scheduled, 1)
	m.worker().handle(t.Context(), d)
	if j := m.job(); j.State != lector.Refused || s.how != "done" || len(m.announced) != 0 {
		t.Errorf("%s, told %+v, job %+v", s, m.announced, j)
	}
	pointer := lector.PointerKey("havana", lector.Key("havana", "1"))
	m.objects[pointer] = []byte("{}")
	m.set(lector.Job{Sequence: 2, State: lector.Ready, Announced: true, Rendition: "r"})
	d, s = newDelivery(lector.Scheduled, 3)
	m.worker().handle(t.Context(), d)
	if j := m.job(); j.State != lector.Refused || j.Rendition != "" || s.how != "done" || len(m.announced) != 1 || m.announced[0].Type != lector.AudioRemoved {
		t.Errorf("%s, told %+v, job %+v", s, m.announced, j)
	}
	if len(m.objects) != 0 {
		t.Errorf("left behind: %v", m.objects)
	}
}

// flakyQueue is a broker that misses a heartbeat after some time.
type flakyQueue struct {
	good  time.Duration
	left  int
	ended context.CancelFunc
}

func (f *flakyQueue) Fetch(ctx context.Context, _ int, _ func(lector.Delivery)) error {
	sleep(ctx, f.good)
	if f.left--; f.left == 0 {
		f.ended()
	}
	return errors.New("no heartbeat")
}

// TestFetchFailuresBackOff: only those make a worker wait longer and longer, a twentieth
// of the time since the first of them.
func TestFetchFailuresBackOff(t *testing.T) {
	t.Parallel()
	for good, want := range map[time.Duration]time.Duration{
		time.Minute: 5*time.Minute + 4*100*time.Millisecond, // behind each but the last
		time.Second: 5*time.Second + 475_500*time.Microsecond,
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			w := newFakeServices().worker()
			w.Queue = &flakyQueue{good: good, left: 5, ended: cancel}
			began := time.Now()
			newDispatcher(w).fill(ctx, w.Queue, func(context.Context) int { return 1 })
			if took := time.Since(began); took != want {
				t.Errorf("well for %s each time: five failures took %s, want %s", good, took, want)
			}
		})
	}
}

// TestKilledIsNotFailed: workers that were killed, as by a machine that starts
// again and again, leave the article all its attempts.
func TestKilledIsNotFailed(t *testing.T) {
	t.Parallel()
	m := newFakeServices()
	m.set(lector.Job{Sequence: 1, State: lector.Running, Attempts: make([]lector.Attempt, maxCrashes-1)})
	d, s := newDelivery(lector.Published, 1)
	w := m.worker()
	for range maxAttempts {
		j := m.job()
		j.Attempts = appendAttempt(j.Attempts, lector.Attempt{Worker: "w"}) // as a claim does
		m.set(j)
		if w.handleResult(t.Context(), d, m.record(1, lastAttempt(j).Number), errors.New("garbage")); s.how != "later" {
			break
		}
	}
	failures := 0
	for _, a := range m.job().Attempts {
		if a.Outcome == failed {
			failures++
		}
	}
	if failures != maxAttempts || m.job().State != lector.Failed || !strings.HasPrefix(s.how, "refused") {
		t.Errorf("given up after %d failures: %s, job %+v", failures, s, m.job())
	}
}

// TestWaitingIsNotFailing: what concerns a voice, a budget or the store is waited
// for, however often it comes.
func TestWaitingIsNotFailing(t *testing.T) {
	t.Parallel()
	for _, class := range []lector.Class{lector.ClassStorage, lector.ClassVoiceDown, lector.ClassVoiceRefused, lector.ClassQuota, lector.ClassBudget} {
		m := newFakeServices()
		d, s := newDelivery(lector.Published, 1)
		m.set(lector.Job{Sequence: 1, State: lector.Running})
		why := lector.WithClass(lector.Permanent(errors.New("not now")), class)
		for range 4 * maxAttempts {
			j := m.job()
			j.Attempts = appendAttempt(j.Attempts, lector.Attempt{Worker: "w"})
			m.set(j)
			m.worker().handleResult(t.Context(), d, m.record(1, lastAttempt(j).Number), why)
			if j := m.job(); s.how != "later" || j.State != lector.Parked || j.Class != class {
				t.Fatalf("%s: %s, job %+v", class, s, j)
			}
		}
	}
}

// TestFencedAttemptChangesNothing has a worker that stood still while another one
// took the article over: it neither writes nor settles the event.
func TestFencedAttemptChangesNothing(t *testing.T) {
	t.Parallel()
	for name, err := range map[string]error{
		"failed": errors.New("garbage"), "waits": lector.Throttled(errors.New("slow down"), time.Minute), "gives up": lector.Permanent(errors.New("no text")),
	} {
		m := newFakeServices()
		m.set(lector.Job{Sequence: 1, State: lector.Ready, Rendition: "r", Attempts: []lector.Attempt{{Number: 1, Worker: "w"}, {Number: 2, Worker: "v", Outcome: "ready"}}})
		d, s := newDelivery(lector.Published, 1)
		before := m.job()
		m.worker().handleResult(t.Context(), d, m.record(1, 1), err)
		if s.how != "" || !reflect.DeepEqual(m.job(), before) || len(m.announced) != 0 {
			t.Errorf("%s: %q, job %+v", name, s.how, m.job())
		}
	}
}

// TestIgnoredEventLeavesAMark: an edit that the CMS dates before what is known has
// no effect, and the record says so. A withdrawal obeys no clock.
func TestIgnoredEventLeavesAMark(t *testing.T) {
	t.Parallel()
	m := newFakeServices()
	noon := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	m.set(lector.Job{Sequence: 1, State: lector.Ready, Rendition: "r", UpdatedAt: noon})
	d, s := newDelivery(lector.Updated, 2)
	d.Event.Article.UpdatedAt = noon.Add(-time.Hour)
	for range 2 {
		m.worker().handle(t.Context(), d)
	}
	j := m.job()
	if s.how != "done" || j.Ignored == nil || j.Ignored.Sequence != 2 || j.Sequence != 1 || m.versions[j.ID] != 2 {
		t.Fatalf("%s, job %+v", s, j)
	}
	d, s = newDelivery(lector.Unpublished, 3)
	d.Event.Article.UpdatedAt = noon.Add(-time.Hour)
	m.worker().handle(t.Context(), d)
	if j := m.job(); s.how != "done" || j.State != lector.Removed || j.Rendition != "" {
		t.Errorf("%s, job %+v", s, j)
	}
}

// erased notes what an eraser is asked for.
type erased struct{ what string }

func (e *erased) Erase(_ context.Context, site, key string, through uint64) error {
	e.what = fmt.Sprintf("%s %s %d", site, key, through)
	return nil
}

func (e *erased) EraseEvent(_ context.Context, place uint64) error {
	e.what = fmt.Sprintf("event %d", place)
	return nil
}

// TestOvertakenTextIsErased: an event that came in under another key before a withdrawal,
// and got the place of its article behind it, is stale, and its text goes; one that came
// in behind the withdrawal counts.
func TestOvertakenTextIsErased(t *testing.T) {
	t.Parallel()
	for arrived, want := range map[uint64]struct {
		place  uint64 // of the event that counts
		erased string
	}{1: {2, "event 4"}, 3: {4, ""}} {
		m, e := newFakeServices(), &erased{}
		m.set(lector.Job{Sequence: 2, Withdrawal: 2, State: lector.Removed, Announced: true})
		w := m.worker()
		w.Eraser = e
		d, s := newDelivery(lector.Unpublished, 4)
		d.Event.Arrived = arrived
		w.handle(t.Context(), d)
		if s.how != "done" || m.job().Sequence != want.place || e.what != want.erased {
			t.Errorf("arrived at %d: %s, job %+v, erased %q", arrived, s, m.job(), e.what)
		}
	}
}

// TestDeletedTextIsErased: of a deleted article neither its events nor its contents
// in the store stay, nor its title; of one that is only withdrawn they do.
func TestDeletedTextIsErased(t *testing.T) {
	t.Parallel()
	key := lector.Key("havana", "1")
	for kind, gone := range map[lector.EventType]bool{lector.Deleted: true, lector.Unpublished: false} {
		m, e := newFakeServices(), &erased{}
		m.objects[lector.ClaimPrefix(key)+"x.json"] = []byte("text")
		m.set(lector.Job{Sequence: 1, State: lector.Ready, Rendition: "r", Title: "The harbour"})
		w := m.worker()
		w.Eraser = e
		d, s := newDelivery(kind, 2)
		w.handle(t.Context(), d)
		if s.how != "done" || (e.what == "havana "+key+" 2") != gone || (len(m.objects) == 0) != gone || (m.job().Title == "") != gone {
			t.Errorf("%s: %s, erased %q, %d objects, title %q", kind, s, e.what, len(m.objects), m.job().Title)
		}
	}
}

// TestPanicBeside: what panics beside an article is an error of that article.
func TestPanicBeside(t *testing.T) {
	t.Parallel()
	if err := beside(func() error { panic("no sound") })(); lector.PanicStack(err) == "" || !strings.Contains(err.Error(), "no sound") {
		t.Errorf("%v", err)
	}
	if err := beside(func() error { return lector.ErrConflict })(); !errors.Is(err, lector.ErrConflict) {
		t.Errorf("%v", err)
	}
}
