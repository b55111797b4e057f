// Package deploy_test tries the deployment files: what they configure is
// started, asked for what must work and for what must be refused.
package deploy_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"log/slog"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/conf"
	"github.com/nats-io/nats-server/v2/server"

	"lector"
	"lector/infra/limittest"
	"lector/infra/nats"
)

// natsServer starts a server whose passwords are ROLE-secret.
func natsServer(t *testing.T) (url string) {
	t.Helper()
	return startNATS(t, func(name string) string { return strings.ToLower(strings.Split(name, "_")[1]) + "-secret" })
}

// startNATS starts a server by nats.conf, on another port and directory.
func startNATS(t *testing.T, getenv func(string) string) (url string) {
	t.Helper()
	conf, err := os.ReadFile("nats.conf")
	if err != nil {
		t.Fatal(err)
	}
	// What the environment gives: an environment would keep the tests from running side by side.
	given := regexp.MustCompile(`\$NATS_\w+`).ReplaceAllStringFunc(string(conf), func(name string) string { return getenv(name[1:]) })
	opts := new(server.Options)
	if err := opts.ProcessConfigString(given); err != nil {
		t.Fatal(err)
	}
	if !opts.SyncAlways || !opts.JetStream || opts.StoreDir != "/data" {
		t.Errorf("sync always %v, JetStream %v in %s", opts.SyncAlways, opts.JetStream, opts.StoreDir)
	}
	if opts.HTTPHost != "127.0.0.1" {
		t.Errorf("the unauthenticated monitor listens on %q", opts.HTTPHost)
	}
	opts.Host, opts.Port, opts.HTTPPort, opts.StoreDir = "127.0.0.1", server.RANDOM_PORT, 0, t.TempDir()
	opts.NoSigs, opts.NoLog = true, true
	s, err := server.NewServer(opts)
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	limittest.Until(t, "the server takes connections", func() bool { return s.ReadyForConnections(time.Second) })
	return s.ClientURL()
}

// refusals is a log that can be asked what the server refused.
type refusals struct {
	mu  sync.Mutex
	log bytes.Buffer
	on  func(line string) // when not nil, it gets each line
}

func (r *refusals) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.on != nil {
		r.on(string(p))
	}
	return r.log.Write(p)
}

func (r *refusals) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.log.String()
}

// as connects in a role and fails the test if the server refuses anything.
func as(t *testing.T, url, role, user string) *nats.Conn {
	t.Helper()
	log := new(refusals)
	c := dial(t, url, role, user, log)
	t.Cleanup(func() {
		if said := log.String(); said != "" {
			t.Errorf("%s as %s: %s", user, role, said)
		}
	})
	return c
}

