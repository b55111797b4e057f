package webhook_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"

	"lector"
	"lector/publisher/intake"
	"lector/publisher/intake/strip"
	"lector/publisher/intake/webhook"
)

func event(t *testing.T, body string) (lector.ArticleEvent, error) {
	t.Helper()
	var kept bytes.Buffer
	if err := strip.Copy(&kept, strings.NewReader(body), webhook.Source{}.Keep()); err != nil {
		t.Fatal(err)
	}
	return webhook.Source{}.Event(intake.Delivery{Site: "havana", Body: kept.Bytes()})
}

// All fields of the event schema arrive, and nothing else.
func TestArticle(t *testing.T) {
	t.Parallel()
	e, err := event(t, `{"type":"article.updated","timestamp":"2026-11-28T12:00:00Z","data":{"site":"havana","id":4711,"revision":7,
		"url":"https://reader.example/1","title":"T","subtitle":"S","authors":["Ana",null],"section":"World","tags":["x"],"language":"uk",
		"published_at":"2026-11-28T10:00:00Z","updated_at":"2026-11-28T11:00:00Z","visibility":"public","image":"https://reader.example/1.jpg",
		"body":{"content_type":"text/html","content":"<p>x</p>","ref":"claims/aaaaaaaaaaaaaaaaaaaaaaaaaa/0.json"},"email":"ana@reader.example","Title":"Y"}}`)
	at := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	want := lector.ArticleEvent{Type: lector.Updated, Time: at, Article: lector.Article{
		Site: "havana", ID: "4711", Revision: "7", URL: "https://reader.example/1", Title: "T", Subtitle: "S", Authors: []string{"Ana"}, Section: "World",
		Tags: []string{"x"}, Language: "uk", PublishedAt: at.Add(-2 * time.Hour), UpdatedAt: at.Add(-time.Hour), Visibility: lector.Public,
		Body: lector.Body{ContentType: lector.HTML, Content: "<p>x</p>"}, Image: "https://reader.example/1.jpg",
	}}
	if err != nil || !reflect.DeepEqual(e, want) {
		t.Errorf("got  %+v, %v\nwant %+v", e, err, want)
	}
}

func TestTypes(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]lector.EventType{
		"article.published": lector.Published, "article.updated": lector.Updated, "article.unpublished": lector.Unpublished,
		"article.deleted": lector.Deleted, "article.scheduled": lector.Scheduled,
	} {
		if e, err := event(t, `{"type":"`+name+`","data":{"id":"1"}}`); err != nil || e.Type != want {
			t.Errorf("%s: %v, %v", name, e.Type, err)
		}
	}
}

func TestWrongKinds(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]string{
		`{"id":"1","body":"<p>x</p>"}`:             "data.body: a JSON string cannot stand there",
		`{"id":"1","title":5}`:                     "data.title: a JSON number cannot stand there",
		`{"id":"1","body":{"content":["a", "b"]}}`: "data.body.content: a JSON array cannot stand there",
	} {
		if _, err := event(t, `{"type":"article.published","data":`+data+`}`); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", data, err, want)
		}
	}
}

func TestKey(t *testing.T) {
	t.Parallel()
	for secret, want := range map[string]string{"whsec_c2VjcmV0": "secret", "c2VjcmV0\n": "secret", "whsec_": "", "not base64!": ""} {
		key, err := webhook.Headers{}.Key(secret)
		if string(key) != want || (err != nil) != (secret == "not base64!") {
			t.Errorf("%q: %q, %v", secret, key, err)
		}
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("the error shows the secret: %v", err)
		}
	}
}
