package main

import (
	"compress/gzip"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"lector"
	"lector/infra/limittest"
)

// formSite is a site that lists its article in one of the formats that there are, as a
// careful server does: it was moved, is asked too often at first, compresses, and does
// not send twice what has not changed.
type formSite struct {
	*httptest.Server
	document string
	compress bool

	mu    sync.Mutex
	asked map[string]int // by path
	same  int            // answers of 304
}

const formArticle = `<!doctype html><html lang="en"><head><title>The ferry is late</title></head><body><article><h1>The ferry is late</h1>
<p>The ferry waited for the tide until the evening, and a hundred people waited with it.</p><p>The next one leaves at six in the morning.</p></article></body></html>`

func newFormSite(t *testing.T, name string, compress bool) *formSite {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../../publisher/intake/feed/testdata/forms", name))
	if err != nil {
		t.Fatal(err)
	}
	s := &formSite{compress: compress, asked: map[string]int{}}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	today := time.Now().UTC().Add(-time.Hour).Format("2006-01-02T15:04:05")
	s.document = strings.NewReplacer("https://paper.example", s.URL, "2026-11-02T09:04:05", today, "2026-11-02T10:04:05", today,
		"2026-11-02T08:04:05", today, "2026-11-02T08:30:00", today, "Mon, 2 Nov 2026 08:04:05 GMT", time.Now().UTC().Format(time.RFC1123)).Replace(string(data))
	return s
}

func (s *formSite) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked[r.URL.Path]++
	switch r.URL.Path {
	case "/feed":
		http.Redirect(w, r, "/feeds/all.xml", http.StatusMovedPermanently)
	case "/feeds/all.xml", "/sitemaps/news.xml":
		s.send(w, r)
	case "/2026/ferry":
		fmt.Fprint(w, formArticle)
	default:
		http.NotFound(w, r)
	}
}

// send sends the document.
func (s *formSite) send(w http.ResponseWriter, r *http.Request) {
	const modified = "Mon, 02 Nov 2026 08:00:00 GMT"
	w.Header().Set("Last-Modified", modified)
	switch {
	case s.asked[r.URL.Path] == 1:
		w.Header().Set("Retry-After", time.Now().Add(3*time.Minute).UTC().Format(http.TimeFormat))
		w.WriteHeader(http.StatusTooManyRequests)
	case r.Header.Get("If-Modified-Since") == modified:
		s.same++
		w.WriteHeader(http.StatusNotModified)
	case s.compress && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip"):
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		fmt.Fprint(z, s.document)
		z.Close()
	default:
		fmt.Fprint(w, s.document)
	}
}

// TestFeedsOfAllForms hears the article of a site that lists it in each format.
func TestFeedsOfAllForms(t *testing.T) {
	t.Parallel()
	forms, err := os.ReadDir("../../publisher/intake/feed/testdata/forms")
	if err != nil {
		t.Fatal(err)
	}
	c, sites := testConfig(t.TempDir()), map[string]*formSite{}
	for i, f := range forms {
		if f.Name() == "sitemap-index.xml" { // of another document
			continue
		}
		p, name := newFormSite(t, f.Name(), i%2 == 0), strings.Map(letters, f.Name())
		site := c.Sites[defaultSite]
		site.SourceFeed, site.AllowPrivate, site.URL, site.Backfill = p.URL+"/feed", true, p.URL, new(time.Duration) // RSS 0.91 has no dates
		c.Sites[name], sites[name] = site, p
	}
	h := openInstallationWith(t, c, &silentVoice{}).start()
	places, err := h.conn.Places(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range sites {
		r, err := h.reconciler(h.conn, h.jobs, places, name)
		if err != nil {
			t.Fatal(err)
		}
		err = r.Poll(t.Context())
		if after, throttled := lector.IsThrottled(err); !throttled || after < 2*time.Minute || after > 3*time.Minute {
			t.Errorf("%s: asked too often, it waits for %v: %v", name, after, err)
		}
		for range 3 {
			if err := r.Poll(t.Context()); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		awaitArticle(t, h, name)
		if p.same < 2 || p.asked["/2026/ferry"] != 1 {
			t.Errorf("%s: %d times not sent again, the page asked for %d times", name, p.same, p.asked["/2026/ferry"])
		}
	}
	if len(sites) < 7 {
		t.Errorf("%d formats", len(sites))
	}
}

// letters makes the name of a site of that of a file.
func letters(r rune) rune {
	if r == '.' {
		return '-'
	}
	return r
}

// awaitArticle waits until the site's only article that is there has its audio.
func awaitArticle(t *testing.T, h *installation, site string) {
	t.Helper()
	limittest.Until(t, site+": the article is heard", func() bool {
		for j, err := range h.jobs.Jobs(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			if j.Site == site && j.State == lector.Ready && j.Title == "The ferry is late" {
				return true
			}
		}
		return false
	})
}
