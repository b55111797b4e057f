package nats

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
)

// Subjects of requests that any worker answers.
const (
	requestPrefix = "ask.v1."
	listSubject   = requestPrefix + "jobs"
	planSubject   = requestPrefix + "plan"
)

// workers is the group of those who answer: each request reaches one of them.
const workers = "workers"

// Headers of answers.
const (
	answerError = "Lector-Error" // why there is no answer
	answerLast  = "Lector-Last"  // set in the last message of an answer
)

// ErrNoAnswer is the error of a request that no worker can answer now.
var ErrNoAnswer = errors.New("no worker answers")

// answer answers requests on a subject until ctx ends. An answer may have several
// messages. It is asked in a goroutine of its own for each request.
func (c *Conn) answer(ctx context.Context, subject string,
	find func(ctx context.Context, request []byte, send func(any) error) error) error {
	s, err := c.nc.QueueSubscribe(subject, workers, func(m *nats.Msg) {
		go func() {
			ctx, cancel := context.WithTimeout(ctx, answerTimeout)
			defer cancel()
			last := nats.NewMsg(m.Reply)
			last.Header.Set(answerLast, "true")
			if err := find(ctx, m.Data, func(v any) error { return respond(m, v) }); err != nil {
				last.Header.Set(answerError, err.Error())
			}
			if err := m.RespondMsg(last); err != nil {
				c.log.Debug("reply not sent", "subject", subject, "error", err)
			}
		}()
	})
	if err != nil {
		return fmt.Errorf("answer %s: %w", subject, err)
	}
	<-ctx.Done()
	_ = s.Unsubscribe() // the connection may be gone
	return nil
}

func respond(m *nats.Msg, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return m.Respond(data)
}

// answerTimeout bounds the work on a request.
const answerTimeout = time.Minute

// firstAnswer is how long a worker may take until the first message of an answer.
// Nothing answers where the server refuses the request.
const firstAnswer = 3 * time.Second

// ask sends a request to a worker and calls read with each message of the answer. It
// is ErrNoAnswer when there is none: then read has not been called.
func (c *Conn) ask(ctx context.Context, subject string, request any, wait time.Duration, read func([]byte) error) error {
	data, err := json.Marshal(request)
	if err != nil {
		return err
	}
	inbox := c.nc.NewInbox()
	s, err := c.nc.SubscribeSync(inbox)
	if err != nil {
		return err
	}
	defer s.Unsubscribe() //nolint:errcheck // the connection may be gone
	if err := c.nc.PublishRequest(subject, inbox, data); err != nil {
		return err
	}
	for n := 0; ; n++ { // messages of the answer
		m, err := c.nextMessage(ctx, s, wait)
		switch {
		case err != nil && n == 0 && ctx.Err() == nil:
			return fmt.Errorf("%w: %w", ErrNoAnswer, err)
		case err != nil:
			return fmt.Errorf("%s: %w", subject, err)
		case m.Header.Get(answerError) != "" && n == 0:
			return fmt.Errorf("%w: %s", ErrNoAnswer, m.Header.Get(answerError))
		case m.Header.Get(answerError) != "":
			return fmt.Errorf("%s: %s", subject, m.Header.Get(answerError))
		case m.Header.Get(answerLast) != "":
			return nil
		}
		if err := read(m.Data); err != nil {
			return fmt.Errorf("%s: %w", subject, err)
		}
	}
}

// nextMessage waits for a message. A server says at once that nobody is there; of a
// request that it refuses it tells on another way.
func (c *Conn) nextMessage(ctx context.Context, s *nats.Subscription, wait time.Duration) (*nats.Msg, error) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	for {
		m, err := nextWithin(ctx, s, refusalCheck)
		switch {
		case err == nil && len(m.Data) == 0 && m.Header.Get("Status") == "503":
			return nil, nats.ErrNoResponders
		case err == nil || ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded):
			return m, err
		case c.refusals.newest() != "":
			return nil, nats.ErrPermissionViolation
		}
	}
}

// refusalCheck is how often is looked whether the request was refused.
const refusalCheck = 200 * time.Millisecond

func nextWithin(ctx context.Context, s *nats.Subscription, wait time.Duration) (*nats.Msg, error) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	return s.NextMsgWithContext(ctx)
}
