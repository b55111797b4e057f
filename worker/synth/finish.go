package synth

import (
	"context"

	"lector"
)

// Finish returns v with calls that end by themselves, or when the flight is
// landed, and not with the context that they were begun with: the answer of a
// call that is paid for by the call is worth waiting for, also when the article
// is overtaken, its lease is lost, or the worker stops. A context that has
// ended begins no call.
func Finish(v Voice, g *Flight) Voice { return finishing{v, g} }

type finishing struct {
	Voice
	flight *Flight
}

func (f finishing) Speak(ctx context.Context, u lector.Utterance) (lector.Speech, error) {
	if ctx.Err() != nil {
		return lector.Speech{}, context.Cause(ctx)
	}
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(f.flight.calling(), cancel)()
	return f.Voice.Speak(longer, u)
}
