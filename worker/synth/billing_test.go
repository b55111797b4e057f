package synth

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"lector"
	"lector/audio"
)

// truncating is a speech server of some pace that does not always say all of a
// text.
type truncating struct {
	pace float64                                // characters a second
	says func(call int, text string) (said int) // characters of an answer

	mu     sync.Mutex
	calls  int
	billed int
}

func (o *truncating) Capabilities() lector.Capabilities {
	return lector.Capabilities{Backend: "truncating", Voice: "v", SampleRate: 24000, Channels: 1, Concurrency: 8}
}

func (o *truncating) Speak(_ context.Context, r Request) (Result, error) {
	s, err := o.speak(r.Utterance)
	return Result{Speech: s}, err
}

// bareTruncating is its Voice.
type bareTruncating struct{ *truncating }

func (b bareTruncating) Speak(_ context.Context, u lector.Utterance) (lector.Speech, error) {
	return b.speak(u)
}

func (o *truncating) speak(u lector.Utterance) (lector.Speech, error) {
	n := utf8.RuneCountInString(u.Text)
	o.mu.Lock()
	o.calls++
	o.billed += n
	said := min(o.says(o.calls, u.Text), n)
	o.mu.Unlock()
	sound := float64(said) / o.pace * (0.95 + rand.Float64()/10)
	return lector.Speech{MP3: toneClip(time.Duration(sound * float64(time.Second))), Characters: n}, nil
}

// checkLength is a Checker that takes the length of a clip for its sound, and
// refuses what is too short as audio.Check does.
func checkLength(_ context.Context, mp3 []byte, r Request, caps lector.Capabilities) (*audio.Analysis, error) {
	sound := time.Duration(len(mp3)/144) * 24 * time.Millisecond
	a := &audio.Analysis{Sound: audio.Span{End: sound}}
	want := expect(r.Utterance, caps)
	if sound+300*time.Millisecond < time.Duration(float64(want.Characters)/want.Fastest*float64(time.Second)) {
		return a, unfitError{fmt.Sprintf("too short: %v", sound), true}
	}
	return a, nil
}

// article returns chunks of so many characters each, and their sum.
func article(lengths ...int) (chunks []Chunk, all int) {
	const sentence = "The ferry left the harbour on time, and nobody on the pier waved after it. "
	for i, n := range lengths {
		text := fmt.Sprintf("Number %d: ", i) + strings.Repeat(sentence, n/len(sentence)+1)
		text = strings.TrimSpace(text[:n])
		chunks = append(chunks, Chunk{Text: text, Language: "en"})
		all += utf8.RuneCountInString(text)
	}
	return chunks, all
}

// synthesis is what came of the synthesis of an article.
type synthesis struct {
	*truncating
	clips []Clip
	err   error
	limit int
	most  int // characters that may be billed
	all   int
}

func synthesizeArticle(t *testing.T, o *truncating, lengths ...int) synthesis {
	t.Helper()
	chunks, all := article(lengths...)
	out := synthesis{truncating: o, most: newRerenderLimit(chunks, 0).most, all: all}
	account := openAccount(NewMemoryLedger(nil))
	v := LimitCalls(Meter(o, "v"), 8, 0)
	v = RetrySplit(Check(Retry(LimitRerendering(v), RetryPolicy{}), CheckPace(checkLength)), 3, func(n int) { out.limit = n })
	r := Synthesizer{Voice: v, Clips: &memory{}}
	out.clips, out.err = r.Synthesize(t.Context(), account, chunks, nil, nil)
	if out.billed > out.most {
		t.Errorf("%d characters billed, %d are allowed for %d", out.billed, out.most, out.all)
	}
	out.checkAccount(t, account)
	return out
}

// checkAccount fails the test unless clips and account agree with the server about
// what was billed.
func (o synthesis) checkAccount(t *testing.T, account *Account) {
	t.Helper()
	recorded, billed := 0, 0
	for _, c := range account.endedCalls() {
		if c.Outcome != lector.CallPaid {
			t.Errorf("%+v", c)
		}
		recorded += c.Characters
	}
	for _, c := range o.clips {
		billed += c.Billed
	}
	if recorded != o.billed || o.err == nil && billed != o.billed {
		t.Errorf("the server billed %d characters, the account has %d, the clips %d", o.billed, recorded, billed)
	}
}

// sound is how long all clips are together.
func (o synthesis) sound() (seconds float64) {
	for _, c := range o.clips {
		seconds += 0.024 * float64(len(c.MP3)/144)
	}
	return seconds
}

