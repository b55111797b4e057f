package synth

import "context"

// Slots bounds the calls that run at once in this process, over all voices and
// articles. The zero value bounds nothing.
type Slots struct{ calls *callQueue }

// NewSlots returns n slots.
func NewSlots(n int) Slots { return Slots{newCallQueue(n)} }

// Wrap returns v with each of its calls holding one slot.
func (s Slots) Wrap(v Speaker) Speaker {
	if s.calls == nil {
		return v
	}
	return slotted{v, s.calls}
}

type slotted struct {
	Speaker
	calls *callQueue
}

// Speak waits for its turn among all calls of the process and calls the voice.
func (s slotted) Speak(ctx context.Context, r Request) (Result, error) {
	if err := s.calls.acquire(ctx, r.account); err != nil {
		return Result{}, err
	}
	defer s.calls.release(1)
	return s.Speaker.Speak(ctx, r)
}
