package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"lector"
	"lector/infra/limittest"
)

const notifySecret = "whsec_bm90aWZ5LXNlY3JldC1vZi10aGlzLXllYXI="

// notified is what an address was told.
type notified struct {
	Type string
	Data lector.AudioEvent
	id   string
}

// listener is an address that is told. Its answers and what it does with what it
// hears are the test's.
func listener(t *testing.T, answer func(notified) int) (url string, heard chan notified) {
	t.Helper()
	heard = make(chan notified, 100)
	verifier, err := standardwebhooks.NewWebhook(notifySecret)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		n := notified{id: r.Header.Get("Webhook-Id")}
		if err := verifier.Verify(body, r.Header); err != nil {
			t.Errorf("%v: %s", err, body)
		}
		if err := json.Unmarshal(body, &n); err != nil {
			t.Error(err)
		}
		status := answer(n)
		w.WriteHeader(status)
		heard <- n
	}))
	t.Cleanup(s.Close)
	return s.URL, heard
}

// notifyingInstallation runs an installation that tells an address, and has a CDN purged.
func notifyingInstallation(t *testing.T, dir, url, cdn string, private bool) *installation {
	t.Helper()
	secret := filepath.Join(dir, "notify-secret")
	writeSecret(t, secret, notifySecret)
	c := testConfig(dir)
	s := c.Sites[defaultSite]
	s.AllowPrivate = private
	s.Notify = map[string]notifyConfig{"cms": {URL: url, Secrets: []secretSource{{File: secret}}}}
	if cdn != "" {
		s.Purge = purgeConfig{URL: cdn + "/purge", Method: "POST", Body: `{"files":{urls}}`, Headers: map[string]secretSource{"Authorization": {File: secret}}}
	}
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
	return h.start()
}

func receive(t *testing.T, heard chan notified) notified {
	t.Helper()
	select {
	case n := <-heard:
		return n
	case <-limittest.Context(t).Done():
		t.Fatal("nothing was told")
	}
	return notified{}
}

// An address is told of what is ready and what is gone, by the id that it had at the
// first try; a CMS that writes back what it hears and so announces its article again
// costs nothing and hears nothing more; and the CDN forgets what was withdrawn.
func TestSiteIsTold(t *testing.T) {
	t.Parallel()
	purged := make(chan []string, 10)
	cdn := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var asked struct{ Files []string }
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || r.Header.Get("Authorization") != notifySecret || r.Method != http.MethodPost {
			t.Errorf("%s %v: %v", r.Method, r.Header, err)
		}
		purged <- asked.Files
	}))
	defer cdn.Close()
	failed := false
	url, heard := listener(t, func(notified) int {
		if !failed {
			failed = true
			return http.StatusBadGateway
		}
		return http.StatusOK
	})
	h := notifyingInstallation(t, t.TempDir(), url+"/hooks/audio?token=1", cdn.URL, true)
	a := sampleArticle("told")
	j := h.publishAndWait(lector.Published, a)
	first, again := receive(t, heard), receive(t, heard)
	if first.Type != "audio.ready" || again.Type != "audio.ready" || first.id != again.id || !strings.Contains(again.Data.MP3, j.Rendition) {
		t.Fatalf("told %+v, then %+v", first, again)
	}
	// The CMS writes the address of the audio into its article, and says that it changed.
	for range 3 {
		a.UpdatedAt = a.UpdatedAt.Add(60e9)
		a.Tags = append(a.Tags, "with-audio")
		if j := h.publishAndWait(lector.Updated, a); j.State != lector.Ready || j.Usage.Billed != 0 {
			t.Errorf("written back: %s, %+v", j.State, j.Usage)
		}
	}
	a.UpdatedAt = a.UpdatedAt.Add(60e9)
	h.publishAndWait(lector.Unpublished, a)
	if got := receive(t, heard); got.Type != "audio.removed" {
		t.Errorf("after what changed nothing it was told %+v", got)
	}
	var files []string
	select {
	case files = <-purged:
	case <-limittest.Context(t).Done():
		t.Fatal("the CDN was not asked")
	}
	for _, name := range []string{"/" + j.Rendition + ".mp3", "/" + j.Rendition + ".vtt", "/manifest.json", "/embed/havana/told"} {
		if !slices.ContainsFunc(files, func(f string) bool { return strings.HasSuffix(f, name) }) {
			t.Errorf("%s is not purged: %q", name, files)
		}
	}
}

