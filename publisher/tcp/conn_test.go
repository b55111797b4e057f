package tcp_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"lector/publisher/tcp"
)

// pipes is a listener whose clients are in this process, with no buffers
// between: what one side does not read, the other has not written.
type pipes struct {
	arriving chan net.Conn
	done     chan struct{}
}

func newPipes() pipes { return pipes{make(chan net.Conn), make(chan struct{})} }

func (p pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.arriving:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p pipes) Close() error { close(p.done); return nil }

func (p pipes) Addr() net.Addr { return &net.TCPAddr{} }

func (p pipes) dial() net.Conn {
	client, server := net.Pipe()
	p.arriving <- server
	return client
}

// recording is as long as a rendition.
var recording = bytes.Repeat([]byte("0123456789"), 87_000)

// serve answers every request with the recording until the test ends: under
// /whole in one write, else as files are served.
func serve(t *testing.T) pipes {
	t.Helper()
	l := newPipes()
	server := tcp.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return
		}
		switch {
		case r.URL.Path == "/whole":
			w.Header().Set("Content-Length", strconv.Itoa(len(recording)))
			_, _ = w.Write(recording) // the client may be gone
		case r.Method == http.MethodPost:
			http.ServeContent(w, r, "a.mp3", time.Time{}, patient{r.Context(), bytes.NewReader(recording)})
		default:
			http.ServeContent(w, r, "a.mp3", time.Time{}, bytes.NewReader(recording))
		}
	}))
	go server.Serve(tcp.Listen(l))
	t.Cleanup(func() { server.Close() })
	return l
}

// patient is a store's reader: it ends with its request.
type patient struct {
	ctx context.Context
	io.ReadSeeker
}

func (p patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.ReadSeeker.Read(b)
}

func ask(t *testing.T, c net.Conn, path string) {
	t.Helper()
	if _, err := io.WriteString(c, "GET "+path+" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
}

// trickle takes so many bytes of c every second.
func trickle(c net.Conn, perSecond int64) (taken int64, err error) {
	for {
		n, err := io.CopyN(io.Discard, c, perSecond)
		taken += n
		if err != nil {
			return taken, err
		}
		time.Sleep(time.Second)
	}
}

// A thousand clients that read nothing are let go when their time is over; one
// who came after them is served meanwhile.
func TestWhoReadsNothingIsLetGo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := serve(t)
		var idle []net.Conn
		for range 1000 {
			c := l.dial()
			ask(t, c, "/a.mp3")
			idle = append(idle, c)
		}
		start := time.Now()
		honest := l.dial()
		ask(t, honest, "/a.mp3")
		if answer, err := io.ReadAll(honest); err != nil || !bytes.HasSuffix(answer, recording) {
			t.Errorf("the honest client got %d bytes, %v", len(answer), err)
		}
		if waited := time.Since(start); waited >= tcp.StallTimeout {
			t.Errorf("the honest client waited %v", waited)
		}
		time.Sleep(tcp.StallTimeout - time.Since(start) + time.Second)
		for _, c := range idle {
			if n, err := c.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
				t.Fatalf("a client that read nothing is still there: %d, %v", n, err)
			}
		}
	})
}

// A phone on 2G takes minutes for a file and gets the whole of it.
func TestSlowIsNotGone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := serve(t)
		for _, path := range []string{"/a.mp3", "/whole"} {
			c := l.dial()
			ask(t, c, path)
			start := time.Now()
			taken, err := trickle(c, 1000)
			if taken < int64(len(recording)) || !errors.Is(err, io.EOF) {
				t.Errorf("%s: after %v %d bytes of %d, %v", path, time.Since(start), taken, len(recording), err)
			}
			if took := time.Since(start); took < 5*tcp.StallTimeout {
				t.Errorf("%s: %v is not slow", path, took)
			}
		}
	})
}

// A client that takes a byte now and then is none that listens.
func TestDripsAreLetGo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := serve(t)
		c := l.dial()
		ask(t, c, "/a.mp3")
		if taken, err := trickle(c, 100); taken > tcp.StepSize || !errors.Is(err, io.EOF) {
			t.Errorf("%d bytes, %v", taken, err)
		}
	})
}

// sink is a connection that sends files itself, and says what it was given.
type sink struct {
	net.Conn
	got   bytes.Buffer
	steps []int64
	files int
}

func (s *sink) Write(p []byte) (int, error) { return s.got.Write(p) }

func (s *sink) SetWriteDeadline(time.Time) error { return nil }

func (s *sink) ReadFrom(src io.Reader) (int64, error) {
	part := src.(*io.LimitedReader)
	if _, ok := part.R.(*os.File); ok {
		s.files++
	}
	s.steps = append(s.steps, part.N)
	return s.got.ReadFrom(src)
}

type one struct {
	net.Listener
	c net.Conn
}

func (o one) Accept() (net.Conn, error) { return o.c, nil }

// A file reaches the connection as a file, so that the system can send it, and
// in steps, so that none of them takes a slow client too long.
func TestFilesAreSentAsFiles(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.mp3")
	if err := os.WriteFile(path, recording, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int64{0, 1, tcp.StepSize - 1, tcp.StepSize, tcp.StepSize + 1, 3*tcp.StepSize + 7, int64(len(recording)), int64(len(recording)) + 1} {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		s := new(sink)
		c, err := tcp.Listen(one{c: s}).Accept()
		if err != nil {
			t.Fatal(err)
		}
		sent, err := c.(io.ReaderFrom).ReadFrom(&io.LimitedReader{R: f, N: n})
		want := recording[:min(n, int64(len(recording)))]
		if err != nil || sent != int64(len(want)) || !bytes.Equal(s.got.Bytes(), want) {
			t.Errorf("%d bytes: sent %d, %v", n, sent, err)
		}
		if s.files != len(s.steps) || int64(len(s.steps)) != (n+tcp.StepSize-1)/tcp.StepSize {
			t.Errorf("%d bytes: %d of the steps %v were of the file", n, s.files, s.steps)
		}
	}
}

// What else there is goes by way of memory.
func TestOtherReaders(t *testing.T) {
	t.Parallel()
	s := new(sink)
	c, err := tcp.Listen(one{c: s}).Accept()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.(io.ReaderFrom).ReadFrom(bytes.NewReader(recording)); err != nil || !bytes.Equal(s.got.Bytes(), recording) {
		t.Errorf("%d bytes, %v", s.got.Len(), err)
	}
	if len(s.steps) > 0 {
		t.Errorf("steps %v", s.steps)
	}
}

// Over a real socket, a head that is to be joined comes first and whole, and
// without a connection of ours Join still sends it.
func TestCork(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l = tcp.Listen(l)
	defer l.Close()
	client, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	server, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	head := bytes.Repeat([]byte("h"), 3*tcp.StepSize)
	wrote := make(chan error, 1)
	go func() {
		var headErr error
		tcp.Cork(tcp.Context(context.Background(), server), func() { _, headErr = server.Write(head) })
		_, err := server.Write(recording)
		wrote <- errors.Join(headErr, err, server.Close())
	}()
	got, err := io.ReadAll(client)
	if err := errors.Join(err, <-wrote); err != nil || !bytes.Equal(got, append(head, recording...)) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	called := false
	tcp.Cork(context.Background(), func() { called = true })
	if !called {
		t.Error("Join without a connection does not send the head")
	}
}
