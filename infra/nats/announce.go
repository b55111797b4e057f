package nats

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"lector"
)

// Announce publishes an audio event. The same event announced again, within
// ten minutes, is not stored twice.
func (c *Conn) Announce(ctx context.Context, e lector.AudioEvent) error { return c.announce(ctx, e) }

// AnnounceAfter publishes an audio event of an article whose newest one is at the given
// place, 0 for none. It is lector.ErrConflict when that is not so: a request that stood
// still on its way, or its sender, must not announce what is over.
func (c *Conn) AnnounceAfter(ctx context.Context, e lector.AudioEvent, newest uint64) error {
	return c.announce(ctx, e, jetstream.WithExpectLastSequencePerSubject(newest))
}

func (c *Conn) announce(ctx context.Context, e lector.AudioEvent, options ...jetstream.PublishOpt) (err error) {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	ctx, span := lector.StartSpan(ctx, "publish "+audio, lector.SpanProducer)
	defer func() { span.End(err) }()
	m, err := encode(lector.AudioSubject(e.Site, e.Key), e.ID, "lector", e.Type, "", e.Time, e)
	if err != nil {
		return fmt.Errorf("announce: %w", err)
	}
	describeSend(span, audio, m.Subject, e.ID)
	setTrace(m.Header, lector.TraceOf(ctx))
	if _, err := c.js.PublishMsg(ctx, m, append(options, jetstream.WithMsgID(e.ID))...); err != nil {
		return brokerError("announce", publishHint(conflictError(err)))
	}
	return nil
}

// LastAnnouncement returns the newest audio event of an article, or lector.ErrNotFound. Of
// one that nobody can read it returns the place, with a permanent error.
func (c *Conn) LastAnnouncement(ctx context.Context, site, key string) (lector.AudioEvent, error) {
	m, err := c.lastMessage(ctx, audio, lector.AudioSubject(site, key))
	if err != nil {
		return lector.AudioEvent{}, brokerError("last audio event", err)
	}
	e, err := decodeAudio(m.headers(), m.Data)
	if err != nil {
		return lector.AudioEvent{Sequence: m.Sequence}, lector.Permanent(err)
	}
	e.Sequence = m.Sequence
	return e, nil
}

// Announcements yields the audio events that the stream holds for an article,
// oldest first, and goes on with new ones until ctx ends. Empty strings stand
// for any site and any article.
func (c *Conn) Announcements(ctx context.Context, site, key string) iter.Seq2[lector.AudioEvent, error] {
	return func(yield func(lector.AudioEvent, error) bool) {
		k, err := c.js.OrderedConsumer(ctx, audio, jetstream.OrderedConsumerConfig{
			FilterSubjects: []string{lector.AudioSubject(orWildcard(site), orWildcard(key))},
		})
		if err != nil {
			yield(lector.AudioEvent{}, fmt.Errorf("audio events: %w", missing(err)))
			return
		}
		messages, err := k.Messages()
		if err != nil {
			yield(lector.AudioEvent{}, fmt.Errorf("audio events: %w", err))
			return
		}
		defer context.AfterFunc(ctx, messages.Stop)()
		defer messages.Stop()
		for {
			m, err := messages.Next()
			if err != nil {
				yield(lector.AudioEvent{}, fmt.Errorf("audio events: %w", err))
				return
			}
			if !yield(decodeAudio(m.Headers(), m.Data())) {
				return
			}
		}
	}
}

func orWildcard(token string) string {
	if token == "" {
		return "*"
	}
	return token
}

func decodeAudio(h nats.Header, data []byte) (lector.AudioEvent, error) {
	var e lector.AudioEvent
	old := struct {
		*lector.AudioEvent
		Characters *lector.Usage `json:"characters"` // as the usage was named before
	}{AudioEvent: &e}
	if err := json.Unmarshal(data, &old); err != nil {
		return e, fmt.Errorf("audio event: %w", err)
	}
	if old.Characters != nil {
		e.Usage = *old.Characters
	}
	e.ID, e.Type, e.Trace = header(h, ceID), header(h, ceType), lector.ParseTraceContext(traceFields(h))
	e.Time, _ = time.Parse(time.RFC3339Nano, header(h, ceTime)) // absent: zero
	return e, nil
}
