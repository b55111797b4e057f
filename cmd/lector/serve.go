package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"lector"
	"lector/infra/nats"
	"lector/infra/observe"
	"lector/publisher"
	"lector/publisher/console"
	"lector/publisher/intake"
	"lector/publisher/listening"
	"lector/worker"
	"lector/worker/jobindex"
	"lector/worker/replay"
)

// runAll runs its parts until the first of them fails or ctx ends, and waits for
// the others.
func runAll(ctx context.Context, parts ...func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wait sync.WaitGroup
	errs := make([]error, len(parts))
	for i, part := range parts {
		wait.Go(func() {
			defer cancel()
			errs[i] = part(ctx)
		})
	}
	wait.Wait()
	return errors.Join(errs...)
}

// roles are the parts that a process runs.
type roles struct{ worker, publisher bool }

// server is what serve, worker and publisher run.
type server struct {
	*resources
	store       store
	conn        *nats.Conn
	watchdog    *nats.Watchdog
	jobs        *nats.JobStore
	index       *jobindex.Index // of the jobs; nil: this process has no worker
	metrics     *observe.Metrics
	public      *httpServer
	admin       *httpServer
	worker      *worker.Worker
	replays     *replay.Runner // nil: this process has no worker
	planner     *replay.Planner
	sweeper     *worker.Sweeper
	hooks       http.Handler       // takes webhooks; nil: no site has any
	listening   *listening.Counter // nil: nothing is counted here
	console     http.Handler       // the operators' pages; nil: this process has none
	callLog     *callLog           // how calls to voices went; nil: this process has no worker
	live        *console.Live      // keeps open pages up to date; nil: there are none
	homePage    http.Handler       // answers paths that the publisher does not serve
	leases      *nats.Leases       // nil: this process has no worker
	comparisons *comparisons       // nil: no site names a source
	clips       *deletedClips      // nil: this process has no worker
	notifying   *notifying         // nil: no site names an address, or this process has no worker

	reread     atomic.Pointer[config]          // settings that were read again; nil: those of the start hold
	narrators  atomic.Pointer[worker.Narrator] // the one that holds now; nil: this process has no worker
	requests   *publisher.RequestTracer        // nil: requests of listeners are not traced
	site       replaceableHandler              // what the public HTTP server answers
	hookEvents intake.Publisher                // of events of webhooks; nil: this process takes none
	reloaded   reloadState
}

