package webhook_test

import (
	"bytes"
	"encoding/json"
	"os"
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
	e, err := event(t, `{"type":"article.updated","timestamp":"2026-11-28t12:00:00z","data":{"site":"havana","id":4711,"revision":7,
		"url":"https://reader.example/1","title":"T","subtitle":"S","authors":["Ana",null],"section":"World","tags":["x"],"language":"uk",
		"published_at":"2026-11-28t10:00:00z","updated_at":"2026-11-28T11:00:00Z","visibility":"public","image":"https://reader.example/1.jpg","type":"story","audio":"off","teaser":true,
		"body":{"content_type":"text/html","content":"<p>x</p>","ref":"claims/aaaaaaaaaaaaaaaaaaaaaaaaaa/0.json"},"email":"ana@reader.example","Title":"Y"}}`)
	at := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	want := lector.ArticleEvent{Type: lector.Updated, Time: at, Article: lector.Article{
		Site: "havana", ID: "4711", Revision: "7", URL: "https://reader.example/1", Title: "T", Subtitle: "S", Authors: []string{"Ana"}, Section: "World",
		Tags: []string{"x"}, Language: "uk", PublishedAt: at.Add(-2 * time.Hour), UpdatedAt: at.Add(-time.Hour), Visibility: lector.Public,
		Body: lector.Body{ContentType: lector.HTML, Content: "<p>x</p>"}, Image: "https://reader.example/1.jpg",
		Type: "story", Audio: lector.AudioOff, Teaser: true,
	}}
	if err != nil || !reflect.DeepEqual(e, want) {
		t.Errorf("got  %+v, %v\nwant %+v", e, err, want)
	}
}

// Each field of the event schema is kept, but for the one that nobody may name from
// outside.
func TestKeepFollowsTheSchema(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../../infra/schema/article.v1.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Properties map[string]struct {
			Properties map[string]any `json:"properties"`
		} `json:"properties"`
	}
	if err := json.Unmarshal(data, &schema); err != nil || len(schema.Properties) < 10 {
		t.Fatal(schema, err)
	}
	keep := webhook.Source{}.Keep()["data"]
	for name, field := range schema.Properties {
		if _, kept := keep[name]; !kept {
			t.Errorf("%s is dropped", name)
		}
		for part := range field.Properties {
			if _, kept := keep[name][part]; kept != (part != "ref") {
				t.Errorf("%s.%s: kept %v", name, part, kept)
			}
		}
	}
}

func TestLane(t *testing.T) {
	t.Parallel()
	for lane, want := range map[string]lector.Lane{"breaking": lector.Breaking, "backfill": lector.Backfill, "normal": lector.Normal, "urgent": lector.Normal, "": lector.Normal} {
		e, err := event(t, `{"type":"article.published","lane":"`+lane+`","data":{"id":"1"}}`)
		if err != nil || e.Lane != want {
			t.Errorf("%q: %q, %v", lane, e.Lane, err)
		}
	}
}

func TestWrongTimes(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"type":"article.published","timestamp":"now","data":{"id":"1"}}`:                                          `timestamp: "now" is no time as `,
		`{"type":"article.published","data":{"id":"1","published_at":"2026-11-28 10:00"}}`:                          `data.published_at: "2026-11-28 10:00" is no time as `,
		`{"type":"article.published","data":{"id":"1","title":"T","updated_at":"` + strings.Repeat("9", 99) + `"}}`: `data.updated_at: "9999`,
	} {
		if _, err := event(t, body); err == nil || !strings.HasPrefix(err.Error(), want) || len(err.Error()) > 150 {
			t.Errorf("%s: %v, want %s", body, err, want)
		}
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