func share(f float64) func(int, string) int {
	return func(_ int, text string) int { return int(f * float64(utf8.RuneCountInString(text))) }
}

func stops(at int) func(int, string) int { return func(int, string) int { return at } }

// TestHalves has a server whose every answer says a fixed share of its text.
func TestHalves(t *testing.T) {
	t.Parallel()
	for _, pace := range []float64{15.5, 17, 20} { // a slower voice's halves are a quick voice, until it is known
		for _, f := range []float64{0.4, 0.5} {
			for _, lengths := range [][]int{{460}, {150, 150, 160}, {48, 180, 90, 240}, {40, 575, 575, 575, 575}, {900, 80}} {
				o := synthesizeArticle(t, &truncating{pace: pace, says: share(f)}, lengths...)
				if !lector.IsPermanent(o.err) || !errors.As(o.err, new(unfitError)) || !strings.Contains(o.err.Error(), "too short") {
					t.Errorf("%v at %v, %v: %v after %d calls, %d of %d characters", f, pace, lengths, o.err, o.calls, o.billed, o.all)
				}
			}
		}
	}
}

// TestServerThatStops has servers that end each answer at a length.
func TestServerThatStops(t *testing.T) {
	t.Parallel()
	for _, pace := range []float64{14, 17, 20} {
		for _, test := range []struct {
			at      int
			lengths []int
		}{
			{300, []int{60, 575, 575, 575, 575, 575}},
			{300, []int{60, 600, 200, 575, 260, 640}},
			{300, []int{1000}},
			{300, []int{2800, 75}},
			{500, []int{60, 950, 400, 990, 970}},
			{1000, []int{40, 2000, 1900, 300, 1950}},
		} {
			o := synthesizeArticle(t, &truncating{pace: pace, says: stops(test.at)}, test.lengths...)
			if o.err != nil {
				t.Errorf("stops at %d, pace %v, %v: %v after %d characters", test.at, pace, test.lengths, o.err, o.billed)
				continue
			}
			if want := float64(o.all) / pace; o.sound() < 0.9*want || o.sound() > 1.1*want {
				t.Errorf("stops at %d, %v: %.1f s of sound, want %.1f", test.at, test.lengths, o.sound(), want)
			}
			if o.limit < test.at*85/100 || o.limit > test.at*115/100 {
				t.Errorf("stops at %d, pace %v, %v: synthesis %d", test.at, pace, test.lengths, o.limit)
			}
		}
	}
}

// TestGoodVoicesPayOnce has servers that say all of each text, or nearly.
func TestGoodVoicesPayOnce(t *testing.T) {
	t.Parallel()
	for _, pace := range []float64{9, 14, 20} {
		o := synthesizeArticle(t, &truncating{pace: pace, says: share(1)}, 60, 575, 900, 1200, 80, 300, 2000)
		if o.err != nil || o.billed != o.all || o.limit != 0 {
			t.Errorf("pace %v: %v, %d of %d characters, limit %d", pace, o.err, o.billed, o.all, o.limit)
		}
	}
	accident := func(call int, text string) int {
		if call%7 == 3 {
			return len(text) * (3 + call%2) / 9
		}
		return len(text)
	}
	o := synthesizeArticle(t, &truncating{pace: 17, says: accident}, 60, 275, 400, 300, 80, 300, 350, 410, 390, 222)
	if o.err != nil || o.limit != 0 || o.sound() < 0.9*float64(o.all)/17 {
		t.Errorf("accidents: %v, %d of %d characters, limit %d", o.err, o.billed, o.all, o.limit)
	}
}

// TestQuickVoice is at a pace at which a slower voice would have been cut short:
// it is asked for the beginnings of longer texts alone, and believed.
func TestQuickVoice(t *testing.T) {
	t.Parallel()
	o := synthesizeArticle(t, &truncating{pace: 23.5, says: share(1)}, 60, 900, 575, 880, 80, 300)
	if o.err != nil || o.billed > o.all+3*beginning || o.billed == o.all || o.limit != 0 {
		t.Errorf("%v, %d of %d characters, limit %d", o.err, o.billed, o.all, o.limit)
	}
}

