package tcp_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"lector/publisher/tcp"
)

// files answers as the files of renditions are answered, and for some paths as no good
// handler does.
type files struct {
	path   string
	direct atomic.Int64 // requests that package http has not seen
}

func (f *files) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if _, isPackageHTTP := r.Context().Value(http.ServerContextKey).(*http.Server); !isPackageHTTP {
		f.direct.Add(1)
	}
	w.Header().Set("X-Seen", r.Method+" "+r.URL.Path+" "+r.Host+" "+r.Header.Get("X-Odd"))
	switch r.URL.Path {
	case "/a/missing.mp3":
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, "There is nothing here.\n")
		return
	case "/a/short.mp3":
		w.Header().Set("Content-Type", "audio/mpeg")
		w.Header().Set("Content-Length", "100")
		_, _ = w.Write([]byte("less"))
		return
	case "/a/panic.mp3":
		panic("of the handler")
	}
	file, err := os.Open(f.path)
	if err != nil {
		panic(err)
	}
	defer file.Close()
	w.Header().Set("Content-Type", "audio/mpeg")
	w.Header().Set("ETag", `"tag"`)
	http.ServeContent(w, r, "", time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC), file)
}

func (f *files) forPath(path string) http.Handler {
	if !strings.HasPrefix(path, "/a/") || strings.Contains(path, "..") || strings.Trim(path, "/abcdefghijklmnopqrstuvwxyz.0123456789") != "" {
		return nil
	}
	return f
}

// serveFiles serves with and without direct answers.
func serveFiles(t *testing.T) (direct, usual net.Addr, handler *files, server *tcp.Server) {
	t.Helper()
	handler = &files{path: filepath.Join(t.TempDir(), "a.mp3")}
	if err := os.WriteFile(handler.path, recording, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, address := range []*net.Addr{&direct, &usual} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		s := tcp.NewServer(handler)
		s.ErrorLog = log.New(io.Discard, "", 0)
		s.ReadHeaderTimeout, s.ReadTimeout, s.IdleTimeout = 0, 0, 0 // the machine may be busy
		if address == &direct {
			s.Direct, server = handler.forPath, s
		}
		*address = l.Addr()
		go func() { _ = s.Serve(tcp.Listen(l)) }() // until it is closed
		t.Cleanup(func() { s.Close() })
	}
	return direct, usual, handler, server
}

