package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"lector"
	"lector/infra/nats"
)

const replayHelp = `Runs a job again: the article's newest event goes through all stages once more
and is announced once more. Clips that exist are not spoken again, so a replay
without a change of voice or pronunciation costs nothing.

  lector replay -wait ID
  lector replay -fallback      all articles that a fallback voice had to read

ID is a job's id, the beginning of one, or the CMS's id of the article.`

func (a *app) replay(ctx context.Context, args []string) (err error) {
	fs := a.flags("replay")
	set := a.settings(fs)
	var p publishFlags
	fs.StringVar(&p.siteName, "site", "", "only a job of this `NAME` of a site")
	p.addWait(fs)
	fallback := fs.Bool("fallback", false, "replay all articles that were not read by their preferred voice")
	ids, err := a.parse(fs, args)
	if err != nil {
		return err
	}
	if *fallback != (len(ids) == 0) || len(ids) > 1 {
		return usageErrorf("replay wants one job's ID, or -fallback")
	}
	c, err := a.load(set)
	if err != nil {
		return err
	}
	if *fallback {
		return a.replayFallbacks(ctx, c, p)
	}
	e, err := a.replayEvent(ctx, c, p.siteName, ids[0])
	if err != nil {
		return err
	}
	return a.send(ctx, c, p, e)
}

// replayEvent is the newest event of a job, as a replay.
func (a *app) replayEvent(ctx context.Context, c *config, site, id string) (e lector.ArticleEvent, err error) {
	h := a.resources(c)
	defer h.close(&err)
	conn, err := h.nats("ops")
	if err != nil {
		return e, err
	}
	l, err := conn.JobStore(ctx)
	if err != nil {
		return e, err
	}
	j, err := findJob(ctx, l, site, id)
	if err != nil {
		return e, err
	}
	return replayOf(ctx, conn, j)
}

// replayFallbacks runs all jobs again whose rendition is a second choice.
func (a *app) replayFallbacks(ctx context.Context, c *config, p publishFlags) error {
	events, err := a.fallbacks(ctx, c, p.siteName)
	if err != nil {
		return err
	}
	var failed []error
	for _, e := range events {
		if err := a.send(ctx, c, p, e); err != nil {
			failed = append(failed, fmt.Errorf("replay %s: %w", e.Article.ID, err))
		}
	}
	fmt.Fprintf(a.stderr, "%d of %d articles replayed\n", len(events)-len(failed), len(events))
	return errors.Join(failed...)
}

// fallbacks returns the replays of all articles that a second voice read.
func (a *app) fallbacks(ctx context.Context, c *config, site string) (events []lector.ArticleEvent, err error) {
	h := a.resources(c)
	defer h.close(&err)
	conn, err := h.nats("ops")
	if err != nil {
		return nil, err
	}
	l, err := conn.JobStore(ctx)
	if err != nil {
		return nil, err
	}
	for j, err := range l.Jobs(ctx) {
		if err != nil {
			return nil, err
		}
		if j.Fallback == "" || j.State != lector.Ready || site != "" && j.Site != site {
			continue
		}
		e, err := replayOf(ctx, conn, j)
		if err != nil {
			return nil, err
		}
		events = append(events, e)
	}
	return events, nil
}

func replayOf(ctx context.Context, conn *nats.Conn, j lector.Job) (lector.ArticleEvent, error) {
	old, err := conn.Event(ctx, j.Sequence)
	if errors.Is(err, lector.ErrNotFound) {
		return old, lector.Hint(fmt.Errorf("job %s: its article event is no longer kept", j.ID), "publish the article again")
	}
	if err != nil {
		return old, err
	}
	e := newEvent(old.Type, old.Article)
	e.Replay = "replay-" + rand.Text()[:8]
	return e, nil
}
