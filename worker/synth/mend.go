package synth

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"lector"
)

// Mend returns v with unfit clips spoken again, and then in parts. A voice
// that says the same text in the same bytes is not asked twice for them. What
// cannot be mended is a permanent error: another voice may read the article.
//
// A server that ends each answer at the same length is found out: its texts
// are cut below that length from then on, and tell is given the number of
// characters, once.
func Mend(v Voice, renderings int, tell func(limit int)) Voice {
	return mending{v, renderings, &reach{tell: tell}}
}

type mending struct {
	Voice
	renderings int // of one text, the first included
	reach      *reach
}

// deepest is how often a text is cut in two.
const deepest = 2

// longestMend is how long after its first answer a text may be spoken again.
const longestMend = 5 * time.Minute

// Speak returns a fit clip of the whole text.
func (m mending) Speak(ctx context.Context, u lector.Utterance) (s lector.Speech, err error) {
	if m.Capabilities().Deterministic {
		return m.speak(ctx, u, deepest)
	}
	n := utf8.RuneCountInString(u.Text)
	leave, err := m.reach.enter(ctx, n)
	if err != nil {
		return s, err
	}
	defer func() { leave(err) }()
	if limit := m.reach.known(); limit > 0 && n > limit {
		return m.parts(ctx, u, limit)
	}
	return m.speak(ctx, u, deepest)
}

// speak speaks the text whole, else in parts.
func (m mending) speak(ctx context.Context, u lector.Utterance, cuts int) (lector.Speech, error) {
	s, stop, err := m.render(ctx, u)
	var unfit Unfit
	switch {
	case err == nil:
		return m.doubted(ctx, u, s)
	case !errors.As(err, &unfit):
		return s, err
	case cuts == 0:
		return s, lector.Permanent(err)
	}
	errandOf(ctx).blame(err)
	if unfit.Short {
		ctx = withPart(ctx, paceOf(u, errandOf(ctx).heard()))
	}
	joined, again := lector.Speech{}, lector.Permanent(err)
	if stop > 0 {
		joined, again = m.shorter(ctx, u, stop)
	} else if at, ok := middle(u.Text); ok {
		joined, again = m.series(ctx, u, []int{at}, func(ctx context.Context, u lector.Utterance) (lector.Speech, error) {
			return m.speak(ctx, u, cuts-1)
		})
	}
	joined.Characters += s.Characters
	return joined, again
}

// render speaks the text until a rendering is fit. Two that end too early at
// the same moment are no accident: stop is that moment then.
func (m mending) render(ctx context.Context, u lector.Utterance) (s lector.Speech, stop time.Duration, err error) {
	billed, first, last := 0, time.Time{}, time.Duration(0)
	for range max(1, m.renderings) {
		s, err = m.Voice.Speak(ctx, u)
		billed += s.Characters
		s.Characters = billed
		var unfit Unfit
		if !errors.As(err, &unfit) || m.Capabilities().Deterministic {
			break
		}
		errandOf(ctx).blame(err)
		if first.IsZero() {
			first = time.Now()
		}
		heard := errandOf(ctx).heard()
		if unfit.Short && alike(heard, last) {
			return s, heard, err
		}
		if time.Since(first) > longestMend {
			return s, 0, fmt.Errorf("not mended within %v: %w", longestMend, err)
		}
		last = heard
	}
	return s, 0, err
}

// A text of a length that did not come whole before, and that is read more
// quickly than most voices do, is doubtful: it may be a slower voice's, cut
// short. The beginning of the text alone tells.
const (
	doubtful  = 22 // characters a second
	beginning = 150
	cutShort  = 1.4 // times the pace of the beginning
)

// believes reports whether so many characters may well be said in so many
// seconds, at the voice's own pace.
func (m mending) believes(n int, seconds float64) bool {
	return m.Capabilities().Deterministic || !m.reach.isNew(n) || float64(n) <= doubtful*seconds
}

// doubted returns a speech that passed the check, unless it turns out to be cut
// short: then the text is spoken in parts.
func (m mending) doubted(ctx context.Context, u lector.Utterance, s lector.Speech) (lector.Speech, error) {
	e, n := errandOf(ctx), utf8.RuneCountInString(u.Text)
	heard := e.heard()
	at, long := cut(u.Text, beginning)
	if !long || heard <= 0 || m.believes(n, heard.Seconds()*speedOf(u, m.Capabilities())) {
		m.reach.proved(n)
		return s, nil
	}
	whole := e.last()
	head, err := m.part(ctx, between(u, 0, at))
	s.Characters += head.Characters
	pace := paceOf(between(u, 0, at), e.heard())
	e.listened(whole)
	if err != nil { // nobody knows, and the speech is fit as far as anybody can tell
		return s, nil //nolint:nilerr // the answer in hand is paid for
	}
	if pace == 0 || paceOf(u, heard) < cutShort*pace {
		m.reach.proved(n)
		return s, nil
	}
	e.blame(Unfit{fmt.Sprintf("too short: %.2f s of sound for %d characters, of which the first take longer alone", heard.Seconds(), n), true})
	joined, err := m.shorter(withPart(ctx, paceOf(u, heard)), u, heard)
	joined.Characters += s.Characters
	return joined, err
}