func dial(t *testing.T, url, role, user string, log io.Writer) *nats.Conn {
	t.Helper()
	c, err := nats.Connect(nats.Options{
		URL: url, User: user, Password: user + "-secret", Name: role, Log: slog.New(slog.NewTextHandler(log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func event(id string) lector.ArticleEvent {
	return lector.ArticleEvent{
		ID: id, Source: "test", Type: lector.Published, Time: time.Now(),
		Article: lector.Article{
			Site: "havana", ID: id, Revision: "1", Title: "T", Visibility: lector.Public,
			Body: lector.Body{ContentType: lector.Plain, Content: "x"},
		},
	}
}

// TestRolesSuffice does in each role what its part of an installation does.
func TestRolesSuffice(t *testing.T) {
	t.Parallel()
	url := natsServer(t)
	ctx := limittest.Context(t)
	for range 2 {
		if err := as(t, url, "setup", "setup").Setup(ctx, 1); err != nil {
			t.Fatal(err)
		}
	}
	first, err := as(t, url, "cms", "cms").Publish(ctx, event("one"))
	if err != nil {
		t.Fatal(err)
	}
	work(ctx, t, as(t, url, "worker", "worker"))
	pause(ctx, t, as(t, url, "ops", "ops"), as(t, url, "worker", "worker"))
	watch(ctx, t, as(t, url, "worker", "worker"), as(t, url, "doctor", "ops"))
	follow(ctx, t, as(t, url, "worker", "worker"))
	ask(ctx, t, as(t, url, "worker", "worker"), as(t, url, "ops", "ops"))
	replay(ctx, t, as(t, url, "ops", "ops"), as(t, url, "worker", "worker"))
	look(ctx, t, as(t, url, "ops", "ops"), first)
	if _, err := as(t, url, "cms", "ops").Publish(ctx, event("two")); err != nil { // publish -wait
		t.Fatal(err)
	}
	worker := as(t, url, "worker", "worker")
	sweep(ctx, t, worker)
	bury(ctx, t, worker)
	mend(ctx, t, as(t, url, "ops", "ops"), worker)
	end(ctx, t, as(t, url, "ops", "ops"))
}

// bury gives up the next event, as a worker does.
func bury(ctx context.Context, t *testing.T, c *nats.Conn) {
	t.Helper()
	queue, err := c.Queue(ctx)
	if err != nil {
		t.Fatal(err)
	}
	d, err := queue.Next(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Term(lector.ClassInput, "nobody can read it"); err != nil {
		t.Fatal(err)
	}
}

// sweep asks for all that a sweep looks at.
func sweep(ctx context.Context, t *testing.T, c *nats.Conn) {
	t.Helper()
	limittest.Until(t, "the queue has its event", func() bool { // which it learns behind the publisher
		q, err := c.QueueState(ctx)
		return err == nil && q.Waiting == 1 && !q.Oldest.IsZero()
	})
	if letters, err := c.DeadLetterCounts(ctx, func(lector.DeadLetter) bool { return false }); err != nil || len(letters) > 0 {
		t.Errorf("%v, %v", letters, err)
	}
	seen := 0
	for p, err := range c.EventPlaces(ctx, 0) {
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.StoredEvent(ctx, p.Sequence); err != nil {
			t.Error(err)
		}
		if dead, err := c.DeadLettered(ctx, p); dead || err != nil {
			t.Errorf("dead letter %v, %v", dead, err)
		}
		seen++
	}
	if seen != 2 {
		t.Errorf("%d articles", seen)
	}
}

// mend lists the dead letters, replays one and drops what comes of it.
func mend(ctx context.Context, t *testing.T, c, worker *nats.Conn) {
	t.Helper()
	for l, err := range c.DeadLetters(ctx, lector.DeadLetterQuery{Site: "havana"}) {
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.ReplayDeadLetter(ctx, l.ID, "replay-1", lector.Backfill); err != nil {
			t.Error(err)
		}
	}
	bury(ctx, t, worker)
	seen := 0
	for l, err := range c.DeadLetters(ctx, lector.DeadLetterQuery{}) {
		if err != nil {
			t.Fatal(err)
		}
		if err := c.DropDeadLetter(ctx, l.ID); err != nil {
			t.Error(err)
		}
		seen++
	}
	if seen != 1 {
		t.Errorf("%d dead letters", seen)
	}
}

// watch looks after NATS, as a worker and as the doctor.
func watch(ctx context.Context, t *testing.T, worker, doctor *nats.Conn) {
	t.Helper()
	w := worker.Watchdog(true)
	for range 2 {
		w.Check(ctx)
	}
	if err := w.Fault(); err != nil {
		t.Error(err)
	}
	if err := doctor.Diagnose(ctx); err != nil {
		t.Error(err)
	}
}

// pause pauses a voice as an operator, and reads that as a worker.
func pause(ctx context.Context, t *testing.T, ops, worker *nats.Conn) {
	t.Helper()
	p := lector.Pause{Kind: lector.PauseVoice, Name: "amy (neural)", Reason: "too dear", Since: time.Now()}
	for _, err := range []error{ops.Pauses().Set(ctx, p), worker.Pauses().Load(ctx)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if all, err := ops.Pauses().All(ctx); err != nil || len(all) != 1 || all[0].Reason != p.Reason {
		t.Errorf("paused %v, %v", all, err)
	}
	if err := ops.Pauses().Remove(ctx, p); err != nil {
		t.Error(err)
	}
}

// end cancels a job as an operator.
func end(ctx context.Context, t *testing.T, c *nats.Conn) {
	t.Helper()
	ledger, err := c.JobStore(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.Save(ctx, lector.Job{ID: "cancelled", Site: "havana", State: lector.Cancelled}, 0); err != nil {
		t.Error(err)
	}
}

// work does what a worker does with one event.
func work(ctx context.Context, t *testing.T, c *nats.Conn) {
	t.Helper()
	if err := c.Ping(ctx); err != nil {
		t.Fatal(err)
	}
	queue, err := c.Queue(ctx)
	if err != nil {
		t.Fatal(err)
	}
	d, err := queue.Next(ctx)
	if err != nil || d.Err != nil {
		t.Fatal(err, d.Err)
	}
	if err := d.InProgress(); err != nil {
		t.Fatal(err)
	}
	leases, err := c.Leases(ctx, "worker-1")
	if err != nil {
		t.Fatal(err)
	}
	held, release, err := leases.Hold(ctx, "havana."+d.Event.Article.Key())
	if err != nil {
		t.Fatal(err)
	}
	write(held, t, c, d.Event.Article)
	release()
	bePresent(ctx, t, c, leases)
	if err := d.Ack(ctx); err != nil {
		t.Fatal(err)
	}
}

// bePresent says that the worker is there, as the console of another one reads it.
func bePresent(ctx context.Context, t *testing.T, c *nats.Conn, leases *nats.Leases) {
	t.Helper()
	there, leave := context.WithCancel(ctx)
	left := make(chan error, 1)
	go func() { left <- leases.Present(there, lector.WorkerPresence{Name: "worker-1"}) }()
	limittest.Until(t, "the worker is there", func() bool { all, err := c.Workers(ctx); return err == nil && len(all) == 1 })
	leave()
	if err := <-left; err != nil {
		t.Error(err)
	}
}

func write(ctx context.Context, t *testing.T, c *nats.Conn, a lector.Article) {
	t.Helper()
	ledger, err := c.JobStore(ctx)
	if err != nil {
		t.Fatal(err)
	}
	j := lector.Job{ID: a.Key(), Site: a.Site, Article: a.ID, State: lector.Running}
	version, err := ledger.Save(ctx, j, 0)
	if err != nil {
		t.Fatal(err)
	}
	j.State = lector.Ready
	if _, err := ledger.Save(ctx, j, version); err != nil {
		t.Fatal(err)
	}
	if _, _, err := ledger.Job(ctx, a.Site, a.Key()); err != nil {
		t.Fatal(err)
	}
	e := lector.AudioEvent{ID: "ready-1", Type: lector.AudioReady, Time: time.Now(), Site: a.Site, Article: a.ID, Key: a.Key()}
	if err := c.Announce(ctx, e); err != nil {
		t.Fatal(err)
	}
}

// follow watches the jobs, as a worker's index does.
func follow(ctx context.Context, t *testing.T, c *nats.Conn) {
	t.Helper()
	ledger, err := c.JobStore(ctx)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	seen := 0
	if err := ledger.Follow(ctx, func(lector.Job) { seen++ }, func(string) {}, cancel); !errors.Is(err, context.Canceled) || seen != 1 {
		t.Errorf("%d jobs are followed: %v", seen, err)
	}
}

// ask has a worker answer an operator.
func ask(ctx context.Context, t *testing.T, worker, ops *nats.Conn) {
	t.Helper()
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan error)
	go func() { done <- worker.AnswerJobs(ctx, oneJob{}) }()
	limittest.Until(t, "a worker answers", func() bool {
		total, jobs, err := ops.FindJobs(ctx, lector.JobFilter{}, 0)
		return err == nil && total == 1 && len(jobs) == 1
	})
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// replay has an operator record a replay and a worker carry it out.
func replay(ctx context.Context, t *testing.T, ops, worker *nats.Conn) {
	t.Helper()
	records, err := ops.Replays(ctx)
	if err != nil {
		t.Fatal(err)
	}
	ref := lector.JobRef{Site: "havana", ID: event("one").Article.Key()}
	if err := records.Create(ctx, lector.Replay{ID: "replay-x", State: lector.ReplayRunning}, []lector.JobRef{ref}); err != nil {
		t.Fatal(err)
	}
	at, err := worker.Replays(ctx)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := at.Follow(ctx, func(lector.Replay) { cancel() }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	ctx = context.WithoutCancel(ctx)
	r, version, err := at.Replay(ctx, "replay-x")
	if err != nil {
		t.Fatal(err)
	}
	for listed, err := range at.List(ctx, r.ID, 0) {
		if err != nil || listed != ref {
			t.Errorf("listed %v, %v", listed, err)
		}
	}
	e, sequence, err := worker.NewestEvent(ctx, ref)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := worker.Event(ctx, sequence); err != nil {
		t.Error(err)
	}
	if _, err := worker.PublishAfter(ctx, e, sequence+1); !errors.Is(err, lector.ErrConflict) {
		t.Errorf("published although there is a newer one: %v", err)
	}
	if _, err := at.Save(ctx, r, version); err != nil {
		t.Error(err)
	}
	if all, err := records.All(ctx); err != nil || len(all) != 1 {
		t.Errorf("%d replays, %v", len(all), err)
	}
}

// oneJob is an index of one job.
type oneJob struct{}

func (oneJob) Complete() bool { return true }

func (oneJob) Select(lector.JobFilter, int) (int, iter.Seq[lector.Job]) {
	return 1, slices.Values([]lector.Job{{ID: "k"}})
}

// look does what an operator does.
func look(ctx context.Context, t *testing.T, c *nats.Conn, sequence uint64) {
	t.Helper()
	if e, err := c.Event(ctx, sequence); err != nil || e.Article.ID != "one" {
		t.Errorf("event: %+v, %v", e, err)
	}
	ledger, err := c.JobStore(ctx)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for j, err := range ledger.Jobs(ctx) {
		if err != nil || j.State != lector.Ready {
			t.Errorf("job: %+v, %v", j, err)
		}
		seen++
	}
	if seen != 1 {
		t.Errorf("%d jobs are listed", seen)
	}
	for e, err := range c.Announcements(ctx, "havana", "") {
		if err != nil || e.Article != "one" {
			t.Errorf("audio event: %+v, %v", e, err)
		}
		break
	}
}

// TestListeningRoles counts as a publisher does, reads it as an operator, and erases it.
func TestListeningRoles(t *testing.T) {
	t.Parallel()
	url := natsServer(t)
	ctx := limittest.Context(t)
	if err := as(t, url, "setup", "setup").Setup(ctx, 1); err != nil {
		t.Fatal(err)
	}
	for _, user := range []string{"publisher", "worker"} {
		l, err := as(t, url, user, user).Listening(ctx)
		if err == nil {
			err = l.AddListening(ctx, "havana", "k", "2026-11-23", user, lector.NewListening(0, []int{0}))
		}
		if err != nil {
			t.Fatal(user, err)
		}
	}
	for _, user := range []string{"ops", "worker"} {
		l, err := as(t, url, user, user).Listening(ctx)
		if err != nil {
			t.Fatal(user, err)
		}
		n := 0
		for a, err := range l.SiteListening(ctx, "havana") {
			if n += a.Since(time.Time{}).Plays; err != nil {
				t.Error(user, err)
			}
		}
		if one, err := l.ArticleListening(ctx, "havana", "k"); err != nil || one.Since(time.Time{}).Plays != 2 || n != 2 {
			t.Errorf("%s sees %d plays, of the article %+v, %v", user, n, one, err)
		}
	}
}

// TestSiteSettingsRoles: the console changes them as a worker, a terminal only reads them.
func TestSiteSettingsRoles(t *testing.T) {
	t.Parallel()
	url := natsServer(t)
	ctx := limittest.Context(t)
	if err := as(t, url, "setup", "setup").Setup(ctx, 1); err != nil {
		t.Fatal(err)
	}
	change := lector.SiteSettings{Site: "havana"}.With(lector.RuleOff{Rule: "tag.table"})
	console := as(t, url, "worker", "worker").SiteSettings()
	if err := console.Change(ctx, change); err != nil {
		t.Fatal(err)
	}
	if err := console.Change(ctx, change.Without("tag.table")); !errors.Is(err, lector.ErrConflict) {
		t.Errorf("over another version: %v", err)
	}
	for _, user := range []string{"ops", "worker"} {
		if s, err := as(t, url, user, user).SiteSettings().Site(ctx, "havana"); err != nil || len(s.RulesOff) != 1 {
			t.Errorf("%s sees %+v, %v", user, s, err)
		}
	}
}

// TestRolesAreNarrow asks in each role for what is none of its business.
func TestRolesAreNarrow(t *testing.T) {
	t.Parallel()
	url := natsServer(t)
	if err := as(t, url, "setup", "setup").Setup(limittest.Context(t), 1); err != nil {
		t.Fatal(err)
	}
	audio := lector.AudioEvent{ID: "x", Type: lector.AudioReady, Time: time.Now(), Site: "havana", Article: "1", Key: "k"}
	for name, test := range map[string]struct {
		user string
		try  func(context.Context, *nats.Conn) error
	}{
		"a cms announces audio": {"cms", func(ctx context.Context, c *nats.Conn) error { return c.Announce(ctx, audio) }},
		"a cms asks for jobs": {"cms", func(ctx context.Context, c *nats.Conn) error {
			_, _, err := c.FindJobs(ctx, lector.JobFilter{}, 0)
			return err
		}},
		"a cms reads jobs":      {"cms", func(ctx context.Context, c *nats.Conn) error { _, err := c.JobStore(ctx); return err }},
		"a worker sets up":      {"worker", func(ctx context.Context, c *nats.Conn) error { return c.Setup(ctx, 1) }},
		"an operator announces": {"ops", func(ctx context.Context, c *nats.Conn) error { return c.Announce(ctx, audio) }},
		"an operator makes streams": {"ops", func(ctx context.Context, c *nats.Conn) error { // a setup finds all in shape, and makes none
			return c.Recreate(ctx, 1, []nats.Loss{{Stream: "ARTICLES"}})
		}},
		"a cms reads dead letters": {"cms", func(ctx context.Context, c *nats.Conn) error { _, err := c.DeadLetter(ctx, 1); return err }},
		"a worker drops letters":   {"worker", func(ctx context.Context, c *nats.Conn) error { return c.DropDeadLetter(ctx, 1) }},
		"an operator takes work":   {"ops", takeWork},
		"a cms counts plays":       {"cms", func(ctx context.Context, c *nats.Conn) error { _, err := c.Listening(ctx); return err }},
		"a publisher reads jobs":   {"publisher", func(ctx context.Context, c *nats.Conn) error { _, err := c.JobStore(ctx); return err }},
		"a publisher announces":    {"publisher", func(ctx context.Context, c *nats.Conn) error { return c.Announce(ctx, audio) }},
		"an operator switches rules off": {"ops", func(ctx context.Context, c *nats.Conn) error {
			return c.SiteSettings().Change(ctx, lector.SiteSettings{Site: "havana"})
		}},
		"a worker pauses": {"worker", func(ctx context.Context, c *nats.Conn) error {
			return c.Pauses().Set(ctx, lector.Pause{Kind: lector.PauseSite, Name: "havana"})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(limittest.Context(t))
			defer cancel()
			// Nothing answers what is refused: the refusal itself ends the wait.
			log := &refusals{on: func(line string) {
				if strings.Contains(strings.ToLower(line), "permissions violation") {
					cancel()
				}
			}}
			if err := test.try(ctx, dial(t, url, test.user, test.user, log)); err == nil {
				t.Error("it may")
			} else if errors.Is(err, lector.ErrNotFound) {
				t.Error(err)
			}
			if !strings.Contains(strings.ToLower(log.String()), "permissions violation") {
				t.Errorf("the log does not name the reason: %q", log)
			}
		})
	}
}

func takeWork(ctx context.Context, c *nats.Conn) error {
	queue, err := c.Queue(ctx)
	if err == nil {
		_, err = queue.Next(ctx)
	}
	return err
}

// TestRolesForSubjects compares what an operator is told with what the roles may.
func TestRolesForSubjects(t *testing.T) {
	t.Parallel()
	conf, err := os.ReadFile("nats.conf")
	if err != nil {
		t.Fatal(err)
	}
	opts := new(server.Options)
	if err := opts.ProcessConfigString(regexp.MustCompile(`\$NATS_\w+`).ReplaceAllString(string(conf), "x")); err != nil {
		t.Fatal(err)
	}
	for _, subject := range []string{
		"article.v1.havana.k", "audio.v1.havana.k", "ask.v1.jobs", "usage.v1.havana.k", "deadletter.v1.article.v1.havana.k", "$KV.jobs.havana.k",
		"$KV.pauses.lane.backfill", "$KV.budgets.havana", "$JS.API.CONSUMER.CREATE.KV_pauses.x", "$JS.API.CONSUMER.DELETE.KV_pauses.x", "$JS.API.STREAM.INFO.KV_pauses",
		"$JS.ACK.ARTICLES.lector.1.2.3.4.5", "$JS.API.STREAM.CREATE.ARTICLES", "$JS.API.STREAM.PURGE.ARTICLES", "$JS.API.STREAM.DELETE.AUDIO",
		"$JS.API.STREAM.MSG.DELETE.DEADLETTER", "$JS.API.STREAM.MSG.DELETE.ARTICLES", "$JS.API.STREAM.MSG.GET.DEADLETTER", "$JS.API.CONSUMER.CREATE.ARTICLES.lector", "$JS.API.CONSUMER.RESET.ARTICLES.lector",
		"$JS.API.CONSUMER.INFO.ARTICLES.withdrawals", "$JS.API.STREAM.PURGE.DEADLETTER", "$JS.API.STREAM.CREATE.KV_leases", "$JS.API.STREAM.DELETE.KV_leases",
		"$JS.API.STREAM.MSG.GET.KV_jobs", "$JS.API.STREAM.MSG.GET.KV_budgets", "$JS.API.STREAM.MSG.GET.AUDIO", "$JS.API.STREAM.MSG.GET.USAGE",
		"$JS.API.CONSUMER.INFO.ARTICLES.lector", "$JS.API.CONSUMER.MSG.NEXT.ARTICLES.lector", "$JS.API.CONSUMER.DELETE.ARTICLES.lector",
		"$JS.API.CONSUMER.CREATE.KV_jobs.x.$KV.jobs.>", "$JS.API.CONSUMER.DELETE.KV_jobs.x", "$JS.FC.KV_jobs.x.y",
		"$KV.replays.replay.x", "$JS.API.CONSUMER.CREATE.KV_replays.x.y", "$JS.API.CONSUMER.DELETE.KV_replays.x", "$JS.FC.KV_replays.x.y", "$JS.API.STREAM.MSG.GET.KV_replays", "$KV.reconcile.s.mark", "$JS.API.STREAM.MSG.GET.KV_reconcile",
		"$JS.API.CONSUMER.CREATE.DEADLETTER.x", "$JS.API.STREAM.INFO.OTHER", "something.else",
		"audit.v1.replay", "$KV.access.abc", "$JS.API.CONSUMER.CREATE.AUDIT.x.y", "$JS.API.CONSUMER.DELETE.AUDIT.x", "$JS.API.STREAM.INFO.AUDIT", "$JS.API.STREAM.INFO.KV_access", "$JS.API.STREAM.MSG.GET.KV_access", "$JS.API.STREAM.PURGE.AUDIT",
		"$JS.API.CONSUMER.CREATE.ARTICLES.sweep.article.v1.>", "$JS.API.CONSUMER.DELETE.ARTICLES.floor", "$JS.API.CONSUMER.MSG.NEXT.ARTICLES.sweep",
		"$KV.settings.havana", "$JS.API.STREAM.INFO.KV_settings", "$JS.API.STREAM.MSG.GET.KV_settings", "$JS.API.CONSUMER.CREATE.KV_settings.x.y",
		"$JS.API.CONSUMER.DELETE.KV_settings.x", "$JS.FC.KV_settings.x.y",
		"$KV.listening.havana.k", "$JS.API.STREAM.INFO.KV_listening", "$JS.API.STREAM.MSG.GET.KV_listening", "$JS.API.CONSUMER.CREATE.KV_listening.x.y",
		"$JS.API.CONSUMER.DELETE.KV_listening.x", "$JS.FC.KV_listening.x.y", "_INBOX_publisher.x.1",
		"notify.v1.havana.cms.k", "$JS.API.CONSUMER.CREATE.AUDIO.notify", "$JS.API.CONSUMER.INFO.AUDIO.notify", "$JS.API.CONSUMER.MSG.NEXT.NOTIFY.notify",
		"$JS.API.CONSUMER.CREATE.NOTIFY.notify", "$JS.API.CONSUMER.INFO.NOTIFY.notify", "$JS.API.CONSUMER.MSG.NEXT.AUDIO.notify",
		"_INBOX_setup.x.1", "_INBOX_cms.x.1", "_INBOX_worker.x.1", "_INBOX_ops.x.1", "_INBOX_doctor.x.1",
	} {
		var may []string
		for _, u := range opts.Users {
			allowed := slices.Concat(u.Permissions.Publish.Allow, u.Permissions.Subscribe.Allow)
			if slices.ContainsFunc(allowed, func(allowed string) bool { return matches(subject, allowed) }) {
				may = append(may, u.Username)
			}
		}
		told := slices.Sorted(slices.Values(nats.RolesFor(subject)))
		if slices.Sort(may); !slices.Equal(told, may) {
			t.Errorf("%s: told %v, but %v may", subject, told, may)
		}
	}
}

// matches reports whether a subject is one of those that a pattern means.
func matches(subject, pattern string) bool {
	tokens, wanted := strings.Split(subject, "."), strings.Split(pattern, ".")
	for i, w := range wanted {
		if w == ">" {
			return len(tokens) > i
		}
		if i >= len(tokens) || w != "*" && w != tokens[i] {
			return false
		}
	}
	return len(tokens) == len(wanted)
}

func TestNATSWantsPasswords(t *testing.T) {
	t.Parallel()
	if _, set := os.LookupEnv("NATS_CMS_PASSWORD"); set {
		t.Skip("the environment has one")
	}
	if _, err := server.ProcessConfigFile("nats.conf"); err == nil || !strings.Contains(err.Error(), "PASSWORD") {
		t.Errorf("without passwords: %v", err)
	}
}

// TestPasswordsOfAnyKind: NATS reads a variable of its environment as it reads a value in
// its file, and a password may look like a number.
func TestPasswordsOfAnyKind(t *testing.T) {
	t.Parallel()
	for _, password := range []string{"$1", "12345678", "5k", "1.50", "yes", "-Qt5oP6reqJ", "4-a", "2026-11-29", "ab,cd", "a]b", "a b", "#ab"} {
		read := 0
		for name, value := range servicesWith(t, password)["nats"].Environment {
			variable, err := conf.Parse("password = " + value)
			if err != nil {
				t.Errorf("%s, %s: %v", password, name, err)
				continue
			}
			if got, isText := variable["password"].(string); !isText || password != "$1" && got != password {
				t.Errorf("%s: %s is read as %v", password, name, variable["password"])
			}
			read++
		}
		if read != 5 {
			t.Errorf("%s: %d passwords of 5", password, read)
		}
	}
}
