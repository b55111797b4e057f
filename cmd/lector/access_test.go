package main

import (
	"cmp"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lector"
)

func TestAccessSettings(t *testing.T) {
	t.Parallel()
	const proxy = `proxy: {header: X-User, from: [10.0.0.7, "fd00::/8"], roles: {ann: admin, "*": view}}`
	for text, refusal := range map[string]string{
		"admin_listen: 127.0.0.1:0": "",
		"admin_listen: '[::1]:0'":   "",
		"admin_listen: localhost:0": "",
		"admin_listen: 0.0.0.0:0":   "open to others",
		"admin_listen: :9090":       "open to others",
		"admin_listen: lan.example:9090\nadmin_access: {hosts: [lan.example]}":            "open to others",
		"admin_listen: 0.0.0.0:0\nadmin_access: {tokens: true}":                           "",
		"admin_listen: :0\nadmin_access: {" + proxy + "}":                                 "",
		"admin_access: {tokens: true, hosts: [Console.Reader.example], " + proxy + "}":    "",
		"admin_access: {token: true}":                                                     "token",
		"admin_access: {hosts: ['https://a.example']}":                                    "not a host name",
		"admin_access: {hosts: ['a.example:9090']}":                                       "not a host name",
		"admin_access: {proxy: {header: X-User}}":                                         "proxy.from",
		"admin_access: {proxy: {header: X-User, from: [10.0.0.0/8]}}":                     "proxy.roles",
		"admin_access: {proxy: {from: [10.0.0.0/8], roles: {a: view}}}":                   "proxy.header",
		"admin_access: {proxy: {header: 'X User', from: [10.0.0.0/8], roles: {a: view}}}": "name of a header",
		"admin_access: {proxy: {header: X-User, from: [10.0.0.0/8], roles: {a: owner}}}":  "unknown role",
		"admin_access: {proxy: {header: X-User, from: [10.0.0.0/33], roles: {a: view}}}":  "proxy.from",
		"admin_access: {proxy: {header: X-User, from: [lan.example], roles: {a: view}}}":  "proxy.from",
	} {
		file := filepath.Join(t.TempDir(), "lector.yaml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		code, said := runCaptured(t, nil, "config", "-config", file)
		if (code == 0) != (refusal == "") || !strings.Contains(said, refusal) {
			t.Errorf("%s: exit code %d, %s", text, code, said)
		}
	}
}

// askWith asks the private listener with a token, as a program does.
func (h *installation) askWith(token, method, target string, form url.Values) int {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), method, h.admin.url()+target, strings.NewReader(form.Encode()))
	if err != nil {
		h.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	response.Body.Close()
	return response.StatusCode
}

