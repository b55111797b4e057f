package worker

import (
	"errors"

	"lector"
)

// voiceErrors are the errors of all voices that failed to read an article. They
// have the kind of the most retryable: an article fails permanently only when
// every voice has.
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

// Unwrap returns the most retryable error: budget, then throttled, then transient,
// then permanent.
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
