// Package voicetest is the promise of a voice as a test. A new backend is done
// when Exercise passes for it, against a server that behaves as the real one
// does. It is for _test.go files only.
package voicetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"lector"
	"lector/infra/voice/sound"
)

// Voice is what is tested: worker/synth.Voice by shape.
type Voice interface {
	Speak(ctx context.Context, u lector.Utterance) (lector.Speech, error)
	Capabilities() lector.Capabilities
}

// Subject is a voice under test, with what it cannot tell of itself.
type Subject struct {
	Voice    Voice
	Language string // one that it speaks; default en
	Billed   bool   // each call costs characters
	Calls    func() int
	// Calls counts what reached the backend; nil where nobody counts.
}

// Run runs the whole suite.
func Run(t *testing.T, s Subject) {
	t.Helper()
	if s.Language == "" {
		s.Language = "en"
	}
	t.Run("capabilities", s.capabilities)
	t.Run("speaks", s.speaks)
	t.Run("text is data", s.textIsData)
	t.Run("refuses", s.refuses)
	t.Run("together", s.concurrent)
	t.Run("cancelled", s.cancelled)
}

// Sentence is what the suite says where it does not matter what.
const Sentence = "The harbour was quiet this morning, and the ferry left on time."

func (s Subject) say(text string) lector.Utterance {
	return lector.Utterance{Text: text, Language: s.Language}
}

func (s Subject) capabilities(t *testing.T) {
	c := s.Voice.Capabilities()
	if c.Backend == "" || c.MaxLength <= 0 || !slices.Contains([]lector.Unit{lector.Characters, lector.Bytes}, c.Unit) {
		t.Errorf("backend %q, length %d %s: a voice names itself and its limit", c.Backend, c.MaxLength, c.Unit)
	}
	if c.SampleRate <= 0 || c.Channels < 1 || c.Channels > 2 {
		t.Errorf("%d Hz, %d channels: clips cannot be checked or joined", c.SampleRate, c.Channels)
	}
	switch c.Normalise {
	case "full", "light", "off":
	default:
		t.Errorf("normalise %q is not full, light or off", c.Normalise)
	}
	if !strings.HasPrefix(c.Synthetic, "http://cv.iptc.org/newscodes/digitalsourcetype/") {
		t.Errorf("synthetic %q: no IPTC digital source type", c.Synthetic)
	}
	if fmt.Sprint(c) != fmt.Sprint(s.Voice.Capabilities()) {
		t.Error("two answers differ")
	}
}

func (s Subject) speaks(t *testing.T) {
	u := s.say(Sentence)
	u.Before, u.After, u.Speed = "Good morning.", "It arrived late.", 1
	first := s.speak(t, u)
	if !s.Voice.Capabilities().Deterministic {
		return
	}
	if again := s.speak(t, u); !bytes.Equal(first.MP3, again.MP3) {
		t.Errorf("deterministic, but the bytes differ: %d and %d", len(first.MP3), len(again.MP3))
	}
}

// speak says it and checks everything that can be said of any answer.
func (s Subject) speak(t *testing.T, u lector.Utterance) lector.Speech {
	t.Helper()
	got, err := s.Voice.Speak(t.Context(), u)
	if err != nil {
		t.Fatalf("speak %.60q: %v", u.Text, err)
	}
	c := s.Voice.Capabilities()
	f, err := sound.ScanFrames(got.MP3)
	switch {
	case err != nil:
		t.Fatalf("speak %.60q: %v", u.Text, err)
	case f.Rate != c.SampleRate || f.Channels != c.Channels:
		t.Errorf("%d Hz, %d channels; promised %d Hz, %d", f.Rate, f.Channels, c.SampleRate, c.Channels)
	case s.Billed && got.Characters <= 0:
		t.Errorf("billed %d characters", got.Characters)
	case !s.Billed && got.Characters != 0:
		t.Errorf("billed %d characters of a free voice", got.Characters)
	}
	for _, m := range got.Marks {
		if m.Kind != c.Marks && m.Kind != lector.SentenceMark {
			t.Errorf("mark of kind %s; promised %s", m.Kind, c.Marks)
		}
		inText := 0 <= m.Start && m.Start <= m.End && m.End <= len(u.Text)
		if !inText || m.At < 0 || m.At > f.Duration+time.Second {
			t.Errorf("mark out of place: %+v in %d bytes, %v", m, len(u.Text), f.Duration)
		}
	}
	return got
}

// hostile are texts that somebody might take for markup, options, commands or
// the end of a request.
func hostile() []string {
	return []string{
		`<speak>Say <break time="10s"/> this & that</speak> in the harbour today.`,
		`-o /tmp/nowhere --help is how the letter begins.`,
		`The [[volm 0.1]] harbour [[h@'loU]] was ]] quiet [[ today.`,
		`Whispers: [laughs] {{braces}} "quotes" 'single' \n back\\slash %s %d $HOME $(id) today.`,
		"Bell \a, null \x00, escape \x1b[31m and a\r\nnew line in the harbour.",
		"Broken \xff\xfe UTF-8 stands in the harbour.",
		`]]></speak><audio src="http://127.0.0.1:1/x"/> "}],"voice":"other" & the harbour &amp; the ferry.`,
		"Café, naïve, Zoë, “quoted” — and €5, 😀, 東京 in the harbour.",
	}
}

func (s Subject) textIsData(t *testing.T) {
	for _, text := range hostile() {
		s.speak(t, s.say(text))
	}
}

func (s Subject) refuses(t *testing.T) {
	c := s.Voice.Capabilities()
	long := strings.Repeat("word ", c.MaxLength/5+2)
	for name, text := range map[string]string{"nothing": "", "blanks": " \n\t ", "too long": long} {
		before := s.calls()
		_, err := s.Voice.Speak(t.Context(), s.say(text))
		if !lector.IsPermanent(err) {
			t.Errorf("%s: %v, want a permanent error", name, err)
		}
		if s.calls() != before {
			t.Errorf("%s: reached the backend", name)
		}
	}
	fits := strings.TrimSpace(strings.Repeat("word ", c.MaxLength/5))
	if c.MaxLength <= 1000 && utf8.RuneCountInString(fits) <= c.MaxLength {
		s.speak(t, s.say(fits))
	}
}

func (s Subject) calls() int {
	if s.Calls == nil {
		return 0
	}
	return s.Calls()
}

func (s Subject) concurrent(t *testing.T) {
	var wait sync.WaitGroup
	for i := range 6 {
		wait.Go(func() {
			u := s.say(fmt.Sprintf("Ferry number %d left on time.", i))
			if got, err := s.Voice.Speak(t.Context(), u); err != nil || len(got.MP3) == 0 {
				t.Errorf("%d of six at once: %v", i, err)
			}
		})
	}
	wait.Wait()
}

func (s Subject) cancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Voice.Speak(ctx, s.say(Sentence)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
