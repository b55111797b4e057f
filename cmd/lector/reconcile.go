package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"text/tabwriter"
	"time"

	"lector"
	"lector/infra/nats"
	"lector/infra/observe"
	"lector/publisher/intake/feed"
	"lector/publisher/intake/ghost"
	"lector/publisher/intake/reconcile"
	"lector/publisher/intake/wordpress"
)

const reconcileHelp = `Compares what a site has published with the audio that there is: what is missing
or older than the article is announced again, as a CMS would, and what is gone is
withdrawn once it was seen twice.

  lector reconcile -dry-run            what is without correct audio, and why
  lector reconcile -site havana        announces it

lector serve and lector worker do so by themselves: each minute what has changed,
each night everything. Where the site's articles are listed, its settings say:
cms a Ghost or a WordPress, source_feed an RSS, Atom or JSON feed, a sitemap or an index
of sitemaps. Exit code 1: a published article is without correct audio.`

// defaultBackfill is how old an article may be that nobody has announced and that is
// read: a whole archive is not spoken by mistake.
const defaultBackfill = 7 * 24 * time.Hour

// maxFeed is the largest feed or sitemap that is read.
const maxFeed = 32 << 20

// hasSource reports whether anything says where the site's articles are listed.
func (s siteConfig) hasSource() bool {
	return s.SourceFeed != "" || s.CMS.Ghost.URL != "" || s.CMS.WordPress.URL != ""
}

// sourcedSites are the sites whose settings say where their articles are listed.
func (c *config) sourcedSites() (names []string) {
	for _, name := range slices.Sorted(maps.Keys(c.Sites)) {
		if c.Sites[name].hasSource() {
			names = append(names, name)
		}
	}
	return names
}

// source is where a site's articles are listed.
func (a *app) source(s siteConfig) (reconcile.Source, error) {
	web := s.client(30 * time.Second)
	web.MaxSize = maxFeed
	switch {
	case s.CMS.Ghost.URL != "":
		key, err := s.CMS.Ghost.Key.read(a)
		if err != nil {
			return nil, lector.Hint(err, "it holds the Admin API key of Ghost: sites.NAME.cms.ghost.key says where it is")
		}
		admin, err := ghost.NewAdmin(web, s.CMS.Ghost.URL, key)
		return ghost.Posts{Admin: admin}, err
	case s.CMS.WordPress.URL != "":
		w := s.CMS.WordPress
		source := &wordpress.Source{Web: web, URL: w.URL, User: w.User, Types: w.Types}
		if w.User == "" {
			return source, nil
		}
		var err error
		if source.Password, err = w.Password.read(a); err != nil {
			return nil, lector.Hint(err, "it holds the application password of WordPress: sites.NAME.cms.wordpress.password says where it is")
		}
		return source, nil
	}
	return &feed.Source{Web: web, URL: s.SourceFeed, Site: s.URL}, nil
}

func (s siteConfig) backfill() time.Duration {
	if s.Backfill == nil {
		return defaultBackfill
	}
	return *s.Backfill
}

// eventStream publishes events, those too large for one by reference, and reads them.
type eventStream struct{ eventPublisher }

// NewestEvent implements reconcile.Events.
func (e eventStream) NewestEvent(ctx context.Context, j lector.JobRef) (lector.ArticleEvent, uint64, error) {
	return e.conn.NewestEvent(ctx, j)
}

// reconciler compares one site.
func (h *resources) reconciler(conn *nats.Conn, jobs reconcile.Jobs, places reconcile.Places, name string) (*reconcile.Reconciler, error) {
	site := h.config.Sites[name]
	source, err := h.app.source(site)
	if err != nil {
		return nil, fmt.Errorf("sites.%s: %w", name, err)
	}
	limit := reconcile.NewLimiter()
	if f, is := source.(*feed.Source); is { // one look at it may be many requests
		f.Limit, f.Log = limit, h.log
	}
	return &reconcile.Reconciler{
		Site: name, Source: source, Jobs: jobs, Events: eventStream{h.eventPublisher(conn)}, Places: places, Log: h.log, Limit: limit,
		Backfill: site.backfill(), Teasers: site.Rules.Teaser,
	}, nil
}

// comparisons are those of the sites of a server, and what they have found last.
type comparisons struct {
	sites   []*reconcile.Reconciler
	changed func() // is called after a report has come; nil: nobody is

	mu   sync.Mutex
	last map[string]reconcile.Report
}

// openComparisons readies those sites that name a source.
func (s *server) openComparisons(ctx context.Context) error {
	names := s.config.sourcedSites()
	if len(names) == 0 {
		return nil
	}
	places, err := s.conn.Places(ctx)
	if err != nil {
		return err
	}
	s.comparisons = &comparisons{last: map[string]reconcile.Report{}}
	for _, name := range names {
		r, err := s.reconciler(s.conn, s.jobs, places, name)
		if err != nil {
			return err
		}
		r.OnReport = s.comparisons.note
		r.OnPass = func(err error) { s.metrics.Reconciled(name, err) }
		s.comparisons.sites = append(s.comparisons.sites, r)
		s.metrics.DeclareReconciled(name)
	}
	return nil
}

