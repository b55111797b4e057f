package nats

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"lector"
)

// raw puts a message on NATS as it is.
func raw(t *testing.T, c *Conn, subject string, h nats.Header, data string) {
	t.Helper()
	m := nats.NewMsg(subject)
	m.Data = []byte(data)
	maps.Copy(m.Header, h)
	if _, err := c.js.PublishMsg(t.Context(), m); err != nil {
		t.Fatal(err)
	}
}

// ceHeaders are the headers of an event in binary mode.
func ceHeaders(kind string) nats.Header {
	return nats.Header{ceVersion: {"1.0"}, ceID: {"e1"}, ceSource: {"cms"}, ceType: {kind}, contentType: {"application/json"}}
}

// terminate takes the next event and gives it up.
func terminate(t *testing.T, c *Conn, reason string) lector.Delivery {
	t.Helper()
	d := next(t, c)
	if err := d.Term("", reason); err != nil {
		t.Fatal(err)
	}
	return d
}

func letters(t *testing.T, c *Conn, q lector.DeadLetterQuery) (all []lector.DeadLetter) {
	t.Helper()
	for l, err := range c.DeadLetters(t.Context(), q) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, l)
	}
	return all
}

// TestHeadersForTheBrokerEndWithTheEvent: a client may say which stream and which place it
// expects, as a replay does. A dead letter lies elsewhere.
func TestHeadersForTheBrokerEndWithTheEvent(t *testing.T) {
	t.Parallel()
	b := setup(t)
	h := ceHeaders("lector.article.published.v2")
	h.Set(jetstream.ExpectedStreamHeader, articles)
	h.Set(jetstream.ExpectedLastSubjSeqHeader, "0")
	raw(t, b.Conn, lector.ArticleSubject("havana", "one"), h, `{"site":"havana","id":1}`)
	terminate(t, b.Conn, "unsupported event type")
	h.Set(jetstream.ExpectedLastSubjSeqHeader, "1")
	raw(t, b.Conn, lector.ArticleSubject("havana", "one"), h, `{"site":"havana","id":1}`)
	terminate(t, b.Conn, "unsupported event type")
	if got := letters(t, b.Conn, lector.DeadLetterQuery{}); len(got) != 2 || len(got[1].Headers) != len(ceHeaders("")) {
		t.Errorf("letters %+v", got)
	}
}

func TestDeadLettersAreListed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if got := letters(t, b.Conn, lector.DeadLetterQuery{}); len(got) != 0 {
		t.Fatalf("before anything: %+v", got)
	}
	key := lector.Key("havana", "4711")
	raw(t, b.Conn, lector.ArticleSubject("havana", key), ceHeaders("lector.article.published.v2"), `{"site":"havana","id":4711,"title":"Storm Warning"}`)
	terminate(t, b.Conn, "unsupported event type")
	raw(t, b.Conn, lector.ArticleSubject("paris", "x"), nil, "garbage")
	terminate(t, b.Conn, "no CloudEvent")
	e := event("1", "a")
	publish(t, b.Conn, e)
	terminate(t, b.Conn, "the voice is unknown")

	got := letters(t, b.Conn, lector.DeadLetterQuery{})
	if len(got) != 3 {
		t.Fatalf("%d letters", len(got))
	}
	for i, want := range []lector.DeadLetter{
		{ID: 1, Class: "input", Reason: "unsupported event type", Subject: lector.ArticleSubject("havana", key), Site: "havana", Article: "4711", Size: 51},
		{ID: 2, Class: "input", Reason: "no CloudEvent", Subject: lector.ArticleSubject("paris", "x"), Site: "paris", Size: 7},
		{ID: 3, Reason: "the voice is unknown", Subject: lector.ArticleSubject("havana", e.Article.Key()), Site: "havana", Article: "1", Size: got[2].Size},
	} {
		l := got[i]
		if (l.Unusable != nil) != (want.Class == "input") || l.Time.IsZero() {
			t.Errorf("letter %d: %v at %v", l.ID, l.Unusable, l.Time)
		}
		ref := lector.JobRef{Site: l.Site, ID: strings.Split(l.Subject, ".")[3]}
		if l.Arrived != uint64(i+1) || l.Job != ref {
			t.Errorf("letter %d: event %d, job %v", l.ID, l.Arrived, l.Job)
		}
		l.Time, l.Headers, l.Data, l.Unusable, l.Arrived, l.Job = time.Time{}, nil, nil, nil, 0, lector.JobRef{}
		if fmt.Sprint(l) != fmt.Sprint(want) {
			t.Errorf("letter %+v\n   want %+v", l, want)
		}
	}
	for name, test := range map[string]struct {
		q    lector.DeadLetterQuery
		want []uint64
	}{
		"a site":          {lector.DeadLetterQuery{Site: "havana"}, []uint64{1, 3}},
		"a class":         {lector.DeadLetterQuery{Class: "input"}, []uint64{1, 2}},
		"text of data":    {lector.DeadLetterQuery{Text: "storm w"}, []uint64{1}},
		"text of reason":  {lector.DeadLetterQuery{Text: "VOICE"}, []uint64{3}},
		"since":           {lector.DeadLetterQuery{Since: got[1].Time}, []uint64{2, 3}},
		"until":           {lector.DeadLetterQuery{Until: got[1].Time}, []uint64{1}},
		"nothing at all":  {lector.DeadLetterQuery{Site: "no.such > site"}, nil},
		"long after":      {lector.DeadLetterQuery{Since: time.Now().Add(24 * time.Hour)}, nil},
		"several at once": {lector.DeadLetterQuery{Site: "havana", Class: "input", Text: "4711"}, []uint64{1}},
	} {
		var ids []uint64
		for _, l := range letters(t, b.Conn, test.q) {
			ids = append(ids, l.ID)
		}
		if !slices.Equal(ids, test.want) {
			t.Errorf("%s: %v, want %v", name, ids, test.want)
		}
	}
}

