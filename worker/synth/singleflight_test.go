package synth

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lector"
	"lector/audio"
)

var errSuperseded = errors.New("superseded")

// TestLeaseOutlivesTheJob has a job that is superseded while its call runs, and another worker who wants the same clip.
func TestLeaseOutlivesTheJob(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v, clips, leases := &fake{latency: 30 * time.Second}, &memory{}, &memoryLeases{}
		read := func(ctx context.Context) (Clip, error) {
			listen := func(ctx context.Context, _ []byte, _ Request, _ lector.Capabilities) (*audio.Analysis, error) {
				return nil, ctx.Err()
			}
			flight := &Singleflight{}
			r := Synthesizer{Voice: RetrySplit(Check(Retry(WithGracePeriod(bare{v}, flight), RetryPolicy{}), listen), 3, nil), Clips: clips, Leases: leases, Singleflight: flight}
			c, err := r.Synthesize(ctx, nil, texts(1), nil, nil)
			if err != nil {
				return Clip{}, err
			}
			return c[0], nil
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		var wait sync.WaitGroup
		wait.Go(func() {
			if _, err := read(ctx); !errors.Is(err, errSuperseded) {
				t.Error(err)
			}
		})
		synctest.Wait()
		cancel(errSuperseded)
		wait.Wait()
		c, err := read(t.Context())
		if err != nil || c.State != Reused || v.calls != 1 {
			t.Errorf("%s after %d calls: %v", c.State, v.calls, err)
		}
	})
}

// TestDrain has calls that are quicker and slower than the grace period of a process
// that stops, and begins none that have not begun.
func TestDrain(t *testing.T) {
	t.Parallel()
	for latency, kept := range map[time.Duration]int{4 * time.Second: 3, 20 * time.Second: 0} {
		synctest.Test(t, func(t *testing.T) {
			v, clips, flight := &fake{latency: latency}, &memory{}, &Singleflight{}
			r := Synthesizer{Voice: LimitCalls(WithGracePeriod(bare{v}, flight), 3, 0), Clips: clips, Singleflight: flight}
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error)
			go func() { _, err := r.Synthesize(ctx, nil, texts(10), nil, nil); done <- err }()
			synctest.Wait()
			began := time.Now()
			cancel()
			if err := <-done; !errors.Is(err, context.Canceled) || time.Since(began) > 0 {
				t.Errorf("the article ends after %v: %v", time.Since(began), err)
			}
			flight.Drain(8 * time.Second)
			if took := time.Since(began); took != min(latency, 8*time.Second) || len(clips.keys()) != kept || v.calls != 3 {
				t.Errorf("latency %v: after %v %d clips of %d calls", latency, took, len(clips.keys()), v.calls)
			}
		})
	}
	(&Singleflight{}).Drain(time.Hour) // nothing was begun
}

func TestGracePeriodBeginsNothing(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errSuperseded)
	v := &fake{}
	if _, err := WithGracePeriod(bare{v}, &Singleflight{}).Speak(ctx, Request{}); !errors.Is(err, errSuperseded) || v.calls != 0 {
		t.Errorf("a call begins after the end: %v", err)
	}
}

