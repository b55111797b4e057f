package nats

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"

	"lector"
)

// TestBadInput sends what no CMS should send: each is refused by the client, or becomes a
// dead letter that says why, with the site and the article where they can be read; and
// the event behind it is handed out.
func TestBadInput(t *testing.T) {
	t.Parallel()
	key := lector.Key("havana", "1")
	subject := lector.ArticleSubject("havana", key)
	const published, good = "lector.article.published.v1", `{"site":"havana","id":"1","revision":"r","visibility":"public"}`
	headers := func(change func(nats.Header)) nats.Header {
		h := ceHeaders(published)
		if change != nil {
			change(h)
		}
		return h
	}
	set := func(name, value string) nats.Header {
		return headers(func(h nats.Header) { h[name] = []string{value} })
	}
	withID := func(id string) string { return fmt.Sprintf(`{"site":"havana","id":%s,"visibility":"public"}`, id) }
	subjectOf := func(id string) string { return lector.ArticleSubject("havana", lector.Key("havana", id)) }
	b := setup(t)
	for i, test := range []struct {
		name, subject string
		header        nats.Header
		data, reason  string
		article       string // that the letter names
	}{
		{"cut", subject, headers(nil), good[:30], "not JSON", ""},
		{"two values", subject, headers(nil), good + good, "JSON", ""},
		{"a number", subject, headers(nil), "4711", "want object", ""},
		{"empty", subject, headers(nil), "", "no data", ""},
		{"binary", subject, headers(nil), "\x00\xff\xfe", "JSON", ""},
		{"no headers", subject, nil, good, "specversion", "1"},
		{"structured, cut", subject, nats.Header{contentType: {structuredCE}}, `{"specversion":"1.0","id":"e","data":`, "structured", ""},
		{"structured, and it is the article", subject, set(contentType, structuredCE), good, "specversion", "1"},
		{"version 0.3", subject, set(ceVersion, "0.3"), good, "specversion", "1"},
		{"version 2 of the schema", subject, set(ceType, "lector.article.published.v2"), good, "unsupported", "1"},
		{"another type", subject, set(ceType, "com.example.deleted"), good, "unsupported", "1"},
		{"no type", subject, headers(func(h nats.Header) { delete(h, ceType) }), good, "unsupported", "1"},
		{"no id of the event", subject, headers(func(h nats.Header) { delete(h, ceID) }), good, "ce-id", "1"},
		{"a time that is none", subject, set(ceTime, "2026-13-01T00:00:00Z"), good, "ce-time", "1"},
		{"no site", subject, headers(nil), `{"id":"1","visibility":"public"}`, "site", "1"},
		{"no id", subject, headers(nil), `{"site":"havana","visibility":"public"}`, "id", ""},
		{"an id that is a list", subject, headers(nil), withID("[1]"), "id", ""},
		{"a title that is a number", subject, headers(nil), `{"site":"havana","id":"1","visibility":"public","title":7}`, "title", "1"},
		{"a body of bytes", subject, headers(nil), `{"site":"havana","id":"1","visibility":"public","body":"text"}`, "body", "1"},
		{"updated yesterday", subject, headers(nil), `{"site":"havana","id":"1","visibility":"public","updated_at":"yesterday"}`, "updated_at", "1"},
		{"a site that is no name", "article.v1.havana." + key, headers(nil), `{"site":"no site","id":"1","visibility":"public"}`, "site", ""},
		{"the subject of another site", lector.ArticleSubject("paris", key), headers(nil), good, "subject", ""},
		{"an id that is a fraction", subjectOf("1.5"), headers(nil), withID("1.5"), "id", ""},
		{"an id that is true", subjectOf("true"), headers(nil), withID("true"), "id", ""},
		{"an id of no letters", subjectOf(""), headers(nil), withID(`""`), "id", ""},
		{"an id that is null", subject, headers(nil), withID("null"), "id", ""},
		{"depth 10,000", subject, headers(nil), strings.Repeat(`{"x":`, 10_000) + "1" + strings.Repeat("}", 10_000), "", ""},
		{"UTF-16", subject, headers(nil), "\xff\xfe{\x00}\x00", "JSON", ""},
		{"invalid UTF-8", subject, headers(nil), "{\"site\":\"havana\",\"id\":\"1\",\"visibility\":\"public\",\"title\":\"\xff\"}", "UTF-8", "1"},
		{"a BOM", subject, headers(nil), "\ufeff" + good, "JSON", ""},
		{"NaN", subject, headers(nil), withID("NaN"), "JSON", ""},
		{"a key that stands twice", subject, headers(nil), `{"site":"havana","id":"1","visibility":"paid","visibility":"public"}`, "visibility", "1"},
		{"a key that stands twice, escaped", subject, headers(nil), `{"site":"havana","id":"1","visibility":"paid","\u0076isibility":"public"}`, "visibility", "1"},
		{"a language that is a number", subject, headers(nil), `{"site":"havana","id":"1","visibility":"public","language":7}`, "language", "1"},
		{"a list of articles", subject, headers(nil), "[" + good + "]", "object", ""},
		{"a site with a star", subject, headers(nil), `{"site":"*","id":"1","visibility":"public"}`, "site", ""},
		{"an id of a kilobyte", subjectOf(strings.Repeat("x", 1024)), headers(nil), withID(`"` + strings.Repeat("x", 1024) + `"`), "id", ""},
	} {
		raw(t, b.Conn, test.subject, test.header, test.data)
		d := next(t, b.Conn)
		if d.Err == nil || !lector.IsPermanent(d.Err) {
			t.Errorf("%s: decoded %+v, %v", test.name, d.Event, d.Err)
			continue
		}
		if err := d.Term(lector.ClassInput, d.Err.Error()); err != nil {
			t.Fatal(err)
		}
		l, err := b.DeadLetter(t.Context(), uint64(i+1))
		if err != nil || !strings.Contains(l.Reason, test.reason) || l.Article != test.article || string(l.Data) != test.data {
			t.Errorf("%s: letter %+v, %v", test.name, l, err)
		}
	}
	m := nats.NewMsg(subject)
	m.Header, m.Data = headers(nil), []byte(strings.Repeat("x", 1<<20+1))
	if _, err := b.js.PublishMsg(t.Context(), m); !errors.Is(err, nats.ErrMaxPayload) {
		t.Errorf("a megabyte and a byte: %v", err)
	}
	// Only a hash of an id goes into subjects and addresses: it may hold anything.
	for _, id := range []string{". .* > ../x", "*", ">", " ", "a.b.c", "ф", "../../etc/passwd", "a\x00b", "a\tb\r\n", strings.Repeat("x", maxIdentifier)} {
		e := event("x", "r")
		e.ID, e.Article.ID = "e"+id, id
		publish(t, b.Conn, e)
		for found := false; !found; { // on a busy machine one before it may come again
			d := next(t, b.Conn)
			if found = d.Event.Article.ID == id; d.Err != nil {
				t.Fatalf("id %q: %q, %v", id, d.Event.Article.ID, d.Err)
			}
			if err := d.Ack(t.Context()); err != nil {
				t.Error(err)
			}
		}
	}
}
