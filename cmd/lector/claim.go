package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"lector"
	"lector/infra/nats"
)

// eventPublisher publishes article events. An article that is too large for one goes
// into the store first, and the event refers to it there.
type eventPublisher struct {
	conn  *nats.Conn
	store func(ctx context.Context) (store, error) // of the workers; nil: it is not known
}

// Publish puts the event on NATS and returns its place in the stream.
func (p eventPublisher) Publish(ctx context.Context, e lector.ArticleEvent) (uint64, error) {
	sequence, err := p.conn.Publish(ctx, e)
	if !errors.Is(err, nats.ErrTooLarge) || p.store == nil {
		return sequence, err
	}
	short, content, refErr := e.Article.ByReference()
	if refErr != nil {
		return 0, errors.Join(err, refErr)
	}
	if err := p.storeClaim(ctx, short.Body.Ref, content); err != nil {
		return 0, fmt.Errorf("store the article, which is too large for an event: %w", err)
	}
	e.Article = short
	return p.conn.Publish(ctx, e)
}

// storeClaim stores an article under its reference, which never means anything
// else.
func (p eventPublisher) storeClaim(ctx context.Context, ref string, content []byte) error {
	s, err := p.store(ctx)
	if err != nil {
		return err
	}
	o := lector.NewObject(ref)
	o.Size = int64(len(content))
	err = s.Create(ctx, o, bytes.NewReader(content))
	if errors.Is(err, lector.ErrExists) {
		return nil
	}
	return err
}

// eventPublisher publishes on a connection, with the store of the settings.
func (h *resources) eventPublisher(conn *nats.Conn) eventPublisher {
	p := eventPublisher{conn: conn}
	if h.config.sharesStore() {
		p.store = h.store
	}
	return p
}

// sharesStore reports whether the store of the workers may be the one of the
// settings: a directory that nobody has made yet is not.
func (c *config) sharesStore() bool {
	return c.Store.Kind != "disk" || exists(filepath.Join(c.Data, "store"))
}
