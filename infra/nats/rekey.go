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

// The key in the subject of an article event may be any: the event itself says which
// article it is about. One that came under another key than its article's is rekeyed when
// it is first seen: published again under that, and erased where it was. So all that is
// kept of an article stands on one subject, and a program that uses one subject for all
// loses nothing.

// arrivalHeader is where and when an event came in that was rekeyed.
const arrivalHeader = "lector-arrival"

// articleSubject is lector.ArticleSubject, also of a subject that ended behind the site.
func articleSubject(site, key string) string {
	return strings.TrimSuffix(lector.ArticleSubject(site, key), ".")
}

// subjectOf returns the subject on which all of an article stands.
func subjectOf(a lector.Article) string { return lector.ArticleSubject(a.Site, a.Key()) }

// misplaced reports whether an event came under another key than its article's.
func misplaced(subject string, e lector.ArticleEvent) bool { return subject != subjectOf(e.Article) }

// readArticle reads an event as it was stored at a place of the stream. The time that it
// states is at most when it came in, which it returns.
func readArticle(subject string, h nats.Header, data []byte, place uint64, stored time.Time) (lector.ArticleEvent, time.Time, error) {
	e, err := decodeArticle(subject, h, data)
	if first, at, ok := arrivalOf(h, place); ok {
		e.Arrived, stored = first, at
	}
	e.Article.UpdatedAt = clampTime(e.Article.UpdatedAt, stored)
	return e, stored, err
}

// arrivalOf reads where and when an event came in that was rekeyed. Nobody can have come
// in behind where he stands.
func arrivalOf(h nats.Header, place uint64) (first uint64, at time.Time, ok bool) {
	number, when, _ := strings.Cut(header(h, arrivalHeader), " ")
	first, err := strconv.ParseUint(number, 10, 64)
	if err != nil || first == 0 || first >= place {
		return 0, time.Time{}, false
	}
	at, err = time.Parse(time.RFC3339Nano, when)
	return first, at, err == nil
}

// rekey publishes a stored event again under the key of its article, and erases it where
// it was. It may be done twice: of two copies the second comes to nothing, as it arrived
// with the first.
func (c *Conn) rekey(ctx context.Context, m storedMessage, h nats.Header, e lector.ArticleEvent) error {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	out := nats.NewMsg(subjectOf(e.Article))
	out.Data, out.Header = m.Data, originalHeaders(h)
	out.Header.Set(arrivalHeader, fmt.Sprintf("%d %s", m.Sequence, m.Time.UTC().Format(time.RFC3339Nano)))
	if _, err := c.js.PublishMsg(ctx, out, jetstream.WithMsgID(fmt.Sprintf("%s|%d", arrivalHeader, m.Sequence))); err != nil {
		return fmt.Errorf("bring event %d to the key of its article: %w", m.Sequence, publishHint(err))
	}
	return c.EraseEvent(ctx, m.Sequence)
}

// EraseEvent erases an article event. Where the user may not, as by an older nats.conf, it
// stays until its subject has too many.
func (c *Conn) EraseEvent(ctx context.Context, place uint64) error {
	allowed, cancel := c.untilRefused(ctx)
	defer cancel()
	s, err := c.bind(ctx, articles)
	if err == nil {
		err = eraseMessage(allowed, s, place)
	}
	if err != nil && c.refusals.has("$JS.API.STREAM.MSG.DELETE."+articles) {
		c.log.Debug("event not erased", "place", place, "error", err)
		return nil
	}
	return brokerError(fmt.Sprintf("erase event %d", place), err)
}

// rekeyWait is when an event comes again that could not be rekeyed.
const rekeyWait = time.Second

// rekeyDelivered rekeys a delivered event, and settles it. One that is too large with the
// header more is handed out as one that nobody can read.
func (q *Queue) rekeyDelivered(m jetstream.Msg, d *lector.Delivery) (done bool) {
	from := storedMessage{Subject: m.Subject(), Sequence: d.Sequence, Data: m.Data(), Time: d.Stored}
	switch err := q.conn.rekey(context.Background(), from, m.Headers(), d.Event); {
	case errors.Is(err, nats.ErrMaxPayload):
		d.Err = lector.Permanent(fmt.Errorf("%w: publish it on %s", err, subjectOf(d.Event.Article)))
		return false
	case err != nil:
		q.conn.log.Warn("event not brought to its key; it is delivered again", "error", err, "hint", lector.HintOf(err), "again", rekeyWait)
		_ = m.NakWithDelay(rekeyWait)
	default:
		_ = m.Ack() // if this is lost, nothing is there that could come again
	}
	return true
}

