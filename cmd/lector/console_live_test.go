package main

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"lector"
	"lector/audio"
	"lector/infra/limittest"
	"lector/infra/nats"
	"lector/worker/synth"
)

// relay passes connections on to a server, and can take the way to it away.
type relay struct {
	net.Listener
	to    string
	mu    sync.Mutex
	away  bool
	conns []net.Conn
}

// startRelay starts one that ends with the test.
func startRelay(t *testing.T, to string) *relay {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{Listener: l, to: to}
	t.Cleanup(func() { _ = l.Close(); r.set(true) })
	go r.accept()
	return r
}

func (r *relay) accept() {
	for {
		in, err := r.Accept()
		if err != nil {
			return
		}
		go r.pass(in)
	}
}

func (r *relay) pass(in net.Conn) {
	defer in.Close()
	out, err := net.Dial("tcp", r.to)
	if err != nil {
		return
	}
	defer out.Close()
	r.mu.Lock()
	if r.away {
		r.mu.Unlock()
		return
	}
	r.conns = append(r.conns, in, out)
	r.mu.Unlock()
	go func() {
		_, _ = io.Copy(out, in)
		_ = out.Close()
	}()
	_, _ = io.Copy(in, out)
}

// set takes the way away, with all connections, or gives it back.
func (r *relay) set(away bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.away = away
	for _, c := range r.conns {
		_ = c.Close()
	}
	r.conns = nil
}

// openAll opens everything that lector serve runs, with a test's voice and a NATS server
// that can be taken away.
func openAll(t *testing.T, c *config, v *silentVoice) (*server, *relay) {
	t.Helper()
	broker, err := nats.Start(filepath.Join(t.TempDir(), "nats"), "127.0.0.1:0", nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = broker.Close() })
	way := startRelay(t, strings.TrimPrefix(broker.Access().URL, "nats://"))
	c.NATS.URL, c.NATS.User, c.NATS.Password = maskedURL("nats://"+way.Addr().String()), broker.Access().User, secret(broker.Access().Password)
	a := &app{stdin: strings.NewReader(""), stdout: io.Discard, stderr: testLog{t}, getenv: func(string) string { return "" }}
	h := a.resources(c)
	h.open, h.silent = v.open, true
	h.check = func(context.Context, []byte, synth.Request, lector.Capabilities) (*audio.Analysis, error) {
		return &audio.Analysis{}, nil
	}
	t.Cleanup(func() {
		if h.close(&err); err != nil {
			t.Error(err)
		}
	})
	conn, err := h.nats("setup")
	if err == nil {
		err = conn.Setup(t.Context(), 1)
	}
	if err != nil {
		t.Fatal(err)
	}
	s, err := h.openServer(t.Context(), roles{worker: true, publisher: true})
	if err != nil {
		t.Fatal(err)
	}
	return s, way
}

// awaitIndex waits until the index, from which lists and plans are made, has a job as its
// record stands: it is a moment behind.
func (h *installation) awaitIndex(j lector.Job) {
	h.t.Helper()
	limittest.Until(h.t, "the index has the record", func() bool {
		e, known := h.index.Job(j.ID)
		return known && !e.Job.Changed.Before(j.Changed)
	})
}

