package nats

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"lector"
)

// Names of the consumers that go through the article events by themselves, beside
// the workers'. Each is there while somebody reads, and one of a name at a time.
const (
	sweepConsumer = "sweep" // of the sweep
	floorConsumer = "floor" // of who makes a consumer again
)

// logBatch is how many events are fetched at once. Only their headers are.
const logBatch = 1000

// EventPlaces yields the places of the article events after one, in their order. With 0
// it yields the newest event of each article only. It ends with the first error.
func (c *Conn) EventPlaces(ctx context.Context, after uint64) iter.Seq2[lector.EventPlace, error] {
	return c.eventPlaces(ctx, sweepConsumer, after)
}

func (c *Conn) eventPlaces(ctx context.Context, name string, after uint64) iter.Seq2[lector.EventPlace, error] {
	return func(yield func(lector.EventPlace, error) bool) {
		fail := func(err error) { yield(lector.EventPlace{}, brokerError("article events", err)) }
		info, err := c.streamInfo(ctx, articles)
		if err != nil {
			fail(missing(err))
			return
		}
		if info.State.LastSeq <= after || info.State.Msgs == 0 {
			return
		}
		k, err := c.createLogConsumer(ctx, logConsumer(name, after))
		if err != nil {
			fail(err)
			return
		}
		defer func() { _ = c.js.DeleteConsumer(context.WithoutCancel(ctx), articles, name) }() // it would end by itself
		if err := readPlaces(ctx, k, yield); err != nil {
			fail(err)
		}
	}
}

// createLogConsumer creates a consumer, in place of the one that somebody left who
// was killed.
func (c *Conn) createLogConsumer(ctx context.Context, config jetstream.ConsumerConfig) (jetstream.Consumer, error) {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	k, err := c.js.CreateConsumer(ctx, articles, config)
	if !errors.Is(err, jetstream.ErrConsumerExists) {
		return k, err
	}
	if err := c.js.DeleteConsumer(ctx, articles, config.Name); err != nil {
		return nil, err
	}
	return c.js.CreateConsumer(ctx, articles, config)
}

func logConsumer(name string, after uint64) jetstream.ConsumerConfig {
	k := jetstream.ConsumerConfig{
		Name: name, AckPolicy: jetstream.AckNonePolicy, HeadersOnly: true, MemoryStorage: true, Replicas: 1,
		InactiveThreshold: time.Minute, FilterSubject: articlePrefix + ">",
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: after + 1,
	}
	if after == 0 {
		k.DeliverPolicy, k.OptStartSeq = jetstream.DeliverLastPerSubjectPolicy, 0
	}
	return k
}

// readPlaces yields what a consumer has at this moment. It fails where anything is
// missing: nobody acknowledges, so nothing would come again.
func readPlaces(ctx context.Context, k jetstream.Consumer, yield func(lector.EventPlace, error) bool) error {
	left, seen := k.CachedInfo().NumPending, uint64(0)
	for left > 0 {
		batch, err := k.FetchNoWait(int(min(left, logBatch)))
		if err != nil {
			return err
		}
		before := seen
		for m := range batch.Messages() {
			meta, err := m.Metadata()
			if err != nil {
				return err
			}
			if seen++; meta.Sequence.Consumer != seen {
				return fmt.Errorf("delivery %d is missing", seen)
			}
			left = meta.NumPending
			if !yield(placeOf(m.Subject(), meta), nil) {
				return nil
			}
		}
		if err := errors.Join(batch.Error(), ctx.Err()); err != nil {
			return err
		}
		if seen == before { // taken away meanwhile, or not answered
			return nothingLeft(ctx, k)
		}
	}
	return nil
}

func nothingLeft(ctx context.Context, k jetstream.Consumer) error {
	info, err := k.Info(ctx)
	if err == nil && info.NumPending > 0 {
		err = fmt.Errorf("%d did not come", info.NumPending)
	}
	return err
}

