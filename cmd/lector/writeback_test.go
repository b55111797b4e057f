package main

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"lector"
)

// injectedGhost is a Ghost with one post, as far as its code injection goes.
type injectedGhost struct {
	mu       sync.Mutex
	foot     any // null or a text
	saves    int
	refusals int // that come before it is well
}

func (g *injectedGhost) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case r.URL.Path != "/ghost/api/admin/posts/65a/" || !rightToken(r.Header.Get("Authorization")):
		w.WriteHeader(http.StatusForbidden)
		return
	case g.refusals > 0:
		g.refusals--
		w.WriteHeader(http.StatusBadGateway)
		return
	case r.Method == http.MethodPut:
		var in struct{ Posts []map[string]any }
		_ = json.NewDecoder(r.Body).Decode(&in)
		g.foot = in.Posts[0]["codeinjection_foot"]
		g.saves++
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"posts": []any{
		map[string]any{"id": "65a", "status": "published", "updated_at": "2026-11-28T11:59:00.000Z", "codeinjection_foot": g.foot}}})
}

func (g *injectedGhost) state() (foot string, saves int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	foot, _ = g.foot.(string)
	return foot, g.saves
}

func (g *injectedGhost) setFoot(foot string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.foot = foot
}

// ghostAt is a Ghost as a CMS that is written back to.
func ghostAt(t *testing.T, address, key string) cmsConfig {
	t.Helper()
	file := filepath.Join(t.TempDir(), "ghost-key")
	writeSecret(t, file, key)
	return cmsConfig{Ghost: ghostConfig{URL: address, Key: secretSource{File: file}}, WriteBack: true}
}

// writingInstallation opens an installation that writes back to a CMS.
func writingInstallation(t *testing.T, c *config, cms cmsConfig) *installation {
	t.Helper()
	s := c.Sites[defaultSite]
	s.AllowPrivate, s.CMS = true, cms
	c.Sites[defaultSite] = s
	if err := c.check(); err != nil {
		t.Fatal(err)
	}
	h := openInstallationWith(t, c, &silentVoice{})
	var err error
	if h.leases, err = h.conn.Leases(t.Context(), "one"); err != nil {
		t.Fatal(err)
	}
	if err := h.openNotifying(t.Context()); err != nil {
		t.Fatal(err)
	}
	return h
}

// untilDelivered waits until the CMS has been told so many times.
func (h *installation) untilDelivered(n int) {
	h.t.Helper()
	h.untilMetrics(map[string]float64{`lector_notifications_total{outcome="delivered",site="havana",target="write_back"}`: float64(n)})
}

// A post is written to once for all of its renditions, after a try that has failed too; by a
// replay, where the block is not there; and once when its audio is withdrawn.
func TestWriteBackToGhost(t *testing.T) {
	t.Parallel()
	g := &injectedGhost{foot: "<style></style>", refusals: 1}
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	h := writingInstallation(t, testConfig(t.TempDir()), ghostAt(t, server.URL, ghostKeyID+":"+ghostKeySecret)).start()
	a := sampleArticle("65a")
	h.publishAndWait(lector.Published, a)
	h.untilDelivered(1)
	first, _ := g.state()
	if !strings.HasPrefix(first, "<style></style><!-- lector:begin 65a ") || !strings.Contains(first, h.config.addresses().Embed(a.Site, a.ID)) {
		t.Fatalf("written: %s", first)
	}
	a.UpdatedAt, a.Title = a.UpdatedAt.Add(60e9), "Another title"
	h.publishAndWait(lector.Updated, a)
	h.untilDelivered(2)
	if foot, saves := g.state(); foot != first || saves != 1 {
		t.Errorf("after another rendition, %d writes: %s", saves, foot)
	}
	g.setFoot("<style></style>") // an editor has removed it, or it was never written
	h.replay(h.newest(a))
	h.untilDelivered(3)
	if foot, saves := g.state(); foot != first || saves != 2 {
		t.Errorf("after a replay, %d writes: %s", saves, foot)
	}
	a.UpdatedAt = a.UpdatedAt.Add(60e9)
	h.publishAndWait(lector.Unpublished, a)
	h.untilDelivered(4)
	h.untilMetrics(map[string]float64{`lector_cms_writes_total{site="havana"}`: 3})
	if foot, saves := g.state(); foot != "<style></style>" || saves != 3 {
		t.Errorf("withdrawn, %d writes: %s", saves, foot)
	}
}

