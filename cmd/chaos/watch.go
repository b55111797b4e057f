package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"lector"
)

// watcher looks at what listeners get, again and again, while everything runs.
type watcher struct {
	public     string // address of the publisher
	histories  []*history
	violations *violations

	mu        sync.Mutex
	seen      map[string]int  // key → the newest revision that was public
	gone      map[string]bool // key → the takedown that counts was seen
	takedown  time.Duration   // the longest from a withdrawal's confirmation to its effect
	slowest   string          // the article that it was of
	takedowns int
}

func newWatcher(public string, all []*history, v *violations) *watcher {
	return &watcher{public: public, histories: all, violations: v, seen: map[string]int{}, gone: map[string]bool{}}
}

// run looks until ctx ends: at what is being withdrawn four times a second, at
// all else now and then.
func (w *watcher) run(ctx context.Context) {
	for round := 0; ctx.Err() == nil; round++ {
		for i, h := range w.histories {
			want := h.wanted()
			urgent := want.settled && !want.public && !w.isGone(h.key())
			if urgent || (round+i)%12 == 0 && want.version > 0 {
				w.look(ctx, h)
			}
		}
		if pause(ctx, 250*time.Millisecond) != nil {
			return
		}
	}
}

func (w *watcher) isGone(key string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.gone[key]
}

// look judges what the publisher says of an article, unless an event came between.
func (w *watcher) look(ctx context.Context, h *history) {
	before := h.wanted()
	p, err := fetchPointer(ctx, w.public, h)
	after := h.wanted()
	if err != nil || !before.settled || after.version != before.version {
		return
	}
	w.judge(h, before, p, time.Now())
}

// inTime is how long a takedown may take. What was on its way to the public when
// its article was withdrawn may appear and vanish again within it.
const inTime = 5 * time.Second

// judge compares what is public with what must be.
func (w *watcher) judge(h *history, want wanted, p pointer, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	key, after := h.key(), now.Sub(want.since)
	switch {
	case want.public:
		delete(w.gone, key)
		w.judgeRevision(h, p)
	case p.there && w.gone[key] && after > inTime:
		w.violations.add(resurrected, "%s %s is public again as %s, which was withdrawn and gone", h.site, h.article, p.manifest.Revision)
	case p.there:
		delete(w.gone, key)
		w.took(h, after)
	case !w.gone[key]:
		w.gone[key] = true
		w.takedowns++
		w.took(h, after)
	}
}

// took notes how long a takedown has taken so far.
func (w *watcher) took(h *history, after time.Duration) {
	if after > w.takedown {
		w.takedown, w.slowest = after, h.article
	}
}

// judgeRevision holds that no older revision follows a newer one.
func (w *watcher) judgeRevision(h *history, p pointer) {
	n := revisionNumber(p.manifest.Revision)
	if !p.there || n == 0 {
		return
	}
	if newest := w.seen[h.key()]; n < newest && !h.madeAfter(n, newest) {
		w.violations.add(backwards, "%s %s is public as r%d after r%d", h.site, h.article, n, newest)
	}
	w.seen[h.key()] = max(w.seen[h.key()], n)
}

// revisionNumber is the opposite of revisionName, or 0.
func revisionNumber(name string) (n int) {
	if _, err := fmt.Sscanf(name, "r%d", &n); err != nil {
		return 0
	}
	return n
}

// pointer is what the publisher says of an article.
type pointer struct {
	there    bool
	manifest lector.Manifest
}

// fetchPointer asks for an article's pointer. An answer that says neither that it
// is there nor that it is gone is an error.
func fetchPointer(ctx context.Context, public string, h *history) (p pointer, err error) {
	status, data, err := get(ctx, public+"/"+lector.PointerKey(h.site, h.key()))
	switch {
	case err != nil:
		return p, err
	case status == http.StatusNotFound, status == http.StatusGone:
		return p, nil
	case status != http.StatusOK:
		return p, fmt.Errorf("the publisher answers with status %d", status)
	}
	p.there = true
	return p, json.Unmarshal(data, &p.manifest)
}

// audioOf is the address of a rendition's MP3, whether its link is absolute or
// relative to the manifest.
func audioOf(public string, m lector.Manifest) string {
	name := m.Links.MP3[strings.LastIndexByte(m.Links.MP3, '/')+1:]
	return public + "/" + lector.Prefix(m.Site, m.Key) + name
}
