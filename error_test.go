package lector_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"lector"
)

func TestKindsOfErrors(t *testing.T) {
	t.Parallel()
	cause := errors.New("cause")
	wrapped := func(err error) error { return fmt.Errorf("chunk 3: %w", err) }
	permanent := wrapped(lector.Hint(lector.Permanent(cause), "do %s", "this"))
	if !lector.IsPermanent(permanent) || !errors.Is(permanent, cause) || lector.HintOf(permanent) != "do this" || permanent.Error() != "chunk 3: cause" {
		t.Errorf("permanent: %v, hint %q", permanent, lector.HintOf(permanent))
	}
	throttled := wrapped(lector.Throttled(cause, time.Minute))
	if after, ok := lector.IsThrottled(throttled); !ok || after != time.Minute || lector.IsPermanent(throttled) || !errors.Is(throttled, cause) {
		t.Errorf("throttled: %v after %s", throttled, after)
	}
	transient := wrapped(cause)
	if _, ok := lector.IsThrottled(transient); ok || lector.IsPermanent(transient) || lector.HintOf(transient) != "" {
		t.Errorf("transient: %v", transient)
	}
	if outer := lector.Hint(permanent, "or that"); lector.HintOf(outer) != "or that" {
		t.Errorf("the outermost hint is %q", lector.HintOf(outer))
	}
}
