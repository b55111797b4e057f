package nats

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Times of a request that is made again.
const (
	// requestPatience is how long an answer is waited for. A leader that dies takes the
	// requests with it that it has read, and nobody tells who made them; the next one
	// answers the same request. A server that is only slow may do it twice, so each must
	// be one that may be.
	requestPatience = time.Second
	// requestPause is the time between two requests where the server says at once that
	// nobody leads.
	requestPause = 100 * time.Millisecond
)

// untilAnswered makes a request again and again until it is answered, or ctx ends; then
// it returns the last error. What is asked must do no harm when it is done twice: a read, or
// a write that has an ID or says what it replaces.
func untilAnswered[T any](ctx context.Context, unanswered func(error) bool, ask func(context.Context) (T, error)) (T, error) {
	for {
		short, cancel := context.WithTimeout(ctx, requestPatience)
		v, err := ask(short)
		if err == nil || !unanswered(err) {
			cancel()
			return v, err
		}
		sleep(short, requestPause) // if there is time left: it was refused at once
		cancel()
		if ctx.Err() != nil {
			return v, err
		}
	}
}

// sleep waits for a while, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// leaderless reports whether an error says that a request of a stream met no leader, or
// no answer in time. A single server has no leader to wait for: what does not answer
// there is not there.
func (c *Conn) leaderless(err error) bool {
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, nats.ErrTimeout) {
		return true
	}
	var refused *jetstream.APIError
	if errors.As(err, &refused) {
		return refused.ErrorCode == clusterNotAvailable
	}
	away := errors.Is(err, nats.ErrNoResponders) || errors.Is(err, jetstream.ErrNoStreamResponse)
	return away && c.nc.ConnectedClusterName() != ""
}

// clusterNotAvailable is the server's code for a request while there is no leader.
const clusterNotAvailable jetstream.ErrorCode = 10008
