package feed_test

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"golang.org/x/time/rate"

	"lector"
	"lector/publisher/intake/feed"
	"lector/publisher/intake/reconcile"
)

// site is a site that counts what it is asked for.
type site struct {
	*httptest.Server
	mu    sync.Mutex
	files map[string]string // by path; a status or an address where it begins with "!"
	asked map[string]int
	saved int // answers of 304
}

func newSite(t *testing.T, files map[string]string) *site {
	t.Helper()
	s := &site{files: files, asked: map[string]int{}}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked[r.URL.Path]++
	text, there := s.files[r.URL.Path]
	text = strings.ReplaceAll(text, "ORIGIN", s.URL)
	if rest, special := strings.CutPrefix(text, "!"); special {
		var status int
		if _, err := fmt.Sscan(rest, &status); err == nil {
			w.Header().Set("Retry-After", "120")
			w.WriteHeader(status)
			return
		}
		http.Redirect(w, r, rest, http.StatusMovedPermanently)
		return
	}
	if !there {
		http.NotFound(w, r)
		return
	}
	tag := fmt.Sprintf(`"%x"`, len(text))
	w.Header().Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		s.saved++
		w.WriteHeader(http.StatusNotModified)
		return
	}
	_, _ = w.Write([]byte(text))
}

func (s *site) set(path, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[path] = text
}

func (s *site) source(path string) *feed.Source {
	return &feed.Source{Web: s.Client(), URL: s.URL + path}
}

func ids(items []reconcile.Item) (all []string) {
	for _, i := range items {
		all = append(all, i.ID)
	}
	return all
}

// TestChanged: what has not changed is not sent again, and what has is found by its
// revision.
func TestChanged(t *testing.T) {
	t.Parallel()
	s := newSite(t, map[string]string{"/feed": rss(`<item><guid isPermaLink="false">1</guid><link>ORIGIN/a</link><description>old</description></item>`)})
	src := s.source("/feed")
	first, mark, err := src.Changed(t.Context(), "")
	if err != nil || len(first) != 1 || first[0].ID != "1" || first[0].Revision == "" || first[0].Page {
		t.Fatalf("got %+v, %v", first, err)
	}
	again, mark, err := src.Changed(t.Context(), mark)
	if err != nil || len(again) != 0 || s.saved != 1 {
		t.Errorf("unchanged: %+v, %v, %d saved", again, err, s.saved)
	}
	s.set("/feed", rss(`<item><guid isPermaLink="false">1</guid><link>ORIGIN/a</link><description>newer</description></item>`))
	edited, _, err := src.Changed(t.Context(), mark)
	if err != nil || len(edited) != 1 || edited[0].Revision == first[0].Revision {
		t.Errorf("changed: %+v, %v", edited, err)
	}
}

// TestIndexOfSitemaps asks for those only that may have changed.
func TestIndexOfSitemaps(t *testing.T) {
	t.Parallel()
	index := func(second string) string {
		return `<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>ORIGIN/1.xml</loc><lastmod>2026-01-01</lastmod></sitemap>` +
			`<sitemap><loc>ORIGIN/2.xml</loc><lastmod>` + second + `</lastmod></sitemap><sitemap><loc>ORIGIN/3.xml</loc></sitemap></sitemapindex>`
	}
	s := newSite(t, map[string]string{
		"/index": index("2026-01-01"), "/1.xml": urlset(`<url><loc>ORIGIN/</loc></url><url><loc>ORIGIN/a</loc></url><url><loc>ORIGIN/a</loc></url>`),
		"/2.xml": urlset(`<url><loc>ORIGIN/b</loc></url>`), "/3.xml": urlset(`<url><loc>ORIGIN/c</loc></url>`),
	})
	src := s.source("/index")
	items, mark, err := src.Changed(t.Context(), "")
	if want := []string{s.URL + "/a", s.URL + "/b", s.URL + "/c"}; err != nil || strings.Join(ids(items), " ") != strings.Join(want, " ") {
		t.Fatalf("got %q, %v", ids(items), err)
	}
	if !items[0].Page { // of a sitemap that is not one of news
		t.Errorf("%+v", items[0])
	}
	items, mark, err = src.Changed(t.Context(), mark)
	if err != nil || len(items) != 0 || s.asked["/1.xml"] != 1 || s.asked["/3.xml"] != 2 {
		t.Errorf("unchanged: %q, %v, asked %v", ids(items), err, s.asked)
	}
	s.set("/index", index("2026-01-02T00:00:00Z"))
	s.set("/2.xml", urlset(`<url><loc>ORIGIN/b</loc></url><url><loc>ORIGIN/d</loc></url>`))
	items, _, err = src.Changed(t.Context(), mark)
	if err != nil || len(items) != 2 || s.asked["/1.xml"] != 1 || s.asked["/2.xml"] != 2 {
		t.Errorf("changed: %q, %v, asked %v", ids(items), err, s.asked)
	}
	var all []string
	for place, more := "", true; more; more = place != "" {
		var page []reconcile.Item
		if page, place, err = src.List(t.Context(), place); err != nil {
			t.Fatal(err)
		}
		all = append(all, ids(page)...)
	}
	if len(all) != 4 {
		t.Errorf("all are %q", all)
	}
	rest, _, err := s.source("/index").List(t.Context(), s.URL+"/3.xml") // another process goes on
	if err != nil || len(rest) != 1 {
		t.Errorf("the last page is %q, %v", ids(rest), err)
	}
}

