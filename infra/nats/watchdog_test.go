package nats

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"lector"
	"lector/infra/limittest"
)

// startOther starts a NATS server of somebody else.
func startOther(t *testing.T, o *server.Options) *server.Server {
	t.Helper()
	o.Host, o.Port, o.JetStream, o.NoSigs, o.NoLog = "127.0.0.1", server.RANDOM_PORT, true, true, true
	if o.StoreDir == "" {
		o.StoreDir = t.TempDir()
	}
	s, err := server.NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { shutdown(s) })
	limittest.Until(t, "the server takes connections", func() bool { return s.ReadyForConnections(time.Second) })
	return s
}

func dialOther(t *testing.T, o Options) *Conn {
	t.Helper()
	o.Log = slog.New(slog.DiscardHandler)
	if o.Name == "" {
		o.Name = "test"
	}
	c, err := Connect(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// lookTwice looks until the same was found twice in a row.
func lookTwice(t *testing.T, w *Watchdog) error {
	t.Helper()
	w.Check(t.Context())
	w.Check(t.Context())
	return w.Fault()
}

// untilFault looks until a fault has a text, and returns it.
func untilFault(t *testing.T, w *Watchdog, text string) error {
	t.Helper()
	limittest.Until(t, "a fault: "+text, func() bool {
		w.Check(t.Context())
		return w.Fault() != nil && strings.Contains(w.Fault().Error(), text)
	})
	return w.Fault()
}

// untilWell looks until there is no fault.
func untilWell(t *testing.T, w *Watchdog) {
	t.Helper()
	limittest.Until(t, "no fault", func() bool {
		w.Check(t.Context())
		return w.Fault() == nil
	})
}

func TestConsumerIsMadeAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.Watchdog(true)
	publish(t, b.Conn, event("0", "a"))
	if err := next(t, b.Conn).Ack(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := lookTwice(t, w); err != nil {
		t.Fatalf("all is well, and it finds %v", err)
	}
	if err := b.js.DeleteConsumer(t.Context(), articles, consumer); err != nil {
		t.Fatal(err)
	}
	if err := b.Diagnose(t.Context()); err == nil || !strings.Contains(err.Error(), "consumer lector is gone") || lector.HintOf(err) == "" {
		t.Errorf("diagnosed %v", err)
	}
	publish(t, b.Conn, event("1", "a"))
	untilWell(t, w)
	if d := next(t, b.Conn); d.Event.Article.ID != "1" {
		t.Errorf("delivered %+v", d)
	}
	if err := b.Diagnose(t.Context()); err != nil {
		t.Errorf("diagnosed %v", err)
	}
}

// TestTakedownWhileItsConsumerIsGone publishes a takedown while the consumer for what is
// urgent is not there: whoever makes it again has it hand the takedown out, and what
// was settled before not once more. Its shape stays when setup runs again.
func TestTakedownWhileItsConsumerIsGone(t *testing.T) {
	t.Parallel()
	for name, makeAgain := range map[string]func(b *testServer, seen *Watchdog) error{
		"by a worker that has seen it": func(_ *testServer, seen *Watchdog) error { untilWell(t, seen); return nil },
		"by a worker that has not":     func(b *testServer, _ *Watchdog) error { untilWell(t, b.Watchdog(false)); return nil },
		"by setup":                     func(b *testServer, _ *Watchdog) error { return b.Setup(limittest.Context(t), 1) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			isUrgent := func(e lector.ArticleEvent) bool { return e.Type.Withdraws() }
			u, err := b.Urgent(t.Context(), isUrgent)
			if err != nil {
				t.Fatal(err)
			}
			settled := event("a", "1")
			settled.Type = lector.Unpublished
			n := publish(t, b.Conn, settled)
			if d := nextUrgent(t, u); d.Sequence != n || d.Ack(t.Context()) != nil {
				t.Fatalf("delivered %+v", d)
			}
			save(t, b.Conn, "a", lector.Job{Sequence: n, State: lector.Removed})
			w := b.Watchdog(false)
			limittest.Until(t, "the acknowledgement is seen", func() bool {
				w.Check(t.Context())
				floor, _ := w.floors.Load(urgent)
				return floor == n
			})
			if err := b.js.DeleteConsumer(t.Context(), articles, urgent); err != nil {
				t.Fatal(err)
			}
			publish(t, b.Conn, event("b", "1"))
			takedown := event("b", "2")
			takedown.Type = lector.Unpublished
			n = publish(t, b.Conn, takedown)
			publish(t, b.Conn, event("c", "1"))
			if err := errors.Join(makeAgain(b, w), b.Setup(limittest.Context(t), 1)); err != nil {
				t.Fatal(err)
			}
			if d := nextUrgent(t, u); d.Sequence != n {
				t.Errorf("delivered %+v, want the takedown at %d", d.Event, n)
			}
		})
	}
}

// nextUrgent waits for the next urgent event.
func nextUrgent(t *testing.T, u *UrgentQueue) (next lector.Delivery) {
	t.Helper()
	limittest.Until(t, "an urgent event", func() bool {
		if err := u.Fetch(limittest.Context(t), 1, func(d lector.Delivery) { next = d }); err != nil {
			t.Log(err)
		}
		return next.Acknowledger != nil
	})
	return next
}

// TestConsumerCannotBeMadeAgain has a worker whose role may not create anything.
func TestConsumerCannotBeMadeAgain(t *testing.T) {
	t.Parallel()
	narrow := &server.SubjectPermission{Deny: []string{"$JS.API.CONSUMER.CREATE.>"}}
	s := startOther(t, &server.Options{Users: []*server.User{
		{Username: "setup", Password: "s"}, {Username: "worker", Password: "w", Permissions: &server.Permissions{Publish: narrow}},
	}})
	admin := dialOther(t, Options{URL: s.ClientURL(), User: "setup", Password: "s"})
	if err := admin.Setup(limittest.Context(t), 1); err != nil {
		t.Fatal(err)
	}
	w := dialOther(t, Options{URL: s.ClientURL(), User: "worker", Password: "w"}).Watchdog(false)
	untilWell(t, w)
	if err := admin.js.DeleteConsumer(t.Context(), articles, consumer); err != nil {
		t.Fatal(err)
	}
	w.answer = time.Second
	err := untilFault(t, w, "cannot be made again")
	if !strings.Contains(err.Error(), "the NATS user worker may not use $JS.API.CONSUMER.CREATE.ARTICLES.lector") ||
		!strings.Contains(lector.HintOf(err), "lector setup") {
		t.Errorf("%v, hint %q", err, lector.HintOf(err))
	}
	if err := admin.Setup(limittest.Context(t), 1); err != nil {
		t.Fatal(err)
	}
	w.answer = answerTime
	untilWell(t, w)
}

func TestNotSetUpIsDiagnosed(t *testing.T) {
	t.Parallel()
	c := dialOther(t, Options{URL: startOther(t, &server.Options{}).ClientURL()})
	if err := c.Diagnose(t.Context()); err == nil || !strings.Contains(lector.HintOf(err), "lector setup") {
		t.Errorf("%v, hint %q", err, lector.HintOf(err))
	}
}

func TestStreamIsNotMadeAgain(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"stream ARTICLES", "stream AUDIO", "bucket jobs"} {
		b := setup(t)
		w := b.Watchdog(false)
		untilWell(t, w)
		kind, bare, _ := strings.Cut(name, " ")
		if kind == "bucket" {
			bare = "KV_" + bare
		}
		if err := b.js.DeleteStream(t.Context(), bare); err != nil {
			t.Fatal(err)
		}
		if w.Check(t.Context()); w.Fault() != nil {
			t.Errorf("%s: one look is enough for %v", name, w.Fault())
		}
		err := untilFault(t, w, name+" is gone")
		if !strings.Contains(lector.HintOf(err), "lector setup") {
			t.Errorf("%s: hint %q", name, lector.HintOf(err))
		}
		if err := b.Diagnose(t.Context()); err == nil || !strings.Contains(err.Error(), name+" is gone") {
			t.Errorf("%s: diagnosed %v", name, err)
		}
		if _, err := b.js.Stream(t.Context(), bare); !errors.Is(err, jetstream.ErrStreamNotFound) {
			t.Errorf("%s is there again: %v", name, err)
		}
		if err := b.Setup(limittest.Context(t), 1); err != nil {
			t.Fatal(err)
		}
		untilWell(t, w)
	}
}

