package worker

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lector"
)

// fakeBroker hands out its messages in their order, those that come again first, as
// NATS does. A message that is silent for longer than the acknowledgement wait is
// handed out again.
type fakeBroker struct {
	mu       sync.Mutex
	messages []*fakeMessage
	asked    []int // for how many each fetch asked
	asking   int   // fetches that run
}

type fakeMessage struct {
	broker    *fakeBroker
	delivery  lector.Delivery
	due       time.Time // zero: it is out, or settled
	count     int
	delivered time.Time
	settled   bool
	lost      int // how often it was silent for too long
}

const fakeAckWait = 15 * time.Second

func (b *fakeBroker) publish(e lector.ArticleEvent) *fakeMessage {
	b.mu.Lock()
	defer b.mu.Unlock()
	m := &fakeMessage{broker: b, due: time.Now()}
	m.delivery = lector.Delivery{Event: e, Sequence: uint64(len(b.messages) + 1), Acknowledger: m}
	b.messages = append(b.messages, m)
	return m
}

// lane publishes n articles of a site in a lane.
func (b *fakeBroker) lane(lane lector.Lane, site string, n int) (last *fakeMessage) {
	for i := range n {
		last = b.publish(lector.ArticleEvent{
			Type: lector.Published, Lane: lane, Article: lector.Article{Site: site, ID: fmt.Sprint(lane, i), Visibility: lector.Public},
		})
	}
	return last
}

func (b *fakeBroker) Fetch(ctx context.Context, n int, take func(lector.Delivery)) error {
	b.ask(n, 1)
	defer b.ask(n, -1)
	end := time.Now().Add(5 * time.Second)
	for n > 0 && ctx.Err() == nil && time.Now().Before(end) {
		m := b.nextDue()
		if m == nil {
			sleep(ctx, 50*time.Millisecond)
			continue
		}
		take(m.delivery)
		n--
		if b.othersAsk() {
			sleep(ctx, 50*time.Millisecond) // they get the next
		}
	}
	return ctx.Err()
}

func (b *fakeBroker) ask(n, more int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asking += more
	if more > 0 {
		b.asked = append(b.asked, n)
	}
}

// seen returns how many events were handed out at least once.
func (b *fakeBroker) seen() (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, m := range b.messages {
		if !m.delivered.IsZero() {
			n++
		}
	}
	return n
}

// requests returns for how many events each fetch asked.
func (b *fakeBroker) requests() []int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.asked)
}

func (b *fakeBroker) othersAsk() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.asking > 1
}

func (b *fakeBroker) nextDue() *fakeMessage {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	var next *fakeMessage
	for _, m := range b.messages {
		if m.due.IsZero() && !m.settled && now.Sub(m.delivered) > fakeAckWait {
			m.due, m.lost = now, m.lost+1
		}
		if m.due.IsZero() || m.due.After(now) {
			continue
		}
		if next == nil || m.count > 0 && next.count == 0 {
			next = m
		}
	}
	if next != nil {
		next.count++
		next.due, next.delivered = time.Time{}, now
	}
	return next
}

// out returns how many messages a worker has.
func (b *fakeBroker) out() (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, m := range b.messages {
		if m.due.IsZero() && !m.settled {
			n++
		}
	}
	return n
}

// silent returns how many messages had to be handed out again.
func (b *fakeBroker) silent() (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, m := range b.messages {
		n += m.lost
	}
	return n
}

func (m *fakeMessage) InProgress() error {
	m.broker.mu.Lock()
	defer m.broker.mu.Unlock()
	m.delivered = time.Now()
	return nil
}

func (m *fakeMessage) Ack(context.Context) error {
	m.broker.mu.Lock()
	defer m.broker.mu.Unlock()
	m.settled = true
	return nil
}

func (m *fakeMessage) Nak(after time.Duration) error {
	m.broker.mu.Lock()
	defer m.broker.mu.Unlock()
	m.due = time.Now().Add(after)
	return nil
}

