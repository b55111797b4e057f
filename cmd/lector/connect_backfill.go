package main

import (
	"context"
	"fmt"
	"iter"

	"lector"
	"lector/publisher/intake/ghost"
	"lector/worker/extract"
	"lector/worker/script"
)

// backfill is what reading all that is published already would take.
type backfill struct {
	articles, unread, characters, cached int
	amount                               float64
	voice                                string
}

// offerBackfill says what it costs to read what is published already, and with
// -backfill does so.
func (g *ghostConnection) offerBackfill(ctx context.Context) error {
	if g.plain {
		return nil
	}
	b, err := g.estimate(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(g.stdout, "\nWhat is published already: %s to read, %d not; %d characters, of which %d are cached; about $%.2f with %s.\n",
		lector.Plural(b.articles, "article"), b.unread, b.characters, b.cached, b.amount, b.voice)
	switch {
	case b.articles == 0:
		return nil
	case !g.backfill:
		fmt.Fprintln(g.stdout, "To have it read, when nothing else waits: the same command with -backfill, while Lector runs.")
		return nil
	}
	if !g.yes {
		if err := g.confirm(fmt.Sprintf("Read %s for about $%.2f?", lector.Plural(b.articles, "article"), b.amount)); err != nil {
			return err
		}
	}
	return g.sendAll(ctx)
}

// articles goes through all that is published, the newest first.
func (g *ghostConnection) articles(ctx context.Context) iter.Seq2[lector.Article, error] {
	return func(yield func(lector.Article, error) bool) {
		for _, kind := range ghost.Kinds {
			for page := 1; page > 0; {
				posts, next, _, err := g.admin.Page(ctx, kind, "status:published", "published_at desc,id asc", page)
				if err != nil {
					yield(lector.Article{}, fmt.Errorf("%s, page %d: %w", kind, page, err))
					return
				}
				for _, p := range posts {
					if !yield(p.Article(g.connectFlags.site), nil) {
						return
					}
				}
				page = next
			}
		}
	}
}

func (g *ghostConnection) estimate(ctx context.Context) (b backfill, err error) {
	h := g.resources(g.config)
	defer h.close(&err)
	clips := h.clipCache(ctx)
	f := &scriptFlags{}
	opened, voices := g.openPriced(ctx, g.config), map[string][]pricedVoice{}
	for article, err := range g.articles(ctx) {
		if err != nil {
			return b, err
		}
		page, err := extract.Article(article, g.site.Rules)
		if err != nil { // it is not public, or holds nothing to read
			b.unread++
			continue
		}
		options := f.options(g.connectFlags.site, g.site, page)
		language := script.Language(options.Language)
		if voices[language] == nil {
			voices[language] = g.config.inOrder(opened, g.connectFlags.site, language)
		}
		if err := b.add(ctx, clips, voices[language][0], page, options, g.site.Speed); err != nil {
			return b, err
		}
	}
	return b, nil
}

// add adds what an article would cost with a voice.
func (b *backfill) add(ctx context.Context, clips store, v pricedVoice, page extract.Page, o script.Options, speed float64) error {
	o.Normalise = script.Level(v.caps.Normalise)
	s, err := script.Build(page, o)
	if err != nil {
		return err
	}
	cost := v.estimate(ctx, clips, s.Language, speed, s.Chunks(script.Limit{Max: v.caps.MaxLength, Unit: v.caps.Unit}))
	b.articles++
	b.characters, b.cached, b.amount, b.voice = b.characters+cost.Characters, b.cached+cost.Cached, b.amount+cost.Amount, cost.Voice
	return nil
}

// sendAll announces all that is published, in the lane that waits for all others.
func (g *ghostConnection) sendAll(ctx context.Context) (err error) {
	h := g.resources(g.config)
	defer h.close(&err)
	conn, err := h.nats("cms")
	if err != nil {
		return err
	}
	n := 0
	for article, err := range g.articles(ctx) {
		if err != nil {
			return err
		}
		e := newEvent(lector.Published, article)
		e.Lane, e.Source = lector.Backfill, "/connect/ghost/"+article.Site
		e.ID = fmt.Sprintf("%s-%d", article.Key(), article.UpdatedAt.UnixMilli())
		if _, err := h.eventPublisher(conn).Publish(ctx, e); err != nil {
			return fmt.Errorf("article %s: %w", article.ID, err)
		}
		n++
	}
	fmt.Fprintf(g.stdout, "%s announced: lector jobs watch shows what becomes of them\n", lector.Plural(n, "article"))
	return nil
}
