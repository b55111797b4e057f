// Package limittest bounds what tests wait for. There is one bound, the limit
// of go test itself (-timeout): a machine that is busy with other work is no
// reason to fail.
package limittest

import (
	"context"
	"testing"
	"time"
)

// Context returns a context that ends with the test, or a little before the
// limit of go test, so that the test can still say what it waited for and stop
// the programs that it started.
func Context(t testing.TB) context.Context {
	t.Helper()
	limited, ok := t.(interface{ Deadline() (time.Time, bool) })
	if !ok { // a benchmark
		return t.Context()
	}
	limit, ok := limited.Deadline()
	if !ok { // -timeout 0
		return t.Context()
	}
	ctx, cancel := context.WithDeadline(t.Context(), limit.Add(-margin(time.Until(limit))))
	t.Cleanup(cancel)
	return ctx
}

// margin is the part of the time left that is kept for the end of a test.
func margin(left time.Duration) time.Duration {
	return min(max(left, 0)/10, time.Minute)
}

// Until asks again and again until something holds. It fails the test with
// what it has waited for when the limit is near.
func Until(t testing.TB, what string, holds func() bool) {
	t.Helper()
	ctx := Context(t)
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for !holds() {
		select {
		case <-again.C:
		case <-ctx.Done():
			t.Fatalf("waited until the limit of go test: %s", what)
		}
	}
}