// TestLeasesThatDoNotAnswer asks a bucket for an answer in no time, as one without a
// leader would give none.
func TestLeasesThatDoNotAnswer(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.Watchdog(false)
	now := time.Now()
	w.now = func() time.Time { return now }
	untilWell(t, w)
	l, err := b.Leases(t.Context(), "w")
	if err != nil {
		t.Fatal(err)
	}
	w.answer = 0 // nothing answers in no time
	look := func(after time.Duration) error {
		now = now.Add(after)
		return errors.Join(w.checkLeases(t.Context())...)
	}
	for _, after := range []time.Duration{0, leaseTTL, leaseTTL - time.Second} {
		if err := look(after); err == nil || !strings.Contains(err.Error(), "bucket leases does not answer") || lector.HintOf(err) == "" {
			t.Errorf("after %v: %v", after, err)
		}
	}
	if _, err := b.js.Stream(t.Context(), "KV_"+leases); err != nil {
		t.Fatalf("it is removed too early: %v", err)
	}
	if err := look(time.Second); err == nil {
		t.Error("it answers in no time")
	}
	w.answer = answerTime
	if _, err := b.js.Stream(t.Context(), "KV_"+leases); !errors.Is(err, jetstream.ErrStreamNotFound) {
		t.Errorf("it is still there: %v", err)
	}
	if err := look(0); err != nil {
		t.Errorf("a bucket that is not there is a finding: %v", err)
	}
	_, release, err := l.Hold(t.Context(), "article.x")
	if err != nil {
		t.Fatalf("no lease afterwards: %v", err)
	}
	release()
	if err := look(0); err != nil {
		t.Error(err)
	}
}