// TestOpenPagesAreKeptUpToDate has a page open while an article is read, and while NATS
// is away and comes back.
func TestOpenPagesAreKeptUpToDate(t *testing.T) {
	t.Parallel()
	s, way := openAll(t, testConfig(t.TempDir()), &silentVoice{})
	h := (&installation{server: s, t: t}).start()
	limittest.Until(t, "the index has all jobs", h.index.Complete)
	r, err := http.NewRequestWithContext(limittest.Context(t), http.MethodGet, h.admin.url()+"/live?topic=jobs&topic=deadletters", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := (&http.Client{}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	await := func(wanted string) {
		t.Helper()
		for lines.Scan() {
			if strings.HasPrefix(lines.Text(), wanted) {
				return
			}
		}
		t.Fatalf("no %q: %v", wanted, lines.Err())
	}
	article := sampleArticle("4711")
	sequence := h.publish(lector.Published, article)
	await("data: jobs")
	h.awaitJob(article, sequence)
	limittest.Until(t, "the index has the job", func() bool { _, known := h.index.Job(article.Key()); return known })
	way.set(true)
	await("data: NATS is away")
	if status, page := h.ask(http.MethodGet, "/jobs", nil); status != http.StatusOK || !strings.Contains(page, article.Title) || !strings.Contains(page, "NATS is away") {
		t.Errorf("while NATS is away: %d %s", status, page)
	}
	way.set(false)
	for lines.Scan() && lines.Text() != "data: " { // until there is no fault: the index may have to read the jobs again first
	}
	if status, page := h.ask(http.MethodGet, "/jobs", nil); status != http.StatusOK || !strings.Contains(page, `role="status" hidden`) {
		t.Errorf("when it is back: %d %s", status, page)
	}
}

// TestPronunciationIsMendedInTheConsole goes the way of an editor: sees what reads a word,
// hears old and new, saves, and has that article read again, and no other.
func TestPronunciationIsMendedInTheConsole(t *testing.T) {
	t.Parallel()
	v := &silentVoice{}
	c := testConfig(t.TempDir())
	site := c.Sites[defaultSite]
	site.Budget.CharactersPerDay = 100_000
	c.Sites[defaultSite] = site
	s, _ := openAll(t, c, v)
	h := (&installation{server: s, t: t, voice: v}).start()
	limittest.Until(t, "the index has all jobs", h.index.Complete)
	bridge, other := sampleArticle("4711"), sampleArticle("4712")
	bridge.Body.Content += `<div class="newsletter-signup"><p>Sign up for our newsletter and get it each morning.</p></div>`
	other.Body.Content = "<p>Nothing was said about the crossing, which is shut until the spring.</p>"
	first, untouched := h.publishAndWait(lector.Published, bridge), h.publishAndWait(lector.Published, other)
	h.awaitIndex(first)
	h.awaitIndex(untouched)
	calls := v.calls()

	entry := url.Values{"site": {"all"}, "match": {"mayor"}, "alias": {"mare"}}
	status, page := h.ask(http.MethodGet, "/lexicon/entry?"+entry.Encode(), nil)
	field := func(name string) string {
		t.Helper()
		found := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(page)
		if found == nil {
			t.Fatalf("no %s in %d %s", name, status, page)
		}
		return found[1]
	}
	if !strings.Contains(page, "The mare said that the money") || !strings.Contains(page, "<dt>Articles</dt><dd>1</dd>") || v.calls() != calls {
		t.Errorf("what it changes: %d, %d calls, %s", status, v.calls()-calls, page)
	}
	entry.Set("digest", field("digest"))
	status, page = h.ask(http.MethodPost, "/lexicon/hear", entry)
	clips := regexp.MustCompile(`src="(/clips/[^"]*)"`).FindAllStringSubmatch(page, -1)
	if status != http.StatusOK || len(clips) != 2 || v.calls() != calls+1 { // as it is now the article has it
		t.Fatalf("old and new: %d, %d calls, %s", status, v.calls()-calls, page)
	}
	for _, clip := range clips {
		if status, mp3 := h.ask(http.MethodGet, clip[1], nil); status != http.StatusOK || len(mp3) < 1000 {
			t.Errorf("%s: %d, %d bytes", clip[1], status, len(mp3))
		}
	}
	entry.Set("version", field("version"))
	if status, _ = h.ask(http.MethodPost, "/lexicon/set", entry); status != http.StatusOK { // the plan, to which it goes on
		t.Fatalf("saved: %d", status)
	}
	status, page = h.ask(http.MethodGet, "/replay?word=mayor", nil)
	if !strings.Contains(page, "<dt>Articles</dt><dd>1</dd>") {
		t.Fatalf("the plan: %d %s", status, page)
	}
	h.ask(http.MethodPost, "/replay?word=mayor", url.Values{"digest": {field("digest")}})
	limittest.Until(t, "the article is read again", func() bool {
		now, _, err := h.jobs.Job(t.Context(), bridge.Site, bridge.Key())
		return err == nil && now.Sequence > first.Sequence && now.State == lector.Ready
	})
	if now, _, err := h.jobs.Job(t.Context(), other.Site, other.Key()); err != nil || now.Sequence != untouched.Sequence {
		t.Errorf("the other article: %+v, %v", now, err)
	}
	if !slices.ContainsFunc(v.texts, func(text string) bool { return strings.Contains(text, "The mare said") }) {
		t.Errorf("spoken: %q", v.texts)
	}
	limittest.Until(t, "its new audio is public", func() bool { // behind its record
		_, page = h.ask(http.MethodGet, "/jobs/"+bridge.Site+"/"+bridge.Key()+"/reading", nil)
		return !strings.Contains(page, "not in the public audio")
	})
	for _, want := range []string{"The mare said", "The mayor said", "hear</a>", "not read"} {
		if !strings.Contains(page, want) {
			t.Errorf("what is read has no %q in %s", want, page)
		}
	}
	if strings.Contains(page, "synthesized for this audio") { // what was changed was heard before
		t.Errorf("what is read was paid twice: %s", page)
	}
	if _, page = h.ask(http.MethodGet, "/jobs/"+other.Site+"/"+other.Key()+"/reading", nil); !strings.Contains(page, "synthesized for this audio") {
		t.Errorf("nothing was synthesized for %s", page)
	}
	_, page = h.ask(http.MethodGet, "/audit", nil)
	for _, want := range []string{"lexicon-set", "mayor → mare", "sample", "replay"} {
		if !strings.Contains(page, want) {
			t.Errorf("the audit has no %q", want)
		}
	}
	_, page = h.ask(http.MethodGet, "/voices", nil)
	for _, want := range []string{"since this process began, 0 failed", " of 100,000", ">well<"} {
		if !strings.Contains(page, want) {
			t.Errorf("the voices have no %q in %s", want, page)
		}
	}
	if strings.Contains(page, "Nothing was spent") {
		t.Error("nothing was spent")
	}
}