func (m *fakeMessage) Term(lector.Class, string) error { return nil }

// fakePauses is what is paused in a test, as KIND NAME.
type fakePauses struct{ all sync.Map }

func (p *fakePauses) Paused(kind lector.PauseKind, name string) (lector.Pause, bool) {
	_, paused := p.all.Load(string(kind) + " " + name)
	return lector.Pause{Kind: kind, Name: name}, paused
}

// dispatched runs a dispatcher whose slots take some time for each event, and notes
// the events in the order in which they were begun.
type dispatched struct {
	*dispatcher
	took  time.Duration
	mu    sync.Mutex
	begun []*fakeMessage
	stop  context.CancelFunc
	done  sync.WaitGroup
}

func dispatch(t *testing.T, w *Worker, took time.Duration) *dispatched {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	d := &dispatched{dispatcher: newDispatcher(w), took: took, stop: cancel}
	d.done.Go(func() { d.run(ctx) })
	for kind, n := range w.slots() {
		for range n {
			d.done.Go(func() { d.slot(ctx, kind) })
		}
	}
	return d
}

func (d *dispatched) slot(ctx context.Context, s slot) {
	for e, ok := d.next(ctx, s); ok; e, ok = d.next(ctx, s) {
		d.mu.Lock()
		d.begun = append(d.begun, e.Acknowledger.(*fakeMessage))
		d.mu.Unlock()
		for end := time.Now().Add(d.took); time.Now().Before(end) && ctx.Err() == nil; {
			_ = e.InProgress()
			sleep(ctx, min(d.took, 4*time.Second))
		}
		_ = e.Ack(ctx)
		d.vacate(s)
	}
}

// end stops the dispatcher and its slots.
func (d *dispatched) end() {
	d.stop()
	d.done.Wait()
}

// count returns how many events were begun.
func (d *dispatched) count() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.begun)
}

// place returns how many events were begun before one; -1: it is not begun.
func (d *dispatched) place(m *fakeMessage) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Index(d.begun, m)
}

// TestDispatchPassesTheBacklog: an article of a better lane, or of a site of its own,
// is begun soon although thousands of others stand before it, and nothing that waits
// is taken for lost.
func TestDispatchPassesTheBacklog(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		before lector.Lane
		lane   lector.Lane
		site   string
	}{
		"a better lane": {lector.Backfill, lector.Normal, "havana"},
		"another site":  {lector.Normal, lector.Normal, "lima"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := &fakeBroker{}
				b.lane(test.before, "havana", 2000)
				wanted := b.lane(test.lane, test.site, 1)
				w := newFakeServices().worker()
				w.Queue, w.ConcurrentJobs = b, 2
				d := dispatch(t, w, 3*time.Second)
				time.Sleep(30 * time.Second)
				if at := d.place(wanted); at < 0 || at > 20 {
					t.Errorf("begun behind %d others", at)
				}
				if out := b.out(); out > windowEvents+prefetchBatch+4 {
					t.Errorf("%d events are held", out)
				}
				time.Sleep(3 * time.Minute)
				if n := b.silent(); n > 0 {
					t.Errorf("%d events were silent for too long", n)
				}
				if n := d.count(); n < 130 {
					t.Errorf("%d events begun: the slots stood idle", n)
				}
				d.end()
				if out := b.out(); out > 0 {
					t.Errorf("%d events were kept at the end", out)
				}
			})
		})
	}
}

// TestDispatchEndsTheBacklog: all are worked on, those that were passed too.
func TestDispatchEndsTheBacklog(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &fakeBroker{}
		b.lane(lector.Backfill, "havana", 1500)
		w := newFakeServices().worker()
		w.Queue, w.ConcurrentJobs = b, 4
		d := dispatch(t, w, 100*time.Millisecond)
		time.Sleep(60 * time.Second) // 37.5 s of work
		if n := d.count(); n != 1500 {
			t.Errorf("%d begun", n)
		}
		d.end()
	})
}

