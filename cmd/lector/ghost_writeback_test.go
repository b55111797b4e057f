package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"lector"
	"lector/infra/limittest"
	"lector/publisher/intake/ghost"
)

// editors is what an editor has put into the code injection of a post.
const editors = "<style>.lede{}</style>\r\n<!-- kept -->"

// TestGhostWriteBack has a real Ghost told of the audio of its posts: what it keeps, what
// its readers see, and that a write of ours causes no other.
func TestGhostWriteBack(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("LECTOR_TEST_GHOST")
	if dir == "" {
		t.Skip("SKIPPED: make ghost runs it")
	}
	newsroom := startGhost(t, dir)
	newsroom.empty()
	c, secretFile := hookSettings(t)
	h := writingInstallation(t, c, ghostAt(t, newsroom.url, newsroom.key)).start()
	newsroom.connect(h, secretFile)
	newsroom.call(http.MethodPut, "settings/", map[string]any{"settings": []any{ // as connect says it; each post may have a player of its own
		map[string]string{"key": "codeinjection_foot", "value": ghostFooter(h.public.url())}}})
	w := &writtenPosts{postLife: &postLife{realGhost: newsroom, meter: meter{h: h}, t: t}}
	for _, f := range h.app.checkWriteBacks(t.Context(), h.config) {
		if f.err != nil {
			t.Errorf("doctor: %v", f.err)
		}
	}
	w.run()
	t.Logf("what is written back:\n%s", w.table.String())
}

// empty deletes the posts and pages that each new Ghost has.
func (g *realGhost) empty() {
	g.t.Helper()
	for _, kind := range ghost.Kinds {
		var out struct{ Posts, Pages []injectedPost }
		g.decode(g.call(http.MethodGet, kind+"/", nil), &out)
		for _, p := range append(out.Posts, out.Pages...) {
			g.call(http.MethodDelete, kind+"/"+p.ID+"/", nil)
		}
	}
}

// writtenPosts are posts of a Ghost that is told of their audio.
type writtenPosts struct {
	*postLife
	deliveries int // to Ghost so far
}

// injectedPost is a post as Ghost has it.
type injectedPost struct {
	ID, URL string
	Foot    string `json:"codeinjection_foot"`
}

func (w *writtenPosts) post(id string) injectedPost {
	w.t.Helper()
	var out struct{ Posts []injectedPost }
	w.decode(w.call(http.MethodGet, "posts/"+id+"/", nil), &out)
	return out.Posts[0]
}

// told waits until Ghost was told so many times more, and looks how many writes there were.
func (w *writtenPosts) told(more, writes int) {
	w.t.Helper()
	w.deliveries += more
	w.h.untilDelivered(w.deliveries)
	w.h.untilMetrics(map[string]float64{`lector_cms_writes_total{site="havana"}`: float64(writes)})
}

func (w *writtenPosts) run() {
	fmt.Fprintf(&w.table, "| what the editor does | writes to Ghost | characters billed for them | what readers see |\n|---|---|---|---|\n")
	id := w.save("", map[string]any{"title": "The bridge is open", "html": paragraphs, "codeinjection_foot": editors})
	w.save(id, map[string]any{"status": "published"})
	w.await("post.published")
	a := lector.Article{Site: defaultSite, ID: id}
	w.heardThen(a)
	w.told(1, 1)
	written := w.post(id)
	w.newlySpoken()
	w.seen("publishes", written, 1, true)

	// Ghost tells of our write as of any edit. Nothing is read, and nothing written.
	w.await("post.published.edited")
	w.heardThen(a)
	w.told(0, 1)

	w.save(id, map[string]any{"html": edited})
	w.await("post.published.edited")
	w.heardThen(a)
	w.told(1, 1)
	w.newlySpoken()
	now := w.post(id)
	if now.Foot != written.Foot {
		w.t.Errorf("another rendition has changed %q to %q", written.Foot, now.Foot)
	}
	w.seen("edits the body", now, 0, true)
	w.atRest(a)
	w.copied(written)

	w.save(id, map[string]any{"visibility": "paid"})
	w.await("post.published.edited")
	w.told(1, 2)
	if foot := w.post(id).Foot; foot != editors {
		w.t.Errorf("without audio its code injection is %q", foot)
	}
	w.seen("makes it paid", w.post(id), 1, false)
	w.await("post.published.edited") // by our write

	w.save(id, map[string]any{"visibility": "public"})
	w.await("post.published.edited")
	w.told(1, 3)
	w.await("post.published.edited") // by our write
	w.save(id, map[string]any{"status": "draft"})
	w.await("post.unpublished")
	w.told(1, 3)
	if foot := w.post(id).Foot; foot != written.Foot {
		w.t.Errorf("in a draft the code injection has become %q", foot)
	}
	fmt.Fprintf(&w.table, "| unpublishes | 0 | 0 | a draft is left alone |\n")
}

