package nats

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"lector"
)

// ArticleTraces is what the streams hold of one article at the moment when they were
// asked.
type ArticleTraces struct {
	Job       *lector.Job       // its record; nil: there is none
	Parts     []TracePart       // what Erase removes
	Chunks    []string          // hashes of clips that any record of the job names
	Newest    lector.EventPlace // of its article events; zero: there is none
	version   uint64            // of the record
	reference lector.JobRef     // names the job
}

// TracePart is what one stream holds of an article.
type TracePart struct {
	Name   string // of the stream or bucket, as an operator knows it
	Places []uint64
	stream string
}

// Same reports whether no message was added or removed since the other was read.
func (t ArticleTraces) Same(other ArticleTraces) bool {
	return t.version == other.version && slices.EqualFunc(t.Parts, other.Parts, func(a, b TracePart) bool {
		return slices.Equal(a.Places, b.Places)
	})
}

// ArticleTraces looks for an article in the streams and in the bucket of the jobs. It
// needs the rights of the role setup.
func (c *Conn) ArticleTraces(ctx context.Context, site, article string) (ArticleTraces, error) {
	t := ArticleTraces{reference: lector.JobRef{Site: site, ID: lector.Key(site, article)}}
	subject := lector.ArticleSubject(site, t.reference.ID)
	for _, p := range []struct{ stream, subject string }{
		{articles, subject},
		{audio, lector.AudioSubject(site, t.reference.ID)},
		{deadLetters, deadLetterPrefix + subject},
		{"KV_" + jobs, "$KV." + jobs + "." + jobKey(site, t.reference.ID)},
	} {
		part := TracePart{Name: displayName(p.stream), stream: p.stream}
		for m, err := range c.messagesOf(ctx, p.stream, p.subject, 0) {
			if err == nil {
				err = t.add(&part, m)
			}
			if err != nil {
				return t, brokerError("traces in "+part.Name, err)
			}
		}
		t.Parts = append(t.Parts, part)
	}
	if err := c.addOtherEvents(ctx, &t, site); err != nil {
		return t, brokerError("traces under other keys", err)
	}
	err := c.addOtherLetters(ctx, &t, site, article)
	return t, err
}

// addOtherEvents adds events that came under other keys and that no worker has seen.
func (c *Conn) addOtherEvents(ctx context.Context, t *ArticleTraces, site string) error {
	i := slices.IndexFunc(t.Parts, func(p TracePart) bool { return p.stream == articles })
	err := c.otherKeys(ctx, articles, articlePrefix+site+".>", func(m storedMessage, e lector.ArticleEvent, _ error) {
		if e.Article.Key() == t.reference.ID {
			t.Parts[i].Places = append(t.Parts[i].Places, m.Sequence)
		}
	})
	slices.Sort(t.Parts[i].Places)
	return err
}

// add notes a message of a stream. What stands in the bucket in place of a record that
// was deleted says nothing.
func (t *ArticleTraces) add(p *TracePart, m storedMessage) error {
	if m.deleted() {
		t.Job, t.version = nil, 0
		return nil
	}
	p.Places = append(p.Places, m.Sequence)
	switch p.stream {
	case articles:
		t.Newest = lector.EventPlace{Site: t.reference.Site, Key: t.reference.ID, Sequence: m.Sequence, Stored: m.Time}
	case "KV_" + jobs:
		j, err := decodeJob(m.Data)
		if err != nil {
			return err
		}
		t.Job, t.version = &j, m.Sequence
		for _, chunk := range j.Chunks {
			t.Chunks = append(t.Chunks, chunk.Hash)
		}
	}
	return nil
}

// addOtherLetters adds dead letters that came on the subject of another article, or of
// none.
func (c *Conn) addOtherLetters(ctx context.Context, t *ArticleTraces, site, article string) error {
	i := slices.IndexFunc(t.Parts, func(p TracePart) bool { return p.stream == deadLetters })
	for l, err := range c.DeadLetters(ctx, lector.DeadLetterQuery{}) {
		if err != nil {
			return err
		}
		if l.Site == site && l.Article == article && !slices.Contains(t.Parts[i].Places, l.ID) {
			t.Parts[i].Places = append(t.Parts[i].Places, l.ID)
		}
	}
	slices.Sort(t.Parts[i].Places)
	return nil
}

// EraseTraces removes the records of the job and overwrites all other messages. It is
// lector.ErrConflict when the record has changed since the traces were read; then nothing
// is removed. It may be done again after it was broken off.
func (c *Conn) EraseTraces(ctx context.Context, t ArticleTraces) error {
	if t.version > 0 {
		if err := c.deleteRecord(ctx, t); err != nil {
			return brokerError("erase the record of "+t.reference.ID, conflictError(err))
		}
	}
	if err := c.eraseListening(ctx, t.reference); err != nil {
		return err
	}
	for _, p := range t.Parts {
		if p.stream == "KV_"+jobs { // a bucket refuses that messages are deleted
			continue
		}
		s, err := c.bind(ctx, p.stream)
		if err != nil {
			return err
		}
		for _, place := range p.Places {
			if err := eraseMessage(ctx, s, place); err != nil {
				return brokerError(fmt.Sprintf("erase message %d of %s", place, p.Name), err)
			}
		}
	}
	return nil
}

// deleteRecord puts a mark in place of all records: who follows the bucket learns of it
// by that.
func (c *Conn) deleteRecord(ctx context.Context, t ArticleTraces) error {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	b, err := c.bucket(ctx, jobs)
	if err != nil {
		return err
	}
	return b.kv.Purge(ctx, jobKey(t.reference.Site, t.reference.ID), jetstream.LastRevision(t.version))
}

// UsedChunks returns the hashes of the clips that the usage ledger names for an
// article, and how many attempts it has in it.
func (l *UsageLedger) UsedChunks(ctx context.Context, site, job string) (hashes []string, attempts int, err error) {
	all, err := l.attempts(ctx, usageSubject(site, job), time.Unix(0, 0), time.Now().Add(time.Hour))
	for _, u := range all {
		for _, c := range u.Calls {
			hashes = append(hashes, c.Chunk)
		}
	}
	return hashes, len(all), err
}

// overwrite overwrites what the messages of a subject held, up to a place. Where the user
// may not, as by an older nats.conf, what a purge leaves of them stays in the files of
// the server until that writes them anew.
func (c *Conn) overwrite(ctx context.Context, stream, subject string, through uint64) {
	ctx, cancel := c.untilRefused(ctx)
	defer cancel()
	s, err := c.bind(ctx, stream)
	if err != nil {
		return // the purge says it
	}
	for m, err := range c.messagesOf(ctx, stream, subject, 0) {
		if err == nil && m.Sequence > through {
			return
		}
		if err == nil {
			err = eraseMessage(ctx, s, m.Sequence)
		}
		if err != nil {
			c.log.Debug("erased message not overwritten", "stream", stream, "error", err)
			return
		}
	}
}

// eraseListening removes how an article was listened to.
func (c *Conn) eraseListening(ctx context.Context, of lector.JobRef) error {
	b, err := c.bucket(ctx, listening)
	if errors.Is(err, jetstream.ErrBucketNotFound) { // an older setup counts nothing
		return nil
	}
	if err == nil {
		err = b.kv.Purge(ctx, jobKey(of.Site, of.ID))
	}
	return brokerError("erase listening to "+of.ID, err)
}