// TestDispatchTakesNoMoreThanItCan: while slots are free, what this worker cannot
// begin at once is left to others.
func TestDispatchTakesNoMoreThanItCan(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &fakeBroker{}
		w := newFakeServices().worker()
		w.Queue, w.ConcurrentJobs = b, 3
		d := dispatch(t, w, time.Minute)
		time.Sleep(time.Second)
		if asked := b.requests(); !slices.Equal(asked, []int{3}) {
			t.Errorf("an idle worker asked for %v", asked)
		}
		b.lane(lector.Normal, "havana", 3)
		time.Sleep(time.Second)
		if asked := b.requests(); asked[len(asked)-1] != prefetchBatch || d.count() != 3 {
			t.Errorf("with %d begun it asked for %v", d.count(), asked)
		}
		d.end()
	})
}

// TestDispatchReturnsWhatWaits: another worker may have a free slot.
func TestDispatchReturnsWhatWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &fakeBroker{}
		busy, idle := newFakeServices().worker(), newFakeServices().worker()
		busy.Queue, busy.ConcurrentJobs, idle.Queue, idle.ConcurrentJobs = b, 1, b, 10
		first := dispatch(t, busy, time.Hour)
		b.lane(lector.Normal, "havana", 11)
		time.Sleep(2 * time.Second)
		if out := b.out(); out != 11 {
			t.Fatalf("%d are out", out)
		}
		second := dispatch(t, idle, time.Hour)
		time.Sleep(4 * (windowWait + windowInterval))
		if n := second.count(); n < 8 {
			t.Errorf("the idle worker has begun %d", n)
		}
		first.end()
		second.end()
	})
}

// TestDispatchKeepsSlots: long articles leave room for short ones, a breaking one
// has a slot whatever runs, and a withdrawal too.
func TestDispatchKeepsSlots(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &fakeBroker{}
		long := func(lane lector.Lane) *fakeMessage {
			return b.publish(lector.ArticleEvent{
				Type: lector.Published, Lane: lane, Article: lector.Article{Site: "havana", Visibility: lector.Public, Body: lector.Body{Ref: "claims/x"}},
			})
		}
		for range 5 {
			long(lector.Normal)
		}
		w := newFakeServices().worker()
		w.Queue, w.ConcurrentJobs = b, 4
		d := dispatch(t, w, time.Hour)
		time.Sleep(2 * time.Second)
		if n := d.count(); n != 2 {
			t.Errorf("%d long articles at once", n)
		}
		b.lane(lector.Normal, "havana", 9)
		time.Sleep(2 * time.Second)
		if n := d.count(); n != 6 {
			t.Errorf("%d articles at once", n)
		}
		breaking := b.lane(lector.Breaking, "havana", 1)
		gone := b.publish(lector.ArticleEvent{Type: lector.Deleted, Article: lector.Article{Site: "havana"}})
		time.Sleep(2 * time.Second)
		if d.place(breaking) < 0 || d.place(gone) < 0 {
			t.Errorf("begun: breaking %d, withdrawal %d", d.place(breaking), d.place(gone))
		}
		d.end()
	})
}

