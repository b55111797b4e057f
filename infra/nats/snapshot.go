package nats

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"lector"
)

// snapshotSilence is how long a snapshot may stand still before it is given up.
const snapshotSilence = 30 * time.Second

// snapshotChunk is how many bytes of a snapshot go into one message.
const snapshotChunk = 128 << 10

// StreamSnapshot describes a stream that was written out, for Restore.
type StreamSnapshot struct {
	Name     string          `json:"name"`
	Messages uint64          `json:"messages"` // that it held
	Last     uint64          `json:"last"`     // place of the newest
	Config   json.RawMessage `json:"config"`   // as the server had it
	State    json.RawMessage `json:"state"`    // likewise
}

// SnapshotStreams returns the streams that hold what must not be lost, in the order
// in which they are to be written out while the server works: the records of jobs
// come before the events that they name, so that a restored record never names a
// place that a new event will get. Leases are left out: they lie in memory.
func SnapshotStreams() []string {
	return []string{"KV_" + jobs, articles, deadLetters, audio, usage, "KV_" + budgets, "KV_" + pauses, "KV_" + settings, "KV_" + replays, "KV_" + access, "KV_" + listening, audit}
}

// Snapshot writes a stream out as the server packs it, its consumers with it, while
// others read and write. It needs the rights of the role setup.
func (c *Conn) Snapshot(ctx context.Context, name string, to io.Writer) (StreamSnapshot, error) {
	s := StreamSnapshot{Name: name}
	chunks, err := c.nc.SubscribeSync(c.nc.NewInbox())
	if err != nil {
		return s, fmt.Errorf("snapshot of %s: %w", name, err)
	}
	defer chunks.Unsubscribe() //nolint:errcheck // fails only when the connection is closed, which ends it too
	if err := chunks.SetPendingLimits(-1, -1); err != nil {
		return s, fmt.Errorf("snapshot of %s: %w", name, err)
	}
	var answer struct {
		Config json.RawMessage     `json:"config"`
		State  json.RawMessage     `json:"state"`
		Error  *jetstream.APIError `json:"error"`
	}
	request := map[string]any{"deliver_subject": chunks.Subject, "chunk_size": snapshotChunk}
	if err := c.apiRequest(ctx, "$JS.API.STREAM.SNAPSHOT."+name, request, &answer); err != nil {
		return s, brokerError("snapshot of "+name, err)
	}
	if answer.Error != nil {
		return s, brokerError("snapshot of "+name, snapshotError(answer.Error))
	}
	var state jetstream.StreamState
	if err := json.Unmarshal(answer.State, &state); err != nil {
		return s, fmt.Errorf("snapshot of %s: %w", name, err)
	}
	s.Config, s.State, s.Messages, s.Last = answer.Config, answer.State, state.Msgs, state.LastSeq
	if err := c.receiveSnapshot(ctx, chunks, to); err != nil {
		return s, brokerError("snapshot of "+name, err)
	}
	return s, nil
}

// receiveSnapshot writes the chunks of a snapshot until the empty one that ends it.
func (c *Conn) receiveSnapshot(ctx context.Context, chunks *nats.Subscription, to io.Writer) error {
	for {
		m, err := c.nextMessage(ctx, chunks, snapshotSilence)
		if err != nil {
			return err
		}
		if len(m.Data) == 0 {
			return snapshotEnd(m.Header)
		}
		if _, err := to.Write(m.Data); err != nil {
			return err
		}
		if m.Reply == "" { // the last one
			continue
		}
		if err := m.Respond(nil); err != nil {
			return err
		}
	}
}

// snapshotEnd reads how the server ended a snapshot.
func snapshotEnd(h nats.Header) error {
	if status := h.Get("Status"); status != "" && status != "204" {
		return fmt.Errorf("the server broke it off: %s %s", status, h.Get("Description"))
	}
	return nil
}

// Restore makes a stream again from what Snapshot wrote. There must be none of its
// name.
func (c *Conn) Restore(ctx context.Context, s StreamSnapshot, from io.Reader) error {
	var answer struct {
		Deliver string              `json:"deliver_subject"`
		Error   *jetstream.APIError `json:"error"`
	}
	request := map[string]any{"config": s.Config, "state": s.State}
	if err := c.apiRequest(ctx, "$JS.API.STREAM.RESTORE."+s.Name, request, &answer); err != nil {
		return brokerError("restore "+s.Name, err)
	}
	if answer.Error != nil {
		return brokerError("restore "+s.Name, snapshotError(answer.Error))
	}
	if err := c.sendSnapshot(ctx, answer.Deliver, from); err != nil {
		return brokerError("restore "+s.Name, err)
	}
	return c.checkRestored(ctx, s)
}

// sendSnapshot sends the chunks of a snapshot and the empty one behind them, each
// when the one before it is taken.
func (c *Conn) sendSnapshot(ctx context.Context, subject string, from io.Reader) error {
	chunk := make([]byte, snapshotChunk)
	for {
		n, err := io.ReadFull(from, chunk)
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return err
		}
		if n > 0 {
			if err := c.sendChunk(ctx, subject, chunk[:n]); err != nil {
				return err
			}
		}
		if err != nil {
			return c.sendChunk(ctx, subject, nil)
		}
	}
}

// sendChunk sends one chunk; what the server answers is an error or nothing, and at
// the end the stream.
func (c *Conn) sendChunk(ctx context.Context, subject string, chunk []byte) error {
	ctx, cancel := context.WithTimeout(ctx, snapshotSilence)
	defer cancel()
	reply, err := c.nc.RequestWithContext(ctx, subject, chunk)
	if err != nil || len(reply.Data) == 0 {
		return err
	}
	var answer struct {
		Error *jetstream.APIError `json:"error"`
	}
	if err := json.Unmarshal(reply.Data, &answer); err != nil {
		return err
	}
	if answer.Error != nil {
		return snapshotError(answer.Error)
	}
	return nil
}

// checkRestored compares what the server has with what was written out. Messages may
// have become too old meanwhile; their places stay.
func (c *Conn) checkRestored(ctx context.Context, s StreamSnapshot) error {
	info, err := c.streamInfo(ctx, s.Name)
	if err != nil {
		return brokerError("restore "+s.Name, err)
	}
	if info.State.LastSeq != s.Last {
		return fmt.Errorf("restore %s: the last message stands at place %d, not at %d", s.Name, info.State.LastSeq, s.Last)
	}
	return nil
}

func snapshotError(e *jetstream.APIError) error {
	if e.ErrorCode == jetstream.JSErrCodeStreamNotFound {
		return fmt.Errorf("%w: %w", lector.ErrNotFound, e)
	}
	return e
}

// apiRequest asks the server for something and reads the answer.
func (c *Conn) apiRequest(ctx context.Context, subject string, request, answer any) error {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	data, err := json.Marshal(request)
	if err != nil {
		return err
	}
	reply, err := c.nc.RequestWithContext(ctx, subject, data)
	if err != nil {
		return err
	}
	return json.Unmarshal(reply.Data, answer)
}
