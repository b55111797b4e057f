package release_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"lector"
	"lector/publisher/publishertest"
	"lector/publisher/release"
)

// countingStore is a store that counts what is opened.
type countingStore struct {
	*publishertest.Store
	opened atomic.Int64
}

func (c *countingStore) Open(ctx context.Context, key string) (io.ReadSeekCloser, lector.Object, error) {
	c.opened.Add(1)
	return c.Store.Open(ctx, key)
}

func TestCatalog(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &countingStore{Store: new(publishertest.Store)}
		c := release.NewCatalog(store, slog.New(slog.DiscardHandler))
		old := lector.Article{Site: "havana", ID: "old", Title: "Old", PublishedAt: time.Unix(1e9, 0)}
		fresh := lector.Article{Site: "havana", ID: "new", Title: "New", PublishedAt: time.Unix(2e9, 0)}
		store.Rendition("", old, "One.")
		gone := store.Rendition("", fresh, "One.")
		store.Rendition("", lector.Article{Site: "other", ID: "x"}, "One.")

		if got := titles(t, c); got != "New Old " {
			t.Errorf("the catalog has %q", got)
		}
		read := store.opened.Load()
		store.Delete(lector.PointerKey("havana", gone.Key))
		if got := titles(t, c); got != "New Old " || store.opened.Load() != read {
			t.Errorf("the catalog has %q and has looked again at once", got)
		}
		time.Sleep(31 * time.Second)
		if got := titles(t, c); got != "Old " {
			t.Errorf("half a minute behind the takedown the catalog has %q", got)
		}
		if store.opened.Load() != read {
			t.Error("a manifest that had not changed was read again")
		}
		old.Title = "Newer" // at the same second
		store.Rendition("", old, "One.")
		time.Sleep(31 * time.Second)
		if got := titles(t, c); got != "Newer " {
			t.Errorf("behind an update the catalog has %q", got)
		}
		time.Sleep(31 * time.Second)
		store.Err = errors.New("no store")
		if _, err := c.Newest(t.Context(), "havana"); !errors.Is(err, store.Err) {
			t.Errorf("without a store: %v", err)
		}
	})
}

func titles(t *testing.T, c *release.Catalog) string {
	t.Helper()
	all, err := c.Newest(t.Context(), "havana")
	if err != nil {
		t.Fatal(err)
	}
	var s string
	for _, m := range all {
		s += m.Title + " "
	}
	return s
}