// talk sends requests one after another, each when the one before is answered, and
// returns all that comes back, without its dates. All but the last are whole.
func talk(t *testing.T, address net.Addr, requests ...string) string {
	t.Helper()
	c, err := net.Dial(address.Network(), address.String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	in := bufio.NewReader(c)
	var all strings.Builder
	for i, r := range requests {
		method, _, _ := strings.Cut(r, " ")
		_, err := io.WriteString(c, r)
		if err == nil && i+1 == len(requests) {
			err = c.(*net.TCPConn).CloseWrite()
		}
		if err != nil || !copyAnswer(&all, in, method) {
			return all.String() // the server has let go
		}
	}
	for copyAnswer(&all, in, http.MethodGet) {
	}
	return all.String()
}

// sameTalk talks to both servers, again where they differ: who closes a connection with
// something unread may take from a busy client what it was sent before.
func sameTalk(t *testing.T, direct, usual net.Addr, requests []string) (got, want string) {
	t.Helper()
	for range 10 {
		got, want = talk(t, direct, requests...), talk(t, usual, requests...)
		if got == want {
			break
		}
	}
	return got, want
}

// copyAnswer writes down one answer, and reports whether there was one.
func copyAnswer(all *strings.Builder, in *bufio.Reader, method string) bool {
	r, err := http.ReadResponse(in, &http.Request{Method: method})
	if err != nil {
		return false
	}
	defer r.Body.Close()
	r.Header.Del("Date")
	body, err := io.ReadAll(r.Body)
	if _, boundary, ok := strings.Cut(r.Header.Get("Content-Type"), "boundary="); ok { // by chance
		r.Header.Set("Content-Type", "in parts")
		body = bytes.ReplaceAll(body, []byte(boundary), []byte("boundary"))
	}
	fmt.Fprintln(all, r.Status, r.ContentLength, r.TransferEncoding, r.Close, r.Header)
	fmt.Fprintf(all, "%d bytes %q, %v\n", len(body), body[:min(len(body), 300)], err)
	return err == nil
}

const first = "GET /a/first.mp3 HTTP/1.1\r\nHost: x\r\nRange: bytes=0-0\r\n\r\n"

// Whatever a client sends, it gets the same answers with direct ones and without.
func TestDirectAnswersAreTheSame(t *testing.T) {
	t.Parallel()
	directly, usual, handler, _ := serveFiles(t)
	get := func(path string, fields ...string) string {
		return "GET " + path + " HTTP/1.1\r\nHost: x\r\n" + strings.Join(append(fields, ""), "\r\n") + "\r\n"
	}
	for _, c := range []struct {
		requests []string
		direct   int64 // answers, where package http has ended the one before in time
	}{
		{[]string{get("/a/a.mp3")}, 1},
		{[]string{get("/a/a.mp3"), get("/a/b.mp3"), get("/a/c.mp3")}, 3},
		{[]string{get("/a/a.mp3", "Range: bytes=65536-131071", "User-Agent: AppleCoreMedia/1.0 (iPhone; U; CPU OS 18)")}, 1},
		{[]string{get("/a/a.mp3", "range:bytes=1-2"), get("/a/a.mp3", "RANGE:   bytes=-5  ")}, 2},
		{[]string{get("/a/a.mp3", "Range: bytes=870000-"), get("/a/a.mp3", "Range: bytes=5-4"), get("/a/a.mp3", "Range: lines=5-6")}, 3},
		{[]string{get("/a/a.mp3", `If-None-Match: "tag"`), get("/a/a.mp3", `If-None-Match: W/"tag"`), get("/a/a.mp3", "If-None-Match: *")}, 3},
		{[]string{get("/a/a.mp3", `If-Range: "tag"`, "Range: bytes=0-9"), get("/a/a.mp3", `If-Range: "old"`, "Range: bytes=0-9")}, 2},
		{[]string{get("/a/a.mp3", `If-Match: "old"`), get("/a/a.mp3", "If-Modified-Since: Sat, 28 Nov 2026 12:00:00 GMT")}, 2},
		{[]string{get("/a/missing.mp3"), get("/a/a.mp3"), get("/a/missing.mp3")}, 3},
		{[]string{get("/a/short.mp3"), get("/a/a.mp3")}, 1},
		{[]string{get("/a/panic.mp3"), get("/a/a.mp3")}, 1},
		{[]string{get("/a/a.mp3", "Connection: close"), get("/a/a.mp3")}, 0},
		{[]string{get("/a/a.mp3", "Connection: keep-alive"), get("/a/a.mp3", "Connection: Keep-Alive, X-Odd", "X-Odd: 1")}, 1},
		{[]string{get("/a/a.mp3") + get("/a/b.mp3") + get("/a/c.mp3")}, 0},
		{[]string{get("/a/a.mp3") + "GET /a/"}, 0},
		{[]string{get("/a/%61.mp3"), get("/a/../a/a.mp3"), get("/a/a.mp3?x=1"), get("http://y/a/a.mp3"), get("*")}, 0},
		{[]string{get("/elsewhere"), get("/a/a.mp3"), get("/elsewhere"), get("/a/a.mp3")}, 2},
		{[]string{strings.Replace(get("/a/a.mp3"), "GET", "HEAD", 1), get("/a/a.mp3")}, 1},
		{[]string{strings.Replace(get("/a/a.mp3"), "GET", "PUT", 1), get("/a/a.mp3")}, 1},
		{[]string{strings.Replace(get("/a/a.mp3"), "1.1", "1.0", 1)}, 0},
		{[]string{strings.Replace(get("/a/a.mp3"), "1.1", "2.0", 1)}, 0},
		{[]string{get("/a/a.mp3", "Host: y")}, 0},
		{[]string{strings.Replace(get("/a/a.mp3"), "Host: x\r\n", "", 1)}, 0},
		{[]string{strings.Replace(get("/a/a.mp3"), "Host: x", "Host:", 1)}, 0},
		{[]string{strings.Replace(get("/a/a.mp3"), "Host: x", "Host: x/y", 1)}, 0},
		{[]string{strings.Replace(get("/a/a.mp3"), "Host: x", "Host : x", 1)}, 0},
		{[]string{strings.ReplaceAll(get("/a/a.mp3"), "\r\n", "\n")}, 0},
		{[]string{get("/a/a.mp3", "Content-Length: 5") + "hello" + get("/a/b.mp3")}, 0},
		{[]string{get("/a/a.mp3", "Content-Length: 0")}, 0},
		{[]string{get("/a/a.mp3", "Transfer-Encoding: chunked") + "0\r\n\r\n"}, 0},
		{[]string{get("/a/a.mp3", "Transfer-Encoding: chunked", "Content-Length: 5") + "0\r\n\r\n"}, 0},
		{[]string{get("/a/a.mp3", "Transfer-Encoding: chunked")}, 0},
		{[]string{get("/a/a.mp3", "Content-Length: 5")}, 0},
		{[]string{get("/a/a.mp3", "Expect: 100-continue")}, 0},
		{[]string{get("/a/a.mp3", "Upgrade: h2c", "Connection: Upgrade, HTTP2-Settings", "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA")}, 0},
		{[]string{get("/a/a.mp3", "X-Odd: \x01"), get("/a/a.mp3", "X-Odd: é"), get("/a/a.mp3", "X-Odd: a\tb")}, 0},
		{[]string{get("/a/a.mp3", "X-Odd: a", " b")}, 0},
		{[]string{get("/a/a.mp3", "X-Odd: a", "X-Odd: b")}, 0},
		{[]string{get("/a/a.mp3", "X Odd: a")}, 0},
		{[]string{get("/a/a.mp3", "no field")}, 0},
		{[]string{get("/a/a.mp3", "X-Odd: "+strings.Repeat("long ", 2000))}, 0},
		{[]string{"\r\n" + get("/a/a.mp3")}, 0},
		{[]string{"X" + get("/a/a.mp3")}, 0},
		{[]string{"garbage\r\n\r\n"}, 0},
	} {
		requests := append([]string{first}, c.requests...)
		var direct int64
		for range 100 { // package http may still be busy with the answer before
			before := handler.direct.Load()
			talk(t, directly, requests...)
			if direct = handler.direct.Load() - before; direct == c.direct {
				break
			}
		}
		if got, want := sameTalk(t, directly, usual, requests); got != want {
			t.Errorf("%q\n%s\nwant\n%s", c.requests, got, want)
		}
		if direct != c.direct {
			t.Errorf("%q: %d direct answers, want %d", c.requests, direct, c.direct)
		}
	}
}

// The same for requests that nobody has thought of: pieces of requests put together by
// chance, in one packet or in several.
func TestDirectAnswersByChance(t *testing.T) {
	t.Parallel()
	direct, usual, handler, _ := serveFiles(t)
	random := rand.New(rand.NewPCG(20261128, 1))
	pick := func(of ...string) string { return of[random.IntN(len(of))] }
	var talks sync.WaitGroup
	turns := make(chan struct{}, 32)
	for range 200 {
		requests := []string{first}
		if random.IntN(2) == 0 {
			requests = append(requests, strings.ReplaceAll(first, "0-0", pick("0-0,5-6", "7-", "-0", "1-1000")))
		}
		last := ""
		for range 1 + random.IntN(2) {
			r := pick("GET", "GET", "GET", "HEAD", "get", "OPTIONS") + pick(" ", " ", " ", "  ") + pick("/a/a.mp3", "/a/b.mp3", "/a/missing.mp3", "/b", "//a/a.mp3") +
				" HTTP/1." + pick("1", "1", "1", "0", "2") + pick("\r\n", "\r\n", "\r\n", "\n")
			for range random.IntN(5) {
				r += pick("Host: x", "Host: x:80", "Range: bytes=10-20", "Range: bytes=-0", "Range: bytes=9-", "Range: bytes=0-0,5-6", "If-Range: \"tag\"", "Accept: */*",
					"Connection: keep-alive", "Connection: close", "X-Odd:", "x-odd: 1", "Content-Length: 3", ":", "Te: trailers", "Cookie: a=b; c=d") + pick("\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\n", "\r", " \r\n")
			}
			last += r + pick("", "Host: y\r\n") + "\r\n"
		}
		requests = append(requests, last)
		talks.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			if got, want := sameTalk(t, direct, usual, requests); got != want {
				t.Errorf("%q\n%s\nwant\n%s", requests, got, want)
			}
		})
	}
	talks.Wait()
	if handler.direct.Load() == 0 {
		t.Error("none was answered directly")
	}
}

