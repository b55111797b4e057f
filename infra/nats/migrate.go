package nats

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"lector"
)

// migratedHeader stands in a message that was brought over from a stream with
// an older name. It holds the name and the age of that stream and the message's
// place in it, so that a migration that was broken off goes on behind it.
const migratedHeader = "Lector-Migrated-From"

// formerStream is a stream that the build before had under another name.
type formerStream struct {
	name, prefix string // its name, and the beginning of its subjects
	to, toPrefix string
	rename       func(nats.Header, time.Time)
}

func formerStreams() []formerStream {
	return []formerStream{
		{"DEAD", "dead.v1.", deadLetters, deadLetterPrefix, renameDeadLetter},
		{"MONEY", "money.v1.", usage, usagePrefix, func(nats.Header, time.Time) {}},
	}
}

// id tells the stream from another of the same name.
func (f formerStream) id(info *jetstream.StreamInfo) string {
	return f.name + "@" + info.Created.UTC().Format(time.RFC3339Nano)
}

// renameDeadLetter gives the headers of a dead letter their present names. When
// it was found stood in no header: it was the time of the message.
func renameDeadLetter(h nats.Header, at time.Time) {
	h.Set(reasonHeader, header(h, "lector-reason"))
	h.Del("lector-reason")
	h.Set(timeHeader, at.UTC().Format(time.RFC3339Nano))
}

// migrate brings over what an older build has written. What was done before it
// was broken off is not done again; where there is nothing to do it writes
// nothing and says nothing.
func (c *Conn) migrate(ctx context.Context) error {
	for _, f := range formerStreams() {
		if err := c.migrateStream(ctx, f); err != nil {
			return fmt.Errorf("stream %s: %w", f.name, err)
		}
	}
	if err := c.migrateJobs(ctx); err != nil {
		return fmt.Errorf("bucket %s: %w", jobs, err)
	}
	return nil
}

// migrateStream copies a stream's messages in their order, and removes it when
// the other one has them all. No worker writes to the new stream meanwhile: none
// starts until the job records are brought over, which comes last.
func (c *Conn) migrateStream(ctx context.Context, f formerStream) error {
	old, err := c.streamInfo(ctx, f.name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	id := f.id(old)
	done, err := c.migrated(ctx, f.to, id)
	if err != nil {
		return err
	}
	c.log.Info("migrating a stream of the previous build", "from", f.name, "to", f.to, "messages", old.State.Msgs, "done", done)
	for m, err := range stored(ctx, c.js, f.name, jetstream.OrderedConsumerConfig{DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: done + 1}) {
		if err != nil {
			return err
		}
		if err := c.copyMessage(ctx, f, id, m); err != nil {
			return err
		}
	}
	if err := c.deleteStream(ctx, f.name, old.State.LastSeq); err != nil {
		return err
	}
	c.log.Info("stream migrated", "from", f.name, "to", f.to)
	return nil
}

func (c *Conn) streamInfo(ctx context.Context, name string) (*jetstream.StreamInfo, error) {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	s, err := c.js.Stream(ctx, name)
	if err != nil {
		return nil, err
	}
	return s.CachedInfo(), nil // which has just been asked for
}

// migrated returns the place of the last message that a stream has of the one
// with the given id, 0 for none.
func (c *Conn) migrated(ctx context.Context, stream, id string) (last uint64, err error) {
	for m, err := range stored(ctx, c.js, stream, jetstream.OrderedConsumerConfig{HeadersOnly: true}) {
		if err != nil {
			return 0, err
		}
		from, place, _ := strings.Cut(m.Headers().Get(migratedHeader), " ")
		if n, err := strconv.ParseUint(place, 10, 64); err == nil && from == id {
			last = max(last, n)
		}
	}
	return last, nil
}

// copyMessage writes one message of a former stream under its present names. Who
// writes it waits for the answer, so that there is never a gap.
func (c *Conn) copyMessage(ctx context.Context, f formerStream, id string, m jetstream.Msg) error {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	out, err := f.renamed(id, m)
	if err != nil {
		return err
	}
	_, err = c.js.PublishMsg(ctx, out, jetstream.WithMsgID(out.Header.Get(migratedHeader)), jetstream.WithExpectStream(f.to))
	return publishHint(err)
}

// renamed returns a message of the former stream with the given id under its
// present names.
func (f formerStream) renamed(id string, m jetstream.Msg) (*nats.Msg, error) {
	meta, err := m.Metadata()
	if err != nil {
		return nil, err
	}
	out := nats.NewMsg(f.toPrefix + strings.TrimPrefix(m.Subject(), f.prefix))
	out.Data = m.Data()
	for name, values := range m.Headers() {
		if !isBrokerHeader(name) {
			out.Header[name] = values
		}
	}
	f.rename(out.Header, meta.Timestamp)
	out.Header.Set(migratedHeader, fmt.Sprintf("%s %d", id, meta.Sequence.Stream))
	return out, nil
}

// deleteStream removes a stream whose last message is the given one.
func (c *Conn) deleteStream(ctx context.Context, name string, last uint64) error {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	now, err := c.streamInfo(ctx, name)
	if err != nil {
		return err
	}
	if now.State.LastSeq != last {
		return lector.Hint(errors.New("somebody still writes to it"), "stop the workers of the build before, then run lector setup again")
	}
	return c.js.DeleteStream(ctx, name)
}
