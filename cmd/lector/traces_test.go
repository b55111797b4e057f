package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"lector"
	"lector/audio"
	"lector/worker/synth"
)

// collectedSpan is of a span what the tests look at.
type collectedSpan struct {
	TraceID      string `json:"traceId"`
	SpanID       string `json:"spanId"`
	ParentSpanID string `json:"parentSpanId"`
	Name         string
	Links        []struct {
		TraceID string `json:"traceId"`
		SpanID  string `json:"spanId"`
	}
	Events []struct{ Name string }
	Status struct{ Message string }
}

// collector takes spans as an OpenTelemetry collector does.
type collector struct {
	t     *testing.T
	url   string
	mu    sync.Mutex
	spans []collectedSpan
}

func startCollector(t *testing.T) *collector {
	t.Helper()
	c := &collector{t: t}
	s := httptest.NewServer(c)
	t.Cleanup(s.Close)
	c.url = s.URL
	return c
}

// ServeHTTP implements http.Handler.
func (c *collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body struct {
		ResourceSpans []struct {
			ScopeSpans []struct{ Spans []collectedSpan }
		}
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		c.t.Error(err)
	}
	if r.URL.Path != "/v1/traces" || r.Header.Get("Authorization") != hookSecret {
		c.t.Errorf("%s with %v", r.URL, r.Header)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.spans = append(c.spans, body.ResourceSpans[0].ScopeSpans[0].Spans...)
	_, _ = io.WriteString(w, "{}")
}

// of returns the spans of a trace by their names; of several with one name it is the last
// that came.
func (c *collector) of(trace string) map[string]collectedSpan {
	c.mu.Lock()
	defer c.mu.Unlock()
	found := map[string]collectedSpan{}
	for _, s := range c.spans {
		if s.TraceID == trace {
			found[s.Name] = s
		}
	}
	return found
}

// parents returns the names of the spans below which those of a name stand, each once.
func (c *collector) parents(trace, child string) (all []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	names := map[string]string{}
	for _, s := range c.spans {
		names[s.TraceID+s.SpanID] = s.Name
	}
	for _, s := range c.spans {
		if s.TraceID == trace && s.Name == child {
			all = append(all, names[trace+s.ParentSpanID])
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// lockedBuffer is a buffer that many write to.
type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

// String returns what was written so far.
func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.String()
}

// tracedInstallation is a whole installation whose traces go to a collector. end ends it
// and returns what it has logged.
func tracedInstallation(t *testing.T, c *config, v *silentVoice) (h *installation, end func() string) {
	t.Helper()
	var log lockedBuffer
	a := &app{stdin: strings.NewReader(""), stdout: io.Discard, stderr: &log, getenv: func(string) string { return "" }}
	r := a.resources(c)
	r.open, r.silent = v.open, true
	r.check = func(context.Context, []byte, synth.Request, lector.Capabilities) (*audio.Analysis, error) {
		return nil, nil
	}
	closeAll := sync.OnceFunc(func() {
		var err error
		if r.close(&err); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(closeAll)
	startEmbedded(t, r)
	s, err := r.openServer(t.Context(), roles{worker: true, publisher: true})
	if err != nil {
		t.Fatal(err)
	}
	h = (&installation{server: s, t: t, voice: v}).start()
	return h, func() string {
		h.shutdown()
		closeAll()
		return log.String()
	}
}

const (
	cmsTrace      = "4bf92f3577b34da6a3ce929d0e0e4736"
	cmsParent     = "00-" + cmsTrace + "-00f067aa0ba902b7-01"
	listenerTrace = "0af7651916cd43dd8448eb211c80319c"
)

// TestTraceFromWebhookToListener follows a trace that a CMS began: through the webhook, the
// event, the voice and the audio event to the notification; and that of a listener.
func TestTraceFromWebhookToListener(t *testing.T) {
	t.Parallel()
	dir, collected := t.TempDir(), startCollector(t)
	told := make(chan string, 10)
	target := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { told <- r.Header.Get("Traceparent") }))
	t.Cleanup(target.Close)
	secret, signer := filepath.Join(dir, "secret"), filepath.Join(dir, "signer")
	writeSecret(t, secret, hookSecret)
	writeSecret(t, signer, notifySecret)
	c := testConfig(dir)
	c.Log.Level, c.Log.Format = "debug", "json"
	c.Traces = tracesConfig{Endpoint: collected.url, SampleRatio: 0, Headers: map[string]secretSource{"Authorization": {File: secret}}}
	s := c.Sites[defaultSite]
	s.AllowPrivate = true
	s.Hooks = map[string]hookConfig{"ghost": {Secrets: []secretSource{{File: secret}}}}
	s.Notify = map[string]notifyConfig{"cms": {URL: target.URL, Secrets: []secretSource{{File: signer}}}}
	c.Sites[defaultSite] = s
	var failed atomic.Bool
	v := &silentVoice{fail: func(string) error {
		if failed.CompareAndSwap(false, true) {
			return errors.New("once")
		}
		return nil
	}}
	h, end := tracedInstallation(t, c, v)

	a := sampleArticle("65a")
	if status, answer := h.hook(hookSecret, ghostPost(t, "post.published", "published", a), lector.TraceParent, cmsParent, lector.TraceState, "rojo=1"); status != http.StatusAccepted {
		t.Fatalf("%d %s", status, answer)
	}
	j := h.newest(a)
	notified := <-told
	h.manifest(a)
	h.get("/"+lector.PointerKey(a.Site, a.Key()), lector.TraceParent, "00-"+listenerTrace+"-b7ad6b7169203331-01")
	event, err := h.conn.Event(t.Context(), j.Sequence)
	if err != nil {
		t.Fatal(err)
	}
	announced, err := h.conn.LastAnnouncement(t.Context(), a.Site, a.Key())
	if err != nil {
		t.Fatal(err)
	}
	log := end()

	spans := collected.of(cmsTrace)
	for child, parent := range map[string]string{
		"publish ARTICLES": "POST /hooks/{source}/{site}", "process article": "publish ARTICLES", "wait": "process article",
		"plan": "process article", "extract": "plan", "script": "plan", "synthesize": "process article", "speak": "synthesize",
		"call voice": "speak", "assemble": "process article", "store": "process article", "commit": "process article",
		"announce": "process article", "publish AUDIO": "announce", "send notification": "publish AUDIO",
	} {
		if found := collected.parents(cmsTrace, child); !slices.Equal(found, []string{parent}) {
			t.Errorf("%s is a child of %q, want %s", child, found, parent)
		}
	}
	if spans["POST /hooks/{source}/{site}"].ParentSpanID != "00f067aa0ba902b7" {
		t.Errorf("the webhook is no child of the CMS: %+v", spans["POST /hooks/{source}/{site}"])
	}
	if listener := collected.of(listenerTrace)["GET /a/{site}/{key}/{file}"]; listener.ParentSpanID != "b7ad6b7169203331" {
		t.Errorf("the listener's request is %+v", listener)
	}
	if n := len(collected.of(cmsTrace)) + len(collected.of(listenerTrace)); len(names(collected.spans)) != n {
		t.Errorf("there are other spans: %v", names(collected.spans))
	}
	if !slices.ContainsFunc(collected.spans, func(s collectedSpan) bool { return len(s.Events) == 1 && s.Events[0].Name == "retry" }) {
		t.Error("the call that was made again is in no span")
	}
	for what, got := range map[string][2]string{
		"the event":        {event.Trace.Parent(), spans["publish ARTICLES"].SpanID},
		"the audio event":  {announced.Trace.Parent(), spans["publish AUDIO"].SpanID},
		"the notification": {notified, spans["send notification"].SpanID},
		"the attempt":      {j.Attempts[0].Trace, spans["process article"].SpanID},
	} {
		if trace := lector.ParseTraceContext(got[0], ""); trace.ID() != cmsTrace || !strings.Contains(got[0], got[1]) {
			t.Errorf("%s has %q, not span %s", what, got[0], got[1])
		}
	}
	if event.Trace.State != "rojo=1" || announced.Trace.State != "rojo=1" {
		t.Errorf("the tracestate is %q and %q", event.Trace.State, announced.Trace.State)
	}
	var shown bytes.Buffer
	showAttempts(&shown, j)
	if !strings.Contains(shown.String(), "\ttrace "+cmsTrace+"\n") {
		t.Errorf("lector jobs show prints %s", shown.String())
	}
	checkSteps(t, log, j)
}

// names returns those of all spans, each once for a trace.
func names(spans []collectedSpan) (all []string) {
	for _, s := range spans {
		if name := s.TraceID[:4] + " " + s.Name; !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

// checkSteps holds that the log lines of a job say which job and which trace.
func checkSteps(t *testing.T, log string, j lector.Job) {
	t.Helper()
	steps := 0
	for line := range strings.Lines(log) {
		var got struct {
			Message                             string `json:"msg"`
			Site, Job, Article, Revision, Trace string
			Attempt                             int
		}
		if err := json.Unmarshal([]byte(line), &got); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if got.Message != "step" {
			continue
		}
		steps++
		if got.Site != j.Site || got.Job != j.ID || got.Article != j.Article || got.Revision != j.Revision || got.Attempt != 1 || got.Trace != cmsTrace {
			t.Errorf("a step says %s", line)
		}
	}
	if steps < 5 {
		t.Errorf("%d steps are logged", steps)
	}
}

// TestTraceOfReplay holds that a replay has a trace of its own, which names the one before.
func TestTraceOfReplay(t *testing.T) {
	t.Parallel()
	dir, collected := t.TempDir(), startCollector(t)
	secret := filepath.Join(dir, "secret")
	writeSecret(t, secret, hookSecret)
	c := testConfig(dir)
	c.Traces = tracesConfig{Endpoint: collected.url, SampleRatio: 1, Headers: map[string]secretSource{"Authorization": {File: secret}}}
	h, end := tracedInstallation(t, c, &silentVoice{})
	a := sampleArticle("1")
	ctx, span := h.tracer.Start(t.Context(), "cms", lector.SpanClient, lector.ParseTraceContext(cmsParent, ""))
	n, err := h.conn.Publish(ctx, newEvent(lector.Published, a))
	if err != nil {
		t.Fatal(err)
	}
	span.End(nil)
	j := h.awaitJob(a, n)
	j = h.awaitJob(a, h.replay(j))
	end()
	trace := lector.ParseTraceContext(j.Attempts[0].Trace, "")
	again := collected.of(trace.ID())["process article"]
	if trace.ID() == cmsTrace || again.SpanID == "" || again.ParentSpanID != "" {
		t.Errorf("the replay is %q: %+v", j.Attempts[0].Trace, again)
	}
	if len(again.Links) != 1 || again.Links[0].SpanID != collected.of(cmsTrace)["publish ARTICLES"].SpanID {
		t.Errorf("the replay names %+v", again.Links)
	}
}

// TestRefusedTraces holds that settings are refused by which no trace could be sent.
func TestRefusedTraces(t *testing.T) {
	t.Parallel()
	header := map[string]secretSource{"Authorization": {}}
	for want, traces := range map[string]tracesConfig{
		"traces.sample_ratio":          {SampleRatio: 1.5},
		"traces.endpoint: is missing":  {Headers: header},
		"traces.endpoint":              {Endpoint: "127.0.0.1:4318"},
		"traces.headers.Authorization": {Endpoint: "http://127.0.0.1:4318", Headers: header},
	} {
		c := testConfig(t.TempDir())
		c.Traces = traces
		if err := c.check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %s", traces, err, want)
		}
	}
}

// TestTraceEnvironment reads the endpoint that all programs on a machine are told.
func TestTraceEnvironment(t *testing.T) {
	t.Parallel()
	const all, ours = "http://127.0.0.1:4318", "http://127.0.0.1:4319"
	for name, test := range map[string]struct {
		env  map[string]string
		want string
	}{
		"none":     {nil, ""},
		"all":      {map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": all}, all},
		"ours":     {map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": all, "LECTOR_TRACES_ENDPOINT": ours}, ours},
		"grpc":     {map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": all, "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, ""},
		"disabled": {map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": all, "OTEL_SDK_DISABLED": "true"}, ""},
	} {
		a := &app{stderr: io.Discard, getenv: func(name string) string { return test.env[name] }}
		c, err := a.load(&settings{})
		if err != nil || c.Traces.Endpoint != test.want {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
}

// TestTraceWithoutTracing holds that a trace is passed on where nothing is recorded.
func TestTraceWithoutTracing(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{}).start()
	a := sampleArticle("1")
	e := newEvent(lector.Published, a)
	e.Trace = lector.ParseTraceContext(cmsParent, "rojo=1")
	n, err := h.conn.Publish(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	h.awaitJob(a, n)
	announced, err := h.conn.LastAnnouncement(t.Context(), a.Site, a.Key())
	if err != nil || announced.Trace != e.Trace {
		t.Errorf("the audio event has %+v, %v", announced.Trace, err)
	}
}
