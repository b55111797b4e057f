package synth

import (
	"context"
	"time"

	"lector"
)

// Observe returns v, and calls ended after each of its calls with the speech, the error
// and the duration of the call.
func Observe(v Speaker, ended func(s lector.Speech, err error, took time.Duration)) Speaker {
	return observed{v, ended}
}

type observed struct {
	Speaker
	ended func(s lector.Speech, err error, took time.Duration)
}

// Speak calls the voice and reports the outcome and how long it took.
func (o observed) Speak(ctx context.Context, r Request) (Result, error) {
	began := time.Now()
	res, err := o.Speaker.Speak(ctx, r)
	o.ended(res.Speech, err, time.Since(began))
	return res, err
}
