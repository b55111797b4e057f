package access

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lector"
)

var now = time.Date(2026, 11, 28, 8, 0, 0, 0, time.UTC)

// tokens are by their hashes; without a map they cannot be read.
type tokens map[string]lector.AccessToken

func (t tokens) AccessToken(_ context.Context, hash string) (lector.AccessToken, error) {
	if t == nil {
		return lector.AccessToken{}, errors.New("NATS is away")
	}
	found, ok := t[hash]
	if !ok {
		return found, lector.ErrNotFound
	}
	return found, nil
}

func (t tokens) add(name string, role lector.Role, expires time.Time) string {
	token, kept := lector.NewAccessToken(name, role, now.Add(-time.Hour), expires)
	t[kept.Hash] = kept
	return token
}

// asked tells who the guard lets in.
func asked(g Guard, change func(*http.Request)) (status int, who lector.Identity) {
	g.Log, g.Now = slog.New(slog.DiscardHandler), func() time.Time { return now }
	h := g.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { who = Who(r.Context()) }))
	r := httptest.NewRequest(http.MethodGet, "http://console.example/jobs", nil)
	r.RemoteAddr = "192.0.2.9:4711"
	change(r)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code, who
}

func header(name string, values ...string) func(*http.Request) {
	return func(r *http.Request) { r.Header[http.CanonicalHeaderKey(name)] = values }
}

func TestTokens(t *testing.T) {
	t.Parallel()
	known := tokens{}
	viewer, late := known.add("ann", lector.RoleView, now.Add(1)), known.add("bob", lector.RoleAdmin, now)
	revoked := known.add("eve", lector.RoleAdmin, time.Time{})
	delete(known, lector.TokenHash(revoked))
	ann := lector.Identity{Name: "ann", Role: lector.RoleView, Way: "token"}
	for name, c := range map[string]struct {
		change func(*http.Request)
		status int
		who    lector.Identity
	}{
		"none":            {func(*http.Request) {}, 401, lector.Identity{}},
		"a program":       {header("Authorization", "Bearer "+viewer), 200, ann},
		"a browser":       {func(r *http.Request) { r.SetBasicAuth("whoever", viewer) }, 200, ann},
		"expired":         {header("Authorization", "Bearer "+late), 401, lector.Identity{}},
		"revoked":         {header("Authorization", "Bearer "+revoked), 401, lector.Identity{}},
		"the hash itself": {header("Authorization", "Bearer "+lector.TokenHash(viewer)), 401, lector.Identity{}},
		"cut":             {header("Authorization", "Bearer "+viewer[:len(viewer)-1]), 401, lector.Identity{}},
		"in capitals":     {header("Authorization", "Bearer "+strings.ToUpper(viewer)), 401, lector.Identity{}},
		"empty":           {header("Authorization", "Bearer "), 401, lector.Identity{}},
		"as the name":     {func(r *http.Request) { r.SetBasicAuth(viewer, "") }, 401, lector.Identity{}},
		"in the address":  {func(r *http.Request) { r.URL.RawQuery = "token=" + viewer }, 401, lector.Identity{}},
		"in a cookie":     {header("Cookie", "token="+viewer), 401, lector.Identity{}},
		"a proxy's name":  {header("X-Forwarded-User", "ann"), 401, lector.Identity{}},
		"a megabyte":      {header("Authorization", "Bearer "+strings.Repeat("x", 1<<20)), 401, lector.Identity{}},
	} {
		if status, who := asked(Guard{Tokens: known}, c.change); status != c.status || who != c.who {
			t.Errorf("%s: %d %+v, want %d %+v", name, status, who, c.status, c.who)
		}
	}
	if status, who := asked(Guard{Tokens: tokens(nil)}, header("Authorization", "Bearer x")); status != 503 || who.Name != "" {
		t.Errorf("NATS is away: %d %+v", status, who)
	}
	if status, who := asked(Guard{}, func(*http.Request) {}); status != 200 || who.Role != lector.RoleAdmin || who.Way != "local" {
		t.Errorf("a guard of nothing: %d %+v", status, who)
	}
}