func TestStall(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 11, 28, 8, 0, 0, 0, time.UTC)
	var s stall
	for i, step := range []struct {
		pending   uint64
		waiting   int
		delivered uint64
		paused    bool
		after     time.Duration // since the beginning
		want      time.Duration
	}{
		{0, 4, 7, false, 0, 0},
		{3, 4, 7, false, time.Minute, 0},
		{3, 4, 7, false, time.Minute + 9*time.Second, 9 * time.Second},
		{3, 4, 8, false, time.Minute + 10*time.Second, 0}, // one was delivered
		{3, 4, 8, false, 2 * time.Minute, 50 * time.Second},
		{3, 0, 8, false, 3 * time.Minute, 0}, // all workers are busy
		{3, 1, 8, false, 4 * time.Minute, 0},
		{3, 1, 8, true, 5 * time.Minute, 0}, // an operator wanted that
		{0, 1, 8, false, 6 * time.Minute, 0},
	} {
		info := &jetstream.ConsumerInfo{NumPending: step.pending, NumWaiting: step.waiting, Paused: step.paused, Delivered: jetstream.SequenceInfo{Consumer: step.delivered}}
		if got := s.observe(info, began.Add(step.after)); got != step.want {
			t.Errorf("step %d: %v, want %v", i, got, step.want)
		}
	}
}

func TestStallIsAFault(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 28, 8, 0, 0, 0, time.UTC)
	w := &Watchdog{now: func() time.Time { return now }, stalls: map[string]*stall{}}
	k, info := watchedConsumers()[0], &jetstream.ConsumerInfo{NumPending: 3, NumWaiting: 1}
	if err := w.checkStall(k, info); err != nil {
		t.Errorf("at once: %v", err)
	}
	now = now.Add(stallTime)
	if err := w.checkStall(k, info); err == nil || !strings.Contains(err.Error(), "3 events wait") || lector.HintOf(err) == "" {
		t.Errorf("later: %v", err)
	}
	if err := w.checkStall(k, nil); err != nil {
		t.Errorf("without an answer: %v", err)
	}
}

