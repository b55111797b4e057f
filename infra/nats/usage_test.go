package nats

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lector"
	"lector/infra/limittest"
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
	for c, err := range m.Calls(limittest.Context(t), site, from, to) {
		if err != nil {
			t.Fatal(err)
		}
		calls = append(calls, c)
	}
	return lector.SumUsage(calls)
}

// attempt is the usage of an attempt with the given calls.
func attempt(id, site, job string, calls ...lector.Call) lector.AttemptUsage {
	return lector.AttemptUsage{
		Version: lector.UsageVersion, ID: id, Site: site, Job: job, Worker: "one", Began: time.Now().UTC(), Concurrency: 2, Calls: calls,
	}
}

// ended is an attempt's end, with one outcome for all of its calls.
func ended(u lector.AttemptUsage, o lector.CallOutcome) lector.AttemptUsage {
	u.Ended, u.Calls = time.Now().UTC(), slices.Clone(u.Calls)
	for i := range u.Calls {
		u.Calls[i] = endCall(u.Calls[i], o)
	}
	return u
}

func writeUsage(t *testing.T, m *UsageLedger, entries ...lector.AttemptUsage) {
	t.Helper()
	for _, u := range entries {
		for range 2 { // sent again after a lost confirmation
			if err := m.Write(limittest.Context(t), u); err != nil { // without its own, a request has a limit of ten seconds
				t.Fatal(err)
			}
		}
	}
}

func TestUsageLedger(t *testing.T) {
	t.Parallel()
	b := setup(t)
	m, other := openUsageLedger(t, b.Conn), openUsageLedger(t, dial(t, b.dir))
	from := time.Now().Add(-time.Minute)
	if got := usageTotals(t, m, "", from, from.Add(time.Hour)); len(got) != 0 {
		t.Errorf("an empty ledger: %+v", got)
	}
	if _, err := m.Last(t.Context(), "havana", "one"); !errors.Is(err, lector.ErrNotFound) {
		t.Errorf("an empty ledger: %v", err)
	}
	failed := attempt("1", "havana", "one", call("1", "", "aa", 10))
	paid := attempt("2", "havana", "one", call("2", "", "aa", 10), call("3", "", "bb", 20))
	open := attempt("3", "havana", "two", call("4", "", "cc", 1), call("5", "", "dd", 2), call("6", "", "ee", 4))
	elsewhere := attempt("4", "other", "one", call("7", "", "aa", 40))
	writeUsage(t, m, failed, ended(failed, lector.CallFailed), paid, open, elsewhere, ended(elsewhere, lector.CallPaid))
	if last, err := other.Last(t.Context(), "havana", "one"); err != nil || last.ID != "2" || !last.Ended.IsZero() {
		t.Errorf("last %+v, %v", last, err)
	}
	lost := paid.LostUsage(func(chunk string) bool { return chunk == "aa" }, time.Now().UTC())
	writeUsage(t, other, lost)
	if calls, err := m.JobCalls(t.Context(), "havana", "one", from); err != nil || len(calls) != 3 || calls[0].Outcome != lector.CallFailed ||
		calls[1].Outcome != lector.CallPaid || calls[2].Outcome != lector.CallUnknown || calls[2].Job != "one" {
		t.Errorf("%v: %+v", err, calls)
	}
	writeUsage(t, m, ended(paid, lector.CallPaid), lost) // its worker was alive, and an entry of the other comes late
	want := []lector.UsageTotal{
		{Day: from.UTC().Format(time.DateOnly), Site: "havana", Voice: "amy", Calls: 5, Billed: 30, Unknown: 3, Cost: 30},
		{Day: from.UTC().Format(time.DateOnly), Site: "other", Voice: "amy", Calls: 1, Billed: 40, Cost: 40},
	}
	if got := usageTotals(t, m, "", from, from.Add(time.Hour)); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := usageTotals(t, m, "other", from, from.Add(time.Hour)); len(got) != 1 || got[0].Billed != 40 {
		t.Errorf("one site: %+v", got)
	}
	if got := usageTotals(t, m, "", from.Add(-time.Hour), from); len(got) != 0 {
		t.Errorf("the hour before: %+v", got)
	}
}

// TestCallsOfTheBuildBefore reads entries of single calls beside those of attempts.
func TestCallsOfTheBuildBefore(t *testing.T) {
	t.Parallel()
	b := setup(t)
	m := openUsageLedger(t, b.Conn)
	from := time.Now().Add(-time.Minute)
	one, two := call("1", "havana", "aa", 10), call("2", "havana", "bb", 20)
	one.Job, two.Job = "job", "job"
	for _, c := range []lector.Call{one, two, endCall(one, lector.CallPaid)} {
		data, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.Conn.js.Publish(t.Context(), usageSubject("havana", c.Chunk), data); err != nil {
			t.Fatal(err)
		}
	}
	writeUsage(t, m, ended(attempt("3", "havana", "job", call("3", "", "cc", 40)), lector.CallPaid))
	got := usageTotals(t, m, "havana", from, from.Add(time.Hour))
	if len(got) != 1 || got[0].Billed != 50 || got[0].Unknown != 20 || got[0].Calls != 3 {
		t.Errorf("%+v", got)
	}
}

