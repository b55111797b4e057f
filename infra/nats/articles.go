package nats

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"lector"
)

// Publish puts an article event on NATS, as a CMS does, and returns its place
// in the stream. The same event published again within ten minutes keeps its
// first place and reaches no worker twice.
func (c *Conn) Publish(ctx context.Context, e lector.ArticleEvent) (sequence uint64, err error) {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	ctx, span := lector.StartSpan(ctx, "publish "+articles, lector.SpanProducer)
	defer func() { span.End(err) }()
	if t := lector.TraceOf(ctx); !t.IsZero() && e.Replay == "" {
		e.Trace = t
	}
	m, err := c.encodeArticle(e)
	if err != nil {
		return 0, err
	}
	describeSend(span, articles, m.Subject, e.ID)
	ack, err := c.js.PublishMsg(ctx, m, jetstream.WithMsgID(e.Source+"|"+e.ID))
	if err != nil {
		return 0, fmt.Errorf("publish article event: %w", publishHint(err))
	}
	return ack.Sequence, nil
}

// encodeArticle makes the message of an event, and refuses one that no worker
// could read.
func (c *Conn) encodeArticle(e lector.ArticleEvent) (*nats.Msg, error) {
	subject := lector.ArticleSubject(e.Article.Site, e.Article.Key())
	m, err := encode(subject, e.ID, e.Source, string(e.Type), articleSchema, e.Time, e.Article)
	if err != nil {
		return nil, fmt.Errorf("publish article event: %w", err)
	}
	if e.Replay != "" {
		m.Header.Set(replayHeader, e.Replay)
		if e.Force > 0 {
			m.Header.Set(forceHeader, strconv.Itoa(e.Force))
		}
	}
	if e.Lane != lector.Normal {
		m.Header.Set(ceLane, string(e.Lane))
	}
	setTrace(m.Header, e.Trace)
	if _, err := decodeArticle(subject, m.Header, m.Data); err != nil {
		return nil, fmt.Errorf("publish article event: %w", err)
	}
	return m, c.checkSize(len(m.Data))
}

// ErrTooLarge is the error for an article that no event of this server can hold.
var ErrTooLarge = errors.New("article event too large")

// headerRoom is how many bytes of a message are kept for its headers.
const headerRoom = 4096

func (c *Conn) checkSize(n int) error {
	most := c.nc.MaxPayload()
	if int64(n) <= most-headerRoom {
		return nil
	}
	return lector.Hint(lector.Permanent(fmt.Errorf("%w: it has %d KB, and the NATS server takes %d KB", ErrTooLarge, n>>10, most>>10)),
		"send the article's body instead of the whole page; or by reference, as lector publish does it beside the store of the workers: "+
			"the article's JSON goes into the store as claims/KEY/SHA256.json, and that key into body.ref of the event")
}

// publishHint explains the two ways in which a publish gets no answer.
func publishHint(err error) error {
	switch {
	case errors.Is(err, jetstream.ErrNoStreamResponse):
		return lector.Hint(err, "no stream takes this subject: run lector setup")
	case errors.Is(err, context.DeadlineExceeded):
		return lector.Hint(err, "NATS did not confirm: may this account publish here, and is the server's disk full?")
	}
	return err
}

// Event returns an article event by its place in the stream, or
// lector.ErrNotFound when the log no longer holds it.
func (c *Conn) Event(ctx context.Context, sequence uint64) (lector.ArticleEvent, error) {
	m, err := c.messageAt(ctx, articles, sequence)
	if err != nil {
		return lector.ArticleEvent{}, brokerError(fmt.Sprintf("article event %d", sequence), err)
	}
	_, e, err := decodeStoredArticle(m)
	return e, err
}

// NewestEvent returns the newest event of an article and its place in the stream, as a
// worker would get it; or lector.ErrNotFound.
func (c *Conn) NewestEvent(ctx context.Context, j lector.JobRef) (lector.ArticleEvent, uint64, error) {
	return c.NewerEvent(ctx, j, 0)
}

// NewerEvent is NewestEvent where that is behind a place of the stream; otherwise it is
// lector.ErrNotFound, and nothing is decoded.
func (c *Conn) NewerEvent(ctx context.Context, j lector.JobRef, than uint64) (lector.ArticleEvent, uint64, error) {
	m, err := c.lastMessage(ctx, articles, articleSubject(j.Site, j.ID))
	if err == nil && m.Sequence <= than {
		err = lector.ErrNotFound
	}
	if err != nil {
		return lector.ArticleEvent{}, 0, brokerError("newest event of "+j.ID, err)
	}
	_, e, err := decodeStoredArticle(m)
	if err == nil && misplaced(m.Subject, e) {
		return c.newestOwnEvent(ctx, m.Subject)
	}
	return e, m.Sequence, err
}

// newestOwnEvent returns the newest event on the subject of an article that is about that
// article: one of another came under its key.
func (c *Conn) newestOwnEvent(ctx context.Context, subject string) (newest lector.ArticleEvent, place uint64, err error) {
	for m, err := range c.messagesOf(ctx, articles, subject, 0) {
		if err != nil {
			return newest, place, brokerError("newest event on "+subject, err)
		}
		if _, e, err := decodeStoredArticle(m); err == nil && !misplaced(subject, e) {
			newest, place = e, m.Sequence
		}
	}
	if place == 0 {
		return newest, 0, brokerError("newest event on "+subject, lector.ErrNotFound)
	}
	return newest, place, nil
}

// decodeStoredArticle returns an event as a worker would get it, with its headers.
func decodeStoredArticle(m storedMessage) (nats.Header, lector.ArticleEvent, error) {
	h := nats.Header{}
	if len(m.Header) > 0 {
		var err error
		if h, err = nats.DecodeHeadersMsg(m.Header); err != nil {
			return h, lector.ArticleEvent{}, lector.Permanent(fmt.Errorf("article event %d: %w", m.Sequence, err))
		}
	}
	e, _, err := readArticle(m.Subject, h, m.Data, m.Sequence, m.Time)
	return h, e, err
}

// PublishAfter publishes an event of an article whose newest event is at the given
// place in the stream, and returns its own place. It is lector.ErrConflict when
// there is a newer one, be it this one: then NewestEvent tells.
func (c *Conn) PublishAfter(ctx context.Context, e lector.ArticleEvent, newest uint64) (uint64, error) {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	m, err := c.encodeArticle(e)
	if err != nil {
		return 0, err
	}
	ack, err := c.js.PublishMsg(ctx, m, jetstream.WithExpectLastSequencePerSubject(newest))
	if err != nil {
		return 0, brokerError("publish article event", conflictError(publishHint(err)))
	}
	return ack.Sequence, nil
}
