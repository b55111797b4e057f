package wordpress_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"lector"
	"lector/publisher/intake"
	"lector/publisher/intake/webhook"
)

const (
	testSite   = "havana"
	testSecret = "whsec_bGVjdG9yIHRlc3Qgc2VjcmV0IG9mIDMyIGJ5dGVzIQ=="
)

// receiver is Lector's own handler of webhooks, and the events that it stores.
type receiver struct {
	URL   string
	hooks http.Handler

	mu      sync.Mutex
	away    bool
	events  []lector.ArticleEvent
	refused int
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{}
	secrets := func() ([]string, error) { return []string{testSecret}, nil }
	var err error
	r.hooks, err = intake.New(intake.Config{
		Sites:     map[string]intake.Site{testSite: {Hooks: map[string]intake.Hook{"wordpress": {Secrets: secrets}}}},
		Sources:   map[string]intake.Source{"wordpress": webhook.Source{}},
		Publisher: r,
		Log:       slog.New(slog.NewTextHandler(testLog{t}, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	r.URL = server.URL
	return r
}

// testLog is the test's own log.
type testLog struct{ t *testing.T }

func (l testLog) Write(p []byte) (int, error) {
	l.t.Logf("%s", p)
	return len(p), nil
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	if r.turnsAway() {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	r.hooks.ServeHTTP(w, request)
}

func (r *receiver) turnsAway() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.away {
		r.refused++
	}
	return r.away
}

// Publish keeps an event that came with a right signature.
func (r *receiver) Publish(_ context.Context, e lector.ArticleEvent) (uint64, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
	return uint64(len(r.events)), nil
}

// take returns the events that came since it was last asked.
func (r *receiver) take() []lector.ArticleEvent {
	r.mu.Lock()
	defer r.mu.Unlock()
	events := r.events
	r.events = nil
	return events
}

// setAway says whether requests are turned away, and returns how many were.
func (r *receiver) setAway(away bool) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	refused := r.refused
	r.away, r.refused = away, 0
	return refused
}
