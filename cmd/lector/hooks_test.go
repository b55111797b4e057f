package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lector"
)

const hookSecret = "ghost-secret-of-this-year"

// hookInstallation runs an installation whose site takes webhooks of Ghost and Standard
// Webhooks. secretFile holds the secret of both.
func hookInstallation(t *testing.T, v *silentVoice) (h *installation, secretFile string) {
	t.Helper()
	c, secretFile := hookSettings(t)
	return openInstallationWith(t, c, v).start(), secretFile
}

// hookSettings are those of hookInstallation.
func hookSettings(t *testing.T) (c *config, secretFile string) {
	t.Helper()
	dir := t.TempDir()
	secretFile = filepath.Join(dir, "secret")
	writeSecret(t, secretFile, hookSecret)
	c = testConfig(dir)
	s := c.Sites[defaultSite]
	s.Rules.Teaser = true
	hook := hookConfig{Secrets: []secretSource{{File: secretFile}}}
	s.Hooks = map[string]hookConfig{"ghost": hook}
	encoded := filepath.Join(dir, "encoded")
	writeSecret(t, encoded, base64.StdEncoding.EncodeToString([]byte(hookSecret)))
	s.Hooks["webhook"] = hookConfig{Secrets: []secretSource{{File: encoded}}}
	c.Sites[defaultSite] = s
	return c, secretFile
}

func writeSecret(t *testing.T, name, secret string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}

// ghostPost is the body of a webhook of Ghost about an article.
func ghostPost(t *testing.T, event, status string, a lector.Article) string {
	t.Helper()
	post := map[string]any{
		"id": a.ID, "title": a.Title, "html": a.Body.Content, "status": status, "visibility": a.Visibility, "updated_at": a.UpdatedAt,
		"published_at": nil, "custom_excerpt": nil, "primary_tag": nil, "authors": []any{map[string]any{"name": "Ana Ruiz", "email": "ana@reader.example"}},
		"post_revisions": []any{map[string]any{"lexical": strings.Repeat("old ", 10_000)}},
	}
	body, err := json.Marshal(map[string]any{"event": event, "post": map[string]any{"current": post, "previous": map[string]any{}}})
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// hook sends a webhook as Ghost does, with further headers.
func (h *installation) hook(secret, body string, header ...string) (status int, answer string) {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), http.MethodPost, h.public.url()+"/hooks/ghost/"+defaultSite, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	at := fmt.Sprint(time.Now().UnixMilli())
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body + at))
	r.Header.Set("X-Ghost-Signature", fmt.Sprintf("sha256=%x, t=%s", mac.Sum(nil), at))
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return h.send(r)
}

// send sends a request as senders of webhooks do, again while it is answered that
// it could not be stored in time: on a busy machine nothing is wrong with that.
func (h *installation) send(r *http.Request) (status int, answer string) {
	h.t.Helper()
	for status = http.StatusServiceUnavailable; status == http.StatusServiceUnavailable; {
		body, err := r.GetBody()
		if err != nil {
			h.t.Fatal(err)
		}
		r.Body = body
		status, answer = h.sendOnce(r)
	}
	return status, answer
}

func (h *installation) sendOnce(r *http.Request) (status int, answer string) {
	h.t.Helper()
	response, err := (&http.Client{}).Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return response.StatusCode, strings.TrimSpace(string(text))
}

// newest waits until the newest event of an article has had its effect.
func (h *installation) newest(a lector.Article) lector.Job {
	h.t.Helper()
	_, n, err := h.conn.NewestEvent(h.t.Context(), lector.JobRef{Site: a.Site, ID: a.Key()})
	if err != nil {
		h.t.Fatal(err)
	}
	return h.awaitJob(a, n)
}

// The life of a post: it is heard, an edit costs its paragraph, a tag nothing, and what
// is no longer public is gone.
func TestWebhookToAudio(t *testing.T) {
	t.Parallel()
	h, _ := hookInstallation(t, &silentVoice{})
	a := sampleArticle("65a")
	step := func(event, status string, change func(*lector.Article)) lector.Job {
		t.Helper()
		a.UpdatedAt = a.UpdatedAt.Add(time.Second)
		change(&a)
		if code, answer := h.hook(hookSecret, ghostPost(t, event, status, a)); code != http.StatusAccepted || answer != "accepted" {
			t.Fatalf("%s: %d %s", event, code, answer)
		}
		return h.newest(a)
	}
	nothing := func(*lector.Article) {}
	if j := step("post.published", "published", nothing); j.State != lector.Ready || j.Usage.Billed == 0 {
		t.Fatalf("published: %+v", j)
	}
	e, err := h.conn.Event(t.Context(), 1)
	if data, _ := json.Marshal(e); err != nil || strings.Contains(string(data), "old old") || strings.Contains(string(data), "ana@") {
		t.Errorf("the event holds more than is read: %v\n%.300s", err, data)
	}
	before := h.voice.calls()
	step("post.tag.attached", "published", nothing)
	if h.voice.calls() != before {
		t.Errorf("a tag costs %d calls", h.voice.calls()-before)
	}
	step("post.published.edited", "published", func(a *lector.Article) {
		a.Body.Content = strings.Replace(a.Body.Content, "The mayor", "The governor", 1)
	})
	if n := h.voice.calls() - before; n != 1 {
		t.Errorf("an edit costs %d calls", n)
	}
	if j := step("post.published.edited", "published", func(a *lector.Article) { a.Visibility = lector.Paid }); j.State != lector.Refused {
		t.Errorf("paid: %s", j.State)
	}
	if r, _ := h.get("/" + lector.PointerKey(a.Site, a.Key())); r.StatusCode == http.StatusOK {
		t.Errorf("what is paid for is public: %s", r.Status)
	}
	step("post.published.edited", "published", func(a *lector.Article) { a.Visibility = lector.Public })
	if j := step("post.unpublished", "draft", nothing); j.State != lector.Removed || len(h.files(a)) > 0 {
		t.Errorf("unpublished: %s, %v", j.State, h.files(a))
	}
	if h.voice.calls()-before != 1 {
		t.Errorf("what was spoken was spoken again")
	}
}

