package publisher_test

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"lector"
	"lector/publisher"
	"lector/publisher/publishertest"
	"lector/publisher/release"
)

// Rule 6: the label cannot be lost. Whatever a listener, a search engine, a
// podcast app or another site gets from the publisher, it says the same as the
// one disclosure record of the manifest.
func TestDisclosureIsTheSameEverywhere(t *testing.T) {
	t.Parallel()
	store := new(publishertest.Store)
	a := lector.Article{Site: "havana", ID: "good", Title: "Good", Language: "en", URL: "https://reader.example/good"}
	m := store.Rendition("https://audio.example", a, "One.")
	doors := publisher.New(publisher.Config{Store: store, ServeObjects: true, Sites: map[string]publisher.Site{"havana": {Title: "H"}}})
	get := func(path string) string {
		w := httptest.NewRecorder()
		doors.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != http.StatusOK {
			t.Fatalf("%s: %d %s", path, w.Code, w.Body)
		}
		return w.Body.String()
	}
	page := get("/embed/havana/good")
	seen := map[string]string{
		"page without script": between(t, page, `<p slot="label" lang="en">`, `</p>`),
		"page for search":     linked(t, page).Description,
		"manifest":            pointer(t, get("/"+lector.PointerKey("havana", m.Key))).Disclosure.Text,
		"script":              between(t, get("/player.js"), `,label:"`, `"`),
		"oembed":              oembed(t, get("/oembed?url=https://reader.example/good")),
		"feed":                strings.TrimSuffix(feed(t, get("/feed/havana.xml")).Description, "."),
	}
	for where, text := range seen {
		if text != m.Disclosure.Text || text != lector.DisclosureText {
			t.Errorf("the %s says %q", where, text)
		}
	}
	if ai := feed(t, get("/feed/havana.xml")).AI; ai != "true" {
		t.Errorf("the feed's ai-content is %q", ai)
	}
	if term := linked(t, page).SourceType; term != "https://schema.org/AlgorithmicMediaDigitalSource" {
		t.Errorf("the page calls the source %q", term)
	}
}

func between(t *testing.T, text, before, behind string) string {
	t.Helper()
	_, rest, ok := strings.Cut(text, before)
	found, _, end := strings.Cut(rest, behind)
	if !ok || !end {
		t.Fatalf("no %s…%s in:\n%s", before, behind, text)
	}
	return found
}

func linked(t *testing.T, page string) release.AudioObject {
	t.Helper()
	var o release.AudioObject
	parse(t, regexp.MustCompile(`(?s)<script type="application/ld\+json">(.*?)</script>`).FindStringSubmatch(page)[1], &o)
	return o
}

func pointer(t *testing.T, data string) lector.Manifest {
	t.Helper()
	var m lector.Manifest
	parse(t, data, &m)
	return m
}

func oembed(t *testing.T, data string) string {
	t.Helper()
	var o struct{ Disclosure, HTML string }
	parse(t, data, &o)
	if !strings.Contains(o.HTML, o.Disclosure) {
		t.Errorf("the frame does not say %q: %s", o.Disclosure, o.HTML)
	}
	return o.Disclosure
}

func parse(t *testing.T, data string, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(data), v); err != nil {
		t.Fatalf("%v in %s", err, data)
	}
}

// feedItem is what a podcast app reads of an item.
type feedItem struct {
	Title       string `xml:"title"`
	Link        string `xml:"link"`
	Description string `xml:"description"`
	GUID        string `xml:"guid"`
	Date        string `xml:"pubDate"`
	Enclosure   struct {
		URL    string `xml:"url,attr"`
		Length int64  `xml:"length,attr"`
		Type   string `xml:"type,attr"`
	} `xml:"enclosure"`
	Duration   int    `xml:"http://www.itunes.com/dtds/podcast-1.0.dtd duration"`
	AI         string `xml:"https://podcastindex.org/namespace/1.0 txt"`
	Transcript struct {
		URL string `xml:"url,attr"`
	} `xml:"https://podcastindex.org/namespace/1.0 transcript"`
}

// feed returns the feed's first item.
func feed(t *testing.T, data string) feedItem {
	t.Helper()
	var doc struct {
		Items []feedItem `xml:"channel>item"`
	}
	if err := xml.Unmarshal([]byte(data), &doc); err != nil || len(doc.Items) == 0 {
		t.Fatalf("no item: %v\n%s", err, data)
	}
	return doc.Items[0]
}
