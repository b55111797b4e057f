package synth

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lector"
	"lector/audio"
)

var errBroken = errors.New("503 out of order")

// failing answers the first n calls with err.
func failing(n int, err error) *fake {
	return &fake{answer: func(call int, u lector.Utterance) (lector.Speech, error) {
		if call <= n {
			return lector.Speech{}, err
		}
		return spoken(u), nil
	}}
}

func most(d time.Duration) time.Duration { return d } // the jitter at its upper end

func TestRetry(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		voice *fake
		calls int
		took  time.Duration
		want  error
	}{
		"good":           {failing(0, nil), 1, 0, nil},
		"twice":          {failing(2, errBroken), 3, 1500 * time.Millisecond, nil},
		"permanent":      {failing(9, lector.Permanent(errBroken)), 1, 0, errBroken},
		"tries":          {failing(9, errBroken), 6, 15500 * time.Millisecond, errBroken},
		"retry after":    {failing(1, lector.Throttled(errBroken, 7*time.Second)), 2, 7500 * time.Millisecond, nil},
		"negative after": {failing(1, lector.Throttled(errBroken, -time.Hour)), 2, 500 * time.Millisecond, nil},
		"huge after":     {failing(9, lector.Throttled(errBroken, 24*time.Hour)), 1, 0, errBroken},
		"budget":         {failing(9, lector.Throttled(errBroken, 50*time.Second)), 3, 101500 * time.Millisecond, errBroken},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				_, err := Retry(test.voice, RetryPolicy{Jitter: most}).Speak(t.Context(), Request{Utterance: lector.Utterance{Text: "x"}})
				if !errors.Is(err, test.want) {
					t.Errorf("error %v, want %v", err, test.want)
				}
				if took := time.Since(began); test.voice.calls != test.calls || took != test.took {
					t.Errorf("%d calls in %v, want %d in %v", test.voice.calls, took, test.calls, test.took)
				}
			})
		})
	}
}

func TestRetryKeepsThrottled(t *testing.T) {
	t.Parallel()
	v := Retry(failing(9, lector.Throttled(errBroken, time.Hour)), RetryPolicy{})
	_, err := v.Speak(t.Context(), Request{Utterance: lector.Utterance{Text: "x"}})
	if after, ok := lector.IsThrottled(err); !ok || after != time.Hour {
		t.Errorf("the caller cannot put the article off: %v", err)
	}
}

func TestRetryStopsWithContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		v := failing(99, errBroken)
		_, err := Retry(v, RetryPolicy{Jitter: most}).Speak(ctx, Request{Utterance: lector.Utterance{Text: "x"}})
		if !errors.Is(err, context.DeadlineExceeded) || v.calls != 3 {
			t.Errorf("%d calls, %v", v.calls, err)
		}
	})
}

// concurrently speaks n utterances at once and returns the errors.
func concurrently(ctx context.Context, v Speaker, n int) []error {
	errs := make([]error, n)
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() { _, errs[i] = v.Speak(ctx, Request{Utterance: lector.Utterance{Text: "x"}}) })
	}
	wait.Wait()
	return errs
}

func TestLimitCallsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := &fake{latency: time.Second}
		began := time.Now()
		if err := errors.Join(concurrently(t.Context(), LimitCalls(v, 4, 0), 20)...); err != nil {
			t.Error(err)
		}
		if v.most != 4 || time.Since(began) != 5*time.Second {
			t.Errorf("%d at once, %v", v.most, time.Since(began))
		}
	})
}

func TestLimitCallsPerSecond(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := &fake{}
		concurrently(t.Context(), LimitCalls(v, 0, 8), 17)
		for i := 1; i < len(v.began); i++ {
			if gap := v.began[i].Sub(v.began[i-1]); gap < 125*time.Millisecond {
				t.Errorf("call %d began %v after the one before", i, gap)
			}
		}
		if took := v.began[16].Sub(v.began[0]); took != 2*time.Second {
			t.Errorf("17 calls at 8 a second took %v", took)
		}
	})
}

