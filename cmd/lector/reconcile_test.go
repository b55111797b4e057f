package main

import (
	"bytes"
	"encoding/json"
	"errors"
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
	"lector/publisher/intake/reconcile"
)

// feedSite is a site that has a feed and pages and nothing else.
type feedSite struct {
	*httptest.Server
	mu    sync.Mutex
	pages map[string]string // by path
	feed  []string          // paths, the newest first

	published string // the date of all
}

func newFeedSite(t *testing.T) *feedSite {
	t.Helper()
	p := &feedSite{pages: map[string]string{}, published: time.Now().Add(-time.Hour).Format(time.RFC1123Z)}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

func (p *feedSite) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r.URL.Path == "/feed.xml" {
		fmt.Fprint(w, `<rss version="2.0"><channel><title>The Paper</title>`)
		for _, path := range p.feed {
			fmt.Fprintf(w, "<item><guid isPermaLink=\"false\">%s</guid><link>%s%s</link><pubDate>%s</pubDate><description>%x</description></item>",
				strings.Trim(path, "/"), p.URL, path, p.published, len(p.pages[path]))
		}
		fmt.Fprint(w, "</channel></rss>")
		return
	}
	page, there := p.pages[r.URL.Path]
	if !there {
		http.NotFound(w, r)
		return
	}
	fmt.Fprint(w, page)
}

// write puts an article on the site.
func (p *feedSite) write(path, title, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pages[path] = fmt.Sprintf(`<!doctype html><html lang="en"><head><title>%s</title></head><body><nav><a href="/">Home</a></nav><article><h1>%s</h1>%s</article></body></html>`,
		title, title, strings.Repeat("<p>"+text+" The council met on Monday and spoke about the old bridge for three hours.</p>", 3))
}

func (p *feedSite) list(paths ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.feed = paths
}

func (p *feedSite) remove(path string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.pages, path)
}

// awaitState waits for a job to come to a state of a revision.
func (h *installation) awaitState(article string, done func(lector.Job) bool) lector.Job {
	h.t.Helper()
	key := lector.Key(defaultSite, article)
	for j, err := range h.jobs.Watch(h.t.Context(), defaultSite, key) {
		if err != nil {
			h.t.Fatal(err)
		}
		if done(j) {
			return j
		}
	}
	h.t.Fatal("the watch has ended")
	return lector.Job{}
}

// TestFeedAsSource reads a site that has a feed only: what is new, what has changed
// and what is gone.
func TestFeedAsSource(t *testing.T) {
	t.Parallel()
	p := newFeedSite(t)
	p.write("/bridge", "The bridge", "It is open.")
	p.write("/storm", "The storm", "It is over.")
	p.list("/bridge", "/storm")
	c := testConfig(t.TempDir())
	site := c.Sites[defaultSite]
	site.SourceFeed, site.AllowPrivate, site.URL = p.URL+"/feed.xml", true, p.URL
	c.Sites[defaultSite] = site
	h := openInstallationWith(t, c, &silentVoice{}).start()
	places, err := h.conn.Places(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	r, err := h.reconciler(h.conn, h.jobs, places, defaultSite)
	if err != nil {
		t.Fatal(err)
	}
	r.Now = func() time.Time { return now }
	poll := func() {
		t.Helper()
		if err := r.Poll(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	ready := func(j lector.Job) bool { return j.State == lector.Ready }
	poll()
	bridge := h.awaitState("bridge", ready)
	h.awaitState("storm", ready)
	if bridge.Title != "The bridge" {
		t.Errorf("job %+v", bridge)
	}
	calls := h.voice.calls()
	poll() // nothing has changed
	p.write("/bridge", "The bridge", "It is closed again.")
	poll()
	h.awaitState("bridge", func(j lector.Job) bool { return ready(j) && j.Rendition != bridge.Rendition })
	if h.voice.calls() == calls {
		t.Error("the edit was not read")
	}
	p.list("/bridge") // the storm has left the feed, and is still there
	if err := r.Pass(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.remove("/storm")
	if err := r.Pass(t.Context()); err != nil {
		t.Fatal(err)
	}
	poll()
	if j := h.awaitState("storm", func(lector.Job) bool { return true }); j.State != lector.Ready {
		t.Errorf("withdrawn when seen once: %+v", j)
	}
	now = now.Add(2 * time.Minute)
	poll()
	if j := h.awaitState("storm", func(j lector.Job) bool { return j.State.Terminal() && !ready(j) }); j.State != lector.Removed {
		t.Errorf("job %+v", j)
	}
	if got := r.Report(); got.Lacking != 0 || got.Last.Listed != 1 {
		t.Errorf("report %+v", got)
	}
}

// TestReconcileCommand tells what lacks audio, and announces it.
func TestReconcileCommand(t *testing.T) {
	t.Parallel()
	p := newFeedSite(t)
	p.write("/bridge", "The bridge", "It is open.")
	p.list("/bridge", "/nowhere")
	dir := t.TempDir()
	c := testConfig(dir)
	h := openInstallationWith(t, c, &silentVoice{}).start()
	file := filepath.Join(dir, "lector.yaml")
	settings := fmt.Sprintf("data: %s\nsites:\n  %s: {language: en, url: '%s', source_feed: '%s/feed.xml', allow_private: true}\n", dir, defaultSite, p.URL, p.URL)
	if err := os.WriteFile(file, []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) (reconcile.Report, error) {
		t.Helper()
		var out bytes.Buffer
		a := &app{stdin: strings.NewReader(""), stdout: &out, stderr: testLog{t}, getenv: func(string) string { return "" }}
		err := a.reconcile(t.Context(), append([]string{"-config", file, "-json"}, args...))
		var r reconcile.Report
		if jsonErr := json.Unmarshal(out.Bytes(), &r); jsonErr != nil {
			t.Fatalf("%v: %s (%v)", jsonErr, out.Bytes(), err)
		}
		return r, err
	}
	r, err := run("-dry-run")
	if !errors.Is(err, errLacking) || r.Lacking != 2 || r.Entries[0].Finding != reconcile.Missing {
		t.Fatalf("dry run: %+v, %v", r, err)
	}
	if _, err := run(); err != nil {
		t.Fatal(err)
	}
	h.awaitState("bridge", func(j lector.Job) bool { return j.State == lector.Ready })
	if r, err := run(); err != nil || r.Lacking != 0 || r.Last.Findings[reconcile.Correct] != 1 || r.Last.Findings[reconcile.Gone] != 1 {
		t.Errorf("afterwards: %+v, %v", r, err)
	}
}

func TestFeedIsNoArticle(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]string{
		`<rss version="2.0"><channel><item><link>https://paper.example/a</link></item></channel></rss>`: "an RSS feed with 1 article",
		`<urlset><url><loc>https://paper.example/a</loc></url></urlset>`:                                "a sitemap with 1 article",
		`<sitemapindex><sitemap><loc>https://paper.example/a</loc></sitemap></sitemapindex>`:            "a sitemap index with 1 sitemap",
		`{"version":"https://jsonfeed.org/version/1.1","items":[]}`:                                     "a JSON feed with 0 articles",
		`<rss version="2.0"><channel><item>`:                                                            "XML",
	} {
		a := &app{stdin: strings.NewReader(data), stdout: new(bytes.Buffer), stderr: testLog{t}, getenv: func(string) string { return "" }}
		err := a.script(t.Context(), []string{"-"})
		if err == nil || !strings.Contains(err.Error(), want) || lector.HintOf(err) == "" {
			t.Errorf("%s: %v", data, err)
		}
	}
}