// openServer opens all that the roles need, so that faults are reported before any
// work begins.
func (h *resources) openServer(ctx context.Context, r roles) (*server, error) {
	s := &server{resources: h, metrics: observe.NewMetrics()}
	for _, open := range []func(context.Context, roles) error{s.openTraces, s.openHTTP, s.openStore, s.openBroker, s.openWorker, s.openHooks, s.openListening, s.openConsole} {
		if err := open(ctx, r); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *server) openHTTP(_ context.Context, r roles) (err error) {
	if err := s.checkTokens(r); err != nil {
		return err
	}
	if s.admin, err = s.openAdmin(); err != nil {
		return err
	}
	s.onClose(s.admin.close)
	if !r.publisher {
		return nil
	}
	if s.public, err = listenHTTP("listen", s.config.Listen, nil, s.log); err != nil {
		return err
	}
	s.onClose(s.public.close)
	if s.config.PublicURL == "" {
		s.config.PublicURL = s.public.url()
	}
	return nil
}

// openAdmin opens the server for health and metrics. Several processes on one
// machine would ask for the same default address: all but the first take any.
func (s *server) openAdmin() (*httpServer, error) {
	handler := adminHandler(s.ready, s.reloaded.note, s.guard(), s.metrics.Registry, func() http.Handler { return s.console })
	d, err := listenHTTP("admin_listen", s.config.AdminListen, handler, s.log)
	if err == nil || s.config.AdminListen != defaults().AdminListen {
		return d, err
	}
	s.log.Warn("the default admin address is in use: another port is taken", "taken", s.config.AdminListen)
	return listenHTTP("admin_listen", "127.0.0.1:0", handler, s.log)
}

func (s *server) openStore(ctx context.Context, r roles) (err error) {
	if s.store, err = s.resources.store(ctx); err != nil {
		return err
	}
	if err := s.store.Ping(ctx); err != nil || !r.worker {
		return err
	}
	// What an earlier process could not store goes there before NATS is asked: while
	// that is away no worker can start, and another one may want the answers.
	s.answers = s.answersIn(s.store)
	if err := s.answers.Ready(ctx); err != nil {
		s.log.Warn("answers of an earlier process stay in the spool for now", "error", err)
	}
	return nil
}

func (s *server) openBroker(ctx context.Context, r roles) (err error) {
	if !r.worker {
		return nil // the publisher needs the store, and for webhooks a connection of its own
	}
	if s.conn, err = s.nats("worker"); err != nil {
		return err
	}
	s.watchdog = s.conn.Watchdog(s.broker == nil)
	s.watchdog.MakeConsumers(ctx)
	s.jobs, err = s.conn.JobStore(ctx)
	s.index = jobindex.New()
	return err
}

func (s *server) openWorker(ctx context.Context, r roles) error {
	if !r.worker {
		return nil
	}
	queue, err := s.conn.Queue(ctx)
	if err != nil {
		return err
	}
	name := workerName()
	leases, err := s.conn.Leases(ctx, name)
	if err != nil {
		return err
	}
	if s.metering, err = s.shared(ctx, s.conn, leases); err != nil {
		return err
	}
	s.pauses = s.openPauses(ctx)
	s.siteSettings = s.openSiteSettings(ctx)
	s.callLog = newCallLog(s.metrics)
	s.metering.calls = s.callLog
	s.metrics.Declare(slices.Sorted(maps.Keys(s.config.Sites)), slices.Sorted(maps.Keys(s.config.Voices)))
	narrator, err := s.narrator(ctx, s.store)
	if err != nil {
		return err
	}
	s.narrators.Store(narrator)
	urgent, err := s.conn.Urgent(ctx, func(e lector.ArticleEvent) bool { return s.narrators.Load().Urgent(e) })
	if err != nil {
		return err
	}
	s.clips = &deletedClips{store: s.store, log: s.log}
	s.worker = &worker.Worker{
		Name: name, Queue: queue, Urgent: urgent, Pauses: s.pauses,
		Events: s.conn, Teasers: s.conn, Eraser: s.conn, Clips: s.clips, Edits: leases, EditWait: s.config.Worker.EditWait,
		Jobs: s.jobs, Leases: leases, Announcer: s.conn, Store: worker.StorageErrors(s.store),
		Narrator: narrator, Addresses: s.config.addresses(), UsageLedger: s.metering.history, Budgets: s.metering.lost, Log: s.log, Tracer: s.tracer,
		ConcurrentJobs: s.config.Worker.ConcurrentJobs, Heartbeat: nats.AckWait / 4, OnProgress: s.onProgress,
	}
	s.sweeper = &worker.Sweeper{
		Events: s.conn, History: s.conn, Jobs: s.jobs, Leases: leases, Announcer: s.conn, Trimmer: s.conn, Log: s.log,
		OnFound: s.onFound, OnSweep: s.metrics.Sweep,
		Files: &worker.MissingFiles{Ready: s.index, Jobs: s.jobs, Store: s.worker.Store, Log: s.log, OnLook: s.onFiles},
	}
	s.leases = leases
	if err := errors.Join(s.openComparisons(ctx), s.openNotifying(ctx)); err != nil {
		return err
	}
	return s.openReplays(ctx, leases)
}

// openReplays opens what carries replays out, twice as many articles at once as the
// worker reads, so that none of it waits for the next.
func (s *server) openReplays(ctx context.Context, leases *nats.Leases) error {
	records, err := s.conn.Replays(ctx)
	if err != nil {
		return err
	}
	atOnce := 2 * max(1, s.worker.ConcurrentJobs)
	s.replays = &replay.Runner{
		Name: s.worker.Name, Replays: records, Jobs: s.jobs, Events: s.conn, Leases: leases, Index: s.index, Estimator: s.worker, Log: s.log, AtOnce: atOnce,
	}
	s.planner = &replay.Planner{Jobs: s.index, Events: s.conn, Estimator: s.worker, Reader: s.worker, AtOnce: atOnce}
	return nil
}

// openPauses reads what is paused. Where that cannot be read nothing is, until it can.
func (s *server) openPauses(ctx context.Context) *nats.Pauses {
	p := s.conn.Pauses()
	if err := s.conn.Explain(p.Load(ctx)); err != nil {
		s.log.Warn("pauses cannot be read: nothing is paused in this process", "error", err, "hint", lector.HintOf(err))
	}
	return p
}

// openSiteSettings reads what the console has set for sites. Where that cannot be read
// the file of settings alone holds, until it can.
func (s *server) openSiteSettings(ctx context.Context) *nats.SiteSettings {
	all := s.conn.SiteSettings()
	if err := s.conn.Explain(all.Load(ctx)); err != nil {
		s.log.Warn("what the console has set for sites cannot be read: none of it holds here", "error", err, "hint", lector.HintOf(err))
	}
	return all
}

// onProgress counts what the worker does.
func (s *server) onProgress(p worker.Progress) {
	if counted := p.Job; p.Stage == lector.StageDone {
		counted.Site = s.siteLabel(counted.Site)
		s.metrics.Job(counted, p.Announced)
	}
	s.logStep(p)
}

// logStep logs a step with what each line of a job has.
func (s *server) logStep(p worker.Progress) {
	if !s.log.Enabled(context.Background(), slog.LevelDebug) {
		return
	}
	var attempt lector.Attempt
	if n := len(p.Job.Attempts); n > 0 {
		attempt = p.Job.Attempts[n-1]
	}
	line := []any{
		"site", p.Job.Site, "job", p.Job.ID, "article", p.Job.Article, "revision", p.Job.Revision, "attempt", attempt.Number,
		"stage", p.Stage, "done", p.Done, "total", p.Total, "note", p.Note,
	}
	if trace := lector.ParseTraceContext(attempt.Trace, "").ID(); trace != "" {
		line = append(line, "trace", trace)
	}
	s.log.Debug("step", line...)
}

func (s *server) publisherConfig(c *config, hooks http.Handler) publisher.Config {
	sites := map[string]publisher.Site{}
	for name, site := range c.Sites {
		told := site.publisherSite()
		told.Listening = told.Listening && s.listening != nil
		sites[name] = told
	}
	return publisher.Config{
		Listening: s.listeningHandler(),
		Store:     s.store, ServeObjects: c.Store.PublicURL == "", AudioURL: c.audioURL(),
		PublicURL: s.config.PublicURL, Sites: sites, Hooks: hooks, Fallback: s.homePage, Log: s.log, Requests: s.requests,
	}
}

// ready reports what is missing for the work.
func (s *server) ready(ctx context.Context) error {
	if s.store == nil {
		return errors.New("starting")
	}
	for _, c := range s.readyChecks() {
		if err := c.ask(ctx); err != nil {
			return err
		}
	}
	return nil
}

// readyCheck asks for one thing that the process needs.
type readyCheck struct {
	name string // in the metrics
	ask  healthCheck
}

// readyChecks are those of what the process has. The publisher needs the store only.
func (s *server) readyChecks() (all []readyCheck) {
	all = append(all, readyCheck{"store", func(ctx context.Context) error { return withPrefix("store", s.store.Ping(ctx)) }})
	if s.answers != nil {
		all = append(all, readyCheck{"store_writes", func(context.Context) error { return withPrefix("store: it takes nothing", s.answers.Down()) }})
	}
	if s.broker != nil {
		all = append(all, readyCheck{"broker", func(context.Context) error { return s.broker.Healthy() }})
	}
	if s.watchdog != nil {
		all = append(all, readyCheck{"nats", s.conn.Ping}, readyCheck{"streams", func(context.Context) error { return s.watchdog.Fault() }})
	}
	return all
}

// withPrefix says what an error is about; nil stays nil.
func withPrefix(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

// run works until ctx ends.
func (s *server) run(ctx context.Context) error {
	parts := []func(context.Context) error{s.admin.serve}
	if s.public != nil {
		s.site.set(publisher.New(s.publisherConfig(s.config, s.hooks)))
		s.public.handler = &s.site
		if s.config.Store.Kind == "disk" { // which nobody waits for
			s.public.direct = s.publisherConfig(s.config, nil).Direct
		}
		parts = append(parts, s.public.serve)
	}
	if s.listening != nil {
		parts = append(parts, func(ctx context.Context) error { s.listening.Run(ctx); return nil })
	}
	if s.worker != nil {
		parts = append(parts, s.work)
	}
	if s.pauses != nil {
		parts = append(parts, func(ctx context.Context) error { s.pauses.Run(ctx); return nil })
	}
	if s.siteSettings != nil {
		parts = append(parts, func(ctx context.Context) error { s.siteSettings.Run(ctx); return nil })
	}
	if s.sweeper != nil {
		parts = append(parts,
			func(ctx context.Context) error { s.sweeper.Run(ctx); return nil },
			func(ctx context.Context) error { s.worker.WorkOn(ctx, s.sweeper, s.worker.ConcurrentJobs); return nil })
	}
	parts = append(parts, func(ctx context.Context) error { s.measure(ctx, measureInterval); return nil })
	if s.index != nil {
		parts = append(parts,
			func(ctx context.Context) error { s.index.Run(ctx, s.jobs, s.log); return nil },
			func(ctx context.Context) error { return s.conn.AnswerJobs(ctx, s.index) })
	}
	if s.live != nil {
		parts = append(parts, s.keepPagesUpToDate)
	}
	if s.replays != nil {
		parts = append(parts,
			func(ctx context.Context) error { s.replays.Run(ctx); return nil },
			func(ctx context.Context) error { return s.conn.AnswerPlans(ctx, s.planner.Plan) })
	}
	if s.comparisons != nil {
		for _, r := range s.comparisons.sites {
			parts = append(parts, func(ctx context.Context) error { return s.compare(ctx, r) })
		}
	}
	if s.clips != nil {
		parts = append(parts, s.clips.run)
	}
	if s.notifying != nil {
		parts = append(parts, s.notify)
	}
	if s.answers != nil {
		parts = append(parts, func(ctx context.Context) error { s.answers.Run(ctx); return nil })
	}
	if s.watchdog != nil {
		parts = append(parts, func(ctx context.Context) error { s.watchdog.Run(ctx); return nil })
	}
	return runAll(ctx, parts...)
}

// work has the worker work until ctx ends and what it has begun is given back or done.
// Until then it is said that it is there.
func (s *server) work(ctx context.Context) error {
	if s.leases == nil { // in tests
		s.worker.Run(ctx)
		return nil
	}
	there, leave := context.WithCancel(context.WithoutCancel(ctx))
	left := make(chan error, 1)
	go func() {
		left <- s.leases.Present(there, lector.WorkerPresence{Name: s.worker.Name, Version: release(), Started: time.Now().UTC()})
	}()
	s.worker.Run(ctx)
	leave()
	return <-left
}

const serveHelp = `Runs everything in one process: NATS with JetStream on disk, a worker, and the
public HTTP server with player, audio and embed pages. For more than one machine, set
nats.url and store.kind: s3 and run lector publisher and lector worker instead.

  lector serve -data /var/lib/lector

The CMS publishes to NATS (see nats.listen), or uses lector publish. Ctrl-C or
SIGTERM ends it in order: what is under way is given back and goes on at the
next start, and what was spoken is not spoken again. A second one ends it at once.

Settings and the keys of voices are read again when their files change, or by SIGHUP;
docs/tasks.md says which of them need a restart.`

const workerHelp = `Takes article events from NATS and makes the audio. Any number of workers may
share the work. It needs nats.url (LECTOR_NATS_URL), streams that lector setup
has made, and a store that the publisher sees too.`

const publisherHelp = `Answers listeners: player, embed pages, manifests and, where the store has no
public address of its own, the audio. It needs the store only; to take the webhooks
of a CMS and to count how articles are listened to it needs NATS too, in the role
publisher.`

func (a *app) serve(ctx context.Context, args []string) error {
	return a.runRoles(ctx, "serve", args, roles{worker: true, publisher: true})
}

func (a *app) worker(ctx context.Context, args []string) error {
	return a.runRoles(ctx, "worker", args, roles{worker: true})
}

func (a *app) publisher(ctx context.Context, args []string) error {
	return a.runRoles(ctx, "publisher", args, roles{publisher: true})
}

// publisherGCPercent is the GOGC of a process that only serves. It holds a few megabytes,
// and would collect them a dozen times a second under load.
const publisherGCPercent = 400

// collectLess sets publisherGCPercent, unless the environment says something.
func collectLess() {
	if _, isSet := os.LookupEnv("GOGC"); !isSet {
		debug.SetGCPercent(publisherGCPercent)
	}
}

// readingGCPercent is the GOGC of a worker until it has read all jobs. What reading leaves
// behind is several times what is kept: with 100,000 jobs this takes 80 MB off the peak.
const readingGCPercent = 40

// manyJobs is how many jobs keep readingGCPercent. What lists and plans leave behind would
// be as large as the index.
const manyJobs = 50_000

// collectOften sets readingGCPercent, unless more is collected anyway or nothing is to be,
// and returns what ends it unless there are many jobs.
func collectOften(jobs func() int) (end func()) {
	before := debug.SetGCPercent(readingGCPercent)
	if before < readingGCPercent { // -1 is off
		debug.SetGCPercent(before)
	}
	return func() {
		if jobs() < manyJobs {
			debug.SetGCPercent(before)
		}
	}
}

// runRoles is the body of serve, worker and publisher.
func (a *app) runRoles(ctx context.Context, name string, args []string, r roles) (err error) {
	fs := a.flags(name)
	set := a.settings(fs)
	if r.publisher {
		fs.StringVar(&set.listen, "listen", "", "answer on `ADDRESS` (default :8080)")
	}
	if err := a.parseFlags(fs, args); err != nil {
		return err
	}
	c, err := a.load(set)
	if err != nil {
		return err
	}
	again := a.reloader(set, c)
	h := a.resources(c)
	defer h.close(&err)
	if r.worker {
		h.beginOpening(ctx)
	}
	if r.worker && r.publisher {
		if err := h.embedded(ctx); err != nil {
			return err
		}
	}
	if !r.worker {
		collectLess()
	}
	s, err := h.openServer(ctx, r)
	if err != nil {
		return err
	}
	if s.index != nil {
		s.index.OnComplete = collectOften(s.index.Len)
	}
	again.apply, again.report = s.applySettings, s.reportReload
	if !r.publisher && c.PublicURL == "" {
		s.log.Warn("public_url is not set: the addresses in events are valid on this machine only", "address", c.publicURL(),
			"hint", "set LECTOR_PUBLIC_URL to where listeners reach lector publisher")
	}
	s.log.Info("ready", "command", name, "public", s.publicAddress(), "admin", s.admin.url(), "nats", c.natsAddress(), "store", c.Store.Kind)
	start := time.Now()
	err = runAll(ctx, s.run, again.run, s.afterStart)
	s.log.Info("stopped", "after", time.Since(start).Round(time.Second))
	return err
}

// afterStart does what a start does not wait for.
func (s *server) afterStart(ctx context.Context) error {
	s.warnOfMissingAudio(ctx)
	<-ctx.Done()
	return nil
}

func (s *server) publicAddress() string {
	if s.public == nil {
		return "none"
	}
	return s.public.url()
}

// natsAddress is the NATS server as it may be printed.
func (c *config) natsAddress() string {
	if c.NATS.URL == "" {
		return "embedded"
	}
	return c.NATS.URL.String()
}
