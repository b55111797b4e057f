//go:build !linux

package growthtest

import (
	"testing"
	"time"
)

func threadTime(t *testing.T) time.Duration {
	t.Helper()
	t.Skip("SKIPPED: the processor time of a thread is measured on Linux only")
	return 0
}
