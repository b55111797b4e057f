package nats

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"lector"
)

// leaseStore stores who holds which lease, and until when. A write to a name that
// is not at the given version is lector.ErrConflict. create and read make the
// store again where its server has lost all of it; renew is lector.ErrNotFound then.
type leaseStore interface {
	create(ctx context.Context, name string, holder []byte, ttl time.Duration) (version uint64, err error)
	renew(ctx context.Context, name string, holder []byte, version uint64, ttl time.Duration) (uint64, error)
	read(ctx context.Context, name string) (holder []byte, version uint64, err error)
	delete(ctx context.Context, name string, version uint64) error
}

// bucketLeases is a leaseStore in a bucket whose keys have a time to live.
type bucketLeases struct{ bucket }

// create makes an entry. One that is there is ours where an answer was lost: no other
// lease has the same holder.
func (b bucketLeases) create(ctx context.Context, name string, holder []byte, ttl time.Duration) (uint64, error) {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	version, err := untilAnswered(ctx, b.conn.leaderless, func(ctx context.Context) (uint64, error) {
		return b.createOnce(ctx, name, holder, ttl)
	})
	if !errors.Is(err, jetstream.ErrKeyExists) {
		return version, err
	}
	if there, version, err := b.read(ctx, name); err == nil && bytes.Equal(there, holder) {
		return version, nil
	}
	return 0, lector.ErrExists
}

// createOnce makes one request, and the bucket first where it is gone.
func (b bucketLeases) createOnce(ctx context.Context, name string, holder []byte, ttl time.Duration) (uint64, error) {
	version, err := b.kv.Create(ctx, name, holder, jetstream.KeyTTL(ttl))
	if errors.Is(err, jetstream.ErrNoStreamResponse) || errors.Is(err, jetstream.ErrStreamNotFound) {
		if _, err := b.conn.makeLeaseBucket(ctx); err != nil {
			return 0, err
		}
		version, err = b.kv.Create(ctx, name, holder, jetstream.KeyTTL(ttl))
	}
	return version, err
}

// makeLeaseBucket makes the bucket after a restart of a single server, on as many
// nodes as the job records have.
func (c *Conn) makeLeaseBucket(ctx context.Context) (bucket, error) {
	s, err := c.bind(ctx, "KV_"+jobs)
	if err != nil {
		return bucket{}, err
	}
	_, err = c.js.CreateKeyValue(ctx, leaseBucket(s.CachedInfo().Config.Replicas))
	if err != nil && !errors.Is(err, jetstream.ErrBucketExists) { // another worker was faster
		return bucket{}, fmt.Errorf("bucket %s: %w", leases, err)
	}
	return c.bucket(ctx, leases)
}

// renew writes by hand what kv.Update would, because that drops the key's time
// to live.
func (b bucketLeases) renew(ctx context.Context, name string, holder []byte, version uint64, ttl time.Duration) (uint64, error) {
	m := nats.NewMsg("$KV." + leases + "." + name)
	m.Data = holder
	ack, err := b.conn.js.PublishMsg(ctx, m, jetstream.WithExpectLastSequencePerSubject(version), jetstream.WithMsgTTL(ttl))
	if errors.Is(err, jetstream.ErrNoStreamResponse) {
		return 0, fmt.Errorf("%w: %w", lector.ErrNotFound, err)
	}
	if err != nil {
		return 0, conflictError(err)
	}
	return ack.Sequence, nil
}

func (b bucketLeases) read(ctx context.Context, name string) (holder []byte, version uint64, err error) {
	version, holder, err = b.bucket.read(ctx, name)
	if err == nil && version == 0 || errors.Is(err, jetstream.ErrStreamNotFound) {
		return nil, 0, lector.ErrNotFound
	}
	return holder, version, err
}

func (b bucketLeases) delete(ctx context.Context, name string, version uint64) error {
	return conflictError(b.kv.Delete(ctx, name, jetstream.LastRevision(version)))
}

// Codes of a write whose expected sequence is not the last: of a single server,
// and of a cluster, which has one more of its own.
const (
	codeWrongLastSequence        jetstream.ErrorCode = 10071
	codeWrongLastSequenceCluster jetstream.ErrorCode = 10164
)

// conflictError makes lector.ErrConflict of a write that came too late.
func conflictError(err error) error {
	var api *jetstream.APIError
	if errors.As(err, &api) && (api.ErrorCode == codeWrongLastSequence || api.ErrorCode == codeWrongLastSequenceCluster) {
		return lector.ErrConflict
	}
	return err
}
