package tcp

import (
	"net/http"
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

// NewServer returns a server that gives a client ten seconds for the head of a
// request, a minute for head and body, and two minutes until the next request.
// It is meant for a listener of Listen, which bounds how long they may take for the answer:
// http.Server.WriteTimeout would bound the whole of it, and cut off slow phones.
func NewServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           handler,
		ConnContext:       Context,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       bodyTimeout, // does not end an answer that takes longer
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
	}
}
