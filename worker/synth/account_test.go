package synth

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"lector"
)

// countingLedger keeps all entries, in their order, and fails where it is told to.
type countingLedger struct {
	entries  []lector.AttemptUsage
	reserved []lector.Call
	settled  []lector.Call
	fail     error
}

func (l *countingLedger) Write(_ context.Context, u lector.AttemptUsage) error {
	if l.fail != nil {
		return l.fail
	}
	u.Calls = slices.Clone(u.Calls)
	l.entries = append(l.entries, u)
	return nil
}

func (l *countingLedger) Reserve(_ context.Context, c lector.Call) error {
	l.reserved = append(l.reserved, c)
	return nil
}

func (l *countingLedger) Settle(_ context.Context, c lector.Call) error {
	l.settled = append(l.settled, c)
	return nil
}

func (l *countingLedger) account() *Account {
	return NewAccount("havana", "j", "one", l, l, slog.New(slog.DiscardHandler))
}

// synthesizeReserved does what a worker does: it reserves what is not cached, has it
// spoken and closes the account.
func synthesizeReserved(t *testing.T, r *Synthesizer, a *Account, chunks []Chunk) error {
	t.Helper()
	cached, err := r.Cached(t.Context(), chunks)
	if err != nil {
		t.Fatal(err)
	}
	planned, open := r.Planned(nil, chunks, cached)
	if err := a.Reserve(t.Context(), planned, open); err != nil {
		return err
	}
	_, err = r.Synthesize(t.Context(), a, chunks, cached, nil)
	return errors.Join(err, a.Close(t.Context()))
}

// TestAccountWritesTwice has articles of any length, with calls that fail, and one
// whose clips are all in the cache.
func TestAccountWritesTwice(t *testing.T) {
	t.Parallel()
	policy := RetryPolicy{Jitter: func(time.Duration) time.Duration { return 0 }, Tries: 9}
	for _, n := range []int{1, 12, 400} {
		l, v := &countingLedger{}, priced(func(call int, u lector.Utterance) (lector.Speech, error) {
			if call%3 == 0 {
				return lector.Speech{}, errBroken
			}
			return spoken(u), nil
		})
		r := &Synthesizer{Voice: Retry(Meter(v, "anna"), policy), Clips: &memory{}, Name: "anna"}
		if err := synthesizeReserved(t, r, l.account(), texts(n)); err != nil {
			t.Fatal(err)
		}
		unique := 0
		for _, c := range texts(n) {
			unique += c.Characters()
		}
		if len(l.entries) != 2 || len(l.reserved) != 1 || len(l.settled) != 1 || l.reserved[0].Characters != unique || l.settled[0].Characters != unique {
			t.Fatalf("%d chunks: %d entries, %d reservations, %+v settled", n, len(l.entries), len(l.reserved), l.settled)
		}
		if r := l.entries[0].Reserved; len(r) != 1 || r[0] != l.reserved[0] {
			t.Errorf("%d chunks: the entry names the reservations %+v", n, r)
		}
		if total := lector.SumUsage(l.entries[1].AllCalls()); total[0].Billed != unique || l.entries[1].Ended.IsZero() {
			t.Errorf("%d chunks: %+v of %d", n, total, unique)
		}
		if err := synthesizeReserved(t, r, l.account(), texts(n)); err != nil || len(l.entries) != 3 || len(l.reserved) != 1 {
			t.Errorf("from the cache: %v, %d entries, %d reservations", err, len(l.entries), len(l.reserved))
		}
	}
}

// TestNoCallWithoutEntry has a ledger that takes nothing: the call is not made.
func TestNoCallWithoutEntry(t *testing.T) {
	t.Parallel()
	l, v := &countingLedger{fail: errors.New("ledger is down")}, &fake{}
	r := &Synthesizer{Voice: Meter(v, "anna"), Clips: &memory{}}
	err := synthesizeReserved(t, r, l.account(), texts(2))
	if !errors.Is(err, l.fail) || lector.ClassOf(err) != lector.ClassStorage || v.calls != 0 {
		t.Errorf("%v, %d calls", err, v.calls)
	}
	if _, err := r.Synthesize(t.Context(), l.account(), texts(2), nil, nil); !errors.Is(err, l.fail) || v.calls != 0 {
		t.Errorf("without a reservation: %v, %d calls", err, v.calls)
	}
}

// TestRenderingAgainIsReserved has each text spoken twice: the second call is in the
// budget before it is made.
func TestRenderingAgainIsReserved(t *testing.T) {
	t.Parallel()
	l := &countingLedger{}
	a := l.account()
	c := lector.Call{ID: "1", Characters: 10, Cost: 1}
	if err := a.Reserve(t.Context(), []lector.Call{c}, 1); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"1", "2"} {
		c.ID, c.Outcome = id, lector.CallOpen
		if err := a.begin(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		c.Outcome = lector.CallPaid
		a.end(c)
	}
	if err := a.Close(t.Context()); err != nil || len(l.reserved) != 2 || len(l.entries) != 2 {
		t.Errorf("%v, %d reservations, %d entries", err, len(l.reserved), len(l.entries))
	}
	if len(l.settled) != 1 || l.settled[0].Characters != 10 {
		t.Errorf("settled %+v", l.settled)
	}
}

