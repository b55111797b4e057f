package outbound

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lector"
)

// memory is a queue as the broker's is, in memory: one notification of a subject, handed
// out again when its time has come.
type memory struct {
	mu      sync.Mutex
	events  []lector.AudioEvent
	waiting map[string]*kept
	letters []string
	failing int // calls of Notify that fail first
}

type kept struct {
	memory *memory
	lector.Notification
	stored, due time.Time
	count       int
	gone        bool
}

func (k *kept) InProgress() error { return nil }

func (k *kept) Ack(context.Context) error { k.end(""); return nil }

func (k *kept) Term(_ lector.Class, reason string) error { k.end(reason); return nil }

func (k *kept) Nak(d time.Duration) error {
	k.memory.mu.Lock()
	defer k.memory.mu.Unlock()
	k.due = time.Now().Add(d)
	return nil
}

func (k *kept) end(letter string) {
	k.memory.mu.Lock()
	defer k.memory.mu.Unlock()
	k.gone = true
	if letter != "" {
		k.memory.letters = append(k.memory.letters, letter)
	}
}

// settled is of an audio event.
type settled struct{ again *bool }

func (settled) InProgress() error               { return nil }
func (settled) Ack(context.Context) error       { return nil }
func (settled) Term(lector.Class, string) error { return nil }
func (s settled) Nak(time.Duration) error       { *s.again = true; return nil }

func (m *memory) Events(ctx context.Context, take func(lector.AudioDelivery)) error {
	m.mu.Lock()
	events := m.events
	m.mu.Unlock()
	if len(events) == 0 {
		return sleep(ctx)
	}
	again := false
	take(lector.AudioDelivery{Event: events[0], Acknowledger: settled{&again}})
	if !again {
		m.mu.Lock()
		m.events = m.events[1:]
		m.mu.Unlock()
	}
	return nil
}

func (m *memory) Notify(_ context.Context, n lector.Notification) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.failing > 0 {
		m.failing--
		return errors.New("the broker is away")
	}
	m.waiting[lector.NotificationSubject(n.Event.Site, n.Target, n.Event.Key)] = &kept{memory: m, Notification: n, stored: time.Now(), due: time.Now()}
	return nil
}

func (m *memory) Notifications(ctx context.Context, n int, take func(lector.NotificationDelivery)) error {
	for _, k := range m.take(n) {
		take(lector.NotificationDelivery{Notification: k.Notification, Count: k.count, Stored: k.stored, Acknowledger: k})
	}
	return sleep(ctx)
}

func (m *memory) take(n int) (due []*kept) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, k := range m.waiting {
		if !k.gone && !k.due.After(time.Now()) && len(due) < n {
			k.count++
			k.due = time.Now().Add(90 * time.Second)
			due = append(due, k)
		}
	}
	return due
}

func (m *memory) Announced(context.Context, string, string) ([]lector.AudioEvent, error) {
	return nil, nil
}

func (m *memory) announce(e lector.AudioEvent) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.events = append(m.events, e)
}

func sleep(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(5 * time.Second):
		return nil
	}
}

// scripted answers as it is told, and notes what it got.
type scripted struct {
	mu     sync.Mutex
	answer func(try int, e lector.AudioEvent) error
	took   time.Duration
	got    []string
	at     []time.Time
}

func (s *scripted) Send(ctx context.Context, n lector.Notification) error {
	s.mu.Lock()
	s.got, s.at = append(s.got, n.Event.ID), append(s.at, time.Now())
	try := len(s.got)
	s.mu.Unlock()
	select {
	case <-time.After(s.took):
	case <-ctx.Done():
		return ctx.Err()
	}
	return s.answer(try, n.Event)
}

func event(id, article, kind string) lector.AudioEvent {
	return lector.AudioEvent{ID: id, Type: kind, Site: "havana", Article: article, Key: lector.Key("havana", article)}
}

// run runs a notifier with one target for some time, and returns what became of the tries.
func run(t *testing.T, m *memory, s Sender, target string, types []string, lasting time.Duration) (outcomes []Outcome) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), lasting)
	defer cancel()
	var mu sync.Mutex
	n := &Notifier{
		Queue: m, Log: slog.New(slog.DiscardHandler), Targets: map[string]map[string]Target{"havana": {target: {Sender: s, Types: types}}},
		OnOutcome: func(_, _ string, o Outcome) {
			mu.Lock()
			defer mu.Unlock()
			outcomes = append(outcomes, o)
		},
	}
	n.Run(ctx)
	return outcomes
}

var every = []string{lector.AudioReady, lector.AudioFailed, lector.AudioRemoved}

func newMemory() *memory { return &memory{waiting: map[string]*kept{}} }

func TestTriedAgainForADay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, s := newMemory(), &scripted{answer: func(int, lector.AudioEvent) error { return errors.New("it answered 500") }}
		m.announce(event("e1", "1", lector.AudioReady))
		began := time.Now()
		outcomes := run(t, m, s, "cms", every, 72*time.Hour)
		if len(m.letters) != 1 || m.letters[0] != "to cms: it answered 500" {
			t.Errorf("dead letters %q", m.letters)
		}
		if n := len(s.got); n < 11 || n > 12 || slices.Index(outcomes, abandoned) != n-1 {
			t.Errorf("%d tries, outcomes %v", n, outcomes)
		}
		if last := s.at[len(s.at)-1].Sub(began); last < 23*time.Hour || last > 35*time.Hour {
			t.Errorf("the last try was after %v", last)
		}
		for i := 2; i < 10; i++ {
			if s.at[i].Sub(s.at[i-1]) < s.at[i-1].Sub(s.at[i-2]) {
				t.Errorf("the wait before try %d is shorter than the one before", i+1)
			}
		}
	})
}

