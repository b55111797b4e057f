package worker

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lector"
)

// exclusiveLeases are held by one at a time.
type exclusiveLeases struct {
	mu   sync.Mutex
	held map[string]bool
}

func (l *exclusiveLeases) Hold(ctx context.Context, name string) (context.Context, func(), error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.held[name] {
		return nil, nil, lector.ErrExists
	}
	l.held[name] = true
	return ctx, func() { l.mu.Lock(); defer l.mu.Unlock(); delete(l.held, name) }, nil
}

func (*exclusiveLeases) Confirm(context.Context) error { return nil }

// interruptedClaims are records of which the first that is saved calls then.
type interruptedClaims struct {
	*fakeServices
	then func()
}

func (c *interruptedClaims) Save(ctx context.Context, j lector.Job, version uint64) (uint64, error) {
	v, err := c.fakeServices.Save(ctx, j, version)
	if then := c.then; then != nil {
		c.then = nil
		then()
	}
	return v, err
}

// TestCopyOfAnEventBeginsNoAttempt: a breaking article comes on two ways. Its copy, which
// another slot takes as soon as the event is claimed, goes back: were it to begin an attempt of
// its own, one slot would wait for the other, and the first attempt count as of a lost worker.
func TestCopyOfAnEventBeginsNoAttempt(t *testing.T) {
	t.Parallel()
	m := newFakeServices()
	w := m.worker()
	w.Leases = &exclusiveLeases{held: map[string]bool{}}
	d, _ := newDelivery(lector.Published, 1)
	again, s := newDelivery(lector.Published, 1)
	w.Jobs = &interruptedClaims{m, func() { w.handle(t.Context(), again) }}
	w.handle(t.Context(), d)
	if s.how != "later" || s.after != sameEventWait || len(m.job().Attempts) != 1 {
		t.Errorf("the copy: %s after %v; attempts %+v", s, s.after, m.job().Attempts)
	}
}

// TestSlotWaitsForNobodyWhoseTurnItIs: what waits for the lease of an article ends when
// the record wants a newer event, or another worker has begun an attempt at the same one,
// and not only when that has come to its end, which may take minutes.
func TestSlotWaitsForNobodyWhoseTurnItIs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		sequence uint64
		attempts []lector.Attempt
		how      string
	}{
		"another attempt": {2, []lector.Attempt{{Number: 1, Worker: "w"}, {Number: 2, Worker: "other"}}, ""},
		"a newer event":   {3, []lector.Attempt{{Number: 1, Worker: "other"}}, "done"},
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
			defer cancel()
			m := newFakeServices()
			m.set(lector.Job{Sequence: 1, State: lector.Running, Attempts: []lector.Attempt{{Number: 1, Worker: "other"}}})
			w := m.worker()
			w.Leases = heldLeases{}
			began := time.Now()
			time.AfterFunc(time.Minute, func() {
				m.set(lector.Job{Sequence: c.sequence, State: lector.Running, Attempts: c.attempts})
			})
			d, s := newDelivery(lector.Published, 2)
			w.handle(ctx, d)
			if took := time.Since(began); took < time.Minute || took > 61*time.Second || s.how != c.how {
				t.Errorf("%s: %q after %v", name, s, took)
			}
		})
	}
}
