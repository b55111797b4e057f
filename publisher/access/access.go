// Package access authenticates requests to the admin listener and authorises them by
// role.
package access

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"lector"
)

// Tokens is where valid access tokens are kept.
type Tokens interface {
	// AccessToken returns the token with a hash, or lector.ErrNotFound.
	AccessToken(ctx context.Context, hash string) (lector.AccessToken, error)
}

// Proxy is an authenticating reverse proxy in front of this server, which puts the name
// of the user into a header.
type Proxy struct {
	Header string
	From   []netip.Prefix         // its addresses: from others the header counts for nothing
	Roles  map[string]lector.Role // by the name; "*" is anybody else. Without a role nothing may be seen
}

// Guard authenticates requests by a bearer token or by the header of a proxy. With
// neither configured every request has all rights: then the listener must be on
// loopback.
type Guard struct {
	Tokens Tokens // nil: there are none
	Proxy  *Proxy // nil: there is none
	Log    *slog.Logger
	Now    func() time.Time
}

type identityKey struct{}

// Who returns the identity of the request that ctx belongs to. Without a Guard it is
// the zero value, which has no role.
func Who(ctx context.Context) lector.Identity {
	who, _ := ctx.Value(identityKey{}).(lector.Identity)
	return who
}

// errStranger is the error of who shows nothing that counts.
var errStranger = errors.New("who asks is not known")

// Handler authenticates each request before next gets it.
func (g Guard) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, err := g.identify(r)
		switch {
		case errors.Is(err, errStranger):
			g.Log.Info("request to the admin listener refused", "path", r.URL.Path, "from", r.RemoteAddr, "reason", err)
			g.refuse(w)
		case err != nil:
			g.Log.Error("tokens cannot be read", "error", err)
			http.Error(w, "who asks cannot be found out now: tokens are kept in NATS, and it does not answer. lector doctor says what is wrong",
				http.StatusServiceUnavailable)
		default:
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), identityKey{}, who)))
		}
	})
}

// refuse has a browser ask for a token, as the password of any name.
func (g Guard) refuse(w http.ResponseWriter) {
	if g.Tokens != nil {
		w.Header().Set("WWW-Authenticate", `Basic realm="Lector: any name, and a token as the password", charset="UTF-8"`)
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Error(w, "a token is needed, or a login at the proxy", http.StatusUnauthorized)
}

func (g Guard) identify(r *http.Request) (lector.Identity, error) {
	if g.Tokens == nil && g.Proxy == nil {
		return lector.Identity{Name: "this machine", Role: lector.RoleAdmin, Way: "local"}, nil
	}
	if token := shownToken(r); token != "" && g.Tokens != nil {
		return g.byToken(r.Context(), token)
	}
	if g.Proxy != nil {
		return g.Proxy.identify(r)
	}
	return lector.Identity{}, fmt.Errorf("%w: no token", errStranger)
}

// shownToken returns the token of a program, or of a browser that has asked for it as a
// password.
func shownToken(r *http.Request) string {
	if token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); bearer {
		return strings.TrimSpace(token)
	}
	_, password, _ := r.BasicAuth()
	return password
}

// patience is how long a token is looked up.
const patience = 3 * time.Second

func (g Guard) byToken(ctx context.Context, token string) (lector.Identity, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	t, err := g.Tokens.AccessToken(ctx, lector.TokenHash(token))
	switch {
	case errors.Is(err, lector.ErrNotFound):
		return lector.Identity{}, fmt.Errorf("%w: no such token", errStranger)
	case err != nil:
		return lector.Identity{}, err
	case t.Expired(g.Now()):
		return lector.Identity{}, fmt.Errorf("%w: the token %s is expired", errStranger, t.ID)
	}
	return lector.Identity{Name: t.Name, Role: t.Role, Way: "token"}, nil
}

// longestName is how long the name of a person may be, in bytes.
const longestName = 200

// identify believes the header of a request that comes from the proxy itself.
func (p Proxy) identify(r *http.Request) (lector.Identity, error) {
	names := r.Header.Values(p.Header)
	switch {
	case !p.sent(r):
		return lector.Identity{}, fmt.Errorf("%w: it does not come from the proxy", errStranger)
	case len(names) != 1 || !isUserName(names[0]):
		return lector.Identity{}, fmt.Errorf("%w: the proxy names nobody, or several", errStranger)
	}
	role, known := p.Roles[names[0]]
	if !known {
		role = p.Roles["*"]
	}
	if role == "" {
		return lector.Identity{}, fmt.Errorf("%w: %q has no role", errStranger, names[0])
	}
	return lector.Identity{Name: names[0], Role: role, Way: "proxy"}, nil
}

// isUserName reports whether a name can be one of a person. "*" stands for anybody else.
func isUserName(name string) bool {
	if name == "" || name == "*" || len(name) > longestName {
		return false
	}
	return utf8.ValidString(name) && !strings.ContainsFunc(name, unicode.IsControl)
}

// sent reports whether the proxy sent the request.
func (p Proxy) sent(r *http.Request) bool {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	for _, from := range p.From {
		if from.Contains(peer.Addr().Unmap().WithZone("")) {
			return true
		}
	}
	return false
}

// Need answers 403 to identities whose role is lower.
func Need(role lector.Role, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !Who(r.Context()).Role.May(role) {
			http.Error(w, "this needs the role "+string(role), http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}
