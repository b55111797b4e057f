package nats

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// writes notes of each stream whether the server confirms what is written to it:
// a stream whose disk was full gives no answer, and nothing else shows it.
type writes struct {
	mu          sync.Mutex
	unconfirmed map[string]unconfirmed // by the name of the stream
	confirmed   time.Time              // of the last write that was confirmed, to any stream
	now         func() time.Time
	tried       atomic.Uint64 // probes of the watchdog
}

// unconfirmed is the last write to a stream, to which no answer came.
type unconfirmed struct {
	at  time.Time
	err error
}

func newWrites() *writes { return &writes{unconfirmed: map[string]unconfirmed{}, now: time.Now} }

// note notes what became of a write.
func (w *writes) note(stream string, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case err != nil && broken(err):
		w.unconfirmed[stream] = unconfirmed{w.now(), err}
	case errors.Is(err, context.Canceled):
	default: // confirmed, or refused by a server that could have written it
		delete(w.unconfirmed, stream)
		w.confirmed = w.now()
	}
}

// broken reports whether an error says that the server could not write.
func broken(err error) bool {
	for _, is := range []error{context.DeadlineExceeded, nats.ErrTimeout, nats.ErrNoResponders, jetstream.ErrNoStreamResponse} {
		if errors.Is(err, is) {
			return true
		}
	}
	var refused *jetstream.APIError
	return errors.As(err, &refused) && (refused.Code == 503 || refused.ErrorCode == maxBytesReached)
}

// maxBytesReached is the server's code for a stream that may hold no more.
const maxBytesReached = 10077

// forgetAfter is how long an unconfirmed write counts while others are confirmed:
// it may have met a change of leader, and nothing may have been written there since.
const forgetAfter = time.Minute

// suspect reports whether a write must be tried to know more: the last one to some
// stream was not confirmed, or, where silence counts, none was for a while.
func (w *writes) suspect(silence bool) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.unconfirmed) > 0 || silence && w.now().Sub(w.confirmed) >= probeInterval
}

// faults names the streams whose last write was not confirmed.
func (w *writes) faults() (all []error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, stream := range slices.Sorted(maps.Keys(w.unconfirmed)) {
		last := w.unconfirmed[stream]
		if w.confirmed.After(last.at) && w.now().Sub(last.at) > forgetAfter {
			delete(w.unconfirmed, stream)
			continue
		}
		all = append(all, fmt.Errorf("%s does not confirm what is written: %w", displayName(stream), last.err))
	}
	return all
}

// observedJetStream is JetStream whose writes are noted.
type observedJetStream struct {
	jetstream.JetStream
	writes     *writes
	unanswered func(error) bool // what the next leader may answer
}

// PublishMsg implements jetstream.Publisher. A message that is not confirmed is sent
// again: it must have an ID, say what it follows, or be harmless.
func (o observedJetStream) PublishMsg(ctx context.Context, m *nats.Msg, opts ...jetstream.PublishOpt) (*jetstream.PubAck, error) {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	ack, err := untilAnswered(ctx, o.unanswered, func(ctx context.Context) (*jetstream.PubAck, error) {
		return o.JetStream.PublishMsg(ctx, m, opts...)
	})
	o.writes.note(streamOf(m.Subject), err)
	return ack, err
}

// KeyValue returns a bucket whose writes are noted.
func (o observedJetStream) KeyValue(ctx context.Context, name string) (jetstream.KeyValue, error) {
	kv, err := o.JetStream.KeyValue(ctx, name)
	if err != nil {
		return nil, err
	}
	return observedBucket{kv, o.writes, o.unanswered}, nil
}

// streamOf names the stream that takes a subject, or the subject where none of
// ours does.
func streamOf(subject string) string {
	if key, ok := strings.CutPrefix(subject, "$KV."); ok {
		name, _, _ := strings.Cut(key, ".")
		return "KV_" + name
	}
	for _, s := range streamConfigs(1) {
		if strings.HasPrefix(subject, strings.TrimSuffix(s.Subjects[0], ">")) {
			return s.Name
		}
	}
	return subject
}

// observedBucket is a bucket whose writes are noted.
type observedBucket struct {
	jetstream.KeyValue
	writes     *writes
	unanswered func(error) bool
}

func (o observedBucket) note(err error) { o.writes.note("KV_"+o.Bucket(), err) }

// Create implements jetstream.KeyValue.
func (o observedBucket) Create(ctx context.Context, key string, value []byte, opts ...jetstream.KVCreateOpt) (uint64, error) {
	version, err := o.KeyValue.Create(ctx, key, value, opts...)
	o.note(err)
	return version, err
}

// Update implements jetstream.KeyValue.
func (o observedBucket) Update(ctx context.Context, key string, value []byte, version uint64) (uint64, error) {
	version, err := o.KeyValue.Update(ctx, key, value, version)
	o.note(err)
	return version, err
}

// Put implements jetstream.KeyValue. One that is not confirmed is made again.
func (o observedBucket) Put(ctx context.Context, key string, value []byte) (uint64, error) {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	version, err := untilAnswered(ctx, o.unanswered, func(ctx context.Context) (uint64, error) {
		return o.KeyValue.Put(ctx, key, value)
	})
	o.note(err)
	return version, err
}

// Delete implements jetstream.KeyValue. One that is not confirmed is made again.
func (o observedBucket) Delete(ctx context.Context, key string, opts ...jetstream.KVDeleteOpt) error {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	_, err := untilAnswered(ctx, o.unanswered, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, o.KeyValue.Delete(ctx, key, opts...)
	})
	o.note(err)
	return err
}
