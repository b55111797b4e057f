package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
)

// storeFault is a way in which an S3 server misbehaves.
type storeFault string

// The faults of a store.
const (
	storeWell storeFault = ""
	storeAway storeFault = "away"   // every connection is closed
	storeFull storeFault = "full"   // nothing can be written
	store500  storeFault = "500"    // SlowDown for reads and writes
	storeLate storeFault = "late"   // a write is done, and its answer never comes
	storeCut  storeFault = "cut"    // an upload breaks off halfway
	storeRace storeFault = "race"   // a conditional write is done and answered as if another had been first
	mostBytes            = 64 << 20 // of an upload that is looked at
)

// faultyStore is an HTTP server before an S3 server. It leaves requests as they
// are, so that their signatures hold.
type faultyStore struct {
	proxy  *httputil.ReverseProxy
	target *url.URL
	points *points

	mu    sync.Mutex
	fault storeFault
	every int // one of so many requests is hit
	count int
}

// newFaultyStore stands before the S3 server at an address.
func newFaultyStore(address string, p *points) (*faultyStore, error) {
	target, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	s := &faultyStore{target: target, points: p}
	s.proxy = &httputil.ReverseProxy{
		Rewrite:      func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Host = r.In.Host },
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	return s, nil
}

// setFault has one of every so many requests misbehave from now on.
func (s *faultyStore) setFault(f storeFault, every int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault, s.every = f, max(every, 1)
}

// nextFault is that of the next request, if it is one that the fault concerns.
func (s *faultyStore) nextFault(r *http.Request) storeFault {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.fault.concerns(r) {
		return storeWell
	}
	s.count++
	if s.count%max(s.every, 1) != 0 {
		return storeWell
	}
	return s.fault
}

// concerns reports whether a request can be hit.
func (f storeFault) concerns(r *http.Request) bool {
	switch f {
	case storeWell:
		return false
	case storeFull, storeLate, storeCut:
		return r.Method == http.MethodPut
	case storeRace:
		return r.Method == http.MethodPut && r.Header.Get("If-None-Match") != ""
	}
	return true
}

// from answers the requests of one worker.
func (s *faultyStore) from(worker string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.serve(worker, w, r) })
}

// serve answers a request, or misbehaves.
func (s *faultyStore) serve(worker string, w http.ResponseWriter, r *http.Request) {
	switch s.nextFault(r) {
	case storeWell:
		s.answer(worker, w, r)
	case storeFull:
		refuseS3(w, r, "InternalError", http.StatusInternalServerError)
	case store500:
		refuseS3(w, r, "SlowDown", http.StatusServiceUnavailable)
	case storeLate:
		s.commit(r)
		panic(http.ErrAbortHandler)
	case storeRace:
		s.commit(r)
		refuseS3(w, r, "PreconditionFailed", http.StatusPreconditionFailed)
	case storeCut:
		s.cutUpload(r)
		panic(http.ErrAbortHandler)
	default:
		panic(http.ErrAbortHandler)
	}
}

// answer has the real server answer, but for what is to happen before and after a
// write.
func (s *faultyStore) answer(worker string, w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPut {
		s.proxy.ServeHTTP(w, r)
		return
	}
	s.points.reach(point{beforeWrite, worker})
	if then := s.points.take(point{afterWrite, worker}); then != nil {
		s.commit(r)
		then()
		panic(http.ErrAbortHandler)
	}
	s.proxy.ServeHTTP(w, r)
}

// commit has the real server do what is asked and drops its answer.
func (s *faultyStore) commit(r *http.Request) { s.proxy.ServeHTTP(&discard{header: http.Header{}}, r) }

// cutUpload sends half of an upload to the real server and hangs up.
func (s *faultyStore) cutUpload(r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, mostBytes))
	if err != nil {
		return
	}
	half := io.MultiReader(bytes.NewReader(body[:len(body)/2]), &broken{})
	out, err := http.NewRequestWithContext(r.Context(), r.Method, s.target.JoinPath(r.URL.Path).String(), half) //nolint:gosec // the host is that of the store
	if err != nil {
		return
	}
	out.Header, out.Host, out.ContentLength = r.Header.Clone(), r.Host, int64(len(body))
	out.URL.RawQuery = r.URL.RawQuery
	if answer, err := s.transport().RoundTrip(out); err == nil {
		answer.Body.Close()
	}
}

func (s *faultyStore) transport() http.RoundTripper { return http.DefaultTransport }

// broken is a body that breaks off.
type broken struct{}

func (*broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// discard is an answer that nobody gets.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(int)             {}

func refuseS3(w http.ResponseWriter, r *http.Request, code string, status int) {
	_, _ = io.Copy(io.Discard, io.LimitReader(r.Body, mostBytes)) // who is refused has sent all
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<Error><Code>%s</Code><Message>a fault that was asked for</Message></Error>", code)
}
