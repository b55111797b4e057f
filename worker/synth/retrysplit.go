package synth

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"lector"
)

// RetrySplit returns v with unfit clips spoken again, and then in parts. A voice
// that says the same text in the same bytes is not asked twice for it. What
// cannot be corrected is a permanent error: another voice may read the article.
//
// A server that ends each answer at the same length is detected: its texts are
// cut below that length from then on, and limitFound is given the number of
// characters, once. limitFound may be nil.
func RetrySplit(v Speaker, renderings int, limitFound func(characters int)) Speaker {
	return retrySplit{v, renderings, &answerLimit{found: limitFound}}
}

type retrySplit struct {
	Speaker
	renderings int // of one text, the first included
	answers    *answerLimit
}

// maxSplits is how often a text is cut in two.
const maxSplits = 2

// longestRetry is how long after its first answer a text may be spoken again.
const longestRetry = 5 * time.Minute

// Speak returns a fit clip of the whole text.
func (m retrySplit) Speak(ctx context.Context, r Request) (res Result, err error) {
	if m.Capabilities().Deterministic {
		return m.whole(ctx, r, maxSplits)
	}
	n := utf8.RuneCountInString(r.Text)
	release, err := m.answers.acquire(ctx, n)
	if err != nil {
		return res, err
	}
	defer func() { release(err) }()
	if limit := m.answers.known(); limit > 0 && n > limit {
		return m.inParts(ctx, r, limit)
	}
	return m.whole(ctx, r, maxSplits)
}

// whole speaks the text whole, else in parts.
func (m retrySplit) whole(ctx context.Context, r Request, splits int) (Result, error) {
	res, stop, err := m.render(ctx, r)
	var unfit unfitError
	switch {
	case err == nil:
		return m.confirm(ctx, r, res)
	case !errors.As(err, &unfit):
		return res, err
	case splits == 0:
		return res, lector.Permanent(err)
	}
	r.refusal = err
	if unfit.Short {
		r = r.tooShort(res.sound())
	}
	joined, again := Result{}, lector.Permanent(err)
	if stop > 0 {
		joined, again = m.shorter(ctx, r, stop)
	} else if at, ok := middle(r.Text); ok {
		joined, again = m.series(ctx, r, []int{at}, func(ctx context.Context, r Request) (Result, error) {
			return m.whole(ctx, r, splits-1)
		})
	}
	return joined.after(res), again
}

// render speaks the text until a rendering is fit. If two end too early at the
// same moment the server has a limit: stop is that moment then.
func (m retrySplit) render(ctx context.Context, r Request) (res Result, stop time.Duration, err error) {
	first, last, before := time.Time{}, time.Duration(0), Result{}
	for range max(1, m.renderings) {
		res, err = m.Speaker.Speak(ctx, r)
		res = res.after(before)
		var unfit unfitError
		if !errors.As(err, &unfit) || m.Capabilities().Deterministic {
			break
		}
		r.refusal, before = err, res
		if first.IsZero() {
			first = time.Now()
		}
		if unfit.Short && alike(res.sound(), last) {
			return res, res.sound(), err
		}
		if time.Since(first) > longestRetry {
			return res, 0, fmt.Errorf("no fit rendering within %v: %w", longestRetry, err)
		}
		last = res.sound()
	}
	return res, 0, err
}

// A text of a length that did not come whole before, and that is read more
// quickly than most voices do, is doubtful: it may be a slower voice's, cut
// short. The beginning of the text alone tells.
const (
	doubtful  = 22 // characters a second
	beginning = 150
	cutShort  = 1.4 // times the pace of the beginning
)

// plausible reports whether so many characters may well be said in so many
// seconds, at the voice's own pace.
func (m retrySplit) plausible(n int, seconds float64) bool {
	return m.Capabilities().Deterministic || !m.answers.untested(n) || float64(n) <= doubtful*seconds
}