// TestLimitAdapts lets the backend take three calls at once and no more.
func TestLimitCallsAdapts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := &fake{latency: 100 * time.Millisecond}
		v.answer = func(_ int, u lector.Utterance) (lector.Speech, error) {
			v.mu.Lock()
			defer v.mu.Unlock()
			if v.running > 3 {
				return lector.Speech{}, lector.Throttled(errBroken, 0)
			}
			return spoken(u), nil
		}
		l := LimitCalls(v, 32, 0).(*limited)
		patient := Retry(l, RetryPolicy{Tries: 40, BaseDelay: 50 * time.Millisecond, MaxDelay: time.Second})
		if err := errors.Join(concurrently(t.Context(), patient, 300)...); err != nil {
			t.Error(err)
		}
		if refused := v.calls - 300; refused > 150 {
			t.Errorf("%d of %d calls were refused", refused, v.calls)
		}
		if l.width > 8 || l.width < 1 {
			t.Errorf("width %.1f", l.width)
		}
		v.answer = nil
		for range 40 {
			concurrently(t.Context(), l, 32)
		}
		if l.width != 32 {
			t.Errorf("width %.1f does not recover", l.width)
		}
	})
}

func TestLimitCallsPauses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := failing(1, lector.Throttled(errBroken, 3*time.Second))
		l := LimitCalls(v, 4, 0)
		began := time.Now()
		if _, err := l.Speak(t.Context(), Request{}); err == nil {
			t.Error("no error")
		}
		concurrently(t.Context(), l, 4)
		if rest := v.began[1].Sub(began); rest != 3*time.Second {
			t.Errorf("rested %v", rest)
		}
	})
}

// TestLimitCallsFailsWhereTheWaitIsLong: who waits for the voice would keep a place of its
// worker for a minute, and then be refused as the first was.
func TestLimitCallsFailsWhereTheWaitIsLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := failing(1, lector.Throttled(errBroken, time.Hour))
		l, began := LimitCalls(v, 1, 0), time.Now()
		for _, err := range concurrently(t.Context(), l, 5) {
			if after, throttled := lector.IsThrottled(err); !throttled || after != time.Hour {
				t.Errorf("%v, throttled for %v", err, after)
			}
		}
		if v.calls != 1 || time.Since(began) != 0 {
			t.Errorf("%d calls, after %v", v.calls, time.Since(began))
		}
		time.Sleep(longestPause)
		if err := errors.Join(concurrently(t.Context(), l, 5)...); err != nil {
			t.Errorf("a minute later: %v", err)
		}
	})
}

// TestLimitCallsKeepsTheRateAfterAPause has calls that waited for a place or the
// rate when the backend asked for a pause.
func TestLimitCallsKeepsTheRateAfterAPause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := failing(1, lector.Throttled(errBroken, 3*time.Second))
		concurrently(t.Context(), LimitCalls(v, 4, 8), 9)
		for i := 1; i < len(v.began); i++ {
			want := 125 * time.Millisecond
			if i == 1 {
				want = 3 * time.Second
			}
			if gap := v.began[i].Sub(v.began[i-1]); gap < want || gap > want+125*time.Millisecond {
				t.Errorf("call %d began %v after the one before, want %v", i, gap, want)
			}
		}
	})
}

// TestLimitCallsWaitsUntilTheDeadline has a call whose turn is after the end of its
// context. x/time's limiter says so at once, and Retry must not take that for an
// error of the voice.
func TestLimitCallsWaitsUntilTheDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := &fake{}
		l := LimitCalls(v, 2, 0.1)
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errSuperseded)
		defer cancel()
		began := time.Now()
		err := errors.Join(concurrently(ctx, l, 2)...)
		if !errors.Is(err, errSuperseded) || time.Since(began) != time.Second || v.calls != 1 {
			t.Errorf("%v after %v and %d calls", err, time.Since(began), v.calls)
		}
	})
}

func TestLimitCallsForgetsTheImpatient(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := &fake{latency: time.Second}
		l := LimitCalls(v, 1, 0).(*limited)
		short, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		var wait sync.WaitGroup
		wait.Go(func() { concurrently(t.Context(), l, 2) })
		synctest.Wait()
		if errs := concurrently(short, l, 5); !errors.Is(errs[0], context.DeadlineExceeded) {
			t.Error(errs[0])
		}
		wait.Wait()
		if free := l.places.tryAcquire(); l.running != 0 || !free || v.calls != 2 {
			t.Errorf("running %d, calls %d, a place is free: %v", l.running, v.calls, free)
		}
	})
}

