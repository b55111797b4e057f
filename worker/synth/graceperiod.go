package synth

import (
	"context"

	"lector"
)

// WithGracePeriod returns a Speaker of v whose calls do not end with the context
// that they were begun with, but by themselves or when the grace period of
// Drain is over: an answer that is paid for by the call is worth waiting for,
// also when the article is superseded, its lease is lost, or the worker stops.
// A context that has ended begins no call.
func WithGracePeriod(v Voice, s *Singleflight) Speaker { return gracePeriod{v, s} }

type gracePeriod struct {
	voice  Voice
	flight *Singleflight
}

// Capabilities returns the voice's own.
func (g gracePeriod) Capabilities() lector.Capabilities { return g.voice.Capabilities() }

// Speak calls the voice; the call goes on for the grace period after the context has ended.
func (g gracePeriod) Speak(ctx context.Context, r Request) (Result, error) {
	if ctx.Err() != nil {
		return Result{}, context.Cause(ctx)
	}
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(g.flight.callContext(), cancel)()
	s, err := g.voice.Speak(longer, r.Utterance)
	return Result{Speech: s}, err
}
