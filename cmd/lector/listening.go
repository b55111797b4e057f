package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"slices"
	"sync"
	"text/tabwriter"
	"time"

	"lector"
	"lector/infra/nats"
	"lector/publisher/listening"
)

const listeningHelp = `Shows how articles are listened to, as players tell it.

  lector listening havana                the articles of a site, the most played first
  lector listening -since 7d havana      of the last seven days
  lector listening havana 4711           one: day by day, and where listeners leave

A play is a view of a page in which the audio has sounded. The audio has twenty
parts of one length; a part counts once in a play, when it has begun to sound, so
that what is heard twice counts once. ¼, ½ and ¾ are the plays in which more than so
many parts were heard, All those of all twenty. Days are in UTC; after 90 of them
the counts of an article are kept as one sum, and are forgotten when nobody has
listened to it for 400 days. sites.NAME.listening: false counts nothing.`

// countsListening reports whether it is counted how the site is listened to.
func (s siteConfig) countsListening() bool { return s.Listening == nil || *s.Listening }

// listeningSites are the sites whose articles are counted.
func (c *config) listeningSites() (names []string) {
	for _, name := range slices.Sorted(maps.Keys(c.Sites)) {
		if c.Sites[name].countsListening() {
			names = append(names, name)
		}
	}
	return names
}

// openListening opens what counts how articles are listened to, where there is a NATS
// server that keeps it.
func (s *server) openListening(_ context.Context, r roles) error {
	sites := s.config.listeningSites()
	reachable := s.conn != nil || s.broker != nil || s.config.NATS.URL != ""
	if !r.publisher || !reachable || len(sites) == 0 {
		return nil
	}
	for _, site := range sites {
		for _, o := range listening.Outcomes {
			s.metrics.DeclareListening(site, string(o))
		}
	}
	s.listening = listening.New(listening.Config{
		Sites: sites, Ledger: s.listeningLedger(), Audible: s.audible, Log: s.log,
		Answered: func(site string, o listening.Outcome, plays int) { s.metrics.Listening(site, string(o), plays) },
	})
	return nil
}

// listeningHandler is nil where nothing is counted.
func (s *server) listeningHandler() http.Handler {
	if s.listening == nil {
		return nil
	}
	return s.listening
}

