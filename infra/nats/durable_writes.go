package nats

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
)

// DurableWrites returns how many messages have been stored on disk so far, in all
// streams and buckets that Setup makes. What is in memory, as leases are, does not
// count.
func (c *Conn) DurableWrites(ctx context.Context) (uint64, error) {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	names := []string{}
	for _, s := range streamConfigs(1) {
		names = append(names, s.Name)
	}
	for _, b := range bucketConfigs(1) {
		if b.Storage == jetstream.FileStorage {
			names = append(names, "KV_"+b.Bucket)
		}
	}
	all := uint64(0)
	for _, name := range names {
		s, err := c.bind(ctx, name)
		if err != nil {
			return 0, fmt.Errorf("count writes: %w", err)
		}
		all += s.CachedInfo().State.LastSeq
	}
	return all, nil
}
