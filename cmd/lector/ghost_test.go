package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"lector"
	"lector/infra/limittest"
)

// TestGhost drives a real Ghost through the life of its posts and tells what was
// announced, heard and billed. Ghost takes minutes to install, so it runs by make ghost
// only, which installs it and prints the table.
func TestGhost(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("LECTOR_TEST_GHOST")
	if dir == "" {
		t.Skip("SKIPPED: make ghost runs it")
	}
	newsroom := startGhost(t, dir)
	h, secretFile := hookInstallation(t, &silentVoice{})
	newsroom.connect(h, secretFile)
	life := &postLife{realGhost: newsroom, meter: meter{h: h}, t: t}
	life.run()
	t.Logf("what became of it:\n%s", life.table.String())
	life.everyCard()
	(&outage{postLife: life}).run()
}

// realGhost is a running Ghost, and the editor who is signed in.
type realGhost struct {
	t      *testing.T
	url    string
	key    string // of an integration
	client *http.Client
	sent   chan delivery // what it has sent to Lector, and what that answered
	lost   atomic.Int64  // webhooks that were sent meanwhile
	away   atomic.Bool   // Lector cannot be reached: connections are closed without an answer
}

// delivery is one webhook on its way.
type delivery struct {
	event  string
	size   int
	status int
	took   time.Duration
}

// freePort is one that nobody has now.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// startGhost starts the Ghost that .ci/ghost has installed in a directory, with a
// database of its own, and sets it up.
func startGhost(t *testing.T, dir string) *realGhost {
	t.Helper()
	port, home, source := freePort(t), t.TempDir(), filepath.Join(dir, "ghost", "package")
	jar, _ := cookiejar.New(nil)
	g := &realGhost{t: t, url: "http://127.0.0.1:" + port, client: &http.Client{Jar: jar}, sent: make(chan delivery, 100)}
	if err := os.CopyFS(filepath.Join(home, "content"), os.DirFS(filepath.Join(source, "content"))); err != nil {
		t.Fatal(err)
	}
	manifest, err := os.ReadFile(filepath.Join(source, "package.json")) // Ghost looks for it where it is started
	if err != nil {
		t.Fatal(err)
	}
	settings := fmt.Sprintf(`{"url": %q, "server": {"host": "127.0.0.1", "port": %s},
		"database": {"client": "better-sqlite3", "connection": {"filename": "%s/ghost.db"}, "useNullAsDefault": true},
		"mail": {"transport": "stub"}, "logging": {"transports": ["file"], "path": "%s"}, "paths": {"contentPath": "%s/content"},
		"privacy": {"useUpdateCheck": false, "useGravatar": false, "useRpcPing": false},
		"security": {"staffDeviceVerification": false, "allowWebhookInternalIPs": true}}`, g.url, port, home, home, home)
	for name, data := range map[string][]byte{"package.json": manifest, "config.production.json": []byte(settings)} {
		if err := os.WriteFile(filepath.Join(home, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := exec.CommandContext(limittest.Context(t), filepath.Join(dir, "node", "package", "bin", "node"), filepath.Join(source, "index.js"))
	c.Dir, c.Env = home, append(os.Environ(), "NODE_ENV=production")
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGTERM) }
	var log bytes.Buffer
	c.Stdout, c.Stderr = &log, &log
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	t.Cleanup(func() { _ = c.Process.Signal(syscall.SIGTERM); <-ended })
	limittest.Until(t, "Ghost", func() bool {
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("Ghost has ended: %v\n%s", err, log.String())
		default:
		}
		status, _ := g.try(http.MethodGet, "site/", nil)
		return status == http.StatusOK
	})
	t.Logf("Ghost answers at %s", g.url)
	g.setUp()
	return g
}