// TestDeadLetterIsReplayed: the event comes again as it was, and its letter goes.
func TestDeadLetterIsReplayed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first := publish(t, b.Conn, event("1", "a"))
	terminate(t, b.Conn, "the voice is unknown")
	inner := `{"site":"havana","id":"2","revision":"r","visibility":"public","body":{"content_type":"text/plain","content":"x"}}`
	raw(t, b.Conn, lector.ArticleSubject("havana", lector.Key("havana", "2")), nats.Header{contentType: {structuredCE}},
		`{"specversion":"1.0","id":"e2","source":"cms","type":"lector.article.published.v1","data":`+inner+`}`)
	terminate(t, b.Conn, "another")
	for id, article := range map[uint64]string{1: "1", 2: "2"} {
		n, err := b.ReplayDeadLetter(t.Context(), id, "replay-x", lector.Backfill)
		if err != nil || n <= first {
			t.Fatalf("replay of %d: event %d, %v", id, n, err)
		}
		d := next(t, b.Conn)
		if d.Err != nil || d.Event.Article.ID != article || d.Event.Replay != "replay-x" || d.Event.Lane != lector.Backfill || d.Sequence != n {
			t.Errorf("came %+v", d)
		}
		if err := d.Ack(t.Context()); err != nil {
			t.Error(err)
		}
		if _, err := b.DeadLetter(t.Context(), id); !errors.Is(err, lector.ErrNotFound) {
			t.Errorf("letter %d is still there: %v", id, err)
		}
		if _, err := b.ReplayDeadLetter(t.Context(), id, "replay-y", lector.Normal); !errors.Is(err, lector.ErrNotFound) {
			t.Errorf("replayed twice: %v", err)
		}
	}
}

