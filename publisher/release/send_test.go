package release_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"lector"
	"lector/publisher/release"
	"lector/publisher/tcp"
)

// fileStore is a store of one file, whatever the key.
type fileStore struct {
	release.Store
	path string
	etag string
}

func (s fileStore) Open(_ context.Context, key string) (io.ReadSeekCloser, lector.Object, error) {
	f, err := os.Open(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		err = lector.ErrNotFound
	}
	if err != nil {
		return nil, lector.Object{}, err
	}
	info, err := f.Stat()
	part := struct {
		*io.SectionReader
		io.Closer
	}{io.NewSectionReader(f, 0, info.Size()), f} // as the store on disk does
	return part, lector.Object{Key: key, Size: info.Size(), Modified: info.ModTime(), ETag: s.etag}, err
}

// address is that of an MP3 which is public.
const address = "/a/havana/mfrggzdfmztwq2lknnwg23tpoa/0123456789abcdef.mp3"

// sound is longer than a socket holds.
var sound = bytes.Repeat([]byte("0123456789abcdef"), 1<<18)

func newFileStore(t *testing.T) fileStore {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.mp3")
	if err := os.WriteFile(path, sound, 0o600); err != nil {
		t.Fatal(err)
	}
	return fileStore{path: path, etag: `"tag"`}
}

// host serves the store over connections of package tcp, whose second requests and
// later ones are answered directly.
func host(t *testing.T, store release.Store) *httptest.Server {
	t.Helper()
	objects := release.Objects{Store: store, Log: slog.New(slog.DiscardHandler)}
	server := httptest.NewUnstartedServer(nil)
	server.Listener = tcp.Listen(server.Listener)
	public := tcp.NewServer(objects)
	public.Direct = objects.Direct
	server.Config = &public.Server
	server.Start()
	t.Cleanup(server.Close)
	return server
}

// Files that are files go the short way, and the answers are the same bytes.
func TestFilesOverSockets(t *testing.T) {
	t.Parallel()
	server := host(t, newFileStore(t))
	last := len(sound) - 1
	for header, want := range map[string][]byte{
		"":                     sound,
		"bytes=0-":             sound,
		"bytes=0-0":            sound[:1],
		"bytes=5-":             sound[5:],
		"bytes=65536-131071":   sound[65536:131072],
		"bytes=-7":             sound[last-6:],
		"bytes=4194303-":       sound[last:],
		"bytes=3-99999999999":  sound[3:],
		"bytes=100000-99":      nil,
		"bytes=4194304-":       nil,
		"bytes=0-1,2-3,4-5":    nil, // as parts
		"bytes=0-" + "1048576": sound[:1<<20+1],
	} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			answer, body := request(t, server, method, http.Header{"Range": {header}})
			if answer.StatusCode >= 400 || strings.Contains(header, ",") {
				continue // the contract has these
			}
			if answer.ContentLength != int64(len(want)) {
				t.Errorf("%s %q: length %d, want %d", method, header, answer.ContentLength, len(want))
			}
			if method == http.MethodGet && !bytes.Equal(body, want) {
				t.Errorf("%q: %d bytes, not those asked for", header, len(body))
			}
		}
	}
}

// What is withdrawn is gone for those too who have just heard it.
func TestRemovedFileIsGone(t *testing.T) {
	t.Parallel()
	store := newFileStore(t)
	server := host(t, store)
	for range 3 {
		if answer, body := request(t, server, http.MethodGet, nil); answer.StatusCode != http.StatusOK || !bytes.Equal(body, sound) {
			t.Fatalf("%d, %d bytes", answer.StatusCode, len(body))
		}
	}
	if err := os.Remove(store.path); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if answer, body := request(t, server, http.MethodGet, nil); answer.StatusCode != http.StatusNotFound || len(body) > 100 {
			t.Errorf("%d, %d bytes", answer.StatusCode, len(body))
		}
	}
}

func request(t *testing.T, server *httptest.Server, method string, header http.Header) (*http.Response, []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, server.URL+address, nil)
	if err != nil {
		t.Fatal(err)
	}
	if header.Get("Range") != "" {
		r.Header = header
	}
	answer, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, body
}

// recordedWriter is a connection's end of an answer: it says what it is asked to send.
type recordedWriter struct {
	*httptest.ResponseRecorder
	file  bool
	asked int64
}