// setUp makes the owner of a new Ghost and signs him in.
func (g *realGhost) setUp() {
	g.t.Helper()
	g.call(http.MethodPost, "authentication/setup/", map[string]any{"setup": []any{map[string]string{
		"name": "Ana Ruiz", "email": "ana@reader.example", "password": "correct-horse-77", "blogTitle": "The Reader"}}})
	g.call(http.MethodPost, "session/", map[string]string{"username": "ana@reader.example", "password": "correct-horse-77"})
	var made struct {
		Integrations []struct {
			Keys []struct{ Type, Secret string } `json:"api_keys"`
		}
	}
	g.decode(g.call(http.MethodPost, "integrations/?include=api_keys", map[string]any{"integrations": []any{map[string]string{"name": "audio"}}}), &made)
	for _, k := range made.Integrations[0].Keys {
		if k.Type == "admin" {
			g.key = k.Secret
		}
	}
}

func (g *realGhost) decode(data []byte, into any) {
	g.t.Helper()
	if err := json.Unmarshal(data, into); err != nil {
		g.t.Fatalf("%v in %.300s", err, data)
	}
}

// try asks the Admin API as the editor who is signed in; 0 is no answer.
func (g *realGhost) try(method, path string, body any) (status int, answer []byte) {
	var data []byte
	if body != nil {
		var err error
		if data, err = json.Marshal(body); err != nil {
			g.t.Fatal(err)
		}
	}
	r, err := http.NewRequestWithContext(g.t.Context(), method, g.url+"/ghost/api/admin/"+path, bytes.NewReader(data))
	if err != nil {
		g.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Origin", g.url)
	response, err := g.client.Do(r)
	if err != nil {
		return 0, nil
	}
	defer response.Body.Close()
	answer, _ = io.ReadAll(response.Body)
	return response.StatusCode, answer
}

func (g *realGhost) call(method, path string, body any) []byte {
	g.t.Helper()
	status, answer := g.try(method, path, body)
	if status < 200 || status > 299 {
		g.t.Fatalf("%s %s: %d %.500s", method, path, status, answer)
	}
	return answer
}

// connect runs lector connect ghost, twice, with a proxy between that sees what is sent.
func (g *realGhost) connect(h *installation, secretFile string) {
	g.t.Helper()
	to, err := url.Parse(h.public.url())
	if err != nil {
		g.t.Fatal(err)
	}
	proxy := httptest.NewServer(g.watch(httputil.NewSingleHostReverseProxy(to)))
	g.t.Cleanup(proxy.Close)
	dir := g.t.TempDir()
	yaml := fmt.Sprintf("data: %s\npublic_url: %s\nsites: {%s: {hooks: {ghost: {secrets: [{file: %q}]}}}}\n", dir, h.public.url(), defaultSite, secretFile)
	if err := os.WriteFile(filepath.Join(dir, "lector.yaml"), []byte(yaml), 0o600); err != nil {
		g.t.Fatal(err)
	}
	for _, want := range []string{"14 added, 0 were there", "0 added, 14 were there"} {
		code, printed := connectGhost(g.t, dir, map[string]string{"GHOST_ADMIN_KEY": g.key}, "-url", g.url, "-allow-private", "-to", proxy.URL)
		if code != 0 || !strings.Contains(printed, want) || strings.Contains(printed, "warning") {
			g.t.Fatalf("connect: exit %d, no %q\n%s", code, want, printed)
		}
		g.t.Log(printed)
	}
}

// watch notes what passes.
func (g *realGhost) watch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if g.away.Load() {
			g.lost.Add(1)
			panic(http.ErrAbortHandler)
		}
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		var in struct{ Event string }
		_ = json.Unmarshal(body, &in)
		status, began := &statusWriter{ResponseWriter: w, status: http.StatusOK}, time.Now()
		next.ServeHTTP(status, r)
		g.sent <- delivery{in.Event, len(body), status.status, time.Since(began)}
	})
}

// statusWriter remembers the status.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// await waits for a webhook.
func (g *realGhost) await(event string) delivery {
	g.t.Helper()
	ctx := limittest.Context(g.t)
	for {
		select {
		case d := <-g.sent:
			if d.event == event {
				return d
			}
		case <-ctx.Done():
			g.t.Fatalf("Ghost sends no %s", event)
		}
	}
}

