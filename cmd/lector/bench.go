package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"text/tabwriter"
	"time"

	"lector"
	"lector/infra/nats"
	"lector/worker"
)

const benchHelp = `Measures the whole pipeline on this machine: embedded NATS, the disk store, a
worker with the settings' defaults, and a silent voice that answers after a given
time. First the articles go through one after the other, then as many with each clip
checked as those of other voices are, then as many at once. The voice's own time is taken
off. Its clips are silent, so that checking them is a little faster than checking speech.
Nothing but a temporary directory is written, and nothing is spoken.

  lector bench
  lector bench -nodes 3                    the same on a cluster of three NATS servers here
  lector bench -latency 300ms -chunks 40   a slow voice, long articles

Durable writes are the messages that NATS stores on disk for one article.`

// benchFlags is what is measured.
type benchFlags struct {
	articles, chunks, nodes int
	latency                 time.Duration
	asJSON                  bool
}

func (f benchFlags) check() error {
	switch {
	case f.articles < 1 || f.articles > 100_000:
		return usageErrorf("-articles %d is not from 1 to 100000", f.articles)
	case f.chunks < 2 || f.chunks > 500: // a title alone is no article
		return usageErrorf("-chunks %d is not from 2 to 500", f.chunks)
	case f.nodes != 1 && f.nodes != 3 && f.nodes != 5:
		return usageErrorf("-nodes %d is not 1, 3 or 5", f.nodes)
	case f.latency < 0 || f.latency > time.Minute:
		return usageErrorf("-latency %v is not from 0 to 1m", f.latency)
	}
	return nil
}

func (a *app) bench(ctx context.Context, args []string) error {
	fs := a.flags("bench")
	var f benchFlags
	fs.IntVar(&f.articles, "articles", 100, "`HOW` many articles one after the other, and then at once")
	fs.IntVar(&f.chunks, "chunks", 12, "`CHUNKS` in each")
	fs.IntVar(&f.nodes, "nodes", 1, "`NATS` servers: 1, or a cluster of 3 or 5 in this process")
	fs.DurationVar(&f.latency, "latency", 0, "the voice answers after this `TIME`")
	fs.BoolVar(&f.asJSON, "json", false, "print JSON")
	if err := a.parseFlags(fs, args); err != nil {
		return err
	}
	if err := f.check(); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "lector-bench-")
	if err != nil {
		return err
	}
	r, err := a.runBench(ctx, f, benchConfig(dir))
	if err = errors.Join(err, os.RemoveAll(dir)); err != nil {
		return err
	}
	if f.asJSON {
		return a.printJSON(r)
	}
	return a.printBench(r)
}

// benchSite is the publication of the articles.
const benchSite = "bench"

// benchConfig is the settings' defaults on a directory of its own.
func benchConfig(dir string) *config {
	c := defaults()
	c.Data, c.Listen, c.AdminListen, c.Log.Level = dir, "127.0.0.1:0", "127.0.0.1:0", "warn"
	c.PublicURL = "http://127.0.0.1"
	c.Voices = map[string]voiceConfig{"silent": {Backend: "silent"}}
	c.Sites = map[string]siteConfig{benchSite: {Language: "en", SpokenDisclosure: "off"}}
	c.complete()
	return &c
}

// runBench starts everything and measures it.
func (a *app) runBench(ctx context.Context, f benchFlags, c *config) (r benchReport, err error) {
	h := a.resources(c)
	defer h.close(&err)
	v := &benchVoice{latency: f.latency}
	h.open, h.check, h.silent = v.openVoice, v.analysis, true
	if err := h.benchBroker(ctx, f.nodes); err != nil {
		return r, err
	}
	s, err := h.openServer(ctx, roles{worker: true})
	if err != nil {
		return r, err
	}
	cms, err := s.nats("cms")
	if err != nil {
		return r, err
	}
	b := &bench{server: s, flags: f, voice: v, cms: cms, done: make(chan lector.Job, f.articles)}
	s.worker.OnProgress = b.onProgress
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	err = runAll(ctx, s.run, func(ctx context.Context) error {
		r, err = b.measure(ctx)
		return err
	})
	return r, err
}

// benchBroker starts the NATS servers.
func (h *resources) benchBroker(ctx context.Context, nodes int) error {
	if nodes == 1 {
		return h.embedded(ctx)
	}
	cluster, err := nats.StartCluster(ctx, h.config.natsDir(), nodes, slog.New(slog.DiscardHandler)) // they complain until all have started
	if err != nil {
		return err
	}
	h.onClose(cluster.Close)
	access := cluster.Access()
	n := &h.config.NATS
	n.URL, n.User, n.Password, n.Replicas = maskedURL(access.URL), access.User, secret(access.Password), nodes
	conn, err := h.nats("setup")
	if err != nil {
		return err
	}
	return h.setup(ctx, conn, nodes)
}

