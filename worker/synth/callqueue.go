package synth

import (
	"cmp"
	"context"
	"sync"
)

// callQueue is a number of places for calls to voices. Who waits for one gets it by
// the lane of its article, then by how many calls the article has still to make, the
// fewest first, then first come: so a short article is not kept by a long one that
// came before it, and what is nearly done is done.
type callQueue struct {
	mu      sync.Mutex
	free    int
	waiting []*waitingCall // none while a place is free
	came    int            // how many have waited so far
}

type waitingCall struct {
	account *Account
	came    int
	passed  int // how many that came later have gone before
	ready   chan struct{}
}

// maxPassed is how many calls that came later may go before a waiting one of their
// lane: a long article goes on, slowly, however many short ones come.
const maxPassed = 256

func newCallQueue(n int) *callQueue { return &callQueue{free: n} }

// acquire waits for a place. It returns the reason when ctx ends first.
func (q *callQueue) acquire(ctx context.Context, a *Account) error {
	if q.tryAcquire() {
		return nil
	}
	w := q.enter(a)
	select {
	case <-w.ready:
		return nil
	case <-ctx.Done():
	}
	if !q.leave(w) { // it has got a place meanwhile
		q.release(1)
	}
	return context.Cause(ctx)
}

// tryAcquire takes a place if one is free.
func (q *callQueue) tryAcquire() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.free == 0 {
		return false
	}
	q.free--
	return true
}

func (q *callQueue) enter(a *Account) *waitingCall {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.came++
	w := &waitingCall{account: a, came: q.came, ready: make(chan struct{})}
	q.waiting = append(q.waiting, w)
	q.serve()
	return w
}

// leave gives up waiting; false: the place was given already.
func (q *callQueue) leave(w *waitingCall) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i := range q.waiting {
		if q.waiting[i] == w {
			q.remove(i)
			return true
		}
	}
	return false
}

// release gives n places back.
func (q *callQueue) release(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.free += n
	q.serve()
}

// serve gives free places to those who wait.
func (q *callQueue) serve() {
	for q.free > 0 && len(q.waiting) > 0 {
		best := 0
		for i, w := range q.waiting {
			if w.before(q.waiting[best]) {
				best = i
			}
		}
		next := q.waiting[best]
		q.remove(best)
		q.free--
		close(next.ready)
		for _, w := range q.waiting {
			if w.came < next.came {
				w.passed++
			}
		}
	}
}

func (q *callQueue) remove(i int) {
	end := len(q.waiting) - 1
	q.waiting[i] = q.waiting[end]
	q.waiting[end] = nil
	q.waiting = q.waiting[:end]
}

// before reports whether w gets a place before v.
func (w *waitingCall) before(v *waitingCall) bool {
	return cmp.Or(
		cmp.Compare(w.account.laneRank(), v.account.laneRank()),
		w.compareInLane(v),
		cmp.Compare(w.came, v.came),
	) < 0
}

func (w *waitingCall) compareInLane(v *waitingCall) int {
	long, other := w.passed >= maxPassed, v.passed >= maxPassed
	switch {
	case long && other:
		return 0
	case long:
		return -1
	case other:
		return 1
	}
	return cmp.Compare(w.account.callsLeft(), v.account.callsLeft())
}
