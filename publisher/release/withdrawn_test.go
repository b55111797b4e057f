package release_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"lector"
	"lector/publisher/publishertest"
	"lector/publisher/release"
)

// Only what the note of its own article names is gone; of anything else nobody knows.
func TestWithdrawnIsGone(t *testing.T) {
	t.Parallel()
	key, other := lector.Key("havana", "1"), lector.Key("havana", "2")
	store := new(publishertest.Store)
	store.Put(lector.WithdrawnKey("havana", key), []byte(`{"files":["abc.mp3","back.vtt","manifest.json"]}`))
	store.Put(lector.Prefix("havana", key)+"back.vtt", []byte("WEBVTT")) // published once more
	store.Put(lector.WithdrawnKey("havana", other), []byte(`not JSON`))
	objects := release.Objects{Store: store, Log: slog.New(slog.DiscardHandler)}
	get := func(o release.Objects, path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		o.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w
	}
	for path, want := range map[string]int{
		"/" + lector.Prefix("havana", key) + "abc.mp3":       http.StatusGone,
		"/" + lector.PointerKey("havana", key):               http.StatusGone,
		"/" + lector.Prefix("havana", key) + "abcd.mp3":      http.StatusNotFound,
		"/" + lector.Prefix("havana", key) + "back.vtt":      http.StatusOK,
		"/" + lector.Prefix("havana", other) + "abc.mp3":     http.StatusNotFound,
		"/" + lector.Prefix("kyiv", key) + "abc.mp3":         http.StatusNotFound,
		"/" + lector.Prefix("havana", key) + "../abc.mp3":    http.StatusNotFound,
		"/" + lector.WithdrawnKey("havana", key):             http.StatusNotFound,
		"/" + lector.Prefix("havana", key) + "sub/abc.mp3":   http.StatusNotFound,
		"/" + lector.Prefix("havana", "short") + "/abc.mp3":  http.StatusNotFound,
		"/" + lector.Prefix("havana", key) + "%61bc.mp3":     http.StatusGone,
		"/" + lector.Prefix("havana", key) + "abc.mp3?x=1":   http.StatusGone,
		"/" + lector.Prefix("havana", key) + "abc.manifest.": http.StatusNotFound,
	} {
		w := get(objects, path)
		if w.Code != want {
			t.Errorf("%s: %d, want %d", path, w.Code, want)
		}
		if cache := w.Header().Get("Cache-Control"); w.Code == http.StatusGone && cache != "public, max-age=0, s-maxage=2" {
			t.Errorf("%s: it may come back, and is kept: %q", path, cache)
		}
	}
	away := release.Objects{Store: &publishertest.Store{Err: http.ErrServerClosed}, Log: objects.Log}
	if w := get(away, "/"+lector.Prefix("havana", key)+"abc.mp3"); w.Code != http.StatusServiceUnavailable {
		t.Errorf("while the store is away: %d", w.Code)
	}
}