// confirm returns a result that passed the check, unless it turns out to be cut
// short: then the text is spoken in parts.
func (m retrySplit) confirm(ctx context.Context, r Request, res Result) (Result, error) {
	n, sound := utf8.RuneCountInString(r.Text), res.sound()
	at, long := cut(r.Text, beginning)
	if !long || sound <= 0 || m.plausible(n, sound.Seconds()*speedOf(r.Utterance, m.Capabilities())) {
		m.answers.passed(n)
		return res, nil
	}
	head := r.part(0, at)
	alone, err := m.renderPart(ctx, head)
	pace := paceOf(head.Utterance, alone.sound())
	res.Characters, res.Calls = res.Characters+alone.Characters, append(res.Calls, alone.Calls...)
	if err != nil { // nobody knows, and the audio is fit as far as anybody can tell
		return res, nil //nolint:nilerr // the answer is paid for
	}
	if pace == 0 || paceOf(r.Utterance, sound) < cutShort*pace {
		m.answers.passed(n)
		return res, nil
	}
	r.refusal = unfitError{fmt.Sprintf("too short: %.2f s of sound for %d characters, of which the first take longer alone",
		sound.Seconds(), n), true}
	joined, err := m.shorter(ctx, r.tooShort(sound), sound)
	return joined.after(res), err
}

// alike reports whether two sounds are of one length, to a tenth.
func alike(a, b time.Duration) bool {
	return a > 0 && b > 0 && max(a, b)-min(a, b) <= max(a, b)/10
}

// slowestVoice is how many characters a second a voice says at least.
const slowestVoice = 8

// shorter speaks a text in parts that fit into the answers of a server which
// stops at a moment. How much fits is measured with the first part, which
// surely does.
func (m retrySplit) shorter(ctx context.Context, r Request, stop time.Duration) (Result, error) {
	sure := max(int(slowestVoice*stop.Seconds()*speedOf(r.Utterance, m.Capabilities())), shortest)
	at, ok := cut(r.Text, sure)
	if !ok {
		return Result{}, lector.Permanent(r.refusal)
	}
	said, sound := 0, time.Duration(0)
	speak := func(ctx context.Context, r Request) (Result, error) {
		res, err := m.renderPart(ctx, r)
		if err == nil && res.sound() > 0 {
			said, sound = said+utf8.RuneCountInString(r.Text), sound+res.sound()
		}
		return res, err
	}
	fits := func() int { return max(int(float64(said)*stop.Seconds()/max(sound.Seconds(), 0.001)), sure) }
	rest := func() []int { return cuts(r.Text, at, below(fits())) }
	res, err := m.sequence(ctx, r, at, rest, speak)
	if err == nil && sound > 0 {
		m.answers.measured(fits())
	}
	return res, err
}

// inParts speaks a text in parts of so many characters.
func (m retrySplit) inParts(ctx context.Context, r Request, limit int) (Result, error) {
	return m.series(ctx, r, cuts(r.Text, 0, below(limit)), m.renderPart)
}

// renderPart speaks one of the parts of a text.
func (m retrySplit) renderPart(ctx context.Context, r Request) (Result, error) {
	res, _, err := m.render(ctx, r)
	if errors.As(err, new(unfitError)) {
		err = lector.Permanent(err)
	}
	return res, err
}

// series speaks a text that is cut at some places, and joins the parts.
func (m retrySplit) series(ctx context.Context, r Request, at []int, speak speakPart) (Result, error) {
	if len(at) == 0 {
		return speak(ctx, r)
	}
	return m.sequence(ctx, r, at[0], func() []int { return at[1:] }, speak)
}

// sequence speaks a text up to the first cut, and then what is left between the
// cuts that rest returns.
func (m retrySplit) sequence(ctx context.Context, r Request, first int, rest func() []int, speak speakPart) (Result, error) {
	var pieces []piece
	sum, from, ends := Result{}, 0, []int{first}
	for i := 0; i < len(ends); i++ {
		p := piece{offset: from + indent(r.Text[from:ends[i]]), pause: pauseBehind(r.Text[from:ends[i]])}
		res, err := cachedPart(ctx, r.part(from, ends[i]), speak)
		sum.Characters, sum.Calls = sum.Characters+res.Characters, append(sum.Calls, res.Calls...)
		if err != nil {
			return sum, fmt.Errorf("part %d: %w", i+1, err)
		}
		p.Speech, p.analysis = res.Speech, res.Analysis
		pieces, from = append(pieces, p), ends[i]
		if i == 0 {
			ends = append(append(ends, rest()...), len(r.Text))
		}
	}
	// It is paid for: an end of ctx does not lose it.
	joined, err := join(context.WithoutCancel(ctx), pieces)
	return Result{Speech: joined}.after(sum), err
}
