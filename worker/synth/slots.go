package synth

import (
	"context"

	"golang.org/x/sync/semaphore"
)

// Slots bounds the calls that run at once in this process, over all voices and
// articles. The zero value bounds nothing.
type Slots struct{ free *semaphore.Weighted }

// NewSlots returns n slots.
func NewSlots(n int) Slots { return Slots{semaphore.NewWeighted(int64(n))} }

// Wrap returns v with each of its calls holding one slot.
func (s Slots) Wrap(v Speaker) Speaker {
	if s.free == nil {
		return v
	}
	return slotted{v, s.free}
}

type slotted struct {
	Speaker
	free *semaphore.Weighted
}

func (s slotted) Speak(ctx context.Context, r Request) (Result, error) {
	if s.free.Acquire(ctx, 1) != nil {
		return Result{}, context.Cause(ctx)
	}
	defer s.free.Release(1)
	return s.Speaker.Speak(ctx, r)
}
