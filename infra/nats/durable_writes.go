package nats

import (
	"context"
	"fmt"
)

// DurableWrites returns how many messages have been stored on disk so far, in all
// streams and buckets that Setup makes. What is in memory, as leases are, does not
// count.
func (c *Conn) DurableWrites(ctx context.Context) (uint64, error) {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	all := uint64(0)
	for _, name := range durableStreams() {
		s, err := c.bind(ctx, name)
		if err != nil {
			return 0, fmt.Errorf("count writes: %w", err)
		}
		all += s.CachedInfo().State.LastSeq
	}
	return all, nil
}

// TriedWrites returns how often a watchdog of this connection has tried whether the
// servers write: DurableWrites counts these, too, at most once each.
func (c *Conn) TriedWrites() uint64 { return c.writes.tried.Load() }
