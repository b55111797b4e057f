package synth

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"unicode/utf8"

	"lector"
)

// defaultRerenderLimit is the limit of a Synthesizer that sets none, in times
// the characters of the article.
const defaultRerenderLimit = 1.5

// freeChunks is how many of the article's longest chunk may be spoken again
// whatever the limit says: else a short article could not be corrected at all.
const freeChunks = 3

// rerenderLimit is what one voice may be given for one article besides each of
// its chunks once, in characters.
type rerenderLimit struct {
	article, most int

	mu    sync.Mutex
	left  int
	given map[string]int // to the voice for each chunk, by its hash
}

// newRerenderLimit bounds what the chunks may take in all: limit times their
// characters, and never less than these and three of the longest chunk.
func newRerenderLimit(chunks []Chunk, limit float64) *rerenderLimit {
	if limit <= 0 {
		limit = defaultRerenderLimit
	}
	article, longest := 0, 0
	for _, c := range chunks {
		article += c.Characters()
		longest = max(longest, c.Characters())
	}
	most := max(int(limit*float64(article)), article+freeChunks*longest)
	return &rerenderLimit{article: article, most: most, left: most - article, given: map[string]int{}}
}

// LimitRerendering returns v with no more calls made for an article than its limit
// allows. Characters that were billed count, or may have been, as those of a call that
// nobody answered in time, whether the audio is used or not; each chunk's own
// characters are free once. Retry wraps it, so that each try counts.
func LimitRerendering(v Speaker) Speaker { return rerenderLimited{v} }

type rerenderLimited struct{ Speaker }

// Speak calls the voice, or refuses where the article's limit is reached.
func (l rerenderLimited) Speak(ctx context.Context, r Request) (Result, error) {
	if r.rerenders == nil {
		return l.Speaker.Speak(ctx, r)
	}
	n := utf8.RuneCountInString(r.Text)
	if !r.rerenders.take(r, n) {
		return Result{}, r.rerenders.exceeded(r.refusal)
	}
	res, err := l.Speaker.Speak(ctx, r)
	if err != nil && !res.mayBeBilled() {
		r.rerenders.take(r, -n)
	}
	return res, err
}

// take counts n characters of a call, and reports whether those above the chunk's own
// are within the limit. A negative n is given back.
func (l *rerenderLimit) take(r Request, n int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	given := l.given[r.chunk]
	above := max(0, given+n-r.length) - max(0, given-r.length)
	if above > l.left {
		return false
	}
	l.left -= above
	l.given[r.chunk] = given + n
	return true
}

// limitReached is the error of a call that the limit did not allow.
type limitReached struct {
	limit *rerenderLimit
	cause error // what the call would have been made for
}

// Error names the limit and what the call was for.
func (e limitReached) Error() string {
	return fmt.Sprintf("re-rendering stops at %d characters for an article of %d: %v", e.limit.most, e.limit.article, e.cause)
}

// Unwrap returns what the call would have been made for.
func (e limitReached) Unwrap() error { return e.cause }

// exceeded says that the limit is reached, and what the calls were made for. What was
// refused by the limit, and is tried in parts, has its own cause. Where that is a call
// without an answer, the voice is down, and the article may wait for it.
func (l *rerenderLimit) exceeded(refusal error) error {
	if refusal == nil {
		refusal = unfitError{Reason: "not known why"}
	}
	if before := (limitReached{}); errors.As(refusal, &before) {
		refusal = before.cause
	}
	err := error(limitReached{l, refusal})
	if hint := lector.HintOf(refusal); hint != "" {
		err = lector.Hint(err, "%s; worker.rerender_limit allows more", hint)
	}
	if lector.IsUnanswered(refusal) {
		return err
	}
	return lector.Permanent(err)
}
