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

// publishEvent publishes an article event. An article that is too large for one
// goes into the store first, and the event refers to it there.
func (h *resources) publishEvent(ctx context.Context, conn *nats.Conn, e lector.ArticleEvent) (uint64, error) {
	sequence, err := conn.Publish(ctx, e)
	if !errors.Is(err, nats.ErrTooLarge) || !h.config.sharesStore() {
		return sequence, err
	}
	short, content, refErr := e.Article.ByReference()
	if refErr != nil {
		return 0, errors.Join(err, refErr)
	}
	if err := h.storeClaim(ctx, short.Body.Ref, content); err != nil {
		return 0, fmt.Errorf("store the article, which is too large for an event: %w", err)
	}
	e.Article = short
	return conn.Publish(ctx, e)
}

// sharesStore reports whether the store of the workers may be the one of the
// settings: a directory that nobody has made yet is not.
func (c *config) sharesStore() bool {
	return c.Store.Kind != "disk" || exists(filepath.Join(c.Data, "store"))
}

// storeClaim stores an article under its reference, which never means anything
// else.
func (h *resources) storeClaim(ctx context.Context, ref string, content []byte) error {
	s, err := h.store(ctx)
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
