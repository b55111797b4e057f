package tcp_test

import (
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lector/publisher/tcp"
)

// Whatever a client is slow with, it is let go when its time for that is over,
// and not before.
func TestSlowRequests(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		sent  string        // at once
		drips string        // sent again and again, a second between
		limit time.Duration // when the connection ends
	}{
		"silent":           {limit: tcp.HeaderTimeout},
		"silent in a line": {sent: "GET /a.mp3 HT", limit: tcp.HeaderTimeout},
		"endless head":     {sent: "GET /a.mp3 HTTP/1.1\r\nHost: x\r\n", drips: "X: y\r\n", limit: tcp.HeaderTimeout},
		"no body":          {sent: "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n", limit: tcp.BodyTimeout},
		"body in drips":    {sent: "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n", drips: "x", limit: tcp.BodyTimeout},
		"endless chunks":   {sent: "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", drips: "1\r\nx\r\n", limit: tcp.BodyTimeout},
		"idle":             {sent: "GET /a.mp3 HTTP/1.1\r\nHost: x\r\nRange: bytes=0-0\r\n\r\n", limit: tcp.IdleTimeout},
		"next head":        {sent: "GET /a.mp3 HTTP/1.1\r\nHost: x\r\nRange: bytes=0-0\r\n\r\nGET /", limit: tcp.HeaderTimeout},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				conn := serve(t).dial()
				start := time.Now()
				var sending sync.WaitGroup
				defer sending.Wait()
				defer conn.Close()
				sending.Go(func() { send(conn, c.sent, c.drips) })
				if _, err := io.Copy(io.Discard, conn); err != nil && !errors.Is(err, io.ErrClosedPipe) {
					t.Errorf("ended with %v", err)
				}
				if took := time.Since(start); took != c.limit {
					t.Errorf("let go after %v, want %v", took, c.limit)
				}
			})
		})
	}
}

func send(c net.Conn, sent, drips string) {
	_, err := io.WriteString(c, sent)
	for err == nil && drips != "" {
		time.Sleep(time.Second)
		_, err = io.WriteString(c, drips)
	}
}

// A body does not shorten the time of the answer.
func TestLongAnswerToBody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		conn := serve(t).dial()
		go send(conn, "POST /a.mp3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 5\r\n\r\n"+strings.Repeat("x", 5), "")
		start := time.Now()
		if taken, err := trickle(conn, 1000); taken < int64(len(recording)) || !errors.Is(err, io.EOF) {
			t.Errorf("after %v %d bytes, %v", time.Since(start), taken, err)
		}
	})
}