// bench is one run.
type bench struct {
	*server
	flags benchFlags
	voice *benchVoice
	cms   *nats.Conn
	done  chan lector.Job
}

func (b *bench) onProgress(p worker.Progress) {
	if p.Stage == lector.StageDone {
		b.done <- p.Job
	}
}

// measure runs the articles one after the other, and then others at once.
func (b *bench) measure(ctx context.Context) (r benchReport, err error) {
	r = benchReport{Articles: b.flags.articles, Chunks: b.flags.chunks, Nodes: b.flags.nodes, Latency: b.flags.latency.Seconds()}
	if err := b.warmUp(ctx); err != nil {
		return r, err
	}
	before, err := b.conn.DurableWrites(ctx)
	if err != nil {
		return r, err
	}
	tried := b.conn.TriedWrites()
	all, above, err := b.oneByOne(ctx, "single", &r)
	if err != nil {
		return r, err
	}
	r.EventToAudio, r.AboveVoice = newPercentiles(all), newPercentiles(above)
	after, err := b.conn.DurableWrites(ctx)
	if err != nil {
		return r, err
	}
	r.DurableWrites = float64(after-before-(b.conn.TriedWrites()-tried)) / float64(b.flags.articles)
	b.voice.checks.Store(true)
	_, above, err = b.oneByOne(ctx, "checked", &r)
	b.voice.checks.Store(false)
	if err != nil {
		return r, err
	}
	r.Checked = newPercentiles(above)
	err = b.atOnce(ctx, &r)
	return r, err
}

// warmUp lets the first article pay for what is opened once.
func (b *bench) warmUp(ctx context.Context) error {
	if err := b.publish(ctx, "warm", 0); err != nil {
		return err
	}
	_, err := b.await(ctx)
	return err
}

// oneByOne returns how long each article of a series took, and how long without the voice.
func (b *bench) oneByOne(ctx context.Context, series string, r *benchReport) (all, above []time.Duration, err error) {
	for i := range b.flags.articles {
		spoken, start := b.voice.busy(), time.Now()
		if err := b.publish(ctx, series, i); err != nil {
			return nil, nil, err
		}
		j, err := b.await(ctx)
		if err != nil {
			return nil, nil, err
		}
		took := time.Since(start)
		all, above = append(all, took), append(above, took-(b.voice.busy()-spoken))
		r.Chunks = len(j.Chunks)
	}
	return all, above, nil
}

func (b *bench) atOnce(ctx context.Context, r *benchReport) error {
	start := time.Now()
	for i := range b.flags.articles {
		if err := b.publish(ctx, "many", i); err != nil {
			return err
		}
	}
	for range b.flags.articles {
		if _, err := b.await(ctx); err != nil {
			return err
		}
	}
	r.ArticlesPerSecond = float64(b.flags.articles) / time.Since(start).Seconds()
	return nil
}

// publish announces the numbered article of a series.
func (b *bench) publish(ctx context.Context, series string, i int) error {
	a := benchArticle(fmt.Sprintf("%s-%d", series, i), b.flags.chunks)
	_, err := b.cms.Publish(ctx, newEvent(lector.Published, a))
	return err
}

// await returns the next article that is announced.
func (b *bench) await(ctx context.Context) (lector.Job, error) {
	select {
	case j := <-b.done:
		if j.State != lector.Ready {
			return j, fmt.Errorf("article %s is %s: %s", j.Article, j.State, j.Reason)
		}
		return j, nil
	case <-ctx.Done():
		return lector.Job{}, context.Cause(ctx)
	}
}

func (a *app) printBench(r benchReport) error {
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "%d articles of %d chunks, voice %s, NATS servers: %d\n\n", r.Articles, r.Chunks, duration(r.Latency), r.Nodes)
	fmt.Fprintln(w, "one after the other\tmedian\t99 %\tlongest")
	for _, row := range []struct {
		name string
		p    percentiles
	}{{"event to audio", r.EventToAudio}, {"of it without the voice", r.AboveVoice}, {"the same, clips checked", r.Checked}} {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", row.name, duration(row.p.Median), duration(row.p.P99), duration(row.p.Longest))
	}
	fmt.Fprintf(w, "\nat once: articles a second\t%.1f\n", r.ArticlesPerSecond)
	fmt.Fprintf(w, "durable writes for an article\t%.1f\n", r.DurableWrites)
	return w.Flush()
}

// duration is a figure in seconds as a person reads it.
func duration(seconds float64) string {
	return time.Duration(seconds * float64(time.Second)).Round(100 * time.Microsecond).String()
}
