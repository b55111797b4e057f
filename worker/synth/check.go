package synth

import (
	"context"

	"golang.org/x/sync/semaphore"

	"lector"
	"lector/audio"
)

// Checker checks the audio of a request. It returns what it measured, and an error
// for audio that is not good: an unfitError where another rendering may be good, a
// permanent error where the voice is configured wrongly.
type Checker func(ctx context.Context, mp3 []byte, r Request, caps lector.Capabilities) (*audio.Analysis, error)

// Check returns v with each of its answers checked. The result of audio that fails the
// check still has its cost.
func Check(v Speaker, c Checker) Speaker { return checked{v, c} }

type checked struct {
	Speaker
	check Checker
}

// Speak calls the voice and checks its answer.
func (c checked) Speak(ctx context.Context, r Request) (Result, error) {
	res, err := c.Speaker.Speak(ctx, r)
	if err != nil {
		return res, err
	}
	// It is paid for, so it is checked even if work on its article has ended meanwhile.
	res.Analysis, err = c.check(context.WithoutCancel(ctx), res.MP3, r, c.Capabilities())
	if err != nil {
		r.dropAnswer(ctx)
		return res.refused(), err
	}
	return res, nil
}

// LimitConcurrency returns c with at most n checks at once over all who use it.
// A check is work for a processor: more at once would not end sooner, and would
// delay others who only want to begin their next call.
func LimitConcurrency(n int, c Checker) Checker {
	free := semaphore.NewWeighted(int64(n))
	return func(ctx context.Context, mp3 []byte, r Request, caps lector.Capabilities) (*audio.Analysis, error) {
		if err := free.Acquire(context.WithoutCancel(ctx), 1); err != nil { // the wait is short, and the audio is paid for
			return nil, err
		}
		defer free.Release(1)
		return c(ctx, mp3, r, caps)
	}
}

// unfitError says what is wrong with audio that decodes to something else than the
// text read once in a steady voice.
type unfitError struct {
	Reason string
	Short  bool // it ends before its text does, and nothing else is wrong
}

// Error states the reason.
func (u unfitError) Error() string { return "unfit clip: " + u.Reason }
