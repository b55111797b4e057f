package worker

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"

	"lector"
	"lector/audio/id3"
)

// oneEntry is a usage ledger with one open entry.
type oneEntry struct{ last lector.AttemptUsage }

func (l *oneEntry) Last(context.Context, string, string) (lector.AttemptUsage, error) {
	return l.last, nil
}

func (l *oneEntry) JobCalls(context.Context, string, string, time.Time) ([]lector.Call, error) {
	return l.last.Calls, nil
}

func (l *oneEntry) Write(_ context.Context, u lector.AttemptUsage) error {
	l.last = u
	return nil
}

// TestPaidAnswerInASpoolIsWaitedFor has an attempt end, or be lost, with an answer on its
// worker's disk alone. The next attempt does not pay for it again, unless the answer does
// not come for minutes: its machine may be lost.
func TestPaidAnswerInASpoolIsWaitedFor(t *testing.T) {
	t.Parallel()
	away := errors.New("503 slow down")
	for name, test := range map[string]struct {
		age    time.Duration // of the answer
		stored string        // key of what is in the store
		ended  bool          // the attempt before
		broken error         // what the store answers
		waits  bool
	}{
		"nothing came":                {time.Second, "", true, nil, true},
		"nothing came, a lost worker": {time.Minute, "", false, nil, true},
		"the answer came":             {time.Second, lector.AnswerKey("bb11"), true, nil, false},
		"its clip was made":           {time.Second, lector.ClipKey("aa00"), false, nil, false},
		"another answer came":         {time.Second, lector.AnswerKey("bb22"), true, nil, true},
		"it does not come":            {spoolWait, "", false, nil, false},
		"nobody can look":             {time.Second, "", true, away, true},
	} {
		m := newFakeServices()
		if test.stored != "" {
			m.objects[test.stored] = []byte("x")
		}
		now := time.Now()
		u := lector.AttemptUsage{ID: "lost", Began: now, Concurrency: 1, Calls: []lector.Call{{Chunk: "aa00"}}}
		u.Spooled = []lector.SpooledAnswer{{Chunk: "aa00", Answer: "bb11", At: now.Add(-test.age)}}
		if test.ended {
			u.Ended = now
		}
		ledger := &oneEntry{u}
		w := &Worker{Store: m, UsageLedger: ledger, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now }}
		last, err := w.recordLostUsage(t.Context(), lector.Job{})
		if err != nil {
			t.Fatal(err)
		}
		if c := ledger.last.Calls[0]; !test.ended && c.Outcome != lector.CallPaid {
			t.Errorf("%s: the call counts as %q", name, c.Outcome)
		}
		if len(ledger.last.Spooled) != 1 {
			t.Errorf("%s: the next attempt but one would not know of it", name)
		}
		w.Store = statStore{m, test.broken}
		err = w.awaitSpooled(t.Context(), &record{spooled: last.Spooled})
		if _, throttled := lector.IsThrottled(err); (err != nil) != test.waits || test.waits && test.broken == nil && (!throttled || lector.ClassOf(err) != lector.ClassStorage) {
			t.Errorf("%s: %v of class %q", name, err, lector.ClassOf(err))
		}
	}
}

// statStore is a store that may not say what is in it.
type statStore struct {
	*fakeServices
	broken error
}

func (s statStore) Stat(ctx context.Context, key string) (lector.Object, error) {
	if s.broken != nil {
		return lector.Object{}, s.broken
	}
	return s.fakeServices.Stat(ctx, key)
}

// TestLostUsageCountsWhatTheAttemptPaid has three articles plan the same byline, of
// whose workers two died: only the attempt whose call made the clip has paid.
func TestLostUsageCountsWhatTheAttemptPaid(t *testing.T) {
	t.Parallel()
	payer := func(attempt string) []byte {
		tag := id3.Tag{Private: []id3.Private{{Owner: "lector payer 1", Data: []byte(attempt)}}}
		return append(tag.Bytes(), "frames"...)
	}
	m := newFakeServices()
	m.objects[lector.ClipKey("aa00")] = payer("lost")
	m.objects[lector.ClipKey("bb00")] = payer("of another article")
	m.objects[lector.ClipKey("cc00")] = []byte("frames of the build before")
	ledger := &oneEntry{lector.AttemptUsage{ID: "lost", Concurrency: 1, Calls: []lector.Call{
		{Chunk: "aa00"}, {Chunk: "bb00"}, {Chunk: "cc00"}, {Chunk: "dd00"},
	}}}
	w := &Worker{Store: m, UsageLedger: ledger, Log: slog.New(slog.DiscardHandler)}
	if _, err := w.recordLostUsage(t.Context(), lector.Job{}); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range ledger.last.Calls {
		got = append(got, c.Chunk+" "+string(c.Outcome))
	}
	// bb00 may have been open at the voice too when the worker died.
	if want := []string{"aa00 paid", "bb00 unknown", "cc00 paid"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// lostBudgets notes what is given back, unless they are away.
type lostBudgets struct {
	ledger *oneEntry
	away   error
	given  []lector.Settlement
}

func (b *lostBudgets) SettleLost(_ context.Context, s lector.Settlement) error {
	if b.away == nil && b.ledger.last.Ended.IsZero() { // else nobody would look again
		b.given = append(b.given, s)
	}
	return b.away
}

// TestLostReservationIsSettled has a worker die that had reserved ten characters and spent
// four of them. While the budget is away its entry stays open, and the next attempt settles.
func TestLostReservationIsSettled(t *testing.T) {
	t.Parallel()
	for _, away := range []error{nil, errors.New("no answer")} {
		ledger := &oneEntry{lector.AttemptUsage{
			ID: "lost", Concurrency: 1, Calls: []lector.Call{{Chunk: "aa00", Characters: 4}, {Chunk: "bb00", Characters: 6}},
			Reserved: []lector.Call{{ID: "r", Characters: 10}},
		}}
		b := &lostBudgets{ledger: ledger, away: away}
		w := &Worker{Store: newFakeServices(), UsageLedger: ledger, Budgets: b, Log: slog.New(slog.DiscardHandler)}
		_, err := w.recordLostUsage(t.Context(), lector.Job{})
		if !errors.Is(err, away) || ledger.last.Lost != (away == nil) {
			t.Errorf("%v, entry %+v", err, ledger.last)
		}
		if away == nil && (len(b.given) != 1 || b.given[0].Reserved.ID != "r" || b.given[0].Used.Characters != 4) {
			t.Errorf("settled %+v", b.given)
		}
	}
}
