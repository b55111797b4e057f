package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"lector"
	"lector/infra/nats"
)

// jobStore is what the commands read of the jobs.
type jobStore interface {
	Job(ctx context.Context, site, key string) (lector.Job, uint64, error)
	Jobs(ctx context.Context) iter.Seq2[lector.Job, error]
	Watch(ctx context.Context, site, key string) iter.Seq2[lector.Job, error]
}

// announcements is what the commands read of the audio events.
type announcements interface {
	LastAnnouncement(ctx context.Context, site, key string) (lector.AudioEvent, error)
}

// awaitJob returns an article's record as soon as the event with the given place
// in the stream, or one that outweighs it, has had its effect and is announced.
func awaitJob(ctx context.Context, l jobStore, said announcements, e lector.ArticleEvent, sequence uint64) (lector.Job, error) {
	j, err := awaitEnd(ctx, l, e, sequence)
	for err == nil && !j.Announced {
		last, asked := said.LastAnnouncement(ctx, j.Site, j.ID)
		if asked == nil && last.Announces(j) {
			return j, nil
		}
		if asked != nil && !errors.Is(asked, lector.ErrNotFound) {
			return j, asked
		}
		err = again(ctx)
	}
	return j, err
}

// awaitEnd waits until nothing more happens by itself.
func awaitEnd(ctx context.Context, l jobStore, e lector.ArticleEvent, sequence uint64) (lector.Job, error) {
	for {
		for j, err := range l.Watch(ctx, e.Article.Site, e.Article.Key()) {
			if err != nil {
				break
			}
			outweighed := j.Disposition(e, sequence) == lector.Stale
			if (outweighed || j.Sequence == sequence) && j.State.Terminal() {
				return j, nil
			}
		}
		// The watch broke off; a new one starts from the present state.
		if err := again(ctx); err != nil {
			return lector.Job{}, err
		}
	}
}

// again waits a moment; it returns why ctx ended.
func again(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(100 * time.Millisecond):
		return nil
	}
}

// printOutcome says how a job ended; an error when there is no audio but should be.
func (a *app) printOutcome(c *config, asJSON bool, j lector.Job, sequence uint64) error {
	if asJSON {
		if err := a.printJSON(c.withCurrentAddress(j)); err != nil {
			return err
		}
	}
	switch {
	case j.State == lector.Failed:
		return fmt.Errorf("job %s failed: %s", j.ID, j.Reason)
	case asJSON:
		return nil
	case j.Sequence > sequence:
		fmt.Fprintf(a.stdout, "superseded: a newer event came; job %s is %s\n", j.ID, j.State)
	case j.Sequence < sequence:
		fmt.Fprintf(a.stdout, "no effect: the article is known in a newer state, of %s; job %s is %s\n",
			j.UpdatedAt.Format(time.RFC3339), j.ID, j.State)
	case j.State == lector.Ready:
		fmt.Fprintf(a.stdout, "ready: %s\n  %s\n", firstNonEmpty(j.Reason, j.Usage.String()), c.listenURL(j))
	default:
		fmt.Fprintf(a.stdout, "%s: %s\n", j.State, oneLine(j.Reason))
	}
	return nil
}

// listenURL is the page with the player of a job's article. Where the settings
// here have no public address, that of the manifest is used: the worker may have
// got it by a flag.
func (c *config) listenURL(j lector.Job) string {
	if c.PublicURL == "" && c.Store.PublicURL == "" {
		if base, ok := strings.CutSuffix(j.Manifest, "/"+lector.PointerKey(j.Site, j.ID)); ok {
			return lector.Addresses{Public: base}.Embed(j.Site, j.Article)
		}
	}
	return c.addresses().Embed(j.Site, j.Article)
}

func firstNonEmpty(s, otherwise string) string {
	if s != "" {
		return s
	}
	return otherwise
}

// findJob finds the job that an id means: a whole job id, the beginning of
// one, or the CMS's id of an article.
func findJob(ctx context.Context, l jobStore, site, id string) (lector.Job, error) {
	var found []lector.Job
	for j, err := range l.Jobs(ctx) {
		switch {
		case err != nil:
			return lector.Job{}, err
		case site != "" && j.Site != site:
		case j.Named(id):
			found = append(found, j)
		}
	}
	return oneNamed(found, id)
}

// lookUpJob is findJob by the index of a worker. What that does not know, or not yet,
// is looked for in the bucket.
func lookUpJob(ctx context.Context, l jobStore, conn *nats.Conn, site, id string) (lector.Job, error) {
	_, found, err := conn.FindJobs(ctx, lector.JobFilter{ID: id, Site: site}, 0)
	if err != nil || len(found) == 0 {
		return findJob(ctx, l, site, id)
	}
	j, err := oneNamed(found, id)
	if err != nil {
		return j, err
	}
	j, _, err = l.Job(ctx, j.Site, j.ID) // all of it, as it is now
	return j, err
}

// oneNamed returns the job that an id means, of those that it may mean.
func oneNamed(found []lector.Job, id string) (lector.Job, error) {
	if exact := slices.IndexFunc(found, func(j lector.Job) bool { return j.ID == id || j.Article == id }); exact >= 0 {
		return found[exact], nil
	}
	switch len(found) {
	case 0:
		return lector.Job{}, lector.Hint(fmt.Errorf("job or article %q: %w", id, lector.ErrNotFound), "lector jobs list shows them all")
	case 1:
		return found[0], nil
	}
	return lector.Job{}, usageError{lector.Hint(errors.New("several jobs begin with "+id), "give more of the id")}
}

func (a *app) printJSON(v any) error {
	e := json.NewEncoder(a.stdout)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// printJSONLines prints one object a line.
func printJSONLines[T any](a *app, all []T) error {
	out := bufio.NewWriter(a.stdout)
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	for _, v := range all {
		if err := e.Encode(v); err != nil {
			return err
		}
	}
	return out.Flush()
}
