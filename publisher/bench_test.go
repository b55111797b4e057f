package publisher_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"lector"
	"lector/publisher"
	"lector/publisher/publishertest"
)

// The cost of the handlers alone, over a store in memory: what a listener, a
// page and a podcast app ask for.
func BenchmarkHandlers(b *testing.B) {
	store := new(publishertest.Store)
	m := store.Rendition("", lector.Article{Site: "havana", ID: "good", Title: "Good", Language: "en"},
		"One sentence.\nAnother one.", "A third, which is longer.", "And a fourth.")
	doors := publisher.New(publisher.Config{Store: store, ServeObjects: true, Sites: map[string]publisher.Site{"havana": {Title: "H"}}})
	for name, c := range map[string]struct{ path, ranges string }{
		"range":    {"/" + lector.Prefix("havana", m.Key) + m.Hash + ".mp3", "bytes=0-1"},
		"manifest": {"/" + lector.PointerKey("havana", m.Key), ""},
		"embed":    {"/embed/havana/good", ""},
		"script":   {"/player.js", ""},
		"feed":     {"/feed/havana.xml", ""},
	} {
		b.Run(name, func(b *testing.B) {
			r := httptest.NewRequest(http.MethodGet, c.path, nil)
			r.Header.Set("Accept-Encoding", "gzip")
			if c.ranges != "" {
				r.Header.Set("Range", c.ranges)
			}
			b.ReportAllocs()
			for b.Loop() {
				w := httptest.NewRecorder()
				doors.ServeHTTP(w, r)
				if w.Code >= 400 {
					b.Fatal(w.Code)
				}
			}
		})
	}
}
