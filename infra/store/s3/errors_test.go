package s3_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lector"
	"lector/infra/store/s3"
	"lector/infra/store/s3/s3test"
)

func TestConfig(t *testing.T) {
	t.Parallel()
	for _, cfg := range []s3.Config{
		{},
		{Bucket: "b", Endpoint: "127.0.0.1:7070"},
		{Bucket: "b", Endpoint: "ftp://x"},
		{Bucket: "b", Endpoint: "http://"},
		{Bucket: "b", AccessKeyID: "half"},
	} {
		if _, err := s3.Open(t.Context(), cfg); !lector.IsPermanent(err) || lector.HintOf(err) == "" {
			t.Errorf("open %+v: %v, hint %q", cfg, err, lector.HintOf(err))
		}
	}
}

// TestRefusals asks a real server for what it must refuse.
func TestRefusals(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t, "audio")
	stranger, absent := server.Config("audio"), server.Config("absent")
	stranger.SecretAccessKey = "wrong"
	unknown := server.Config("audio")
	unknown.AccessKeyID = "nobody"
	for _, test := range []struct {
		name string
		cfg  s3.Config
		hint string
	}{
		{"wrong secret", stranger, "AWS_SECRET_ACCESS_KEY"},
		{"unknown key", unknown, "AWS_ACCESS_KEY_ID"},
		{"no bucket", absent, "lector setup creates"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := open(t, test.cfg)
			_, _, opened := s.Open(t.Context(), "k.mp3")
			for verb, err := range map[string]error{
				"put":  s.Put(t.Context(), lector.NewObject("k.mp3"), strings.NewReader("x")),
				"ping": s.Ping(t.Context()),
				"open": opened,
			} {
				if !lector.IsPermanent(err) || !strings.Contains(lector.HintOf(err), test.hint) {
					t.Errorf("%s: %v, hint %q", verb, err, lector.HintOf(err))
				}
				if strings.Contains(err.Error(), "\n") || len(err.Error()) > 200 {
					t.Errorf("%s: not one short line: %v", verb, err)
				}
			}
		})
	}
}

func TestCreateBucketTwice(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	s := open(t, server.Config("audio"))
	for range 2 {
		if err := s.CreateBucket(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestNobodyAnswers(t *testing.T) {
	t.Parallel()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	err := openFake(t, gone.URL).Ping(t.Context())
	if err == nil || lector.IsPermanent(err) || !strings.Contains(lector.HintOf(err), gone.URL) {
		t.Errorf("%v, hint %q", err, lector.HintOf(err))
	}
}

func openFake(t *testing.T, endpoint string) *s3.Store {
	t.Helper()
	return open(t, s3.Config{Bucket: "b", Endpoint: endpoint, Region: "us-east-1", AccessKeyID: "a", SecretAccessKey: "s"})
}

// TestAnswers shows how the refusals of servers are sorted.
func TestAnswers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		status    int
		code      string
		after     string
		permanent bool
		throttled time.Duration
		hint      string
	}{
		{403, "AccessDenied", "", true, 0, "s3:PutObject"},
		{403, "RequestTimeTooSkewed", "", true, 0, "clock"},
		{400, "AuthorizationHeaderMalformed", "", true, 0, "LECTOR_STORE_REGION"},
		{400, "InvalidArgument", "", true, 0, ""},
		{429, "TooManyRequests", "7", false, 7 * time.Second, ""},
		{503, "SlowDown", "99999", false, time.Minute, ""},
		{503, "SlowDown", "-3", false, time.Second, ""},
		{503, "ServiceUnavailable", "tomorrow", false, time.Second, ""},
		{500, "InternalError", "", false, 0, ""},
		{507, "XMinioStorageFull", "", false, 0, "no space"},
	} {
		t.Run(test.code, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if test.after != "" {
					w.Header().Set("Retry-After", test.after)
				}
				w.WriteHeader(test.status)
				fmt.Fprintf(w, "<Error><Code>%s</Code><Message>no</Message></Error>", test.code)
			}))
			t.Cleanup(server.Close)
			err := openFake(t, server.URL).Put(t.Context(), lector.NewObject("k"), strings.NewReader("x"))
			after, throttled := lector.IsThrottled(err)
			if lector.IsPermanent(err) != test.permanent || throttled != (test.throttled > 0) || after != test.throttled {
				t.Errorf("%v: permanent %v, throttled %v", err, lector.IsPermanent(err), after)
			}
			if hint := lector.HintOf(err); !strings.Contains(hint, test.hint) || (hint == "") != (test.hint == "") {
				t.Errorf("hint %q, want %q", hint, test.hint)
			}
		})
	}
}

