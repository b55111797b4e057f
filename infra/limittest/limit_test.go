package limittest

import (
	"testing"
	"time"
)

// limited is a test that has a limit of its own.
type limited struct {
	testing.TB
	limit time.Time
	none  bool
}

func (l limited) Deadline() (time.Time, bool) { return l.limit, !l.none }

func TestContext(t *testing.T) {
	t.Parallel()
	limit := time.Now().Add(time.Hour)
	got, ok := Context(limited{TB: t, limit: limit}).Deadline()
	if room := limit.Sub(got); !ok || room != time.Minute {
		t.Errorf("%v of an hour are left for the end, %v", room, ok)
	}
	if _, ok := Context(limited{TB: t, none: true}).Deadline(); ok {
		t.Error("a test without a limit got one")
	}
	if ctx := Context(limited{TB: t, limit: time.Now().Add(-time.Hour)}); ctx.Err() == nil {
		t.Error("behind the limit the context goes on")
	}
}

func TestMargin(t *testing.T) {
	t.Parallel()
	for left, want := range map[time.Duration]time.Duration{-time.Hour: 0, 0: 0, 30 * time.Second: 3 * time.Second, time.Hour: time.Minute} {
		if got := margin(left); got != want {
			t.Errorf("of %v: %v, want %v", left, got, want)
		}
	}
}

func TestUntil(t *testing.T) {
	t.Parallel()
	asked := 0
	Until(t, "it was asked three times", func() bool { asked++; return asked == 3 })
	if asked != 3 {
		t.Errorf("asked %d times", asked)
	}
}
