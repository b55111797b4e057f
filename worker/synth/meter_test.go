package synth

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lector"
	"lector/audio"
)

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

// priced is a voice that costs 10 dollars a million characters.
func priced(answer func(call int, u lector.Utterance) (lector.Speech, error)) *fake {
	return &fake{answer: answer, caps: lector.Capabilities{Backend: "fake", Voice: "anna", SampleRate: 24000, Channels: 1, Price: 10}}
}

func TestMeterRecordsEachOutcome(t *testing.T) {
	t.Parallel()
	cut := lector.Speech{Characters: 5, RequestID: "r"}
	for name, test := range map[string]struct {
		s    lector.Speech
		err  error
		want lector.Call
	}{
		"paid":       {spoken(lector.Utterance{Text: "hello"}), nil, lector.Call{Outcome: lector.CallPaid, Characters: 5, Cost: 50e-6}},
		"paid less":  {lector.Speech{MP3: []byte("x"), Characters: 2}, nil, lector.Call{Outcome: lector.CallPaid, Characters: 2, Cost: 20e-6}},
		"broken off": {cut, errBroken, lector.Call{Outcome: lector.CallPaid, Characters: 5, Cost: 50e-6, RequestID: "r", Error: errBroken.Error()}},
		"refused":    {lector.Speech{}, lector.Permanent(errBroken), lector.Call{Outcome: lector.CallFailed, Characters: 5, Error: errBroken.Error()}},
		"unanswered": {lector.Speech{}, lector.Unanswered(errBroken), lector.Call{Outcome: lector.CallUnknown, Characters: 5, Cost: 50e-6, Error: errBroken.Error()}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ledger := NewMemoryLedger(nil)
			v := Meter(priced(func(int, lector.Utterance) (lector.Speech, error) { return test.s, test.err }), "anna", ledger, quiet)
			r := Request{Utterance: lector.Utterance{Text: "hello"}, Account: Account{Site: "havana", Job: "j"}, chunk: "h"}
			res, err := v.Speak(t.Context(), r)
			if !errors.Is(err, test.err) {
				t.Error(err)
			}
			calls := ledger.Calls()
			if len(calls) != 1 {
				t.Fatalf("%d calls", len(calls))
			}
			got := calls[0]
			if !slices.Equal(res.Calls, calls) {
				t.Errorf("the result tells of %+v", res.Calls)
			}
			if got.ID == "" || got.Began.IsZero() || got.Ended.IsZero() || got.Site != "havana" || got.Job != "j" || got.Chunk != "h" || got.Voice != "anna" || got.Backend != "fake" {
				t.Errorf("%+v", got)
			}
			if got.Outcome != test.want.Outcome || got.Characters != test.want.Characters || got.Cost != test.want.Cost || got.RequestID != test.want.RequestID || got.Error != test.want.Error {
				t.Errorf("%+v, want %+v", got, test.want)
			}
		})
	}
}

// brokenLedger fails with the errors that are set.
type brokenLedger struct {
	*MemoryLedger
	begin, end error
}

func (b brokenLedger) Begin(ctx context.Context, c lector.Call) ([]lector.Call, error) {
	if b.begin != nil {
		return nil, b.begin
	}
	return b.MemoryLedger.Begin(ctx, c)
}

func (b brokenLedger) End(ctx context.Context, c lector.Call) error {
	if b.end != nil {
		return b.end
	}
	return b.MemoryLedger.End(ctx, c)
}

func TestMeterFailsClosed(t *testing.T) {
	t.Parallel()
	down := errors.New("ledger is down")
	v := &fake{}
	ledger := brokenLedger{MemoryLedger: NewMemoryLedger(nil), begin: down}
	if _, err := Meter(v, "anna", ledger, quiet).Speak(t.Context(), Request{Utterance: lector.Utterance{Text: "x"}}); !errors.Is(err, down) || v.calls != 0 {
		t.Errorf("%v, %d calls", err, v.calls)
	}
	ledger = brokenLedger{MemoryLedger: NewMemoryLedger(nil), end: down}
	if s, err := Meter(v, "anna", ledger, quiet).Speak(t.Context(), Request{Utterance: lector.Utterance{Text: "x"}}); err != nil || s.MP3 == nil {
		t.Errorf("a clip that was paid for is thrown away: %v", err)
	}
}

