package synth

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"lector"
	"lector/audio"
)

// frameHeader begins a frame of 24 ms in 144 bytes: 24 kHz mono at 48 kbit/s.
var frameHeader = []byte{0xFF, 0xF3, 0x64, 0xC4}

// silentClip returns frames whose side information is all zeros: digital silence.
func silentClip(d time.Duration) []byte {
	frame := append(slices.Clone(frameHeader), make([]byte, 140)...)
	return bytes.Repeat(frame, int(d/(24*time.Millisecond)))
}

// toneClip returns frames with one loud spectral line, at about 430 Hz. What
// looks for the edges of its sound finds them in the first and the last frames
// and decodes no others, which a silent clip would make it do.
func toneClip(d time.Duration) []byte {
	frame := append(slices.Clone(frameHeader), toneData...)
	frame = append(frame, make([]byte, 144-len(frame))...)
	return bytes.Repeat(frame, int(d/(24*time.Millisecond)))
}

// toneData is the side information of a frame (ISO/IEC 13818-3, 2.4.1.7) and its
// Huffman codes of table 1. Of the side information only part2_3_length (13
// bits), big_values (11 pairs), global_gain (204) and table_select (1 for each
// region) are not zero; the codes say ten pairs of zeros and the pair (1, 0).
var toneData = []byte{0x00, 0x00, 0x68, 0x2F, 0x30, 0x00, 0x08, 0x42, 0x00, 0xFF, 0xD0}

// picky is unfit for texts of more than so many bytes, and for the first
// renderings of each text.
func picky(longest, bad int) *fake {
	f := &fake{}
	f.answer = func(_ int, u lector.Utterance) (lector.Speech, error) {
		f.mu.Lock()
		n := f.said[u.Text]
		f.mu.Unlock()
		s := lector.Speech{MP3: toneClip(time.Duration(len(u.Text)) * 100 * time.Millisecond), Characters: len(u.Text)}
		if len(u.Text) > longest || n <= bad {
			return lector.Speech{Characters: s.Characters}, unfitError{Reason: "repeats itself"}
		}
		s.Marks = []lector.Mark{{Kind: lector.WordMark, At: 10 * time.Millisecond, End: strings.IndexAny(u.Text+" ", " ")}}
		return s, nil
	}
	return f
}

const long = "The ferry left on time, as it does. The harbour was quiet, and nobody waved. By noon the wind had turned."

func TestRetrySplitRendersAgain(t *testing.T) {
	t.Parallel()
	v := picky(999, 2)
	s, err := RetrySplit(v, 3, nil).Speak(t.Context(), Request{Utterance: lector.Utterance{Text: long}})
	if err != nil || v.calls != 3 || s.Characters != 3*len(long) {
		t.Errorf("%v, %d calls, %d characters", err, v.calls, s.Characters)
	}
}

func TestRetrySplitSplits(t *testing.T) {
	t.Parallel()
	v := picky(80, 0)
	s, err := RetrySplit(v, 2, nil).Speak(t.Context(), Request{Utterance: lector.Utterance{Text: long, Before: "Before.", After: "After."}})
	if err != nil {
		t.Fatal(err)
	}
	first, second, _ := strings.Cut(long, " The")
	second = "The" + second
	if v.said[first] != 1 || v.said[second] != 1 || v.said[long] != 2 {
		t.Errorf("said %v", v.said)
	}
	a, err := audio.Analyze(t.Context(), bytes.NewReader(s.MP3), int64(len(s.MP3)))
	if want := time.Duration(len(first)+len(second)) * 100 * time.Millisecond; err != nil || (a.Duration-want).Abs() > 100*time.Millisecond {
		t.Errorf("%v long, want %v: %v", a.Duration, want, err)
	}
	if len(s.Marks) != 2 || long[s.Marks[1].Start:s.Marks[1].End] != "The" {
		t.Errorf("marks %+v", s.Marks)
	}
	if at := time.Duration(len(first)) * 100 * time.Millisecond; (s.Marks[1].At - at).Abs() > 100*time.Millisecond {
		t.Errorf("second half at %v, want %v", s.Marks[1].At, at)
	}
	if s.Characters != 2*len(long)+len(first)+len(second) {
		t.Errorf("%d characters", s.Characters)
	}
}

func TestRetrySplitGivesUp(t *testing.T) {
	t.Parallel()
	v := picky(0, 0)
	_, err := RetrySplit(v, 2, nil).Speak(t.Context(), Request{Utterance: lector.Utterance{Text: long}})
	if !lector.IsPermanent(err) || !errors.As(err, new(unfitError)) || v.calls > 8 {
		t.Errorf("%v after %d calls", err, v.calls)
	}
	v = picky(0, 0)
	if _, err = RetrySplit(v, 2, nil).Speak(t.Context(), Request{Utterance: lector.Utterance{Text: "Too short to cut."}}); !lector.IsPermanent(err) || v.calls != 2 {
		t.Errorf("%v after %d calls", err, v.calls)
	}
	v = picky(0, 0)
	v.caps = lector.Capabilities{Backend: "fake", Deterministic: true}
	if _, err = RetrySplit(v, 3, nil).Speak(t.Context(), Request{Utterance: lector.Utterance{Text: "Says it the same way."}}); err == nil || v.calls != 1 {
		t.Errorf("a deterministic voice is asked %d times", v.calls)
	}
	w := failing(9, errBroken)
	if _, err = RetrySplit(w, 3, nil).Speak(t.Context(), Request{Utterance: lector.Utterance{Text: long}}); !errors.Is(err, errBroken) || w.calls != 1 {
		t.Errorf("other errors are not its business: %v, %d calls", err, w.calls)
	}
}

