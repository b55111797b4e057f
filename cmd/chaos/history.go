package main

import (
	"slices"
	"sync"
	"time"

	"lector"
)

// sent is an event that the stream has confirmed.
type sent struct {
	sequence uint64
	at       time.Time // of the confirmation
	asked    time.Time // when it was first sent
	id       string
	kind     lector.EventType
	revision string
	updated  time.Time // as the CMS states it
}

// effective is when the revision was made: no revision is of the future.
func (s sent) effective() time.Time {
	if s.updated.After(s.at) {
		return s.at
	}
	return s.updated
}

// history is what a CMS has said about one article.
type history struct {
	site, article string
	sentence      string // of its first text

	mu      sync.Mutex
	events  []sent
	pending int // events that are sent and not confirmed yet
	version int // changes with each event, sent or confirmed
}

func (h *history) key() string { return lector.Key(h.site, h.article) }

// begin notes that an event is being sent.
func (h *history) begin() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.pending++
	h.version++
}

// confirm notes that the stream has it, or that it never will; then s is nil.
func (h *history) confirm(s *sent) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.pending--
	h.version++
	if s != nil {
		h.events = append(h.events, *s)
		slices.SortFunc(h.events, func(x, y sent) int { return int(x.sequence) - int(y.sequence) })
	}
}

// wanted is what listeners must find once everything is at rest.
type wanted struct {
	public   bool
	revision string    // of the newest
	since    time.Time // when the event was confirmed that decides
	asked    time.Time // when it was sent
	settled  bool      // nothing is on its way
	version  int
}

// wanted returns what the events so far amount to: a withdrawal counts by its
// place in the stream, and of revisions the newest wins.
func (h *history) wanted() wanted {
	h.mu.Lock()
	defer h.mu.Unlock()
	w := wanted{settled: h.pending == 0 && len(h.events) > 0, version: h.version}
	var newest time.Time
	for _, e := range h.events {
		switch {
		case e.kind.Withdraws():
			w.public, w.since, w.asked, newest = false, e.at, e.asked, time.Time{}
		case !w.public || !e.effective().Before(newest):
			w.public, w.revision, w.since, w.asked, newest = true, e.revision, e.at, e.asked, e.effective()
		}
	}
	return w
}

// madeAfter reports whether one revision was made after another by the CMS's own
// clock, which may go backwards between two events.
func (h *history) madeAfter(revision, other int) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	made := map[int]time.Time{}
	for _, e := range h.events {
		made[revisionNumber(e.revision)] = e.effective()
	}
	return made[revision].After(made[other])
}

// announcements is how often a revision may be announced: once for each event
// that said it anew.
func (h *history) announcements(revision string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	ids := map[string]bool{}
	for _, e := range h.events {
		if e.revision == revision {
			ids[e.id] = true
		}
	}
	return len(ids)
}

// count is how many events the stream has confirmed.
func (h *history) count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.events)
}
