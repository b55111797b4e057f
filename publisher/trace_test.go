package publisher_test

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lector"
	"lector/publisher"
	"lector/publisher/publishertest"
	"lector/publisher/tcp"
)

// spans keeps the spans of a tracer.
type spans struct {
	mu  sync.Mutex
	all []lector.SpanRecord
}

func (s *spans) record(r lector.SpanRecord) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, r)
}

func (s *spans) take() []lector.SpanRecord {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.all
	s.all = nil
	return all
}

const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

// TestRequestsAreTraced asks for a file with a trace and without, by package http and by
// what answers without it.
func TestRequestsAreTraced(t *testing.T) {
	t.Parallel()
	shelf := new(publishertest.Store)
	m := shelf.Rendition("", lector.Article{Site: "havana", ID: "good", Title: "Good", Language: "en"}, "One.", "Two.")
	var recorded spans
	requests := publisher.NewRequestTracer(&lector.Tracer{Record: recorded.record})
	c := publisher.Config{Store: shelf, ServeObjects: true, Sites: map[string]publisher.Site{"havana": {}}, Requests: requests}
	server := tcp.NewServer(publisher.New(c))
	server.Direct = c.Direct
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(tcp.Listen(l)) }()
	t.Cleanup(func() { _ = server.Close(); <-done })
	mp3 := "/" + lector.Prefix("havana", m.Key) + m.Hash + ".mp3"
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	get := func(path, parent string) (status int, body []byte) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+l.Addr().String()+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if parent != "" {
			r.Header.Set("Traceparent", parent)
		}
		answer, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err = io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, body
	}
	_, plain := get(mp3, "")
	for range 3 { // the second on is answered without package http
		if status, body := get(mp3, traceparent); status != http.StatusOK || !bytes.Equal(body, plain) {
			t.Errorf("%d, %d bytes of %d", status, len(body), len(plain))
		}
	}
	get("/"+lector.Prefix("havana", m.Key)+"none.mp3", traceparent)
	if err := server.Shutdown(t.Context()); err != nil { // which waits for the answers under way
		t.Fatal(err)
	}
	all := recorded.take()
	if len(all) != 4 {
		t.Fatalf("%d spans", len(all))
	}
	for i, s := range all {
		status, path := int64(http.StatusOK), mp3
		if i == 3 {
			status, path = http.StatusNotFound, filepath.Dir(mp3)+"/none.mp3"
		}
		got := map[string]any{}
		for _, a := range s.Attributes {
			got[a.Key] = a.Value
		}
		if s.Trace.Parent()[:35] != traceparent[:35] || got["http.response.status_code"] != status || got["url.path"] != path || s.Err != nil {
			t.Errorf("span %d: %+v", i, s)
		}
	}
}

// TestTracesOfListenersAreBounded holds that nobody fills the collector by stating traces.
func TestTracesOfListenersAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shelf := new(publishertest.Store)
		m := shelf.Rendition("", lector.Article{Site: "havana", ID: "good", Title: "Good", Language: "en"}, "One.")
		var recorded spans
		h := publisher.New(publisher.Config{
			Store: shelf, ServeObjects: true, Sites: map[string]publisher.Site{"havana": {}},
			Requests: publisher.NewRequestTracer(&lector.Tracer{Record: recorded.record}),
		})
		r := httptest.NewRequest(http.MethodGet, "/"+lector.PointerKey("havana", m.Key), nil)
		r.Header.Set("Traceparent", traceparent)
		for second := range 2 { // of the time in here
			for range 200 {
				h.ServeHTTP(httptest.NewRecorder(), r)
			}
			if n := len(recorded.take()); n != 50 {
				t.Errorf("in second %d so many requests have a span: %d", second, n)
			}
			time.Sleep(time.Second)
		}
	})
}
