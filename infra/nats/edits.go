package nats

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"lector"
)

// editTTL is how long it is known at most since when edits of an article wait. It
// is longer than they may.
const editTTL = 5 * time.Minute

// editKey is the entry, beside the leases, of an article of which edits wait.
func editKey(key string) string { return "edit." + key }

// FirstWaiting returns when the first of the waiting edits of an article arrived: at,
// unless one waits already. It is forgotten after some minutes.
func (l *Leases) FirstWaiting(ctx context.Context, key string, at time.Time) (time.Time, error) {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	for range 3 { // it may be forgotten between the two requests
		_, err := l.store.create(ctx, editKey(key), []byte(at.Format(time.RFC3339Nano)), editTTL)
		if err == nil {
			return at, nil
		}
		if !errors.Is(err, lector.ErrExists) {
			return at, brokerError("edits of "+key, err)
		}
		value, _, err := l.store.read(ctx, editKey(key))
		if err == nil {
			first, err := time.Parse(time.RFC3339Nano, string(value))
			return first, brokerError("edits of "+key, err)
		}
		if !errors.Is(err, lector.ErrNotFound) {
			return at, brokerError("edits of "+key, err)
		}
	}
	return at, nil
}

// Done ends the waiting of an article's edits.
func (l *Leases) Done(ctx context.Context, key string) error {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	_, version, err := l.store.read(ctx, editKey(key))
	if errors.Is(err, lector.ErrNotFound) {
		return nil
	}
	if err == nil {
		err = l.store.delete(ctx, editKey(key), version)
	}
	if errors.Is(err, lector.ErrConflict) { // another worker was faster
		return nil
	}
	return brokerError("edits of "+key, err)
}

// Newest returns the newest event of an article and its place in the stream; 0 when
// there is none that can be read.
func (l *Leases) Newest(ctx context.Context, site, key string) (lector.ArticleEvent, uint64, error) {
	e, place, err := l.conn.NewestEvent(ctx, lector.JobRef{Site: site, ID: key})
	if errors.Is(err, lector.ErrNotFound) || lector.IsPermanent(err) {
		return e, 0, nil
	}
	return e, place, err
}

// Erase removes and overwrites what an article's events said, up to a place in the
// stream, its dead letters, and what its record has been before, with titles and
// quotes. What is newer stays. The events come last, the deletion's own behind the others:
// where anything breaks off before, it is delivered again.
func (c *Conn) Erase(ctx context.Context, site, key string, through uint64) error {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	if err := c.eraseLetters(ctx, site, key); err != nil {
		return brokerError("erase the dead letters of "+key, err)
	}
	records, err := c.bucket(ctx, jobs)
	if err == nil {
		err = records.forget(ctx, jobKey(site, key))
	}
	if err != nil {
		return brokerError("erase article "+key+" from the records before", err)
	}
	subject := lector.ArticleSubject(site, key)
	c.overwrite(ctx, articles, subject, through)
	err = c.purge(ctx, articles, jetstream.WithPurgeSubject(subject), jetstream.WithPurgeSequence(through+1))
	return brokerError("erase the events of "+key, err)
}

// eraseLetters erases the dead letters of an article, also those that came under other keys.
func (c *Conn) eraseLetters(ctx context.Context, site, key string) error {
	subject := deadLetterPrefix + lector.ArticleSubject(site, key)
	c.overwrite(ctx, deadLetters, subject, math.MaxUint64)
	if err := c.purge(ctx, deadLetters, jetstream.WithPurgeSubject(subject)); err != nil {
		return err
	}
	return c.eraseOtherLetters(ctx, site, key)
}

func (c *Conn) purge(ctx context.Context, stream string, which ...jetstream.StreamPurgeOpt) error {
	s, err := c.bind(ctx, stream)
	if err == nil {
		err = s.Purge(ctx, which...)
	}
	return err
}

// eraseOtherLetters erases the dead letters of an article that came under other keys.
func (c *Conn) eraseOtherLetters(ctx context.Context, site, key string) error {
	var places []uint64
	err := c.otherKeys(ctx, deadLetters, deadLetterPrefix+articlePrefix+site+".>", func(m storedMessage, e lector.ArticleEvent, _ error) {
		if e.Article.Key() == key {
			places = append(places, m.Sequence)
		}
	})
	if err != nil || len(places) == 0 {
		return err
	}
	s, err := c.bind(ctx, deadLetters)
	for _, place := range places {
		if err == nil {
			err = eraseMessage(ctx, s, place)
		}
	}
	return err
}