func TestArticle(t *testing.T) {
	t.Parallel()
	s := newSite(t, map[string]string{
		"/a": "<html><body><p>Text.</p></body></html>", "/old": "!/a", "/home": "!/", "/": "<p>Front page.</p>", "/busy": "!503", "/broken": "!500",
		"/gone": "!410", "/locked": "!403", "/pdf": "%PDF-1.7", "/away": "!http://localhost:1/x",
	})
	src := s.source("/feed")
	for path, want := range map[string]struct {
		gone, permanent, throttled, transient bool
	}{
		"/a": {}, "/old": {}, "/missing": {gone: true}, "/gone": {gone: true}, "/home": {gone: true}, "/busy": {throttled: true},
		"/broken": {transient: true}, "/locked": {permanent: true}, "/pdf": {permanent: true},
	} {
		a, err := src.Article(t.Context(), reconcile.Item{ID: "1", URL: s.URL + path, Revision: "r"})
		_, throttled := lector.IsThrottled(err)
		gone, permanent := errors.Is(err, lector.ErrNotFound), lector.IsPermanent(err)
		if gone != want.gone || permanent != want.permanent || throttled != want.throttled || (err != nil) != (gone || permanent || throttled || want.transient) {
			t.Errorf("%s: %v (gone %v, permanent %v, throttled %v)", path, err, gone, permanent, throttled)
		}
		if err == nil && (a.URL != s.URL+"/a" || a.Body.Content == "" || a.Visibility != lector.Public || a.Revision != "r") {
			t.Errorf("%s: got %+v", path, a)
		}
	}
	other := s.source("/feed")
	other.Site = "https://other.example/"
	if _, err := other.Article(t.Context(), reconcile.Item{ID: "1", URL: s.URL + "/a"}); err == nil || !strings.Contains(err.Error(), "another site") {
		t.Errorf("page of another site: %v", err)
	}
}

