package worker

import (
	"testing"
	"time"
)

func TestPaceSpreadsWhatComesBack(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
	p := pace{after: 10 * time.Second, interval: 50 * time.Millisecond}
	if d := p.delay(now); d != 10*time.Second {
		t.Errorf("the first comes back after %v", d)
	}
	for i := 1; i < 1000; i++ {
		if d := p.delay(now); d != 10*time.Second+time.Duration(i)*50*time.Millisecond {
			t.Fatalf("number %d comes back after %v", i, d)
		}
	}
	for range 30_000 {
		if d := p.delay(now); d > longestReturn {
			t.Fatalf("one comes back after %v", d)
		}
	}
	if d := p.delay(now.Add(24 * time.Hour)); d != 10*time.Second {
		t.Errorf("a day later one comes back after %v", d)
	}
}

func TestPaceFollowsTheWork(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
	p := pace{after: time.Second, interval: 50 * time.Millisecond}
	for range 6000 { // 100 a second
		now = now.Add(10 * time.Millisecond)
		p.began(now)
	}
	if d := p.spacing(now); d < 4900*time.Microsecond || d > 5100*time.Microsecond {
		t.Errorf("one each %v where one each 10 ms is begun", d)
	}
	if d := p.spacing(now.Add(2 * time.Minute)); d != 50*time.Millisecond {
		t.Errorf("one each %v where none is begun any more", d)
	}
}
