package synth

import (
	"context"
	"errors"
	"math"
	"sync"
)

// answerLimit is how much text a voice's server says in one answer. Some stop at
// a length, and end their answer as if it were whole. The zero value knows
// nothing.
type answerLimit struct {
	found func(limit int) // is called once when a limit is measured; may be nil

	mu      sync.Mutex
	proven  int           // characters of the longest text that came whole
	limit   int           // of an answer, as measured; 0: none is known
	probing chan struct{} // closed when the text that is longer than sure() is spoken; nil: there is none
}

// unproven is how long a text may be, in characters, without a proof that the
// server says that much: none was seen that stops below.
const unproven = 250

// acquire waits for a text's turn: of those that are longer than all that came
// whole so far one is spoken at a time, so that a server that stops is paid for
// one text in vain and not for all of an article. release is to be called with
// what came of it.
func (a *answerLimit) acquire(ctx context.Context, n int) (release func(error), err error) {
	for {
		a.mu.Lock()
		if a.limit > 0 || n <= a.sure() {
			a.mu.Unlock()
			return func(error) {}, nil
		}
		others := a.probing
		if others == nil {
			a.probing = make(chan struct{})
			a.mu.Unlock()
			return a.release, nil
		}
		a.mu.Unlock()
		select {
		case <-others:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// sure is the length up to which the server is taken to say all of a text: a
// quarter more than was proven.
func (a *answerLimit) sure() int { return max(unproven, a.proven+a.proven/4) }

// untested reports whether no text of about that length came whole yet.
func (a *answerLimit) untested(n int) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return n > a.sure()
}

// release lets the next text begin. After an error that says nothing about the
// length texts do not wait for each other any more: else each would wait in turn
// for a server that does not answer.
func (a *answerLimit) release(err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err != nil && !errors.As(err, new(unfitError)) {
		a.proven = math.MaxInt / 2
	}
	close(a.probing)
	a.probing = nil
}

// passed notes that a text of so many characters came whole.
func (a *answerLimit) passed(n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.proven = max(a.proven, n)
}

// known returns how many characters the server says, 0 for no limit.
func (a *answerLimit) known() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.limit
}

// measured notes that the server stops at about so many characters.
func (a *answerLimit) measured(limit int) {
	a.mu.Lock()
	first := a.limit == 0
	if first {
		a.limit = round(limit)
		limit = a.limit
	}
	a.mu.Unlock()
	if first && a.found != nil {
		a.found(limit)
	}
}

// round rounds a measured length to tens, and from 1000 on to fifties: a setting
// that a person would write.
func round(n int) int {
	step := 10
	if n >= 1000 {
		step = 50
	}
	return max((n+step/2)/step*step, step)
}

// below is the length of parts for a server that stops at about a limit: a tenth
// less, because the limit was measured.
func below(limit int) int { return max(limit*9/10, shortest) }
