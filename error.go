package lector

import (
	"errors"
	"fmt"
	"time"
)

// ErrNotFound is returned for an object, a job or an article that is not there.
var ErrNotFound = errors.New("not found")

// ErrExists is returned by a create-only write to a key that is taken.
var ErrExists = errors.New("already exists")

// ErrConflict is returned by a compare-and-set whose expectation does not hold.
var ErrConflict = errors.New("changed by somebody else")

// Permanent marks err as one that trying again cannot mend. An error that is
// neither permanent nor throttled is transient.
func Permanent(err error) error { return permanent{err} }

type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }

// IsPermanent reports whether trying again is useless.
func IsPermanent(err error) bool { return errors.As(err, new(permanent)) }

// Throttled marks err as a refusal for now: the same call may pass after the
// given time. It does not count as an attempt.
func Throttled(err error, after time.Duration) error { return throttled{err, after} }

type throttled struct {
	error
	after time.Duration
}

func (t throttled) Unwrap() error { return t.error }

// IsThrottled reports whether err is a refusal for now, and for how long.
func IsThrottled(err error) (after time.Duration, ok bool) {
	var t throttled
	ok = errors.As(err, &t)
	return t.after, ok
}

// Hint adds what the operator can do about err. The hint is no part of the
// error's text.
func Hint(err error, format string, args ...any) error {
	return hinted{err, fmt.Sprintf(format, args...)}
}

type hinted struct {
	error
	hint string
}

func (h hinted) Unwrap() error { return h.error }

// HintOf returns the outermost hint of err, or "".
func HintOf(err error) string {
	var h hinted
	if errors.As(err, &h) {
		return h.hint
	}
	return ""
}

// Unanswered marks err as the end of a call whose outcome nobody knows: it was
// sent, and no answer came. It may have been billed.
func Unanswered(err error) error { return unanswered{err} }

type unanswered struct{ error }

func (u unanswered) Unwrap() error { return u.error }

// IsUnanswered reports whether a call may have been billed although it failed.
func IsUnanswered(err error) bool { return errors.As(err, new(unanswered)) }
