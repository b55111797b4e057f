package main

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"lector"
)

// TestSameEventTenTimesAtOnce publishes an event ten times at the same moment, and then
// its state as ten events: one rendition, one announcement, each text spoken once.
func TestSameEventTenTimesAtOnce(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{}).start()
	a := sampleArticle("1")
	e := newEvent(lector.Published, a)
	for name, id := range map[string]func(int) string{
		"one id":  func(int) string { return e.ID },
		"ten ids": func(i int) string { return e.ID + string(rune('a'+i)) },
	} {
		var wait sync.WaitGroup
		var mu sync.Mutex
		last := uint64(0)
		for i := range 10 {
			wait.Go(func() {
				copied := e
				copied.ID = id(i)
				n, err := h.conn.Publish(t.Context(), copied)
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				last = max(last, n)
				mu.Unlock()
			})
		}
		wait.Wait()
		if j := h.awaitJob(a, last); j.State != lector.Ready {
			t.Errorf("%s: job %+v", name, j)
		}
		if h.voice.calls() != len(h.voice.unique()) {
			t.Errorf("%s: %d calls for %d texts", name, h.voice.calls(), len(h.voice.unique()))
		}
		if got := h.announced(a); !slices.Equal(got, []string{lector.AudioReady}) {
			t.Errorf("%s: announced %v", name, got)
		}
	}
}

// TestWithdrawnBeforeItWasPublished: it is no failure, and what is published behind it is
// read.
func TestWithdrawnBeforeItWasPublished(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{}).start()
	for _, kind := range []lector.EventType{lector.Unpublished, lector.Deleted} {
		a := sampleArticle(string(kind))
		for range 2 {
			if j := h.publishAndWait(kind, lector.Article{Site: a.Site, ID: a.ID}); j.State != lector.Removed {
				t.Errorf("%s: job %+v", kind, j)
			}
		}
		if j := h.publishAndWait(lector.Published, a); j.State != lector.Ready || h.manifest(a).Title != a.Title {
			t.Errorf("published behind %s: %+v", kind, j)
		}
	}
}

// TestVisibilityThatNobodyKnows is not public, and the job says so.
func TestVisibilityThatNobodyKnows(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{}).start()
	a := sampleArticle("1")
	a.Visibility = "friends"
	if j := h.publishAndWait(lector.Published, a); j.State != lector.Refused || !strings.Contains(j.Reason, "friends") || h.voice.calls() != 0 {
		t.Errorf("job %+v after %d calls", j, h.voice.calls())
	}
}
