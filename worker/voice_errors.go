package worker

import (
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

// Unwrap returns the error after which it is the most likely that the article can
// be read later.
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
	switch lector.ClassOf(err) {
	case lector.ClassStorage:
		return 5
	case lector.ClassBudget:
		return 4
	case lector.ClassQuota:
		return 3
	case lector.ClassVoiceDown:
		return 2
	case lector.ClassVoiceRefused:
		return 1
	}
	if lector.IsPermanent(err) {
		return 0
	}
	return 2
}
