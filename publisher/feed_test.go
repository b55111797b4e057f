package publisher_test

import (
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
	shelf := new(publishertest.Shelf)
	a := lector.Article{
		Site: "havana", ID: "good", Title: "Rock & <roll>\x01", Language: "en", Authors: []string{"Ann", "Bob"},
		URL: "https://reader.example/good?a=1&b=2", PublishedAt: time.Date(2026, 11, 16, 13, 5, 0, 0, time.UTC),
	}
	m := shelf.Rendition("https://old.example", a, "One.")
	doors := publisher.New(publisher.Config{
		Store: shelf, ServeObjects: true, PublicURL: "https://audio.example/",
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