// One process ran for an hour, none for a day, and another one goes on.
func TestTriesGoOnInTheNextProcess(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, up := newMemory(), false
		s := &scripted{answer: func(int, lector.AudioEvent) error {
			if !up {
				return errors.New("it answered 500")
			}
			return nil
		}}
		m.announce(event("e1", "1", lector.AudioReady))
		run(t, m, s, "cms", every, time.Hour)
		time.Sleep(30 * time.Hour)
		run(t, m, s, "cms", every, time.Minute)
		if len(m.letters) > 0 {
			t.Errorf("given up although hardly tried: %q", m.letters)
		}
		up = true
		outcomes := run(t, m, s, "cms", every, 4*time.Hour)
		if !slices.Contains(outcomes, delivered) || len(m.letters) > 0 {
			t.Errorf("outcomes %v, dead letters %q", outcomes, m.letters)
		}
	})
}

// While an article's event cannot be delivered newer ones replace it; what is delivered
// is in order, and another article is not held up.
func TestOrderOfAnArticle(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		down := time.Now().Add(10 * time.Minute)
		s := &scripted{took: 3 * time.Second, answer: func(_ int, e lector.AudioEvent) error {
			if e.Article == "1" && time.Now().Before(down) {
				return errors.New("it answered 500")
			}
			return nil
		}}
		go func() {
			for i, id := range []string{"a", "b", "c"} {
				m.announce(event(id, "1", []string{lector.AudioReady, lector.AudioRemoved, lector.AudioReady}[i]))
				time.Sleep(2 * time.Second)
			}
			m.announce(event("other", "2", lector.AudioReady))
		}()
		outcomes := run(t, m, s, "cms", every, time.Hour)
		last := s.got[len(s.got)-1]
		if last != "c" || len(m.letters) > 0 {
			t.Errorf("got %q, dead letters %q", s.got, m.letters)
		}
		ranks := []int{}
		for _, id := range s.got {
			if id != "other" {
				ranks = append(ranks, int(id[0]))
			}
		}
		if !slices.IsSorted(ranks) {
			t.Errorf("out of order: %q", s.got)
		}
		if n := slices.Index(s.got, "other"); n < 0 || s.at[n].After(down) {
			t.Errorf("the other article waited: %q", s.got)
		}
		if n := len(slices.DeleteFunc(outcomes, func(o Outcome) bool { return o != delivered })); n != 2 {
			t.Errorf("%d delivered, want the newest of each article", n)
		}
	})
}

func TestWhatATargetWants(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, s := newMemory(), &scripted{answer: func(int, lector.AudioEvent) error { return nil }}
		m.failing = 3
		m.announce(event("a", "1", lector.AudioReady))
		m.announce(event("b", "2", lector.AudioRemoved))
		elsewhere := event("c", "3", lector.AudioRemoved)
		elsewhere.Site = "kyiv"
		m.announce(elsewhere)
		run(t, m, s, "cdn", []string{lector.AudioRemoved}, time.Hour)
		if !slices.Equal(s.got, []string{"b"}) || len(m.events) > 0 {
			t.Errorf("got %q, %d events left", s.got, len(m.events))
		}
	})
}

func TestNotificationsThatNobodyCanSend(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		s := &scripted{answer: func(int, lector.AudioEvent) error { return lector.Permanent(errors.New("it answered 410 Gone")) }}
		m.announce(event("a", "1", lector.AudioReady))
		_ = m.Notify(t.Context(), lector.Notification{Target: "former", Event: event("b", "2", lector.AudioReady)})
		outcomes := run(t, m, s, "cms", every, time.Hour)
		slices.Sort(outcomes)
		if !slices.Equal(outcomes, []Outcome{abandoned, dropped}) || len(m.letters) != 1 || len(s.got) != 1 {
			t.Errorf("outcomes %v, dead letters %q, sent %q", outcomes, m.letters, s.got)
		}
	})
}

// A target that hangs is given up after the bound of a try, and a target that asks for
// time gets it.
func TestWaits(t *testing.T) {
	t.Parallel()
	for try := range 20 {
		want := time.Hour
		if try >= 1 && try <= len(waits) {
			want = waits[try-1]
		}
		if try == 0 {
			want = waits[0]
		}
		if got := waitFor(try, nil); got < want*9/10 || got > want*11/10 {
			t.Errorf("after %d tries %v, want about %v", try, got, want)
		}
	}
	throttled := func(d time.Duration) error { return lector.Throttled(errors.New("it answered 429"), d) }
	if got := waitFor(1, throttled(3*time.Minute)); got != 3*time.Minute {
		t.Errorf("asked for 3 minutes: %v", got)
	}
	if got := waitFor(1, throttled(100*time.Hour)); got != time.Hour {
		t.Errorf("asked for 100 hours: %v", got)
	}
	synctest.Test(t, func(t *testing.T) {
		m, s := newMemory(), &scripted{took: time.Hour, answer: func(int, lector.AudioEvent) error { return nil }}
		m.announce(event("a", "1", lector.AudioReady))
		outcomes := run(t, m, s, "cms", every, 30*time.Second)
		if !slices.Contains(outcomes, retried) {
			t.Errorf("outcomes %v", outcomes)
		}
	})
}
