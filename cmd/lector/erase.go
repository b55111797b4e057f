package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"lector"
	"lector/infra/nats"
	"lector/infra/store/gc"
)

const eraseHelp = `Removes every trace of an article that was withdrawn. From NATS: its events,
announcements, dead letters and the record of its job, most of it overwritten. From the
store: what is left of its renditions, what its events referred to, and the clips and
answers of voices that no other article needs. It prints a plan and asks first.

  lector unpublish -deleted -wait -site havana 4711
  lector erase -plan havana 4711         what would go, and what stays
  lector erase havana 4711

What it cannot reach it names: backups, the usage ledger (figures and hashes, without
text), the audit (the name of the job, a hash), logs, and the files of NATS, which keep
what was in the record of the job, out of reach, until NATS writes them anew. It may run
while lector works, and again when it was broken off. On a NATS server of its own it needs
a login with the rights of setup.`

// eraseReport is what lector erase prints.
type eraseReport struct {
	Site    string         `json:"site"`
	Article string         `json:"article"`
	Job     string         `json:"job"` // the article's key
	Plan    bool           `json:"plan"`
	Streams map[string]int `json:"streams"` // messages, by the stream or bucket
	Store   gc.Article     `json:"store"`
	Stays   []string       `json:"stays"` // what is not removed, in words
}

func (r eraseReport) empty() bool {
	for _, n := range r.Streams {
		if n > 0 {
			return false
		}
	}
	return r.Store.Files.Objects+r.Store.Clips.Objects == 0
}

func (a *app) erase(ctx context.Context, args []string) (err error) {
	fs := a.flags("erase")
	set := a.settings(fs)
	plan := fs.Bool("plan", false, "print only what would be done")
	yes := fs.Bool("yes", false, "do not ask")
	asJSON := fs.Bool("json", false, "print JSON")
	words, err := a.parse(fs, args)
	if err != nil {
		return err
	}
	c, err := a.load(set)
	if err != nil {
		return err
	}
	e := eraser{resources: a.resources(c)}
	defer e.close(&err)
	if e.site, e.id, err = c.erasedArticle(words); err != nil {
		return err
	}
	if err := e.look(ctx); err != nil {
		return err
	}
	r := e.report(*plan)
	if !*plan && !r.empty() {
		if err := a.eraseAgreed(ctx, &e, r, *yes, *asJSON); err != nil {
			return err
		}
	}
	if *asJSON {
		return a.printJSON(r)
	}
	a.printErasure(r)
	return nil
}

// eraseAgreed removes what the report names. Without yes it shows that and asks first.
func (a *app) eraseAgreed(ctx context.Context, e *eraser, r eraseReport, yes, asJSON bool) error {
	if !yes {
		r.Plan = true
		if !asJSON {
			a.printErasure(r)
		}
		if err := a.confirm("remove it for good?"); err != nil {
			return err
		}
	}
	return e.erase(ctx)
}

// erasedArticle reads SITE and ID. The site may have gone from the settings.
func (c *config) erasedArticle(words []string) (site, id string, err error) {
	switch {
	case len(words) == 2 && lector.ValidSite(words[0]):
		return words[0], words[1], nil
	case len(words) == 1 && c.onlySite() != "":
		return c.onlySite(), words[0], nil
	}
	return "", "", usageErrorf("erase wants the SITE and the CMS's ID of one article")
}

// eraser removes what there is of an article.
type eraser struct {
	*resources
	site, id string
	conn     *nats.Conn
	store    store
	traces   nats.ArticleTraces
	attempts int // that the usage ledger has
	found    gc.Article
}

func (e *eraser) key() string { return lector.Key(e.site, e.id) }

// look finds what is stored of the article, and refuses one that is not withdrawn.
func (e *eraser) look(ctx context.Context) (err error) {
	if e.conn, err = e.nats("setup"); err != nil {
		return err
	}
	if e.traces, err = e.conn.ArticleTraces(ctx, e.site, e.id); err != nil {
		return err
	}
	if err := e.checkWithdrawn(ctx); err != nil {
		return err
	}
	ledger, err := e.conn.UsageLedger(ctx)
	if err != nil {
		return err
	}
	used, attempts, err := ledger.UsedChunks(ctx, e.site, e.key())
	if err != nil {
		return err
	}
	e.attempts = attempts
	if e.store, err = e.resources.store(ctx); err != nil {
		return err
	}
	e.found, err = gc.FindArticle(ctx, e.store, e.site, e.key(), slices.Concat(e.traces.Chunks, used))
	return err
}

