package synth

import (
	"context"
	"time"

	"lector"
)

// Finish returns v with calls that go on for grace after their context ends:
// the answer of a call that is paid for by the call is worth waiting for when
// the worker stops or the article is overtaken. What comes in time is a clip,
// as if nothing had happened.
func Finish(v Voice, grace time.Duration) Voice { return finishing{v, grace} }

type finishing struct {
	Voice
	grace time.Duration
}

func (f finishing) Speak(ctx context.Context, u lector.Utterance) (lector.Speech, error) {
	if ctx.Err() != nil {
		return lector.Speech{}, context.Cause(ctx)
	}
	longer, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(nil)
	stop := context.AfterFunc(ctx, func() {
		t := time.NewTimer(f.grace)
		defer t.Stop()
		select {
		case <-t.C:
			cancel(context.Cause(ctx))
		case <-longer.Done():
		}
	})
	defer stop()
	return f.Voice.Speak(longer, u)
}
