package publisher_test

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"lector"
	"lector/publisher"
	"lector/publisher/publishertest"
)

// What a podcast app does with the feed: it reads an item and fetches what the
// item names.
func TestFeedLeadsToTheAudio(t *testing.T) {
	t.Parallel()
	store := new(publishertest.Store)
	a := lector.Article{
		Site: "havana", ID: "good", Title: "Rock & <roll>\x01", Language: "en", Authors: []string{"Ann", "Bob"},
		URL: "https://reader.example/good?a=1&b=2", PublishedAt: time.Date(2026, 11, 16, 13, 5, 0, 0, time.UTC),
	}
	m := store.Rendition("https://old.example", a, "One.")
	doors := publisher.New(publisher.Config{
		Store: store, ServeObjects: true, PublicURL: "https://audio.example/",
		Sites: map[string]publisher.Site{"havana": {Title: "H", Email: "desk@reader.example", Image: "https://reader.example/cover.png"}},
	})
	get := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		doors.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w
	}
	body := get("/feed/havana.xml").Body.String()
	first := feed(t, body)
	if first.Title != "Rock & <roll>\uFFFD" || first.Link != a.URL || first.Date != "Mon, 16 Nov 2026 13:05:00 +0000" || first.Duration != 12 {
		t.Errorf("item %+v", first)
	}
	for _, want := range []string{
		`<itunes:email>desk@reader.example</itunes:email>`, `<itunes:image href="https://reader.example/cover.png">`,
		`<atom:link href="https://audio.example/feed/havana.xml" rel="self"`, `<itunes:author>Ann, Bob</itunes:author>`,
		`<guid isPermaLink="false">lector:havana/` + m.Key + `</guid>`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the feed lacks %s:\n%s", want, body)
		}
	}
	path, ok := strings.CutPrefix(first.Enclosure.URL, "https://audio.example")
	audio := get(path)
	if !ok || audio.Code != http.StatusOK || int64(audio.Body.Len()) != first.Enclosure.Length || audio.Header().Get("Content-Type") != first.Enclosure.Type {
		t.Errorf("the enclosure %+v answers %d with %d bytes of %s", first.Enclosure, audio.Code, audio.Body.Len(), audio.Header().Get("Content-Type"))
	}
	if path, _ := strings.CutPrefix(first.Transcript.URL, "https://audio.example"); get(path).Code != http.StatusOK {
		t.Errorf("the transcript %s answers %d", first.Transcript.URL, get(path).Code)
	}
}

// A podcast app that asks at any moment behind a takedown, or a cache that asks
// in its place, is not told of the article any more.
func TestTakedownLeavesTheFeedAtOnce(t *testing.T) {
	t.Parallel()
	store := new(publishertest.Store)
	doors := publisher.New(publisher.Config{Store: store, ServeObjects: true, Sites: map[string]publisher.Site{"havana": {Title: "H"}}})
	get := func(header ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, "/feed/havana.xml", nil)
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		doors.ServeHTTP(w, r)
		return w
	}
	stays := store.Rendition("", lector.Article{Site: "havana", ID: "stays", Title: "Stays"}, "One.")
	goes := store.Rendition("", lector.Article{Site: "havana", ID: "goes", Title: "Goes"}, "One.")
	before := get()
	if got := feedTitles(t, before); got != "Goes Stays " {
		t.Fatalf("the feed holds %q", got)
	}
	if again := get("If-None-Match", before.Header().Get("ETag")); again.Code != http.StatusNotModified {
		t.Errorf("unchanged, it answers %d", again.Code)
	}
	store.Delete(lector.PointerKey("havana", goes.Key))
	after := get("If-None-Match", before.Header().Get("ETag"))
	if got := feedTitles(t, after); after.Code != http.StatusOK || got != "Stays " {
		t.Errorf("behind the takedown it answers %d with %q", after.Code, got)
	}
	if got := after.Header().Get("Cache-Control"); got != "public, no-cache" {
		t.Errorf("a cache may %q", got)
	}
	store.Delete(lector.PointerKey("havana", stays.Key))
	if got := feedTitles(t, get()); got != "" {
		t.Errorf("behind the last takedown it holds %q", got)
	}
}

func feedTitles(t *testing.T, w *httptest.ResponseRecorder) (all string) {
	t.Helper()
	var doc struct {
		Titles []string `xml:"channel>item>title"`
	}
	if err := xml.Unmarshal(w.Body.Bytes(), &doc); err != nil {
		t.Fatalf("%v:\n%s", err, w.Body)
	}
	for _, title := range doc.Titles {
		all += title + " "
	}
	return all
}

// The date that listeners sort by is the first one that the feed has told.
func TestFeedKeepsTheFirstDate(t *testing.T) {
	t.Parallel()
	day := func(n int) time.Time { return time.Date(2026, 11, n, 9, 0, 0, 0, time.UTC) }
	for name, c := range map[string]struct {
		m    lector.Manifest
		want string
	}{
		"edited":     {lector.Manifest{FirstPublished: day(1), PublishedAt: day(2), Created: day(3)}, "Sun, 01 Nov 2026 09:00:00 +0000"},
		"first":      {lector.Manifest{PublishedAt: day(2), Created: day(3)}, "Mon, 02 Nov 2026 09:00:00 +0000"},
		"date-less":  {lector.Manifest{Created: day(3)}, "Tue, 03 Nov 2026 09:00:00 +0000"},
		"other zone": {lector.Manifest{FirstPublished: day(1).In(time.FixedZone("", 7200))}, "Sun, 01 Nov 2026 09:00:00 +0000"},
	} {
		store := new(publishertest.Store)
		c.m.Site, c.m.Article, c.m.Title = "havana", "1", name
		c.m.Key = lector.Key("havana", "1")
		data, err := json.Marshal(c.m)
		if err != nil {
			t.Fatal(err)
		}
		store.Put(lector.PointerKey("havana", c.m.Key), data)
		w := httptest.NewRecorder()
		publisher.New(publisher.Config{Store: store, Sites: map[string]publisher.Site{"havana": {}}}).
			ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/feed/havana.xml", nil))
		if got := feed(t, w.Body.String()).Date; got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
