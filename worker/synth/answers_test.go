package synth

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"lector"
	"lector/audio"
)

// memoryAnswers keeps answers in a map.
type memoryAnswers struct {
	memory
	down   error // what Ready answers
	away   error // what Get answers instead
	spools bool  // what is put, for the store does not take it
}

func (m *memoryAnswers) Put(ctx context.Context, hash string, answer []byte, spooled func()) error {
	if m.spools {
		spooled()
	}
	return m.memory.Put(ctx, hash, answer)
}

func (m *memoryAnswers) Get(ctx context.Context, hash string) ([]byte, error) {
	if m.away != nil {
		return nil, m.away
	}
	return m.memory.Get(ctx, hash)
}

func (m *memoryAnswers) Ready(context.Context) error { return m.down }

func (m *memoryAnswers) Delete(_ context.Context, hash string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.clips, hash)
	return nil
}

// errDied stands for the end of a process: nothing is done any more.
type errDied struct{}

// TestAnswerOutlivesItsProcess ends a process between an answer and its check: the
// next one checks it without a call. An answer that is refused is asked for anew.
func TestAnswerOutlivesItsProcess(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		refused bool // by the check of the next process
		calls   int  // in all
	}{"good": {false, 1}, "refused": {true, 2}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v, answers, clips, flight := &fake{}, &memoryAnswers{}, &memory{}, &Singleflight{}
			with := func(check func() error) *Synthesizer {
				kept := KeepAnswers(Meter(v, "anna"))
				checked := Check(kept, func(context.Context, []byte, Request, lector.Capabilities) (*audio.Analysis, error) {
					return nil, check()
				})
				return &Synthesizer{Voice: RetrySplit(checked, 3, nil), Clips: clips, Answers: answers, Singleflight: flight}
			}
			func() {
				defer func() { _ = recover() }()
				r := with(func() error { panic(errDied{}) })
				res, err := r.Voice.Speak(t.Context(), Request{Utterance: texts(1)[0].utterance(), chunk: r.hash(texts(1)[0]), answers: answers})
				t.Fatalf("it did not die: %+v, %v", res, err)
			}()
			if v.calls != 1 || len(answers.keys()) != 1 || len(clips.keys()) != 0 {
				t.Fatalf("%d calls, %d answers, %d clips", v.calls, len(answers.keys()), len(clips.keys()))
			}
			first := true
			r := with(func() error {
				defer func() { first = false }()
				if first && test.refused {
					return unfitError{Reason: "a hum"}
				}
				return nil
			})
			got, err := r.Synthesize(t.Context(), nil, texts(1), nil, nil)
			flight.Drain(time.Minute)
			if err != nil || v.calls != test.calls || len(answers.keys()) != 0 || len(clips.keys()) != 1 {
				t.Errorf("%v: %d calls, %d answers, %d clips", err, v.calls, len(answers.keys()), len(clips.keys()))
			}
			if billed := got[0].Billed > 0; billed != test.refused {
				t.Errorf("billed %d", got[0].Billed)
			}
		})
	}
}

// TestNoCallWhileAnswersCannotBeKept asks nobody while the store is away.
func TestNoCallWhileAnswersCannotBeKept(t *testing.T) {
	t.Parallel()
	v, answers := &fake{}, &memoryAnswers{down: errors.New("disk full")}
	r := &Synthesizer{Voice: KeepAnswers(Retry(v, RetryPolicy{})), Clips: &memory{}, Answers: answers}
	_, err := r.Synthesize(t.Context(), nil, texts(3), nil, nil)
	if v.calls != 0 || lector.ClassOf(err) != lector.ClassStorage {
		t.Errorf("%d calls, %v of class %q", v.calls, err, lector.ClassOf(err))
	}
	answers.down = nil
	if _, err := r.Synthesize(t.Context(), nil, texts(3), nil, nil); err != nil || v.calls != 3 {
		t.Errorf("when it is back: %d calls, %v", v.calls, err)
	}
}

// TestNoCallWhileNobodyCanLook has a store that does not say whether the answer is
// there: it may be, and is paid for then.
func TestNoCallWhileNobodyCanLook(t *testing.T) {
	t.Parallel()
	v, answers := &fake{}, &memoryAnswers{away: errors.New("503 slow down")}
	r := &Synthesizer{Voice: KeepAnswers(v), Clips: &memory{}, Answers: answers}
	if _, err := r.Synthesize(t.Context(), nil, texts(2), nil, nil); !errors.Is(err, answers.away) || v.calls != 0 {
		t.Errorf("%d calls, %v", v.calls, err)
	}
}

