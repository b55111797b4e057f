package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"sync"
	"time"

	"lector"
	"lector/infra/nats"
)

const cancelHelp = `Ends a job that is queued, parked or running, also one whose event no worker has seen
yet. A worker that is at it stops before its next call; what was spoken is kept. What
is public of the article stays public. A new event of the article or lector replay
makes the job live again. A withdrawal cannot be cancelled.

  lector cancel 4711

ID is a job's id, the beginning of one, or the CMS's id of the article.`

func (a *app) cancel(ctx context.Context, args []string) error {
	fs := a.flags("cancel")
	set := a.settings(fs)
	site := fs.String("site", "", "only a job of this `NAME` of a site")
	asJSON := fs.Bool("json", false, "print the job as JSON")
	ids, err := a.parse(fs, args)
	if err != nil {
		return err
	}
	if len(ids) != 1 {
		return usageErrorf("cancel wants one job's ID")
	}
	c, err := a.load(set)
	if err != nil {
		return err
	}
	var j lector.Job
	err = a.asOperator(c, func(conn *nats.Conn) (err error) {
		if j, err = cancelJob(ctx, c, conn, *site, ids[0]); err == nil {
			a.note(ctx, conn, lector.AuditEntry{Action: "cancel", Target: j.Site + " " + j.ID})
		}
		return err
	})
	if err != nil {
		return err
	}
	if *asJSON {
		return a.printJSON(c.withCurrentAddress(j))
	}
	fmt.Fprintf(a.stdout, "cancelled: job %s%s\n", j.ID, stillPublic(j))
	return nil
}

func stillPublic(j lector.Job) string {
	if j.Rendition == "" {
		return ""
	}
	return "; what is public of the article stays so"
}

// cancelJob ends the job that an id means.
func cancelJob(ctx context.Context, c *config, conn *nats.Conn, site, id string) (lector.Job, error) {
	jobs, err := conn.JobStore(ctx)
	if err != nil {
		return lector.Job{}, err
	}
	j, err := lookUpJob(ctx, jobs, conn, site, id)
	if errors.Is(err, lector.ErrNotFound) {
		j, err = c.unseenJob(ctx, conn, site, id, err)
	}
	if err != nil {
		return j, err
	}
	return cancelKnown(ctx, conn, jobs, j)
}

// cancelKnown ends a job, whatever a worker makes of it meanwhile.
func cancelKnown(ctx context.Context, conn *nats.Conn, jobs jobSaver, j lector.Job) (lector.Job, error) {
	for {
		next, version, err := cancelled(ctx, conn, jobs, j)
		if err != nil {
			return j, err
		}
		_, err = jobs.Save(ctx, next, version)
		if !errors.Is(err, lector.ErrConflict) { // else a worker has changed it meanwhile
			return next, err
		}
	}
}

// jobSaver changes records by compare-and-set.
type jobSaver interface {
	jobReader
	Save(ctx context.Context, j lector.Job, version uint64) (uint64, error)
}

// cancelled reads a job and its newest event, and returns the job as it is when it
// is cancelled.
func cancelled(ctx context.Context, conn *nats.Conn, jobs jobReader, j lector.Job) (lector.Job, uint64, error) {
	now, version, err := jobs.Job(ctx, j.Site, j.ID)
	if err != nil && !errors.Is(err, lector.ErrNotFound) {
		return j, 0, err
	}
	e, sequence, err := ifReadable(conn.NewestEvent(ctx, lector.JobRef{Site: j.Site, ID: j.ID}))
	if err != nil {
		return j, 0, err
	}
	now, err = cancelNewest(now, e, sequence, time.Now().UTC())
	return now, version, err
}

// ifReadable returns an event and its place; 0 where there is none or nobody can read it, and
// so nothing is done for it.
func ifReadable(e lector.ArticleEvent, place uint64, err error) (lector.ArticleEvent, uint64, error) {
	if errors.Is(err, lector.ErrNotFound) || err != nil && lector.IsPermanent(err) {
		return lector.ArticleEvent{}, 0, nil
	}
	return e, place, err
}

// cancelNewest cancels what is to be done for an article: the event that its record
// wants, or a newer one that no worker has begun. The error is permanent where there is
// nothing to cancel.
func cancelNewest(j lector.Job, e lector.ArticleEvent, sequence uint64, now time.Time) (lector.Job, error) {
	waits := sequence > 0 && j.Disposition(e, sequence) == lector.Due
	switch {
	case waits && e.Type.Withdraws():
		return j, lector.Hint(lector.Permanent(errors.New("the article is being withdrawn, which cannot be cancelled")), "publish it again")
	case waits && sequence != j.Sequence:
		j.Accept(e, sequence, now)
	case j.State.Terminal() || j.ID == "":
		return j, lector.Hint(lector.Permanent(fmt.Errorf("job %s is %s: there is nothing to cancel", j.ID, j.State)),
			"lector unpublish withdraws what is public")
	}
	j.Cancel(now, "cancelled by an operator")
	return j, nil
}

// jobID is what an article's key looks like.
var jobID = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z2-7]{26}$`) })

// unseenJob returns the job of an article whose event no worker has seen yet, or
// notFound.
func (c *config) unseenJob(ctx context.Context, conn *nats.Conn, site, id string, notFound error) (lector.Job, error) {
	if site == "" {
		site = c.onlySite()
	}
	for _, key := range []string{lector.Key(site, id), id} {
		if site == "" || !jobID().MatchString(key) {
			continue
		}
		_, _, err := conn.NewestEvent(ctx, lector.JobRef{Site: site, ID: key})
		if !errors.Is(err, lector.ErrNotFound) {
			return lector.Job{Site: site, ID: key}, err
		}
	}
	return lector.Job{}, notFound
}