// TestRerenderLimitIsOfTheArticle has a server that breaks each answer off and
// bills it.
func TestRerenderLimitIsOfTheArticle(t *testing.T) {
	t.Parallel()
	for limit, most := range map[float64]int{0: 2985, 1: 2290, 4: 7960} {
		chunks, all := article(100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100)
		billed, mu := 0, sync.Mutex{}
		v := &fake{answer: func(_ int, u lector.Utterance) (lector.Speech, error) {
			mu.Lock()
			defer mu.Unlock()
			billed += utf8.RuneCountInString(u.Text)
			return lector.Speech{Characters: 1}, lector.Hint(errBroken, "see its log")
		}}
		none := func(time.Duration) time.Duration { return 0 }
		r := Synthesizer{Voice: Retry(LimitRerendering(v), RetryPolicy{Tries: 100, Jitter: none}), Clips: &memory{}, RerenderLimit: limit}
		_, err := r.Synthesize(t.Context(), nil, chunks, nil, nil)
		if !lector.IsPermanent(err) || !errors.Is(err, errBroken) || !strings.Contains(err.Error(), fmt.Sprintf("re-rendering stops at %d characters for an article of %d", most, all)) {
			t.Errorf("%v of %d: %v", most, all, err)
		}
		if hint := lector.HintOf(err); !strings.Contains(hint, "see its log") || !strings.Contains(hint, "rerender_limit") {
			t.Errorf("hint %q", hint)
		}
		if billed > most {
			t.Errorf("%d billed, %d allowed", billed, most)
		}
	}
}

// TestRefusalsAreFree has a server that answers 503 for a while: nothing was
// billed, and nothing counts against the limit.
func TestRefusalsAreFree(t *testing.T) {
	t.Parallel()
	none := func(time.Duration) time.Duration { return 0 }
	r := Synthesizer{Voice: Retry(LimitRerendering(failing(50, errBroken)), RetryPolicy{Tries: 100, Jitter: none}), Clips: &memory{}, RerenderLimit: 1}
	if _, err := r.Synthesize(t.Context(), nil, texts(3), nil, nil); err != nil {
		t.Error(err)
	}
}

// TestUnansweredCallsCount has a server that takes each text and never answers. Each
// call may have been billed; the article waits for the voice and has not failed.
func TestUnansweredCallsCount(t *testing.T) {
	t.Parallel()
	none := func(time.Duration) time.Duration { return 0 }
	chunks, all := article(100, 100, 100, 100, 100, 100)
	sent, mu := 0, sync.Mutex{}
	v := &fake{answer: func(_ int, u lector.Utterance) (lector.Speech, error) {
		mu.Lock()
		defer mu.Unlock()
		sent += utf8.RuneCountInString(u.Text)
		return lector.Speech{}, lector.Unanswered(lector.WithClass(errBroken, lector.ClassVoiceDown))
	}}
	r := Synthesizer{Voice: Retry(LimitRerendering(Meter(v, "anna")), RetryPolicy{Tries: 100, Jitter: none}), Clips: &memory{}, RerenderLimit: 1}
	_, err := r.Synthesize(t.Context(), nil, chunks, nil, nil)
	if most := newRerenderLimit(chunks, 1).most; sent > most {
		t.Errorf("%d characters sent for an article of %d, %d allowed", sent, all, most)
	}
	waits := !lector.IsPermanent(err) && lector.ClassOf(err) == lector.ClassVoiceDown
	if err == nil || !waits || !strings.Contains(err.Error(), "re-rendering stops") {
		t.Errorf("%v, class %q", err, lector.ClassOf(err))
	}
}

func TestCuts(t *testing.T) {
	t.Parallel()
	chunks, _ := article(2875)
	for _, text := range []string{chunks[0].Text, strings.Repeat("слово за словом, ", 80) + "кінець.", strings.Repeat("no marks at all in this ", 60)} {
		for _, most := range []int{60, 141, 270, 900} {
			from := 0
			for _, at := range append(cuts(text, 0, most), len(text)) {
				part := strings.TrimSpace(text[from:at])
				if n := utf8.RuneCountInString(part); n > most || n < shortest {
					t.Errorf("a part of %d characters where %d are most: %q", n, most, part)
				}
				from = at
			}
		}
	}
	if at := cuts(strings.Repeat("x", 500), 0, 100); len(at) > 0 {
		t.Errorf("a single word is cut: %v", at)
	}
}

func FuzzCuts(f *testing.F) {
	f.Add(long, 30)
	f.Fuzz(func(t *testing.T, text string, most int) {
		from := 0
		for _, at := range cuts(text, 0, max(most%500, 1)) {
			if at <= from || strings.TrimSpace(text[from:at]) == "" || strings.TrimSpace(text[at:]) == "" {
				t.Errorf("%q is cut at %d behind %d", text, at, from)
			}
			from = at
		}
	})
}

