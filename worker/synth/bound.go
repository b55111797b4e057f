package synth

import (
	"context"
	"fmt"
	"sync"
	"unicode/utf8"

	"lector"
)

// rerenderLimit is the bound of a Reader that names none, in times the article.
const rerenderLimit = 1.5

// leastChunks is how many of the article's longest chunk may be spoken again
// whatever the bound says: a short article could mend nothing.
const leastChunks = 3

// allowance is what one voice may be given for one article besides each of its
// chunks once, in characters.
type allowance struct {
	article, most int

	mu   sync.Mutex
	left int
}

// newAllowance bounds what the chunks may take in all: limit times their
// characters, and never less than these and three of the longest chunk.
func newAllowance(chunks []Chunk, limit float64) *allowance {
	if limit <= 0 {
		limit = rerenderLimit
	}
	article, longest := 0, 0
	for _, c := range chunks {
		article += c.Characters()
		longest = max(longest, c.Characters())
	}
	most := max(int(limit*float64(article)), article+leastChunks*longest)
	return &allowance{article: article, most: most, left: most - article}
}

// take takes n characters, or none; what is below 0 is given back.
func (a *allowance) take(n int) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if n > a.left {
		return false
	}
	a.left -= n
	return true
}

// Bounded returns v with no more calls made for an article than its allowance
// has. What an answer was billed counts, fit or not, also one that broke off;
// each chunk's own characters are free once. It stands inside of what tries
// again.
func Bounded(v Voice) Voice { return bounded{v} }

type bounded struct{ Voice }

func (b bounded) Speak(ctx context.Context, u lector.Utterance) (lector.Speech, error) {
	e, n := errandOf(ctx), utf8.RuneCountInString(u.Text)
	if !e.use(n) {
		return lector.Speech{}, e.used()
	}
	s, err := b.Voice.Speak(ctx, u)
	if err != nil && s.Characters == 0 {
		e.use(-n) // nothing was answered, so nothing was billed that anybody knows of
		return s, err
	}
	if err != nil {
		e.blame(err)
	}
	return s, err
}

// use counts n characters of a call, and reports whether the allowance has what
// they are above the chunk's own.
func (e *errand) use(n int) bool {
	if e.extra == nil {
		return true
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	above := max(0, e.given+n-e.length) - max(0, e.given-e.length)
	if !e.extra.take(above) {
		return false
	}
	e.given += n
	return true
}

// used says that the allowance is used up, and what for.
func (e *errand) used() error {
	cause := e.blamed()
	err := fmt.Errorf("re-rendering stops at %d characters for an article of %d: %w", e.extra.most, e.extra.article, cause)
	if hint := lector.HintOf(cause); hint != "" {
		err = lector.Hint(err, "%s; worker.rerender_limit allows more", hint)
	}
	return lector.Permanent(err)
}

// blame notes why a text has to be spoken again.
func (e *errand) blame(err error) {
	e.mu.Lock()
	e.why = err
	e.mu.Unlock()
}

// blamed returns the last thing that was wrong.
func (e *errand) blamed() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.why == nil {
		return Unfit{Reason: "not known why"}
	}
	return e.why
}
