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
		{"body by reference", `{"site":"havana","id":"1","body":{"content_type":"text/html","ref":"claims/` + strings.Repeat("k", 26) + "/" + strings.Repeat("a", 64) + `.json"}}`, ""},
		{"reference elsewhere", `{"site":"havana","id":"1","body":{"content_type":"text/html","ref":"a/havana/k/manifest.json"}}`, "body.ref: "},
		{"reference by address", `{"site":"havana","id":"1","body":{"content_type":"text/html","ref":"https://evil.example/"}}`, "body.ref: "},
		{"null reference", `{"site":"havana","id":"1","body":{"content_type":"text/html","ref":null}}`, "body.content is missing"},
		{"null reference beside content", `{"site":"havana","id":"1","body":{"content_type":"text/html","content":"x","ref":null}}`, ""},
		{"raw site", `{"site":"a.b>*","id":"1"}`, "site: "},
		{"long id", `{"site":"havana","id":"` + strings.Repeat("x", 600) + `"}`, "id: "},
		{"time", `{"site":"havana","id":"1","updated_at":"yesterday"}`, `updated_at: "yesterday" is no time as 2026-11-28T10:00:00Z`},
		{"content type", `{"site":"havana","id":"1","body":{"content_type":"application/pdf","content":""}}`, "body.content_type: "},
		{"array", `[]`, "want object"},
		{"null", `null`, "want object"},
		{"all null", `{"site":"havana","id":"1","revision":null,"url":null,"title":null,"subtitle":null,"authors":[null,"Ana"],
			"section":null,"tags":[null],"language":null,"published_at":null,"updated_at":null,"visibility":null,"body":null,"image":null}`, ""},
		{"null site", `{"site":null,"id":"1"}`, "site is missing"},
		{"null id", `{"site":"havana","id":null}`, "id is missing"},
		{"null content", `{"site":"havana","id":"1","body":{"content_type":"text/html","content":null}}`, "body.content is missing"},
		{"null content type", `{"site":"havana","id":"1","body":{"content_type":null,"content":"x"}}`, "body.content_type is missing"},
		{"number", `{"site":"havana","id":4711,"revision":7}`, ""},
		{"large number", `{"site":"havana","id":123456789012345678901234567890}`, ""},
		{"longest number", `{"site":"havana","id":` + strings.Repeat("7", 512) + `}`, ""},
		{"number too long", `{"site":"havana","id":` + strings.Repeat("7", 513) + `}`, "id: 7"},
		{"unknown number", `{"site":"havana","id":"1","mood":1e999,"body":{"content_type":"text/html","content":"","n":1e999}}`, ""},
		{"number for a reference", `{"site":"havana","id":"1","body":{"content_type":"text/html","ref":1e999}}`, "body.content is missing"},
		{"long title", `{"site":"havana","id":"1","title":"` + strings.Repeat("x", 2001) + `"}`, "2001 Unicode code points, more than 2000"},
		{"many authors", `{"site":"havana","id":"1","authors":["` + strings.Repeat(`x","`, 100) + `"]}`, "authors: maxItems"},
		{"audio", `{"site":"havana","id":"1","audio":"of"}`, `audio: want one of ["on","off",null]`},
		{"long audio", `{"site":"havana","id":"1","audio":"` + strings.Repeat("x", 5000) + `"}`, "audio: want one of"},
		{"body of text", `{"site":"havana","id":"1","body":"x"}`, "body: want object or null"},
		{"small letters in a time", `{"site":"havana","id":"1","updated_at":"2026-11-28t10:00:00z"}`, ""},
		{"day of no month", `{"site":"havana","id":"1","updated_at":"2026-02-30T10:00:00Z"}`, "updated_at: "},
		{"float", `{"site":"havana","id":4711.5}`, `id: 4711.5 is neither`},
		{"whole float", `{"site":"havana","id":4711.0}`, `write it as a text, as in "4711"`},
		{"exponent", `{"site":"havana","id":1e3}`, `id: 1e3 is neither`},
		{"boolean", `{"site":"havana","id":true}`, `id: true is neither`},
		{"list", `{"site":"havana","id":["1"]}`, `id: ["1"] is neither`},
		{"float revision", `{"site":"havana","id":1,"revision":1.5}`, `revision: 1.5 is neither`},
		{"number for a title", `{"site":"havana","id":1,"title":7}`, "title: want string or null"},
		{"number in authors", `{"site":"havana","id":1,"authors":[7]}`, "authors.0: want string or null"},
		{"address", `{"site":"havana","id":"1","url":"HTTPS://reader.example/1?a=b#c"}`, ""},
		{"no address", `{"site":"havana","id":"1","url":""}`, ""},
		{"script", `{"site":"havana","id":"1","url":"javascript:alert(1)"}`, "url: is a javascript: address"},
		{"script in capitals", `{"site":"havana","id":"1","url":"JAVASCRIPT:alert(1)"}`, "url: is a javascript: address"},
		{"script with a tab", `{"site":"havana","id":"1","url":"java\tscript:alert(1)"}`, "url: holds white space"},
		{"data", `{"site":"havana","id":"1","url":"data:text/html,x"}`, "url: is a data: address"},
		{"file", `{"site":"havana","id":"1","url":"file:///etc/passwd"}`, "url: is a file: address"},
		{"path", `{"site":"havana","id":"1","url":"/articles/1"}`, "url: does not begin with https:// or http://"},
		{"protocol-relative", `{"site":"havana","id":"1","url":"//evil.example/1"}`, "url: does not begin with https:// or http://"},
		{"login", `{"site":"havana","id":"1","url":"https://me:hunter2@reader.example/"}`, "url: holds a name or password"},
		{"backslashes", `{"site":"havana","id":"1","url":"https:\\\\reader.example"}`, "backslash"},
		{"number for an address", `{"site":"havana","id":"1","url":7}`, "url: want string or null"},
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
			if len(err.Error()) > 300 {
				t.Errorf("%d bytes long: %.400v", len(err.Error()), err)
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