// A secret is replaced without a restart.
func TestSecretOfAFileIsReadAgain(t *testing.T) {
	t.Parallel()
	h, file := hookInstallation(t, &silentVoice{})
	body := ghostPost(t, "post.published", "published", sampleArticle("1"))
	const next = "ghost-secret-of-next-year"
	if code, answer := h.hook(next, body); code != http.StatusUnauthorized {
		t.Fatalf("before: %d %s", code, answer)
	}
	writeSecret(t, file, next)
	if code, answer := h.hook(next, body); code != http.StatusAccepted {
		t.Errorf("after: %d %s", code, answer)
	}
}

// A Standard Webhook that is sent again is one event; and an article that is larger than
// an event goes by reference.
func TestStandardWebhook(t *testing.T) {
	t.Parallel()
	h, _ := hookInstallation(t, &silentVoice{})
	a := sampleArticle("long")
	a.Site = ""
	a.Image = "data:image/png;base64," + strings.Repeat("A", 700_000)
	a.Body.Content += "<!--" + strings.Repeat("x", 500_000) + "-->"
	body, err := json.Marshal(map[string]any{"type": "article.published", "timestamp": time.Now(), "data": a})
	if err != nil {
		t.Fatal(err)
	}
	at := fmt.Sprint(time.Now().Unix())
	mac := hmac.New(sha256.New, []byte(hookSecret))
	fmt.Fprintf(mac, "msg_1.%s.%s", at, body)
	for range 2 {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.public.url()+"/hooks/webhook/"+defaultSite, strings.NewReader(string(body)))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Webhook-Id", "msg_1")
		r.Header.Set("Webhook-Timestamp", at)
		r.Header.Set("Webhook-Signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
		if code, answer := h.send(r); code != http.StatusAccepted {
			t.Fatalf("%d %s", code, answer)
		}
	}
	a.Site = defaultSite
	j := h.newest(a)
	if j.State != lector.Ready || j.Sequence != 1 {
		t.Errorf("event %d: %s %s", j.Sequence, j.State, j.Reason)
	}
	if e, err := h.conn.Event(t.Context(), 1); err != nil || e.Article.Body.Ref == "" {
		t.Errorf("%v: %.300s", err, e.Article.Body.Content)
	}
}

// A secret that is not there keeps the program from starting, and is named.
func TestHookSettings(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{drupal: {secrets: [{env: A}]}}`:                    "sites.havana.hooks.drupal: no webhooks come from there",
		`{ghost: {}}`:                                        "sites.havana.hooks.ghost.secrets: is missing",
		`{ghost: {secrets: [{env: "a b"}]}}`:                 "sites.havana.hooks.ghost.secrets.0",
		`{ghost: {secrets: [{env: A, file: b}]}}`:            "sites.havana.hooks.ghost.secrets.0",
		`{ghost: {secrets: [{}]}}`:                           "sites.havana.hooks.ghost.secrets.0",
		`{ghost: {secret: x}}`:                               "secret",
		`{ghost: {per_second: -1, secrets: [{env: A}]}}`:     "per_second",
		`{ghost: {secrets: [{env: LECTOR_TEST_MISSING}]}}`:   "LECTOR_TEST_MISSING is empty",
		`{ghost: {secrets: [{file: ./no-such-file}]}}`:       "no-such-file",
		`{webhook: {secrets: [{env: LECTOR_TEST_PRESENT}]}}`: "base64",
	} {
		dir := t.TempDir()
		file := filepath.Join(dir, "lector.yaml")
		yaml := "data: " + dir + "\nlisten: 127.0.0.1:0\nadmin_listen: 127.0.0.1:0\nsites:\n  havana:\n    hooks: " + text + "\n"
		if err := os.WriteFile(file, []byte(yaml), 0o600); err != nil {
			t.Fatal(err)
		}
		var log strings.Builder
		a := &app{stdin: strings.NewReader(""), stdout: io.Discard, stderr: &log, getenv: func(name string) string {
			return map[string]string{"LECTOR_TEST_PRESENT": "not base64!"}[name]
		}}
		if code := a.run(t.Context(), []string{"serve", "-config", file}); code != 2 || !strings.Contains(log.String(), want) {
			t.Errorf("%s: exit %d\n%s", text, code, log.String())
		}
		if strings.Contains(log.String(), "not base64!") {
			t.Errorf("the secret is printed: %s", log.String())
		}
	}
}