// alike reports whether two sounds are of one length, but for a breath.
func alike(a, b time.Duration) bool {
	return a > 0 && b > 0 && max(a, b)-min(a, b) <= max(a, b)/10
}

// slowestReader is how many characters a second a voice says at least.
const slowestReader = 8

// shorter speaks a text in parts that a server can say which stops at a moment.
// How much fits is learnt from the first of them, which surely does.
func (m mending) shorter(ctx context.Context, u lector.Utterance, stop time.Duration) (lector.Speech, error) {
	sure := max(int(slowestReader*stop.Seconds()*speedOf(u, m.Capabilities())), shortest)
	at, ok := cut(u.Text, sure)
	if !ok {
		return lector.Speech{}, lector.Permanent(errandOf(ctx).blamed())
	}
	said, sound := 0, time.Duration(0)
	one := func(ctx context.Context, u lector.Utterance) (lector.Speech, error) {
		s, err := m.part(ctx, u)
		if heard := errandOf(ctx).heard(); err == nil && heard > 0 {
			said, sound = said+utf8.RuneCountInString(u.Text), sound+heard
		}
		return s, err
	}
	fits := func() int { return max(int(float64(said)*stop.Seconds()/max(sound.Seconds(), 0.001)), sure) }
	rest := func() []int { return cuts(u.Text, at, below(fits())) }
	s, err := m.sequence(ctx, u, at, rest, one)
	if err == nil && sound > 0 {
		m.reach.learn(fits())
	}
	return s, err
}

// parts speaks a text in parts of so many characters.
func (m mending) parts(ctx context.Context, u lector.Utterance, limit int) (lector.Speech, error) {
	return m.series(ctx, u, cuts(u.Text, 0, below(limit)), m.part)
}

// part speaks one of the parts of a text.
func (m mending) part(ctx context.Context, u lector.Utterance) (lector.Speech, error) {
	s, _, err := m.render(ctx, u)
	if errors.As(err, new(Unfit)) {
		err = lector.Permanent(err)
	}
	return s, err
}

// series speaks a text that is cut at some places, and joins what comes.
func (m mending) series(ctx context.Context, u lector.Utterance, at []int, one speaker) (lector.Speech, error) {
	if len(at) == 0 {
		return one(ctx, u)
	}
	return m.sequence(ctx, u, at[0], func() []int { return at[1:] }, one)
}

// speaker speaks one part.
type speaker func(ctx context.Context, u lector.Utterance) (lector.Speech, error)

// sequence speaks a text up to the first cut, and then what is left between the
// cuts that rest returns.
func (m mending) sequence(ctx context.Context, u lector.Utterance, first int, rest func() []int, one speaker) (lector.Speech, error) {
	var said []piece
	billed, from, ends := 0, 0, []int{first}
	for i := 0; i < len(ends); i++ {
		p := piece{offset: from + indent(u.Text[from:ends[i]]), pause: pauseBehind(u.Text[from:ends[i]])}
		s, err := kept(ctx, between(u, from, ends[i]), one)
		billed += s.Characters
		if err != nil {
			return lector.Speech{Characters: billed}, fmt.Errorf("part %d: %w", i+1, err)
		}
		p.Speech = s
		said, from = append(said, p), ends[i]
		if i == 0 {
			ends = append(append(ends, rest()...), len(u.Text))
		}
	}
	// It is paid for: an end of ctx does not lose it.
	s, err := join(context.WithoutCancel(ctx), said)
	s.Characters = billed
	errandOf(ctx).listened(nil) // what was heard is of a part
	return s, err
}

// between returns the utterance of a part of a text.
func between(u lector.Utterance, from, to int) lector.Utterance {
	p := u
	p.Text = strings.TrimSpace(u.Text[from:to])
	if before := strings.TrimSpace(u.Text[:from]); before != "" {
		p.Before = before
	}
	if after := strings.TrimSpace(u.Text[to:]); after != "" {
		p.After = after
	}
	return p
}
