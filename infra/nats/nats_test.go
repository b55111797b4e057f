package nats

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"lector"
	"lector/infra/limittest"
)

// testServer is a real server with everything set up, and a connection to it.
type testServer struct {
	*Conn
	dir    string
	server *Embedded
}

func setup(t *testing.T) *testServer {
	t.Helper()
	return setupIn(t, filepath.Join(t.TempDir(), "nats"))
}

func setupIn(t *testing.T, dir string) *testServer {
	t.Helper()
	e, err := Start(dir, "127.0.0.1:0", nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	c := dial(t, dir)
	if err := c.Setup(limittest.Context(t), 1); err != nil {
		t.Fatal(err)
	}
	return &testServer{c, dir, e}
}

func dial(t *testing.T, dir string) *Conn {
	t.Helper()
	a, err := ReadAccess(dir)
	if err != nil {
		t.Fatal(err)
	}
	c, err := Connect(Options{URL: a.URL, User: a.User, Password: a.Password, Name: "test", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func event(id, revision string) lector.ArticleEvent {
	return lector.ArticleEvent{
		ID: id + "-" + revision, Source: "test", Type: lector.Published, Time: time.Now(),
		Article: lector.Article{Site: "havana", ID: id, Revision: revision, Title: "T", Visibility: lector.Public,
			Body: lector.Body{ContentType: lector.Plain, Content: "x"}},
	}
}

func publish(t *testing.T, c *Conn, e lector.ArticleEvent) uint64 {
	t.Helper()
	n, err := c.Publish(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func next(t *testing.T, c *Conn) lector.Delivery {
	t.Helper()
	q, err := c.Queue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return nextOf(t, q)
}

// nextOf asks again where the broker does not answer, as a worker does: on a
// busy machine a heartbeat may be missed.
func nextOf(t *testing.T, q *Queue) lector.Delivery {
	t.Helper()
	ctx := limittest.Context(t)
	for {
		d, err := q.Next(ctx)
		if err == nil {
			return d
		}
		if ctx.Err() != nil {
			t.Fatal(err)
		}
		t.Log(err)
	}
}

func TestEventIsDeliveredAndAcknowledged(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := event("1", "a")
	e.Replay = "r1"
	n := publish(t, b.Conn, e)
	if again := publish(t, b.Conn, e); again != n {
		t.Errorf("the same event twice: places %d and %d", n, again)
	}
	d := next(t, b.Conn)
	if d.Err != nil || d.Sequence != n || d.Count != 1 || d.Event.Article.Revision != "a" || d.Event.Replay != "r1" {
		t.Fatalf("delivered %+v", d)
	}
	if err := d.Nak(0); err != nil {
		t.Fatal(err)
	}
	if d = next(t, b.Conn); d.Count != 2 {
		t.Errorf("given back, it came with count %d, want 2", d.Count)
	}
	if err := d.Ack(t.Context()); err != nil {
		t.Fatal(err)
	}
	got, err := b.Event(t.Context(), n)
	if err != nil || got.Article.ID != "1" {
		t.Errorf("read again: %+v, %v", got, err)
	}
	if _, err := b.Event(t.Context(), 99); !errors.Is(err, lector.ErrNotFound) {
		t.Errorf("an event that never was: %v", err)
	}
}

func TestPendingIsRedeliveredAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	publish(t, b.Conn, event("1", "a"))
	publish(t, b.Conn, event("2", "a"))
	if d := next(t, b.Conn); d.Event.Article.ID != "1" {
		t.Fatalf("first came %+v", d)
	}
	if err := b.RedeliverPending(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"1", "2"} { // long before the acknowledgement wait
		d := next(t, b.Conn)
		if d.Event.Article.ID != id {
			t.Errorf("came %+v, want %s", d, id)
		}
		if err := d.Ack(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if err := b.RedeliverPending(t.Context()); err != nil { // nothing is open
		t.Error(err)
	}
	publish(t, b.Conn, event("3", "a"))
	if d := next(t, b.Conn); d.Event.Article.ID != "3" {
		t.Errorf("settled events came again: %+v", d)
	}
}

func TestLeasesOutliveTheServer(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "nats")
	quiet := slog.New(slog.DiscardHandler)
	first, err := Start(dir, "127.0.0.1:0", nil, quiet)
	if err != nil {
		t.Fatal(err)
	}
	c := dial(t, dir)
	if err := c.Setup(limittest.Context(t), 1); err != nil {
		t.Fatal(err)
	}
	l, err := c.Leases(t.Context(), "dead")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := l.Hold(t.Context(), "article.x"); err != nil { // never freed
		t.Fatal(err)
	}
	if err := errors.Join(c.Close(), first.Close()); err != nil {
		t.Fatal(err)
	}
	second, err := Start(dir, "127.0.0.1:0", nil, quiet)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	again := dial(t, dir) // without a setup, as a worker has it
	next, err := again.Leases(t.Context(), "next")
	if err != nil {
		t.Fatal(err)
	}
	if err := again.RedeliverPending(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, release, err := next.Hold(t.Context(), "article.x")
	if err != nil {
		t.Fatalf("after a restart: %v", err)
	}
	release()
}

// TestKilledServerIsNotThere: a process that was killed leaves its address.
func TestKilledServerIsNotThere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	e := Embedded{file: filepath.Join(dir, accessFile), access: Access{URL: "nats://" + l.Addr().String()}}
	if err := e.writeAccess(); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadAccess(dir); err != nil {
		t.Errorf("while it runs: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadAccess(dir); !errors.Is(err, lector.ErrNotFound) {
		t.Errorf("after its death: %v", err)
	}
}

func TestRefusedEventIsKept(t *testing.T) {
	t.Parallel()
	b := setup(t)
	m := nats.NewMsg(lector.ArticleSubject("havana", "x"))
	m.Data = []byte("garbage")
	if _, err := b.js.PublishMsg(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	d := next(t, b.Conn)
	if d.Err == nil || !lector.IsPermanent(d.Err) {
		t.Fatalf("garbage was decoded: %+v", d)
	}
	if err := d.Term(lector.ClassInput, d.Err.Error()); err != nil {
		t.Fatal(err)
	}
	s, err := b.js.Stream(t.Context(), deadLetters)
	if err != nil {
		t.Fatal(err)
	}
	letter, err := s.GetMsg(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if string(letter.Data) != "garbage" || !strings.Contains(letter.Header.Get(reasonHeader), "CloudEvent") {
		t.Errorf("dead letter %q %v", letter.Data, letter.Header)
	}
}

func TestPublishRefuses(t *testing.T) {
	t.Parallel()
	b := setup(t)
	big := event("big", "a")
	big.Article.Body.Content = strings.Repeat("x", 1<<20)
	noSite := event("1", "a")
	noSite.Article.Site = "no site"
	script := event("2", "b")
	script.Article.URL = "javascript:alert(1)"
	for name, e := range map[string]lector.ArticleEvent{"too big": big, "bad site": noSite, "bad url": script} {
		if _, err := b.Publish(t.Context(), e); !lector.IsPermanent(err) {
			t.Errorf("%s: %v, want a permanent error", name, err)
		}
	}
}

func TestQueueEndsWithItsContext(t *testing.T) {
	t.Parallel()
	b := setup(t)
	q, err := b.Queue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := q.Next(ctx)
		ended <- err
	}()
	limittest.Until(t, "the worker waits for an event", func() bool {
		info, err := q.consumer.Info(t.Context())
		return err == nil && info.NumWaiting > 0
	})
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	// What comes after the worker stopped waiting reaches the next one.
	publish(t, b.Conn, event("1", "a"))
	if d := next(t, b.Conn); d.Event.Article.ID != "1" {
		t.Errorf("got %+v", d)
	}
}

// TestParkedEventsLetOthersPass has as many events put off as a site has whose
// budget is used up.
func TestParkedEventsLetOthersPass(t *testing.T) {
	t.Parallel()
	b := setup(t)
	q, err := b.Queue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range 300 {
		publish(t, b.Conn, event(fmt.Sprint("poor", i), "a"))
		if err := nextOf(t, q).Nak(time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	publish(t, b.Conn, event("rich", "a"))
	if d := nextOf(t, q); d.Event.Article.ID != "rich" {
		t.Errorf("%+v", d.Event.Article)
	}
}

func TestJobStoreComparesAndSets(t *testing.T) {
	t.Parallel()
	b := setup(t)
	l, err := b.JobStore(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	key := lector.Key("havana", "1")
	if _, _, err := l.Job(ctx, "havana", key); !errors.Is(err, lector.ErrNotFound) {
		t.Fatalf("no record: %v", err)
	}
	j := lector.Job{ID: key, Site: "havana", State: lector.Running}
	v, err := l.Save(ctx, j, 0)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := l.Save(ctx, j, 0); err != nil || again != v {
		t.Errorf("the same write twice, as after a lost answer: version %d, %v", again, err)
	}
	j.State = lector.Ready
	v2, err := l.Save(ctx, j, v)
	if err != nil {
		t.Fatal(err)
	}
	j.State = lector.Failed
	for _, stale := range []uint64{0, v} {
		if _, err := l.Save(ctx, j, stale); !errors.Is(err, lector.ErrConflict) {
			t.Errorf("write over version %d: %v", stale, err)
		}
	}
	got, v3, err := l.Job(ctx, "havana", key)
	if err != nil || got.State != lector.Ready || v3 != v2 {
		t.Errorf("read %+v %d %v", got, v3, err)
	}
}

func TestJobStoreListsAndWatches(t *testing.T) {
	t.Parallel()
	b := setup(t)
	l, err := b.JobStore(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	save := func(id string, state lector.State, version uint64) uint64 {
		v, err := l.Save(t.Context(), lector.Job{ID: lector.Key("havana", id), Site: "havana", Article: id, State: state}, version)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for j, err := range l.Jobs(t.Context()) {
		t.Fatalf("an empty ledger yields %v %v", j, err)
	}
	for i := range 5 {
		save(fmt.Sprint(i), lector.Ready, 0)
	}
	n := 0
	for _, err := range l.Jobs(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 5 {
		t.Errorf("%d jobs, want 5", n)
	}
	v := save("w", lector.Running, 0)
	for j, err := range l.Watch(limittest.Context(t), "havana", lector.Key("havana", "w")) {
		if err != nil {
			t.Fatal(err)
		}
		if j.State == lector.Ready {
			break
		}
		save("w", lector.Ready, v)
	}
}

// TestWatchThatBreaksOff has a connection closed under a watch: who watches must not take
// that for the end of all changes.
func TestWatchThatBreaksOff(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	setupIn(t, dir)
	own := dial(t, dir)
	jobs, err := own.JobStore(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	j := lector.Job{Site: "havana", Article: "w", ID: lector.Key("havana", "w"), State: lector.Ready}
	if _, err := jobs.Save(t.Context(), j, 0); err != nil {
		t.Fatal(err)
	}
	var last error
	for _, err := range jobs.Watch(limittest.Context(t), "", "") {
		if last = err; err == nil {
			own.nc.Close()
		}
	}
	if last == nil {
		t.Error("the watch ends without an error")
	}
}

func TestDeadWorkersLeaseEnds(t *testing.T) {
	t.Parallel()
	b := setup(t)
	l, err := b.Leases(t.Context(), "dead")
	if err != nil {
		t.Fatal(err)
	}
	m := nats.NewMsg("$KV.leases.article.y")
	m.Header.Set("Nats-TTL", "1s")
	if _, err := b.js.PublishMsg(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	limittest.Until(t, "the lease of a dead worker ends", func() bool {
		_, release, err := l.Hold(t.Context(), "article.y")
		if err == nil {
			release()
		} else if !errors.Is(err, lector.ErrExists) {
			t.Error(err)
		}
		return err == nil
	})
}

func TestAnnouncements(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := lector.AudioEvent{ID: "1", Type: lector.AudioReady, Time: time.Now(), Site: "havana", Key: lector.Key("havana", "1"), Duration: 3}
	for range 2 {
		if err := b.Announce(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	e.ID, e.Type = "2", lector.AudioRemoved
	if err := b.Announce(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	var got []string
	for a, err := range b.Announcements(limittest.Context(t), "havana", e.Key) {
		if err != nil {
			t.Fatal(err)
		}
		if got = append(got, a.ID+a.Type); a.ID == "2" {
			break
		}
	}
	if fmt.Sprint(got) != fmt.Sprint([]string{"1" + lector.AudioReady, "2" + lector.AudioRemoved}) {
		t.Errorf("announced %v", got)
	}
}

// TestAnnounceAfter: an announcement counts only while none came behind the one that its
// sender knew.
func TestAnnounceAfter(t *testing.T) {
	t.Parallel()
	b := setup(t)
	key := lector.Key("havana", "1")
	e := func(id string) lector.AudioEvent {
		return lector.AudioEvent{ID: id, Type: lector.AudioReady, Time: time.Now(), Site: "havana", Key: key}
	}
	if err := b.Announce(t.Context(), lector.AudioEvent{ID: "other", Type: lector.AudioReady, Site: "havana", Key: lector.Key("havana", "2")}); err != nil {
		t.Fatal(err)
	}
	if err := b.AnnounceAfter(t.Context(), e("1"), 0); err != nil {
		t.Fatalf("the first: %v", err)
	}
	last, err := b.LastAnnouncement(t.Context(), "havana", key)
	if err != nil || last.ID != "1" || last.Sequence != 2 {
		t.Fatalf("%+v, %v", last, err)
	}
	if err := b.AnnounceAfter(t.Context(), e("2"), last.Sequence); err != nil {
		t.Fatalf("the second: %v", err)
	}
	for _, late := range []uint64{0, last.Sequence} {
		if err := b.AnnounceAfter(t.Context(), e("late"), late); !errors.Is(err, lector.ErrConflict) {
			t.Errorf("after %d: %v", late, err)
		}
	}
	if last, err = b.LastAnnouncement(t.Context(), "havana", key); err != nil || last.ID != "2" {
		t.Errorf("%+v, %v", last, err)
	}
	raw(t, b.Conn, lector.AudioSubject("havana", key), nil, "garbage")
	if last, err = b.LastAnnouncement(t.Context(), "havana", key); !lector.IsPermanent(err) || last.Sequence != 4 {
		t.Fatalf("what nobody can read: %+v, %v", last, err)
	}
	if err := b.AnnounceAfter(t.Context(), e("3"), last.Sequence); err != nil {
		t.Errorf("behind what nobody can read: %v", err)
	}
}

func TestOneProcessADirectory(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := Start(b.dir, "127.0.0.1:0", nil, slog.New(slog.DiscardHandler))
	if err == nil || !strings.Contains(err.Error(), "in use by another lector") || lector.HintOf(err) == "" {
		t.Fatalf("a second server on the same directory: %v", err)
	}
}

func TestStartRefuses(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"0.0.0.0:0", "example.org:4222", "127.0.0.1", "127.0.0.1:x"} {
		if _, err := Start(t.TempDir(), address, nil, slog.New(slog.DiscardHandler)); err == nil {
			t.Errorf("started on %s", address)
		}
	}
}

func TestNotSetUp(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	e, err := Start(dir, "127.0.0.1:0", nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	c := dial(t, dir)
	if _, err := c.Queue(t.Context()); !strings.Contains(lector.HintOf(err), "lector setup") {
		t.Errorf("queue: %v, hint %q", err, lector.HintOf(err))
	}
	if _, err := c.JobStore(t.Context()); !strings.Contains(lector.HintOf(err), "lector setup") {
		t.Errorf("ledger: %v, hint %q", err, lector.HintOf(err))
	}
	if _, err := c.Publish(t.Context(), event("1", "a")); !strings.Contains(lector.HintOf(err), "lector setup") {
		t.Errorf("publish: %v, hint %q", err, lector.HintOf(err))
	}
}

func TestConnectHints(t *testing.T) {
	t.Parallel()
	_, err := Connect(Options{URL: "nats://127.0.0.1:1", Name: "test", Log: slog.New(slog.DiscardHandler)})
	if err == nil || lector.HintOf(err) == "" {
		t.Errorf("no server: %v", err)
	}
	b := setup(t)
	_, err = Connect(Options{URL: b.server.Access().URL, User: "x", Password: "y", Name: "test", Log: slog.New(slog.DiscardHandler)})
	if !strings.Contains(lector.HintOf(err), "credentials") {
		t.Errorf("wrong password: %v, hint %q", err, lector.HintOf(err))
	}
}

func FuzzDecodeArticle(f *testing.F) {
	f.Add("1.0", "1", string(lector.Published), "application/json", []byte(`{"site":"havana","id":"1"}`))
	f.Add("", "", "", "application/cloudevents+json", []byte(`{"specversion":"1.0","id":"1","type":"lector.article.deleted.v1","data":{"site":"havana","id":"1"}}`))
	subject := lector.ArticleSubject("havana", lector.Key("havana", "1"))
	f.Fuzz(func(t *testing.T, version, id, kind, content string, data []byte) {
		h := nats.Header{"Ce-Specversion": {version}, "ce-id": {id}, "CE-TYPE": {kind}, "Content-Type": {content}}
		e, err := decodeArticle(subject, h, data)
		if err != nil {
			if !lector.IsPermanent(err) {
				t.Errorf("%v is not permanent", err)
			}
			return
		}
		if !e.Type.Known() || e.Article.Key() != lector.Key("havana", "1") || e.Article.Revision == "" {
			t.Errorf("accepted %+v", e)
		}
	})
}

// TestNoStreamIsCompressed holds for all that setup makes: of a cluster whose nodes were
// stopped hard, compressed stores came back that nobody could read.
func TestNoStreamIsCompressed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	names := b.js.ListStreams(t.Context())
	n := 0
	for s := range names.Info() {
		if n++; s.Config.Compression != jetstream.NoCompression {
			t.Errorf("%s is compressed", s.Config.Name)
		}
	}
	if err := names.Err(); err != nil || n < len(streamConfigs(1))+len(bucketConfigs(1)) {
		t.Errorf("%d streams, %v", n, err)
	}
}

// TestErasedArticleLeavesNoRecordBefore: the records bucket keeps what a key has been, and
// with it the title of an article and what errors quote of its text.
func TestErasedArticleLeavesNoRecordBefore(t *testing.T) {
	t.Parallel()
	b := setup(t)
	store, err := b.JobStore(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	j, version := lector.Job{ID: lector.Key("havana", "1"), Site: "havana", Article: "1"}, uint64(0)
	other := lector.Job{ID: lector.Key("havana", "2"), Site: "havana", Article: "2", Title: "Another secret"}
	for _, title := range []string{"A secret", "A secret again", ""} {
		if j.Title = title; title == "" {
			j.State = lector.Removed
		}
		if version, err = store.Save(t.Context(), j, version); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := store.Save(t.Context(), other, 0); err != nil {
		t.Fatal(err)
	}
	if err := b.Erase(t.Context(), "havana", j.ID, 1); err != nil {
		t.Fatal(err)
	}
	got, _, err := store.Job(t.Context(), "havana", j.ID)
	if err != nil || got.State != lector.Removed {
		t.Errorf("%+v, %v", got, err)
	}
	for key, want := range map[string]int{j.ID: 1, other.ID: 1} {
		all, err := store.bucket.kv.History(t.Context(), jobKey("havana", key))
		if err != nil || len(all) != want {
			t.Errorf("%s: %d records, %v", key, len(all), err)
		}
	}
	if err := b.Erase(t.Context(), "havana", lector.Key("havana", "never"), 1); err != nil {
		t.Errorf("an article without a record: %v", err)
	}
}

// TestErasureThatBreaksOffIsDeliveredAgain has the dead letters be away while a deleted
// article is erased: the deletion stays in the stream, whose queue hands it out again.
func TestErasureThatBreaksOffIsDeliveredAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := event("1", "a")
	publish(t, b.Conn, e)
	e.Type, e.ID = lector.Deleted, "deletion"
	place := publish(t, b.Conn, e)
	if err := b.js.DeleteStream(t.Context(), deadLetters); err != nil {
		t.Fatal(err)
	}
	key := e.Article.Key()
	if err := b.Erase(t.Context(), "havana", key, place); err == nil {
		t.Fatal("erased, and nobody has looked at the dead letters")
	}
	if _, err := b.StoredEvent(t.Context(), place); err != nil {
		t.Errorf("the deletion: %v", err)
	}
	must(t, b.setupStreams(t.Context(), 1))
	must(t, b.Erase(t.Context(), "havana", key, place))
	if places, err := b.ArticleEvents(t.Context(), "havana", key, 0, place); err != nil || len(places) > 0 {
		t.Errorf("left %v, %v", places, err)
	}
}
