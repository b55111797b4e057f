package worker

import (
	"errors"

	"lector"
)

// voiceErrors is why no voice read an article, one error a voice. It is of the kind
// of the most hopeful of them: an article fails for good only when every voice
// has failed for good.
type voiceErrors []error

// Error lists all of them in one line.
func (u voiceErrors) Error() string {
	text := ""
	for i, err := range u {
		if i > 0 {
			text += "; "
		}
		text += err.Error()
	}
	return text
}

// Unwrap returns the most hopeful: a throttled one says when to come again, a
// transient one that trying again is worth it.
func (u voiceErrors) Unwrap() error {
	var best error
	for _, err := range u {
		if best == nil || retryability(err) > retryability(best) {
			best = err
		}
	}
	return best
}

func retryability(err error) int {
	_, throttled := lector.IsThrottled(err)
	switch {
	case errors.Is(err, lector.ErrBudget):
		return 3
	case lector.IsPermanent(err):
		return 0
	case throttled:
		return 2
	}
	return 1
}
