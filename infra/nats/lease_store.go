package nats

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"lector"
)

// leaseStore stores who holds which lease, and until when. A write to a name that
// is not at the given version is lector.ErrConflict.
type leaseStore interface {
	create(ctx context.Context, name string, holder []byte, ttl time.Duration) (version uint64, err error)
	renew(ctx context.Context, name string, holder []byte, version uint64, ttl time.Duration) (uint64, error)
	read(ctx context.Context, name string) (holder []byte, version uint64, err error)
	delete(ctx context.Context, name string, version uint64) error
}

// bucketLeases is a leaseStore in a bucket whose keys have a time to live.
type bucketLeases struct {
	kv jetstream.KeyValue
	js jetstream.JetStream
}

func (b bucketLeases) create(ctx context.Context, name string, holder []byte, ttl time.Duration) (uint64, error) {
	version, err := b.kv.Create(ctx, name, holder, jetstream.KeyTTL(ttl))
	if errors.Is(err, jetstream.ErrKeyExists) {
		return 0, lector.ErrExists
	}
	return version, err
}

// renew writes by hand what kv.Update would, because that drops the key's time
// to live.
func (b bucketLeases) renew(ctx context.Context, name string, holder []byte, version uint64, ttl time.Duration) (uint64, error) {
	m := nats.NewMsg("$KV." + leases + "." + name)
	m.Data = holder
	ack, err := b.js.PublishMsg(ctx, m, jetstream.WithExpectLastSequencePerSubject(version), jetstream.WithMsgTTL(ttl))
	if err != nil {
		return 0, conflictError(err)
	}
	return ack.Sequence, nil
}

func (b bucketLeases) read(ctx context.Context, name string) (holder []byte, version uint64, err error) {
	entry, err := b.kv.Get(ctx, name)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return nil, 0, lector.ErrNotFound
	}
	if err != nil {
		return nil, 0, err
	}
	return entry.Value(), entry.Revision(), nil
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
