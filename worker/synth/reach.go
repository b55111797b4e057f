package synth

import (
	"context"
	"errors"
	"math"
	"sync"
)

// reach is how much text a voice's server says in one answer. Some stop at a
// length, and end their answer as if it were whole. The zero value knows
// nothing.
type reach struct {
	tell func(limit int) // nil: nobody

	mu      sync.Mutex
	proven  int           // characters of the longest text that came whole
	limit   int           // of an answer, as learnt; 0: none is known
	probing chan struct{} // closed when the text that is longer than proven is through
}

// unproven is how long a text may be without a proof that the server says that
// much: none was seen that stops below.
const unproven = 250

// enter waits for a text's turn: of those that are longer than all that came
// whole so far one is spoken at a time, so that a server that stops is paid for
// one text in vain and not for all of an article. leave is to be called with
// what came of it.
func (r *reach) enter(ctx context.Context, n int) (leave func(error), err error) {
	for {
		r.mu.Lock()
		if r.limit > 0 || n <= r.sure() {
			r.mu.Unlock()
			return func(error) {}, nil
		}
		others := r.probing
		if others == nil {
			r.probing = make(chan struct{})
			r.mu.Unlock()
			return r.leave, nil
		}
		r.mu.Unlock()
		select {
		case <-others:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// sure is the length up to which the server says all of a text.
func (r *reach) sure() int { return max(unproven, r.proven+r.proven/4) }

// isNew reports whether no text of about that length came whole yet.
func (r *reach) isNew(n int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return n > r.sure()
}

// leave lets the next in. A server that answers nothing is not waited for by
// one after the other.
func (r *reach) leave(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil && !errors.As(err, new(Unfit)) {
		r.proven = math.MaxInt / 2
	}
	close(r.probing)
	r.probing = nil
}

// proved notes that a text of so many characters came whole.
func (r *reach) proved(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.proven = max(r.proven, n)
}

// known returns how many characters the server says, 0 for no limit.
func (r *reach) known() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.limit
}

// learn notes that the server stops at about so many characters.
func (r *reach) learn(limit int) {
	r.mu.Lock()
	news := r.limit == 0
	if news {
		r.limit = round(limit)
		limit = r.limit
	}
	r.mu.Unlock()
	if news && r.tell != nil {
		r.tell(limit)
	}
}

// round makes a measured length one that a person would set.
func round(n int) int {
	step := 10
	if n >= 1000 {
		step = 50
	}
	return max((n+step/2)/step*step, step)
}

// below is the length of parts for a server that stops at about a limit.
func below(limit int) int { return max(limit*9/10, shortest) }