// TestPartsAreStored has an article that is superseded between the parts of its
// text: the next attempt pays for what is missing only.
func TestPartsAreStored(t *testing.T) {
	t.Parallel()
	chunks, _ := article(900)
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	o := &truncating{pace: 17, says: func(call int, text string) int {
		if call == 4 { // the second part
			cancel(errSuperseded)
		}
		return 300
	}}
	clips, flight := &memory{}, &Singleflight{}
	m := RetrySplit(Check(Meter(WithGracePeriod(bareTruncating{o}, flight), "v"), CheckPace(checkLength)), 3, nil)
	r := Synthesizer{Voice: m, Clips: clips, Singleflight: flight}
	if _, err := r.Synthesize(ctx, nil, chunks, nil, nil); !errors.Is(err, errSuperseded) {
		t.Fatal(err)
	}
	flight.Drain(time.Hour)
	parts, billed := len(clips.keys()), o.billed
	if parts != 2 || o.calls != 4 {
		t.Fatalf("%d parts stored after %d calls", parts, o.calls)
	}
	m.(retrySplit).answers.measured(280) // so that the text is cut before it is tried
	got, err := r.Synthesize(t.Context(), nil, chunks, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if sound := (synthesis{clips: got}).sound(); sound < 0.9*900/17 {
		t.Errorf("%.1f s of sound", sound)
	}
	t.Logf("%d billed, then %d", billed, o.billed-billed)
	again := o.billed
	delete(clips.clips, got[0].Hash) // only the parts are left
	if got, err = r.Synthesize(t.Context(), nil, chunks, nil, nil); err != nil || o.billed != again || got[0].Billed != 0 {
		t.Errorf("parts are paid for again: %d, %d, %v", o.billed-again, got[0].Billed, err)
	}
}

// TestNothingToCut has a text without a place to cut, and a voice that hums: it
// fails soon, at a bounded cost, and says why.
func TestNothingToCut(t *testing.T) {
	t.Parallel()
	blob := Chunk{Text: strings.Repeat("a", 2000), Language: "en"}
	good, _ := article(100, 100)
	v := &fake{answer: func(_ int, u lector.Utterance) (lector.Speech, error) {
		s := lector.Speech{MP3: toneClip(time.Second), Characters: len(u.Text)}
		if u.Text == blob.Text {
			return lector.Speech{Characters: s.Characters}, unfitError{Reason: "1.2 s of unchanged sound"}
		}
		return s, nil
	}}
	r := Synthesizer{Voice: RetrySplit(LimitRerendering(v), 3, nil), Clips: &memory{}}
	_, err := r.Synthesize(t.Context(), nil, append(good, blob), nil, nil)
	if !lector.IsPermanent(err) || !strings.Contains(err.Error(), "1.2 s of unchanged sound") || v.said[blob.Text] > 3 {
		t.Errorf("%v after %d calls", err, v.said[blob.Text])
	}
}

// TestHalvesOfAKnownVoice has a slow voice, whose halves are no quicker than
// other voices: they are compared with its own pace, however short the parts.
func TestHalvesOfAKnownVoice(t *testing.T) {
	t.Parallel()
	var sick atomic.Bool
	o := &truncating{pace: 11, says: func(_ int, text string) int {
		n := utf8.RuneCountInString(text)
		if sick.Load() {
			return n / 2
		}
		return n
	}}
	r := Synthesizer{Voice: RetrySplit(Check(LimitRerendering(o), CheckPace(checkLength)), 3, nil), Clips: &memory{}}
	well, _ := article(100, 110, 120, 130, 140, 150, 160, 170, 180, 190, 200, 210, 220)
	if _, err := r.Synthesize(t.Context(), nil, well, nil, nil); err != nil {
		t.Fatal(err)
	}
	sick.Store(true)
	for _, n := range []int{90, 101, 240, 460} {
		chunks, all := article(n)
		before := o.billed
		if _, err := r.Synthesize(t.Context(), nil, chunks, nil, nil); !lector.IsPermanent(err) || !strings.Contains(err.Error(), "as quick as the whole") {
			t.Errorf("half of %d characters: %v", n, err)
		}
		if billed := o.billed - before; billed > newRerenderLimit(chunks, 0).most {
			t.Errorf("%d billed for %d", billed, all)
		}
	}
}

// endedCalls returns the calls that have ended, and what was reused.
func (a *Account) endedCalls() []lector.Call {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.made)
}
