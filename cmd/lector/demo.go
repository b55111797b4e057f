package main

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"lector"
	"lector/infra/nats"
	"lector/publisher/paper"
	"lector/worker"
)

const demoHelp = `Starts everything in this process: NATS with JetStream on disk, a worker, the
public HTTP server and a made-up newspaper, The Havana Reader. Publishes its articles
as a CMS would, prints the address of a page with the player, and keeps serving
until Ctrl-C. What is spoken is kept in the data directory: a second start finds
that nothing changed and speaks nothing.

  lector demo
  lector demo -listen 127.0.0.1:8090 -data /tmp/lector`

func (a *app) demo(ctx context.Context, args []string) (err error) {
	fs := a.flags("demo")
	set := a.settings(fs)
	fs.StringVar(&set.listen, "listen", "", "answer on `ADDRESS` (default 127.0.0.1:8080)")
	once := fs.Bool("once", false, "end when the articles are done instead of serving on")
	if err := a.parseFlags(fs, args); err != nil {
		return err
	}
	c, err := a.loadOver(demoDefaults(), set)
	if err != nil {
		return err
	}
	c.addDemoSite()
	h := a.resources(c)
	defer h.close(&err)
	fmt.Fprintf(a.stdout, "Lector demo: %s\nEverything is kept in %s; remove that to start afresh.\n\n", paper.Title, c.Data)
	h.beginOpening(ctx)
	if err := h.embedded(ctx); err != nil {
		return err
	}
	s, err := h.openServer(ctx, roles{worker: true, publisher: true})
	if err != nil {
		return err
	}
	s.homePage = paper.Handler(s.publisherConfig(s.config, nil).Embed(), s.log)
	stage := &stagePrinter{w: a.stdout, live: isTerminal(a.stdout)}
	s.worker.OnProgress = func(p worker.Progress) { s.onProgress(p); stage.step(p) }
	return s.runDemo(ctx, stage, *once)
}

// demoDefaults are the settings that nobody set: only this machine is served,
// and a metrics port that may be Prometheus's own is not asked for.
func demoDefaults() config {
	c := defaults()
	c.Listen, c.AdminListen, c.Log.Level = "127.0.0.1:8080", "127.0.0.1:0", "warn"
	return c
}

// addDemoSite adds the newspaper to the sites. Its articles are published again at
// each start, and nobody edits them.
func (c *config) addDemoSite() {
	c.Worker.EditWait = 0
	if _, ok := c.Sites[paper.Site]; !ok {
		c.Sites[paper.Site] = siteConfig{Title: paper.Title, Language: "en", SpokenDisclosure: "start"}
	}
}

// runDemo runs the server and publishes the articles.
func (s *server) runDemo(ctx context.Context, stage *stagePrinter, once bool) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	return runAll(ctx, s.run, func(ctx context.Context) error {
		if err := s.publishPaper(ctx, stage); err != nil {
			return err
		}
		if !once {
			<-ctx.Done()
		}
		return nil
	})
}

func (s *server) publishPaper(ctx context.Context, stage *stagePrinter) error {
	cms, err := s.nats("cms")
	if err != nil {
		return err
	}
	base := s.config.PublicURL
	articles := paper.Articles(base)
	for i, article := range articles {
		j, took, err := s.publishArticle(ctx, cms, article, stage)
		if err != nil {
			return unlessStopped(ctx, err)
		}
		if j.State == lector.Failed {
			return fmt.Errorf("%s: %s", article.Title, j.Reason)
		}
		s.describe(stage.w, j, took)
		fmt.Fprintln(stage.w)
		if i == 0 {
			fmt.Fprintf(stage.w, "  Listen: %s\n\n", article.URL)
		}
	}
	fmt.Fprintf(stage.w, "All articles: %s/\nHealth and metrics: %s\nlector jobs list -data %s shows the jobs. Stop with Ctrl-C.\n",
		base, s.admin.url(), s.config.Data)
	return nil
}

// unlessStopped drops an error that Ctrl-C brought about.
func unlessStopped(ctx context.Context, err error) error {
	select {
	case <-ctx.Done():
		return nil
	default:
		return err
	}
}

// publishArticle sends the event as a CMS would and waits for its effect.
func (s *server) publishArticle(ctx context.Context, cms *nats.Conn, article lector.Article, stage *stagePrinter) (lector.Job,
	time.Duration, error) {
	start := time.Now()
	stage.begin(article)
	defer stage.end()
	e := newEvent(lector.Published, article)
	sequence, err := cms.Publish(ctx, e)
	if err != nil {
		return lector.Job{}, 0, err
	}
	j, err := awaitJob(ctx, s.jobs, s.conn, e, sequence)
	return j, time.Since(start), err
}

// describe says what an article's job came to.
func (s *server) describe(w io.Writer, j lector.Job, took time.Duration) {
	if len(j.Attempts) > 0 && j.Attempts[len(j.Attempts)-1].Outcome == "unchanged" {
		fmt.Fprintf(w, "  nothing changed: 0 of %d characters spoken, in %s\n", j.Usage.Reused, took.Round(time.Millisecond))
		return
	}
	fmt.Fprintf(w, "  %s after %s: %d characters spoken, %d taken from the cache\n", j.State, took.Round(10*time.Millisecond),
		j.Usage.Billed, j.Usage.Reused)
}

// stagePrinter shows how far an article is: one line that grows on a terminal, one
// line a stage elsewhere.
type stagePrinter struct {
	mu      sync.Mutex
	w       io.Writer
	live    bool
	article string
	last    lector.Stage
}

func (s *stagePrinter) begin(a lector.Article) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.article, s.last = a.ID, ""
	fmt.Fprintln(s.w, a.Title)
}

func (s *stagePrinter) step(p worker.Progress) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case p.Job.Article != s.article:
	case s.live && p.Total > 0:
		fmt.Fprintf(s.w, "\r\x1b[K  %-8s %s %d of %d", p.Stage, bar(p.Done, p.Total, 24), p.Done, p.Total)
	case s.live:
		fmt.Fprintf(s.w, "\r\x1b[K  %s", p.Stage)
	case p.Stage != s.last:
		fmt.Fprintf(s.w, "  %s\n", p.Stage)
	}
	s.last = p.Stage
}

func (s *stagePrinter) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.article = ""
	if s.live {
		fmt.Fprint(s.w, "\r\x1b[K")
	}
}