// TestDeadLetterOutOfDateIsNotReplayed: a voice was down over night, and an operator
// replays what has failed. What was withdrawn or edited since must not come back, whether
// a worker has seen that yet or not.
func TestDeadLetterOutOfDateIsNotReplayed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	noon := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	later := func(kind lector.EventType, revision string, at time.Time) func(string) lector.ArticleEvent {
		return func(id string) lector.ArticleEvent {
			e := event(id, revision)
			e.Type, e.Article.UpdatedAt = kind, at
			return e
		}
	}
	for name, test := range map[string]struct { // no name is in another: letters are found by them
		since func(id string) lector.ArticleEvent // nil: nothing
		taken bool                                // by a worker
		again bool                                // the letter may be replayed
	}{
		"failed":                       {nil, true, true},
		"nobody has seen it":           {nil, false, true},
		"withdrawn":                    {later(lector.Unpublished, "b", time.Time{}), true, false},
		"a withdrawal waits":           {later(lector.Unpublished, "b", time.Time{}), false, false},
		"deleted":                      {later(lector.Deleted, "b", noon), true, false},
		"edited":                       {later(lector.Updated, "b", noon.Add(time.Hour)), true, false},
		"an edit waits":                {later(lector.Updated, "b", noon.Add(time.Hour)), false, false},
		"an older revision came since": {later(lector.Updated, "0", noon.Add(-time.Hour)), false, true},
	} {
		e := event(name, "a")
		e.Article.UpdatedAt = noon
		job := lector.Job{}
		take := func(e lector.ArticleEvent, place uint64, s lector.State) {
			job.Accept(e, place, time.Now())
			job.State = s
		}
		take(e, publish(t, b.Conn, e), lector.Failed)
		terminate(t, b.Conn, "the voice is unknown")
		if test.since != nil {
			newer := test.since(name)
			place := publish(t, b.Conn, newer)
			if err := next(t, b.Conn).Ack(t.Context()); err != nil {
				t.Fatal(err)
			}
			if test.taken {
				take(newer, place, lector.Ready)
			}
		}
		save(t, b.Conn, name, job)
		all := letters(t, b.Conn, lector.DeadLetterQuery{Text: name})
		if len(all) != 1 {
			t.Fatalf("%s: %d letters", name, len(all))
		}
		_, err := b.ReplayDeadLetter(t.Context(), all[0].ID, "replay-x", lector.Normal)
		_, left := b.DeadLetter(t.Context(), all[0].ID)
		if (err == nil) != test.again || errors.Is(left, lector.ErrNotFound) != test.again {
			t.Errorf("%s: %v; the letter: %v", name, err, left)
		}
		if err != nil && (!lector.IsPermanent(err) || lector.HintOf(err) == "") {
			t.Errorf("%s: %v", name, err)
		}
		if test.again {
			if err := next(t, b.Conn).Ack(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestDeadLetterStays(t *testing.T) {
	t.Parallel()
	b := setup(t)
	raw(t, b.Conn, lector.ArticleSubject("havana", "x"), nil, "garbage")
	terminate(t, b.Conn, "no CloudEvent")
	if _, err := b.ReplayDeadLetter(t.Context(), 1, "replay-x", lector.Normal); !lector.IsPermanent(err) || lector.HintOf(err) == "" {
		t.Errorf("an event that cannot be read: %v", err)
	}
	// Nothing takes the event: the letter must not go.
	publish(t, b.Conn, event("1", "a"))
	terminate(t, b.Conn, "gone wrong")
	if err := b.js.DeleteStream(t.Context(), articles); err != nil {
		t.Fatal(err)
	}
	if _, err := b.ReplayDeadLetter(t.Context(), 2, "replay-x", lector.Normal); err == nil {
		t.Error("replayed into nothing")
	}
	for id := range uint64(2) {
		if _, err := b.DeadLetter(t.Context(), id+1); err != nil {
			t.Error(err)
		}
		if err := b.DropDeadLetter(t.Context(), id+1); err != nil {
			t.Error(err)
		}
		if err := b.DropDeadLetter(t.Context(), id+1); !errors.Is(err, lector.ErrNotFound) {
			t.Errorf("dropped twice: %v", err)
		}
	}
}

// TestDroppedLetterTakesItsEventAlong: what nobody can read and an operator has dropped
// must not be found again. What can be read stays in the stream, where a replay reads it.
func TestDroppedLetterTakesItsEventAlong(t *testing.T) {
	t.Parallel()
	b := setup(t)
	key := lector.Key("havana", "4711")
	published := publish(t, b.Conn, event("4711", "a"))
	terminate(t, b.Conn, "the voice is unknown")
	raw(t, b.Conn, lector.ArticleSubject("havana", key), ceHeaders("lector.article.updated.v1"), `{"site":"havana","id":"4711",`)
	refused := terminate(t, b.Conn, "no JSON").Sequence
	for id := range uint64(2) {
		if err := b.DropDeadLetter(t.Context(), id+1); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.StoredEvent(t.Context(), refused); !errors.Is(err, lector.ErrNotFound) {
		t.Errorf("what nobody can read is still in the stream: %v", err)
	}
	e, place, err := b.NewestEvent(t.Context(), lector.JobRef{Site: "havana", ID: key})
	if err != nil || place != published || e.Article.Revision != "a" {
		t.Errorf("the newest event is %d, %+v, %v", place, e, err)
	}
}

func TestIdentify(t *testing.T) {
	t.Parallel()
	subject := lector.ArticleSubject("havana", "k")
	for name, test := range map[string]struct {
		subject, data, site, id string
	}{
		"garbage":               {subject, "garbage", "havana", ""},
		"a field is wrong":      {subject, `{"site":"havana","id":"1","title":7}`, "havana", "1"},
		"no site":               {subject, `{"id":12345678901234567890}`, "havana", "12345678901234567890"},
		"another site":          {subject, `{"site":"paris","id":"1"}`, "havana", ""},
		"a structured event":    {subject, `{"specversion":"1.0","id":"event","data":{"site":"havana","id":"1"}}`, "havana", "1"},
		"an id with a point":    {subject, `{"id":1.5}`, "havana", ""},
		"an id that is a list":  {subject, `{"id":[1]}`, "havana", ""},
		"an id with a NUL":      {subject, `{"id":"a\u0000b"}`, "havana", ""},
		"a kilobyte of id":      {subject, fmt.Sprintf(`{"id":"%01024d"}`, 1), "havana", ""},
		"no JSON behind it":     {subject, `{"site":"havana","id":"1"`, "havana", ""},
		"a site in capitals":    {"article.v1.Havana.k", `{"id":"1"}`, "", "1"},
		"a subject of one word": {"article", `{"id":"1"}`, "", "1"},
	} {
		e := identify(test.subject, nats.Header{}, []byte(test.data))
		if e.Article.Site != test.site || e.Article.ID != test.id {
			t.Errorf("%s: %q %q, want %q %q", name, e.Article.Site, e.Article.ID, test.site, test.id)
		}
	}
}
