package main

import (
	"context"
	"errors"
	"time"

	"lector"
)

// whileLeased does what one process of an installation does at a time, as long as this
// one has the lease for it, until ctx ends. While another has it, it asks again and
// again.
func (s *server) whileLeased(ctx context.Context, lease string, retry time.Duration, do func(held context.Context)) error {
	for ctx.Err() == nil {
		held, release, err := s.leases.Hold(ctx, lease)
		switch {
		case err == nil:
			do(held)
			release()
		case !errors.Is(err, lector.ErrExists) && ctx.Err() == nil:
			s.log.Warn("lease not acquired", "lease", lease, "error", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(retry):
		}
	}
	return nil
}