// TestWriteIntoEmptiedFolder: the refusal that versitygw gives to a write while
// another client empties its folder is over at the next try.
func TestWriteIntoEmptiedFolder(t *testing.T) {
	t.Parallel()
	var puts atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut && puts.Add(1) == 1 {
			w.WriteHeader(http.StatusConflict)
			fmt.Fprint(w, "<Error><Code>ExistingObjectIsDirectory</Code><Message>no</Message></Error>")
		}
	}))
	t.Cleanup(server.Close)
	err := openFake(t, server.URL).Put(t.Context(), lector.NewObject("k"), strings.NewReader("x"))
	if err != nil || puts.Load() != 2 {
		t.Errorf("%d requests, %v; want 2 and no error", puts.Load(), err)
	}
}

// oldServer keeps objects and knows no conditional writes: it ignores them or
// refuses them.
type oldServer struct {
	mu      sync.Mutex
	objects map[string][]byte
	refuses bool
}

func (s *oldServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	content, ok := s.objects[r.URL.Path]
	switch {
	case r.Method == http.MethodHead && r.URL.Path == "/b": // the bucket is there
	case r.Method == http.MethodPut && s.refuses && r.Header.Get("If-None-Match") != "":
		w.WriteHeader(http.StatusNotImplemented)
		io.WriteString(w, "<Error><Code>NotImplemented</Code></Error>")
	case r.Method == http.MethodPut:
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(err)
		}
		s.objects[r.URL.Path] = body
	case !ok:
		w.WriteHeader(http.StatusNotFound)
	default:
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	}
}

func TestCreateOnOldServers(t *testing.T) {
	t.Parallel()
	for _, refuses := range []bool{false, true} {
		t.Run(fmt.Sprintf("refuses %v", refuses), func(t *testing.T) {
			t.Parallel()
			old := &oldServer{objects: map[string][]byte{"/b/taken": []byte("old")}, refuses: refuses}
			server := httptest.NewServer(old)
			t.Cleanup(server.Close)
			s := openFake(t, server.URL)
			for _, key := range []string{"taken", "free", "free", "taken", "also"} {
				_, err := s.Stat(t.Context(), key)
				err2 := s.Create(t.Context(), lector.NewObject(key), strings.NewReader("new "+key))
				if free := errors.Is(err, lector.ErrNotFound); free != (err2 == nil) || !free && !errors.Is(err2, lector.ErrExists) {
					t.Errorf("create %s: stat says %v, create %v", key, err, err2)
				}
			}
			for path, want := range map[string]string{"/b/taken": "old", "/b/free": "new free", "/b/also": "new also"} {
				if got := string(old.objects[path]); got != want {
					t.Errorf("%s holds %q, want %q", path, got, want)
				}
			}
		})
	}
}

// TestTransferIsResumed breaks the transfer again and again: the reader takes
// it up where it broke, and gives up when nothing more arrives.
func TestTransferIsResumed(t *testing.T) {
	t.Parallel()
	content := bytes.Repeat([]byte("0123456789"), 10_000)
	for _, test := range []struct {
		name   string
		breaks int
		whole  bool
	}{{"once", 1, true}, {"thrice", 3, true}, {"for ever", 1000, false}} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			asked := 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				mu.Lock()
				asked++
				broken := asked <= test.breaks
				stuck := test.breaks > 100 && asked > 2
				mu.Unlock()
				w.Header().Set("ETag", `"one"`)
				if broken {
					w = &cutWriter{ResponseWriter: w, left: map[bool]int{false: 20_000, true: 0}[stuck]}
				}
				http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
			}))
			t.Cleanup(server.Close)
			body, _, err := openFake(t, server.URL).Open(t.Context(), "k.mp3")
			if err != nil {
				t.Fatal(err)
			}
			defer body.Close()
			got, err := io.ReadAll(body)
			if test.whole && (err != nil || !bytes.Equal(got, content)) {
				t.Errorf("got %d bytes of %d: %v", len(got), len(content), err)
			}
			if !test.whole && (err == nil || !bytes.HasPrefix(content, got)) {
				t.Errorf("got %d bytes without an error", len(got))
			}
		})
	}
}

// cutWriter drops the connection behind so many bytes.
type cutWriter struct {
	http.ResponseWriter
	left int
}

func (b *cutWriter) Write(p []byte) (int, error) {
	if len(p) > b.left {
		b.ResponseWriter.Write(p[:b.left])
		b.ResponseWriter.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
	b.left -= len(p)
	return b.ResponseWriter.Write(p)
}

func TestReadAfterCancel(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t, "audio")
	s := open(t, server.Config("audio"))
	if err := s.Put(t.Context(), lector.NewObject("k.mp3"), bytes.NewReader(make([]byte, 1<<20))); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	body, _, err := s.Open(ctx, "k.mp3")
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	cancel()
	if _, err := io.Copy(io.Discard, body); !errors.Is(err, context.Canceled) {
		t.Errorf("read: %v", err)
	}
}