// TestDispatchPausesLanesAndSites: what is paused is not begun, and is begun by
// itself once it is resumed; a withdrawal does not wait for that.
func TestDispatchPausesLanesAndSites(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, pauses := &fakeBroker{}, &fakePauses{}
		pauses.all.Store("lane backfill", true)
		pauses.all.Store("site lima", true)
		w := newFakeServices().worker()
		w.Queue, w.Pauses, w.ConcurrentJobs = b, pauses, 2
		lane, site := b.lane(lector.Backfill, "havana", 1), b.lane(lector.Breaking, "lima", 1)
		gone := b.publish(lector.ArticleEvent{Type: lector.Unpublished, Article: lector.Article{Site: "lima"}})
		private := b.publish(lector.ArticleEvent{Type: lector.Updated, Lane: lector.Backfill, Article: lector.Article{Site: "lima", Visibility: lector.Paid}})
		other := b.lane(lector.Normal, "havana", 1)
		d := dispatch(t, w, time.Second)
		time.Sleep(10 * time.Minute)
		if d.place(lane) >= 0 || d.place(site) >= 0 {
			t.Error("begun although it is paused")
		}
		if d.place(gone) < 0 || d.place(private) < 0 || d.place(other) < 0 {
			t.Errorf("not begun: %d, %d, %d", d.place(gone), d.place(private), d.place(other))
		}
		pauses.all.Clear()
		time.Sleep(10 * time.Second)
		if d.place(lane) < 0 || d.place(site) < 0 {
			t.Error("not begun although it is resumed")
		}
		d.end()
	})
}

// TestDispatchLooksAtPausedEventsSlowly: thousands may be paused, and each look at one
// is a message of the broker's.
func TestDispatchLooksAtPausedEventsSlowly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, pauses := &fakeBroker{}, &fakePauses{}
		pauses.all.Store("lane backfill", true)
		w := newFakeServices().worker()
		w.Queue, w.Pauses, w.ConcurrentJobs = b, pauses, 2
		b.lane(lector.Backfill, "havana", 5000)
		d := dispatch(t, w, time.Second)
		for second := range 5 {
			time.Sleep(time.Second)
			if n := b.seen(); n > prefetchPerSecond*(second+1)+urgentBatch+prefetchBatch {
				t.Errorf("%d events were looked at in %d s", n, second+1)
			}
		}
		d.end()
	})
}

// TestDispatchPausesWhatWaits: a pause holds for what was fetched before it.
func TestDispatchPausesWhatWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, pauses := &fakeBroker{}, &fakePauses{}
		w := newFakeServices().worker()
		w.Queue, w.Pauses, w.ConcurrentJobs = b, pauses, 1
		b.lane(lector.Normal, "havana", 5)
		d := dispatch(t, w, 3*time.Second)
		time.Sleep(time.Second)
		pauses.all.Store("site havana", true)
		time.Sleep(10 * time.Minute)
		if n := d.count(); n != 1 {
			t.Errorf("%d begun", n)
		}
		d.end()
	})
}

// TestUrgentPassesTheBacklog: the second consumer shows at once what would take long
// to be found in the queue.
func TestUrgentPassesTheBacklog(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		queue, urgent := &fakeBroker{}, &fakeBroker{}
		queue.lane(lector.Normal, "havana", 1000)
		w := newFakeServices().worker()
		w.Queue, w.Urgent, w.ConcurrentJobs = queue, urgent, 1
		d := dispatch(t, w, time.Minute)
		time.Sleep(10 * time.Second)
		breaking := urgent.lane(lector.Breaking, "havana", 1)
		time.Sleep(time.Second)
		if d.place(breaking) < 0 {
			t.Error("not begun")
		}
		d.end()
	})
}

// TestTrouble: a new leader is found soon after it was elected, and a long outage fills
// no log.
func TestTrouble(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		outage, longest time.Duration // how long it lasts, and after it until the next look
		told            int
	}{
		"an election":   {9 * time.Second, 500 * time.Millisecond, 4},
		"a restart":     {time.Minute, 3 * time.Second, 6},
		"a whole night": {10 * time.Hour, 5 * time.Second, 16},
	} {
		var outage trouble
		wait, told := time.Duration(0), 0
		for lasted := time.Duration(0); lasted < c.outage; lasted += wait {
			var tell bool
			if wait, tell = outage.next(start.Add(lasted)); tell {
				told++
			}
		}
		if wait > c.longest || told > c.told || told < 2 {
			t.Errorf("%s: the last wait was %v, at most %v wanted; told %d times, at most %d wanted", name, wait, c.longest, told, c.told)
		}
	}
}
