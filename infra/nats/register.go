package nats

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"lector"
)

// register keeps who holds which name, and until when. A write to a name that
// is not at the given version is lector.ErrConflict.
type register interface {
	create(ctx context.Context, name string, holder []byte, ttl time.Duration) (version uint64, err error)
	renew(ctx context.Context, name string, holder []byte, version uint64, ttl time.Duration) (uint64, error)
	read(ctx context.Context, name string) (holder []byte, version uint64, err error)
	free(ctx context.Context, name string, version uint64) error
}

// bucketRegister is a register in a bucket whose keys have a time to live.
type bucketRegister struct {
	kv jetstream.KeyValue
	js jetstream.JetStream
}

func (b bucketRegister) create(ctx context.Context, name string, holder []byte, ttl time.Duration) (uint64, error) {
	version, err := b.kv.Create(ctx, name, holder, jetstream.KeyTTL(ttl))
	if errors.Is(err, jetstream.ErrKeyExists) {
		return 0, lector.ErrExists
	}
	return version, err
}

// renew writes by hand what kv.Update would, because that drops the key's time
// to live.
func (b bucketRegister) renew(ctx context.Context, name string, holder []byte, version uint64, ttl time.Duration) (uint64, error) {
	m := nats.NewMsg("$KV." + leases + "." + name)
	m.Data = holder
	ack, err := b.js.PublishMsg(ctx, m, jetstream.WithExpectLastSequencePerSubject(version), jetstream.WithMsgTTL(ttl))
	if err != nil {
		return 0, moved(err)
	}
	return ack.Sequence, nil
}

func (b bucketRegister) read(ctx context.Context, name string) (holder []byte, version uint64, err error) {
	entry, err := b.kv.Get(ctx, name)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return nil, 0, lector.ErrNotFound
	}
	if err != nil {
		return nil, 0, err
	}
	return entry.Value(), entry.Revision(), nil
}

func (b bucketRegister) free(ctx context.Context, name string, version uint64) error {
	return moved(b.kv.Delete(ctx, name, jetstream.LastRevision(version)))
}

// Codes of a write whose expected sequence is not the last: of a single server,
// and of a cluster, which has one more of its own.
const (
	wrongLast        jetstream.ErrorCode = 10071
	wrongLastCluster jetstream.ErrorCode = 10164
)

// moved makes lector.ErrConflict of a write that came too late.
func moved(err error) error {
	var api *jetstream.APIError
	if errors.As(err, &api) && (api.ErrorCode == wrongLast || api.ErrorCode == wrongLastCluster) {
		return lector.ErrConflict
	}
	return err
}
