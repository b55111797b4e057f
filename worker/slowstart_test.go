package worker

import (
	"testing"
	"testing/synctest"
	"time"

	"lector"
)

// timeOfAttempt returns how long a worker is at an article of seven chunks, of which the
// voice speaks eight at once in a second, after so many workers were lost at it.
func timeOfAttempt(t *testing.T, lost int) (took time.Duration) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		m, b := newFakeServices(), &fakeBroker{}
		w, drain := m.voiced(time.Second)
		m.set(lector.Job{Sequence: 1, State: lector.Running, Attempts: make([]lector.Attempt, lost)})
		began := time.Now()
		w.handle(t.Context(), b.paragraphs("1", 6).delivery)
		took = time.Since(began)
		if j := m.job(); j.State != lector.Ready || len(j.Chunks) != 7 {
			t.Errorf("%s: %s, %d chunks", j.State, j.Reason, len(j.Chunks))
		}
		drain(time.Minute)
	})
	return took
}

// TestSlowStartAfterALostWorker: where a worker was lost the next begins with one call, so
// that little is open at the voice if it is lost too.
func TestSlowStartAfterALostWorker(t *testing.T) {
	t.Parallel()
	for lost, want := range map[int]time.Duration{0: time.Second, 1: 3 * time.Second, maxCrashes - 1: 3 * time.Second} {
		if took := timeOfAttempt(t, lost).Round(time.Second); took != want {
			t.Errorf("%d lost: %s, want %s", lost, took, want)
		}
	}
}
