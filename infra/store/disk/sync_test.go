package disk

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestShared has many want the same directory synced: who comes while a sync runs does
// not rely on that one, and all who wait share the next.
func TestShared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var s shared
		var n atomic.Int32
		failure := errors.New("disk failed")
		work := func() error {
			time.Sleep(time.Second)
			if n.Add(1) == 2 {
				return failure
			}
			return nil
		}
		var callers sync.WaitGroup
		callers.Go(func() {
			if err := s.do("a", work); err != nil {
				t.Errorf("the first: %v", err)
			}
		})
		synctest.Wait()
		for range 20 {
			callers.Go(func() {
				if err := s.do("a", work); !errors.Is(err, failure) {
					t.Errorf("one of those who came later: %v", err)
				}
			})
		}
		callers.Go(func() {
			if err := s.do("b", func() error { return nil }); err != nil || n.Load() > 0 {
				t.Errorf("another directory waits: %v", err)
			}
		})
		synctest.Wait()
		start := time.Now()
		s.settled("a")
		if took := time.Since(start); took != 2*time.Second {
			t.Errorf("settled after %v", took)
		}
		callers.Wait()
		if n.Load() != 2 {
			t.Errorf("%d syncs for 21 callers", n.Load())
		}
		if s.settled("a"); len(s.running)+len(s.next) > 0 {
			t.Errorf("left: %v, %v", s.running, s.next)
		}
	})
}
