package intake

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/semaphore"
)

// The bounds of what the handler holds and waits for.
const (
	maxBody      = 32 << 20                // bytes of a request, as it comes and uncompressed
	maxKept      = 16 << 20                // bytes of it that are kept: no article is larger
	memory       = 32 << 20                // bytes that all requests together keep
	memoryStep   = 64 << 10                // bytes
	memoryWait   = time.Second             // for others to free some
	publishLimit = 1500 * time.Millisecond // Ghost gives up after two seconds
)

var (
	errTooLarge = errors.New("too large")
	errBusy     = errors.New("too much at once")
)

// kept holds the wanted fields of a body, within the memory that all requests share.
type kept struct {
	ctx      context.Context
	memory   *semaphore.Weighted
	reserved int64
	data     []byte
}

// Write adds to what is held.
func (k *kept) Write(p []byte) (int, error) {
	if len(k.data)+len(p) > maxKept {
		return 0, errTooLarge
	}
	for int64(len(k.data)+len(p)) > k.reserved {
		ctx, cancel := context.WithTimeout(k.ctx, memoryWait)
		err := k.memory.Acquire(ctx, memoryStep)
		cancel()
		if err != nil {
			return 0, errBusy
		}
		k.reserved += memoryStep
	}
	k.data = append(k.data, p...)
	return len(p), nil
}

// free gives the memory back.
func (k *kept) free() {
	k.memory.Release(k.reserved)
	k.reserved, k.data = 0, nil
}
