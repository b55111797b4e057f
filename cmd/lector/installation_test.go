package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"lector"
	"lector/audio/mpeg"
	"lector/infra/limittest"
	"lector/infra/nats"
	"lector/worker"
	"lector/worker/jobindex"
	"lector/worker/synth"
)

// silentVoice is a voice without a program: it answers with as many silent frames
// as the text is long, and counts what it was asked.
type silentVoice struct {
	mu     sync.Mutex
	texts  []string
	fail   func(text string) error
	gate   chan struct{} // when not nil, each call takes one from it
	hold   string        // only calls for texts that contain it do
	spoken chan string   // when not nil, it gets each text that was spoken
}

func (v *silentVoice) Capabilities() lector.Capabilities {
	return lector.Capabilities{Backend: "test", Voice: "silent", SampleRate: 24000, Channels: 1, Deterministic: true, Concurrency: 2, Normalise: "full", Languages: []string{"en"}}
}

func (v *silentVoice) Speak(ctx context.Context, u lector.Utterance) (lector.Speech, error) {
	if v.gate != nil && strings.Contains(u.Text, v.hold) {
		select {
		case <-v.gate:
		case <-ctx.Done():
			return lector.Speech{}, context.Cause(ctx)
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.fail != nil {
		if err := v.fail(u.Text); err != nil {
			return lector.Speech{}, err
		}
	}
	v.texts = append(v.texts, u.Text)
	if v.spoken != nil {
		v.spoken <- u.Text
	}
	return lector.Speech{MP3: silence(3 * len(u.Text)), Characters: len(u.Text)}, nil
}

func (v *silentVoice) calls() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.texts)
}

// silence returns n frames of MPEG-2 Layer III, 24 kHz mono, 48 kbit/s.
func silence(n int) []byte {
	h, ok := mpeg.ParseHeader([]byte{0xFF, 0xF3, 0x64, 0xC4})
	if !ok {
		panic("no header")
	}
	var b []byte
	for range n {
		b = mpeg.AppendSilent(b, h)
	}
	return b
}

// installation is all of lector in this process: a real NATS server, the disk store,
// workers and the public HTTP server.
type installation struct {
	*server
	t        *testing.T
	voice    *silentVoice
	flight   *synth.Singleflight // of the newest worker
	stop     context.CancelFunc
	done     chan error
	once     sync.Once
	others   []*server
	closeAll func() // closes what is open, once it does not run any more
}

// testConfig is a configuration that takes any free port.
func testConfig(dir string) *config {
	c := defaults()
	c.Data, c.Listen, c.AdminListen, c.Log.Level = dir, "127.0.0.1:0", "127.0.0.1:0", "error"
	c.Worker.EditWait = 0
	c.complete()
	return &c
}

// openInstallation opens an installation on a directory; start runs it.
func openInstallation(t *testing.T, dir string, v *silentVoice) *installation {
	t.Helper()
	return openInstallationWith(t, testConfig(dir), v)
}

