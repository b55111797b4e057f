package schema

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"lector"
)

func TestCheckArticle(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, data, want string }{
		{"least", `{"site":"havana","id":"1"}`, ""},
		{"unknown fields pass", `{"site":"havana","id":"1","mood":["calm"]}`, ""},
		{"null authors", `{"site":"havana","id":"1","authors":null}`, ""},
		{"empty language", `{"site":"havana","id":"1","language":""}`, ""},
		{"not JSON", `{"site":`, "not JSON"},
		{"trailing data", `{"site":"havana","id":"1"} {}`, "not JSON"},
		{"no id", `{"site":"havana"}`, "id is missing"},
		{"body without content", `{"site":"havana","id":"1","body":{"content_type":"text/html"}}`, "body.content is missing"},
		{"raw site", `{"site":"a.b>*","id":"1"}`, "site: "},
		{"long id", `{"site":"havana","id":"` + strings.Repeat("x", 600) + `"}`, "id: "},
		{"time", `{"site":"havana","id":"1","updated_at":"yesterday"}`, "updated_at: "},
		{"content type", `{"site":"havana","id":"1","body":{"content_type":"application/pdf","content":""}}`, "body.content_type: "},
		{"array", `[]`, "want object"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := CheckArticle([]byte(tt.data))
			if tt.want == "" {
				if err != nil {
					t.Fatalf("refused: %v", err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v, want an error with %q", err, tt.want)
			}
			if !lector.IsPermanent(err) {
				t.Errorf("%v is not permanent", err)
			}
		})
	}
}

// What our own structs marshal to must pass our own schema.
func TestArticleMarshalsToSchema(t *testing.T) {
	t.Parallel()
	full := lector.Article{
		Site: "havana", ID: "1", Revision: "r", URL: "https://reader.example/1", Title: "T", Subtitle: "S",
		Authors: []string{"A"}, Section: "World", Tags: []string{"t"}, Language: "en-GB",
		PublishedAt: time.Now(), UpdatedAt: time.Now(), Visibility: lector.Public,
		Body: lector.Body{ContentType: lector.HTML, Content: "<p>x</p>"}, Image: "https://reader.example/1.jpg",
	}
	for _, a := range []lector.Article{full, {Site: "havana", ID: "1"}} {
		data, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		if err := CheckArticle(data); err != nil {
			t.Errorf("%s: %v", data, err)
		}
	}
}
