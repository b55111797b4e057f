package worker

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"lector"
)

// Pauses reports whether an operator has paused a site, a lane or a voice.
type Pauses interface {
	Paused(kind lector.PauseKind, name string) (lector.Pause, bool)
}

// Times and numbers of the dispatcher.
const (
	// windowWait is how long an event waits here before it goes back to the broker, so
	// that a worker with a free slot gets it. It is well below the broker's
	// acknowledgement wait: what waits needs no heartbeat.
	windowWait = 5 * time.Second
	// windowInterval is how often that is checked.
	windowInterval = time.Second
	// prefetchBatch is how many events are fetched ahead at once. prefetchPerSecond bounds
	// those that are fetched only to be given back, because the window is full or
	// they are paused: ten thousand articles are passed in less than a minute.
	prefetchBatch     = 20
	prefetchPerSecond = 200
	// urgentBatch is how many events of the urgent consumer are asked for at once. It
	// sees all events, and most are not its own.
	urgentBatch = 64
)

// dispatcher fetches events ahead of the slots of a worker and gives each free slot the
// most urgent one.
type dispatcher struct {
	worker   *Worker
	prefetch *rate.Limiter

	mu      sync.Mutex
	closed  bool // what comes now goes back at once
	window  window
	free    map[slot]int // slots without an event
	passed  pace         // of events that better ones have passed
	paused  pace         // of events that may not be begun
	arrived signal
	vacated signal
}

func newDispatcher(w *Worker) *dispatcher {
	return &dispatcher{
		worker: w, prefetch: rate.NewLimiter(prefetchPerSecond, urgentBatch), free: w.slots(),
		passed: pace{after: 10 * time.Second, interval: 50 * time.Millisecond},
		paused: pace{after: 5 * time.Second, interval: 20 * time.Millisecond},
	}
}

// signal wakes all who wait for a change. The zero value is ready.
type signal struct{ changed chan struct{} }

// wait returns what is closed at the next change.
func (s *signal) wait() <-chan struct{} {
	if s.changed == nil {
		s.changed = make(chan struct{})
	}
	return s.changed
}

func (s *signal) notify() {
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
}

// run fetches events and hands them out until ctx ends, and gives back what is not
// begun by then.
func (d *dispatcher) run(ctx context.Context) {
	var fetchers sync.WaitGroup
	fetchers.Go(func() { d.fill(ctx, d.worker.Queue, d.wanted) })
	if d.worker.Urgent != nil {
		fetchers.Go(func() { d.fill(ctx, d.worker.Urgent, d.wantedUrgent) })
	}
	tick := time.NewTicker(windowInterval)
	defer tick.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-tick.C:
			d.giveBackOld()
		}
	}
	d.close()
	fetchers.Wait()
}

// close gives back what is in the window.
func (d *dispatcher) close() {
	d.mu.Lock()
	d.closed = true
	left := d.window.events
	d.window.events = nil
	d.mu.Unlock()
	for _, e := range left {
		d.giveBack(e, 0)
	}
}

// healthyWait is how long a wait for events must have gone well for the next failure
// to be a new one.
const healthyWait = 10 * time.Second

// fill fetches as many events as are wanted. It waits the longer the longer the broker
// does not answer.
func (d *dispatcher) fill(ctx context.Context, q Queue, wanted func(context.Context) int) {
	for t := (trouble{}); ctx.Err() == nil; {
		n := wanted(ctx)
		if n == 0 {
			return // ctx has ended
		}
		began, came, paused := time.Now(), 0, 0
		err := q.Fetch(ctx, n, func(e lector.Delivery) {
			came++
			if !d.add(e) {
				paused++
			}
		})
		_ = d.prefetch.WaitN(ctx, paused) // thousands may be; it fails when ctx has ended
		if err == nil || came > 0 || time.Since(began) > healthyWait {
			t = trouble{}
		}
		if err != nil && !errors.Is(err, context.Canceled) {
			again, tell := t.next(time.Now())
			if tell {
				d.worker.Log.Warn("no event could be fetched", "error", err, "again", again)
			}
			sleep(ctx, again)
		}
	}
}

// trouble is a time in which nothing could be fetched.
type trouble struct{ since, logged time.Time }

// next notes one more failure and returns how long to wait: a twentieth of what it has
// lasted, so that a new leader is found soon after its election. It is logged at first
// and whenever it has lasted twice as long.
func (t *trouble) next(now time.Time) (wait time.Duration, log bool) {
	if t.since.IsZero() {
		t.since = now
	}
	lasted := now.Sub(t.since)
	if log = t.logged.IsZero() || lasted >= 2*t.logged.Sub(t.since)+time.Second; log {
		t.logged = now
	}
	return min(max(lasted/20, 100*time.Millisecond), 5*time.Second), log
}

// wanted waits until events are wanted and returns how many; 0: ctx has ended. While
// slots are free it is as many as they are, so that other workers get theirs; while
// none is, events are fetched ahead.
func (d *dispatcher) wanted(ctx context.Context) int {
	for ctx.Err() == nil {
		n, full, vacated := d.capacity()
		if full && d.prefetch.WaitN(ctx, prefetchBatch) == nil {
			return prefetchBatch
		}
		if n > 0 && !full {
			return n
		}
		wait(ctx, vacated)
	}
	return 0
}

