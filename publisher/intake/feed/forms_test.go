package feed_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"lector/publisher/intake/feed"
)

// form is what a document of testdata/forms says of its first article, at the least.
type form struct {
	kind, id, tags     string
	articles, skipped  int
	published, updated string
}

const (
	ferry   = "https://paper.example/2026/ferry"
	morning = "2026-11-02T08:04:05Z"
)

// forms are the documents, each written after the specification of its format.
var forms = map[string]form{
	"rss-1.0.xml":          {kind: feed.RSS, id: ferry, tags: "Harbour", articles: 2, published: morning},
	"rss-0.91.xml":         {kind: feed.RSS, id: ferry, articles: 1},
	"rss-2.0-relative.xml": {kind: feed.RSS, id: "ferry-17", tags: "Harbour", articles: 1, skipped: 1, published: morning},
	"atom-1.0-xhtml.xml":   {kind: feed.Atom, id: "urn:uuid:1225c695-cfb8-4ebb-aaaa-80da344efa6a", tags: "Harbour", articles: 1, published: "2026-11-02T08:04:05.25Z", updated: "2026-11-02T08:30:00Z"},
	"atom-0.3.xml":         {kind: feed.Atom, id: "tag:paper.example,2026:ferry", articles: 1, published: morning, updated: "2026-11-02T08:30:00Z"},
	"json-feed-1.0.json":   {kind: feed.JSON, id: "ferry-17", tags: "Harbour", articles: 2, published: morning, updated: "2026-11-02T08:30:00Z"},
	"news-sitemap.xml":     {kind: feed.NewsSitemap, id: ferry, tags: "Harbour|tide", articles: 1, published: "2026-11-02T08:04:05.25Z"},
}

// TestForms reads one article in each format, with the address that it has in all of them.
func TestForms(t *testing.T) {
	t.Parallel()
	for name, want := range forms {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := parseForm(t, name, func(text string) string { return text })
			if d.Kind != want.kind || len(d.Entries) != want.articles || d.Skipped != want.skipped {
				t.Fatalf("%s with %d articles, %d without an address: %+v", d.Kind, len(d.Entries), d.Skipped, d)
			}
			e := d.Entries[0]
			address, _, _ := strings.Cut(e.URL, "?page=2")
			if e.ID != want.id || address != ferry || e.Title != "The ferry is late" || strings.Join(e.Tags, "|") != want.tags {
				t.Errorf("read %+v", e)
			}
			for what, got := range map[string][2]string{"published": {stamp(e.Published), want.published}, "updated": {stamp(e.Updated), want.updated}} {
				if got[1] != "" && got[0] != got[1] {
					t.Errorf("%s %s, want %s", what, got[0], got[1])
				}
			}
		})
	}
}

func stamp(at time.Time) string { return at.Format(time.RFC3339Nano) }

func parseForm(t *testing.T, name string, change func(string) string) feed.Document {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "forms", name))
	if err != nil {
		t.Fatal(err)
	}
	d, err := feed.Parse([]byte(change(string(data))), origin)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestEncodings: the same article comes out of a document in UTF-16, which XML allows.
func TestEncodings(t *testing.T) {
	t.Parallel()
	for mark, order := range map[string]func(uint16) string{
		"\xfe\xff": func(u uint16) string { return string([]byte{byte(u >> 8), byte(u)}) },
		"\xff\xfe": func(u uint16) string { return string([]byte{byte(u), byte(u >> 8)}) },
	} {
		d := parseForm(t, "rss-2.0-relative.xml", func(text string) string {
			var b strings.Builder
			b.WriteString(mark)
			for _, u := range utf16.Encode([]rune(strings.Replace(text, `"utf-8"`, `"utf-16"`, 1))) {
				b.WriteString(order(u))
			}
			return b.String()
		})
		if len(d.Entries) != 1 || d.Entries[0].ID != "ferry-17" || d.Entries[0].Title != "The ferry is late" {
			t.Errorf("% x: %+v", mark, d)
		}
	}
}

// TestBrokenCharacters: one that is cut, as in the summary of an article, costs itself and
// no article.
func TestBrokenCharacters(t *testing.T) {
	t.Parallel()
	for _, data := range []string{
		rss("<item><link>https://paper.example/a</link><title>caf\xc3</title></item>"),
		urlset("<url><loc>https://paper.example/a</loc><news:news><news:title>caf\xe9</news:title></news:news></url>"),
		"{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[{\"id\":1,\"url\":\"https://paper.example/a\",\"title\":\"caf\xc3\"}]}",
	} {
		d, err := feed.Parse([]byte(data), origin)
		if err != nil || len(d.Entries) != 1 || d.Entries[0].Title != "caf\ufffd" || d.Entries[0].URL != "https://paper.example/a" {
			t.Errorf("%q: %+v, %v", data, d, err)
		}
	}
}