// articlePrefix is the beginning of the subjects of article events.
const articlePrefix = "article.v1."

func placeOf(subject string, meta *jetstream.MsgMetadata) lector.EventPlace {
	site, key, _ := strings.Cut(strings.TrimPrefix(subject, articlePrefix), ".")
	return lector.EventPlace{Site: site, Key: key, Sequence: meta.Sequence.Stream, Stored: meta.Timestamp}
}

// QueueState returns how far the workers' queue has come, or lector.ErrNotFound when
// its consumer is gone.
func (c *Conn) QueueState(ctx context.Context) (lector.QueueState, error) {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	k, err := c.js.Consumer(ctx, articles, consumer)
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		return lector.QueueState{}, lector.Hint(fmt.Errorf("consumer %s: %w", consumer, lector.ErrNotFound), setupHint)
	}
	if err != nil {
		return lector.QueueState{}, brokerError("consumer "+consumer, missing(err))
	}
	info := k.CachedInfo()
	q := lector.QueueState{
		Settled: info.AckFloor.Stream, Delivered: info.Delivered.Stream,
		Unsettled: info.NumAckPending, Waiting: int(info.NumPending),
	}
	if q.Waiting == 0 {
		return q, nil
	}
	m, err := c.storedMessage(ctx, articles, map[string]any{"seq": q.Delivered + 1, "next_by_subj": articlePrefix + ">"})
	if errors.Is(err, lector.ErrNotFound) { // it was taken away meanwhile
		return q, nil
	}
	q.Oldest = m.Time
	return q, brokerError("oldest event that waits", err)
}

// StoredEvent returns the event with a sequence number as the consumer would deliver it,
// or lector.ErrNotFound, also for one that it has published again under its article's
// key. Acknowledging it does nothing; Term makes it a dead letter.
func (c *Conn) StoredEvent(ctx context.Context, sequence uint64) (lector.Delivery, error) {
	m, err := c.messageAt(ctx, articles, sequence)
	if err != nil {
		return lector.Delivery{}, brokerError(fmt.Sprintf("article event %d", sequence), err)
	}
	header := m.headers()
	letter := undelivered{conn: c, subject: m.Subject, header: header, data: m.Data, sequence: sequence}
	d := lector.Delivery{Raw: m.Data, Sequence: sequence, Count: 1, Acknowledger: letter}
	d.Event, d.Stored, d.Err = readArticle(m.Subject, header, m.Data, sequence, m.Time)
	if d.Err == nil && misplaced(m.Subject, d.Event) {
		return lector.Delivery{}, c.rekeyStored(ctx, m, header, d.Event)
	}
	return d, nil
}

// EventMessage returns the message of an article's event by its place in the stream. It
// is lector.ErrNotFound where the stream holds none there, or one of another article.
func (c *Conn) EventMessage(ctx context.Context, of lector.JobRef, sequence uint64) (lector.EventMessage, error) {
	m, err := c.messageAt(ctx, articles, sequence)
	if err == nil && !m.isOf(of) {
		err = lector.ErrNotFound
	}
	if err != nil {
		return lector.EventMessage{}, brokerError(fmt.Sprintf("article event %d", sequence), err)
	}
	h := m.headers()
	ce, _ := parse(h, m.Data) // what cannot be read states no type
	return lector.EventMessage{
		Sequence: m.Sequence, Stored: m.Time, Subject: m.Subject, Type: lector.EventType(ce.Type), Headers: originalHeaders(h), Data: m.Data,
	}, nil
}

// isOf reports whether a message is an event of an article: by what it says, or by its
// subject where it names none.
func (m storedMessage) isOf(of lector.JobRef) bool {
	e, _ := decodeArticle(m.Subject, m.headers(), m.Data)
	if e.Article.ID == "" {
		return m.Subject == articleSubject(of.Site, of.ID)
	}
	return e.Article.Site == of.Site && e.Article.Key() == of.ID
}

