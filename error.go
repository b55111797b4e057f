package lector

import (
	"errors"
	"fmt"
	"runtime/debug"
	"time"
)

// ErrNotFound is returned for an object, a job or an article that is not there.
var ErrNotFound = errors.New("not found")

// ErrExists is returned by a create-only write to a key that is taken.
var ErrExists = errors.New("already exists")

// ErrConflict is returned by a compare-and-set whose expectation does not hold.
var ErrConflict = errors.New("changed by somebody else")

// ErrBudget is wrapped by the refusal of a call for which a budget has nothing
// left. The refusal is Throttled: the job waits, and goes on when the budget is
// raised or its period is over.
var ErrBudget = errors.New("budget is used up")

// Permanent marks err as one that trying again cannot mend. An error that is
// neither permanent nor throttled is transient.
func Permanent(err error) error { return permanent{err} }

type permanent struct{ error }

// Unwrap returns the marked error.
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

// Unwrap returns the marked error.
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

// Unwrap returns the marked error.
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

// Unwrap returns the marked error.
func (u unanswered) Unwrap() error { return u.error }

// IsUnanswered reports whether a call may have been billed although it failed.
func IsUnanswered(err error) bool { return errors.As(err, new(unanswered)) }

// Class says what an error concerns, and so what is done about it.
type Class string

// The classes of errors. What concerns an article ends its job as failed; what
// concerns a voice, an account, a budget or the store only holds it back until
// that is mended.
const (
	ClassInput        Class = "input"         // the article: no voice can be asked to read it
	ClassVoiceRefused Class = "voice_refused" // the account or the settings of a voice, whatever the text
	ClassVoiceDown    Class = "voice_down"    // a voice that does not answer, or not with speech
	ClassQuota        Class = "quota"         // a voice that wants fewer calls, or has no more quota
	ClassBudget       Class = "budget"        // the site's budget is used up
	ClassEmbargo      Class = "embargo"       // the article is not public yet
	ClassStorage      Class = "storage"       // the store or the broker does not answer
	ClassPoison       Class = "poison"        // workers were lost at it
	ClassBug          Class = "bug"           // a fault of the program
)

// Waits reports whether a job that failed so waits until it is mended, however
// long that takes, and goes on by itself.
func (c Class) Waits() bool {
	switch c {
	case ClassVoiceRefused, ClassVoiceDown, ClassQuota, ClassBudget, ClassEmbargo, ClassStorage:
		return true
	}
	return false
}

// WithClass marks err with its class; nil stays nil.
func WithClass(err error, c Class) error {
	if err == nil {
		return nil
	}
	return classified{err, c}
}

type classified struct {
	error
	class Class
}

// Unwrap returns the marked error.
func (c classified) Unwrap() error { return c.error }

// ClassOf returns the outermost class of err. Without one a refusal of the budget
// is of the budget, a throttled error is of a quota, a permanent one of the
// input; of any other it is not known.
func ClassOf(err error) Class {
	var c classified
	_, throttled := IsThrottled(err)
	switch {
	case errors.As(err, &c):
		return c.class
	case errors.Is(err, ErrBudget):
		return ClassBudget
	case throttled:
		return ClassQuota
	case IsPermanent(err):
		return ClassInput
	}
	return ""
}

// Recovered turns what recover returned into an error: permanent, of ClassBug, with the
// place of the panic in PanicStack. nil stays nil. The deferred function that recovers
// calls it.
func Recovered(p any) error {
	if p == nil {
		return nil
	}
	err := Hint(Permanent(panicError{p, string(debug.Stack())}), "this is a fault of lector: please report it with the article; the log has the place")
	return WithClass(err, ClassBug)
}

type panicError struct {
	value any
	stack string
}

// Error says what panicked, without the place.
func (e panicError) Error() string { return fmt.Sprintf("internal error: %v", e.value) }

// PanicStack returns the stack of the panic that err is about, or "".
func PanicStack(err error) string {
	var e panicError
	errors.As(err, &e)
	return e.stack
}
