package main

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"lector"
	"lector/infra/limittest"
	"lector/worker"
)

// story is a short article with words of its own.
func story(site, id string) lector.Article {
	a := sampleArticle(id)
	a.Site, a.Title, a.Authors = site, "Story "+id, nil
	a.Body.Content = "<p>This is the story of number " + id + ", and of nobody else in this town.</p>"
	return a
}

// publishIn announces an article in a lane.
func (h *installation) publishIn(lane lector.Lane, a lector.Article) uint64 {
	h.t.Helper()
	e := newEvent(lector.Published, a)
	e.Lane = lane
	n, err := h.conn.Publish(h.t.Context(), e)
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

// stories returns the ids of the stories in the order in which the voice was first
// asked for their text.
func (v *silentVoice) stories() (ids []string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, text := range v.texts {
		if _, rest, ok := strings.Cut(text, "the story of number "); ok {
			id, _, _ := strings.Cut(rest, ",")
			ids = append(ids, id)
		}
	}
	return ids
}

// countingQueue counts what it hands out.
type countingQueue struct {
	worker.Queue
	handed *atomic.Int64
}

func (q countingQueue) Fetch(ctx context.Context, n int, take func(lector.Delivery)) error {
	return q.Queue.Fetch(ctx, n, func(d lector.Delivery) {
		q.handed.Add(1)
		take(d)
	})
}

// holdVoice has one article begun, whose voice waits, and returns what lets it go on.
func holdVoice(t *testing.T, h *installation, gate chan struct{}) (letGo func()) {
	t.Helper()
	h.publish(lector.Published, story(defaultSite, "first"))
	limittest.Until(t, "the first article is begun", func() bool {
		_, _, err := h.jobs.Job(t.Context(), defaultSite, lector.Key(defaultSite, "first"))
		return err == nil
	})
	return func() { close(gate) }
}

// The events come while the only slot is taken, in the worst order.
func TestLanesStrictlyAndSitesInTurn(t *testing.T) {
	t.Parallel()
	c := testConfig(t.TempDir())
	c.Sites["lima"] = siteConfig{Title: "Lima", Language: "en", SpokenDisclosure: "off"}
	gate, handed := make(chan struct{}), &atomic.Int64{}
	h := openInstallationWith(t, c, &silentVoice{gate: gate})
	frozen := time.Now() // what waits does so for as long as the test needs
	h.worker.ConcurrentJobs, h.worker.Now = 1, func() time.Time { return frozen }
	h.worker.Queue = countingQueue{h.worker.Queue, handed}
	h.start()
	letGo := holdVoice(t, h, gate)
	events := map[uint64]lector.Article{}
	for _, e := range []struct {
		lane lector.Lane
		site string
		id   string
	}{
		{lector.Backfill, defaultSite, "old1"}, {lector.Backfill, defaultSite, "old2"}, {lector.Normal, defaultSite, "new1"},
		{lector.Normal, defaultSite, "new2"}, {lector.Normal, defaultSite, "new3"}, {lector.Normal, "lima", "lima1"}, {lector.Backfill, "lima", "lima2"},
	} {
		a := story(e.site, e.id)
		events[h.publishIn(e.lane, a)] = a
	}
	limittest.Until(t, "all events are fetched", func() bool { return handed.Load() > int64(len(events)) })
	letGo()
	for n, a := range events {
		if j := h.awaitJob(a, n); j.State != lector.Ready {
			t.Errorf("%s is %s", a.ID, j.State)
		}
	}
	if got, want := h.voice.stories(), []string{"first", "lima1", "new1", "new2", "new3", "old1", "lima2", "old2"}; !slices.Equal(got, want) {
		t.Errorf("read in the order %v, want %v", got, want)
	}
}

// A breaking article is read while every slot is taken, and once, although it comes on
// two ways: by its lane, its section or one of its tags.
func TestBreakingPassesAll(t *testing.T) {
	t.Parallel()
	c := testConfig(t.TempDir())
	s := c.Sites[defaultSite]
	s.Breaking = breakingConfig{Sections: []string{"Storm Watch"}, Tags: []string{"quake"}}
	c.Sites[defaultSite] = s
	for name, mark := range map[string]func(*lector.ArticleEvent){
		"lane":    func(e *lector.ArticleEvent) { e.Lane = lector.Breaking },
		"section": func(e *lector.ArticleEvent) { e.Article.Section = "storm watch" },
		"tag":     func(e *lector.ArticleEvent) { e.Article.Tags = []string{"harbour", "Quake"} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := *c
			c.Data = t.TempDir()
			gate := make(chan struct{})
			h := openInstallationWith(t, &c, &silentVoice{gate: gate, hold: "first"})
			h.worker.ConcurrentJobs = 1
			h.start()
			letGo := holdVoice(t, h, gate)
			e := newEvent(lector.Published, story(defaultSite, "breaking"))
			mark(&e)
			n, err := h.conn.Publish(t.Context(), e)
			if err != nil {
				t.Fatal(err)
			}
			j := h.awaitJob(e.Article, n)
			letGo()
			if j.State != lector.Ready || j.Lane != lector.Breaking || len(j.Attempts) != 1 {
				t.Errorf("job %+v", j)
			}
			later := story(defaultSite, "later") // by then the event has come on both ways
			h.publishAndWait(lector.Published, later)
			if got := h.voice.stories(); !slices.Equal(got, []string{"breaking", "first", "later"}) {
				t.Errorf("read %v", got)
			}
			if got := h.announced(e.Article); len(got) != 1 {
				t.Errorf("announced %v", got)
			}
		})
	}
}
