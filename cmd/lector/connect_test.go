package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"lector"
	"lector/publisher/intake/ghost"
)

const (
	ghostKeyID     = "0123456789abcdef01234567"
	ghostKeySecret = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
)

// madeUpGhost answers as Ghost 6.65 was seen to: what is asked of it without a token
// that holds is refused.
type madeUpGhost struct {
	hooks map[string]string // secrets, by event and address
	posts []map[string]any
	skew  time.Duration
	open  atomic.Bool // private addresses are called
}

func (g *madeUpGhost) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", time.Now().Add(g.skew).UTC().Format(http.TimeFormat))
	path := strings.TrimPrefix(r.URL.Path, "/ghost/api/admin/")
	if path == "site/" {
		fmt.Fprint(w, `{"site":{"title":"The Reader","url":"https://reader.example/","version":"6.65"}}`)
		return
	}
	if !rightToken(r.Header.Get("Authorization")) {
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"errors":[{"message":"Unknown Admin API Key","context":null}]}`)
		return
	}
	switch path {
	case "config/":
		fmt.Fprintf(w, `{"config":{"version":"6.65.0","environment":"production","security":{"allowWebhookInternalIPs":%t}}}`, g.open.Load())
	case "posts/", "pages/":
		g.page(w, r, strings.TrimSuffix(path, "/"))
	case "webhooks/":
		g.addHook(w, r)
	}
}

// page gives one post at a time.
func (g *madeUpGhost) page(w http.ResponseWriter, r *http.Request, kind string) {
	if kind == "pages" {
		fmt.Fprint(w, `{"pages":[],"meta":{"pagination":{"page":1,"next":null,"total":0}}}`)
		return
	}
	var n int
	fmt.Sscan(r.URL.Query().Get("page"), &n)
	next := any(n + 1)
	if n >= len(g.posts) {
		next = nil
	}
	json.NewEncoder(w).Encode(map[string]any{
		"posts": g.posts[n-1 : n], "meta": map[string]any{"pagination": map[string]any{"next": next, "total": len(g.posts)}},
	})
}

func (g *madeUpGhost) addHook(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Webhooks []struct {
			Event, Secret string
			Target        string `json:"target_url"`
		}
	}
	if json.NewDecoder(r.Body).Decode(&in) != nil || len(in.Webhooks) != 1 {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	h := in.Webhooks[0]
	if _, ok := g.hooks[h.Event+" "+h.Target]; ok {
		w.WriteHeader(http.StatusUnprocessableEntity)
		fmt.Fprint(w, `{"errors":[{"message":"Validation error, cannot save webhook.","context":"Target URL has already been used for this event."}]}`)
		return
	}
	g.hooks[h.Event+" "+h.Target] = h.Secret
	w.WriteHeader(http.StatusCreated)
	fmt.Fprint(w, `{"webhooks":[{}]}`)
}

// rightToken checks a JSON Web Token as Ghost does.
func rightToken(header string) bool {
	parts := strings.Split(strings.TrimPrefix(header, "Ghost "), ".")
	if len(parts) != 3 {
		return false
	}
	key, _ := hex.DecodeString(ghostKeySecret)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(parts[0] + "." + parts[1]))
	var head struct{ Alg, Kid string }
	var claims struct {
		Iat, Exp int64
		Aud      string
	}
	for i, into := range []any{&head, &claims} {
		text, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err != nil || json.Unmarshal(text, into) != nil {
			return false
		}
	}
	now := time.Now().Unix()
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)) == parts[2] && head.Alg == "HS256" && head.Kid == ghostKeyID &&
		claims.Aud == "/admin/" && claims.Iat <= now && claims.Exp > now && claims.Exp-claims.Iat <= 300
}

func newMadeUpGhost(t *testing.T) (*madeUpGhost, string) {
	t.Helper()
	g := &madeUpGhost{hooks: map[string]string{}}
	for i, visibility := range []string{"public", "paid", "public"} {
		g.posts = append(g.posts, map[string]any{
			"id": fmt.Sprintf("65a%d", i), "title": "The bridge is open", "html": sampleArticle("1").Body.Content, "status": "published",
			"visibility": visibility, "updated_at": "2026-11-28T11:59:00.000Z", "published_at": "2026-11-28T11:59:00.000Z",
		})
	}
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	return g, server.URL
}

// connectGhost runs lector connect ghost.
func connectGhost(t *testing.T, dir string, env map[string]string, args ...string) (code int, printed string) {
	t.Helper()
	file := filepath.Join(dir, "lector.yaml")
	if !exists(file) {
		if err := os.WriteFile(file, []byte("data: "+dir+"\npublic_url: http://127.0.0.1:8080\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out strings.Builder
	a := &app{stdin: strings.NewReader(""), stdout: &out, stderr: &out, getenv: func(name string) string { return env[name] }}
	code = a.run(t.Context(), append([]string{"connect", "ghost", "-config", file}, args...))
	return code, out.String()
}

func TestConnectGhost(t *testing.T) {
	t.Parallel()
	g, address := newMadeUpGhost(t)
	dir := t.TempDir()
	env := map[string]string{"GHOST_ADMIN_KEY": ghostKeyID + ":" + ghostKeySecret}
	var first string
	for i, want := range []string{fmt.Sprintf("%d added, 0 were there", len(ghost.Events)), fmt.Sprintf("0 added, %d were there", len(ghost.Events))} {
		code, printed := connectGhost(t, dir, env, "-url", address, "-allow-private")
		if code != 0 {
			t.Fatalf("exit %d\n%s", code, printed)
		}
		for _, text := range []string{
			want, "Ghost 6.65", "3 posts published", "URL_PRIVATE_INVALID", "hooks: {ghost: {secrets: [{file:", "http://127.0.0.1:8080/oembed?url=",
			"2 articles to read, 1 not",
		} {
			if !strings.Contains(printed, text) {
				t.Errorf("run %d: no %q in\n%s", i+1, text, printed)
			}
		}
		if strings.Contains(printed, ghostKeySecret) {
			t.Errorf("the key is printed")
		}
		secrets, err := (&app{getenv: func(string) string { return "" }}).hookSecrets([]secretSource{{File: filepath.Join(dir, "hooks", "ghost-havana")}})
		if err != nil || strings.Contains(printed, secrets[0]) {
			t.Fatalf("the secret: %v\n%s", err, printed)
		}
		if first == "" {
			first = secrets[0]
		}
		if len(g.hooks) != len(ghost.Events) || g.hooks["post.published http://127.0.0.1:8080/hooks/ghost/havana"] != first {
			t.Errorf("webhooks %v, secret %q", g.hooks, first)
		}
	}
}

// TestConnectGhostSettings pastes what the command prints into lector.yaml: then nothing is
// left to be pasted, and the posts can be listed by it.
func TestConnectGhostSettings(t *testing.T) {
	t.Parallel()
	_, address := newMadeUpGhost(t)
	key := filepath.Join(t.TempDir(), "key")
	writeSecret(t, key, ghostKeyID+":"+ghostKeySecret)
	for name, run := range map[string]struct {
		env  map[string]string
		args []string
	}{
		"of a file":     {map[string]string{}, []string{"-key-file", key}},
		"of a variable": {map[string]string{"GHOST_ADMIN_KEY": ghostKeyID + ":" + ghostKeySecret}, nil},
	} {
		dir, args := t.TempDir(), append([]string{"-url", address, "-allow-private"}, run.args...)
		_, printed := connectGhost(t, dir, run.env, args...)
		_, rest, found := strings.Cut(printed, "restart Lector:\n\n")
		lines, _, ended := strings.Cut(rest, "\n\n")
		if !found || !ended {
			t.Fatalf("%s: nothing to paste in\n%s", name, printed)
		}
		lines = strings.ReplaceAll("\n"+lines, "\n  ", "\n")
		file := filepath.Join(dir, "lector.yaml")
		pasted := "data: " + dir + "\npublic_url: http://127.0.0.1:8080" + lines + "\n"
		if err := os.WriteFile(file, []byte(pasted), 0o600); err != nil {
			t.Fatal(err)
		}
		if code, printed := connectGhost(t, dir, run.env, args...); code != 0 || strings.Contains(printed, "lector.yaml") {
			t.Errorf("%s: with\n%s\nexit %d\n%s", name, pasted, code, printed)
		}
		a := &app{getenv: func(name string) string { return run.env[name] }}
		c, err := a.load(&settings{file: file})
		if err != nil {
			t.Fatal(err)
		}
		source, err := a.source(c.Sites[defaultSite])
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, _, err := source.List(t.Context(), ""); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestConnectGhostRefuses(t *testing.T) {
	t.Parallel()
	key := ghostKeyID + ":" + ghostKeySecret
	for name, test := range map[string]struct {
		key  string
		skew time.Duration
		args []string
		code int
		want string
	}{
		"no key":            {"", 0, []string{"-allow-private"}, 2, "there is no Admin API key"},
		"content key":       {"0123456789abcdef0123456789", 0, []string{"-allow-private"}, 2, "Settings, Integrations"},
		"another's key":     {ghostKeyID + ":" + strings.Repeat("0", 64), 0, []string{"-allow-private"}, 1, "Unknown Admin API Key"},
		"clock":             {key, time.Hour, []string{"-allow-private"}, 1, "NTP"},
		"private address":   {key, 0, nil, 1, "-allow-private"},
		"unknown site":      {key, 0, []string{"-site", "paris"}, 2, "paris"},
		"another CMS":       {key, 0, []string{"drupal"}, 2, "kind of CMS"},
		"no such file":      {"", 0, []string{"-key-file", "no-such-file"}, 1, "no-such-file"},
		"nobody to ask":     {key, 0, []string{"-allow-private", "-backfill"}, 2, "nobody can be asked"},
		"nobody to reach":   {key, 0, []string{"-allow-private", "-backfill", "-yes"}, 1, "no lector is running"},
		"target is no host": {key, 0, []string{"-allow-private", "-to", "http://no-such-host.invalid"}, 1, "public_url"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, address := newMadeUpGhost(t)
			g.skew = test.skew
			code, printed := connectGhost(t, t.TempDir(), map[string]string{"GHOST_ADMIN_KEY": test.key}, append([]string{"-url", address}, test.args...)...)
			if code != test.code || !strings.Contains(printed, test.want) {
				t.Errorf("exit %d, want %d and %q\n%s", code, test.code, test.want, printed)
			}
		})
	}
}

// What Ghost is set to call is not warned of.
func TestConnectGhostThatCallsPrivateAddresses(t *testing.T) {
	t.Parallel()
	g, address := newMadeUpGhost(t)
	g.open.Store(true)
	env := map[string]string{"GHOST_ADMIN_KEY": ghostKeyID + ":" + ghostKeySecret}
	if code, printed := connectGhost(t, t.TempDir(), env, "-url", address, "-allow-private", "-no-estimate"); code != 0 || strings.Contains(printed, "warning") {
		t.Errorf("exit %d\n%s", code, printed)
	}
}

// The backfill is announced in its own lane, and what is not public is not read.
func TestConnectGhostBackfill(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{}).start()
	_, address := newMadeUpGhost(t)
	env := map[string]string{"GHOST_ADMIN_KEY": ghostKeyID + ":" + ghostKeySecret}
	for range 2 {
		if code, printed := connectGhost(t, h.config.Data, env, "-url", address, "-allow-private", "-backfill", "-yes"); code != 0 || !strings.Contains(printed, "3 articles announced") {
			t.Fatalf("exit %d\n%s", code, printed)
		}
	}
	for id, want := range map[string]lector.State{"65a0": lector.Ready, "65a1": lector.Refused} {
		a := lector.Article{Site: defaultSite, ID: id}
		if j := h.newest(a); j.State != want || j.Lane != lector.Backfill || j.Sequence > 3 {
			t.Errorf("%s: %s in lane %s, event %d", id, j.State, j.Lane, j.Sequence)
		}
	}
}