// TrimEvents keeps the stream of article events small: of each article it leaves the
// newest ten events. Under other keys it rekeys what the queue has lost, and of what
// nobody can read it leaves the newest ten as well; settled is up to where the queue has
// settled all.
func (c *Conn) TrimEvents(ctx context.Context, settled uint64) error {
	counts, err := c.subjectCounts(ctx, articles, articlePrefix+">")
	if err != nil {
		return brokerError("trim the article events", err)
	}
	for subject, n := range counts {
		if !lector.IsArticleKey(keyIn(subject)) {
			err = c.trimOtherKey(ctx, subject, settled)
		} else if n > revisionsPerArticle {
			err = c.keepNewest(ctx, subject, n)
		}
		if err != nil {
			return brokerError("trim "+subject, err)
		}
	}
	return nil
}

// subjectCounts returns how many messages a stream has on each subject of a pattern.
func (c *Conn) subjectCounts(ctx context.Context, stream, pattern string) (map[string]uint64, error) {
	s, err := c.bind(ctx, stream)
	if err != nil {
		return nil, err
	}
	info, err := s.Info(ctx, jetstream.WithSubjectFilter(pattern))
	if err != nil {
		return nil, err
	}
	return info.State.Subjects, nil
}

// keyIn returns the key in the subject of an article event.
func keyIn(subject string) string {
	_, key, _ := strings.Cut(strings.TrimPrefix(subject, articlePrefix), ".")
	return key
}

// keepNewest leaves the newest events of an article that has so many. What the others said
// is overwritten first: were it only purged, it would stay in the files of the server, also
// when the article is deleted later.
func (c *Conn) keepNewest(ctx context.Context, subject string, has uint64) error {
	over := has - revisionsPerArticle
	for m, err := range c.messagesOf(ctx, articles, subject, 0) {
		if over == 0 {
			break
		}
		if err == nil {
			err = c.EraseEvent(ctx, m.Sequence)
		}
		if err != nil {
			return err
		}
		over--
	}
	return c.purge(ctx, articles, jetstream.WithPurgeSubject(subject), jetstream.WithPurgeKeep(revisionsPerArticle))
}

// trimOtherKey looks at what the queue has settled under a key that is no article's.
func (c *Conn) trimOtherKey(ctx context.Context, subject string, settled uint64) error {
	var unreadable []uint64
	for m, err := range c.messagesOf(ctx, articles, subject, 0) {
		if err != nil {
			return err
		}
		if m.Sequence > settled {
			break
		}
		h, e, err := decodeStoredArticle(m)
		if err != nil {
			unreadable = append(unreadable, m.Sequence)
			continue
		}
		if err := c.rekey(ctx, m, h, e); err != nil && !errors.Is(err, nats.ErrMaxPayload) {
			return err
		}
	}
	for _, place := range unreadable[:max(0, len(unreadable)-revisionsPerArticle)] {
		if err := c.EraseEvent(ctx, place); err != nil {
			return err
		}
	}
	return nil
}

// otherKeys hands out what a stream has on subjects of a pattern under keys that are no
// article's, as far as it names one; with the reason why it cannot be read.
func (c *Conn) otherKeys(ctx context.Context, stream, pattern string, take func(storedMessage, lector.ArticleEvent, error)) error {
	counts, err := c.subjectCounts(ctx, stream, pattern)
	if err != nil {
		return err
	}
	for subject := range counts {
		if lector.IsArticleKey(keyIn(strings.TrimPrefix(subject, deadLetterPrefix))) {
			continue
		}
		for m, err := range c.messagesOf(ctx, stream, subject, 0) {
			if err != nil {
				return err
			}
			m.Subject = strings.TrimPrefix(m.Subject, deadLetterPrefix)
			_, e, err := decodeStoredArticle(m)
			if err == nil || e.Article.ID != "" {
				take(m, e, err)
			}
		}
	}
	return nil
}
