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

ID is a job's id, the beginning of one, or the CMS's id of the article.`

func (a *app) replay(ctx context.Context, args []string) (err error) {
	fs := a.flags("replay")
	set := a.settings(fs)
	var p publishFlags
	fs.StringVar(&p.siteName, "site", "", "only a job of this `NAME` of a site")
	p.addWait(fs)
	ids, err := a.parse(fs, args)
	if err != nil {
		return err
	}
	if len(ids) != 1 {
		return misused("replay wants one job's ID")
	}
	c, err := a.load(set)
	if err != nil {
		return err
	}
	e, err := a.again(ctx, c, p.siteName, ids[0])
	if err != nil {
		return err
	}
	return a.send(ctx, c, p, e)
}

// again is the newest event of a job, as a replay.
func (a *app) again(ctx context.Context, c *config, site, id string) (e lector.ArticleEvent, err error) {
	h := a.house(c)
	defer h.close(&err)
	conn, err := h.nats("ops")
	if err != nil {
		return e, err
	}
	l, err := conn.Ledger(ctx)
	if err != nil {
		return e, err
	}
	j, err := findJob(ctx, l, site, id)
	if err != nil {
		return e, err
	}
	return replayOf(ctx, conn, j)
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
