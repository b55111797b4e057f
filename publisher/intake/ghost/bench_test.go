package ghost_test

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"lector"
	"lector/publisher/intake/ghost"
	"lector/publisher/intake/reconcile"
)

// archive are the jobs, events and places of a newsroom that has audio of everything.
type archive struct {
	jobs   map[string]lector.Job
	places map[string][]byte
	sent   int
}

func (a *archive) Job(_ context.Context, _, key string) (lector.Job, uint64, error) {
	j, there := a.jobs[key]
	if !there {
		return j, 0, lector.ErrNotFound
	}
	return j, 1, nil
}

func (a *archive) Jobs(context.Context) iter.Seq2[lector.Job, error] {
	return func(yield func(lector.Job, error) bool) {
		for _, j := range a.jobs {
			if !yield(j, nil) {
				return
			}
		}
	}
}

func (a *archive) NewestEvent(context.Context, lector.JobRef) (lector.ArticleEvent, uint64, error) {
	return lector.ArticleEvent{}, 0, lector.ErrNotFound
}

func (a *archive) Publish(context.Context, lector.ArticleEvent) (uint64, error) {
	a.sent++
	return uint64(a.sent), nil
}

func (a *archive) Place(_ context.Context, name string) ([]byte, error) {
	if value, there := a.places[name]; there {
		return value, nil
	}
	return nil, lector.ErrNotFound
}

func (a *archive) SetPlace(_ context.Context, name string, value []byte) error {
	a.places[name] = value
	return nil
}

func (a *archive) DropPlace(_ context.Context, name string) error {
	delete(a.places, name)
	return nil
}

// BenchmarkNightlyPass compares 10,000 posts, of which the CMS on this machine answers
// in the form of Ghost, with audio of all but ten, as often as a CMS is asked without
// other settings. MB is the most that the heap grew by, the CMS's answers included.
func BenchmarkNightlyPass(b *testing.B) {
	const posts = 10_000
	at := time.Now().Add(-time.Hour).UTC().Truncate(time.Second)
	api, jobs := &adminAPI{}, map[string]lector.Job{}
	for i := range posts {
		id := fmt.Sprintf("%024x", i)
		api.posts = append(api.posts, ghost.Post{
			ID: id, Title: "A post", HTML: "<p>Text.</p>", Status: "published", Visibility: "public", URL: "https://paper.example/" + id, UpdatedAt: at, PublishedAt: at,
		})
		if i%1000 != 0 {
			key := lector.Key("s", id)
			jobs[key] = lector.Job{ID: key, Site: "s", Article: id, UpdatedAt: at, State: lector.Ready, Rendition: "r", Sequence: 1}
		}
	}
	s := httptest.NewServer(api)
	defer s.Close()
	admin, err := ghost.NewAdmin(s.Client(), s.URL, strings.Repeat("a", 24)+":"+strings.Repeat("b", 64))
	if err != nil {
		b.Fatal(err)
	}
	most := uint64(0)
	for b.Loop() {
		a := &archive{jobs: jobs, places: map[string][]byte{}}
		r := &reconcile.Reconciler{Site: "s", Source: ghost.Posts{Admin: admin}, Jobs: a, Events: a, Places: a, Log: slog.New(slog.DiscardHandler), Backfill: 24 * time.Hour}
		stop := watchHeap(&most)
		if err := r.Pass(b.Context()); err != nil {
			b.Fatal(err)
		}
		stop()
		if a.sent != posts/1000 {
			b.Fatalf("%d articles announced, want %d", a.sent, posts/1000)
		}
	}
	b.ReportMetric(float64(most)/(1<<20), "MB")
}

// watchHeap notes the most that the heap grows by until stop is called.
func watchHeap(most *uint64) (stop func()) {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	before, done, ended := m.HeapInuse, make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		look := time.NewTicker(20 * time.Millisecond)
		defer look.Stop()
		for {
			select {
			case <-done:
				return
			case <-look.C:
				runtime.ReadMemStats(&m)
				*most = max(*most, m.HeapInuse-min(m.HeapInuse, before))
			}
		}
	}()
	return func() { close(done); <-ended }
}
