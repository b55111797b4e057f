package synth

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"lector"
	"lector/audio"
)

// Mend returns v with unfit clips spoken again, and then in two halves. A voice
// that says the same text in the same bytes is not asked twice for them. What
// cannot be mended is a permanent error: another voice may read the article.
func Mend(v Voice, renderings int) Voice { return mending{v, renderings} }

type mending struct {
	Voice
	renderings int // of one text, the first included
}

// shortest is a half that is worth trying: neural voices babble when they get a
// word alone.
const shortest = 20

// deepest is how often a text is cut in two.
const deepest = 2

func (m mending) Speak(ctx context.Context, u lector.Utterance) (lector.Speech, error) {
	return m.speak(ctx, u, deepest)
}

func (m mending) speak(ctx context.Context, u lector.Utterance, cuts int) (lector.Speech, error) {
	s, err := m.render(ctx, u)
	if !errors.As(err, new(Unfit)) {
		return s, err
	}
	at, ok := middle(u.Text)
	if !ok || cuts == 0 {
		return s, lector.Permanent(err)
	}
	joined, err := m.halves(ctx, u, at, cuts-1)
	joined.Characters += s.Characters
	return joined, err
}

// halves speaks the text before and behind at, and joins what comes.
func (m mending) halves(ctx context.Context, u lector.Utterance, at, cuts int) (lector.Speech, error) {
	first, second := u, u
	first.Text, first.After = strings.TrimSpace(u.Text[:at]), u.Text[at:]
	second.Text, second.Before = strings.TrimSpace(u.Text[at:]), first.Text
	a, err := m.speak(ctx, first, cuts)
	if err != nil {
		return a, fmt.Errorf("first half: %w", err)
	}
	b, err := m.speak(ctx, second, cuts)
	if err != nil {
		return lector.Speech{Characters: a.Characters + b.Characters}, fmt.Errorf("second half: %w", err)
	}
	return join(context.WithoutCancel(ctx), a, b, breath(first.Text), at+strings.Index(u.Text[at:], second.Text))
}

// render speaks the text until a rendering is fit.
func (m mending) render(ctx context.Context, u lector.Utterance) (s lector.Speech, err error) {
	billed := 0
	for range max(1, m.renderings) {
		s, err = m.Voice.Speak(ctx, u)
		billed += s.Characters
		s.Characters = billed
		if !errors.As(err, new(Unfit)) || m.Capabilities().Deterministic {
			break
		}
	}
	return s, err
}

// middle finds where to cut a text: behind the end of a sentence, else behind
// a lesser mark, else between words; the nearest to the middle of each kind.
func middle(text string) (int, bool) {
	best, kind, half := 0, 0, len(text)/2
	previous := rune(0)
	for i, r := range text {
		if unicode.IsSpace(r) && roomy(text[:i]) && roomy(text[i:]) {
			k := weight(previous)
			if k > kind || k == kind && abs(i-half) < abs(best-half) {
				best, kind = i, k
			}
		}
		previous = r
	}
	return best, kind > 0
}

func roomy(text string) bool { return utf8.RuneCountInString(strings.TrimSpace(text)) >= shortest }

func weight(r rune) int {
	switch r {
	case '.', '!', '?', '…':
		return 3
	case ';', ':', ',', '—', '–':
		return 2
	}
	return 1
}

func abs(n int) int { return max(n, -n) }

// breath is the pause of a reader behind a text that was cut in two.
func breath(text string) time.Duration {
	last, _ := utf8.DecodeLastRuneInString(text)
	return [...]time.Duration{0, 60, 180, 350}[weight(last)] * time.Millisecond
}

// join makes one speech of two, frame by frame, with no longer a pause between the
// sound of the one and the other than is given.
func join(ctx context.Context, a, b lector.Speech, pause time.Duration, offset int) (lector.Speech, error) {
	part := func(mp3 []byte) audio.Part {
		return audio.Part{Source: bytes.NewReader(mp3), Size: int64(len(mp3)), Pause: pause}
	}
	parts := []audio.Part{part(a.MP3), part(b.MP3)}
	plan, err := audio.NewPlan(ctx, parts, audio.Options{Trim: true})
	if err == nil && plan.Timeline().Parts[1].Sound.Start-plan.Timeline().Parts[0].Sound.End > pause {
		plan, err = audio.NewPlan(ctx, parts, audio.Options{Trim: true, Pauses: true})
	}
	if err != nil {
		return lector.Speech{}, fmt.Errorf("join halves: %w", err)
	}
	var out bytes.Buffer
	if _, err := plan.Write(ctx, &out, nil); err != nil {
		return lector.Speech{}, fmt.Errorf("join halves: %w", err)
	}
	errandOf(ctx).listened(nil) // what was heard is of a half
	s := lector.Speech{MP3: out.Bytes(), Characters: a.Characters + b.Characters, RequestID: a.RequestID}
	if len(a.Marks) > 0 && len(b.Marks) > 0 {
		s.Marks = append(s.Marks, a.Marks...)
		later := plan.Timeline().Parts[1].Origin
		for _, m := range b.Marks {
			m.At, m.Start, m.End = m.At+max(later, time.Duration(0)), m.Start+offset, m.End+offset
			s.Marks = append(s.Marks, m)
		}
	}
	return s, nil
}
