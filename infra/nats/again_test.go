package nats

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"lector"
)

// TestUntilAnswered has requests meet a leader that is dead, then none, then a new one.
func TestUntilAnswered(t *testing.T) {
	t.Parallel()
	refused := errors.New("refused")
	for name, c := range map[string]struct {
		dead, gone time.Duration // until when requests are swallowed, and refused at once
		answer     error
		timeout    time.Duration
		want       error
		within     time.Duration // of the end of both
	}{
		"nothing is wrong":           {timeout: 10 * time.Second},
		"a refusal is an answer":     {answer: refused, timeout: 10 * time.Second, want: refused},
		"the leader dies":            {dead: 5300 * time.Millisecond, timeout: 10 * time.Second, within: requestPatience},
		"nobody leads":               {gone: 5350 * time.Millisecond, timeout: 10 * time.Second, within: requestPause},
		"both":                       {dead: 1500 * time.Millisecond, gone: 6250 * time.Millisecond, timeout: 10 * time.Second, within: requestPause},
		"nobody leads any more":      {gone: time.Hour, timeout: 10 * time.Second, want: jetstream.ErrNoStreamResponse},
		"nobody answers any more":    {dead: time.Hour, timeout: 10 * time.Second, want: context.DeadlineExceeded},
		"who asks has no time":       {dead: time.Hour, timeout: 300 * time.Millisecond, want: context.DeadlineExceeded},
		"refused after it is solved": {dead: 2 * time.Second, answer: refused, timeout: 10 * time.Second, want: refused, within: requestPatience},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), c.timeout)
				defer cancel()
				began := time.Now()
				clustered := func(err error) bool {
					return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, jetstream.ErrNoStreamResponse)
				}
				_, err := untilAnswered(ctx, clustered, func(ctx context.Context) (int, error) {
					switch at := time.Since(began); {
					case at < c.dead:
						<-ctx.Done()
						return 0, ctx.Err()
					case at < c.gone:
						return 0, jetstream.ErrNoStreamResponse
					}
					return 1, c.answer
				})
				if !errors.Is(err, c.want) {
					t.Errorf("got %v, want %v", err, c.want)
				}
				limit := min(max(c.dead, c.gone)+c.within, c.timeout)
				if took := time.Since(began); took > limit {
					t.Errorf("took %v, want at most %v", took, limit)
				}
			})
		})
	}
}

func TestLeaderless(t *testing.T) {
	t.Parallel()
	single := setup(t).Conn
	for err, want := range map[error]bool{
		context.DeadlineExceeded: true, nats.ErrTimeout: true,
		&jetstream.APIError{Code: 503, ErrorCode: clusterNotAvailable}: true,
		&jetstream.APIError{Code: 503, ErrorCode: maxBytesReached}:     false,
		nats.ErrNoResponders: false, jetstream.ErrNoStreamResponse: false, // one server has no other that may answer
		context.Canceled: false, lector.ErrNotFound: false, nats.ErrConnectionClosed: false,
	} {
		if got := single.leaderless(err); got != want {
			t.Errorf("%v: %v, want %v", err, got, want)
		}
	}
}

// lossyBucket does the next write, or does it not, and gives no answer either way.
type lossyBucket struct {
	jetstream.KeyValue
	lost []bool // whether it is done
}

func (l *lossyBucket) lose(do func() (uint64, error)) (uint64, error) {
	if len(l.lost) == 0 {
		return do()
	}
	done := l.lost[0]
	l.lost = l.lost[1:]
	if done {
		if _, err := do(); err != nil {
			return 0, err
		}
	}
	return 0, context.DeadlineExceeded
}

func (l *lossyBucket) Create(ctx context.Context, key string, value []byte, opts ...jetstream.KVCreateOpt) (uint64, error) {
	return l.lose(func() (uint64, error) { return l.KeyValue.Create(ctx, key, value, opts...) })
}

func (l *lossyBucket) Update(ctx context.Context, key string, value []byte, version uint64) (uint64, error) {
	return l.lose(func() (uint64, error) { return l.KeyValue.Update(ctx, key, value, version) })
}

// TestUnansweredWritesAreMadeAgain: whether or not a leader did a write before it died,
// the record has it once, and its writer knows the version.
func TestUnansweredWritesAreMadeAgain(t *testing.T) {
	t.Parallel()
	c := setup(t).Conn
	for name, lost := range map[string][]bool{"done": {true}, "not done": {false}, "three not done": {false, false, false}} {
		b, err := c.bucket(t.Context(), jobs)
		if err != nil {
			t.Fatal(err)
		}
		lossy := &lossyBucket{KeyValue: b.kv, lost: lost}
		b.kv = lossy
		key := "site." + name[:1] + name[len(name)-1:]
		first, err := b.compareAndSet(t.Context(), key, []byte("first"), 0)
		if err != nil {
			t.Fatalf("%s: create: %v", name, err)
		}
		lossy.lost = lost
		second, err := b.compareAndSet(t.Context(), key, []byte("second"), first)
		if err != nil {
			t.Fatalf("%s: update: %v", name, err)
		}
		if version, value, err := b.read(t.Context(), key); err != nil || version != second || string(value) != "second" {
			t.Errorf("%s: stored %q at %d (%v), told %d", name, value, version, err, second)
		}
		lossy.lost = lost
		if _, err := b.compareAndSet(t.Context(), key, []byte("late"), first); !errors.Is(err, lector.ErrConflict) {
			t.Errorf("%s: a write over an old version: %v", name, err)
		}
	}
}

// TestLeaseIsOursWhoseAnswerWasLost: a lease that was taken without an answer is held,
// and stays refused to others.
func TestLeaseIsOursWhoseAnswerWasLost(t *testing.T) {
	t.Parallel()
	store := leasesOn(t, setup(t).Conn, "one", 12*time.Second).store.(bucketLeases)
	lossy := &lossyBucket{KeyValue: store.kv, lost: []bool{true, false}}
	store.kv = lossy
	version, err := store.create(t.Context(), "article.x", []byte("one abc"), leaseTTL)
	if err != nil {
		t.Fatal(err)
	}
	if _, there, err := store.read(t.Context(), "article.x"); err != nil || there != version {
		t.Errorf("version %d, told %d (%v)", there, version, err)
	}
	if _, err := store.create(t.Context(), "article.x", []byte("one def"), leaseTTL); !errors.Is(err, lector.ErrExists) {
		t.Errorf("another lease of the same worker: %v", err)
	}
}