func (g *recordedWriter) ReadFrom(src io.Reader) (int64, error) {
	if part, ok := src.(*io.SectionReader); ok {
		var from io.ReaderAt
		from, _, g.asked = part.Outer()
		_, g.file = from.(*os.File)
	}
	return io.Copy(g.ResponseRecorder, src)
}

// Nothing between the store and the connection hides the file, or it could not
// be sent by the system.
func TestFilesAreNotHidden(t *testing.T) {
	t.Parallel()
	objects := release.Objects{Store: newFileStore(t), Log: slog.New(slog.DiscardHandler)}
	r := httptest.NewRequest(http.MethodGet, address, nil)
	r.Header.Set("Range", "bytes=70000-70099")
	w := &recordedWriter{ResponseRecorder: httptest.NewRecorder()}
	objects.ServeHTTP(w, r)
	if !w.file || w.asked != 100 || !w.Flushed {
		t.Errorf("file %v, %d bytes, head sent %v", w.file, w.asked, w.Flushed)
	}
	if got := w.Body.Bytes(); !bytes.Equal(got, sound[70000:70100]) {
		t.Errorf("sent %q", got)
	}
}

// Many ranges are many requests to the store: they are not worth it (RFC 9110 §14.2).
func TestManyRangesAreIgnored(t *testing.T) {
	t.Parallel()
	server := host(t, newFileStore(t))
	for n, want := range map[int]int{2: http.StatusPartialContent, 16: http.StatusPartialContent, 17: http.StatusOK, 4000: http.StatusOK} {
		set := strings.TrimSuffix(strings.Repeat("1-1,", n), ",")
		if answer, _ := request(t, server, http.MethodGet, http.Header{"Range": {"bytes=" + set}}); answer.StatusCode != want {
			t.Errorf("%d ranges: %d, want %d", n, answer.StatusCode, want)
		}
	}
}

// watchedStore tells when its reader is closed, and whether it was read afterwards.
type watchedStore struct {
	release.Store
	closed chan *watchedFile
}

type watchedFile struct {
	io.ReadSeeker
	ctx  context.Context
	slow bool // reads wait for the end of the request
	mu   sync.Mutex
	over bool
	late int
	to   chan *watchedFile
}

func (f *watchedFile) Read(p []byte) (int, error) {
	if f.slow {
		<-f.ctx.Done()
		return 0, f.ctx.Err()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.over {
		f.late++
	}
	return f.ReadSeeker.Read(p)
}

func (f *watchedFile) Close() error {
	f.mu.Lock()
	f.over = true
	f.mu.Unlock()
	f.to <- f
	return nil
}

func (s watchedStore) Open(ctx context.Context, key string) (io.ReadSeekCloser, lector.Object, error) {
	f := &watchedFile{ReadSeeker: bytes.NewReader(sound), ctx: ctx, slow: strings.Contains(key, "slow"), to: s.closed}
	return f, lector.Object{Key: key, Size: int64(len(sound)), ETag: `"tag"`}, nil
}

// Who goes away half-way leaves nothing behind: the request ends, its object is
// closed and not read any more, even where the store was being waited for.
func TestGoneHalfWay(t *testing.T) {
	t.Parallel()
	store := watchedStore{closed: make(chan *watchedFile, 1)}
	server := host(t, store)
	for name, head := range map[string]string{
		"whole":      "GET " + address + " HTTP/1.1\r\nHost: x\r\n\r\n",
		"range":      "GET " + address + " HTTP/1.1\r\nHost: x\r\nRange: bytes=1000-\r\n\r\n",
		"parts":      "GET " + address + " HTTP/1.1\r\nHost: x\r\nRange: bytes=0-1999999,2000000-\r\n\r\n",
		"slow store": "GET " + strings.Replace(address, "0123", "slow", 1) + " HTTP/1.1\r\nHost: x\r\n\r\n",
	} {
		c, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(c, head); err != nil {
			t.Fatal(err)
		}
		if name != "slow store" {
			if _, err := io.ReadFull(c, make([]byte, 2000)); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		f := <-store.closed // or the test does not end
		f.mu.Lock()
		if f.late > 0 {
			t.Errorf("%s: read %d times after it was closed", name, f.late)
		}
		f.mu.Unlock()
	}
	server.Close() // waits for the requests
}