// checkWithdrawn refuses an article that is public, or may become so.
func (e *eraser) checkWithdrawn(ctx context.Context) error {
	j := e.traces.Job
	waits, err := e.waits(ctx)
	switch {
	case err != nil:
		return err
	case waits:
		return lector.Hint(fmt.Errorf("article %q of %s has an event that no worker has ended", e.id, e.site),
			"lector why %s %s says what it waits for", e.site, e.id)
	case j == nil, j.State == lector.Removed && j.Announced:
		return nil
	case j.State != lector.Removed:
		return lector.Hint(fmt.Errorf("article %q of %s is %s, not withdrawn", e.id, e.site, j.State),
			"first: lector unpublish -deleted -wait -site %s %s", e.site, e.id)
	}
	last, err := e.conn.LastAnnouncement(ctx, e.site, e.key())
	if errors.Is(err, lector.ErrNotFound) || err == nil && !last.Announces(*j) {
		return lector.Hint(fmt.Errorf("that article %q of %s is withdrawn has not been announced yet", e.id, e.site),
			"wait some seconds: a worker announces it")
	}
	return err
}

// waits reports whether an event of the article is neither recorded nor a dead letter.
func (e *eraser) waits(ctx context.Context) (bool, error) {
	known := uint64(0)
	if e.traces.Job != nil {
		known = e.traces.Job.Sequence
	}
	if e.traces.Newest.Sequence <= known {
		return false, nil
	}
	refused, err := e.conn.DeadLettered(ctx, e.traces.Newest)
	return !refused, err
}

func (e *eraser) report(plan bool) eraseReport {
	r := eraseReport{Site: e.site, Article: e.id, Job: e.key(), Plan: plan, Streams: map[string]int{}, Store: e.found, Stays: []string{}}
	for _, p := range e.traces.Parts {
		r.Streams[p.Name] = len(p.Places)
	}
	if e.attempts > 0 {
		r.Stays = append(r.Stays, lector.Plural(e.attempts, "attempt")+
			" in the usage ledger, for 400 days: characters, costs, hashes and messages of voices, without the text")
	}
	if n := e.found.Shared.Objects; n > 0 {
		r.Stays = append(r.Stays, lector.Plural(n, "clip")+" that other articles have too")
	}
	r.Stays = append(r.Stays, e.keptInBackups()...)
	if e.config.Store.Kind == "s3" {
		r.Stays = append(r.Stays, "earlier versions of objects, where the bucket keeps them")
	}
	r.Stays = append(r.Stays, "in the files of NATS, earlier records of the job and what it had dropped by itself, until it writes these files anew", "logs")
	return r
}

// erase removes what was found: the store first, whose clips nobody would find without
// the records.
func (e *eraser) erase(ctx context.Context) error {
	now, err := e.conn.ArticleTraces(ctx, e.site, e.id)
	if err != nil {
		return err
	}
	if !now.Same(e.traces) {
		return lector.Hint(fmt.Errorf("article %q of %s: %w", e.id, e.site, lector.ErrConflict),
			"something came while you looked at the plan: look again")
	}
	e.app.note(ctx, e.conn, lector.AuditEntry{Action: "erase", Target: e.site + " " + e.key()})
	if err := e.found.Remove(ctx, e.store); err != nil {
		return err
	}
	return e.conn.EraseTraces(ctx, e.traces)
}

func (a *app) printErasure(r eraseReport) {
	verb := "removed of"
	if r.Plan {
		verb = "would be removed of"
	}
	fmt.Fprintf(a.stdout, "%s %s / %s (job %s)\n", verb, r.Site, oneLine(r.Article), r.Job)
	for _, name := range slices.Sorted(maps.Keys(r.Streams)) {
		fmt.Fprintf(a.stdout, "%8d  messages of %s\n", r.Streams[name], name)
	}
	fmt.Fprintf(a.stdout, "%8d  files of its renditions and its events\n", r.Store.Files.Objects)
	fmt.Fprintf(a.stdout, "%8d  clips and answers that no other article needs\n", r.Store.Clips.Objects)
	fmt.Fprintln(a.stdout, "what stays:")
	for _, text := range r.Stays {
		fmt.Fprintf(a.stdout, "          %s\n", oneLine(text))
	}
}