// A key that is refused is no reason to be silent, nor to be printed.
func TestWriteBackWithAWrongKey(t *testing.T) {
	t.Parallel()
	g := &injectedGhost{}
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	wrong := ghostKeyID + ":" + strings.Repeat("9", 64)
	h := writingInstallation(t, testConfig(t.TempDir()), ghostAt(t, server.URL, wrong))
	var log lockedBuffer
	h.notifying.notifier.Log = slog.New(slog.NewTextHandler(&log, nil))
	h.start()
	h.publishAndWait(lector.Published, sampleArticle("65a"))
	h.untilMetrics(map[string]float64{`lector_notifications_total{outcome="retried",site="havana",target="write_back"}`: 1})
	h.shutdown()
	said := log.String()
	if _, saves := g.state(); saves != 0 || strings.Contains(said, wrong[25:]) || !strings.Contains(said, "403 Forbidden") {
		t.Errorf("%d writes: %s", saves, said)
	}
}

// lector doctor says of each site that writes back whether it may.
func TestDoctorOfWriteBack(t *testing.T) {
	t.Parallel()
	g := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(map[bool]int{true: http.StatusNotFound, false: http.StatusUnauthorized}[rightToken(r.Header.Get("Authorization"))])
		_, _ = w.Write([]byte(`{"errors":[{"message":"It says no more."}]}`))
	}))
	t.Cleanup(g.Close)
	c := &config{Sites: map[string]siteConfig{
		"good":  {AllowPrivate: true, CMS: ghostAt(t, g.URL, ghostKeyID+":"+ghostKeySecret)},
		"wrong": {AllowPrivate: true, CMS: ghostAt(t, g.URL, ghostKeyID+":"+strings.Repeat("9", 64))},
		"ours":  {CMS: ghostAt(t, g.URL, ghostKeyID+":"+ghostKeySecret)},
		"off":   {},
	}}
	a := &app{getenv: func(string) string { return "" }}
	var said strings.Builder
	for _, f := range a.checkWriteBacks(t.Context(), c) {
		printFinding(&said, f)
		if (f.err == nil) != strings.HasSuffix(f.what, "good") {
			t.Errorf("%+v", f)
		}
	}
	for _, want := range []string{"ok    write-back to the CMS of good", "WRONG write-back to the CMS of wrong: Ghost answered 401", "is the Admin API key right?", "private address", "with allow_private: true of the site in lector.yaml"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("no %q in\n%s", want, said.String())
		}
	}
	if strings.Contains(said.String(), " off") || strings.Contains(said.String(), ghostKeySecret) {
		t.Errorf("said too much:\n%s", said.String())
	}
}

func TestWriteBackSettings(t *testing.T) {
	t.Parallel()
	ghost := ghostConfig{URL: "https://reader.example", Key: secretSource{Env: "K"}}
	for name, c := range map[string]struct {
		cms  cmsConfig
		want string
	}{
		"off":       {cmsConfig{}, ""},
		"ghost":     {cmsConfig{Ghost: ghost, WriteBack: true}, ""},
		"nowhere":   {cmsConfig{WriteBack: true}, "sites.x.cms.write_back"},
		"wordpress": {cmsConfig{WordPress: wordpressConfig{URL: "https://reader.example", User: "ada", Password: secretSource{Env: "P"}}, WriteBack: true}, ""},
		"no user":   {cmsConfig{WordPress: wordpressConfig{URL: "https://reader.example"}, WriteBack: true}, "sites.x.cms.write_back"},
	} {
		err := checkSource("sites.x", siteConfig{CMS: c.cms})
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if err := checkNotify("sites.x", siteConfig{Notify: map[string]notifyConfig{writeBackTarget: {URL: "https://cms.example", Secrets: []secretSource{{Env: "S"}}}}}); err == nil {
		t.Error("an address may have the CMS's name")
	}
}
