package main

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lector"
	"lector/infra/limittest"
)

// former unpacks the recorded installation of the build before and returns its
// directory.
func former(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	out, err := exec.CommandContext(t.Context(), "tar", "-xzf", "testdata/before-usage.tar.gz", "-C", dir).CombinedOutput()
	if err != nil {
		t.Fatalf("tar: %v: %s", err, out)
	}
	return dir
}

// TestFormerSettingsAreRefused: the recorded lector.yaml is told all its new
// keys at once.
func TestFormerSettingsAreRefused(t *testing.T) {
	t.Parallel()
	var stderr strings.Builder
	a := &app{stdin: strings.NewReader(""), stdout: &strings.Builder{}, stderr: &stderr, getenv: func(string) string { return "" }}
	if code := a.run(t.Context(), []string{"config", "-config", filepath.Join(former(t), "lector.yaml")}); code != 2 {
		t.Errorf("exit %d", code)
	}
	for _, key := range []string{
		"admin_listen", "worker.concurrent_jobs", "worker.concurrent_calls", "sites.havana.voices_by_role",
		"sites.havana.spoken_disclosure", "sites.havana.include", "sites.havana.podcast",
	} {
		if !strings.Contains(stderr.String(), " is now "+key) {
			t.Errorf("%s is not named in %q", key, stderr.String())
		}
	}
}

// TestFormerInstallation: the data directory of the build before is brought
// over once, and everything is there under the present names.
func TestFormerInstallation(t *testing.T) {
	t.Parallel()
	c := testConfig(filepath.Join(former(t), "data"))
	site := c.Sites[defaultSite]
	site.Budget.CharactersPerArticle = 300 // as recorded: the parked article stays parked
	c.Sites[defaultSite] = site
	if said := startOnce(t, c); strings.Count(said, "migrated") != 3 {
		t.Errorf("the first start said %q", said)
	}
	if said := startOnce(t, c); said != "" {
		t.Errorf("the second start said %q", said)
	}
	h := openInstallationWith(t, c, &silentVoice{}).start()
	wantFormerJobs(t, h)
	wantFormerUsage(t, h)
	wantFormerPages(t, h)
	if n := h.voice.calls(); n != 0 {
		t.Errorf("%d calls to a voice", n)
	}
}

// startOnce starts the embedded server and stops it, and returns what it told.
func startOnce(t *testing.T, c *config) string {
	t.Helper()
	var said strings.Builder
	loud := *c
	loud.Log.Level = "info"
	h := (&app{stdin: strings.NewReader(""), stdout: &said, stderr: &said, getenv: func(string) string { return "" }}).resources(&loud)
	err := h.embedded(t.Context())
	if h.close(&err); err != nil {
		t.Fatal(err)
	}
	return said.String()
}

// wantFormerJobs waits until the parked job has been looked at again.
func wantFormerJobs(t *testing.T, h *installation) {
	t.Helper()
	states := map[string]lector.State{
		"bridge": lector.Ready, "market": lector.Ready, "storm": lector.Removed, "bridge-uk": lector.Failed, "long": lector.Parked,
	}
	for article, want := range states {
		j := jobWhen(limittest.Context(t), t, h, article, func(j lector.Job) bool { return want != lector.Parked || waitedTwice(j) })
		if j.State != want || j.Lane != "" {
			t.Errorf("%s is %s in lane %q, want %s", article, j.State, j.Lane, want)
		}
		if want == lector.Ready && (j.AnnouncedRendition != j.Rendition || j.Usage.Billed == 0 || j.Chunks[len(j.Chunks)-1].State != "synthesized") {
			t.Errorf("%s: %+v", article, j)
		}
	}
}

// waitedTwice reports whether a job was put off by the build before and by this.
func waitedTwice(j lector.Job) bool {
	n := len(j.Attempts)
	return n > 1 && j.Attempts[0].Outcome == "snoozed" && j.Attempts[n-1].Outcome == "snoozed"
}

func jobWhen(ctx context.Context, t *testing.T, h *installation, article string, done func(lector.Job) bool) (last lector.Job) {
	t.Helper()
	for j, err := range h.jobs.Watch(ctx, defaultSite, lector.Key(defaultSite, article)) {
		if err != nil {
			t.Fatalf("%s: %v; last %+v", article, err, last)
		}
		if last = j; done(j) {
			break
		}
	}
	return last
}

// wantFormerUsage compares with what the build before said its calls came to.
func wantFormerUsage(t *testing.T, h *installation) {
	t.Helper()
	ledger, err := h.conn.UsageLedger(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var calls []lector.Call
	for c, err := range ledger.Calls(t.Context(), "", time.Unix(0, 0), time.Now().Add(time.Hour)) {
		if err != nil {
			t.Fatal(err)
		}
		calls = append(calls, c)
	}
	sums := lector.SumUsage(calls)
	if len(sums) != 1 || sums[0].Calls != 8 || sums[0].Billed != 207 || sums[0].Reused != 137 || sums[0].Unknown != 0 {
		t.Errorf("usage %+v", sums)
	}
}

// wantFormerPages asks the public HTTP server for the article that was edited once.
func wantFormerPages(t *testing.T, h *installation) {
	t.Helper()
	pointer := "/" + lector.PointerKey(defaultSite, lector.Key(defaultSite, "bridge"))
	r, data := h.get(pointer)
	var m struct {
		lector.Links `json:"links"`
		Usage        *lector.Usage              `json:"usage"`
		Previous     []lector.PreviousRendition `json:"previous_renditions"`
		Segments     []lector.Segment           `json:"segments"`
	}
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	if r.StatusCode != http.StatusOK || m.Usage == nil || m.Usage.Billed != 51 || len(m.Previous) != 1 || m.Segments[0].Kind != lector.SpokenDisclosure {
		t.Errorf("manifest: %d, %s", r.StatusCode, data)
	}
	if strings.Contains(string(data), `"characters"`) || strings.Contains(string(data), `"history"`) || strings.Contains(string(data), `"notice"`) {
		t.Errorf("manifest has former names: %s", data)
	}
	if again, _ := h.get(pointer, "If-None-Match", r.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
		t.Errorf("the same manifest again: %d", again.StatusCode)
	}
	if r, page := h.get("/embed/" + defaultSite + "/bridge"); r.StatusCode != http.StatusOK || !strings.Contains(string(page), lector.DisclosureText) {
		t.Errorf("player page: %d", r.StatusCode)
	}
	stored := filepath.FromSlash(lector.Prefix(defaultSite, lector.Key(defaultSite, "bridge")))
	mp3, err := os.Stat(filepath.Join(h.config.Data, "store", stored, filepath.Base(m.MP3)))
	if err != nil {
		t.Fatal(err)
	}
	if r, body := h.get(strings.TrimSuffix(pointer, "manifest.json") + filepath.Base(m.MP3)); r.StatusCode != http.StatusOK || int64(len(body)) != mp3.Size() {
		t.Errorf("audio: %d, %d bytes", r.StatusCode, len(body))
	}
}
