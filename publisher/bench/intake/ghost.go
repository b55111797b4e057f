package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// secret signs the webhooks.
const secret = "secret-of-the-bench"

// pageSize is how many posts the Admin API lists at a time.
const pageSize = 100

// ghost is a Ghost with a large archive, as far as Lector asks it. Its posts are for
// paying readers: so no voice is needed, and all else is as with public ones.
type ghost struct {
	*httptest.Server
	posts int
	lists atomic.Int64 // pages of all posts that were asked for
}

func newGhost(posts int) *ghost {
	g := &ghost{posts: posts}
	g.Server = httptest.NewServer(g)
	return g
}

func (g *ghost) pages() int  { return (g.posts + pageSize - 1) / pageSize }
func (g *ghost) listed() int { return int(g.lists.Load()) }
func (g *ghost) size() int   { return len(g.webhook(0)) }

// updated is when all posts were saved.
const updated = "2026-11-20T11:59:00.000Z"

func postID(n int) string { return fmt.Sprintf("%024x", n+1) }

// ServeHTTP lists the posts; nothing has changed since.
func (g *ghost) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	all := r.URL.Query().Get("filter") == "status:published"
	switch {
	case strings.HasSuffix(r.URL.Path, "/pages/"):
		fmt.Fprint(w, `{"pages": [], "meta": {"pagination": {"next": null}}}`)
	case !strings.HasSuffix(r.URL.Path, "/posts/"):
		http.NotFound(w, r)
	case !all:
		fmt.Fprint(w, `{"posts": [], "meta": {"pagination": {"next": null}}}`)
	default:
		g.lists.Add(1)
		_ = json.NewEncoder(w).Encode(g.list(max(page, 1)))
	}
}

func (g *ghost) list(page int) map[string]any {
	posts := []any{}
	for n := (page - 1) * pageSize; n < min(page*pageSize, g.posts); n++ {
		posts = append(posts, map[string]any{
			"id": postID(n), "title": "A bridge", "status": "published", "visibility": "paid", "published_at": updated,
			"updated_at": updated,
		})
	}
	var next any
	if page < g.pages() {
		next = page + 1
	}
	return map[string]any{"posts": posts, "meta": map[string]any{"pagination": map[string]any{"next": next}}}
}

// webhook is what Ghost sends of a post of two minutes: most of it are its revisions.
func (g *ghost) webhook(n int) []byte {
	text := strings.Repeat("<p>The bridge over the river was opened to walkers on Friday morning after two years of work.</p>", 30)
	revisions := strings.Repeat(`{"lexical": "`+strings.Repeat("old draft ", 400)+`"}, `, 10)
	return fmt.Appendf(nil, `{"event": "post.published", "post": {"current": {"id": %q, "title": "A bridge", "html": %q, "status": "published",
		"visibility": "paid", "published_at": %q, "updated_at": %q, "post_revisions": [%s{}]}, "previous": {}}}`, postID(n), text,
		updated, updated, revisions)
}

// send sends webhooks, evenly in a time, and returns how they were answered and how long
// each answer took.
func (g *ghost) send(ctx context.Context, address string, first, n int, during time.Duration) (answers map[int]int,
	took []time.Duration, err error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 100}, Timeout: 10 * time.Second}
	defer client.CloseIdleConnections()
	answers, took = map[int]int{}, make([]time.Duration, n)
	var mu sync.Mutex
	var wait sync.WaitGroup
	tick := time.NewTicker(during / time.Duration(max(n, 1)))
	defer tick.Stop()
	for i := range n {
		<-tick.C
		wait.Go(func() {
			status, d, sendErr := post(ctx, client, address, g.webhook(first+i))
			mu.Lock()
			defer mu.Unlock()
			answers[status]++
			took[i], err = d, errors.Join(err, sendErr)
		})
	}
	wait.Wait()
	return answers, took, err
}

func post(ctx context.Context, client *http.Client, address string, body []byte) (status int, took time.Duration, err error) {
	at := strconv.FormatInt(time.Now().UnixMilli(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	mac.Write([]byte(at))
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return 0, 0, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Ghost-Signature", fmt.Sprintf("sha256=%x, t=%s", mac.Sum(nil), at))
	began := time.Now()
	response, err := client.Do(r)
	if err != nil {
		return 0, 0, err
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode, time.Since(began), err
}
