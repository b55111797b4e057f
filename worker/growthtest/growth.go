// Package growthtest judges how the work of a function grows with its input.
// It asks for the processor time of the thread that does the work: what else
// the machine does has no part in that.
package growthtest

import (
	"runtime"
	"testing"
	"time"
)

// pieces is how often the small input is worked on, and how much larger the
// large one is. Work that grows with the input takes as long for either, and
// work that grows with its square takes sixteen times as long for the large.
const pieces = 16

// most is the mean between the two: four times as long.
const most = 4

// enough is many times what a kernel may count processor time in.
const enough = 40 * time.Millisecond

// tries allow for a cache that is cold and a collection of garbage that falls
// upon one side: one good try counts.
const tries = 6

// Linear fails the test when work(large) takes much more than sixteen times
// work(small). The large input must be the small one sixteen times over.
// It skips where the processor time of a thread cannot be had, and with the
// race detector, which sees nothing in one goroutine and takes ten times as
// long.
func Linear(t *testing.T, small, large string, work func(string)) {
	t.Helper()
	if racing {
		t.Skip("SKIPPED with the race detector; make test runs it without, too")
	}
	ratio, whole, parts := compare(t, small, large, work)
	t.Logf("%.2f times for the whole of %d bytes", ratio, len(large))
	if ratio > most {
		t.Errorf("%d bytes take %.1f times the processor time of %d times %d bytes (%v and %v)",
			len(large), ratio, pieces, len(small), whole, parts)
	}
}

// compare returns how many times as long the whole takes as its parts, in the
// first good try or the last.
func compare(t *testing.T, small, large string, work func(string)) (ratio float64, whole, parts time.Duration) {
	t.Helper()
	rounds := 1
	for range tries {
		for parts = cpu(t, rounds*pieces, small, work); parts < enough && rounds < 1<<12; parts = cpu(t, rounds*pieces, small, work) {
			rounds *= 2
		}
		whole = cpu(t, rounds, large, work)
		if ratio = float64(whole) / float64(max(parts, 1)); ratio <= most {
			break
		}
	}
	return ratio, whole, parts
}

// cpu returns the processor time of doing the work so many times. The work
// starts no goroutine.
func cpu(t *testing.T, times int, input string, work func(string)) time.Duration {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	runtime.GC()
	before := threadTime(t)
	for range times {
		work(input)
	}
	return threadTime(t) - before
}
