package nats

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"lector"
)

func decoded(structured bool, id, data string) (lector.ArticleEvent, error) {
	h := nats.Header{ceVersion: {"1.0"}, ceID: {"1"}, ceSource: {"test"}, ceType: {string(lector.Published)}}
	if structured {
		h = nats.Header{"Content-Type": {structuredCE + "; charset=utf-8"}}
	}
	return decodeArticle(lector.ArticleSubject("havana", lector.Key("havana", id)), h, []byte(data))
}

// TestUnknownFieldsPass: a field of another name is none of ours, however alike
// it looks.
func TestUnknownFieldsPass(t *testing.T) {
	t.Parallel()
	const article = `{"site":"havana","id":"1","visibility":"members","title":"T","body":{"content_type":"text/plain","content":"Right.","Content":"Wrong."},
		"Visibility":"public","Title":7,"Body":"<p>raw</p>","ID":"2","\u017fite":"other","x":{"y":[{}]}}`
	event := `{"specversion":"1.0","id":"1","source":"s","type":"lector.article.published.v1","Type":"lector.article.deleted.v1","data":` + article + `}`
	for name, e := range map[string]struct {
		structured bool
		data       string
	}{"binary": {false, article}, "structured": {true, event}} {
		got, err := decoded(e.structured, "1", e.data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if a := got.Article; a.Visibility != lector.Members || a.Title != "T" || a.Body.Content != "Right." || a.ID != "1" || got.Type != lector.Published {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestStructuredData(t *testing.T) {
	t.Parallel()
	const article = `{"site":"havana","id":"1","title":"T"}`
	event := func(data string) string {
		return `{"specversion":"1.0","id":"1","source":"s","type":"lector.article.published.v1"` + data + `}`
	}
	got, err := decoded(true, "1", event(`,"data_base64":"`+base64.StdEncoding.EncodeToString([]byte(article))+`"`))
	if err != nil || got.Article.Title != "T" {
		t.Errorf("data in base64: %+v, %v", got, err)
	}
	for data, want := range map[string]string{
		"":                                "no data",
		`,"data":null`:                    "no data",
		`,"data":null,"data_base64":null`: "no data",
		`,"data_base64":"%%"`:             "structured CloudEvent",
		`,"data":{"site":"havana"}`:       "id is missing",
		`,"data":{}} trailing`:            "structured CloudEvent",
	} {
		if _, err := decoded(true, "1", event(data)); !lector.IsPermanent(err) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", data, err, want)
		}
	}
}

// TestNumbersAndNulls: a CMS whose ids are numbers sends numbers, and what it
// does not know is null.
func TestNumbersAndNulls(t *testing.T) {
	t.Parallel()
	const id = "9007199254740993"
	const article = `{"site":"havana","id":` + id + `,"revision":12,"title":"T","url":null,"authors":[null,"Ana"],"tags":null,"image":null,
		"visibility":"public","updated_at":null,"body":{"content_type":"text/plain","content":"Right."}}`
	event := `{"specversion":"1.0","id":1234567890123456789,"source":"s","type":"lector.article.published.v1","time":null,
		"data_base64":null,"data":` + article + `}`
	for name, e := range map[string]struct {
		structured bool
		data       string
	}{"binary": {false, article}, "structured": {true, event}} {
		got, err := decoded(e.structured, id, e.data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		a := got.Article
		if a.ID != id || a.Revision != "12" || !slices.Equal(a.Authors, []string{"Ana"}) || a.Body.Content != "Right." {
			t.Errorf("%s: %+v", name, a)
		}
		if e.structured && got.ID != "1234567890123456789" {
			t.Errorf("the event's id is %s", got.ID)
		}
	}
	for _, bad := range []string{`4711.5`, `4711.0`, `1e3`, `true`} {
		_, err := decoded(false, "4711", `{"site":"havana","id":`+bad+`}`)
		if !lector.IsPermanent(err) || !strings.Contains(err.Error(), "article data: id: "+bad+" is neither") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// TestFaultsDoNotKeepAnArticle: an article is withdrawn whatever else is wrong
// with the event, so long as it is known which one.
func TestFaultsDoNotKeepAnArticle(t *testing.T) {
	t.Parallel()
	const data = `{"site":"havana","id":"1","revision":3,"updated_at":"2026-11-20T08:00:00Z",
		"url":"javascript:alert(1)","title":7,"body":{"content":null},"authors":"Ana"}`
	withdraw := func(kind lector.EventType, id, data string) (lector.ArticleEvent, error) {
		h := nats.Header{ceVersion: {"1.0"}, ceID: {"1"}, ceSource: {"test"}, ceType: {string(kind)}}
		return decodeArticle(lector.ArticleSubject("havana", lector.Key("havana", id)), h, []byte(data))
	}
	for _, kind := range []lector.EventType{lector.Unpublished, lector.Deleted} {
		got, err := withdraw(kind, "1", data)
		if err != nil || got.Article.ID != "1" || got.Article.Revision != "3" || got.Article.UpdatedAt.IsZero() || got.Article.URL != "" {
			t.Errorf("%s: %+v, %v", kind, got, err)
		}
	}
	if _, err := withdraw(lector.Updated, "1", data); err == nil {
		t.Error("a publication with faults passed")
	}
	if _, err := withdraw(lector.Deleted, "1", `{"site":"havana","id":true}`); !lector.IsPermanent(err) {
		t.Errorf("no id: %v", err)
	}
}

func TestDeepDataIsReadOnce(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat(`{"x":`, 9000) + `1` + strings.Repeat(`}`, 9000)
	got, err := decoded(false, "1", `{"site":"havana","id":"1","x":`+deep+`}`)
	if err != nil || got.Article.ID != "1" {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestSmallLettersInTimes: RFC 3339 lets T and Z be small, and so do the schema and the
// CloudEvents specification.
func TestSmallLettersInTimes(t *testing.T) {
	t.Parallel()
	e, err := DecodeEvent([]byte(`{"specversion":"1.0","id":"a","source":"s","type":"lector.article.published.v1","time":"2026-11-29t12:00:00z",
		"data":{"site":"havana","id":"1","visibility":"public","updated_at":"2026-11-29t12:00:00z"}}`))
	if noon := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC); err != nil || !e.Time.Equal(noon) || !e.Article.UpdatedAt.Equal(noon) {
		t.Errorf("%v, %v, %v", e.Time, e.Article.UpdatedAt, err)
	}
}

// TestStatedTimeIsClamped: no clock of a CMS is ahead of the broker's.
func TestStatedTimeIsClamped(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := lector.Article{Site: "havana", ID: "ahead", Title: "Ahead", Visibility: lector.Public, UpdatedAt: time.Now().Add(time.Hour)}
	a.Body = lector.Body{ContentType: lector.HTML, Content: "<p>text</p>"}
	if _, err := b.Conn.Publish(t.Context(), lector.ArticleEvent{ID: "1", Source: "cms", Type: lector.Published, Time: time.Now(), Article: a}); err != nil {
		t.Fatal(err)
	}
	if d := next(t, b.Conn); d.Err != nil || d.Stored.IsZero() || !d.Event.Article.UpdatedAt.Equal(d.Stored) {
		t.Errorf("stored %v, updated at %v, %v", d.Stored, d.Event.Article.UpdatedAt, d.Err)
	}
}

// TestLaneOfAnEvent: the lane is an extension attribute; one that nobody knows
// keeps no article out.
func TestLaneOfAnEvent(t *testing.T) {
	t.Parallel()
	for attribute, want := range map[string]lector.Lane{
		"": lector.Normal, `,"lane":"normal"`: lector.Normal, `,"lane":"breaking"`: lector.Breaking,
		`,"lane":"backfill"`: lector.Backfill, `,"lane":"left"`: lector.Normal, `,"lane":null`: lector.Normal,
	} {
		e, err := decoded(true, "1", `{"specversion":"1.0","id":"1","source":"s","type":"lector.article.published.v1"`+attribute+`,"data":{"site":"havana","id":"1"}}`)
		if err != nil || e.Lane != want {
			t.Errorf("%s: lane %s, %v", attribute, e.Lane, err)
		}
	}
}

// TestStructuredWithoutHeaders: the NATS binding of CloudEvents has no headers in
// structured mode. With the attributes of an event in headers, the data is only data.
func TestStructuredWithoutHeaders(t *testing.T) {
	t.Parallel()
	const article = `{"site":"havana","id":"1","title":"T"}`
	subject := lector.ArticleSubject("havana", lector.Key("havana", "1"))
	event := `{"specversion":"1.0","id":"a","source":"s","type":"lector.article.published.v1","datacontenttype":"application/json","data":` + article + `}`
	for name, h := range map[string]nats.Header{"none": nil, "others": {"Nats-Msg-Id": {"7"}}, "content type of the data": {"Content-Type": {"application/json"}}} {
		e, err := decodeArticle(subject, h, []byte(event))
		if err != nil || e.ID != "a" || e.Article.Title != "T" {
			t.Errorf("%s: %+v, %v", name, e, err)
		}
	}
	if _, err := decodeArticle(subject, nil, []byte(article)); !lector.IsPermanent(err) || !strings.Contains(err.Error(), "has no specversion") {
		t.Errorf("an article alone: %v", err)
	}
	h := nats.Header{ceVersion: {"1.0"}, ceID: {"1"}, ceSource: {"test"}, ceType: {string(lector.Published)}}
	if _, err := decodeArticle(subject, h, []byte(event)); err == nil {
		t.Error("an event inside the data of another is read")
	}
}