func TestSlots(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, b, s := &fake{latency: time.Second}, &fake{latency: time.Second}, NewSlots(3)
		began := time.Now()
		var wait sync.WaitGroup
		for _, v := range []Speaker{s.Wrap(a), s.Wrap(b)} {
			wait.Go(func() { concurrently(t.Context(), v, 6) })
		}
		wait.Wait()
		if took := time.Since(began); took != 4*time.Second {
			t.Errorf("12 calls through 3 slots took %v", took)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.Wrap(a).Speak(ctx, Request{}); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

func TestCheck(t *testing.T) {
	t.Parallel()
	v := Check(&fake{}, func(_ context.Context, mp3 []byte, r Request, c lector.Capabilities) (*audio.Analysis, error) {
		if string(mp3) != "mp3 of "+r.Text || c.Backend != "fake" {
			t.Errorf("checker got %q, %q, %+v", mp3, r.Text, c)
		}
		return nil, unfitError{Reason: "silent"}
	})
	s, err := v.Speak(t.Context(), Request{Utterance: lector.Utterance{Text: "four"}})
	if !errors.As(err, new(unfitError)) || s.MP3 != nil || s.Characters != 4 {
		t.Errorf("%+v, %v: an unfit clip is withheld, its price is told", s, err)
	}
}

func TestSingleflightAfterCancel(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var g Singleflight
		superseded := errors.New("superseded") // the causes of ends are many
		first, cancel := context.WithCancelCause(t.Context())
		made := 0
		var wait sync.WaitGroup
		wait.Go(func() {
			_, err := g.do(first, "h", func(func(Clip)) (Clip, error) { made++; <-first.Done(); return Clip{}, context.Cause(first) })
			if !errors.Is(err, superseded) {
				t.Error(err)
			}
		})
		synctest.Wait()
		wait.Go(func() {
			c, err := g.do(t.Context(), "h", func(func(Clip)) (Clip, error) { made++; return Clip{State: Synthesized}, nil })
			if err != nil || c.State != Synthesized || made != 2 {
				t.Errorf("%+v, %v, made %d", c, err, made)
			}
		})
		synctest.Wait()
		cancel(superseded)
		wait.Wait()
		c, err := g.do(t.Context(), "h", func(func(Clip)) (Clip, error) { made++; return Clip{State: Synthesized}, nil })
		if err != nil || c.State != Synthesized || made != 3 {
			t.Errorf("what has ended is remembered: %+v, %v, made %d", c, err, made)
		}
	})
}

func TestHash(t *testing.T) {
	t.Parallel()
	c := Chunk{Text: "Good morning.", Language: "en", Before: "b", After: "a", Lexicon: []string{"x=1", "y=2"}, Normaliser: "1"}
	caps := lector.Capabilities{Backend: "fake", Engine: "e 1", Voice: "anna", Parameters: "lame 3.100", SampleRate: 24000, Channels: 1}
	same, context := Hash(c, caps), caps
	context.Context = true
	for name, change := range map[string]func(*Chunk, *lector.Capabilities){
		"order of entries":  func(c *Chunk, _ *lector.Capabilities) { c.Lexicon = []string{"y=2", "x=1", "y=2"} },
		"neighbours":        func(c *Chunk, _ *lector.Capabilities) { c.Before, c.After = "other", "text" },
		"own pace":          func(c *Chunk, _ *lector.Capabilities) { c.Speed = 1 },
		"price and limits":  func(_ *Chunk, k *lector.Capabilities) { k.Price, k.Concurrency, k.MaxLength = 16, 8, 3000 },
		"languages it can ": func(_ *Chunk, k *lector.Capabilities) { k.Languages = []string{"en"} },
	} {
		c, k := c, caps
		if change(&c, &k); Hash(c, k) != same {
			t.Errorf("%s changes the hash", name)
		}
	}
	seen := map[string]string{same: "unchanged", Hash(c, context): "context"}
	for name, change := range map[string]func(*Chunk, *lector.Capabilities){
		"text":       func(c *Chunk, _ *lector.Capabilities) { c.Text += "!" },
		"language":   func(c *Chunk, _ *lector.Capabilities) { c.Language = "en-GB" },
		"speed":      func(c *Chunk, _ *lector.Capabilities) { c.Speed = 1.1 },
		"lexicon":    func(c *Chunk, _ *lector.Capabilities) { c.Lexicon = c.Lexicon[:1] },
		"no lexicon": func(c *Chunk, _ *lector.Capabilities) { c.Lexicon = nil },
		"joined":     func(c *Chunk, _ *lector.Capabilities) { c.Lexicon = []string{"x=1y=2"} },
		"normaliser": func(c *Chunk, _ *lector.Capabilities) { c.Normaliser = "2" },
		"neighbours": func(c *Chunk, k *lector.Capabilities) { k.Context, c.Before = true, "other" },
		"voice":      func(_ *Chunk, k *lector.Capabilities) { k.Voice = "bert" },
		"engine":     func(_ *Chunk, k *lector.Capabilities) { k.Engine = "e 2" },
		"encoder":    func(_ *Chunk, k *lector.Capabilities) { k.Parameters = "lame 4" },
		"rate":       func(_ *Chunk, k *lector.Capabilities) { k.SampleRate = 44100 },
	} {
		c, k := c, caps
		change(&c, &k)
		if other, twice := seen[Hash(c, k)]; twice {
			t.Errorf("%s gives the hash of %s", name, other)
		}
		seen[Hash(c, k)] = name
	}
}