func TestProxy(t *testing.T) {
	t.Parallel()
	p := &Proxy{
		Header: "X-Forwarded-User", From: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/28"), netip.MustParsePrefix("2001:db8::/64")},
		Roles: map[string]lector.Role{"ann": lector.RoleAdmin, "*": lector.RoleView},
	}
	from := func(address string, values ...string) func(*http.Request) {
		return func(r *http.Request) {
			r.RemoteAddr = address
			header("x-forwarded-user", values...)(r)
		}
	}
	for name, c := range map[string]struct {
		change func(*http.Request)
		status int
		role   lector.Role
	}{
		"known":               {header("X-Forwarded-User", "ann"), 200, lector.RoleAdmin},
		"anybody else":        {header("X-Forwarded-User", "Ann"), 200, lector.RoleView},
		"by IPv6":             {from("[2001:db8::7]:80", "ann"), 200, lector.RoleAdmin},
		"IPv4 in IPv6":        {from("[::ffff:192.0.2.9]:80", "ann"), 200, lector.RoleAdmin},
		"not from the proxy":  {from("192.0.2.77:80", "ann"), 401, ""},
		"another IPv6":        {from("[2001:db8:1::7]:80", "ann"), 401, ""},
		"no address":          {from("@", "ann"), 401, ""},
		"nobody":              {header("X-Forwarded-User"), 401, ""},
		"empty":               {header("X-Forwarded-User", ""), 401, ""},
		"two":                 {header("X-Forwarded-User", "ann", "bob"), 401, ""},
		"a star":              {header("X-Forwarded-User", "*"), 401, ""},
		"a line end":          {header("X-Forwarded-User", "ann\nadmin"), 401, ""},
		"a very long name":    {header("X-Forwarded-User", strings.Repeat("a", 300)), 401, ""},
		"an address for it":   {func(r *http.Request) { r.RemoteAddr = "198.51.100.1:1"; r.Header.Set("X-Forwarded-For", "192.0.2.9") }, 401, ""},
		"a token, none exist": {header("Authorization", "Bearer x"), 401, ""},
	} {
		if status, who := asked(Guard{Proxy: p}, c.change); status != c.status || who.Role != c.role {
			t.Errorf("%s: %d %+v, want %d %s", name, status, who, c.status, c.role)
		}
	}
	strict := &Proxy{Header: p.Header, From: p.From, Roles: map[string]lector.Role{"ann": lector.RoleView}}
	if status, _ := asked(Guard{Proxy: strict}, header("X-Forwarded-User", "bob")); status != 401 {
		t.Errorf("one without a role: %d", status)
	}
	known := tokens{}
	token := known.add("ci", lector.RoleEdit, time.Time{})
	if status, who := asked(Guard{Proxy: p, Tokens: known}, header("Authorization", "Bearer "+token)); status != 200 || who.Name != "ci" {
		t.Errorf("a token beside a proxy: %d %+v", status, who)
	}
}

func TestNeed(t *testing.T) {
	t.Parallel()
	h := Need(lector.RoleReplay, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for role, want := range map[lector.Role]int{"": 403, lector.RoleView: 403, lector.RoleEdit: 403, lector.RoleReplay: 200, lector.RoleAdmin: 200} {
		r := httptest.NewRequest(http.MethodPost, "/", nil)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), identityKey{}, lector.Identity{Role: role})))
		if w.Code != want {
			t.Errorf("%q: %d, want %d", role, w.Code, want)
		}
	}
}

// slowTokens never answers.
type slowTokens struct{}

func (slowTokens) AccessToken(ctx context.Context, _ string) (lector.AccessToken, error) {
	<-ctx.Done()
	return lector.AccessToken{}, ctx.Err()
}

// TestTokensThatCannotBeReadAreSaidSoon: nobody waits for as long as a request to NATS may
// take.
func TestTokensThatCannotBeReadAreSaidSoon(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		status, _ := asked(Guard{Tokens: slowTokens{}}, header("Authorization", "Bearer x"))
		if waited := time.Since(began); status != http.StatusServiceUnavailable || waited != patience {
			t.Errorf("%d after %s", status, waited)
		}
	})
}