func TestDeadWorkersCallIsUnknown(t *testing.T) {
	t.Parallel()
	ledger := NewMemoryLedger(nil)
	v := priced(nil)
	r := Synthesizer{Voice: Meter(v, "anna", ledger, quiet), Clips: &memory{}}
	c := texts(1)[0]
	dead := lector.Call{ID: "dead", Site: "havana", Chunk: r.hash(c), Characters: c.Characters(), Began: time.Now()}
	if _, err := ledger.Begin(t.Context(), dead); err != nil {
		t.Fatal(err)
	}
	clips, err := r.Synthesize(t.Context(), texts(2), nil)
	if err != nil {
		t.Fatal(err)
	}
	if clips[0].Unknown != c.Characters() || clips[0].Billed != c.Characters() || clips[1].Unknown != 0 {
		t.Errorf("%+v, %+v", clips[0], clips[1])
	}
	for _, call := range ledger.Calls() {
		if want := map[bool]lector.CallOutcome{true: lector.CallUnknown, false: lector.CallPaid}[call.ID == "dead"]; call.Outcome != want {
			t.Errorf("%+v, want %s", call, want)
		}
	}
}

// watchedClips calls put when a clip is about to be stored.
type watchedClips struct {
	Clips
	put func()
}

func (s watchedClips) Put(ctx context.Context, hash string, mp3 []byte) error {
	s.put()
	return s.Clips.Put(ctx, hash, mp3)
}

// TestCallIsOpenUntilItsClipIsDurable looks into the ledger between the answer and
// the end of Put: a worker that dies there has lost what it paid for.
func TestCallIsOpenUntilItsClipIsDurable(t *testing.T) {
	t.Parallel()
	ledger := NewMemoryLedger(nil)
	var open, all int
	clips := watchedClips{&memory{}, func() {
		for _, c := range ledger.Calls() {
			all++
			if c.Outcome == lector.CallOpen {
				open++
			}
		}
	}}
	refused := 0
	v := RetrySplit(Check(Meter(priced(nil), "amy", ledger, slog.New(slog.DiscardHandler)), func(context.Context, []byte, Request, lector.Capabilities) (*audio.Analysis, error) {
		if refused++; refused == 1 {
			return nil, unfitError{Reason: "a hum"}
		}
		return nil, nil
	}), 3, nil)
	r := &Synthesizer{Voice: v, Clips: clips, Name: "amy"}
	if _, err := r.Synthesize(t.Context(), texts(1), nil); err != nil {
		t.Fatal(err)
	}
	if all != 2 || open != 1 {
		t.Errorf("when the clip is stored %d of %d calls are open, want the second of two", open, all)
	}
	for _, c := range ledger.Calls() {
		if c.Outcome != lector.CallPaid {
			t.Errorf("afterwards %+v", c)
		}
	}
}

// TestBilledIsUnique has retries after errors and throttling: the sum that is
// billed is that of the unique characters.
func TestBilledIsUnique(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		provider := 0 // what it bills
		v := priced(func(call int, u lector.Utterance) (lector.Speech, error) {
			switch call % 4 {
			case 1:
				return lector.Speech{}, errBroken
			case 2:
				return lector.Speech{}, lector.Throttled(errBroken, time.Second)
			}
			s := spoken(u)
			mu.Lock()
			provider += s.Characters
			mu.Unlock()
			return s, nil
		})
		ledger := NewMemoryLedger(nil)
		voice := Retry(LimitCalls(Meter(v, "anna", ledger, quiet), 8, 0), RetryPolicy{Tries: 30, Total: time.Hour})
		clips, unique, billed := &memory{}, 0, 0
		for _, c := range texts(60) {
			unique += c.Characters()
		}
		for range 3 { // the article, its duplicate event, its replay
			r := Synthesizer{Voice: voice, Clips: clips, Ledger: ledger, Name: "anna"}
			got, err := r.Synthesize(t.Context(), append(texts(60), texts(60)...), nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range got {
				billed += c.Billed
			}
		}
		sum, reused := 0, 0
		for _, s := range lector.SumUsage(ledger.Calls()) {
			sum += s.Billed
			reused += s.Reused
		}
		if want := 5 * unique; reused != want {
			t.Errorf("ledger says %d reused, want %d", reused, want)
		}
		if billed != unique || provider != unique || sum != unique {
			t.Errorf("clips say %d, provider %d, ledger %d of %d unique characters", billed, provider, sum, unique)
		}
	})
}

// reservations records the calls that a budget is asked about.
type reservations struct{ reserved, settled []lector.Call }

func (r *reservations) Reserve(_ context.Context, c lector.Call) error {
	r.reserved = append(r.reserved, c)
	return nil
}

func (r *reservations) Settle(_ context.Context, c lector.Call) error {
	r.settled = append(r.settled, c)
	return nil
}