// audible reports whether an article has audio.
func (s *server) audible(ctx context.Context, site, key string) (bool, error) {
	_, err := s.store.Stat(ctx, lector.PointerKey(site, key))
	if errors.Is(err, lector.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// listeningLedger keeps counts by the connection of the worker, or by one of the
// publisher's own.
func (s *server) listeningLedger() *lateLedger {
	return &lateLedger{connect: func() (*nats.Conn, error) {
		if s.conn != nil {
			return s.conn, nil
		}
		return s.nats("publisher")
	}}
}

// lateLedger connects when it is first needed: listeners are served while NATS is away, and
// counts wait for it.
type lateLedger struct {
	connect func() (*nats.Conn, error)

	mu     sync.Mutex
	conn   *nats.Conn
	opened *nats.Listening
}

func (l *lateLedger) open(ctx context.Context) (_ *nats.Listening, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn == nil {
		if l.conn, err = l.connect(); err != nil {
			return nil, err
		}
	}
	if l.opened == nil {
		if l.opened, err = l.conn.Listening(ctx); err != nil {
			return nil, l.conn.Explain(err)
		}
	}
	return l.opened, nil
}

// AddListening implements listening.Ledger.
func (l *lateLedger) AddListening(ctx context.Context, site, key, day, id string, counts lector.Listening) error {
	ledger, err := l.open(ctx)
	if err != nil {
		return err
	}
	return ledger.AddListening(ctx, site, key, day, id, counts)
}

// ArticleListening implements console.Listening.
func (l *lateLedger) ArticleListening(ctx context.Context, site, key string) (lector.ArticleListening, error) {
	ledger, err := l.open(ctx)
	if err != nil {
		return lector.ArticleListening{}, err
	}
	return ledger.ArticleListening(ctx, site, key)
}

// SiteListening implements console.Listening.
func (l *lateLedger) SiteListening(ctx context.Context, site string) iter.Seq2[lector.ArticleListening, error] {
	ledger, err := l.open(ctx)
	if err != nil {
		return func(yield func(lector.ArticleListening, error) bool) { yield(lector.ArticleListening{}, err) }
	}
	return ledger.SiteListening(ctx, site)
}

// articlePlays is what lector listening prints of one article, one a line with -json.
type articlePlays struct {
	Site    string `json:"site"`
	Article string `json:"article"` // the CMS's id; empty where its record is gone
	Key     string `json:"key"`
	Title   string `json:"title,omitempty"`
	lector.Listening
	Days map[string]lector.Listening `json:"days,omitempty"`
}

func (a *app) listening(ctx context.Context, args []string) error {
	fs := a.flags("listening")
	set := a.settings(fs)
	since := fs.String("since", "", "only what was heard since the day of `TIME`: "+momentHelp)
	asJSON := fs.Bool("json", false, "print JSON, one article a line")
	words, err := a.parse(fs, args)
	if err != nil {
		return err
	}
	from, err := moment("since", *since, time.Now())
	if err != nil {
		return err
	}
	if len(words) < 1 || len(words) > 2 {
		return usageErrorf("listening wants the SITE, and the CMS's ID of one article or none")
	}
	c, err := a.load(set)
	if err != nil {
		return err
	}
	if _, err := c.site(words[0]); err != nil {
		return err
	}
	return a.asOperator(c, func(conn *nats.Conn) error {
		all, err := readPlays(ctx, conn, words, from)
		if err != nil {
			return err
		}
		if *asJSON {
			return printJSONLines(a, all)
		}
		return a.printPlays(all, len(words) == 2)
	})
}

// readPlays reads how one article, or each of a site, was listened to.
func readPlays(ctx context.Context, conn *nats.Conn, words []string, from time.Time) (all []articlePlays, err error) {
	ledger, err := conn.Listening(ctx)
	if err != nil {
		return nil, err
	}
	records, err := conn.JobStore(ctx)
	if err != nil {
		return nil, err
	}
	if len(words) == 2 {
		one, err := ledger.ArticleListening(ctx, words[0], lector.Key(words[0], words[1]))
		p := articlePlays{Site: words[0], Article: words[1], Key: one.Key, Listening: one.Since(from), Days: one.Days}
		return []articlePlays{p}, err
	}
	for record, err := range ledger.SiteListening(ctx, words[0]) {
		if err != nil {
			return nil, err
		}
		if l := record.Since(from); l.Plays > 0 {
			all = append(all, articlePlays{Site: record.Site, Key: record.Key, Listening: l})
		}
	}
	for i := range all {
		if j, _, err := records.Job(ctx, all[i].Site, all[i].Key); err == nil {
			all[i].Article, all[i].Title = j.Article, j.Title
		}
	}
	slices.SortFunc(all, func(a, b articlePlays) int { return cmp.Or(cmp.Compare(b.Plays, a.Plays), cmp.Compare(a.Key, b.Key)) })
	return all, nil
}

func (a *app) printPlays(all []articlePlays, one bool) error {
	if len(all) == 0 || one && all[0].Plays == 0 {
		fmt.Fprintln(a.stdout, "nobody has listened")
		return nil
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(name string, l lector.Listening, title string) {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t  %s\n", name, l.Plays, l.Quarters[0], l.Quarters[1], l.Quarters[2], l.Quarters[3], title)
	}
	if !one {
		fmt.Fprintln(w, "ARTICLE\tPLAYS\t¼\t½\t¾\tALL\t  TITLE")
		for _, p := range all {
			row(cmp.Or(oneLine(p.Article), p.Key), p.Listening, oneLine(p.Title))
		}
		return w.Flush()
	}
	fmt.Fprintln(w, "DAY\tPLAYS\t¼\t½\t¾\tALL\t")
	for _, day := range slices.Sorted(maps.Keys(all[0].Days)) {
		row(day, all[0].Days[day], "")
	}
	row("total", all[0].Listening, "")
	if err := w.Flush(); err != nil {
		return err
	}
	return a.printParts(all[0].Listening)
}

// printParts shows where listeners leave.
func (a *app) printParts(l lector.Listening) error {
	const step = 100 / lector.ListeningParts
	fmt.Fprintln(a.stdout)
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "PART\tHEARD BY\tOF 100\t")
	for i, n := range l.Parts {
		fmt.Fprintf(w, "%d-%d %%\t%d\t%d\t\n", i*step, (i+1)*step, n, 100*n/max(1, l.Plays))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if part, left := l.LeftMost(); left > 0 {
		fmt.Fprintf(a.stdout, "\nThe most, %d, left between %d and %d %%.\n", left, part*step, (part+1)*step)
	}
	return nil
}
