package nats

import (
	"encoding/base64"
	"strings"
	"testing"

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
		"":                          "no data",
		`,"data":null`:              "want object",
		`,"data_base64":"%%"`:       "structured CloudEvent",
		`,"data":{"site":"havana"}`: "id is missing",
		`,"data":{}} trailing`:      "structured CloudEvent",
	} {
		if _, err := decoded(true, "1", event(data)); !lector.IsPermanent(err) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", data, err, want)
		}
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