// heardThen waits until the newest event of an article has had its effect, and it is heard.
func (w *writtenPosts) heardThen(a lector.Article) {
	w.t.Helper()
	if j := w.h.newest(a); j.State != lector.Ready {
		w.t.Fatalf("%s: %s", j.State, j.Reason)
	}
}

// seen looks at what a reader gets, and prints a row. Nothing may have been spoken since
// newlySpoken was asked last.
func (w *writtenPosts) seen(what string, p injectedPost, writes int, heard bool) {
	w.t.Helper()
	page := w.read(p.URL)
	embed := w.h.config.addresses().Embed(defaultSite, p.ID)
	if strings.Count(page, embed) != map[bool]int{true: 1}[heard] || !strings.Contains(page, "<!-- kept -->") {
		w.t.Errorf("%s: the page has the player %d times, the editor's own: %v", what, strings.Count(page, embed), strings.Contains(page, "<!-- kept -->"))
	}
	n := w.newlySpoken()
	if n != 0 {
		w.t.Errorf("%s: %d characters are spoken after it", what, n)
	}
	shown := w.browse(p.URL, embed)
	fmt.Fprintf(&w.table, "| %s | %d | %d | %s |\n", what, writes, n, shown)
	if want := map[bool]string{true: "a player above the text", false: "no player"}[heard]; shown != want && shown != notBrowsed {
		w.t.Errorf("%s: readers see %s, want %s", what, shown, want)
	}
}

func (w *writtenPosts) read(address string) string {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, address, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	answer, err := (&http.Client{}).Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		w.t.Fatalf("%s: %d %v", address, answer.StatusCode, err)
	}
	return string(page)
}

// notBrowsed is said where there is no browser.
const notBrowsed = "not looked at: no chromium"

// browse opens a page in a browser, and says where the player stands.
func (w *writtenPosts) browse(address, embed string) string {
	w.t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		return notBrowsed
	}
	c := exec.CommandContext(limittest.Context(w.t), program, "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+w.t.TempDir(),
		"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--virtual-time-budget=10000", "--dump-dom", address)
	page, err := c.Output()
	if err != nil {
		w.t.Fatal(err)
	}
	frame, text := strings.Index(string(page), `src="`+embed), strings.Index(string(page), `<section class="gh-content`)
	switch {
	case text < 0:
		w.t.Errorf("%s: without its text\n%s", address, page)
		return "nothing"
	case frame < 0:
		return "no player"
	case strings.Count(string(page), `src="`+embed) > 1:
		return "two players"
	case frame > text:
		return "a player below the text"
	}
	return "a player above the text"
}

// atRest compares Ghost with what is heard: the time that our write has moved announces the
// post once at most, and then no more.
func (w *writtenPosts) atRest(a lector.Article) {
	w.t.Helper()
	places, err := w.h.conn.Places(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	r, err := w.h.reconciler(w.h.conn, w.h.jobs, places, defaultSite)
	if err != nil {
		w.t.Fatal(err)
	}
	var before uint64
	for range 3 {
		if err := r.Pass(w.t.Context()); err != nil {
			w.t.Fatal(err)
		}
		w.heardThen(a)
		_, newest, err := w.h.conn.NewestEvent(w.t.Context(), lector.JobRef{Site: a.Site, ID: a.Key()})
		if err != nil || before > 0 && newest != before {
			w.t.Errorf("announced again: %d, %d before, %v", newest, before, err)
		}
		before = newest
	}
	if n := w.newlySpoken(); n != 0 {
		w.t.Errorf("the comparison has %d characters spoken", n)
	}
	w.told(0, 1)
}

// copied looks at a copy of a post, which has its code injection too: it does not show the
// audio of the other one.
func (w *writtenPosts) copied(of injectedPost) {
	w.t.Helper()
	var out struct{ Posts []injectedPost }
	w.decode(w.call(http.MethodPost, "posts/"+of.ID+"/copy/", nil), &out)
	id := out.Posts[0].ID
	w.save(id, map[string]any{"status": "published", "tags": []any{map[string]string{"name": "no-audio"}}})
	w.await("post.published")
	a := lector.Article{Site: defaultSite, ID: id}
	if j := w.h.newest(a); j.State != lector.Refused {
		w.t.Errorf("the copy is %s: %s", j.State, j.Reason)
	}
	w.told(len(w.h.announced(a)), 1)
	p := w.post(id)
	other := w.h.config.addresses().Embed(defaultSite, of.ID)
	shown := "a player"
	if strings.Contains(p.Foot, other) {
		shown = w.browse(p.URL, other)
	}
	fmt.Fprintf(&w.table, "| copies it, not to be read | 0 | 0 | %s |\n", shown)
	if shown != "no player" && shown != notBrowsed {
		w.t.Errorf("the copy shows %s", shown)
	}
}
