package nats

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"

	"lector"
	"lector/infra/limittest"
)

// places reads where events stand.
func places(t *testing.T, c *Conn, after uint64) (all []string) {
	t.Helper()
	for p, err := range c.EventPlaces(t.Context(), after) {
		if err != nil {
			t.Fatal(err)
		}
		if p.Stored.IsZero() {
			t.Errorf("%+v has no time", p)
		}
		all = append(all, fmt.Sprintf("%s/%.4s/%d", p.Site, p.Key, p.Sequence))
	}
	return all
}

func keyOf(id string) string {
	return lector.Article{Site: "havana", ID: id}.Key()
}

func TestEventPlaces(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if got := places(t, b.Conn, 0); len(got) > 0 {
		t.Errorf("of an empty stream: %v", got)
	}
	publish(t, b.Conn, event("a", "1"))
	publish(t, b.Conn, event("b", "1"))
	publish(t, b.Conn, event("a", "2"))
	a, other := fmt.Sprintf("havana/%.4s", keyOf("a")), fmt.Sprintf("havana/%.4s", keyOf("b"))
	for after, want := range map[uint64][]string{
		0: {other + "/2", a + "/3"}, // the newest of each article
		1: {other + "/2", a + "/3"},
		2: {a + "/3"},
		3: nil,
	} {
		if got := places(t, b.Conn, after); !slices.Equal(got, want) {
			t.Errorf("behind %d: %v, want %v", after, got, want)
		}
	}
}

// TestEventPlacesOfMany has more events than are fetched at once, and a reader that
// was killed.
func TestEventPlacesOfMany(t *testing.T) {
	t.Parallel()
	b := setup(t)
	const n = 2*logBatch + 7
	for i := range n {
		if _, err := b.js.PublishAsync(fmt.Sprintf("article.v1.havana.k%d", i), []byte("{}")); err != nil {
			t.Fatal(err)
		}
	}
	<-b.js.PublishAsyncComplete()
	if _, err := b.js.CreateConsumer(t.Context(), articles, logConsumer(sweepConsumer, 3)); err != nil {
		t.Fatal(err)
	}
	if got := len(places(t, b.Conn, 0)); got != n {
		t.Errorf("%d of %d", got, n)
	}
	for range b.EventPlaces(t.Context(), 0) { // the first is enough
		break
	}
	if got := len(places(t, b.Conn, 5)); got != n-5 {
		t.Errorf("%d of %d", got, n-5)
	}
}

func TestQueueState(t *testing.T) {
	t.Parallel()
	b := setup(t)
	// The server counts what waits a little after it has confirmed a publish.
	state := func(settled, delivered uint64, unsettled, waiting int) {
		t.Helper()
		want := lector.QueueState{Settled: settled, Delivered: delivered, Unsettled: unsettled, Waiting: waiting}
		limittest.Until(t, fmt.Sprintf("the queue is at %+v", want), func() bool {
			q, err := b.QueueState(t.Context())
			if err != nil || q.Oldest.IsZero() != (q.Waiting == 0) {
				t.Errorf("%+v, %v", q, err)
			}
			q.Oldest = want.Oldest
			return q == want
		})
	}
	state(0, 0, 0, 0)
	publish(t, b.Conn, event("a", "1"))
	publish(t, b.Conn, event("b", "1"))
	state(0, 0, 0, 2)
	d := next(t, b.Conn)
	state(0, 1, 1, 1)
	if err := d.Ack(t.Context()); err != nil {
		t.Fatal(err)
	}
	state(1, 1, 0, 1)
	if err := b.js.DeleteConsumer(t.Context(), articles, consumer); err != nil {
		t.Fatal(err)
	}
	if _, err := b.QueueState(t.Context()); !errors.Is(err, lector.ErrNotFound) || lector.HintOf(err) == "" {
		t.Errorf("of a consumer that is gone: %v", err)
	}
}

