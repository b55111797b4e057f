package nats

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"lector"
)

// Queue is the workers' consumer of article events.
type Queue struct {
	consumer jetstream.Consumer
	conn     *Conn
}

// Queue binds to the workers' consumer.
func (c *Conn) Queue(ctx context.Context) (*Queue, error) { return c.queue(ctx, consumer) }

func (c *Conn) queue(ctx context.Context, name string) (*Queue, error) {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	k, err := c.js.Consumer(ctx, articles, name)
	if err != nil {
		return nil, fmt.Errorf("consumer %s: %w", name, missing(err))
	}
	return &Queue{consumer: k, conn: c}, nil
}

// UrgentQueue delivers the events that must not wait. Queue has them too, but possibly
// behind thousands of others.
type UrgentQueue struct {
	queue *Queue
	is    func(lector.ArticleEvent) bool
}

// Urgent binds to the consumer for urgent events, which are those that is reports.
func (c *Conn) Urgent(ctx context.Context, is func(lector.ArticleEvent) bool) (*UrgentQueue, error) {
	q, err := c.queue(ctx, urgent)
	return &UrgentQueue{q, is}, err
}

// Fetch does as Queue.Fetch does, for urgent events. Others are acknowledged: the queue
// has them. One that cannot be decoded is left to it too. An acknowledgement that is
// lost makes its event come again, which is acknowledged then.
func (u *UrgentQueue) Fetch(ctx context.Context, n int, take func(lector.Delivery)) error {
	return u.queue.fetch(ctx, n, func(m jetstream.Msg) {
		d := u.queue.delivery(m)
		switch {
		case d.Err != nil || !u.is(d.Event):
			_ = m.Ack()
		case !misplaced(m.Subject(), d.Event):
			take(d)
		case !u.queue.rekeyDelivered(m, &d):
			_ = m.Ack()
		}
	})
}

// A pull is renewed every pullWait and watched by heartbeats: with the
// client's defaults a consumer stood still for 30 s after a change of leader.
const (
	pullWait      = 5 * time.Second
	pullHeartbeat = time.Second
)

// Next waits for one event. It returns the context's error when that ends
// first, and any other error when the broker does not answer: the caller waits
// a little and asks again. It may be called by many goroutines at once.
func (q *Queue) Next(ctx context.Context) (next lector.Delivery, err error) {
	for next.Acknowledger == nil && err == nil {
		err = q.Fetch(ctx, 1, func(d lector.Delivery) { next = d })
	}
	return next, err
}

// Fetch calls take with each event as it arrives, until there were n, or pullWait is over.
// One that came under another key than its article's is rekeyed and comes later.
// It returns the context's error when that ends first, and any other error when the
// broker does not answer: the caller waits a little and asks again. It may be called
// by many goroutines at once.
func (q *Queue) Fetch(ctx context.Context, n int, take func(lector.Delivery)) error {
	return q.fetch(ctx, n, func(m jetstream.Msg) {
		d := q.delivery(m)
		if d.Err == nil && misplaced(m.Subject(), d.Event) && q.rekeyDelivered(m, &d) {
			return
		}
		take(d)
	})
}

func (q *Queue) fetch(ctx context.Context, n int, take func(jetstream.Msg)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	batch, err := q.consumer.Fetch(n, jetstream.FetchMaxWait(pullWait), jetstream.FetchHeartbeat(pullHeartbeat))
	if err != nil {
		return fmt.Errorf("fetch: %w", err)
	}
	for {
		select {
		case m, ok := <-batch.Messages():
			if ok {
				take(m)
				continue
			}
		case <-ctx.Done():
			releaseBatch(batch)
			return ctx.Err()
		}
		if err := batch.Error(); err != nil && !errors.Is(err, nats.ErrTimeout) {
			return fmt.Errorf("fetch: %w", err)
		}
		return nil
	}
}

// releaseBatch returns an event that arrives after the worker stopped waiting, so
// that another one gets it at once.
func releaseBatch(batch jetstream.MessageBatch) {
	go func() {
		for m := range batch.Messages() {
			_ = m.Nak() // if this fails the event comes again by itself
		}
	}()
}

func (q *Queue) delivery(m jetstream.Msg) lector.Delivery {
	d := lector.Delivery{Raw: m.Data(), Acknowledger: &acknowledger{msg: m, conn: q.conn}}
	if meta, err := m.Metadata(); err == nil {
		d.Sequence, d.Count, d.Stored = meta.Sequence.Stream, int(meta.NumDelivered), meta.Timestamp
	}
	d.Event, d.Stored, d.Err = readArticle(m.Subject(), m.Headers(), m.Data(), d.Sequence, d.Stored)
	return d
}

// clampTime returns a time that a CMS states, but none after the broker stored its
// event: a clock that is ahead would make every later event look old.
func clampTime(stated, stored time.Time) time.Time {
	if stated.After(stored) {
		return stored
	}
	return stated
}

// acknowledger settles one message.
type acknowledger struct {
	msg  jetstream.Msg
	conn *Conn
}

// InProgress implements lector.Acknowledger.
func (s *acknowledger) InProgress() error { return s.msg.InProgress() }

// Ack implements lector.Acknowledger.
func (s *acknowledger) Ack(ctx context.Context) error {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	_, err := untilAnswered(ctx, s.conn.leaderless, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, s.msg.DoubleAck(ctx)
	})
	return err
}

// Nak implements lector.Acknowledger.
func (s *acknowledger) Nak(d time.Duration) error { return s.msg.NakWithDelay(d) }

// Term implements lector.Acknowledger: the message goes to the dead letters
// first, and only then away from the queue.
func (s *acknowledger) Term(class lector.Class, reason string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	meta, err := s.msg.Metadata()
	if err != nil {
		return fmt.Errorf("dead letter: %w", err)
	}
	from := undelivered{subject: s.msg.Subject(), header: s.msg.Headers(), data: s.msg.Data(), sequence: meta.Sequence.Stream,
		stream: meta.Stream}
	if err := s.conn.deadLetter(ctx, from, class, reason); err != nil {
		return err
	}
	return s.msg.TermWithReason(reason)
}

// Headers of a dead letter, beside those that the message came with.
const (
	reasonHeader = "Lector-Dead-Letter-Reason" // why nobody can work on it
	timeHeader   = "Lector-Dead-Letter-Time"   // when that was found, RFC 3339
)

// isBrokerHeader reports whether a header says how its message is to be stored. It is no
// part of the event, and would bind a copy too, as to the stream and to the place that the
// publisher expected.
func isBrokerHeader(name string) bool { return strings.HasPrefix(strings.ToLower(name), "nats-") }

// deadLetter keeps an event with the reason why nobody can work on it.
func (c *Conn) deadLetter(ctx context.Context, m undelivered, class lector.Class, reason string) error {
	letter := nats.NewMsg(deadLetterPrefix + m.subject)
	letter.Data = m.data
	for k, v := range m.header {
		if !isBrokerHeader(k) {
			letter.Header[k] = v
		}
	}
	letter.Header.Set(reasonHeader, reason)
	if class != "" {
		letter.Header.Set(classHeader, string(class))
	}
	letter.Header.Set(timeHeader, time.Now().UTC().Format(time.RFC3339Nano))
	id := fmt.Sprintf("%s-%d", cmp.Or(m.stream, articles), m.sequence)
	if _, err := c.js.PublishMsg(ctx, letter, jetstream.WithMsgID(id)); err != nil {
		return fmt.Errorf("dead letter: %w", publishHint(err))
	}
	return nil
}
