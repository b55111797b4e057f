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
			account := openAccount(NewMemoryLedger(nil))
			v := Meter(priced(func(int, lector.Utterance) (lector.Speech, error) { return test.s, test.err }), "anna")
			r := Request{Utterance: lector.Utterance{Text: "hello"}, account: account, chunk: "h"}
			res, err := v.Speak(t.Context(), r)
			if !errors.Is(err, test.err) {
				t.Error(err)
			}
			calls := account.endedCalls()
			if len(calls) != 1 {
				t.Fatalf("%d calls", len(calls))
			}
			got := calls[0]
			if !slices.Equal(res.Calls, calls) {
				t.Errorf("the result tells of %+v", res.Calls)
			}
			if got.ID == "" || got.Began.IsZero() || got.Ended.IsZero() || got.Chunk != "h" || got.Voice != "anna" || got.Backend != "fake" {
				t.Errorf("%+v", got)
			}
			if got.Outcome != test.want.Outcome || got.Characters != test.want.Characters || got.Cost != test.want.Cost || got.RequestID != test.want.RequestID || got.Error != test.want.Error {
				t.Errorf("%+v, want %+v", got, test.want)
			}
		})
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
		voice := Retry(LimitCalls(Meter(v, "anna"), 8, 0), RetryPolicy{Tries: 30, Total: time.Hour})
		clips, unique, billed := &memory{}, 0, 0
		for _, c := range texts(60) {
			unique += c.Characters()
		}
		for range 3 { // the article, its duplicate event, its replay
			r, account := Synthesizer{Voice: voice, Clips: clips, Name: "anna"}, openAccount(ledger)
			got, err := r.Synthesize(t.Context(), account, append(texts(60), texts(60)...), nil, nil)
			if err := errors.Join(err, account.Close(t.Context())); err != nil {
				t.Fatal(err)
			}
			for _, c := range got {
				billed += c.Billed
			}
		}
		sum, reused := 0, 0
		for _, s := range lector.SumUsage(recorded(ledger)) {
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

// recorded returns the calls that a ledger holds.
func recorded(l *MemoryLedger) (calls []lector.Call) {
	for _, u := range l.usage {
		calls = append(calls, u.AllCalls()...)
	}
	return calls
}

func TestBreaker(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := failing(6, errBroken)
		b := NewBreaker(BreakerConfig{Failures: 3, Timeout: 10 * time.Second}).Wrap(v)
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

// TestOneProbe: workers that wait for the same voice try it in turn, and all go on
// soon after it is back.
func TestOneProbe(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const workers, timeout = 4, 30 * time.Second
		down, leases := true, &memoryLeases{}
		v := &fake{answer: func(_ int, u lector.Utterance) (lector.Speech, error) {
			if down {
				return lector.Speech{}, errBroken
			}
			return spoken(u), nil
		}}
		var all []Speaker
		for range workers {
			all = append(all, NewBreaker(BreakerConfig{Failures: 2, Timeout: timeout, Leases: leases, Probe: "probe"}).Wrap(v))
		}
		say := func() (good int) {
			for _, b := range all {
				if _, err := b.Speak(t.Context(), Request{}); err == nil {
					good++
				} else if _, throttled := lector.IsThrottled(err); !throttled && !errors.Is(err, errBroken) {
					t.Fatal(err)
				}
			}
			return good
		}
		for range 600 {
			say()
			time.Sleep(time.Second)
		}
		if first, probes := 2*workers, v.calls-2*workers; probes < 10 || probes > 600/30+1 {
			t.Errorf("%d calls until the circuits were open, then %d in ten minutes", first, probes)
		}
		down = false
		for range 2 * int(timeout/time.Second) {
			say()
			time.Sleep(time.Second)
		}
		if good := say(); good != workers {
			t.Errorf("%d of %d workers call the voice that is back", good, workers)
		}
		time.Sleep(timeout) // for the timers
	})
}

// TestRefusedAccountOpensTheCircuit: the next call would be refused too.
func TestRefusedAccountOpensTheCircuit(t *testing.T) {
	t.Parallel()
	v := failing(99, lector.WithClass(lector.Permanent(errBroken), lector.ClassVoiceRefused))
	b := NewBreaker(BreakerConfig{})
	for range 10 {
		_, err := b.Wrap(v).Speak(t.Context(), Request{})
		if lector.ClassOf(err) != lector.ClassVoiceRefused {
			t.Errorf("class %q of %v", lector.ClassOf(err), err)
		}
	}
	if v.calls != 1 || b.OpenFor() <= 0 {
		t.Errorf("%d calls, open for %v", v.calls, b.OpenFor())
	}
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
		b := NewBreaker(BreakerConfig{Failures: 2}).Wrap(v)
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
		r := Synthesizer{Voice: Retry(NewBreaker(BreakerConfig{}).Wrap(v), RetryPolicy{Jitter: most}), Clips: &memory{}}
		_, err := r.Synthesize(t.Context(), nil, texts(100), nil, nil)
		if _, throttled := lector.IsThrottled(err); !throttled && !errors.Is(err, errBroken) || time.Since(began) > 20*time.Second || v.calls > 40 {
			t.Errorf("%v: %d calls in %v", err, v.calls, time.Since(began))
		}
	})
}