func TestWrites(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 28, 8, 0, 0, 0, time.UTC)
	w := newWrites()
	w.now = func() time.Time { return now }
	if !w.suspect(true) || w.suspect(false) || len(w.faults()) > 0 {
		t.Error("before any write")
	}
	w.note(audio, nil)
	w.note(audio, context.Canceled)
	w.note(audio, fmt.Errorf("update: %w", jetstream.ErrKeyExists))
	if w.suspect(true) || len(w.faults()) > 0 {
		t.Error("after a write that was confirmed")
	}
	for name, err := range map[string]error{
		"no answer": context.DeadlineExceeded, "no stream": jetstream.ErrNoStreamResponse, "no room": &jetstream.APIError{Code: 503},
		"full": &jetstream.APIError{Code: 400, ErrorCode: maxBytesReached},
	} {
		w.note(audio, fmt.Errorf("publish: %w", err))
		if faults := w.faults(); !w.suspect(false) || len(faults) != 1 || !strings.Contains(faults[0].Error(), "AUDIO") {
			t.Errorf("%s: %v", name, faults)
		}
	}
	now = now.Add(2 * forgetAfter)
	if len(w.faults()) != 1 {
		t.Error("forgotten although nothing was confirmed since")
	}
	w.note(usage, nil)
	if len(w.faults()) != 0 || w.suspect(false) {
		t.Error("remembered although the server writes again")
	}
	now = now.Add(probeInterval)
	if !w.suspect(true) || w.suspect(false) {
		t.Error("after a silence")
	}
}

func TestStreamOf(t *testing.T) {
	t.Parallel()
	for subject, want := range map[string]string{
		"article.v1.havana.k": articles, "audio.v1.havana.k": audio, "usage.v1.a.b": usage, "deadletter.v1.article.v1.a.b": deadLetters,
		"$KV.jobs.havana.k": "KV_jobs", "other.subject": "other.subject",
	} {
		if got := streamOf(subject); got != want {
			t.Errorf("%s: %s, want %s", subject, got, want)
		}
	}
}

// TestWritesAreNoted asks a real server through the connection that all use.
func TestWritesAreNoted(t *testing.T) {
	t.Parallel()
	b := setup(t)
	publish(t, b.Conn, event("1", "a"))
	kv, err := b.js.KeyValue(t.Context(), budgets)
	if err != nil {
		t.Fatal(err)
	}
	version, err := kv.Create(t.Context(), "k", []byte("a"))
	if err == nil {
		_, err = kv.Update(t.Context(), "k", []byte("b"), version)
	}
	if err == nil {
		_, err = kv.Put(t.Context(), "k", []byte("c"))
	}
	if err != nil || b.writes.suspect(true) {
		t.Errorf("%v; suspect %v", err, b.writes.suspect(true))
	}
	if err := b.js.DeleteStream(t.Context(), audio); err != nil {
		t.Fatal(err)
	}
	if _, err := b.js.PublishMsg(t.Context(), nats.NewMsg("audio.v1.a.b"), jetstream.WithRetryAttempts(0)); err == nil {
		t.Fatal("published into nothing")
	}
	if faults := b.writes.faults(); len(faults) != 1 {
		t.Errorf("%v", faults)
	}
}

// TestGroupWithoutLeader stops two of three servers.
func TestGroupWithoutLeader(t *testing.T) {
	t.Parallel()
	nodes := startCluster(t, 3)
	c := dialNode(t, nodes[0])
	limittest.Until(t, "the cluster can be set up", func() bool { return c.Setup(t.Context(), 3) == nil })
	w := c.Watchdog(true)
	w.answer = time.Second
	untilWell(t, w)
	shutdown(nodes[1].server)
	shutdown(nodes[2].server)
	limittest.Until(t, "a fault", func() bool { w.Check(t.Context()); return w.Fault() != nil })
	if err := w.Fault(); lector.HintOf(err) == "" {
		t.Errorf("%v has no hint", err)
	}
	t.Log(w.Fault())
}

// startCluster starts servers that know each other.
func startCluster(t *testing.T, n int) []*Embedded {
	t.Helper()
	c, err := StartCluster(t.Context(), t.TempDir(), n, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c.nodes
}

func dialNode(t *testing.T, e *Embedded) *Conn {
	t.Helper()
	a := e.Access()
	return dialOther(t, Options{URL: a.URL, User: a.User, Password: a.Password})
}
