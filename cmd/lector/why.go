package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"lector"
	"lector/infra/nats"
	"lector/publisher/console"
)

const whyHelp = `Says why an article has audio, or why it has none: what came of its event at each
stage, the reason in a sentence, and the command that mends it. It changes nothing.

  lector why havana 4711
  lector why https://reader.example/storm
  lector why 4711                        where there is one site

An article is named by its site, which may have gone from the settings, and the CMS's
id; by its address, or by the id of its job. By address only articles are found whose event a worker has seen.

States are those of jobs, and besides: waiting (no worker has seen the event yet),
dead_letter (nobody could work on the event) and never_seen.`

func (a *app) why(ctx context.Context, args []string) error {
	fs := a.flags("why")
	set := a.settings(fs)
	asJSON := fs.Bool("json", false, "print JSON")
	words, err := a.parse(fs, args)
	if err != nil {
		return err
	}
	c, err := a.load(set)
	if err != nil {
		return err
	}
	named, err := c.articleNamed(words)
	if err != nil {
		return err
	}
	return a.asOperator(c, func(conn *nats.Conn) error {
		e, err := c.collectEvidence(ctx, conn, named)
		if err != nil {
			return err
		}
		x := console.Explain(e)
		if x.NeverSeen() && named.site != "" { // what is known may be of a site of earlier settings
			if _, err := c.site(named.site); err != nil {
				return err
			}
		}
		if *asJSON {
			return a.printJSON(x)
		}
		return a.printExplanation(x)
	})
}

// articleName is how a person names an article: by its site and id, its address or
// the id of its job.
type articleName struct{ site, id, url string }

// articleNamed reads SITE ID, an address, or an ID.
func (c *config) articleNamed(words []string) (articleName, error) {
	switch {
	case len(words) == 2:
		return articleName{site: words[0], id: words[1]}, nil
	case len(words) == 1 && lector.WebAddress(words[0]) != "":
		return articleName{url: words[0]}, nil
	case len(words) == 1:
		return articleName{site: c.onlySite(), id: words[0]}, nil
	}
	return articleName{}, usageErrorf("why wants SITE and ID of an article, or its URL")
}

// collectEvidence asks NATS for all there is of an article.
func (c *config) collectEvidence(ctx context.Context, conn *nats.Conn, named articleName) (e console.Evidence, err error) {
	if e.Job, err = c.findJobOf(ctx, conn, named); err != nil {
		return e, err
	}
	ref := lector.JobRef{Site: named.site, ID: lector.Key(named.site, named.id)}
	if e.Job != nil {
		named = articleName{site: e.Job.Site, id: e.Job.Article}
		ref = lector.JobRef{Site: e.Job.Site, ID: e.Job.ID}
		e.Embed = c.addresses().Embed(ref.Site, named.id)
	}
	_, configured := c.Sites[named.site]
	e.SiteGone = !configured
	e.Site, e.Article = named.site, firstNonEmpty(named.id, named.url)
	if _, sequence, lost := conn.NewestEvent(ctx, ref); sequence > 0 {
		d, stored := conn.StoredEvent(ctx, sequence)
		e.Event, err = present(d, stored)
	} else if !errors.Is(lost, lector.ErrNotFound) {
		err = lost
	}
	if err != nil {
		return e, err
	}
	if e.Announcement, err = present(conn.LastAnnouncement(ctx, ref.Site, ref.ID)); err != nil {
		return e, err
	}
	if e.Letter, err = newestLetter(ctx, conn, named, ref); err != nil {
		return e, err
	}
	if e.Pauses, err = conn.Pauses().All(ctx); err != nil {
		return e, err
	}
	e.Queue, err = present(conn.QueueState(ctx))
	return e, err
}

// present returns nil in place of what is not there.
func present[T any](value T, err error) (*T, error) {
	if errors.Is(err, lector.ErrNotFound) {
		return nil, nil
	}
	return &value, err
}

// findJobOf returns the job of an article, or nil.
func (c *config) findJobOf(ctx context.Context, conn *nats.Conn, named articleName) (*lector.Job, error) {
	jobs, err := conn.JobStore(ctx)
	if err != nil {
		return nil, err
	}
	j, err := named.find(ctx, jobs, conn)
	return present(c.withCurrentAddress(j), err)
}

func (n articleName) find(ctx context.Context, jobs *nats.JobStore, conn *nats.Conn) (lector.Job, error) {
	if n.url == "" {
		return lookUpJob(ctx, jobs, conn, n.site, n.id)
	}
	_, found, err := selectJobs(ctx, addressedJobs{jobs, &config{}}, conn, lector.JobFilter{URL: n.url}, 1, true)
	if err == nil && len(found) == 0 {
		err = lector.ErrNotFound
	}
	if err != nil {
		return lector.Job{}, err
	}
	return found[0], nil
}

// newestLetter returns the newest dead letter of an article, or nil.
func newestLetter(ctx context.Context, conn *nats.Conn, named articleName, ref lector.JobRef) (newest *lector.DeadLetter, err error) {
	q := lector.DeadLetterQuery{Site: named.site}
	if named.id == "" {
		q.Text = named.url
	}
	for l, err := range conn.DeadLetters(ctx, q) {
		if err != nil {
			return nil, err
		}
		of := l.Article == named.id || l.Subject == lector.ArticleSubject(ref.Site, ref.ID)
		if of || named.id == "" {
			newest = &l
		}
	}
	return newest, nil
}

func (a *app) printExplanation(x console.Explanation) error {
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "article\t%s\n", oneLine(strings.TrimPrefix(x.Site+" / "+x.Article, " / ")))
	fmt.Fprintf(w, "state\t%s\n", x.State)
	fmt.Fprintf(w, "reason\t%s\n", oneLine(x.Reason))
	if x.Remedy != "" {
		fmt.Fprintf(w, "mend\t%s\n", oneLine(x.Remedy))
	}
	for _, s := range x.Steps {
		at := ""
		if !s.At.IsZero() {
			at = s.At.Local().Format(time.DateTime)
		}
		fmt.Fprintf(w, "%s\t%s: %s\n", at, s.What, oneLine(s.Detail))
	}
	return w.Flush()
}