// TestReservationAndCallShareTheirID has a call that fails and one that is paid.
func TestReservationAndCallShareTheirID(t *testing.T) {
	t.Parallel()
	ledger, budget := NewMemoryLedger(nil), &reservations{}
	none := func(time.Duration) time.Duration { return 0 }
	v := Retry(WithBudget(Meter(failing(1, errBroken), "anna", ledger, quiet), "anna", budget, quiet), RetryPolicy{Jitter: none})
	res, err := v.Speak(t.Context(), Request{Utterance: lector.Utterance{Text: "hello"}})
	if err != nil {
		t.Fatal(err)
	}
	ids := func(calls []lector.Call) (ids []string) {
		for _, c := range calls {
			ids = append(ids, string(c.Outcome)+" "+c.ID)
		}
		return ids
	}
	want := ids(ledger.Calls())
	if len(want) != 2 || want[0] == want[1] || !slices.Equal(ids(budget.settled), want) || !slices.Equal(ids(res.Calls), want) {
		t.Errorf("the ledger has %q, the budget %q, the result %q", want, ids(budget.settled), ids(res.Calls))
	}
	for i, c := range budget.reserved {
		if c.ID != ledger.Calls()[i].ID {
			t.Errorf("reserved as %s, recorded as %s", c.ID, ledger.Calls()[i].ID)
		}
	}
}

func TestBudgetStopsBeforeTheCall(t *testing.T) {
	t.Parallel()
	v := &fake{}
	ledger := NewMemoryLedger(map[string]lector.Budget{"havana": {CharactersPerDay: 150}})
	limit := LimitCalls(WithBudget(v, "anna", ledger, quiet), 8, 0).(*limited)
	r := Synthesizer{Voice: Retry(limit, RetryPolicy{}), Clips: &memory{}}
	ctx := WithAccount(t.Context(), Account{Site: "havana", Job: "j"})
	_, err := r.Synthesize(ctx, texts(40), nil)
	spent := 0
	for text, n := range v.said {
		spent += n * len(text)
	}
	if _, throttled := lector.IsThrottled(err); !throttled || !errors.Is(err, lector.ErrBudget) || spent > 150 || spent < 100 {
		t.Errorf("spent %d of 150: %v", spent, err)
	}
	if _, err := r.Synthesize(WithAccount(t.Context(), Account{Site: "other"}), texts(40), nil); err != nil {
		t.Errorf("another site: %v", err)
	}
	if limit.width != 8 {
		t.Errorf("a budget narrows the voice to %.1f", limit.width)
	}
}

func TestBreaker(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := failing(6, errBroken)
		b := CircuitBreaker(v, BreakerConfig{Failures: 3, Timeout: 10 * time.Second})
		say := func() error {
			_, err := b.Speak(t.Context(), Request{Utterance: lector.Utterance{Text: "x"}})
			return err
		}
		for range 3 {
			if err := say(); !errors.Is(err, errBroken) {
				t.Fatal(err)
			}
		}
		err := say()
		after, throttled := lector.IsThrottled(err)
		if v.calls != 3 || !throttled || after != 10*time.Second || !strings.Contains(err.Error(), "503 out of order") {
			t.Errorf("%d calls, %v", v.calls, err)
		}
		for want := 4; want <= 6; want++ { // one probe each time, and it fails
			time.Sleep(10 * time.Second)
			_, _ = say(), say()
			if v.calls != want {
				t.Fatalf("%d calls, want %d", v.calls, want)
			}
		}
		time.Sleep(10 * time.Second)
		if err := errors.Join(say(), say(), say()); err != nil {
			t.Errorf("the circuit stays open: %v", err)
		}
	})
}

func TestBreakerCountsOnlyBreakage(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, test := range map[string]struct {
		ctx context.Context
		err error
	}{
		"throttled": {t.Context(), lector.Throttled(errBroken, 0)},
		"permanent": {t.Context(), lector.Permanent(errBroken)},
		"cancelled": {ctx, context.Canceled},
	} {
		v := failing(99, test.err)
		b := CircuitBreaker(v, BreakerConfig{Failures: 2})
		for range 10 {
			_, _ = b.Speak(test.ctx, Request{})
		}
		if v.calls != 10 {
			t.Errorf("%s: %d calls", name, v.calls)
		}
	}
}

func TestRetryDoesNotWaitForABrokenCircuit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := failing(99, errBroken)
		began := time.Now()
		r := Synthesizer{Voice: Retry(CircuitBreaker(v, BreakerConfig{}), RetryPolicy{Jitter: most}), Clips: &memory{}}
		_, err := r.Synthesize(t.Context(), texts(100), nil)
		if _, throttled := lector.IsThrottled(err); !throttled && !errors.Is(err, errBroken) || time.Since(began) > 20*time.Second || v.calls > 40 {
			t.Errorf("%v: %d calls in %v", err, v.calls, time.Since(began))
		}
	})
}