// TestUsageOfALongArticleFits has more calls than a message can hold.
func TestUsageOfALongArticleFits(t *testing.T) {
	t.Parallel()
	b := setup(t)
	m := openUsageLedger(t, b.Conn)
	from := time.Now().Add(-time.Minute)
	u := attempt("1", "havana", "book")
	for i := range 6000 {
		u.Calls = append(u.Calls, call(rand.Text(), "", fmt.Sprintf("%064d", i), 10))
	}
	writeUsage(t, m, u, ended(u, lector.CallPaid))
	if got := usageTotals(t, m, "havana", from, from.Add(time.Hour)); len(got) != 1 || got[0].Billed != 60000 || got[0].Unknown != 0 {
		t.Errorf("%+v", got)
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

// TestLostReservationIsGivenBack has a worker die, or only be taken for dead, that had
// reserved a whole day's budget and spent little of it.
func TestLostReservationIsGivenBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	bounds := map[string]lector.Budget{"frozen": {CharactersPerDay: 10}, "quick": {CharactersPerDay: 10}}
	open := func() *Budgets {
		s, err := b.Budgets(t.Context(), bounds)
		must(t, err)
		return s
	}
	lost, next := open(), open()
	for site := range bounds {
		reserved := call("r", site, "aa", 10)
		must(t, lost.Reserve(t.Context(), reserved))
		spent := endCall(reserved, lector.CallPaid)
		spent.Characters = 3
		if site == "quick" { // it settles before the other does
			must(t, lost.Settle(t.Context(), spent))
		}
		for range 2 {
			must(t, next.SettleLost(t.Context(), lector.Settlement{Reserved: reserved, Used: spent}))
		}
		must(t, lost.Settle(t.Context(), spent))
		if err := next.Reserve(t.Context(), call("1", site, "bb", 7)); err != nil {
			t.Errorf("%s: what is left: %v", site, err)
		}
		if err := next.Reserve(t.Context(), call("2", site, "cc", 1)); !errors.Is(err, lector.ErrBudget) {
			t.Errorf("%s: given back twice: %v", site, err)
		}
	}
	must(t, next.SettleLost(t.Context(), lector.Settlement{Reserved: call("x", "unbounded", "aa", 1)}))
}

// Bounds that change hold from the next call on, for what was spent before them too.
func TestBoundsChange(t *testing.T) {
	t.Parallel()
	s, err := setup(t).Budgets(t.Context(), map[string]lector.Budget{"havana": {CharactersPerDay: 10}})
	if err != nil {
		t.Fatal(err)
	}
	for i, step := range []struct {
		bounds map[string]lector.Budget
		want   error
	}{
		{nil, nil}, // as they were
		{nil, lector.ErrBudget},
		{map[string]lector.Budget{"havana": {CharactersPerDay: 25}}, nil},
		{map[string]lector.Budget{"havana": {CharactersPerDay: 25}}, lector.ErrBudget},
		{map[string]lector.Budget{}, nil}, // without any
		{map[string]lector.Budget{"havana": {CharactersPerDay: 5}}, lector.ErrBudget},
	} {
		if step.bounds != nil {
			s.SetBounds(step.bounds)
		}
		if err := s.Reserve(t.Context(), call(fmt.Sprint(i), "havana", "aa", 10)); !errors.Is(err, step.want) {
			t.Errorf("step %d: %v", i, err)
		}
	}
}

// TestUsageFailsClosed stops the server: nothing is granted then.
func TestUsageFailsClosed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	e, err := Start(dir, "127.0.0.1:0", nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	c := dial(t, dir)
	if err := c.Setup(limittest.Context(t), 1); err != nil {
		t.Fatal(err)
	}
	m := openUsageLedger(t, c)
	s, err := c.Budgets(t.Context(), map[string]lector.Budget{"havana": {CharactersPerDay: 10}})
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
		if err := m.Write(t.Context(), attempt("1", "havana", "one", call("1", "", "aa", 1))); err == nil {
			t.Error("booked without a server")
		}
	})
	hands.Wait()
}

// BenchmarkAttemptUsage books an attempt with twelve calls.
func BenchmarkAttemptUsage(b *testing.B) {
	dir := b.TempDir()
	e, err := Start(dir, "127.0.0.1:0", nil, slog.New(slog.DiscardHandler))
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
		x, u := call(fmt.Sprint(i), "havana", fmt.Sprint(i), 100), attempt(fmt.Sprint(i), "havana", fmt.Sprint(i))
		for range 12 {
			u.Calls = append(u.Calls, x)
		}
		if err := s.Reserve(b.Context(), x); err != nil {
			b.Fatal(err)
		}
		if err := errors.Join(m.Write(b.Context(), u), m.Write(b.Context(), ended(u, lector.CallPaid))); err != nil {
			b.Fatal(err)
		}
		if err := s.Settle(b.Context(), endCall(x, lector.CallPaid)); err != nil {
			b.Fatal(err)
		}
	}
}