// TestAccountEndsWithItsLastCall closes an account while a call is under way.
func TestAccountEndsWithItsLastCall(t *testing.T) {
	t.Parallel()
	l := &countingLedger{}
	a := l.account()
	c := lector.Call{ID: "1", Characters: 10}
	if err := a.Reserve(t.Context(), []lector.Call{c}, 1); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(a.begin(t.Context(), c), a.Close(t.Context())); err != nil || len(l.entries) != 1 {
		t.Fatalf("%v, %d entries", err, len(l.entries))
	}
	c.Outcome = lector.CallPaid
	a.end(c)
	if len(l.entries) != 1 {
		t.Errorf("written before the answer of the call is kept: %+v", l.entries)
	}
	a.finishLate()
	a.finishLate()
	if len(l.entries) != 2 || l.entries[1].Ended.IsZero() || len(l.entries[1].Calls) != 1 {
		t.Errorf("%+v", l.entries)
	}
}

// hangingLedger answers no Write from the moment on that hangs is closed, until answers is.
type hangingLedger struct {
	*MemoryLedger
	hangs, answers chan struct{}
}

func (l *hangingLedger) Write(ctx context.Context, u lector.AttemptUsage) error {
	select {
	case <-l.hangs:
		<-l.answers
	default:
	}
	return l.MemoryLedger.Write(ctx, u)
}

// TestAnswerDoesNotWaitForTheLedger: an answer is kept while the ledger hangs, be it for
// the end of the attempt or for another call of it.
func TestAnswerDoesNotWaitForTheLedger(t *testing.T) {
	t.Parallel()
	chunks, _ := article(100)
	for name, write := range map[string]func(*Account){
		"the end":      func(a *Account) { _ = a.Close(context.Background()) },
		"another call": func(a *Account) { _ = a.Reserve(context.Background(), []lector.Call{{ID: "2", Characters: 10}}, 1) },
	} {
		synctest.Test(t, func(t *testing.T) {
			l := &hangingLedger{NewMemoryLedger(nil), make(chan struct{}), make(chan struct{})}
			clips, flight := &memory{}, &Singleflight{}
			voice := WithGracePeriod(bare{&fake{latency: time.Second}}, flight)
			s := Synthesizer{Voice: KeepAnswers(Meter(voice, "anna")), Clips: clips, Answers: &memoryAnswers{}, Singleflight: flight}
			a := NewAccount("havana", "j", "one", l, l, quiet)
			ctx, stop := context.WithTimeout(t.Context(), time.Second/2)
			defer stop()
			if _, err := s.Synthesize(ctx, a, chunks[:1], nil, nil); err == nil {
				t.Error("nothing has stopped it")
			}
			close(l.hangs)
			go write(a)
			time.Sleep(time.Second)
			synctest.Wait()
			if len(clips.keys()) != 1 {
				t.Errorf("%s: the clip is not kept", name)
			}
			close(l.answers)
			flight.Drain(0)
			if calls := a.endedCalls(); len(calls) != 1 || calls[0].Outcome != lector.CallPaid {
				t.Errorf("%s: calls %+v", name, calls)
			}
		})
	}
}

func TestBudgetStopsBeforeTheCall(t *testing.T) {
	t.Parallel()
	v := &fake{}
	ledger := NewMemoryLedger(map[string]lector.Budget{"havana": {CharactersPerDay: 150}})
	limit := LimitCalls(Meter(v, "anna"), 8, 0).(*limited)
	r := &Synthesizer{Voice: Retry(limit, RetryPolicy{}), Clips: &memory{}}
	err := synthesizeReserved(t, r, openAccount(ledger), texts(40))
	if _, throttled := lector.IsThrottled(err); !throttled || !errors.Is(err, lector.ErrBudget) || v.calls != 0 {
		t.Errorf("%d calls: %v", v.calls, err)
	}
	if _, err := r.Synthesize(t.Context(), openAccount(ledger), texts(40), nil, nil); !errors.Is(err, lector.ErrBudget) {
		t.Errorf("call by call: %v", err)
	}
	other := NewAccount("other", "j", "one", ledger, ledger, quiet)
	if err := synthesizeReserved(t, r, other, texts(40)); err != nil {
		t.Errorf("another site: %v", err)
	}
	if limit.width != 8 {
		t.Errorf("a budget narrows the voice to %.1f", limit.width)
	}
}
