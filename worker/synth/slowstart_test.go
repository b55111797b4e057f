package synth

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"lector"
)

// TestSlowStart has one call be made alone, and two for each one that is answered.
func TestSlowStart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v, ledger := &fake{latency: time.Second}, NewMemoryLedger(nil)
		chunks := texts(15)
		chunks[9].Text += " It is the longest."
		v.answer = func(call int, u lector.Utterance) (lector.Speech, error) {
			if call == 1 && u.Text != chunks[0].Text {
				t.Errorf("%q is made first", u.Text)
			}
			return spoken(u), nil
		}
		r := &Synthesizer{Voice: Meter(v, "anna"), Clips: &memory{}, Name: "anna"}
		a := openAccount(ledger)
		a.StartSlowly()
		if err := synthesizeReserved(t, r, a, chunks); err != nil {
			t.Fatal(err)
		}
		var rounds [4]int
		for _, at := range v.began {
			rounds[at.Sub(v.began[0])/time.Second]++
		}
		if rounds != [4]int{1, 2, 4, 8} {
			t.Errorf("calls by round: %v", rounds)
		}
		if !a.last.SlowStart {
			t.Error("the ledger does not say so")
		}
	})
}

// TestSlowStartEnds: after a failure, and when the article is given up, nothing waits for
// a place.
func TestSlowStartEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := &fake{latency: time.Second, answer: func(int, lector.Utterance) (lector.Speech, error) {
			return lector.Speech{}, lector.Permanent(errBroken)
		}}
		r := &Synthesizer{Voice: v, Clips: &memory{}}
		a := openAccount(NewMemoryLedger(nil))
		a.StartSlowly()
		if _, err := r.Synthesize(t.Context(), a, texts(9), nil, nil); !errors.Is(err, errBroken) || v.count() != 1 {
			t.Errorf("%d calls, %v", v.count(), err)
		}
		v.answer = nil
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		if _, err := r.Synthesize(ctx, a, texts(9), nil, nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	})
}
