package synth

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"lector"
)

// LimitCalls returns v with at most concurrency calls at once and perSecond
// calls begun a second; 0 is no bound of that kind. One wrapped voice is shared
// by the whole process, because the backend counts by account.
//
// A throttled call halves what runs at once, and each full round of good calls
// lets one more run, up to the bound again. While the backend asks for a wait,
// nothing is begun; where it asks for more than longestPause, calls fail meanwhile as the
// one that it refused. Waiting calls are served as those of Slots are.
func LimitCalls(v Speaker, concurrency int, perSecond float64) Speaker {
	if concurrency <= 0 {
		concurrency = unbounded
	}
	interval := rate.Inf
	if perSecond > 0 {
		interval = rate.Limit(perSecond)
	}
	return &limited{
		Speaker: v, most: concurrency, width: float64(concurrency),
		places: newCallQueue(concurrency), rate: rate.NewLimiter(interval, 1),
	}
}

// unbounded is how many calls run at once for a voice without a limit;
// throttling makes them fewer.
const unbounded = 64

// longestPause bounds how long one answer with Retry-After keeps a voice from being
// called. The job whose call it was waits as long as it says, even a day.
const longestPause = time.Minute

// limited has one place for each call that the backend may get at once. Places
// beyond the width are withheld.
type limited struct {
	Speaker
	most   int // calls at once that the backend may get
	places *callQueue
	rate   *rate.Limiter

	mu       sync.Mutex
	width    float64 // calls at once that it gets now: 1 to most
	withheld int     // places that are neither free nor a call's
	running  int
	next     time.Time // no call begins before
	refusal  error     // what calls fail with until then; nil: they wait
	cut      time.Time // when width was last halved
}

// Speak waits for a place and calls the voice.
func (l *limited) Speak(ctx context.Context, r Request) (Result, error) {
	if err := l.places.acquire(ctx, r.account); err != nil {
		return Result{}, err
	}
	l.count(1)
	defer l.leave()
	if err := l.turn(ctx); err != nil {
		return Result{}, err
	}
	began := time.Now()
	res, err := l.Speaker.Speak(ctx, r)
	l.adapt(began, err)
	return res, err
}

func (l *limited) count(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.running += n
}

// leave gives a call's place back, or withholds it where the width is smaller
// by now, and sets places free where the width is larger.
func (l *limited) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.running--
	l.withheld++
	if free := l.withheld - (l.most - int(l.width)); free > 0 {
		l.withheld -= free
		l.places.release(free)
	}
}

// turn waits for the moment at which this call may begin. x/time's limiter keeps
// the rate; it cannot be stopped for a while, which a throttling backend asks for.
func (l *limited) turn(ctx context.Context) error {
	for {
		left, refusal := l.pauseLeft()
		if left > 0 && refusal != nil {
			return fmt.Errorf("not called: %w", refusal)
		}
		if err := pause(ctx, left); err != nil {
			return err
		}
		if err := l.rate.Wait(ctx); err != nil {
			<-ctx.Done() // the limiter says at once that ctx will end before the turn
			return context.Cause(ctx)
		}
		if left, _ := l.pauseLeft(); left <= 0 { // nobody was throttled meanwhile
			return nil
		}
	}
}

// pauseLeft is how long the backend wants to get no call, and what calls fail with
// meanwhile; nil: they wait.
func (l *limited) pauseLeft() (time.Duration, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Until(l.next), l.refusal
}

// pauseFor has no call begin for a time that the backend asked for by an error.
func (l *limited) pauseFor(after time.Duration, err error) {
	next := time.Now().Add(min(after, longestPause))
	if !next.After(l.next) {
		return
	}
	l.next, l.refusal = next, nil
	if after > longestPause { // the article waits elsewhere, and keeps no place meanwhile
		l.refusal = err
	}
}

// adapt changes the width: additive increase, multiplicative decrease. Calls
// that began before the last decrease tell nothing about the width after it.
func (l *limited) adapt(began time.Time, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	after, throttled := lector.IsThrottled(err)
	switch {
	case final(err): // no answer of the backend
	case throttled:
		l.pauseFor(after, err)
		if began.After(l.cut) {
			l.width, l.cut = max(1, min(l.width, float64(l.running))/2), time.Now()
			l.withhold()
		}
	case err == nil:
		l.width = min(float64(l.most), l.width+1/l.width)
	}
}

// withhold takes free places beyond the width. Those of running calls follow
// when they end.
func (l *limited) withhold() {
	for l.withheld < l.most-int(l.width) && l.places.tryAcquire() {
		l.withheld++
	}
}
