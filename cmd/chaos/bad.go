package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"lector"
)

// badEvent is what no CMS should send. Its marker is in its header or data, so that its
// dead letter can be recognised.
type badEvent struct {
	at      time.Duration
	name    string
	marker  string
	site    string // of the article that it may make a job of, if any
	article string
	// withdraws says that the event takes away what was never there.
	withdraws bool
	message   func(now time.Time) *nats.Msg
}

// key is that of the job that the event may make.
func (b badEvent) key() string { return lector.Key(b.site, b.article) }

// fields are the data of an article event, any of which may be wrong.
type fields map[string]any

// badEvents plans one of each kind, over the whole time.
func (p *planner) badEvents() []badEvent {
	var all []badEvent
	for i, k := range badKinds() {
		marker := fmt.Sprintf("bad-%d-%d", p.seed, i)
		b := badEvent{
			at: time.Duration(p.rng.Int64N(int64(max(p.duration*8/10, 1)))), name: k.name, marker: marker,
			site: siteNames[i%len(siteNames)], article: marker + k.suffix, withdraws: k.kind.Withdraws(),
		}
		f := fields{
			"site": b.site, "id": b.article, "revision": "r1", "title": p.title(), "language": "en", "visibility": "public",
			"body": fields{"content_type": "text/html", "content": body(p.paragraphs(1))}, "marker": marker,
		}
		b.message = func(now time.Time) *nats.Msg { return k.message(b, f, now) }
		all = append(all, b)
	}
	return all
}

// badKind is one way to be wrong. Each function may be nil.
type badKind struct {
	name   string
	suffix string // of the article's id
	kind   lector.EventType
	data   func(fields)             // changes the data
	raw    func(data string) string // replaces the data
	header func(nats.Header)        // changes the header
	site   string                   // of the subject, when it is another
}

// message makes the message of an event that is right but for its kind's fault.
func (k badKind) message(b badEvent, good fields, now time.Time) *nats.Msg {
	f := fields{}
	for name, value := range good {
		f[name] = value
	}
	f["updated_at"] = now.UTC().Format(time.RFC3339Nano)
	if k.data != nil {
		k.data(f)
	}
	data, err := json.Marshal(f)
	if err != nil { // fields hold nothing that JSON cannot
		panic(err)
	}
	if k.raw != nil {
		data = []byte(k.raw(string(data)))
	}
	kind := lector.Published
	if k.kind != "" {
		kind = k.kind
	}
	site := b.site
	if k.site != "" {
		site = k.site
	}
	m := nats.NewMsg(lector.ArticleSubject(site, b.key()))
	m.Data, m.Header = data, ceHeader(b.marker, string(kind), now)
	if k.header != nil {
		k.header(m.Header)
	}
	return m
}

// badKinds are the bad input that every event source produces one day.
func badKinds() []badKind {
	set := func(name string, value any) func(fields) { return func(f fields) { f[name] = value } }
	return []badKind{
		{name: "no JSON", raw: func(data string) string { return data[:len(data)/2] + "bad" }},
		{name: "a JSON list", raw: func(data string) string { return "[" + data + "]" }},
		{name: "no data", raw: func(string) string { return "" }},
		{name: "invalid UTF-8", raw: func(data string) string { return strings.Replace(data, "The ", "\xff\xfe ", 1) }},
		{name: "no site", data: func(f fields) { delete(f, "site") }},
		{name: "no id", data: func(f fields) { delete(f, "id") }},
		{name: "unknown site", site: "nowhere", data: set("site", "nowhere")},
		{name: "title is a number", data: set("title", 4711)},
		{name: "body is a text", data: set("body", "just text")},
		{name: "body of a type that nobody reads", data: set("body", fields{"content_type": "application/pdf", "content": "%PDF"})},
		{name: "updated_at is no time", data: set("updated_at", "yesterday")},
		{name: "unknown visibility", data: set("visibility", "friends")},
		{name: "nothing to read", data: set("body", fields{"content_type": "text/html", "content": "<p> </p>"})},
		{name: "version 2 of the type", header: func(h nats.Header) { h.Set("ce-type", "lector.article.published.v2") }},
		{name: "no CloudEvent", header: func(h nats.Header) { h.Del("ce-specversion") }},
		{name: "no ce-id", header: func(h nats.Header) { h.Del("ce-id") }},
		{name: "ce-time is no time", header: func(h nats.Header) { h.Set("ce-time", "noon") }},
		{name: "id with dots, stars and spaces", suffix: ". .* > ../x"},
		{name: "id with a NUL", suffix: "\x00"},
		{name: "id of a kilobyte", suffix: strings.Repeat("x", 1024)},
		{name: "a megabyte and a byte", data: set("subtitle", strings.Repeat("x", 1<<20))},
		{name: "withdrawn before it was published", kind: lector.Unpublished},
		{name: "structured mode, cut", header: func(h nats.Header) { h.Set("content-type", "application/cloudevents+json") }},
	}
}
