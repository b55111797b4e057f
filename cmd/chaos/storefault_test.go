package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"lector/infra/limittest"
)

// kept is a server that keeps what is put, and notes what broke off.
type kept struct {
	mu   sync.Mutex
	body string
	cut  bool
}

func (k *kept) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	data, err := io.ReadAll(r.Body)
	k.mu.Lock()
	defer k.mu.Unlock()
	if err != nil {
		k.cut = true
		return
	}
	k.body = string(data)
	w.Header().Set("X-Kept", r.Host)
}

func TestStoreFaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fault  storeFault
		status int // 0: no answer
		kept   bool
		cut    bool
	}{
		{storeWell, 200, true, false}, {storeAway, 0, false, false}, {storeFull, 500, false, false}, {store500, 503, false, false},
		{storeLate, 0, true, false}, {storeRace, 412, true, false}, {storeCut, 0, false, true},
	} {
		k := &kept{}
		real := httptest.NewServer(k)
		t.Cleanup(real.Close)
		s, err := newFaultyStore(real.URL, &points{})
		if err != nil {
			t.Fatal(err)
		}
		front := httptest.NewServer(s.from("w1"))
		t.Cleanup(front.Close)
		s.setFault(c.fault, 1)
		status := put(t, front.URL+"/audio/key", strings.Repeat("x", 100_000))
		limittest.Until(t, "the upload arrives as it should", func() bool {
			k.mu.Lock()
			defer k.mu.Unlock()
			return (len(k.body) == 100_000) == c.kept && k.cut == c.cut
		})
		if status != c.status {
			t.Errorf("%s: status %d, want %d", c.fault, status, c.status)
		}
	}
}

// put puts a body that nobody else may have put before, and returns the status.
func put(t *testing.T, address, body string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(limittest.Context(t), http.MethodPut, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("If-None-Match", "*")
	answer, err := (&http.Client{}).Do(r)
	if err != nil {
		return 0
	}
	answer.Body.Close()
	return answer.StatusCode
}

// Only what a fault concerns is hit, and only every so many times.
func TestStoreFaultsConcernTheirRequests(t *testing.T) {
	t.Parallel()
	s := &faultyStore{}
	get, plainPut := httptest.NewRequest(http.MethodGet, "/k", nil), httptest.NewRequest(http.MethodPut, "/k", nil)
	first := httptest.NewRequest(http.MethodPut, "/k", nil)
	first.Header.Set("If-None-Match", "*")
	for fault, hits := range map[storeFault][3]bool{
		storeAway: {true, true, true}, store500: {true, true, true}, storeWell: {},
		storeFull: {false, true, true}, storeLate: {false, true, true}, storeCut: {false, true, true}, storeRace: {false, false, true},
	} {
		s.setFault(fault, 1)
		for i, r := range []*http.Request{get, plainPut, first} {
			if got := s.nextFault(r) != storeWell; got != hits[i] {
				t.Errorf("%q, request %d: hit %v", fault, i, got)
			}
		}
	}
	s.setFault(store500, 3)
	hits := 0
	for range 9 {
		if s.nextFault(get) != storeWell {
			hits++
		}
	}
	if hits != 3 {
		t.Errorf("%d of 9 are hit", hits)
	}
}

// What is to happen before a write finds nothing written, and after a write all.
func TestStoreReachesPoints(t *testing.T) {
	t.Parallel()
	for place, c := range map[string]struct {
		kept   int64
		status int
	}{beforeWrite: {0, 200}, afterWrite: {100, 0}} {
		k, p := &kept{}, &points{}
		real := httptest.NewServer(k)
		t.Cleanup(real.Close)
		s, err := newFaultyStore(real.URL, p)
		if err != nil {
			t.Fatal(err)
		}
		front := httptest.NewServer(s.from("w1"))
		t.Cleanup(front.Close)
		var found atomic.Int64
		p.at(point{place, "w2"}, func() { t.Error("another worker's point is reached") })
		p.at(point{place, "w1"}, func() {
			k.mu.Lock()
			defer k.mu.Unlock()
			found.Store(int64(len(k.body)))
		})
		if status := put(t, front.URL+"/audio/key", strings.Repeat("x", 100)); status != c.status || found.Load() != c.kept {
			t.Errorf("%s: status %d, %d bytes were kept", place, status, found.Load())
		}
		if status := put(t, front.URL+"/audio/key", "x"); status != 200 {
			t.Errorf("%s: it happens again: status %d", place, status)
		}
	}
}
