package nats

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"lector"
)

// storedMessage is a message as its stream holds it.
type storedMessage struct {
	Subject  string    `json:"subject"`
	Sequence uint64    `json:"seq"`
	Header   []byte    `json:"hdrs"`
	Data     []byte    `json:"data"`
	Time     time.Time `json:"time"`
}

// lastMessage returns the newest message on a subject as the leader of the stream
// has it, or lector.ErrNotFound: also for a subject with wildcards, for which the server
// returns what stands on any other. The client's own get asks any replica where the
// stream allows that, and a replica may lag behind what was just written.
func (c *Conn) lastMessage(ctx context.Context, stream, subject string) (storedMessage, error) {
	if hasWildcard(subject) {
		return storedMessage{}, lector.ErrNotFound
	}
	return c.storedMessage(ctx, stream, map[string]any{"last_by_subj": subject})
}

// hasWildcard reports whether a subject stands for several.
func hasWildcard(subject string) bool {
	return slices.ContainsFunc(strings.Split(subject, "."), func(token string) bool { return token == "*" || token == ">" })
}

// messageAt returns the message at a place of a stream as the leader has it, or
// lector.ErrNotFound.
func (c *Conn) messageAt(ctx context.Context, stream string, sequence uint64) (storedMessage, error) {
	if sequence == 0 { // the server takes it for an empty request
		return storedMessage{}, lector.ErrNotFound
	}
	return c.storedMessage(ctx, stream, map[string]any{"seq": sequence})
}

// storedMessage returns the message that a request means, as the leader has it.
func (c *Conn) storedMessage(ctx context.Context, stream string, which map[string]any) (storedMessage, error) {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	request, err := json.Marshal(which)
	if err != nil {
		return storedMessage{}, err
	}
	m, err := untilAnswered(ctx, c.leaderless, func(ctx context.Context) (storedMessage, error) {
		reply, err := c.nc.RequestWithContext(ctx, "$JS.API.STREAM.MSG.GET."+stream, request)
		if err != nil {
			return storedMessage{}, fmt.Errorf("stream %s: %w", stream, err)
		}
		return decodeStored(stream, reply.Data)
	})
	if errors.Is(err, nats.ErrNoResponders) {
		err = fmt.Errorf("stream %s: %w", stream, jetstream.ErrJetStreamNotEnabled)
	}
	return m, err
}

// messagesOf yields the messages that a stream holds on a subject, or several by
// wildcards, behind a place, as the leader has them. It ends with the first error.
func (c *Conn) messagesOf(ctx context.Context, stream, subject string, after uint64) iter.Seq2[storedMessage, error] {
	return func(yield func(storedMessage, error) bool) {
		for {
			m, err := c.storedMessage(ctx, stream, map[string]any{"seq": after + 1, "next_by_subj": subject})
			if errors.Is(err, lector.ErrNotFound) {
				return
			}
			if !yield(m, err) || err != nil {
				return
			}
			after = m.Sequence
		}
	}
}

func decodeStored(stream string, data []byte) (storedMessage, error) {
	var answer struct {
		Message storedMessage       `json:"message"`
		Error   *jetstream.APIError `json:"error"`
	}
	if err := json.Unmarshal(data, &answer); err != nil {
		return storedMessage{}, fmt.Errorf("stream %s: %w", stream, err)
	}
	switch e := answer.Error; {
	case e == nil:
		return answer.Message, nil
	case e.ErrorCode == jetstream.JSErrCodeMessageNotFound:
		return storedMessage{}, lector.ErrNotFound
	case e.ErrorCode == jetstream.JSErrCodeStreamNotFound:
		return storedMessage{}, fmt.Errorf("stream %s: %w", stream, missing(jetstream.ErrStreamNotFound))
	default:
		return storedMessage{}, fmt.Errorf("stream %s: %w", stream, e)
	}
}

// brokerError says what was asked of the broker. What it did not do is trouble of
// the storage; that something is not there, or was changed by somebody else, is an
// answer.
func brokerError(what string, err error) error {
	if err == nil {
		return nil
	}
	wrapped := fmt.Errorf("%s: %w", what, err)
	for _, answer := range []error{lector.ErrNotFound, lector.ErrConflict, lector.ErrExists, lector.ErrBudget} {
		if errors.Is(err, answer) {
			return wrapped
		}
	}
	return lector.WithClass(wrapped, lector.ClassStorage)
}

// headers returns the headers of the message; none where they cannot be read.
func (m storedMessage) headers() nats.Header {
	h, err := nats.DecodeHeadersMsg(m.Header)
	if err != nil {
		return nats.Header{}
	}
	return h
}

// deleted reports whether the newest entry of a key says that it is gone.
func (m storedMessage) deleted() bool {
	h, err := nats.DecodeHeadersMsg(m.Header)
	if err != nil {
		return false
	}
	return h.Get(jetstream.MarkerReasonHeader) != "" || h.Get("KV-Operation") != ""
}
