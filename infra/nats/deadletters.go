package nats

import (
	"bytes"
	"cmp"
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

// classHeader is the class of the error for which a message became a dead letter.
const classHeader = "Lector-Dead-Letter-Class"

// inputClass is the class of an event that cannot be read.
const inputClass = "input"

// DeadLetters yields the dead letters that a query selects, oldest first, and
// ends with the first error. What comes in meanwhile is not among them.
func (c *Conn) DeadLetters(ctx context.Context, q lector.DeadLetterQuery) iter.Seq2[lector.DeadLetter, error] {
	return func(yield func(lector.DeadLetter, error) bool) {
		for m, err := range stored(ctx, c.js, deadLetters, letterConsumer(q)) {
			if err != nil {
				yield(lector.DeadLetter{}, fmt.Errorf("dead letters: %w", err))
				return
			}
			l, err := letterOf(m)
			if err == nil && !q.Matches(l) {
				continue
			}
			if !yield(l, err) || err != nil {
				return
			}
		}
	}
}

// letterConsumer has the server pass over what a query does not select, as far
// as it can tell.
func letterConsumer(q lector.DeadLetterQuery) jetstream.OrderedConsumerConfig {
	config := jetstream.OrderedConsumerConfig{}
	if q.Site != "" {
		config.FilterSubjects = []string{
			deadLetterPrefix + lector.ArticleSubject(token(q.Site), ">"), deadLetterPrefix + notifyPrefix + token(q.Site) + ".>",
		}
	}
	if !q.Since.IsZero() { // a letter is stored after it was found
		since := q.Since.Add(-maxClockSkew)
		config.DeliverPolicy, config.OptStartTime = jetstream.DeliverByStartTimePolicy, &since
	}
	return config
}

func letterOf(m jetstream.Msg) (lector.DeadLetter, error) {
	meta, err := m.Metadata()
	if err != nil {
		return lector.DeadLetter{}, fmt.Errorf("dead letter: %w", err)
	}
	return readLetter(meta.Sequence.Stream, meta.Timestamp, m.Subject(), m.Headers(), m.Data()), nil
}

// readLetter reads a dead letter. It may hold anything.
func readLetter(id uint64, stored time.Time, subject string, h nats.Header, data []byte) lector.DeadLetter {
	l := lector.DeadLetter{
		ID: id, Time: stored, Subject: strings.TrimPrefix(subject, deadLetterPrefix), Data: data, Size: len(data),
		Class: header(h, classHeader), Reason: header(h, reasonHeader), Headers: originalHeaders(h), Arrived: letterArrival(h),
	}
	if at, err := time.Parse(time.RFC3339Nano, header(h, timeHeader)); err == nil {
		l.Time = at
	}
	var err error
	if isNotification(l.Subject) {
		var n lector.Notification
		n, err = decodeNotification(l.Headers, data)
		l.Site, l.Article = n.Event.Site, n.Event.Article
	} else {
		var e lector.ArticleEvent
		e, err = decodeArticle(l.Subject, l.Headers, data)
		l.Site, l.Article = e.Article.Site, e.Article.ID
	}
	l.Unusable, l.Job = err, jobOfLetter(l)
	if err != nil {
		l.Class = cmp.Or(l.Class, inputClass)
	}
	return l
}

// letterArrival returns where the event of a dead letter came into the stream of article
// events; 0 for a letter of an older build and one from another stream.
func letterArrival(h nats.Header) uint64 {
	number, ours := strings.CutPrefix(header(h, jetstream.MsgIDHeader), articles+"-")
	place, err := strconv.ParseUint(number, 10, 64)
	if !ours || err != nil {
		return 0
	}
	if first, _, rekeyed := arrivalOf(h, place); rekeyed {
		return first
	}
	return place
}

// jobOfLetter returns the job of a letter's article: by the article, else by the subject.
func jobOfLetter(l lector.DeadLetter) lector.JobRef {
	if l.Site != "" && l.Article != "" {
		return lector.JobRef{Site: l.Site, ID: lector.Key(l.Site, l.Article)}
	}
	words := strings.Split(l.Subject, ".")
	if n := len(words); strings.HasPrefix(l.Subject, articlePrefix) && n == strings.Count(articlePrefix, ".")+2 {
		return lector.JobRef{Site: words[n-2], ID: words[n-1]}
	}
	return lector.JobRef{}
}

// originalHeaders returns the headers that the message had when it was an
// event, without what the broker reads.
func originalHeaders(h nats.Header) nats.Header {
	original := nats.Header{}
	for name, values := range h {
		lower := strings.ToLower(name)
		ours := strings.HasPrefix(lower, "lector-dead-letter-") || lower == arrivalHeader || strings.EqualFold(name, migratedHeader)
		if !ours && !isBrokerHeader(name) {
			original[name] = values
		}
	}
	return original
}

// DeadLetter returns a dead letter, or lector.ErrNotFound.
func (c *Conn) DeadLetter(ctx context.Context, id uint64) (lector.DeadLetter, error) {
	l, _, err := c.deadLetterIn(ctx, id)
	return l, err
}

// deadLetterIn returns a dead letter and the stream in which it is.
func (c *Conn) deadLetterIn(ctx context.Context, id uint64) (lector.DeadLetter, jetstream.Stream, error) {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	s, err := c.bind(ctx, deadLetters)
	if err != nil {
		return lector.DeadLetter{}, nil, err
	}
	m, err := s.GetMsg(ctx, id)
	if id == 0 || errors.Is(err, jetstream.ErrMsgNotFound) {
		return lector.DeadLetter{}, nil, fmt.Errorf("dead letter %d: %w", id, lector.ErrNotFound)
	}
	if err != nil {
		return lector.DeadLetter{}, nil, fmt.Errorf("dead letter %d: %w", id, err)
	}
	return readLetter(m.Sequence, m.Time, m.Subject, m.Header, m.Data), s, nil
}

// ReplayDeadLetter publishes the event of a dead letter again as it was, under
// the name of a replay, and returns its place in the stream; of a notification 0. With a
// lane other than Normal it goes into that, whatever it had. The letter is removed when
// the event is stored. One that would be refused again is refused here, and one that is
// out of date: what was withdrawn or edited since must not come back.
func (c *Conn) ReplayDeadLetter(ctx context.Context, id uint64, replay string, lane lector.Lane) (uint64, error) {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	l, letters, err := c.deadLetterIn(ctx, id)
	if err != nil {
		return 0, err
	}
	if l.Unusable != nil {
		return 0, lector.Hint(lector.Permanent(fmt.Errorf("dead letter %d would be refused again: %w", id, l.Unusable)),
			"publish the article anew, and lector deadletters drop %d", id)
	}
	if isNotification(l.Subject) {
		if err := c.replayNotification(ctx, l, replay); err != nil {
			return 0, fmt.Errorf("replay dead letter %d: %w", id, err)
		}
		return 0, eraseMessage(ctx, letters, id)
	}
	m := nats.NewMsg(lector.ArticleSubject(l.Site, lector.Key(l.Site, l.Article)))
	m.Data, m.Header = l.Data, l.Headers
	m.Header.Set(replayHeader, replay)
	if lane != lector.Normal {
		m.Header.Set(ceLane, string(lane))
	}
	// A new id: an event with the old one is taken for one that is there.
	place, err := c.publishLetter(ctx, l, m, fmt.Sprintf("%s|deadletter-%d", replay, id))
	if err != nil {
		return 0, fmt.Errorf("replay dead letter %d: %w", id, err)
	}
	if err := eraseMessage(ctx, letters, id); err != nil {
		return place, fmt.Errorf("dead letter %d is event %d again, and could not be removed: %w", id, place, err)
	}
	return place, nil
}

// publishLetter publishes the event of a dead letter while nothing newer is known of its
// article, and returns its place.
func (c *Conn) publishLetter(ctx context.Context, l lector.DeadLetter, m *nats.Msg, id string) (uint64, error) {
	for range 5 {
		newest, err := c.checkLetter(ctx, l, m.Subject)
		if err != nil {
			return 0, err
		}
		ack, err := c.js.PublishMsg(ctx, m, jetstream.WithMsgID(id), jetstream.WithExpectLastSequencePerSubject(newest))
		if err == nil {
			return ack.Sequence, nil
		}
		if err = conflictError(err); !errors.Is(err, lector.ErrConflict) {
			return 0, publishHint(err)
		}
	}
	return 0, fmt.Errorf("its article changes all the time: %w", lector.ErrConflict)
}

// checkLetter returns the place of the newest event on the subject of an article, 0 for
// none, or an error for a dead letter that is out of date.
func (c *Conn) checkLetter(ctx context.Context, l lector.DeadLetter, subject string) (newest uint64, err error) {
	j, newest, err := c.jobWithNewest(ctx, l.Site, keyIn(subject))
	if err != nil {
		return 0, err
	}
	e, err := decodeArticle(l.Subject, l.Headers, l.Data)
	if err != nil {
		return 0, err
	}
	e.Article.UpdatedAt = clampTime(e.Article.UpdatedAt, l.Time)
	if j.Outdates(e, l.Arrived) {
		err := lector.Permanent(errors.New("it is out of date: its article was withdrawn, or a newer event of it came, since"))
		return 0, lector.Hint(err, "lector deadletters drop %d", l.ID)
	}
	return newest, nil
}

// jobWithNewest returns the record of an article as it is when its newest event is taken,
// which may wait in the queue, and the place of that event; 0: there is none.
func (c *Conn) jobWithNewest(ctx context.Context, site, key string) (j lector.Job, newest uint64, err error) {
	records, err := c.JobStore(ctx)
	if err != nil {
		return j, 0, err
	}
	if j, _, err = records.Job(ctx, site, key); err != nil && !errors.Is(err, lector.ErrNotFound) {
		return j, 0, err
	}
	m, err := c.lastMessage(ctx, articles, articleSubject(site, key))
	if errors.Is(err, lector.ErrNotFound) {
		return j, 0, nil
	}
	if err != nil {
		return j, 0, brokerError("newest event of "+key, err)
	}
	_, e, err := decodeStoredArticle(m)
	if err == nil && !misplaced(m.Subject, e) && j.Disposition(e, m.Sequence) == lector.Due {
		j.Accept(e, m.Sequence, m.Time)
	}
	return j, m.Sequence, nil // what cannot be read changes nothing
}

// DropDeadLetter removes a dead letter and overwrites what it held. It is
// lector.ErrNotFound where there is none. An event that nobody can read goes with its
// letter: without that it would look as if the queue had lost it.
func (c *Conn) DropDeadLetter(ctx context.Context, id uint64) error {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	l, letters, err := c.deadLetterIn(ctx, id)
	if err == nil {
		err = eraseMessage(ctx, letters, id)
	}
	if err == nil && l.Unusable != nil {
		err = c.dropEvent(ctx, l)
	}
	if err != nil {
		return fmt.Errorf("drop dead letter %d: %w", id, err)
	}
	return nil
}

// dropEvent removes the event of a dead letter from the stream, if it is the newest of its
// article. With permissions of an older nats.conf it stays: then its letter may come again.
func (c *Conn) dropEvent(ctx context.Context, l lector.DeadLetter) error {
	e, err := c.lastMessage(ctx, articles, l.Subject)
	gone := errors.Is(err, lector.ErrNotFound) || errors.Is(err, jetstream.ErrStreamNotFound)
	if gone || err == nil && !bytes.Equal(e.Data, l.Data) {
		return nil
	}
	if err != nil {
		return err
	}
	s, err := c.bind(ctx, articles)
	if err != nil {
		return err
	}
	allowed, stop := c.untilRefused(ctx)
	defer stop()
	err = s.SecureDeleteMsg(allowed, e.Sequence)
	if c.refusals.has("$JS.API.STREAM.MSG.DELETE." + articles) {
		return nil
	}
	return err
}

// eraseMessage removes a message, which may be gone by now, and overwrites what it held.
func eraseMessage(ctx context.Context, from jetstream.Stream, place uint64) error {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	err := from.SecureDeleteMsg(ctx, place)
	if err == nil {
		return nil
	}
	if _, gone := from.GetMsg(ctx, place); errors.Is(gone, jetstream.ErrMsgNotFound) {
		return nil
	}
	return err
}