// TestExists: a page that leads elsewhere is not there; one that moved within its
// address is.
func TestExists(t *testing.T) {
	t.Parallel()
	s := newSite(t, map[string]string{"/a": "x", "/a/": "!/a", "/moved": "!/a", "/home": "!/", "/": "x", "/gone": "!410", "/broken": "!500", "/busy": "!429", "/head": "!405"})
	src := s.source("/feed")
	for path, gone := range map[string]bool{"/a": false, "/a/": false, "/moved": true, "/home": true, "/gone": true, "/missing": true} {
		err := src.Exists(t.Context(), reconcile.Item{ID: "1", URL: s.URL + path})
		if errors.Is(err, lector.ErrNotFound) != gone || !gone && err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	for _, path := range []string{"/broken", "/busy", "/head"} {
		if err := src.Exists(t.Context(), reconcile.Item{ID: "1", URL: s.URL + path}); err == nil || errors.Is(err, lector.ErrNotFound) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if err := src.Exists(t.Context(), reconcile.Item{ID: "1"}); err != nil {
		t.Errorf("without an address: %v", err)
	}
}

// leadsTo is a web on which every address leads to one.
type leadsTo string

func (l leadsTo) Do(*http.Request) (*http.Response, error) {
	to, err := http.NewRequest(http.MethodHead, string(l), nil)
	return &http.Response{StatusCode: http.StatusOK, Request: to, Body: http.NoBody}, err
}

// TestExistsUnderAnotherSpelling: the same page may have its address written in other ways.
func TestExistsUnderAnotherSpelling(t *testing.T) {
	t.Parallel()
	src := feed.Source{Web: leadsTo("https://www.reader.example/a/?utm_source=x")}
	for address, gone := range map[string]bool{
		"https://www.reader.example/a": false, "http://reader.example/A": false, "https://WWW.Reader.example/a/index.html": false,
		"https://www.reader.example/b": true, "https://www2.reader.example/a": true,
	} {
		if err := src.Exists(t.Context(), reconcile.Item{ID: "1", URL: address}); errors.Is(err, lector.ErrNotFound) != gone {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// TestBrokenSitemapOfAnIndex keeps none of the others from being read. It is asked for
// again, told of once, and read when it is well; one that is only busy ends the look.
func TestBrokenSitemapOfAnIndex(t *testing.T) {
	t.Parallel()
	s := newSite(t, map[string]string{
		"/index": `<sitemapindex><sitemap><loc>ORIGIN/1.xml</loc><lastmod>2026-01-01</lastmod></sitemap><sitemap><loc>ORIGIN/2.xml</loc><lastmod>2026-01-01</lastmod></sitemap>` +
			`<sitemap><loc>ORIGIN/3.xml</loc></sitemap><sitemap><loc>ORIGIN/4.xml</loc></sitemap></sitemapindex>`,
		"/1.xml": "!404", "/2.xml": urlset(`<url><loc>ORIGIN/b</loc></url>`), "/3.xml": `<html>Not today</html>`,
		"/4.xml": `<sitemapindex><sitemap><loc>ORIGIN/5.xml</loc></sitemap></sitemapindex>`,
	})
	src, log := s.source("/index"), &strings.Builder{}
	src.Log = slog.New(slog.NewTextHandler(log, nil))
	changed := func(mark, want string) string {
		t.Helper()
		items, next, err := src.Changed(t.Context(), mark)
		if got := strings.ReplaceAll(strings.Join(ids(items), " "), s.URL, ""); err != nil || got != want {
			t.Errorf("found %q, want %q: %v", got, want, err)
		}
		return next
	}
	mark := changed(changed("", "/b"), "")
	for _, path := range []string{"/1.xml", "/3.xml", "/4.xml"} {
		if s.asked[path] != 2 || strings.Count(log.String(), s.URL+path+" ") != 1 {
			t.Errorf("%s: asked for %d times; said\n%s", path, s.asked[path], log)
		}
	}
	s.set("/1.xml", urlset(`<url><loc>ORIGIN/a</loc></url>`))
	mark = changed(mark, "/a")
	var all []string
	for place, more := "", true; more; more = place != "" {
		items, next, err := src.List(t.Context(), place)
		if err != nil {
			t.Fatal(err)
		}
		all, place = append(all, ids(items)...), next
	}
	if len(all) != 2 {
		t.Errorf("all are %q", all)
	}
	for _, status := range []string{"!503", "!500"} {
		s.set("/3.xml", status)
		if _, next, err := src.Changed(t.Context(), mark); err == nil || next != mark {
			t.Errorf("%s: %v", status, err)
		}
	}
}

// TestSitemapsWithinALimit: an index of many is not asked for all at once.
func TestSitemapsWithinALimit(t *testing.T) {
	t.Parallel()
	s := newSite(t, map[string]string{"/index": `<sitemapindex><sitemap><loc>ORIGIN/1.xml</loc></sitemap><sitemap><loc>ORIGIN/2.xml</loc></sitemap></sitemapindex>`,
		"/1.xml": urlset(""), "/2.xml": urlset("")})
	src := s.source("/index")
	src.Limit = rate.NewLimiter(1, 0) // which lets nothing pass
	if _, _, err := src.Changed(t.Context(), ""); err == nil || s.asked["/index"] != 1 || s.asked["/1.xml"] != 0 {
		t.Errorf("asked %v, %v", s.asked, err)
	}
}

// TestFeedIsGone: then nothing is known of its articles.
func TestFeedIsGone(t *testing.T) {
	t.Parallel()
	src := newSite(t, nil).source("/feed")
	if _, _, err := src.Changed(t.Context(), ""); err == nil || errors.Is(err, lector.ErrNotFound) || lector.HintOf(err) == "" {
		t.Errorf("got %v", err)
	}
	if _, _, err := src.List(t.Context(), ""); err == nil || errors.Is(err, lector.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}
