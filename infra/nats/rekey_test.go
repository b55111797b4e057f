package nats

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"lector"
	"lector/infra/limittest"
)

// send publishes an event as a CMS does that makes a subject of its own.
func send(t *testing.T, c *Conn, subject string, e lector.ArticleEvent) uint64 {
	t.Helper()
	ack, err := c.js.PublishMsg(t.Context(), encoded(t, subject, e))
	if err != nil {
		t.Fatal(err)
	}
	return ack.Sequence
}

func encoded(t *testing.T, subject string, e lector.ArticleEvent) *nats.Msg {
	t.Helper()
	m, err := encode(subject, e.ID, e.Source, string(e.Type), "", e.Time, e.Article)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// held returns what the stream of article events has on a subject.
func held(t *testing.T, c *Conn, pattern string) (all []string) {
	t.Helper()
	for m, err := range c.messagesOf(t.Context(), articles, pattern, 0) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, m.Subject)
	}
	return all
}

// TestAnyKey: whatever stands behind the site in the subject, the event is handed out as
// one of its article, on whose subject it stands then; and nothing is left where it was.
func TestAnyKey(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for i, key := range []string{
		".4711", ".news", ".2026.11.28.4711", ".UPPER_case-and~more!", ".ключ", "." + keyOf("another"),
		"." + strings.Repeat("k", 200), ".$KV", ".%2F", "",
	} {
		id := fmt.Sprintf("a%d", i)
		e := event(id, "1")
		place := send(t, b.Conn, "article.v1.havana"+key, e)
		d := next(t, b.Conn)
		if d.Err != nil || d.Event.Article.ID != id || d.Event.Arrived != place || d.Sequence <= place || d.Event.ID != e.ID {
			t.Errorf("%q: %+v, %v", key, d.Event, d.Err)
			continue
		}
		if err := d.Ack(t.Context()); err != nil {
			t.Fatal(err)
		}
		newest, at, err := b.NewestEvent(t.Context(), lector.JobRef{Site: "havana", ID: keyOf(id)})
		if err != nil || at != d.Sequence || newest.Article.ID != id || newest.Arrived != place {
			t.Errorf("%q: newest %+v at %d, %v", key, newest, at, err)
		}
		if left := held(t, b.Conn, "article.v1.havana"+key); len(left) > 0 {
			t.Errorf("%q: still there: %v", key, left)
		}
	}
	for _, subject := range []string{"article.v1.paris.x", "article.v1.paris"} { // the rights of a CMS may end at its site
		send(t, b.Conn, subject, event("x", "1"))
		if d := next(t, b.Conn); d.Err == nil || !strings.Contains(d.Err.Error(), "another site") {
			t.Errorf("%s: taken as %+v", subject, d.Event)
		} else if err := d.Term(lector.ClassInput, d.Err.Error()); err != nil {
			t.Fatal(err)
		}
	}
}