// TestEncodingOfTheAnswer: a document that does not state its encoding has that of the
// answer's Content-Type; what it states itself counts before.
func TestEncodingOfTheAnswer(t *testing.T) {
	t.Parallel()
	undeclared := strings.Replace(rss("<item><link>https://paper.example/a</link><title>caf\xe9</title></item>"), ` encoding="utf-8"`, "", 1)
	for _, c := range []struct{ contentType, data, want string }{
		{"application/rss+xml; charset=ISO-8859-1", undeclared, "café"},
		{"text/xml; charset=iso-8859-2", rss("<item><link>https://paper.example/a</link><title>café</title></item>"), "café"},
		{"text/xml; charset=iso-8859-1", strings.Replace(undeclared, `version="1.0"`, `version="1.0" encoding="windows-1251"`, 1), "cafй"},
		{"text/xml; charset=nothing", undeclared, "caf\ufffd"},
		{"text/xml", undeclared, "caf\ufffd"},
		{"", undeclared, "caf\ufffd"},
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", c.contentType)
			_, _ = w.Write([]byte(c.data))
		}))
		items, _, err := (&feed.Source{Web: s.Client(), URL: s.URL}).Changed(t.Context(), "")
		s.Close()
		if err != nil || len(items) != 1 || items[0].Title != c.want {
			t.Errorf("%s: %+v, %v", c.contentType, items, err)
		}
	}
}

// TestDates: a date of every form that the specifications name, and of those that sites
// write instead, is the same moment.
func TestDates(t *testing.T) {
	t.Parallel()
	for _, date := range []string{
		"Mon, 02 Nov 2026 08:04:05 GMT", // RFC 1123, as RSS has it
		"Mon, 02 Nov 26 08:04:05 UT",    // RFC 822
		"2 Nov 26 03:04:05 EST",
		"Mon, 2 Nov 2026 10:04:05 +0200",
		"Mon, 02 Nov 2026 08:04:05 Z",
		"Monday, 02-Nov-26 08:04:05 GMT", // RFC 850
		"Mon Nov  2 08:04:05 2026",       // asctime
		"2026-11-02T08:04:05Z",           // RFC 3339
		"2026-11-02T10:04:05+02:00",
		"2026-11-02T08:04:05.000Z",
		"2026-11-02t08:04:05z",
		"2026-11-02 08:04:05",
		"2026-11-02T10:04:05+0200",
		"Mon, 02 Nov 2026 01:04:05 PDT",
		"Mon,  02  Nov  2026  08:04:05  +0000",
		"02 Nov 26 08:04:05 gmt",
		"Mon, 2 Nov 2026 00:04:05 PST",
	} {
		d, err := feed.Parse([]byte(rss(`<item><link>https://paper.example/a</link><pubDate>`+date+`</pubDate></item>`)), origin)
		if err != nil || len(d.Entries) != 1 {
			t.Fatalf("%s: %+v, %v", date, d, err)
		}
		if got := d.Entries[0].Published.Format(time.RFC3339); got != morning {
			t.Errorf("%s is %s", date, got)
		}
	}
	for _, date := range []string{"", "yesterday", "Mon, 32 Nov 2026 08:04:05 GMT", ",", "2026-11-02T25:00:00Z"} {
		d, err := feed.Parse([]byte(rss(`<item><link>https://paper.example/a</link><pubDate>`+date+`</pubDate></item>`)), origin)
		if err != nil || len(d.Entries) != 1 || !d.Entries[0].Published.IsZero() {
			t.Errorf("%q: %+v, %v", date, d, err)
		}
	}
}

// TestIndexOfANewsSitemap reads an index with a prefix of its own, and a relative address.
func TestIndexOfANewsSitemap(t *testing.T) {
	t.Parallel()
	d := parseForm(t, "sitemap-index.xml", func(text string) string { return text })
	if d.Kind != feed.SitemapIndex || len(d.Children) != 1 || d.Children[0].URL != "https://paper.example/sitemaps/news.xml" || d.Children[0].Updated != "2026-11-02T08:04:05+00:00" {
		t.Errorf("read %+v", d)
	}
}