// save makes or changes a post, and returns it as Ghost has it then.
func (g *realGhost) save(id string, fields map[string]any) (newID string) {
	g.t.Helper()
	var out struct{ Posts []map[string]any }
	if id != "" {
		g.decode(g.call(http.MethodGet, "posts/"+id+"/", nil), &out)
		fields["updated_at"] = out.Posts[0]["updated_at"]
	}
	method, path := http.MethodPost, "posts/?source=html"
	if id != "" {
		method, path = http.MethodPut, "posts/"+id+"/?source=html"
	}
	out.Posts = nil
	g.decode(g.call(method, path, map[string]any{"posts": []any{fields}}), &out)
	newID, _ = out.Posts[0]["id"].(string)
	return newID
}

// postLife is the life of a few posts.
type postLife struct {
	*realGhost
	meter
	t     *testing.T
	table strings.Builder
	after strings.Builder // rows of how long things took
}

const (
	paragraphs = "<p>The bridge over the river was opened to walkers on Friday morning.</p><p>The mayor said that nobody had been hurt.</p>"
	correction = "<p><strong>Correction:</strong> An earlier version of this article gave a wrong number of people.</p>"
	edited     = "<p>The bridge over the river was opened to walkers on Friday morning.</p><p>The governor said that two people had been hurt.</p>"
)

func (l *postLife) run() {
	fmt.Fprintf(&l.table, "| what the editor does | webhook | bytes | answer | job | heard | characters billed |\n|---|---|---|---|---|---|---|\n")
	later := l.save("", map[string]any{"title": "Later", "html": paragraphs})
	soon := time.Now().Add(130 * time.Second).Truncate(time.Second) // Ghost wants two minutes
	l.step("schedules", "post.scheduled", later, map[string]any{"status": "scheduled", "published_at": ghostTime(soon)}, lector.Refused, false, anything)
	id := l.save("", map[string]any{"title": "The bridge is open", "html": paragraphs})
	l.step("publishes", "post.published", id, map[string]any{"status": "published"}, lector.Ready, true, anything)
	l.step("edits the body", "post.published.edited", id, map[string]any{"html": edited}, lector.Ready, true, aPart)
	l.step("adds a correction", "post.published.edited", id, map[string]any{"html": edited + correction}, lector.Ready, true, aPart)
	l.corrected(id)
	l.step("edits the title", "post.published.edited", id, map[string]any{"title": "The bridge is closed"}, lector.Ready, true, aPart)
	l.step("adds a tag", "post.published.edited", id, map[string]any{"tags": []any{map[string]string{"name": "Weather"}}}, lector.Ready, true, 0)
	l.step("makes it paid", "post.published.edited", id, map[string]any{"visibility": "paid"}, lector.Refused, false, 0)
	l.step("makes it public again", "post.published.edited", id, map[string]any{"visibility": "public"}, lector.Ready, true, 0)
	l.teaser()
	l.step("unpublishes", "post.unpublished", id, map[string]any{"status": "draft"}, lector.Removed, false, 0)
	l.step("publishes again", "post.published", id, map[string]any{"status": "published"}, lector.Ready, true, 0)
	l.call(http.MethodDelete, "posts/"+id+"/", nil)
	l.row("deletes", l.await("post.deleted"), id, lector.Removed, false, 0)
	d := l.await("post.published")
	l.live(later, soon, time.Now())
	l.row("waits for the schedule", d, later, lector.Ready, true, 0)
}

// teaser makes a post for members, of which Ghost shows everybody what stands before its
// public preview card. The same is heard.
func (l *postLife) teaser() {
	l.t.Helper()
	const open, closed = "<p>The free ferry left the harbour on time.</p>", "<p>The zeppelin is for members.</p>"
	id := l.save("", map[string]any{"title": "Two ways to cross", "html": open + "<!--members-only-->" + closed, "visibility": "members"})
	l.save(id, map[string]any{"status": "published"})
	d := l.await("post.published")
	a := lector.Article{Site: defaultSite, ID: id}
	limittest.Until(l.t, "the free part is public", func() bool {
		j, _, err := l.h.jobs.Job(l.t.Context(), a.Site, a.Key())
		return err == nil && j.State == lector.Ready && j.Teaser
	})
	l.row("publishes for members, with a public preview", d, id, lector.Ready, true, anything)
	if words := l.h.publicWords(a); words["ferry"] == 0 || words["zeppelin"] > 0 {
		l.t.Errorf("words in public files: %v", words)
	}
}

