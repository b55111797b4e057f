package tcp

import (
	"net/http"
	"time"
)

// How long a client may take for the head of a request, for the head and the
// body, and until its next request.
const (
	HeadTime = 10 * time.Second
	BodyTime = time.Minute
	IdleTime = 2 * time.Minute
)

// maxHead bounds the head of a request, in bytes.
const maxHead = 64 << 10

// NewServer returns a server that gives clients those times. It is meant for a
// listener of Listen, which bounds how long they may take for the answer:
// http.Server.WriteTimeout would bound the whole of it, and cut off slow phones.
func NewServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           handler,
		ConnContext:       Context,
		ReadHeaderTimeout: HeadTime,
		ReadTimeout:       BodyTime, // does not end an answer that takes longer
		IdleTimeout:       IdleTime,
		MaxHeaderBytes:    maxHead,
	}
}
