package synth

import (
	"context"

	"lector"
)

// Slots bounds the calls that run at once in this process, over all voices and
// articles. The zero value bounds nothing.
type Slots struct{ free chan struct{} }

// NewSlots returns n slots.
func NewSlots(n int) Slots { return Slots{make(chan struct{}, n)} }

// Wrap returns v with each of its calls holding one slot.
func (s Slots) Wrap(v Voice) Voice {
	if s.free == nil {
		return v
	}
	return slotted{v, s.free}
}

type slotted struct {
	Voice
	free chan struct{}
}

func (s slotted) Speak(ctx context.Context, u lector.Utterance) (lector.Speech, error) {
	select {
	case s.free <- struct{}{}:
		defer func() { <-s.free }()
	case <-ctx.Done():
		return lector.Speech{}, context.Cause(ctx)
	}
	if ctx.Err() != nil { // both were ready
		return lector.Speech{}, context.Cause(ctx)
	}
	return s.Voice.Speak(ctx, u)
}
