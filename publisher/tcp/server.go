package tcp

import (
	"net/http"
	"time"
)

// How long a client may take for the head of a request, for the head and the
// body, and until its next request.
const (
	HeaderTimeout = 10 * time.Second
	BodyTimeout   = time.Minute
	IdleTimeout   = 2 * time.Minute
)

// maxHeaderBytes bounds the head of a request, in bytes.
const maxHeaderBytes = 64 << 10

// NewServer returns a server that gives clients those times. It is meant for a
// listener of Listen, which bounds how long they may take for the answer:
// http.Server.WriteTimeout would bound the whole of it, and cut off slow phones.
func NewServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           handler,
		ConnContext:       Context,
		ReadHeaderTimeout: HeaderTimeout,
		ReadTimeout:       BodyTimeout, // does not end an answer that takes longer
		IdleTimeout:       IdleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
	}
}
