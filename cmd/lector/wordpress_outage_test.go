package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"lector/infra/limittest"
	"lector/publisher/intake/wordpress/wordpresstest"
)

// TestWordPressOutage keeps Lector away while editors go on. The plugin tries again, and
// Lector asks WordPress each minute: whichever is first heals what was missed. It waits
// for minutes, so make wordpress runs it only.
func TestWordPressOutage(t *testing.T) {
	t.Parallel()
	if os.Getenv("LECTOR_WORDPRESS_OUTAGE") == "" {
		t.Skip("SKIPPED: make wordpress runs it")
	}
	d := &wordPressDesk{t: t, dir: t.TempDir(), site: wordpresstest.Start(t, nil)}
	d.password = d.site.AppPassword
	secret := d.dir + "/secret"
	writeSecret(t, secret, "c2VjcmV0IG9mIGFuIG91dGFnZQ==")
	h := d.installation(secret)
	to, err := url.Parse(h.public.url())
	if err != nil {
		t.Fatal(err)
	}
	var away atomic.Bool
	lost, next := atomic.Int64{}, httputil.NewSingleHostReverseProxy(to)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if away.Load() {
			lost.Add(1)
			panic(http.ErrAbortHandler)
		}
		next.ServeHTTP(w, r)
	}))
	t.Cleanup(proxy.Close)
	d.site.Configure(t, `define( 'LECTOR_URL', '`+proxy.URL+`' ); define( 'LECTOR_SITE', 'havana' ); define( 'LECTOR_SECRET', 'c2VjcmV0IG9mIGFuIG91dGFnZQ==' );`)
	stop := d.compare(h)
	defer stop()
	m, changes := &meter{h: h}, d.changes()
	for _, c := range changes[1:] {
		limittest.Until(t, c.what+": it is heard before", func() bool { _, heard := m.heard(post(c.id)); return heard })
	}
	away.Store(true)
	for i := range changes {
		changes[i].do(changes[i].id)
	}
	if n := lost.Load(); n < int64(len(changes)) {
		t.Errorf("%d messages were lost", n)
	}
	away.Store(false)
	var rows strings.Builder
	awaitHealing(m, changes, &rows, time.Now())
	t.Logf("what becomes of what happened while Lector was away:\n| what happens | what that comes to | target |\n|---|---|---|\n%s", rows.String())
}

// compare runs the comparison with WordPress, and visits the site as readers do, until
// what it returns is called.
func (d *wordPressDesk) compare(h *installation) (stop func()) {
	d.t.Helper()
	places, err := h.conn.Places(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	r, err := h.reconciler(h.conn, h.jobs, places, defaultSite)
	if err != nil {
		d.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(d.t.Context())
	compared, visited := make(chan struct{}), make(chan struct{})
	go func() { defer close(compared); r.Run(ctx) }()
	go func() {
		defer close(visited)
		for again := time.NewTicker(time.Second); ctx.Err() == nil; <-again.C {
			d.cron()
		}
	}()
	return func() { cancel(); <-compared; <-visited }
}

// changes are those of editors while Lector is away. Their posts are published before,
// but for the first, which is a draft.
func (d *wordPressDesk) changes() []change {
	d.t.Helper()
	update := func(fields map[string]any) func(string) {
		return func(id string) { d.rest(http.MethodPost, "/"+id, fields) }
	}
	all := []change{
		{what: "a post is published", do: update(map[string]any{"status": "publish"}), heals: isHeard},
		{what: "a body is edited", do: update(map[string]any{"content": edited}), heals: says("governor")},
		{what: "a title is edited", do: update(map[string]any{"title": "The bridge is shut"}), heals: says("is shut")},
		{what: "a post gets a password", do: update(map[string]any{"password": "open sesame"}), heals: isSilent},
		{what: "a post is unpublished", do: update(map[string]any{"status": "draft"}), heals: isSilent},
		{what: "a post is deleted", do: func(id string) { d.rest(http.MethodDelete, "/"+id+"?force=true", nil) }, heals: isSilent},
	}
	status := "draft"
	for i := range all {
		all[i].id = d.rest(http.MethodPost, "", map[string]any{"title": "Bridge", "content": paragraphs, "status": status})
		status = "publish"
	}
	return all
}