// openInstallationWith opens an installation with the given settings.
func openInstallationWith(t *testing.T, c *config, v *silentVoice) *installation {
	t.Helper()
	a := &app{stdin: strings.NewReader(""), stdout: io.Discard, stderr: testLog{t}, getenv: func(string) string { return "" }}
	h := a.resources(c)
	th := &installation{t: t, voice: v}
	th.closeAll = sync.OnceFunc(func() {
		var err error
		if h.close(&err); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(th.closeAll)
	if err := h.embedded(t.Context()); err != nil {
		t.Fatal(err)
	}
	s, err := h.openServer(t.Context(), roles{publisher: true})
	if err != nil {
		t.Fatal(err)
	}
	th.server = s
	th.addWorker("one")
	return th
}

// testLog is the test's own log.
type testLog struct{ t *testing.T }

func (l testLog) Write(p []byte) (int, error) {
	l.t.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}

// addWorker binds a worker with the test's voice.
func (h *installation) addWorker(name string) *worker.Worker {
	h.t.Helper()
	ctx := h.t.Context()
	must := func(err error) {
		h.t.Helper()
		if err != nil {
			h.t.Fatal(err)
		}
	}
	var err error
	h.conn, err = h.nats("worker")
	must(err)
	h.jobs, err = h.conn.JobStore(ctx)
	must(err)
	h.index = jobindex.New()
	queue, err := h.conn.Queue(ctx)
	must(err)
	leases, err := h.conn.Leases(ctx, name)
	must(err)
	ledger := synth.NewMemoryLedger(nil)
	h.flight = &synth.Singleflight{}
	n := &worker.Narrator{
		Account: func(site, job, worker string) *synth.Account {
			return synth.NewAccount(site, job, worker, ledger, ledger, h.log)
		},
		Sites: map[string]worker.Site{},
		Voices: []worker.Voice{{
			Name: "test", Capabilities: h.voice.Capabilities(),
			Synthesizer: &synth.Synthesizer{
				Voice: synth.Meter(synth.WithGracePeriod(h.voice, h.flight), "test"), Clips: worker.Clips{Store: h.store}, Singleflight: h.flight,
			},
		}},
	}
	for name, site := range h.config.Sites {
		w := site.worker()
		w.RulesOff = func() []string { return h.siteSettings.RulesOff(name) }
		n.Sites[name] = w
	}
	h.siteSettings = h.openSiteSettings(ctx)
	h.pauses = h.openPauses(ctx)
	urgent, err := h.conn.Urgent(ctx, n.Urgent)
	must(err)
	h.worker = &worker.Worker{
		Name: name, Queue: queue, Urgent: urgent, Pauses: h.pauses, Jobs: h.jobs, Leases: leases, Announcer: h.conn, Store: h.store, Events: h.conn, Teasers: h.conn,
		Narrator: n, Addresses: h.config.addresses(), Log: h.log, ConcurrentJobs: 2, Heartbeat: nats.AckWait / 4,
	}
	must(h.openReplays(ctx, leases))
	return h.worker
}

// start runs the installation until the test ends or shutdown is called.
func (h *installation) start() *installation {
	ctx, cancel := context.WithCancel(context.Background())
	h.stop, h.done = cancel, make(chan error, 1)
	go func() { h.done <- h.run(ctx) }()
	h.t.Cleanup(h.shutdown)
	return h
}

// shutdown stops the installation and waits until all that was under way has ended.
func (h *installation) shutdown() {
	h.once.Do(func() {
		h.stop()
		if err := <-h.done; err != nil {
			h.t.Error(err)
		}
		if h.flight != nil {
			h.flight.Drain(0)
		}
	})
}

// replay has a job run again and returns the place of its event in the stream.
func (h *installation) replay(j lector.Job) uint64 {
	h.t.Helper()
	e, err := replayOf(h.t.Context(), h.conn, j)
	if err != nil {
		h.t.Fatal(err)
	}
	n, err := h.conn.Publish(h.t.Context(), e)
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

// publish announces an article and returns its place in the stream.
func (h *installation) publish(kind lector.EventType, a lector.Article) uint64 {
	h.t.Helper()
	n, err := h.conn.Publish(h.t.Context(), newEvent(kind, a))
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

// awaitJob waits until the event has had its effect.
func (h *installation) awaitJob(a lector.Article, sequence uint64) lector.Job {
	h.t.Helper()
	j, err := awaitJob(limittest.Context(h.t), h.jobs, h.conn, lector.ArticleEvent{Article: a}, sequence)
	if err != nil {
		now, _, _ := h.jobs.Job(h.t.Context(), a.Site, a.Key())
		h.t.Fatalf("await event %d: %v; the job is %+v", sequence, err, now)
	}
	return j
}

// publishAndWait publishes and waits.
func (h *installation) publishAndWait(kind lector.EventType, a lector.Article) lector.Job {
	h.t.Helper()
	return h.awaitJob(a, h.publish(kind, a))
}

// announced returns the types of the audio events of an article so far.
func (h *installation) announced(a lector.Article) (types []string) {
	h.t.Helper()
	last, err := h.conn.LastAnnouncement(h.t.Context(), a.Site, a.Key())
	if errors.Is(err, lector.ErrNotFound) {
		return nil
	}
	if err != nil {
		h.t.Fatal(err)
	}
	for e, err := range h.conn.Announcements(limittest.Context(h.t), a.Site, a.Key()) {
		if err != nil {
			h.t.Fatal(err)
		}
		if types = append(types, e.Type); e.ID == last.ID {
			break
		}
	}
	return types
}

// files lists what the store holds of an article.
func (h *installation) files(a lector.Article) []string {
	h.t.Helper()
	var keys []string
	for o, err := range h.store.List(h.t.Context(), lector.Prefix(a.Site, a.Key())) {
		if err != nil {
			h.t.Fatal(err)
		}
		keys = append(keys, o.Key)
	}
	return keys
}

// get asks the public HTTP server.
func (h *installation) get(path string, header ...string) (*http.Response, []byte) {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), http.MethodGet, h.public.url()+path, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	response, err := (&http.Client{}).Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return response, body
}

// sampleArticle is an article of three paragraphs.
func sampleArticle(id string) lector.Article {
	return lector.Article{
		Site: defaultSite, ID: id, Title: "The bridge is open", Authors: []string{"Ana Ruiz"}, Language: "en",
		Visibility: lector.Public, UpdatedAt: time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC),
		Body: lector.Body{ContentType: lector.HTML, Content: strings.Join([]string{
			"<p>The bridge over the river was opened to walkers on Friday morning after two years of work.</p>",
			"<p>The mayor said that the money had come from the state, and that nobody had been hurt.</p>",
			"<p>Cars may cross from Monday on, when the last of the lamps will have been put up.</p>"}, "\n")},
	}
}

// open is what opens each configured voice in a test: this one.
func (v *silentVoice) open(context.Context, string, voiceConfig) (synth.Voice, error) { return v, nil }