func TestEmbedMarks(t *testing.T) {
	t.Parallel()
	mp3 := bytes.Repeat([]byte{0xFF, 0xF3, 0x64, 0xC4}, 100)
	marks := []lector.Mark{{Kind: lector.WordMark, At: 1500 * time.Millisecond, Start: 3, End: 300}}
	clip, err := embed(mp3, marks, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	stored := "ID3\x04\x00\x00\x00\x00\x00\x4ePRIV\x00\x00\x00\x44\x00\x00lector marks 1\x00" + // as it lies in stores
		`[{"kind":"word","at":1500000000,"Start":3,"End":300}]`
	if string(clip) != stored+string(mp3) {
		t.Errorf("%q is another form than that of stored clips", clip[:len(stored)])
	}
	got, back, _, err := split(clip)
	if err != nil || !bytes.Equal(got, mp3) || len(back) != 1 || back[0] != marks[0] {
		t.Errorf("%v, %d bytes, %+v", err, len(got), back)
	}
	if bare, err := embed(mp3, nil, nil, ""); err != nil || !bytes.Equal(bare, mp3) {
		t.Errorf("a clip without marks changes: %v", err)
	}
	foreign := append([]byte("ID3\x04\x00\x00\x00\x00\x00\x20PRIV\x00\x00\x00\x16\x00\x00somebody else\x00"+strings.Repeat("x", 8)), mp3...)
	if got, back, _, err := split(foreign); err != nil || len(back) != 0 || !bytes.Equal(got, foreign) {
		t.Errorf("somebody else's tag: %v, %v", back, err)
	}
}

// TestAnalysisStaysWithItsClip holds that what a clip sounds like lies beside its marks
// and is not believed of other frames.
func TestAnalysisStaysWithItsClip(t *testing.T) {
	t.Parallel()
	mp3 := bytes.Repeat([]byte{0xFF, 0xF3, 0x64, 0xC4}, 100)
	a := &audio.Analysis{Duration: time.Second, Loudness: -19}
	for _, marks := range [][]lector.Mark{nil, {{At: 1}}} {
		clip, err := embed(mp3, marks, a, "")
		if err != nil {
			t.Fatal(err)
		}
		got, back, kept, err := split(clip)
		if err != nil || !bytes.Equal(got, mp3) || len(back) != len(marks) || kept == nil || kept.Loudness != -19 {
			t.Errorf("%d bytes, %v, %+v, %v", len(got), back, kept, err)
		}
		clip[len(clip)-1]++
		if _, _, kept, err := split(clip); kept != nil || err != nil {
			t.Errorf("other frames: %+v, %v", kept, err)
		}
	}
}

func FuzzSplit(f *testing.F) {
	clip, _ := embed([]byte("frames"), []lector.Mark{{At: 1}}, &audio.Analysis{}, "")
	f.Add(clip)
	f.Add(clip[:20])
	f.Fuzz(func(t *testing.T, data []byte) {
		if mp3, _, _, err := split(data); err == nil && !bytes.HasSuffix(data, mp3) {
			t.Error("frames that are not there")
		}
	})
}

// TestCachedClipIsNotDecodedAgain has a clip out of the cache bring its analysis along.
func TestCachedClipIsNotDecodedAgain(t *testing.T) {
	t.Parallel()
	chunks, _ := article(100)
	o := &truncating{pace: 17, says: func(int, string) int { return 1000 }}
	r := Synthesizer{Voice: Check(o, checkLength), Clips: &memory{}}
	for i, want := range []string{Synthesized, Reused} {
		got, err := r.Synthesize(t.Context(), nil, chunks, nil, nil)
		if err != nil || got[0].State != want || got[0].Analysis == nil || got[0].Analysis.Sound.End == 0 {
			t.Errorf("round %d: %+v, %v", i+1, got, err)
		}
	}
}
