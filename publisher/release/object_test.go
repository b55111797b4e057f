package release_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync/atomic"
	"testing"

	"lector"
	"lector/publisher/publishertest"
	"lector/publisher/release"
)

// trackedStore is a store that knows how many of its files are open.
type trackedStore struct {
	*publishertest.Store
	open atomic.Int64
}

func (a *trackedStore) Open(ctx context.Context, key string) (io.ReadSeekCloser, lector.Object, error) {
	f, o, err := a.Store.Open(ctx, key)
	if err == nil {
		a.open.Add(1)
		f = closer{f, a}
	}
	return f, o, err
}

type closer struct {
	io.ReadSeekCloser
	a *trackedStore
}

func (c closer) Close() error {
	c.a.open.Add(-1)
	return c.ReadSeekCloser.Close()
}

// Listeners skip, go away and come back: no file stays open behind them.
func TestFilesAreClosed(t *testing.T) {
	t.Parallel()
	store := &trackedStore{Store: new(publishertest.Store)}
	m := store.Rendition("", lector.Article{Site: "havana", ID: "good", Title: "Good"}, "One.")
	objects := release.Objects{Store: store, Log: slog.New(slog.DiscardHandler)}
	mp3 := "/" + lector.Prefix("havana", m.Key) + m.Hash + ".mp3"
	for name, header := range map[string]http.Header{
		"whole":      {},
		"range":      {"Range": {"bytes=10-20"}},
		"parts":      {"Range": {"bytes=0-1,5-6"}},
		"beyond":     {"Range": {"bytes=999999999-"}},
		"unchanged":  {"If-None-Match": {"*"}},
		"not wanted": {"If-Match": {`"x"`}},
	} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			r := httptest.NewRequest(method, mp3, nil)
			r.Header = header
			objects.ServeHTTP(httptest.NewRecorder(), r)
			objects.ServeHTTP(&lostClient{header: http.Header{}}, r)
			if n := store.open.Load(); n != 0 {
				t.Errorf("%s %s: %d files are open", method, name, n)
			}
		}
	}
}

// lostClient is a listener who leaves after the first byte.
type lostClient struct{ header http.Header }

func (g *lostClient) Header() http.Header       { return g.header }
func (g *lostClient) WriteHeader(int)           {}
func (g *lostClient) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// No bytes at all are none that can be had.
func TestOddRanges(t *testing.T) {
	t.Parallel()
	store := new(publishertest.Store)
	m := store.Rendition("", lector.Article{Site: "havana", ID: "good", Title: "Good"}, "One.")
	objects := release.Objects{Store: store, Log: slog.New(slog.DiscardHandler)}
	for header, want := range map[string]int{
		"": 200, "bytes=-0": 416, "bytes= -00": 416, "bytes=-1": 206, "bytes=0-0": 206, "bytes=0-": 206,
	} {
		r := httptest.NewRequest(http.MethodGet, "/"+lector.Prefix("havana", m.Key)+m.Hash+".mp3", nil)
		if header != "" {
			r.Header.Set("Range", header)
		}
		w := httptest.NewRecorder()
		objects.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("Range: %s: %d, want %d", header, w.Code, want)
		}
		if got := w.Header().Get("Content-Range"); w.Code == 416 && got != "bytes */"+strconv.FormatInt(m.Bytes, 10) {
			t.Errorf("Range: %s: Content-Range %q", header, got)
		}
	}
}
