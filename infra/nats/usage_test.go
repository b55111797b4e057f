package nats

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lector"
)

func call(id, site, chunk string, characters int) lector.Call {
	return lector.Call{ID: id, Site: site, Chunk: chunk, Voice: "amy", Characters: characters, Cost: float64(characters), Began: time.Now().UTC()}
}

func endCall(c lector.Call, o lector.CallOutcome) lector.Call {
	c.Outcome, c.Ended = o, time.Now().UTC()
	return c
}

func openUsageLedger(t *testing.T, c *Conn) *UsageLedger {
	t.Helper()
	m, err := c.UsageLedger(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func usageTotals(t *testing.T, m *UsageLedger, site string, from, to time.Time) []lector.UsageTotal {
	t.Helper()
	var calls []lector.Call
	for c, err := range m.Calls(t.Context(), site, from, to) {
		if err != nil {
			t.Fatal(err)
		}
		calls = append(calls, c)
	}
	return lector.SumUsage(calls)
}

func TestUsageLedger(t *testing.T) {
	t.Parallel()
	b := setup(t)
	m, other := openUsageLedger(t, b.Conn), openUsageLedger(t, dial(t, b.dir))
	from := time.Now().Add(-time.Minute)
	if got := usageTotals(t, m, "", from, from.Add(time.Hour)); len(got) != 0 {
		t.Errorf("an empty ledger: %+v", got)
	}
	begin := func(m *UsageLedger, c lector.Call) []lector.Call {
		t.Helper()
		lost, err := m.Begin(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		return lost
	}
	end := func(c lector.Call, o lector.CallOutcome) {
		t.Helper()
		for range 2 { // sent again after a lost confirmation
			if err := m.End(t.Context(), endCall(c, o)); err != nil {
				t.Fatal(err)
			}
		}
	}
	one, two, three := call("1", "havana", "aa", 10), call("2", "havana", "bb", 20), call("3", "other", "aa", 40)
	begin(m, one)
	end(one, lector.CallFailed)
	if lost := begin(m, call("1b", "havana", "aa", 10)); len(lost) != 0 {
		t.Errorf("an ended call is lost: %+v", lost)
	}
	end(call("1b", "havana", "aa", 10), lector.CallPaid)
	begin(m, two) // and its worker dies
	if lost := begin(other, call("2b", "havana", "bb", 20)); len(lost) != 1 || lost[0].ID != "2" || lost[0].Outcome != lector.CallUnknown {
		t.Errorf("lost %+v", lost)
	}
	end(call("2b", "havana", "bb", 20), lector.CallPaid)
	begin(m, three) // still in the air
	end(call("4", "havana", "", 7), lector.CallReused)

	day := from.Add(time.Minute).UTC().Format(time.DateOnly)
	want := []lector.UsageTotal{
		{Day: day, Site: "havana", Voice: "amy", Calls: 4, Billed: 30, Reused: 7, Unknown: 20, Cost: 30},
		{Day: day, Site: "other", Voice: "amy", Calls: 1, Unknown: 40},
	}
	if got := usageTotals(t, other, "", from, from.Add(time.Hour)); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := usageTotals(t, other, "other", from, from.Add(time.Hour)); fmt.Sprint(got) != fmt.Sprint(want[1:]) {
		t.Errorf("one site: %+v", got)
	}
	if got := usageTotals(t, other, "", from, from.Add(time.Second)); len(got) != 0 {
		t.Errorf("before all of them: %+v", got)
	}
}

// TestBudgetsAreShared lets two workers of many calls each spend one budget.
func TestCallsOfChunks(t *testing.T) {
	t.Parallel()
	b := setup(t)
	m := openUsageLedger(t, b.Conn)
	began := time.Now().UTC()
	want := map[string]lector.CallOutcome{}
	var chunks []string
	for i := range 450 { // more than one request asks for
		c := call(fmt.Sprint("c", i), "havana", fmt.Sprint("chunk", i), 10)
		c.Began = began
		if _, err := m.Begin(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		want[c.ID] = lector.CallOpen
		if i%2 == 0 {
			want[c.ID] = lector.CallPaid
			if err := m.End(t.Context(), endCall(c, lector.CallPaid)); err != nil {
				t.Fatal(err)
			}
		}
		chunks = append(chunks, c.Chunk, c.Chunk)
	}
	other := call("other", "havana", "elsewhere", 10)
	other.Began = began
	if _, err := m.Begin(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	calls, err := m.CallsFor(t.Context(), "havana", chunks, began)
	if err != nil || len(calls) != len(want) {
		t.Fatalf("%d calls, %v", len(calls), err)
	}
	for _, c := range calls {
		if o, ok := want[c.ID]; !ok || o != c.Outcome {
			t.Errorf("%+v", c)
		}
		delete(want, c.ID)
	}
	if calls, err := m.CallsFor(t.Context(), "havana", chunks, began.Add(time.Second)); err != nil || len(calls) != 0 {
		t.Errorf("%d calls of later, %v", len(calls), err)
	}
	if calls, err := m.CallsFor(t.Context(), "havana", nil, began); err != nil || len(calls) != 0 {
		t.Errorf("%d calls of nothing, %v", len(calls), err)
	}
}

func TestBudgetsAreShared(t *testing.T) {
	t.Parallel()
	b := setup(t)
	bounds := map[string]lector.Budget{"havana": {CharactersPerDay: 60}}
	var granted, refused atomic.Int32
	var wait sync.WaitGroup
	for w := range 2 {
		shared, err := dial(t, b.dir).Budgets(t.Context(), bounds)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 50 {
			wait.Go(func() {
				c := call(fmt.Sprint(w, "-", i), "havana", "aa", 1)
				err := shared.Reserve(t.Context(), c)
				switch {
				case err == nil:
					granted.Add(1)
					if err := shared.Settle(t.Context(), endCall(c, lector.CallPaid)); err != nil {
						t.Error(err)
					}
				case errors.Is(err, lector.ErrBudget):
					refused.Add(1)
				default:
					t.Error(err)
				}
			})
		}
	}
	wait.Wait()
	if granted.Load() != 60 || refused.Load() != 40 {
		t.Errorf("%d granted, %d refused of 100 against a budget of 60", granted.Load(), refused.Load())
	}
}

func TestFailedCallReleasesItsReservation(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s, err := b.Budgets(t.Context(), map[string]lector.Budget{"havana": {CharactersPerDay: 10}})
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range []lector.CallOutcome{lector.CallFailed, lector.CallFailed, lector.CallUnknown} {
		c := call(fmt.Sprint(i), "havana", "aa", 10)
		if err := s.Reserve(t.Context(), c); err != nil {
			t.Fatalf("%d: %v", i, err)
		}
		if err := s.Settle(t.Context(), endCall(c, o)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Reserve(t.Context(), call("x", "havana", "aa", 1)); !errors.Is(err, lector.ErrBudget) {
		t.Errorf("an unknown call was given back: %v", err)
	}
}

// TestUsageFailsClosed stops the server: nothing is granted then.
func TestUsageFailsClosed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	e, err := Start(dir, "127.0.0.1:0", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	c := dial(t, dir)
	if err := c.Setup(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	m := openUsageLedger(t, c)
	s, err := c.Budgets(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	var hands sync.WaitGroup // each waits as long as a request may take
	hands.Go(func() {
		if err := s.Reserve(t.Context(), call("1", "havana", "aa", 1)); err == nil {
			t.Error("granted without a server")
		}
	})
	hands.Go(func() {
		if _, err := m.Begin(t.Context(), call("1", "havana", "aa", 1)); err == nil {
			t.Error("booked without a server")
		}
	})
	hands.Wait()
}

func BenchmarkPaidCall(b *testing.B) {
	dir := b.TempDir()
	e, err := Start(dir, "127.0.0.1:0", slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	a, err := ReadAccess(dir)
	if err != nil {
		b.Fatal(err)
	}
	c, err := Connect(Options{URL: a.URL, User: a.User, Password: a.Password, Name: "bench", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	if err := c.Setup(b.Context(), 1); err != nil {
		b.Fatal(err)
	}
	m, err := c.UsageLedger(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	s, err := c.Budgets(b.Context(), nil)
	if err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i++ {
		x := call(fmt.Sprint(i), "havana", fmt.Sprint(i), 100)
		if err := s.Reserve(b.Context(), x); err != nil {
			b.Fatal(err)
		}
		if _, err := m.Begin(b.Context(), x); err != nil {
			b.Fatal(err)
		}
		if err := m.End(b.Context(), endCall(x, lector.CallPaid)); err != nil {
			b.Fatal(err)
		}
		if err := s.Settle(b.Context(), endCall(x, lector.CallPaid)); err != nil {
			b.Fatal(err)
		}
	}
}