// What one client gets depends on no packet's border, and is never another's answer.
func TestDirectAnswersInPieces(t *testing.T) {
	t.Parallel()
	direct, _, _, _ := serveFiles(t)
	request := "GET /a/a.mp3 HTTP/1.1\r\nHost: x\r\nRange: bytes=100-109\r\n\r\n"
	c, err := net.Dial("tcp", direct.String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	in := bufio.NewReader(c)
	for cut := range len(request) {
		for _, piece := range []string{request[:cut], request[cut:]} {
			if _, err := io.WriteString(c, piece); err != nil {
				t.Fatal(err)
			}
		}
		r, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		if body, err := io.ReadAll(r.Body); err != nil || !bytes.Equal(body, recording[100:110]) {
			t.Fatalf("cut at %d: %q, %v", cut, body, err)
		}
	}
}

// What follows the beginning of a request is no request, even if it looks like one and
// comes in a packet of its own.
func TestBeginningInItsOwnPacket(t *testing.T) {
	t.Parallel()
	direct, _, _, _ := serveFiles(t)
	for range 100 { // the packets may arrive as one
		c, err := net.Dial("tcp", direct.String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		in := bufio.NewReader(c)
		if _, err := io.WriteString(c, first); err != nil || !copyAnswer(new(strings.Builder), in, http.MethodGet) {
			t.Fatal("no first answer", err)
		}
		for _, piece := range []string{"X", "GET /a/a.mp3 HTTP/1.1\r\nHost: x\r\nRange: bytes=0-9\r\n\r\n"} {
			if _, err := io.WriteString(c, piece); err != nil {
				t.Fatal(err)
			}
		}
		r, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatal(err)
		}
		if seen := r.Header.Get("X-Seen"); !strings.HasPrefix(seen, "XGET ") {
			t.Fatalf("seen as %q", seen)
		}
	}
}

// Likewise where the beginning came with the request before it, and package http has it
// in its buffer.
func TestBeginningBehindARequest(t *testing.T) {
	t.Parallel()
	direct, _, handler, _ := serveFiles(t)
	for _, beginning := range []string{"X", "GET /a/missing.mp3 HTTP/1.1\r\nHost: x\r\nX-Odd: "} {
		c, err := net.Dial("tcp", direct.String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		in := bufio.NewReader(c)
		if _, err := io.WriteString(c, first+beginning); err != nil || !copyAnswer(new(strings.Builder), in, http.MethodGet) {
			t.Fatal("no first answer", err)
		}
		if _, err := io.WriteString(c, "GET /a/a.mp3 HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		r, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatal(err)
		}
		if seen := r.Header.Get("X-Seen"); strings.HasPrefix(seen, "GET /a/a.mp3") {
			t.Errorf("behind %q: seen as %q", beginning, seen)
		}
	}
	if n := handler.direct.Load(); n > 0 {
		t.Errorf("%d direct answers", n)
	}
}

// And where package http has read its first byte while it answered the request before.
func TestBeginningDuringARequest(t *testing.T) {
	t.Parallel()
	at, answer := make(chan struct{}), make(chan struct{})
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Seen", r.Method+" "+r.URL.Path)
		if r.URL.Path == "/first" {
			at <- struct{}{}
			<-answer
		}
	})
	s := tcp.NewServer(handler)
	s.Direct = func(string) http.Handler { return handler }
	pipes := make(pipeListener)
	go func() { _ = s.Serve(tcp.Listen(pipes)) }()
	defer s.Close()
	c, other := net.Pipe() // a write is over when it has been read
	pipes <- other
	in, write := bufio.NewReader(c), func(text string) {
		if _, err := io.WriteString(c, text); err != nil {
			t.Error(err)
		}
	}
	write("GET /first HTTP/1.1\r\nHost: x\r\n\r\n")
	<-at
	write("X")
	close(answer)
	if r, err := http.ReadResponse(in, nil); err != nil || r.Header.Get("X-Seen") != "GET /first" {
		t.Fatalf("first answer: %v", err)
	}
	go write("GET /a/a.mp3 HTTP/1.1\r\nHost: x\r\n\r\n")
	if r, err := http.ReadResponse(in, nil); err != nil || r.Header.Get("X-Seen") != "XGET /a/a.mp3" {
		t.Errorf("seen as %q, %v", r.Header.Get("X-Seen"), err)
	}
}

