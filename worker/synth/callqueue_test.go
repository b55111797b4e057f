package synth

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lector"
)

// accountOf is an account in a lane with calls left to make.
func accountOf(lane lector.Lane, left int64) *Account {
	a := &Account{Lane: lane}
	a.calls.Store(left)
	return a
}

func TestCallQueueOrder(t *testing.T) {
	t.Parallel()
	type call struct {
		name string
		lane lector.Lane
		left int64
	}
	for name, test := range map[string]struct {
		calls []call
		want  []string
	}{
		"first come":       {[]call{{"a", "", 5}, {"b", "", 5}, {"c", "", 5}}, []string{"a", "b", "c"}},
		"fewest left":      {[]call{{"long", "", 120}, {"short", "", 12}, {"nearly", "", 1}}, []string{"nearly", "short", "long"}},
		"lanes":            {[]call{{"old", lector.Backfill, 1}, {"new", "", 50}, {"storm", lector.Breaking, 120}}, []string{"storm", "new", "old"}},
		"lane before left": {[]call{{"old", lector.Backfill, 1}, {"storm", lector.Breaking, 2}, {"storm2", lector.Breaking, 1}}, []string{"storm2", "storm", "old"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				q := newCallQueue(1)
				_ = q.acquire(t.Context(), nil)
				var got []string
				var wait sync.WaitGroup
				for _, c := range test.calls {
					wait.Go(func() {
						if err := q.acquire(t.Context(), accountOf(c.lane, c.left)); err != nil {
							t.Error(err)
						}
						got = append(got, c.name)
						q.release(1)
					})
					synctest.Wait()
				}
				q.release(1)
				wait.Wait()
				if !slices.Equal(got, test.want) || q.free != 1 || len(q.waiting) != 0 {
					t.Errorf("served %v, want %v; %d free, %d wait", got, test.want, q.free, len(q.waiting))
				}
			})
		})
	}
}

// TestCallQueueStarvesNobody: a call of a long article is made although shorter ones
// come all the time; but one of a worse lane is not.
func TestCallQueueStarvesNobody(t *testing.T) {
	t.Parallel()
	for lane, want := range map[lector.Lane]bool{lector.Normal: true, lector.Backfill: false} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			q := newCallQueue(1)
			_ = q.acquire(ctx, nil)
			served := false
			go func() { served = q.acquire(ctx, accountOf(lane, 100)) == nil }()
			synctest.Wait()
			for i := 0; i < 2*maxPassed && !served; i++ {
				go func() { _ = q.acquire(ctx, accountOf(lector.Normal, 1)) }()
				synctest.Wait()
				q.release(1)
				synctest.Wait()
			}
			if served != want {
				t.Errorf("lane %s: served %v", lane, served)
			}
		})
	}
}

// TestCallQueueLosesNoPlace: who gives up while it is given a place gives it back.
func TestCallQueueLosesNoPlace(t *testing.T) {
	t.Parallel()
	const places = 3
	q := newCallQueue(places)
	var wait sync.WaitGroup
	reason := errors.New("superseded")
	for i := range 500 {
		wait.Go(func() {
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			go func() {
				for range i % 7 {
					runtime.Gosched()
				}
				cancel(reason)
			}()
			err := q.acquire(ctx, accountOf("", int64(i%5)))
			if err == nil {
				q.release(1)
			} else if !errors.Is(err, reason) {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if q.free != places || len(q.waiting) != 0 {
		t.Errorf("%d places free, %d wait", q.free, len(q.waiting))
	}
}

// TestShortArticlesPassLongOnes counts: while four articles of 120 chunks hold the
// voice, one of twelve has its calls made before them, but for those that run.
func TestShortArticlesPassLongOnes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const places = 8
		var mu sync.Mutex
		var order []string
		voice := &fake{latency: 200 * time.Millisecond, caps: lector.Capabilities{Backend: "b", Voice: "v", Concurrency: places}}
		v := LimitCalls(NewSlots(places).Wrap(Meter(noting{voice, func(text string) {
			mu.Lock()
			defer mu.Unlock()
			order = append(order, text[:5])
		}}, "anna")), places, 0)
		var wait sync.WaitGroup
		read := func(name string, n int) {
			wait.Go(func() { readArticle(t, v, name, n) })
		}
		for i := range 4 {
			read(fmt.Sprintf("long%d", i), 120)
		}
		time.Sleep(1100 * time.Millisecond) // in the middle of calls
		mu.Lock()
		before := len(order)
		mu.Unlock()
		read("short", 12)
		wait.Wait()
		for i, text := range order[before:] {
			if text == "short" && i >= places+12 {
				t.Errorf("a call of the short article came at place %d", i)
			}
		}
	})
}

// noting tells of each call that is made.
type noting struct {
	*fake
	note func(text string)
}

func (n noting) Speak(ctx context.Context, r Request) (Result, error) {
	n.note(r.Text)
	return n.fake.Speak(ctx, r)
}

// readArticle has an article of n chunks read.
func readArticle(t *testing.T, v Speaker, name string, n int) {
	t.Helper()
	var chunks []Chunk
	for i := range n {
		chunks = append(chunks, Chunk{Text: fmt.Sprintf("%s paragraph %d", name, i)})
	}
	ledger := NewMemoryLedger(nil)
	a := NewAccount("havana", name, "w", ledger, ledger, nil)
	s := &Synthesizer{Voice: v, Clips: noClips{}, Name: "anna"}
	calls, most := s.Planned(nil, chunks, make([]Clip, len(chunks)))
	if err := a.Reserve(t.Context(), calls, most); err != nil {
		t.Error(err)
	}
	if _, err := s.Synthesize(t.Context(), a, chunks, nil, nil); err != nil {
		t.Error(err)
	}
}

// TestCallQueueTakesBackWhatCameTooLate: a place may be given at the moment in which its caller
// gives up.
func TestCallQueueTakesBackWhatCameTooLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newCallQueue(1)
		for range 200 {
			if err := q.acquire(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan struct{})
			go func() {
				defer close(done)
				if q.acquire(ctx, accountOf("", 1)) == nil {
					q.release(1)
				}
			}()
			synctest.Wait()
			cancel()
			q.release(1) // before the other goroutine has seen it, most times
			<-done
		}
		if q.free != 1 || len(q.waiting) != 0 {
			t.Errorf("%d free, %d wait", q.free, len(q.waiting))
		}
	})
}
