package ghost_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"lector"
	"lector/publisher/intake/ghost"
	"lector/publisher/intake/reconcile"
)

// adminAPI answers as Ghost's Admin API does, for posts of one test.
type adminAPI struct {
	mu      sync.Mutex
	posts   []ghost.Post
	filters []string
	status  int // what it answers to everything; 0: it is well
}

func (a *adminAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	fail := func(status int) {
		w.Header().Set("Retry-After", "240")
		w.WriteHeader(status)
		fmt.Fprint(w, `{"errors":[{"message":"Resource not found error, cannot read post.","context":"Post not found."}]}`)
	}
	rest, _ := strings.CutPrefix(r.URL.Path, "/ghost/api/admin/")
	kind, id, _ := strings.Cut(strings.Trim(rest, "/"), "/")
	switch {
	case a.status != 0:
		fail(a.status)
		return
	case !strings.HasPrefix(r.Header.Get("Authorization"), "Ghost "):
		fail(http.StatusForbidden)
		return
	}
	var found []ghost.Post
	if kind == "posts" {
		a.filters = append(a.filters, r.URL.Query().Get("filter"))
		found = a.matching(r.URL.Query().Get("filter"), id)
	}
	if id != "" && len(found) == 0 {
		fail(http.StatusNotFound)
		return
	}
	page, next := 1, any(nil)
	_, _ = fmt.Sscan(r.URL.Query().Get("page"), &page)
	if id == "" {
		from := min((page-1)*100, len(found))
		if from+100 < len(found) {
			next = page + 1
		}
		found = found[from:min(from+100, len(found))]
	}
	_ = json.NewEncoder(w).Encode(map[string]any{kind: found, "meta": map[string]any{"pagination": map[string]any{"next": next}}})
}

func (a *adminAPI) matching(filter, id string) (found []ghost.Post) {
	for _, p := range a.posts {
		since, dated := strings.CutPrefix(filter, "updated_at:>'")
		switch {
		case id != "" && p.ID != id, filter == "status:published" && p.Status != "published", filter == "id:none":
		case dated && p.UpdatedAt.UTC().Format("2006-01-02 15:04:05") <= strings.TrimSuffix(since, "'"):
		default:
			found = append(found, p)
		}
	}
	return found
}

func newPosts(t *testing.T, posts ...ghost.Post) (ghost.Posts, *adminAPI) {
	t.Helper()
	api := &adminAPI{posts: posts}
	s := httptest.NewServer(api)
	t.Cleanup(s.Close)
	admin, err := ghost.NewAdmin(s.Client(), s.URL, strings.Repeat("a", 24)+":"+strings.Repeat("b", 64))
	if err != nil {
		t.Fatal(err)
	}
	return ghost.Posts{Admin: admin}, api
}

func TestPostsAsSource(t *testing.T) {
	t.Parallel()
	old, now := time.Now().Add(-time.Hour).UTC().Truncate(time.Second), time.Now().UTC().Truncate(time.Second)
	p, api := newPosts(t,
		ghost.Post{ID: "1", Status: "published", Visibility: "public", HTML: "<p>x</p>", UpdatedAt: old, PublishedAt: old},
		ghost.Post{ID: "2", Status: "published", Visibility: "paid", HTML: "<p>secret</p>", UpdatedAt: old},
		ghost.Post{ID: "3", Status: "draft", Visibility: "public", UpdatedAt: now},
		ghost.Post{ID: "4", Status: "scheduled", Visibility: "public", UpdatedAt: old},
	)
	none, mark, err := p.Changed(t.Context(), "")
	if at, parseErr := time.Parse(time.RFC3339, mark); err != nil || len(none) != 0 || parseErr != nil || at.Before(old) {
		t.Fatalf("first: %v, %q, %v", none, mark, err)
	}
	changed, _, err := p.Changed(t.Context(), mark)
	if err != nil || len(changed) != 1 || changed[0].ID != "3" || changed[0].Visibility == lector.Public {
		t.Errorf("changed: %+v, %v", changed, err)
	}
	for _, f := range api.filters { // Ghost finds nothing by a time of another form
		if strings.Contains(f, "T") || strings.Contains(f, "Z") {
			t.Errorf("filter %q", f)
		}
	}
	all, next, err := p.List(t.Context(), "")
	if err != nil || len(all) != 2 || all[0].Visibility != lector.Public || all[1].Visibility != lector.Paid || next != "1/1" {
		t.Errorf("all: %+v, %q, %v", all, next, err)
	}
	if pages, next, err := p.List(t.Context(), next); err != nil || len(pages) != 0 || next != "" {
		t.Errorf("pages: %+v, %q, %v", pages, next, err)
	}
	if a, err := p.Article(t.Context(), all[0]); err != nil || a.Body.Content != "<p>x</p>" || a.Visibility != lector.Public {
		t.Errorf("article: %+v, %v", a, err)
	}
	if a, err := p.Article(t.Context(), all[1]); err != nil || a.Body.Content != "" || a.Visibility != lector.Paid {
		t.Errorf("paid article: %+v, %v", a, err)
	}
	for id, there := range map[string]bool{"1": true, "2": true, "3": false, "4": false, "5": false, "https://x/y": false} {
		if err := p.Exists(t.Context(), reconcile.Item{ID: id}); (err == nil) != there || !there && !errors.Is(err, lector.ErrNotFound) {
			t.Errorf("%s: %v", id, err)
		}
	}
}

// TestPostsOfALargeArchive asks for as many pages as there are hundreds.
func TestPostsOfALargeArchive(t *testing.T) {
	t.Parallel()
	posts := make([]ghost.Post, 1050)
	for i := range posts {
		posts[i] = ghost.Post{ID: fmt.Sprint(i), Status: "published", Visibility: "public"}
	}
	p, api := newPosts(t, posts...)
	n := 0
	for place, more := "", true; more; more = place != "" {
		items, next, err := p.List(t.Context(), place)
		if err != nil {
			t.Fatal(err)
		}
		n, place = n+len(items), next
	}
	if n != 1050 || len(api.filters) != 11 {
		t.Errorf("%d posts in %d requests", n, len(api.filters))
	}
}

// TestBrokenGhostIsNotEmpty: what fails says nothing of the posts.
func TestBrokenGhostIsNotEmpty(t *testing.T) {
	t.Parallel()
	p, api := newPosts(t)
	for _, status := range []int{401, 403, 429, 500, 502, 503} {
		api.mu.Lock()
		api.status = status
		api.mu.Unlock()
		_, _, listErr := p.List(t.Context(), "")
		_, _, changedErr := p.Changed(t.Context(), "")
		after, throttled := lector.IsThrottled(listErr)
		if throttled && after != 4*time.Minute {
			t.Errorf("%d: it is left alone for %v", status, after)
		}
		for _, err := range []error{listErr, changedErr, p.Exists(t.Context(), reconcile.Item{ID: "1"})} {
			if err == nil || errors.Is(err, lector.ErrNotFound) || throttled != (status == 429 || status == 503) {
				t.Errorf("%d: %v", status, err)
			}
		}
	}
}
