package nats

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"lector"
	"lector/infra/limittest"
)

// watchPauses runs what a worker runs until the test ends.
func watchPauses(t *testing.T, c *Conn) *Pauses {
	t.Helper()
	p := c.Pauses()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); p.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	return p
}

// exercisePauses pauses and resumes through one connection and watches through another.
func exercisePauses(t *testing.T, ops, worker *Conn) {
	t.Helper()
	seen := watchPauses(t, worker)
	want := lector.Pause{Kind: lector.PauseVoice, Name: "amy (neural).*", Reason: "too dear", Since: time.Now().UTC()}
	other := lector.Pause{Kind: lector.PauseLane, Name: "backfill"}
	for _, p := range []lector.Pause{want, other} {
		if err := ops.Pauses().Set(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	limittest.Until(t, "both are seen", func() bool {
		p, voice := seen.Paused(want.Kind, want.Name)
		_, lane := seen.Paused(other.Kind, other.Name)
		return voice && lane && p.Reason == want.Reason && p.Since.Equal(want.Since)
	})
	if err := ops.Pauses().Create(t.Context(), lector.Pause{Kind: lector.PauseLane, Name: "backfill", Who: "another"}); !errors.Is(err, lector.ErrExists) {
		t.Errorf("paused twice: %v", err)
	}
	if _, paused := seen.Paused(lector.PauseSite, "backfill"); paused {
		t.Error("a site is paused by the name of a lane")
	}
	if err := ops.Pauses().Remove(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	limittest.Until(t, "it is resumed", func() bool {
		_, paused := seen.Paused(want.Kind, want.Name)
		return !paused
	})
	if err := ops.Pauses().Create(t.Context(), want); err != nil {
		t.Errorf("paused again after it was resumed: %v", err)
	}
	if err := ops.Pauses().Remove(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	if all, err := ops.Pauses().All(t.Context()); err != nil || len(all) != 1 || all[0].Name != "backfill" {
		t.Errorf("left %v, %v", all, err)
	}
}

func TestPauses(t *testing.T) {
	t.Parallel()
	b := setup(t)
	exercisePauses(t, b.Conn, b.Conn)
}

func TestPausesOfACluster(t *testing.T) {
	t.Parallel()
	nodes := startCluster(t, 3)
	ops, worker := dialNode(t, nodes[0]), dialNode(t, nodes[2])
	limittest.Until(t, "the cluster can be set up", func() bool { return ops.Setup(t.Context(), 3) == nil })
	exercisePauses(t, ops, worker)
}

// TestPausesOfAnOlderSetup: workers do their work without the bucket, and an operator
// is told what to do.
func TestPausesOfAnOlderSetup(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if err := b.js.DeleteKeyValue(t.Context(), pauses); err != nil {
		t.Fatal(err)
	}
	if err := b.Pauses().Load(t.Context()); !strings.Contains(lector.HintOf(err), "lector setup") {
		t.Errorf("%v, hint %q", err, lector.HintOf(err))
	}
	if err := lookTwice(t, b.Watchdog(true)); err != nil {
		t.Errorf("the watchdog finds %v", err)
	}
	if err := b.Diagnose(t.Context()); err == nil || !strings.Contains(err.Error(), "bucket pauses is not there") || lector.HintOf(err) == "" {
		t.Errorf("the doctor finds %v", err)
	}
	if losses, err := b.Losses(t.Context()); err != nil || len(losses) > 0 {
		t.Errorf("lost %v, %v", losses, err)
	}
	if err := b.Setup(limittest.Context(t), 1); err != nil {
		t.Fatal(err)
	}
	if err := b.Pauses().Load(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestUrgentFetch: the second consumer hands out what is urgent, however much else
// comes, and acknowledges the rest.
func TestUrgentFetch(t *testing.T) {
	t.Parallel()
	b := setup(t)
	u, err := b.Urgent(t.Context(), func(e lector.ArticleEvent) bool { return e.Lane == lector.Breaking })
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		publish(t, b.Conn, event("other", time.Now().String()))
	}
	e := event("storm", "a")
	e.Lane = lector.Breaking
	n := publish(t, b.Conn, e)
	ctx, cancel := context.WithCancel(limittest.Context(t))
	defer cancel()
	var got []lector.Delivery
	for ctx.Err() == nil {
		err := u.Fetch(ctx, 64, func(d lector.Delivery) {
			got = append(got, d)
			cancel()
		})
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Log(err)
		}
	}
	if len(got) != 1 || got[0].Sequence != n {
		t.Fatalf("got %+v", got)
	}
	if err := got[0].Ack(t.Context()); err != nil {
		t.Fatal(err)
	}
	limittest.Until(t, "all are acknowledged", func() bool {
		k, err := b.js.Consumer(t.Context(), articles, urgent)
		return err == nil && k.CachedInfo().NumAckPending == 0 && k.CachedInfo().NumPending == 0
	})
}

func TestNewestEvent(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := event("1", "a")
	if _, _, err := b.NewestEvent(t.Context(), lector.JobRef{Site: e.Article.Site, ID: e.Article.Key()}); !errors.Is(err, lector.ErrNotFound) {
		t.Errorf("without events: %v", err)
	}
	publish(t, b.Conn, e)
	later := event("1", "b")
	later.Article.UpdatedAt = time.Now().Add(time.Hour)
	n := publish(t, b.Conn, later)
	got, sequence, err := b.NewestEvent(t.Context(), lector.JobRef{Site: e.Article.Site, ID: e.Article.Key()})
	if err != nil || sequence != n || got.Article.Revision != "b" || got.Article.UpdatedAt.After(time.Now().Add(time.Minute)) {
		t.Errorf("event %d %+v, %v", sequence, got.Article, err)
	}
	of := lector.JobRef{Site: e.Article.Site, ID: e.Article.Key()}
	if got, sequence, err := b.NewerEvent(t.Context(), of, n-1); err != nil || sequence != n || got.Article.Revision != "b" {
		t.Errorf("newer than the first: event %d %+v, %v", sequence, got.Article, err)
	}
	if _, _, err := b.NewerEvent(t.Context(), of, n); !errors.Is(err, lector.ErrNotFound) {
		t.Errorf("newer than the newest: %v", err)
	}
}

// TestPausesRefused: a server with an older nats.conf does not let a worker see what is
// paused. It is asked once, and the hint says what to do.
func TestPausesRefused(t *testing.T) {
	t.Parallel()
	s := startOther(t, &server.Options{Users: []*server.User{{Username: "admin", Password: "a"}, {
		Username: "worker", Password: "w", Permissions: &server.Permissions{Publish: &server.SubjectPermission{Deny: []string{"$JS.API.STREAM.INFO.KV_pauses"}}},
	}}})
	admin := dialOther(t, Options{URL: s.ClientURL(), User: "admin", Password: "a"})
	if err := admin.Setup(limittest.Context(t), 1); err != nil {
		t.Fatal(err)
	}
	c := dialOther(t, Options{URL: s.ClientURL(), User: "worker", Password: "w"})
	p := c.Pauses()
	ctx, cancel := context.WithCancel(t.Context())
	go func() { _ = p.Load(ctx) }()
	limittest.Until(t, "the server refuses it", func() bool { return c.refusals.newest() != "" })
	cancel() // the answer never comes
	if err := p.Load(t.Context()); !strings.Contains(lector.HintOf(err), "infra/deploy/nats.conf") {
		t.Errorf("%v, hint %q", err, lector.HintOf(err))
	}
}
