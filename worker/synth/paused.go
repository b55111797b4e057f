package synth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lector"
)

// PausedWait is how long an article waits for a voice that an operator has paused,
// before it is tried again.
const PausedWait = 15 * time.Second

// errPaused is the answer of a voice that is paused. Retry does not wait for it.
var errPaused = errors.New("not called")

// RefusePaused returns v with no calls made while paused returns a pause: the article
// goes to its next voice, or waits. Calls that have begun go on.
func RefusePaused(v Speaker, paused func() (lector.Pause, bool)) Speaker {
	if paused == nil {
		return v
	}
	return pausable{v, paused}
}

type pausable struct {
	Speaker
	paused func() (lector.Pause, bool)
}

// Speak calls the voice, or refuses the call while it is paused.
func (p pausable) Speak(ctx context.Context, r Request) (Result, error) {
	if pause, paused := p.paused(); paused {
		err := lector.Throttled(fmt.Errorf("%w: %v", errPaused, pause), PausedWait)
		err = lector.Hint(err, "lector resume voice %s lets it be called again", pause.Name)
		return Result{}, lector.WithClass(err, lector.ClassVoiceDown)
	}
	return p.Speaker.Speak(ctx, r)
}
