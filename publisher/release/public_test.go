package release_test

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"lector"
	"lector/publisher/publishertest"
	"lector/publisher/release"
)

// gatedStore is a store that counts looks at pointers, each of which needs a pass.
type gatedStore struct {
	*publishertest.Store
	passes chan struct{}
	looks  atomic.Int64
}

func (g *gatedStore) Stat(ctx context.Context, key string) (lector.Object, error) {
	g.looks.Add(1)
	select {
	case <-g.passes:
		return g.Store.Stat(ctx, key)
	case <-ctx.Done():
		return lector.Object{}, ctx.Err()
	}
}

func newGated(articles int) (*gatedStore, *release.Catalog) {
	g := &gatedStore{Store: new(publishertest.Store), passes: make(chan struct{})}
	for i := range articles {
		g.Rendition("", lector.Article{Site: "havana", ID: strconv.Itoa(i), PublishedAt: time.Unix(int64(1e9+i), 0)}, "One.")
	}
	return g, release.NewCatalog(g, slog.New(slog.DiscardHandler))
}

func TestPublicSharesLooks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const articles, readers = 5, 50
		store, c := newGated(articles)
		var wait sync.WaitGroup
		var got atomic.Int64
		read := func() {
			all, err := c.Public(t.Context(), "havana")
			if err != nil {
				t.Error(err)
			}
			got.Add(int64(len(all)))
		}
		wait.Go(read)
		time.Sleep(time.Millisecond) // the first look is under way
		for range readers {
			wait.Go(read)
		}
		time.Sleep(time.Millisecond)
		store.Delete(lector.PointerKey("havana", lector.Key("havana", "3")))
		close(store.passes)
		wait.Wait()
		if n := store.looks.Load(); n != 2*articles {
			t.Errorf("%d readers looked at %d pointers, want two looks at %d", readers+1, n, articles)
		}
		if n := got.Load(); n != (readers+1)*(articles-1) {
			t.Errorf("the readers were given %d renditions, want %d each", n, articles-1)
		}
	})
}

// A reader that goes away while another one looks does not wait for it, and a
// look that a reader has left unfinished is nobody else's answer.
func TestPublicLetsGo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store, c := newGated(2)
		first, leave := context.WithCancel(t.Context())
		second, leaveToo := context.WithCancel(t.Context())
		var wait sync.WaitGroup
		for _, ctx := range []context.Context{first, second} {
			wait.Go(func() {
				if _, err := c.Public(ctx, "havana"); !errors.Is(err, context.Canceled) {
					t.Errorf("a reader that went away was told %v", err)
				}
			})
			synctest.Wait()
		}
		leaveToo()
		synctest.Wait()
		leave()
		wait.Wait()
		close(store.passes)
		if all, err := c.Public(t.Context(), "havana"); err != nil || len(all) != 2 {
			t.Errorf("%d renditions, %v", len(all), err)
		}
	})
}

// At most a feed's length is looked at, the newest.
func TestPublicIsBounded(t *testing.T) {
	t.Parallel()
	store, c := newGated(130)
	close(store.passes)
	all, err := c.Public(t.Context(), "havana")
	if err != nil || len(all) != 100 || store.looks.Load() != 100 || all[0].Article != "129" {
		t.Errorf("%d renditions after %d looks, %v", len(all), store.looks.Load(), err)
	}
}