// TestOneSubjectForAll: a program that has one subject for all its articles loses none of
// them, however many there are before a worker looks.
func TestOneSubjectForAll(t *testing.T) {
	t.Parallel()
	b := setup(t)
	const n = 60
	for i := range n {
		send(t, b.Conn, "article.v1.havana.articles", event(fmt.Sprintf("a%d", i%20), fmt.Sprint(i)))
	}
	got := map[string]int{}
	for range n {
		d := next(t, b.Conn)
		if d.Err != nil || d.Event.Arrived == 0 {
			t.Fatalf("%+v, %v", d.Event, d.Err)
		}
		got[d.Event.Article.ID]++
		if err := d.Ack(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if len(got) != 20 || len(held(t, b.Conn, "article.v1.havana.articles")) > 0 || len(held(t, b.Conn, "article.v1.>")) != n {
		t.Errorf("of 20 articles with 3 events each came %v", got)
	}
}

// TestAnyKeyOrder sends events of one article under random keys, has two readers take
// them in any order, and asks the record of a job which of them counts: the one that came
// in last, withdrawals included.
func TestAnyKeyOrder(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for round := range 20 {
		r := rand.New(rand.NewPCG(uint64(round), 1))
		id, sent := fmt.Sprintf("r%d", round), ""
		for i := range 6 {
			e := event(id, fmt.Sprint(i))
			e.ID, e.Article.UpdatedAt = fmt.Sprintf("%s-%d", id, i), time.Time{}
			if r.IntN(3) == 0 {
				e.Type = lector.Unpublished
			}
			sent = e.ID
			subject := []string{"article.v1.havana.all", "article.v1.havana." + id, subjectOf(e.Article)}[r.IntN(3)]
			send(t, b.Conn, subject, e)
		}
		var all []lector.Delivery
		for range 6 {
			all = append(all, next(t, b.Conn))
		}
		r.Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
		var j lector.Job
		counts := ""
		for _, d := range all {
			if j.Disposition(d.Event, d.Sequence) == lector.Due {
				j.Accept(d.Event, d.Sequence, time.Now())
				j.State, counts = lector.Ready, d.Event.ID
			}
			if err := d.Ack(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if counts != sent {
			t.Errorf("round %d: %s counts, %s came last", round, counts, sent)
		}
	}
}

// TestRekeyedTwice: a worker may die before it has erased what it has published again.
func TestRekeyedTwice(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := event("a", "1")
	place := send(t, b.Conn, "article.v1.havana.x", e)
	m, err := b.storedMessage(t.Context(), articles, map[string]any{"seq": place})
	if err != nil {
		t.Fatal(err)
	}
	var j lector.Job
	for i, want := range []lector.Disposition{lector.Due, lector.Stale} {
		h, e, err := decodeStoredArticle(m)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.rekey(t.Context(), m, h, e); err != nil {
			t.Fatal(err)
		}
		if i == 1 { // the server takes it for the same one within ten minutes
			again := encoded(t, subjectOf(e.Article), e)
			again.Header.Set(arrivalHeader, fmt.Sprintf("%d %s", place, m.Time.Format(time.RFC3339Nano)))
			if _, err := b.js.PublishMsg(t.Context(), again); err != nil {
				t.Fatal(err)
			}
		}
		d := next(t, b.Conn)
		if got := j.Disposition(d.Event, d.Sequence); got != want {
			t.Errorf("copy %d: disposition %v", i, got)
		}
		if i == 0 {
			j.Accept(d.Event, d.Sequence, time.Now())
			j.State = lector.Ready
		}
		if err := d.Ack(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// TestArrivalIsNotBelieved: who states that an event came in at the end of all time would
// outlive every withdrawal.
func TestArrivalIsNotBelieved(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, claim := range []string{"18446744073709551615 2026-01-01T00:00:00Z", "0 2026-01-01T00:00:00Z", "-1", "x", "1", " "} {
		e := event("a", "1")
		m := encoded(t, subjectOf(e.Article), e)
		m.Header.Set(arrivalHeader, claim)
		if _, err := b.js.PublishMsg(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		if d := next(t, b.Conn); d.Err != nil || d.Event.Arrived != 0 {
			t.Errorf("%q: %+v, %v", claim, d.Event, d.Err)
		}
	}
}

// TestSweepOfAnotherKey: what the queue has lost under another key is found by its place
// there, and comes under the key of its article.
func TestSweepOfAnotherKey(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, key := range []string{"x", keyOf("another"), "2026.11"} {
		place := send(t, b.Conn, "article.v1.havana."+key, event("a"+key, "1"))
		if _, err := b.StoredEvent(t.Context(), place); !errors.Is(err, lector.ErrNotFound) {
			t.Errorf("%s: %v", key, err)
		}
		e, at, err := b.NewestEvent(t.Context(), lector.JobRef{Site: "havana", ID: keyOf("a" + key)})
		if err != nil || at <= place || e.Arrived != place {
			t.Errorf("%s: %+v at %d, %v", key, e, at, err)
		}
	}
	// An event of another article under the key of this one is not taken for its newest.
	own := send(t, b.Conn, subjectOf(event("own", "1").Article), event("own", "1"))
	send(t, b.Conn, subjectOf(event("own", "1").Article), event("stranger", "1"))
	e, at, err := b.NewestEvent(t.Context(), lector.JobRef{Site: "havana", ID: keyOf("own")})
	if err != nil || at != own || e.Article.ID != "own" {
		t.Errorf("%+v at %d, %v", e, at, err)
	}
}

// TestTrimEvents: of each article the newest ten events stay, and of what nobody can read
// under other keys too; what the queue has not settled stays.
func TestTrimEvents(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for i := range 25 {
		publish(t, b.Conn, event("busy", fmt.Sprint(i)))
	}
	publish(t, b.Conn, event("calm", "1"))
	settled := uint64(0)
	for range 13 {
		ack, err := b.js.Publish(t.Context(), "article.v1.havana.all", []byte("nonsense"))
		if err != nil {
			t.Fatal(err)
		}
		settled = ack.Sequence
	}
	lost := send(t, b.Conn, "article.v1.havana.all", event("lost", "1"))
	late := send(t, b.Conn, "article.v1.havana.all", event("late", "1"))
	for range 2 {
		if err := b.TrimEvents(t.Context(), lost); err != nil {
			t.Fatal(err)
		}
	}
	busy := held(t, b.Conn, subjectOf(event("busy", "").Article))
	other := held(t, b.Conn, "article.v1.havana.all")
	if len(busy) != 10 || len(other) != 11 || settled == 0 {
		t.Errorf("%d of the busy one, %d under the other key", len(busy), len(other))
	}
	e, _, err := b.NewestEvent(t.Context(), lector.JobRef{Site: "havana", ID: keyOf("busy")})
	if err != nil || e.Article.Revision != "24" {
		t.Errorf("newest of the busy one: %+v, %v", e, err)
	}
	if e, _, err := b.NewestEvent(t.Context(), lector.JobRef{Site: "havana", ID: keyOf("lost")}); err != nil || e.Arrived != lost {
		t.Errorf("lost: %+v, %v", e, err)
	}
	if _, err := b.storedMessage(t.Context(), articles, map[string]any{"seq": late}); err != nil {
		t.Errorf("late: %v", err)
	}
}

// TestTrimmedEventsLeaveNoText: what an edited article said before its newest ten events is
// in no file of the server any more, or its deletion could not erase it.
func TestTrimmedEventsLeaveNoText(t *testing.T) {
	t.Parallel()
	b := setup(t)
	text := func(revision int) string { return fmt.Sprintf("The lamplighter of revision %02d.", revision) }
	for i := range 12 {
		e := event("busy", fmt.Sprint(i))
		e.Article.Body.Content = text(i)
		publish(t, b.Conn, e)
	}
	if err := b.TrimEvents(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	for i := range 12 {
		if found := filesWith(t, b.dir, text(i)); (len(found) > 0) != (i >= 2) {
			t.Errorf("revision %d is in %v", i, found)
		}
	}
	if err := b.Erase(t.Context(), "havana", keyOf("busy"), 12); err != nil {
		t.Fatal(err)
	}
	if found := filesWith(t, b.dir, "The lamplighter"); len(found) > 0 {
		t.Errorf("after the deletion it is in %v", found)
	}
}

// filesWith returns the files below a directory that hold a text.
func filesWith(t *testing.T, dir, text string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) { // the server has replaced it
			return nil
		}
		if strings.Contains(string(data), text) {
			found = append(found, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestEraseUnderOtherKeys: nothing of a deleted article stays, under whatever keys it
// came, and the articles beside it under the same key stay.
func TestEraseUnderOtherKeys(t *testing.T) {
	t.Parallel()
	b := setup(t)
	secret := event("gone", "1")
	secret.Article.Title = "Nobody shall read this"
	broken := strings.Replace(string(encoded(t, "x", secret).Data), `"visibility"`, `"language":7,"visibility"`, 1)
	raw(t, b.Conn, "article.v1.havana.all", ceHeaders(string(lector.Published)), broken)
	if d := next(t, b.Conn); d.Err == nil {
		t.Fatal("not refused")
	} else if err := d.Term(lector.ClassInput, "no language"); err != nil {
		t.Fatal(err)
	}
	send(t, b.Conn, "article.v1.havana.all", secret)
	send(t, b.Conn, "article.v1.havana.all", event("stays", "1"))
	traces, err := b.ArticleTraces(t.Context(), "havana", "gone")
	if err != nil {
		t.Fatal(err)
	}
	var places []string
	for _, p := range traces.Parts {
		places = append(places, fmt.Sprint(p.Name, p.Places))
	}
	if want := []string{"stream ARTICLES[1 2]", "stream AUDIO[]", "stream DEADLETTER[1]", "bucket jobs[]"}; !slices.Equal(places, want) {
		t.Errorf("traces %v, want %v", places, want)
	}
	for range 2 {
		if err := next(t, b.Conn).Ack(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Erase(t.Context(), "havana", keyOf("gone"), 100); err != nil {
		t.Fatal(err)
	}
	for _, stream := range []string{articles, deadLetters} {
		for m, err := range b.messagesOf(t.Context(), stream, ">", 0) {
			if err != nil {
				t.Fatal(err)
			}
			if stream == deadLetters || m.Sequence != 1 && strings.Contains(string(m.Data), "Nobody") {
				t.Errorf("%s still has %s: %s", stream, m.Subject, m.Data)
			}
		}
	}
	if _, _, err := b.NewestEvent(t.Context(), lector.JobRef{Site: "havana", ID: keyOf("stays")}); err != nil {
		t.Errorf("the article beside it: %v", err)
	}
}

// TestFloorBeforeOtherKeys: a consumer that is made again begins before what waits under
// other keys.
func TestFloorBeforeOtherKeys(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first := send(t, b.Conn, "article.v1.havana.all", event("a", "1"))
	send(t, b.Conn, "article.v1.havana.all", event("b", "1"))
	floor, err := b.settledFloor(t.Context())
	if err != nil || floor != first-1 {
		t.Errorf("floor %d, %v", floor, err)
	}
}

// TestSetupLiftsTheBound: an installation of an older build kept ten events a subject.
func TestSetupLiftsTheBound(t *testing.T) {
	t.Parallel()
	b := setup(t)
	old := streamConfigs(1)[0]
	old.MaxMsgsPerSubject = 10
	if _, err := b.js.UpdateStream(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	if err := b.Setup(limittest.Context(t), 1); err != nil {
		t.Fatal(err)
	}
	info, err := b.streamInfo(t.Context(), articles)
	if err != nil || info.Config.MaxMsgsPerSubject != -1 {
		t.Errorf("%d, %v", info.Config.MaxMsgsPerSubject, err)
	}
}