// TestClipSaysWhoPaid has an attempt pay for an answer and die before its clip is
// stored: the clip that the next one makes of it is paid by the first.
func TestClipSaysWhoPaid(t *testing.T) {
	t.Parallel()
	chunks, _ := article(100)
	for name, dies := range map[string]bool{"its own call": false, "an answer of the one before": true} {
		synctest.Test(t, func(t *testing.T) {
			ledger, clips := NewMemoryLedger(nil), &memory{}
			s := Synthesizer{Voice: KeepAnswers(Meter(&fake{}, "anna")), Clips: clips, Answers: &memoryAnswers{}}
			first := openAccount(ledger)
			if dies {
				clips.fail = errors.New("the worker dies here")
			}
			if _, err := s.Synthesize(t.Context(), first, chunks, nil, nil); dies == (err == nil) {
				t.Fatalf("%s: %v", name, err)
			}
			if clips.fail = nil; dies {
				if _, err := s.Synthesize(t.Context(), openAccount(ledger), chunks, nil, nil); err != nil {
					t.Fatalf("%s: %v", name, err)
				}
			}
			stored, err := clips.Get(t.Context(), s.hash(chunks[0]))
			if err != nil || Payer(stored) != first.usage.ID {
				t.Errorf("%s: %q has paid, want %q, %v", name, Payer(stored), first.usage.ID, err)
			}
			if mp3, _, _, err := split(stored); err != nil || bytes.HasPrefix(mp3, []byte("ID3")) {
				t.Errorf("%s: the tag stays with the frames: %v", name, err)
			}
		})
	}
}

// TestLedgerSaysWhatIsInASpool has the store go away with the answers and the clips of two
// chunks on their way: the attempt's entry names them, while it is open and at its end.
func TestLedgerSaysWhatIsInASpool(t *testing.T) {
	t.Parallel()
	chunks, _ := article(100)
	for name, spools := range map[string]bool{"the store is away": true, "it is not": false} {
		synctest.Test(t, func(t *testing.T) {
			ledger := &entries{MemoryLedger: NewMemoryLedger(nil)}
			s := Synthesizer{
				Voice: KeepAnswers(Meter(&fake{}, "anna")), Answers: &memoryAnswers{spools: spools},
				Clips: &memory{fail: errors.New("the store is away")},
			}
			a := NewAccount("havana", "j", "one", ledger, ledger, quiet)
			if _, err := s.Synthesize(t.Context(), a, chunks[:1], nil, nil); err == nil {
				t.Fatal("no error")
			}
			if err := a.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			var named []bool
			for _, u := range ledger.all {
				found := len(u.Spooled) == 1 && u.Spooled[0].Chunk == s.hash(chunks[0]) && u.Spooled[0].Answer != "" && !u.Spooled[0].At.IsZero()
				named = append(named, found)
			}
			want := []bool{false, true, true}
			if !spools {
				want = []bool{false, false}
			}
			if end := ledger.all[len(ledger.all)-1]; !slices.Equal(named, want) || end.Ended.IsZero() || ledger.all[len(want)-2].Ended != (time.Time{}) {
				t.Errorf("%s: named %v, want %v: %+v", name, named, want, ledger.all)
			}
		})
	}
}

// entries is a ledger that shows all that was written.
type entries struct {
	*MemoryLedger
	all []lector.AttemptUsage
}

func (e *entries) Write(ctx context.Context, u lector.AttemptUsage) error {
	e.all = append(e.all, u)
	return e.MemoryLedger.Write(ctx, u)
}

// TestCutAnswerIsNone has a power cut leave a part of an answer: the voice is asked again.
func TestCutAnswerIsNone(t *testing.T) {
	t.Parallel()
	whole, err := embedAnswer(Result{Speech: lector.Speech{MP3: bytes.Repeat([]byte{0xFF, 0xF3, 0x64, 0xC4}, 100)}}, "attempt")
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		kept  []byte
		calls int
	}{
		"whole": {whole, 0}, "one byte less": {whole[:len(whole)-1], 1}, "half": {whole[:len(whole)/2], 1}, "the tag alone": {whole[:60], 1}, "nothing": {nil, 1},
		"zeros at its end": {append(whole[:len(whole)-40:len(whole)-40], make([]byte, 40)...), 1},
	} {
		v, answers := &fake{}, &memoryAnswers{}
		r := Request{Utterance: texts(1)[0].utterance(), chunk: "ab", answers: answers}
		if err := answers.Put(t.Context(), r.answerHash(), test.kept, nil); err != nil {
			t.Fatal(err)
		}
		if _, err := KeepAnswers(v).Speak(t.Context(), r); err != nil || v.calls != test.calls {
			t.Errorf("%s: %d calls, %v", name, v.calls, err)
		}
	}
}