func (c *comparisons) note(r reconcile.Report) {
	c.mu.Lock()
	c.last[r.Site] = r
	c.mu.Unlock()
	if c.changed != nil {
		c.changed()
	}
}

// counts are the published articles without correct audio, by site and finding.
func (c *comparisons) counts() (all []observe.LackingCount) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for site, r := range c.last {
		all = append(all, observe.LackingCount{Site: site, Finding: string(reconcile.Missing)}) // a site without any is shown
		for _, e := range r.Entries {
			all = append(all, observe.LackingCount{Site: site, Finding: string(e.Finding), Articles: 1})
		}
	}
	return all
}

// reports are what is known of the sites that this process compares; nil has none.
func (c *comparisons) reports() []reconcile.Report {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Collect(maps.Values(c.last))
}

func (c *comparisons) forget(site string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.last, site)
}

// compareRetry is how long after a lease to compare was refused it is asked for again.
const compareRetry = time.Minute

// compare compares a site for as long as this process has the lease for it.
func (s *server) compare(ctx context.Context, r *reconcile.Reconciler) error {
	return s.whileLeased(ctx, "reconcile."+r.Site, compareRetry, func(held context.Context) {
		r.Run(held)
		s.comparisons.forget(r.Site)
	})
}

// memoryPlaces keep how far a comparison is in this process.
type memoryPlaces map[string][]byte

// Place implements reconcile.Places.
func (p memoryPlaces) Place(_ context.Context, name string) ([]byte, error) {
	if value, there := p[name]; there {
		return value, nil
	}
	return nil, lector.ErrNotFound
}

// SetPlace implements reconcile.Places.
func (p memoryPlaces) SetPlace(_ context.Context, name string, value []byte) error {
	p[name] = value
	return nil
}

// DropPlace implements reconcile.Places.
func (p memoryPlaces) DropPlace(_ context.Context, name string) error {
	delete(p, name)
	return nil
}

// errLacking is the exit code of a comparison that found something.
var errLacking = errors.New("published articles are without correct audio")

func (a *app) reconcile(ctx context.Context, args []string) error {
	fs := a.flags("reconcile")
	set := a.settings(fs)
	name := fs.String("site", "", "compare the site `NAME` (default the only one configured)")
	dryRun := fs.Bool("dry-run", false, "announce nothing")
	asJSON := fs.Bool("json", false, "print JSON")
	words, err := a.parse(fs, args)
	if err != nil {
		return err
	}
	if len(words) > 0 {
		return usageErrorf("reconcile wants no arguments")
	}
	c, err := a.load(set)
	if err != nil {
		return err
	}
	if *name == "" {
		*name = c.onlySite()
	}
	site, err := c.site(*name)
	if err != nil {
		return err
	}
	if !site.hasSource() {
		return lector.Hint(fmt.Errorf("nothing says where the articles of %s are listed", *name),
			"set sites.%s.source_feed or cms in lector.yaml", *name)
	}
	return a.asOperator(c, func(conn *nats.Conn) error {
		jobs, err := conn.JobStore(ctx)
		if err != nil {
			return err
		}
		r, err := a.resources(c).reconciler(conn, jobs, memoryPlaces{}, *name)
		if err != nil {
			return err
		}
		r.DryRun = *dryRun
		if err := r.Pass(ctx); err != nil {
			return err
		}
		return a.printComparison(r.Report(), *asJSON)
	})
}

func (a *app) printComparison(r reconcile.Report, asJSON bool) error {
	if asJSON {
		if err := a.printJSON(r); err != nil {
			return err
		}
		return lacking(r)
	}
	fmt.Fprintf(a.stdout, "%s: %s listed, %s with audio, %d without correct audio\n", r.Site, thousands(r.Last.Listed),
		thousands(r.Last.Audio), r.Lacking)
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	for _, e := range slices.Concat(r.Entries, r.Gone) {
		fmt.Fprintf(w, "  %s\t%s\t%s\t%s\n", e.Finding, truncate(cmp.Or(e.Title, e.URL, e.ID), 60), e.Job[:10], oneLine(e.Reason))
	}
	for _, f := range slices.Sorted(maps.Keys(r.Last.Findings)) {
		if f == reconcile.Refused || f == reconcile.Private || f == reconcile.Old {
			fmt.Fprintf(w, "  %s\t%s articles, rightly without audio\t\t\n", f, thousands(r.Last.Findings[f]))
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return lacking(r)
}

// lacking is the error of a report that found articles without audio whose jobs are not
// running.
func lacking(r reconcile.Report) error {
	announced := func(e reconcile.Entry) bool { return e.Finding == reconcile.Waiting }
	if len(r.Gone) == 0 && len(slices.DeleteFunc(slices.Clone(r.Entries), announced)) == 0 {
		return nil
	}
	return errLacking
}
