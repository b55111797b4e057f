package fetch

import (
	"context"
	"net"
	"net/http"
)

// MaxSize is the bound of a page, for the tests outside of the package.
const MaxSize = maxSize

// ErrPrivate is the refusal of a private address.
var ErrPrivate = errPrivate

// Public is a name that a test's own server answers to as if it were on the internet.
const Public = "public.example"

// HTTPVia returns what makes the requests of c, with names looked up by a resolver and
// Public led to a server at an address.
func (c Client) HTTPVia(r *net.Resolver, server string) *http.Client {
	d := c.dialer()
	d.Resolver = r
	return c.over(&leadingDialer{d, server})
}

// leadingDialer leads Public to a server, past all checks.
type leadingDialer struct {
	*net.Dialer
	server string
}

func (d *leadingDialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	if host, _, err := net.SplitHostPort(address); err == nil && host == Public {
		return (&net.Dialer{}).DialContext(ctx, network, d.server)
	}
	return d.Dialer.DialContext(ctx, network, address)
}
