package tcp

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// How long a client may take for the head of a request, for the head and the
// body, and until its next request.
const (
	headerTimeout = 10 * time.Second
	bodyTimeout   = time.Minute
	idleTimeout   = 2 * time.Minute
)

// maxHeaderBytes bounds the head of a request, in bytes.
const maxHeaderBytes = 64 << 10

// Server is an http.Server that gives a client ten seconds for the head of a request, a
// minute for head and body, and two minutes until the next request. It is meant for a
// listener of Listen, which bounds how long they may take for the answer:
// http.Server.WriteTimeout would bound the whole of it, and cut off slow phones.
type Server struct {
	http.Server

	// Direct returns what answers a GET for path without package http, which takes half
	// the time, or nil. The handler must wait for nothing but the client, since its
	// context does not end when the client disconnects; it must state the length and the
	// type of a long body, and keep neither request nor header. The first request of a
	// connection is not answered so. Direct may be nil, and is set before Serve.
	Direct func(path string) http.Handler

	mu        sync.Mutex
	stopping  bool
	answering map[*conn]bool // those with a direct answer under way: whether to close them then
	answers   sync.WaitGroup // as many
}

// NewServer returns a server whose requests handler answers.
func NewServer(handler http.Handler) *Server {
	s := &Server{Server: http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       bodyTimeout, // does not end an answer that takes longer
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
	}}
	s.ConnContext, s.ConnState = s.context, s.state
	return s
}

// Shutdown is that of http.Server: it waits for all answers, as long as ctx lets it.
func (s *Server) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	s.stopping = true
	s.mu.Unlock()
	if err := s.Server.Shutdown(ctx); err != nil {
		return err
	}
	done := make(chan struct{})
	go func() { s.answers.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close is that of http.Server: it ends all connections at once.
func (s *Server) Close() error {
	s.mu.Lock()
	s.stopping = true
	for c := range s.answering {
		_ = c.Conn.Close() // its answer will say so
	}
	s.mu.Unlock()
	return s.Server.Close()
}
