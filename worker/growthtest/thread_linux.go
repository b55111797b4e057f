package growthtest

import (
	"syscall"
	"testing"
	"time"
)

// threadTime is the processor time that the calling thread has had
// (getrusage(2), RUSAGE_THREAD).
func threadTime(t *testing.T) time.Duration {
	t.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_THREAD, &used); err != nil {
		t.Fatalf("processor time: %v", err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
