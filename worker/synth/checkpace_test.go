package synth

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"lector"
	"lector/audio"
)

// TestPace has a voice of fourteen letters a second, and clips of other paces.
func TestCheckPace(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("The ferry left the harbour on time. ", 4)
	say := func(text string, times float64) time.Duration {
		letters := weights(text, []Extent{{0, len(text)}})[0]
		return time.Duration(times * letters / 14 * float64(time.Second))
	}
	for name, test := range map[string]struct {
		text   string
		speed  float64
		length float64 // times the usual
		want   string
	}{
		"as ever":             {text, 1, 1, ""},
		"a little quicker":    {text, 1, 0.7, ""},
		"a little slower":     {text, 1, 1.4, ""},
		"half of it":          {text, 1, 0.5, "too short"},
		"said twice":          {text, 1, 2, "too long"},
		"asked to be quicker": {text, 2, 0.5, ""},
		"half, and quicker":   {text, 1.5, 0.34, "too short"},
		"too short to tell":   {"Yes, he said.", 1, 0.4, ""},
		"numbers":             {strings.Repeat("In 2024 it was 1,234,567. ", 4), 1, 1.3, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &paces{byLanguage: map[string]*pace{}}
			u := lector.Utterance{Text: text, Language: "en-GB"}
			for i := range 20 {
				if err := s.check(u, 1, say(text, 0.9+float64(i)/100)); err != nil {
					t.Fatal(err)
				}
			}
			u.Text = test.text
			err := s.check(u, test.speed, say(test.text, test.length))
			if (test.want == "") != (err == nil) || err != nil && (!errors.As(err, new(unfitError)) || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("%v, want %q", err, test.want)
			}
			u.Language = "uk"
			if err := s.check(u, 1, say(text, 0.5)); err != nil {
				t.Errorf("another language: %v", err)
			}
		})
	}
}

// TestPaceForgets is of a voice whose makers gave it a slower pace. A quicker
// one is not believed: it would be that of a server that sends halves.
func TestPaceForgets(t *testing.T) {
	t.Parallel()
	u := lector.Utterance{Text: strings.Repeat("The ferry left the harbour on time. ", 4), Language: "en"}
	for now, forgets := range map[time.Duration]bool{25 * time.Second: true, 4 * time.Second: false} {
		s := &paces{byLanguage: map[string]*pace{}}
		for range 200 {
			_ = s.check(u, 1, 10*time.Second)
		}
		for range 48 {
			_ = s.check(u, 1, now)
		}
		if err := s.check(u, 1, now); (err == nil) != forgets {
			t.Errorf("%v in place of 10 s: %v", now, err)
		}
	}
}

// TestPaceKnowsAFew compares with few clips, and then only halves fall out.
func TestPaceKnowsAFew(t *testing.T) {
	t.Parallel()
	u := lector.Utterance{Text: strings.Repeat("The ferry left the harbour on time. ", 4), Language: "en"}
	for seen, refused := range map[int]bool{few - 1: false, few: true} {
		s := &paces{byLanguage: map[string]*pace{}}
		for range seen {
			_ = s.check(u, 1, 10*time.Second)
		}
		if err := s.check(u, 1, 5200*time.Millisecond); (err != nil) != refused {
			t.Errorf("half of it behind %d: %v", seen, err)
		}
		if err := s.check(u, 1, 6*time.Second); err != nil {
			t.Errorf("somewhat quicker behind %d: %v", seen, err)
		}
	}
}

func TestPaceAsks(t *testing.T) {
	t.Parallel()
	bad := errors.New("bad")
	sound := CheckPace(func(_ context.Context, mp3 []byte, _ Request, _ lector.Capabilities) (*audio.Analysis, error) {
		if len(mp3) == 0 {
			return nil, bad
		}
		return &audio.Analysis{Sound: audio.Span{End: time.Duration(len(mp3)) * time.Second}}, nil
	})
	text := strings.Repeat("The ferry left. ", 10)
	ctx, r := t.Context(), Request{Utterance: lector.Utterance{Text: text, Language: "en"}}
	for range enough {
		if _, err := sound(ctx, make([]byte, utf8.RuneCountInString(text)/14), r, lector.Capabilities{}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := sound(ctx, nil, r, lector.Capabilities{}); !errors.Is(err, bad) {
		t.Errorf("what the first checker says: %v", err)
	}
	if _, err := sound(ctx, make([]byte, 5), r, lector.Capabilities{}); !errors.As(err, new(unfitError)) {
		t.Errorf("half: %v", err)
	}
	if _, err := sound(ctx, make([]byte, 5), r, lector.Capabilities{Deterministic: true}); err != nil {
		t.Errorf("half, of a voice that will say nothing else: %v", err)
	}
}