// Without leave nothing is sent to this machine. The dead letter says so, and when the
// settings are mended it is sent once more.
func TestNotificationIsReplayed(t *testing.T) {
	t.Parallel()
	url, heard := listener(t, func(notified) int { return http.StatusOK })
	dir := t.TempDir()
	h := notifyingInstallation(t, dir, url, "", false)
	a := sampleArticle("inside")
	h.publishAndWait(lector.Published, a)
	limittest.Until(t, "a dead letter", func() bool {
		counts, err := h.conn.DeadLetterCounts(t.Context(), func(lector.DeadLetter) bool { return false })
		return err == nil && len(counts) == 1
	})
	c := &terminal{t: t, dir: dir}
	if code := c.run("deadletters", "list"); code != 0 || !strings.Contains(c.out.String(), "private address") || !strings.Contains(c.out.String(), "inside") {
		t.Errorf("list: %d\n%s%s", code, c.out.String(), c.err.String())
	}
	h.shutdown()
	h.closeAll()
	if len(heard) > 0 {
		t.Fatalf("told %+v", <-heard)
	}
	h = notifyingInstallation(t, dir, url, "", true)
	var ids []uint64
	for l, err := range h.conn.DeadLetters(t.Context(), lector.DeadLetterQuery{}) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, l.ID)
	}
	for _, id := range ids {
		if _, err := h.conn.ReplayDeadLetter(t.Context(), id, "replay-1", lector.Normal); err != nil {
			t.Fatal(err)
		}
	}
	if got := receive(t, heard); got.Type != "audio.ready" || got.Data.Article != "inside" {
		t.Errorf("told %+v", got)
	}
}

func TestNotifySettings(t *testing.T) {
	t.Parallel()
	secret := []secretSource{{Env: "S"}}
	for name, c := range map[string]struct {
		site siteConfig
		want string
	}{
		"good":            {siteConfig{Notify: map[string]notifyConfig{"cms": {URL: "https://cms.example/audio", Secrets: secret, Events: []string{"ready"}}}}, ""},
		"no address":      {siteConfig{Notify: map[string]notifyConfig{"cms": {Secrets: secret}}}, "sites.x.notify.cms.url"},
		"a file":          {siteConfig{Notify: map[string]notifyConfig{"cms": {URL: "file:///etc/passwd", Secrets: secret}}}, "sites.x.notify.cms.url"},
		"a login":         {siteConfig{Notify: map[string]notifyConfig{"cms": {URL: "https://u:p@cms.example", Secrets: secret}}}, "sites.x.notify.cms.url"},
		"no secret":       {siteConfig{Notify: map[string]notifyConfig{"cms": {URL: "https://cms.example"}}}, "sites.x.notify.cms.secrets"},
		"a secret itself": {siteConfig{Notify: map[string]notifyConfig{"cms": {URL: "https://cms.example", Secrets: []secretSource{{Env: "whsec_x/="}}}}}, "secrets.0"},
		"another event":   {siteConfig{Notify: map[string]notifyConfig{"cms": {URL: "https://cms.example", Secrets: secret, Events: []string{"gone"}}}}, "events"},
		"a name":          {siteConfig{Notify: map[string]notifyConfig{"c.*": {URL: "https://cms.example", Secrets: secret}}}, "no usable name"},
		"the CDN's name":  {siteConfig{Notify: map[string]notifyConfig{"purge": {URL: "https://cms.example", Secrets: secret}}}, "no usable name"},
		"purge":           {siteConfig{Purge: purgeConfig{URL: "{url}", Headers: map[string]secretSource{"Fastly-Key": {Env: "K"}}}}, ""},
		"fastly":          {siteConfig{Purge: purgeConfig{URL: "https://api.fastly.com/purge/{host}{path}", Method: "POST"}}, ""},
		"purge nowhere":   {siteConfig{Purge: purgeConfig{Method: "POST"}}, "sites.x.purge.url"},
		"a bad method":    {siteConfig{Purge: purgeConfig{URL: "{url}", Method: "PURGE IT"}}, "sites.x.purge"},
		"a bad scheme":    {siteConfig{Purge: purgeConfig{URL: "ftp://cdn.example"}}, "sites.x.purge.url"},
		"a bare key":      {siteConfig{Purge: purgeConfig{URL: "{url}", Headers: map[string]secretSource{"Fastly-Key": {}}}}, "headers.Fastly-Key"},
	} {
		err := checkNotify("sites.x", c.site)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