// pipeListener hands out the connections that it gets.
type pipeListener chan net.Conn

func (l pipeListener) Accept() (net.Conn, error) {
	c, ok := <-l
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}

func (l pipeListener) Close() error   { close(l); return nil }
func (l pipeListener) Addr() net.Addr { return &net.TCPAddr{} }

// A server that ends sends what it has begun to send, and nothing more; one that is
// closed lets go at once.
func TestShutdownWithDirectAnswers(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*tcp.Server) error{
		"shutdown": func(s *tcp.Server) error { return s.Shutdown(context.Background()) },
		"close":    (*tcp.Server).Close,
	} {
		direct, _, handler, server := serveFiles(t)
		big := bytes.Repeat(recording, 20) // more than the sockets hold
		if err := os.WriteFile(handler.path, big, 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := net.Dial("tcp", direct.String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		in := bufio.NewReader(c)
		if _, err := io.WriteString(c, first); err != nil || !copyAnswer(new(strings.Builder), in, http.MethodGet) {
			t.Fatal("no first answer", err)
		}
		if _, err := io.WriteString(c, "GET /a/a.mp3 HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		r, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- end(server) }()
		if name == "close" {
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
		n, err := io.Copy(io.Discard, r.Body)
		if whole := n == int64(len(big)) && err == nil; whole != (name == "shutdown") {
			t.Errorf("%s: %d bytes of %d, %v", name, n, len(big), err)
		}
		if name == "shutdown" {
			if err := <-ended; err != nil {
				t.Error(err)
			}
			if _, err := in.ReadByte(); !errors.Is(err, io.EOF) {
				t.Errorf("the connection is still there: %v", err)
			}
		}
	}
}

// Who is answered directly has the same time as others for its next request, and for
// taking the answer.
func TestSlowWithDirectAnswers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newPipes()
		handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", strconv.Itoa(len(recording)))
			_, _ = w.Write(recording) // the client may be gone
		})
		server := tcp.NewServer(handler)
		server.Direct = func(string) http.Handler { return handler }
		go func() { _ = server.Serve(tcp.Listen(l)) }()
		t.Cleanup(func() { server.Close() })
		for name, want := range map[string]struct{ least, most time.Duration }{
			"asks no more":   {tcp.IdleTimeout * 15 / 16, tcp.IdleTimeout},
			"reads no more":  {tcp.StallTimeout, tcp.StallTimeout + time.Second},
			"ends in a head": {tcp.HeaderTimeout, tcp.HeaderTimeout},
		} {
			c := l.dial()
			in := bufio.NewReader(c)
			for range 4 {
				if _, err := io.WriteString(c, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
					t.Fatal(name, err)
				}
				if !copyAnswer(new(strings.Builder), in, http.MethodGet) {
					t.Fatal(name, "no answer")
				}
				if name != "asks no more" {
					time.Sleep(tcp.IdleTimeout * 3 / 4) // longer together than anything may take
				}
			}
			start := time.Now()
			switch name {
			case "reads no more":
				ask := "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
				if _, err := io.WriteString(c, ask); err != nil {
					t.Fatal(err)
				}
				time.Sleep(want.most)
			case "ends in a head":
				if _, err := io.WriteString(c, "GET /a HT"); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := io.Copy(io.Discard, c); err != nil {
				t.Error(name, err)
			}
			if took := time.Since(start); took < want.least || took > want.most {
				t.Errorf("%s: let go after %v, want %v to %v", name, took, want.least, want.most)
			}
		}
	})
}