// rekeyStored rekeys an event, and says that it is not where it was.
func (c *Conn) rekeyStored(ctx context.Context, m storedMessage, header nats.Header, e lector.ArticleEvent) error {
	if err := c.rekey(ctx, m, header, e); err != nil {
		return brokerError("event under another key", err)
	}
	return brokerError(fmt.Sprintf("article event %d, now under the key of its article", m.Sequence), lector.ErrNotFound)
}

// ArticleEvents returns the sequence numbers of an article's events that are greater than
// after and at most through, in their order.
func (c *Conn) ArticleEvents(ctx context.Context, site, key string, after, through uint64) (places []uint64, err error) {
	for m, err := range c.messagesOf(ctx, articles, articleSubject(site, key), after) {
		switch {
		case err != nil:
			return places, brokerError("events of "+key, err)
		case m.Sequence > through:
			return places, nil
		}
		places = append(places, m.Sequence)
	}
	return places, nil
}

// DeadLettered reports whether the event at a place is one that nobody could read
// and that has become a dead letter.
func (c *Conn) DeadLettered(ctx context.Context, p lector.EventPlace) (bool, error) {
	m, err := c.lastMessage(ctx, deadLetters, deadLetterPrefix+articleSubject(p.Site, p.Key))
	if errors.Is(err, lector.ErrNotFound) {
		return false, nil
	}
	return err == nil && !m.Time.Before(p.Stored), brokerError("dead letters", err)
}

// undelivered is an event that was read from the stream.
type undelivered struct {
	conn     *Conn
	subject  string
	header   nats.Header
	data     []byte
	sequence uint64
	stream   string // empty: ARTICLES
}

// InProgress implements lector.Acknowledger: the broker waits for nothing.
func (undelivered) InProgress() error { return nil }

// Ack implements lector.Acknowledger.
func (undelivered) Ack(context.Context) error { return nil }

// Nak implements lector.Acknowledger: the next sweep finds the event again.
func (undelivered) Nak(time.Duration) error { return nil }

// Term implements lector.Acknowledger: the event goes to the dead letters.
func (u undelivered) Term(class lector.Class, reason string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return u.conn.deadLetter(ctx, u, class, reason)
}

// settledFloor returns the place up to which every article event is settled, by
// the jobs' records: a consumer that begins behind it leaves nothing out, and delivers
// again only settled events that come after it.
func (c *Conn) settledFloor(ctx context.Context) (uint64, error) {
	unsettled, settled := map[string]uint64{}, map[string]uint64{}
	store, err := c.JobStore(ctx)
	if err != nil {
		return 0, err
	}
	for j, err := range store.Jobs(ctx) {
		if err != nil {
			return 0, err
		}
		settled[j.ID] = j.SettledThrough()
		if !j.State.Terminal() && j.Sequence > 0 {
			unsettled[j.ID] = j.Sequence
		}
	}
	last := uint64(0)
	for p, err := range c.eventPlaces(ctx, floorConsumer, 0) {
		if err != nil {
			return 0, err
		}
		last = max(last, p.Sequence)
		if _, waits := unsettled[p.Key]; waits || settled[p.Key] >= p.Sequence {
			continue
		}
		refused, err := c.DeadLettered(ctx, p)
		if err != nil {
			return 0, err
		}
		if !refused {
			unsettled[p.Key] = p.Sequence
		}
	}
	// Those were the newest of each subject; under another key each is of another article.
	err = c.otherKeys(ctx, articles, articlePrefix+">", func(m storedMessage, _ lector.ArticleEvent, err error) {
		if err == nil {
			unsettled[strconv.FormatUint(m.Sequence, 10)] = m.Sequence
		}
	})
	if err != nil {
		return 0, err
	}
	floor := last
	for _, place := range unsettled {
		floor = min(floor, place-1)
	}
	return floor, nil
}