func TestMiddle(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		long: "The ferry left on time, as it does.",
		"One clause of a sentence, which goes on; and on and on without a stop of any kind":  "One clause of a sentence, which goes on;",
		"no marks at all in this rather long text without an end of any sentence whatsoever": "no marks at all in this rather long text",
		"Слово за словом, речення за реченням. Тут воно скінчилося вже.":                     "Слово за словом, речення за реченням.",
	} {
		at, ok := middle(text)
		if !ok || text[:at] != want {
			t.Errorf("%q, %v; want %q", text[:at], ok, want)
		}
	}
	for _, text := range []string{"", "short", "Twenty characters or so here", strings.Repeat("x", 200)} {
		if at, ok := middle(text); ok {
			t.Errorf("%q is cut at %d", text, at)
		}
	}
}

func FuzzMiddle(f *testing.F) {
	f.Add(long)
	f.Fuzz(func(t *testing.T, text string) {
		if at, ok := middle(text); ok && (strings.TrimSpace(text[:at]) == "" || strings.TrimSpace(text[at:]) == "") {
			t.Errorf("%q is cut at %d", text, at)
		}
	})
}

func TestLimitConcurrency(t *testing.T) {
	t.Parallel()
	var running, most, all int
	var mu sync.Mutex
	count := func(by int) {
		mu.Lock()
		defer mu.Unlock()
		running += by
		most = max(most, running)
		all += max(by, 0)
	}
	check := LimitConcurrency(3, func(context.Context, []byte, Request, lector.Capabilities) (*audio.Analysis, error) {
		count(1)
		defer count(-1)
		runtime.Gosched()
		return nil, unfitError{Reason: "as ever"}
	})
	var wait sync.WaitGroup
	for range 50 {
		wait.Go(func() {
			if _, err := check(t.Context(), nil, Request{}, lector.Capabilities{}); !errors.As(err, new(unfitError)) {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if all != 50 || most > 3 {
		t.Errorf("%d checks, %d at once", all, most)
	}
}

// TestCheckAudio has the checker look at what voices were seen to send.
func TestCheckAudio(t *testing.T) {
	t.Parallel()
	withoutRace(t)
	need(t, "flite", "lame", "sox")
	text := paragraphs[0][0]
	encode := func(sayings []string, args ...string) []byte {
		var pcm []byte
		for _, s := range sayings {
			one, _ := fliteVoicing("rms")(t, s)
			pcm = append(pcm, one...)
		}
		c := exec.Command("lame", append([]string{"--quiet", "-r", "-s", "16", "--bitwidth", "16", "-m", "m", "-b", "48", "--cbr", "--nores", "-t"}, append(args, "-", "-")...)...)
		c.Stdin = bytes.NewReader(pcm)
		mp3, err := c.Output()
		if err != nil {
			t.Fatal(err)
		}
		return mp3
	}
	good := encode([]string{text}, "--resample", "24")
	repeated := make([]string, 10)
	for i := range repeated {
		repeated[i] = text
	}
	caps := lector.Capabilities{SampleRate: 24000, Channels: 1}
	for name, test := range map[string]struct {
		mp3  []byte
		want string // good, unfit, permanent or transient
	}{
		"good":           {good, "good"},
		"ten times":      {encode(repeated, "--resample", "24"), "unfit"},
		"a word":         {encode([]string{"The."}, "--resample", "24"), "unfit"},
		"silence":        {silentClip(4 * time.Second), "unfit"},
		"wrong rate":     {encode([]string{text}, "--resample", "22.05"), "permanent"},
		"HTML":           {[]byte("<!doctype html><html><body>502</body></html>"), "transient"},
		"nothing":        {nil, "transient"},
		"half a frame":   {good[:len(good)-70], "unfit"},
		"nine tenths":    {bytes.Repeat([]byte{0xFF}, 3000), "transient"},
		"garbage inside": {append(append(bytes.Clone(good[:2880]), "<html>garbage</html>"...), good[2880:]...), "unfit"},
	} {
		_, err := CheckAudio(t.Context(), test.mp3, Request{Utterance: lector.Utterance{Text: text, Language: "en"}}, caps)
		got := "transient"
		switch {
		case err == nil:
			got = "good"
		case errors.As(err, new(unfitError)):
			got = "unfit"
		case lector.IsPermanent(err):
			got = "permanent"
		}
		if got != test.want {
			t.Errorf("%s: %s (%v), want %s", name, got, err, test.want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := CheckAudio(ctx, good, Request{Utterance: lector.Utterance{Text: text}}, caps); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