// ghostTime is how Ghost writes a time.
func ghostTime(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") }

// liveWithin is how soon a scheduled post is heard, of which the text was spoken before.
const liveWithin = 2 * time.Second

// live waits until a scheduled post is heard, and tells how long that took since its time
// and since Ghost told of it.
func (l *postLife) live(id string, scheduled, told time.Time) {
	l.t.Helper()
	key := "/" + lector.PointerKey(defaultSite, lector.Key(defaultSite, id))
	limittest.Until(l.t, "it is heard", func() bool { r, _ := l.h.get(key); return r.StatusCode == http.StatusOK })
	took := time.Since(told)
	fmt.Fprintf(&l.after, "| a scheduled post is heard | %.1f s after its time, %.2f s after the webhook | at most 2 s after the webhook |\n",
		time.Since(scheduled).Seconds(), took.Seconds())
	if took > liveWithin {
		l.t.Errorf("heard %s after the webhook", took)
	}
}

// corrected looks for the correction in what is heard, at its place, and for what was
// said before.
func (l *postLife) corrected(id string) {
	l.t.Helper()
	m := l.h.manifest(lector.Article{Site: defaultSite, ID: id})
	last := m.Segments[len(m.Segments)-1]
	if said := cmp.Or(last.Source, last.Text); !strings.Contains(said, "wrong number") || len(m.PreviousRenditions) == 0 {
		l.t.Errorf("the last segment is %q, with %d renditions before", said, len(m.PreviousRenditions))
	}
}

// step changes a post and tells what became of it. billed is what that costs.
func (l *postLife) step(what, event, id string, fields map[string]any, want lector.State, heard bool, billed int) {
	l.t.Helper()
	l.save(id, fields)
	l.row(what, l.await(event), id, want, heard, billed)
}

func (l *postLife) row(what string, d delivery, id string, want lector.State, heard bool, billed int) {
	l.t.Helper()
	a := lector.Article{Site: defaultSite, ID: id}
	j := l.h.newest(a)
	n := l.newlySpoken()
	m, isHeard := l.heard(a)
	seconds := heardFor(m, isHeard)
	fmt.Fprintf(&l.table, "| %s | %s | %d | %d in %d ms | %s | %s | %d |\n", what, d.event, d.size, d.status, d.took.Milliseconds(), j.State, seconds, n)
	if d.status != http.StatusAccepted || j.State != want || isHeard != heard || !l.within(n, billed) {
		l.t.Errorf("%s: answer %d, job %s (%s), heard %s, %d characters; want %s, %d characters", what, d.status, j.State, j.Reason, seconds, n, want, billed)
	}
}

// everyCard publishes a post that has every card of Ghost's editor. What is HEARD must be
// read, and what is UNHEARD not.
func (l *postLife) everyCard() {
	l.t.Helper()
	cards, err := os.ReadFile(filepath.Join("testdata", "ghost-cards.json"))
	if err != nil {
		l.t.Fatal(err)
	}
	var nodes []json.RawMessage
	l.decode(cards, &nodes)
	lexical, err := json.Marshal(map[string]any{"root": map[string]any{
		"children": nodes, "direction": "ltr", "format": "", "indent": 0, "type": "root", "version": 1}})
	if err != nil {
		l.t.Fatal(err)
	}
	id := l.save("", map[string]any{"title": "Every card", "lexical": string(lexical), "status": "published"})
	l.await("post.published")
	a := lector.Article{Site: defaultSite, ID: id}
	j := l.h.newest(a)
	if j.State != lector.Ready {
		l.t.Fatalf("every card: %s %s", j.State, j.Reason)
	}
	l.t.Logf("of every card is read:\n%s", checkHeard(l.t, string(cards), l.h.manifest(a)))
}
