package tcp

import (
	"context"
	"net"
	"net/http"
	"time"
)

// A connection on which package http waits for another request answers the plainest
// requests for files itself, in the goroutine that waits, and goes on waiting. Package
// http spends more on each of them than the system does on sending 64 KiB: a goroutine
// that watches the client, whose end is waited for, and four deadlines. What is not
// known to be such a request goes to package http, byte for byte.

// direct is what a connection needs to answer by itself.
type direct struct {
	server      *Server
	waiting     bool          // package http waits for another request
	ahead       bool          // it has read the first byte of that while it answered the one before
	buffer      int           // the size of its buffer, in bytes
	deadlineSet time.Time     // when the client was last given time for its next request
	common      *http.Request // what all requests have in common
	request     http.Request  // the last one; its memory is used again
	answer      answer
}

// Read reads what package http is to see.
func (c *conn) Read(p []byte) (int, error) {
	mayAnswer := c.direct.atBeginning(len(p))
	n, err := c.Conn.Read(p)
	for err == nil && mayAnswer && c.answered(p[:n]) {
		if err = c.waitOn(); err == nil {
			n, err = c.Conn.Read(p)
		}
	}
	c.direct.waiting = false
	if err != nil {
		return 0, err
	}
	c.direct.ahead = len(p) == 1
	return n, nil
}

// atBeginning reports whether the bytes that are read now begin a request, by the size of
// the buffer that package http reads into. It reads into its whole buffer where no bytes
// of the request before are left in it, and into one byte where it watches for the end of
// the connection during a request.
func (d *direct) atBeginning(size int) bool {
	d.buffer = max(d.buffer, size)
	return d.waiting && !d.ahead && size == d.buffer
}

// answered answers a request that is read as a whole, if it is a direct one.
func (c *conn) answered(head []byte) bool {
	s := c.direct.server
	r := c.newRequest()
	handler := readHead(head, r, s.Direct)
	if handler == nil || !s.begin(c) {
		return false
	}
	defer s.end(c)
	a := &c.direct.answer
	a.reset(c)
	handler.ServeHTTP(a, r)
	if err := a.end(); err != nil {
		c.failed = err
	}
	return true
}

func (c *conn) newRequest() *http.Request {
	if c.direct.common == nil {
		first := &http.Request{RemoteAddr: c.RemoteAddr().String(), Header: make(http.Header)}
		c.direct.common = first.WithContext(withConn(context.Background(), c))
	}
	clear(c.direct.common.Header)
	c.direct.request = *c.direct.common
	return &c.direct.request
}

// waitOn gives the client time for its next request, or a little less: to set the
// deadline each time costs more than it is worth.
func (c *conn) waitOn() error {
	now := time.Now()
	if c.failed != nil || now.Sub(c.direct.deadlineSet) < idleTimeout/16 {
		return c.failed
	}
	c.direct.deadlineSet = now
	return c.SetReadDeadline(now.Add(idleTimeout))
}

// Close closes the connection, or lets it close when the answer under way is sent.
func (c *conn) Close() error {
	if s := c.direct.server; s != nil && s.closeLater(c) {
		return nil
	}
	return c.Conn.Close()
}

// context is the ConnContext of an http.Server, which asks before anybody else sees c.
func (s *Server) context(ctx context.Context, c net.Conn) context.Context {
	if c, ok := c.(*conn); ok && s.Direct != nil {
		c.direct.server = s
	}
	return withConn(ctx, c)
}

// state is the ConnState of an http.Server: it tells the connection whose turn it is.
func (s *Server) state(c net.Conn, state http.ConnState) {
	if c, ok := c.(*conn); ok && c.direct.server != nil {
		c.direct.waiting = state == http.StateIdle
	}
}

// begin counts an answer. After Shutdown there are no more.
func (s *Server) begin(c *conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopping {
		return false
	}
	if s.answering == nil {
		s.answering = make(map[*conn]bool)
	}
	s.answering[c] = false
	s.answers.Add(1)
	return true
}

func (s *Server) end(c *conn) {
	s.mu.Lock()
	closeNow := s.answering[c]
	delete(s.answering, c)
	s.mu.Unlock()
	if closeNow {
		c.failed = net.ErrClosed
		_ = c.Conn.Close() // nobody asks any more
	}
	s.answers.Done()
}

// closeLater has the connection closed when its answer is sent, if there is one.
func (s *Server) closeLater(c *conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, answering := s.answering[c]
	if answering {
		s.answering[c] = true
	}
	return answering
}
