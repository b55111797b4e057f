package synth

import (
	"context"
	"sync"
	"time"

	"lector"
)

// Limit returns v with at most concurrency calls at once and perSecond calls
// begun a second; 0 is no bound of that kind. One wrapped voice is shared by
// the whole process, because the backend counts by account.
//
// A throttled call halves what runs at once, and each full round of good calls
// lets one more run, up to the bound again. While the backend asks for a wait,
// nothing is begun. Waiters are served in their order.
func Limit(v Voice, concurrency int, perSecond float64) Voice {
	l := &limited{Voice: v, most: float64(concurrency), width: float64(concurrency)}
	if concurrency <= 0 {
		l.most, l.width = unbounded, unbounded
	}
	if perSecond > 0 {
		l.gap = time.Duration(float64(time.Second) / perSecond)
	}
	return l
}

// unbounded is the width of a voice without a limit; throttling narrows it.
const unbounded = 64

// longestRest bounds how long one answer can silence a voice: a backend that
// says "a day" puts its caller off, who is told so, and not everybody else.
const longestRest = time.Minute

type limited struct {
	Voice
	most float64       // calls at once that the backend may get
	gap  time.Duration // between two beginnings

	mu      sync.Mutex
	width   float64 // calls at once that it gets now: 1 to most
	running int
	waiting []chan struct{}
	next    time.Time // no call begins before
	cut     time.Time // when width was last halved
}

func (l *limited) Speak(ctx context.Context, u lector.Utterance) (lector.Speech, error) {
	if err := l.enter(ctx); err != nil {
		return lector.Speech{}, err
	}
	if err := l.turn(ctx); err != nil {
		l.leave()
		return lector.Speech{}, err
	}
	began := time.Now()
	s, err := l.Voice.Speak(ctx, u)
	l.learn(began, err)
	l.leave()
	return s, err
}

// enter waits for a place.
func (l *limited) enter(ctx context.Context) error {
	l.mu.Lock()
	if len(l.waiting) == 0 && l.running < int(l.width) {
		l.running++
		l.mu.Unlock()
		return nil
	}
	mine := make(chan struct{})
	l.waiting = append(l.waiting, mine)
	l.mu.Unlock()
	select {
	case <-mine:
		return nil
	case <-ctx.Done():
		l.forget(mine)
		return context.Cause(ctx)
	}
}

// forget takes a waiter out, or gives its place back if it was just served.
func (l *limited) forget(mine chan struct{}) {
	l.mu.Lock()
	for i, w := range l.waiting {
		if w == mine {
			l.waiting = append(l.waiting[:i], l.waiting[i+1:]...)
			l.mu.Unlock()
			return
		}
	}
	l.mu.Unlock()
	l.leave()
}

// leave gives a place back and lets in whom the width allows.
func (l *limited) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.running--
	for len(l.waiting) > 0 && l.running < int(l.width) {
		close(l.waiting[0])
		l.waiting = l.waiting[1:]
		l.running++
	}
}

// turn waits for the moment at which this call may begin.
func (l *limited) turn(ctx context.Context) error {
	for {
		l.mu.Lock()
		now := time.Now()
		wait := l.next.Sub(now)
		if wait <= 0 {
			l.next = now.Add(l.gap)
			l.mu.Unlock()
			return nil
		}
		l.mu.Unlock()
		if err := pause(ctx, wait); err != nil {
			return err
		}
	}
}

// learn adapts the width: additive increase, multiplicative decrease. Calls
// that began before the last cut tell nothing about the width after it.
func (l *limited) learn(began time.Time, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	after, throttled := lector.IsThrottled(err)
	switch {
	case final(err): // no answer of the backend
	case throttled:
		now := time.Now()
		if rest := now.Add(min(after, longestRest)); rest.After(l.next) {
			l.next = rest
		}
		if began.After(l.cut) {
			l.width, l.cut = max(1, min(l.width, float64(l.running))/2), now
		}
	case err == nil:
		l.width = min(l.most, l.width+1/l.width)
	}
}