// capacity returns how many events can be taken, and whether none can.
func (d *dispatcher) capacity() (n int, full bool, vacated <-chan struct{}) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.window.full():
		return 0, true, d.vacated.wait()
	case d.free[shortSlot] == 0:
		return prefetchBatch, false, d.vacated.wait()
	}
	return max(d.free[shortSlot]-d.window.count(shortSlot), 0), false, d.vacated.wait()
}

// wantedUrgent is wanted for the urgent consumer.
func (d *dispatcher) wantedUrgent(ctx context.Context) int {
	for ctx.Err() == nil {
		d.mu.Lock()
		full, vacated := d.window.count(withdrawalSlot)+d.window.count(breakingSlot) >= windowEvents, d.vacated.wait()
		d.mu.Unlock()
		if !full {
			return urgentBatch
		}
		wait(ctx, vacated)
	}
	return 0
}

func wait(ctx context.Context, changed <-chan struct{}) {
	select {
	case <-ctx.Done():
	case <-changed:
	}
}

// add takes an event in, and gives back what is too much then. One that is paused is
// given back itself: false.
func (d *dispatcher) add(x lector.Delivery) bool {
	e := d.worker.waiting(x)
	if p, paused := d.worker.paused(e); paused {
		d.giveBackPaused(e, p)
		return false
	}
	d.mu.Lock()
	closed := d.closed
	var over []*waitingEvent
	if !closed {
		d.window.add(e)
		over = d.window.overflow()
		d.arrived.notify()
	}
	d.mu.Unlock()
	if closed {
		d.giveBack(e, 0)
	}
	for _, e := range over {
		d.giveBackPassed(e)
	}
	return true
}

// waiting describes an event for the window.
func (w *Worker) waiting(d lector.Delivery) *waitingEvent {
	a := d.Event.Article
	if n := w.narrator(); n != nil {
		d.Event.Lane = n.lane(d.Event)
	}
	e := &waitingEvent{delivery: d, rank: rankOf(d.Event.Lane), site: a.Site, bytes: 2*len(d.Raw) + 1024, since: w.now()}
	switch {
	case d.Err != nil:
		e.rank = normalRank
	case withdraws(d.Event):
		e.rank = withdrawalRank
	default:
		e.long = isLong(a)
	}
	return e
}

// paused returns what keeps an event from being begun. A withdrawal is never paused.
func (w *Worker) paused(e *waitingEvent) (lector.Pause, bool) {
	if w.Pauses == nil || e.rank == withdrawalRank {
		return lector.Pause{}, false
	}
	if p, paused := w.Pauses.Paused(lector.PauseLane, e.delivery.Event.Lane.String()); paused {
		return p, true
	}
	return w.Pauses.Paused(lector.PauseSite, e.site)
}

// next waits for the event that a slot of a kind works on next; false: ctx has ended.
// The slot says vacate when it has done with it.
func (d *dispatcher) next(ctx context.Context, s slot) (lector.Delivery, bool) {
	for ctx.Err() == nil {
		e, arrived := d.take(s)
		if e == nil {
			wait(ctx, arrived)
			continue
		}
		p, paused := d.worker.paused(e)
		if !paused {
			return e.delivery, true
		}
		d.giveBackPaused(e, p)
		d.vacate(s)
	}
	return lector.Delivery{}, false
}

func (d *dispatcher) take(s slot) (*waitingEvent, <-chan struct{}) {
	d.mu.Lock()
	defer d.mu.Unlock()
	e := d.window.take(s)
	if e != nil {
		d.free[s]--
		d.passed.began(d.worker.now())
		d.vacated.notify()
	}
	return e, d.arrived.wait()
}

// vacate says that a slot is free again.
func (d *dispatcher) vacate(s slot) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.free[s]++
	d.vacated.notify()
}

// giveBackOld gives back what has waited for a while.
func (d *dispatcher) giveBackOld() {
	d.mu.Lock()
	old := d.window.removeSince(d.worker.now().Add(-windowWait))
	d.vacated.notify()
	d.mu.Unlock()
	for _, e := range old {
		d.giveBack(e, 0)
	}
}

// giveBackPassed gives back an event that better ones have passed, for so long that
// the others behind it are seen first.
func (d *dispatcher) giveBackPassed(e *waitingEvent) {
	d.mu.Lock()
	after := d.passed.delay(d.worker.now())
	d.mu.Unlock()
	d.giveBack(e, after)
}

func (d *dispatcher) giveBackPaused(e *waitingEvent, p lector.Pause) {
	d.mu.Lock()
	after := d.paused.delay(d.worker.now())
	d.mu.Unlock()
	d.worker.Log.Debug("job not started", "why", p.String(), "article", e.delivery.Event.Article.ID, "again", after)
	d.giveBack(e, after)
}

// giveBack returns an event to the broker. Nothing is written by that.
func (d *dispatcher) giveBack(e *waitingEvent, after time.Duration) {
	d.worker.acknowledge(context.Background(), e.delivery, func() error { return e.delivery.Nak(after) })
}