// TestEventMessage reads events as they came: one that is good, one that nobody can read,
// and one in structured mode; and none of another article.
func TestEventMessage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ref := func(id string) lector.JobRef { return lector.JobRef{Site: "havana", ID: keyOf(id)} }
	n := publish(t, b.Conn, event("a", "1"))
	m, err := b.EventMessage(t.Context(), ref("a"), n)
	if err != nil || m.Sequence != n || m.Stored.IsZero() || m.Type != lector.Published || m.Subject != lector.ArticleSubject("havana", keyOf("a")) {
		t.Errorf("%+v, %v", m, err)
	}
	if !bytes.Contains(m.Data, []byte(`"id":"a"`)) || header(m.Headers, ceID) != "a-1" || header(m.Headers, "Nats-Msg-Id") != "" {
		t.Errorf("as it came: %s %v", m.Data, m.Headers)
	}
	for name, of := range map[string]lector.JobRef{"another article": ref("b"), "another site": {Site: "lagos", ID: keyOf("a")}} {
		if _, err := b.EventMessage(t.Context(), of, n); !errors.Is(err, lector.ErrNotFound) {
			t.Errorf("of %s: %v", name, err)
		}
	}
	for data, kind := range map[string]lector.EventType{
		"nonsense": "", `{"specversion":"1.0","type":"lector.article.deleted.v1","data":{"site":"havana","id":"c"}}`: lector.Deleted,
	} {
		ack, err := b.js.Publish(t.Context(), lector.ArticleSubject("havana", keyOf("c")), []byte(data))
		if err != nil {
			t.Fatal(err)
		}
		if m, err := b.EventMessage(t.Context(), ref("c"), ack.Sequence); err != nil || string(m.Data) != data || m.Type != kind {
			t.Errorf("%s: %+v, %v", data, m, err)
		}
		if _, err := b.EventMessage(t.Context(), ref("a"), ack.Sequence); !errors.Is(err, lector.ErrNotFound) {
			t.Errorf("%s of another article: %v", data, err)
		}
	}
	for _, place := range []uint64{0, 99} {
		if _, err := b.EventMessage(t.Context(), ref("a"), place); !errors.Is(err, lector.ErrNotFound) {
			t.Errorf("at %d: %v", place, err)
		}
	}
	if _, err := b.DeadLetter(t.Context(), 0); !errors.Is(err, lector.ErrNotFound) {
		t.Errorf("dead letter 0: %v", err)
	}
}

func TestStoredEvent(t *testing.T) {
	t.Parallel()
	b := setup(t)
	n := publish(t, b.Conn, event("a", "1"))
	d, err := b.StoredEvent(t.Context(), n)
	if err != nil || d.Err != nil || d.Sequence != n || d.Event.Article.ID != "a" || d.Stored.IsZero() {
		t.Errorf("%+v, %v", d, err)
	}
	if _, err := b.StoredEvent(t.Context(), n+1); !errors.Is(err, lector.ErrNotFound) {
		t.Errorf("of an event that is not there: %v", err)
	}
	ack, err := b.js.Publish(t.Context(), lector.ArticleSubject("havana", keyOf("bad")), []byte("nonsense"))
	if err != nil {
		t.Fatal(err)
	}
	d, err = b.StoredEvent(t.Context(), ack.Sequence)
	if err != nil || d.Err == nil {
		t.Fatalf("%+v, %v", d, err)
	}
	p := lector.EventPlace{Site: "havana", Key: keyOf("bad"), Sequence: ack.Sequence, Stored: d.Stored}
	if dead, err := b.DeadLettered(t.Context(), p); dead || err != nil {
		t.Errorf("before: %v, %v", dead, err)
	}
	if err := d.Term(lector.ClassInput, "nobody can read it"); err != nil {
		t.Fatal(err)
	}
	if dead, err := b.DeadLettered(t.Context(), p); !dead || err != nil {
		t.Errorf("after: %v, %v", dead, err)
	}
	for l, err := range b.DeadLetters(t.Context(), lector.DeadLetterQuery{}) {
		if err != nil || string(l.Data) != "nonsense" || l.Reason != "nobody can read it" {
			t.Errorf("%+v, %v", l, err)
		}
	}
}

