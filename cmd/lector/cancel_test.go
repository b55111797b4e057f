package main

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"lector"
	"lector/infra/limittest"
)

// jobOf reads an article's record.
func (h *installation) jobOf(a lector.Article) lector.Job {
	h.t.Helper()
	j, _, err := h.jobs.Job(h.t.Context(), a.Site, a.Key())
	if err != nil {
		h.t.Fatal(err)
	}
	return j
}

// A worker that is at the job stops, makes no further call and keeps what was spoken;
// a replay goes on from there.
func TestCancelRunning(t *testing.T) {
	t.Parallel()
	gate, heard := make(chan struct{}, 100), make(chan string, 100)
	h := openInstallation(t, t.TempDir(), &silentVoice{gate: gate, spoken: heard}).start()
	a := sampleArticle("1")
	h.publish(lector.Published, a)
	gate <- struct{}{}
	<-heard
	var j lector.Job
	if err := json.Unmarshal([]byte(h.terminal().must("cancel", "-json", "1")), &j); err != nil || j.State != lector.Cancelled {
		t.Fatalf("%+v, %v", j, err)
	}
	other := h.publish(lector.Published, story(defaultSite, "other"))
	close(gate)
	h.awaitJob(story(defaultSite, "other"), other)
	j = h.jobOf(a)
	if last := j.Attempts[len(j.Attempts)-1]; j.State != lector.Cancelled || last.Outcome != "cancelled" || last.Ended.IsZero() || len(j.Attempts) != 1 {
		t.Errorf("job %+v", j)
	}
	// A worker that learns of it when its rendition is stored takes the files away again.
	limittest.Until(t, "nothing is stored", func() bool { return len(h.files(a)) == 0 })
	if got := h.announced(a); len(got) != 0 {
		t.Errorf("announced %v", got)
	}
	if j = h.awaitJob(a, h.replay(j)); j.State != lector.Ready || j.Usage.Reused == 0 {
		t.Errorf("replayed %+v", j)
	}
	if h.voice.calls() != len(h.voice.unique()) {
		t.Errorf("%d calls for %d texts", h.voice.calls(), len(h.voice.unique()))
	}
}

// An event that no worker has seen is not begun any more, whatever id names it.
func TestCancelUnseen(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{})
	a, b := sampleArticle("1"), sampleArticle("2")
	h.publish(lector.Published, a)
	h.publish(lector.Published, b)
	c := h.terminal()
	c.must("cancel", "1")
	c.must("cancel", b.Key(), "-site", defaultSite)
	if code := c.run("cancel", "1"); code != 1 || !strings.Contains(c.err.String(), "is cancelled: there is nothing to cancel") {
		t.Errorf("again: exit code %d, %s", code, &c.err)
	}
	h.start()
	h.publishAndWait(lector.Published, story(defaultSite, "third"))
	if got := h.voice.stories(); !slices.Equal(got, []string{"third"}) || h.jobOf(a).State != lector.Cancelled || h.jobOf(b).State != lector.Cancelled {
		t.Errorf("read %v, jobs %+v, %+v", got, h.jobOf(a), h.jobOf(b))
	}
	a.UpdatedAt = a.UpdatedAt.Add(time.Hour)
	if j := h.publishAndWait(lector.Updated, a); j.State != lector.Ready {
		t.Errorf("after a new event: %+v", j)
	}
}

// What is public stays public when an edit that waits is cancelled.
func TestCancelEdit(t *testing.T) {
	t.Parallel()
	h := openInstallation(t, t.TempDir(), &silentVoice{}).start()
	a := sampleArticle("1")
	before := h.publishAndWait(lector.Published, a)
	h.terminal().must("pause", "lane", "normal")
	limittest.Until(t, "the worker knows", func() bool {
		_, paused := h.pauses.Paused(lector.PauseLane, "normal")
		return paused
	})
	edit := a
	edit.Title, edit.UpdatedAt = "The bridge is shut", a.UpdatedAt.Add(time.Hour)
	h.publish(lector.Updated, edit)
	c := h.terminal()
	if out := c.must("cancel", "1"); !strings.Contains(out, "stays so") {
		t.Errorf("said %q", out)
	}
	c.must("resume", "lane", "normal")
	h.publishAndWait(lector.Published, sampleArticle("2"))
	j := h.jobOf(a)
	if m := h.manifest(a); m.Title != a.Title || j.State != lector.Cancelled || j.Rendition != before.Rendition {
		t.Errorf("public is %q, job %+v", m.Title, j)
	}
	if j := h.publishAndWait(lector.Unpublished, lector.Article{Site: a.Site, ID: a.ID}); j.State != lector.Removed || len(h.files(a)) > 0 {
		t.Errorf("withdrawn: %+v, %v", j, h.files(a))
	}
}

func TestWhatCannotBeCancelled(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
	known := lector.Job{ID: "k", Sequence: 5, State: lector.Ready, UpdatedAt: now}
	for name, test := range map[string]struct {
		job      lector.Job
		event    lector.EventType
		at       time.Time
		sequence uint64
		want     string // of the error; empty: it is cancelled
	}{
		"nothing is known":     {lector.Job{}, "", now, 0, "nothing to cancel"},
		"ready":                {known, lector.Published, now, 5, "job k is ready"},
		"a newer event":        {known, lector.Updated, now.Add(time.Minute), 6, ""},
		"an event out of date": {known, lector.Updated, now.Add(-time.Minute), 6, "job k is ready"},
		"a withdrawal waits":   {known, lector.Unpublished, now, 6, "being withdrawn"},
		"a withdrawal runs":    {lector.Job{ID: "k", Sequence: 6, State: lector.Running}, lector.Deleted, now, 6, "being withdrawn"},
		"the event is gone":    {lector.Job{ID: "k", Sequence: 6, State: lector.Parked}, "", now, 0, ""},
	} {
		e := lector.ArticleEvent{Type: test.event, Article: lector.Article{Site: "havana", ID: "1", UpdatedAt: test.at}}
		j, err := cancelNewest(test.job, e, test.sequence, now)
		switch {
		case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s: %v", name, err)
		case test.want == "" && (err != nil || j.State != lector.Cancelled || !j.Announced || test.sequence > 0 && j.Sequence != test.sequence):
			t.Errorf("%s: %+v, %v", name, j, err)
		}
	}
}

// TestIfReadable: a running job must not go on because its article's newest event is one
// that nobody can read.
func TestIfReadable(t *testing.T) {
	t.Parallel()
	away := errors.New("no answer")
	for name, test := range map[string]struct {
		err   error
		place uint64
		want  error
	}{
		"it can be read":     {nil, 5, nil},
		"there is none":      {lector.ErrNotFound, 0, nil},
		"nobody can read it": {lector.Permanent(errors.New("no JSON")), 0, nil},
		"nobody answers":     {away, 5, away},
	} {
		if _, place, err := ifReadable(lector.ArticleEvent{ID: "e"}, 5, test.err); place != test.place || !errors.Is(err, test.want) {
			t.Errorf("%s: place %d, %v", name, place, err)
		}
	}
}