// TestNoCallWithoutTheLease loses the lease of a chunk before its call, and
// between the intent and the call.
func TestNoCallWithoutTheLease(t *testing.T) {
	t.Parallel()
	lost := errors.New("lease lost")
	for name, test := range map[string]struct {
		losses       func(asked int) bool
		calls, clips int
		begun        int // intents in the ledger
	}{
		"held":                 {func(int) bool { return false }, 1, 1, 1},
		"before the intent":    {func(asked int) bool { return asked == 1 }, 1, 1, 1},
		"behind the intent":    {func(asked int) bool { return asked == 2 }, 1, 1, 2},
		"again and again":      {func(int) bool { return true }, 0, 0, 0},
		"always too late":      {func(asked int) bool { return asked%2 == 0 }, 0, 0, 3},
		"both, one at a time.": {func(asked int) bool { return asked == 1 || asked == 3 }, 1, 1, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v, account, clips, asked := priced(nil), openAccount(NewMemoryLedger(nil)), &memory{}, 0
			leases := &memoryLeases{lost: func() error {
				if asked++; test.losses(asked) {
					return lost
				}
				return nil
			}}
			voice := Retry(NewBreaker(BreakerConfig{Failures: 1}).Wrap(RequireLease(Meter(RequireLease(v), "anna"))), RetryPolicy{})
			r := Synthesizer{Voice: voice, Clips: clips, Leases: leases}
			_, err := r.Synthesize(t.Context(), account, texts(1), nil, nil)
			if (err == nil) != (test.clips == 1) || err != nil && !errors.Is(err, lost) {
				t.Error(err)
			}
			if v.calls != test.calls || len(clips.keys()) != test.clips || len(account.endedCalls()) != test.begun {
				t.Errorf("%d calls, %d clips, %d intents", v.calls, len(clips.keys()), len(account.endedCalls()))
			}
			paid := 0
			for _, c := range account.endedCalls() {
				if c.Outcome == lector.CallPaid {
					paid++
				} else if c.Outcome != lector.CallFailed || c.Cost != 0 {
					t.Errorf("a call that was not made: %+v", c)
				}
			}
			if paid != test.calls {
				t.Errorf("%d paid", paid)
			}
		})
	}
}

// refusingClips is a cache that takes nothing for a while.
type refusingClips struct {
	memory
	refusals int
}

func (a *refusingClips) Put(ctx context.Context, hash string, mp3 []byte) error {
	if a.refusals--; a.refusals >= 0 {
		return errors.New("503 slow down")
	}
	return a.memory.Put(ctx, hash, mp3)
}

func TestStoreTriesAgain(t *testing.T) {
	t.Parallel()
	for refusals, good := range map[int]bool{0: true, 1: true, storeTries - 1: true, storeTries: false} {
		synctest.Test(t, func(t *testing.T) {
			v, clips := &fake{}, &refusingClips{refusals: refusals}
			r := Synthesizer{Voice: v, Clips: clips}
			if _, err := r.Synthesize(t.Context(), nil, texts(1), nil, nil); (err == nil) != good || v.calls != 1 {
				t.Errorf("%d refusals: %v after %d calls", refusals, err, v.calls)
			}
		})
	}
}

// TestPanicOfAChunk: a fault of the program at one clip is an error of the article, and
// of all that wait for the same clip. In a goroutine of its own it would end the worker.
func TestPanicOfAChunk(t *testing.T) {
	t.Parallel()
	listen := func(context.Context, []byte, Request, lector.Capabilities) (*audio.Analysis, error) {
		panic("slice bounds out of range")
	}
	flight := &Singleflight{}
	r := Synthesizer{Voice: Check(WithGracePeriod(bare{&fake{}}, flight), listen), Clips: &memory{}, Singleflight: flight}
	_, err := r.Synthesize(t.Context(), nil, texts(2), nil, nil)
	if lector.ClassOf(err) != lector.ClassBug || !strings.Contains(lector.PanicStack(err), "TestPanicOfAChunk") {
		t.Errorf("class %s of %v; stack %q", lector.ClassOf(err), err, lector.PanicStack(err))
	}
}

// TestPanicOfTheSecondDecoder concerns nobody.
func TestPanicOfTheSecondDecoder(t *testing.T) {
	t.Parallel()
	o := &crossCheck{
		compare: func(context.Context, io.ReaderAt, int64) (audio.Comparison, error) { panic("table 4711") },
		differs: func(string, audio.Comparison) { t.Error("differs") },
	}
	o.left.Store(2)
	check := o.wrap(func(context.Context, []byte, Request, lector.Capabilities) (*audio.Analysis, error) { return nil, nil })
	for range 2 {
		if _, err := check(t.Context(), []byte("mp3"), Request{}, lector.Capabilities{}); err != nil {
			t.Error(err)
		}
		o.all.Wait() // the second one gets its turn
	}
}