// save writes the record of an article.
func save(t *testing.T, c *Conn, id string, j lector.Job) {
	t.Helper()
	store, err := c.JobStore(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	j.ID, j.Site, j.Article = keyOf(id), "havana", id
	_, version, err := store.Job(t.Context(), j.Site, j.ID)
	if err != nil && !errors.Is(err, lector.ErrNotFound) {
		t.Fatal(err)
	}
	if _, err := store.Save(t.Context(), j, version); err != nil {
		t.Fatal(err)
	}
}

// TestSetupBeginsBehindWhatIsSettled makes a consumer again that somebody deleted
// while no worker was there to see it.
func TestSetupBeginsBehindWhatIsSettled(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		last lector.Job // the record of the third article
		want uint64     // the first event that is handed out
	}{
		"all settled":      {lector.Job{Sequence: 4, State: lector.Ready}, 5},
		"one runs":         {lector.Job{Sequence: 4, State: lector.Running}, 4},
		"one has none":     {lector.Job{}, 4},
		"one ignored":      {lector.Job{Sequence: 1, State: lector.Ready, Ignored: &lector.IgnoredEvent{Sequence: 4}}, 5},
		"ignored for one":  {lector.Job{Sequence: 2, State: lector.Parked, Ignored: &lector.IgnoredEvent{Sequence: 4}}, 2},
		"an older is done": {lector.Job{Sequence: 1, State: lector.Ready}, 4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			for _, id := range []string{"a", "b", "b2", "c"} {
				publish(t, b.Conn, event(id, "1"))
			}
			for i, id := range []string{"a", "b", "b2"} {
				save(t, b.Conn, id, lector.Job{Sequence: uint64(i + 1), State: lector.Failed})
			}
			if test.last.State != "" {
				save(t, b.Conn, "c", test.last)
			}
			for _, again := range []struct {
				how  string
				make func()
			}{
				{"setup", func() {
					if err := b.Setup(limittest.Context(t), 1); err != nil {
						t.Fatal(err)
					}
				}},
				{"a worker that was not there", func() { untilWell(t, b.Watchdog(false)) }},
				{"a worker that starts", func() { b.Watchdog(false).MakeConsumers(t.Context()) }},
			} {
				if err := b.js.DeleteConsumer(t.Context(), articles, consumer); err != nil {
					t.Fatal(err)
				}
				again.make()
				q, err := b.QueueState(t.Context())
				if err != nil || q.Settled != test.want-1 || q.Waiting != int(5-test.want) {
					t.Errorf("by %s: %+v, %v", again.how, q, err)
				}
			}
			publish(t, b.Conn, event("d", "1"))
			if d := next(t, b.Conn); d.Sequence != test.want {
				t.Errorf("handed out first is %d, want %d", d.Sequence, test.want)
			}
		})
	}
}

// TestEventLogOfACluster asks three servers.
func TestEventLogOfACluster(t *testing.T) {
	t.Parallel()
	nodes := startCluster(t, 3)
	c := dialNode(t, nodes[0])
	limittest.Until(t, "the cluster can be set up", func() bool { return c.Setup(t.Context(), 3) == nil })
	var n uint64
	limittest.Until(t, "an event is stored", func() (stored bool) {
		var err error
		n, err = c.Publish(t.Context(), event("a", "1"))
		return err == nil
	})
	for range 2 {
		limittest.Until(t, "the events are read", func() bool {
			seen := 0
			for p, err := range c.EventPlaces(t.Context(), 0) {
				if seen++; err != nil || p.Sequence != n {
					return false
				}
			}
			return seen == 1
		})
	}
	limittest.Until(t, "the state of the queue", func() bool {
		q, err := c.QueueState(t.Context())
		return err == nil && q.Waiting == 1 && !q.Oldest.IsZero()
	})
	// A leader may still be elected for each stream and consumer, so an answer is waited for.
	limittest.Until(t, "the stored event", func() bool {
		d, err := c.StoredEvent(t.Context(), n)
		return err == nil && d.Event.Article.ID == "a"
	})
	limittest.Until(t, "the place before the event that waits", func() bool {
		floor, err := c.settledFloor(t.Context())
		return err == nil && floor == n-1
	})
}

func TestArticleEvents(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var all []uint64
	for _, revision := range []string{"a", "b", "c"} {
		all = append(all, publish(t, b.Conn, event("1", revision)))
		publish(t, b.Conn, event("2", revision))
	}
	for name, test := range map[string]struct {
		after, through uint64
		want           []uint64
	}{
		"all":                  {0, all[2] + 1, all},
		"between":              {all[0], all[2] - 1, all[1:2]},
		"behind the newest":    {all[2], all[2] + 10, nil},
		"nothing between them": {all[1], all[1], nil},
	} {
		got, err := b.ArticleEvents(t.Context(), "havana", lector.Key("havana", "1"), test.after, test.through)
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, %v, want %v", name, got, err, test.want)
		}
	}
}
