package tcp

import (
	"context"
	"net"
)

// connKey is the key of a request's connection.
type connKey struct{}

// withConn returns ctx with the connection in it; it is for the ConnContext of
// an http.Server. Connections that are no *conn are left out.
func withConn(ctx context.Context, c net.Conn) context.Context {
	if c, ok := c.(*conn); ok {
		return context.WithValue(ctx, connKey{}, c)
	}
	return ctx
}

// Cork calls head, which sends the head of an answer, so that it leaves in one
// packet with what is sent next; that must follow at once. It does so if ctx
// has a *conn; head is called anyway.
func Cork(ctx context.Context, head func()) {
	if c, ok := ctx.Value(connKey{}).(*conn); ok {
		c.corked = true
		defer func() { c.corked = false }()
	}
	head()
}