// TestTokensAtAnInstallation makes tokens at a terminal, uses them and revokes one.
func TestTokensAtAnInstallation(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{})
	h.config.AdminAccess.Tokens = true
	h.admin.handler = adminHandler(h.ready, h.reloaded.note, h.guard(), h.metrics.Registry, func() http.Handler { return h.console })
	if err := h.openConsole(t.Context(), roles{worker: true, publisher: true}); err != nil {
		t.Fatal(err)
	}
	h.start()
	c := h.terminal()
	tokens := map[lector.Role]string{}
	for _, role := range lector.Roles() {
		tokens[role] = strings.TrimSpace(c.must("token", "create", "-role", string(role), "Ann of "+string(role)))
	}
	pause := func(lane lector.Lane) url.Values {
		return url.Values{"kind": {"lane"}, "name": {string(lane)}, "reason": {"election night"}}
	}
	lanes := map[lector.Role]lector.Lane{lector.RoleAdmin: lector.Breaking} // what is paused is not paused again
	for _, ask := range []struct {
		method, target string
		form           func(lector.Lane) url.Values
		none, view     int
		edit, replay   int
		admin          int
	}{
		{http.MethodGet, "/healthz", nil, 200, 200, 200, 200, 200},
		{http.MethodGet, "/readyz", nil, 200, 200, 200, 200, 200},
		{http.MethodGet, "/metrics", nil, 401, 200, 200, 200, 200},
		{http.MethodGet, "/console.css", nil, 401, 200, 200, 200, 200},
		{http.MethodGet, "/pauses", nil, 401, 200, 200, 200, 200},
		{http.MethodGet, "/debug/pprof/cmdline", nil, 401, 403, 403, 403, 200},
		{http.MethodGet, "/audit", nil, 401, 403, 403, 403, 200},
		{http.MethodPost, "/pauses", pause, 401, 403, 403, 303, 303},
		{http.MethodPost, "/pauses/resume", pause, 401, 403, 403, 303, 303},
	} {
		for role, want := range map[lector.Role]int{
			"": ask.none, lector.RoleView: ask.view, lector.RoleEdit: ask.edit, lector.RoleReplay: ask.replay, lector.RoleAdmin: ask.admin,
		} {
			var form url.Values
			if ask.form != nil {
				form = ask.form(cmp.Or(lanes[role], lector.Backfill))
			}
			if status := h.askWith(tokens[role], ask.method, ask.target, form); status != want {
				t.Errorf("%s %s as %q: %d, want %d", ask.method, ask.target, role, status, want)
			}
		}
	}
	var listed []lector.AccessToken
	out := c.must("token", "list", "-json")
	if err := json.Unmarshal([]byte(out), &listed); err != nil || len(listed) != 4 {
		t.Fatalf("listed %s, %v", out, err)
	}
	for _, token := range tokens {
		if strings.Contains(out, token) || len(filesWith(t, h.config.Data, token)) > 0 {
			t.Error("the token itself is kept")
		}
	}
	for _, token := range listed {
		if token.Role == lector.RoleReplay {
			c.must("token", "revoke", token.ID)
		}
	}
	if status := h.askWith(tokens[lector.RoleReplay], http.MethodGet, "/pauses", nil); status != 401 {
		t.Errorf("revoked: %d", status)
	}
	c.must("pause", "lane", "backfill", "-reason", "at a terminal")
	c.must("lexicon", "set", "Kyiv", "Keeyiv")
	c.must("lexicon", "set", "Kyiv", "Keeyiv") // changes nothing
	c.must("lexicon", "remove", "Kyiv")
	said := c.must("audit")
	if n := strings.Count(said, "lexicon-set"); n != 1 {
		t.Errorf("%d changes of the lexicon: %s", n, said)
	}
	for _, want := range []string{"kyiv → Keeyiv", "lexicon-remove", "Ann of replay", "lane backfill", "election night", "at a terminal", "token-create", "token-revoke", "terminal"} {
		if !strings.Contains(said, want) {
			t.Errorf("the audit has no %q: %s", want, said)
		}
	}
	if said := c.must("audit", "-who", "Ann of replay", "-json"); strings.Count(said, "\n") != 2 {
		t.Errorf("what one did: %s", said)
	}
	for _, args := range [][]string{
		{"token", "create"}, {"token", "create", "-role", "owner", "x"}, {"token", "create", " "}, {"token", "create", "-expires", "-1h", "x"},
		{"token", "revoke"}, {"token", "drop", "x"}, {"audit", "x"}, {"audit", "-since", "yesterday"}, {"audit", "-n", "-1"},
	} {
		if code := c.run(args...); code != 2 {
			t.Errorf("%q: exit code %d, %s", args, code, &c.err)
		}
	}
	if code := c.run("token", "revoke", "nobody"); code != 1 || !strings.Contains(c.err.String(), "token list") {
		t.Errorf("revoking nobody: %d, %s", code, &c.err)
	}
}

// TestPublisherAloneRefusesTokens: it could not look them up.
func TestPublisherAloneRefusesTokens(t *testing.T) {
	t.Parallel()
	code, said := runCaptured(t, nil, "publisher", "-data", t.TempDir(), "-config", settingsFile(t, "admin_access: {tokens: true}"))
	if code != 1 || !strings.Contains(said, "no connection to NATS") {
		t.Errorf("exit code %d, %s", code, said)
	}
}
