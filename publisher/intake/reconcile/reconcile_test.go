package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/time/rate"

	"lector"
	"lector/publisher/intake/reconcile"
)

// newsroom is a source, the jobs, the events and the places of one test. Its worker
// is done with an event the moment it is published.
type newsroom struct {
	articles map[string]reconcile.Item // published, by id
	gone     map[string]error          // what asking for one answers
	changed  []string                  // ids that Changed lists
	pageSize int
	lists    int // pages that were listed
	asked    int // articles that were fetched
	failAt   int // of the pages; 0 is none

	jobs   map[string]lector.Job
	newest map[string]lector.ArticleEvent
	events []lector.ArticleEvent
	idle   bool // nobody works on events
	places map[string][]byte
	writes int
}

func newNewsroom(n int) *newsroom {
	r := &newsroom{
		articles: map[string]reconcile.Item{}, gone: map[string]error{}, pageSize: 100, jobs: map[string]lector.Job{},
		newest: map[string]lector.ArticleEvent{}, places: map[string][]byte{},
	}
	for i := range n {
		r.put(fmt.Sprintf("%05d", i), "1")
	}
	return r
}

func (r *newsroom) put(id, revision string) {
	r.articles[id] = reconcile.Item{ID: id, URL: "https://paper.example/" + id, Revision: revision, PublishedAt: time.Now().Add(-time.Hour), Visibility: lector.Public}
}

// read makes audio of all that is published.
func (r *newsroom) read() {
	for _, i := range r.articles {
		r.jobs[lector.Key("s", i.ID)] = lector.Job{ID: lector.Key("s", i.ID), Site: "s", Article: i.ID, Revision: i.Revision, State: lector.Ready, Rendition: "r", Sequence: 1}
	}
}

var errSource = errors.New("the source does not answer")

func (r *newsroom) Changed(context.Context, string) ([]reconcile.Item, string, error) {
	var items []reconcile.Item
	for _, id := range r.changed {
		items = append(items, r.articles[id])
	}
	r.changed = nil
	return items, "mark", nil
}

func (r *newsroom) List(_ context.Context, place string) (items []reconcile.Item, next string, err error) {
	r.lists++
	if r.lists == r.failAt {
		return nil, "", errSource
	}
	at := 0
	_, _ = fmt.Sscan(place, &at)
	ids := slices.Sorted(maps.Keys(r.articles))
	for _, id := range ids[at:min(at+r.pageSize, len(ids))] {
		items = append(items, r.articles[id])
	}
	if at += r.pageSize; at < len(ids) {
		next = fmt.Sprint(at)
	}
	return items, next, nil
}

func (r *newsroom) Article(_ context.Context, i reconcile.Item) (lector.Article, error) {
	r.asked++
	if err := r.gone[i.ID]; err != nil {
		return lector.Article{}, err
	}
	return lector.Article{ID: i.ID, URL: i.URL, Visibility: lector.Public, Body: lector.Body{ContentType: lector.HTML, Content: "<p>Text.</p>"}}, nil
}

func (r *newsroom) Exists(_ context.Context, i reconcile.Item) error { return r.gone[i.ID] }

func (r *newsroom) Job(_ context.Context, _, key string) (lector.Job, uint64, error) {
	j, there := r.jobs[key]
	if !there {
		return j, 0, lector.ErrNotFound
	}
	return j, 1, nil
}

func (r *newsroom) Jobs(context.Context) iter.Seq2[lector.Job, error] {
	return func(yield func(lector.Job, error) bool) {
		for _, j := range r.jobs {
			if !yield(j, nil) {
				return
			}
		}
	}
}

func (r *newsroom) NewestEvent(_ context.Context, ref lector.JobRef) (lector.ArticleEvent, uint64, error) {
	e, there := r.newest[ref.ID]
	if !there {
		return e, 0, lector.ErrNotFound
	}
	return e, uint64(len(r.events)) + 1, nil
}

func (r *newsroom) Publish(_ context.Context, e lector.ArticleEvent) (uint64, error) {
	r.events = append(r.events, e)
	key := e.Article.Key()
	r.newest[key] = e
	if r.idle {
		return uint64(len(r.events)) + 1, nil
	}
	j := lector.Job{ID: key, Site: "s", Article: e.Article.ID, Revision: e.Article.Revision, State: lector.Ready, Rendition: "r", Sequence: uint64(len(r.events)) + 1}
	if e.Type.Withdraws() || e.Article.Visibility != lector.Public {
		j.State, j.Rendition = lector.Removed, ""
	}
	r.jobs[key] = j
	return j.Sequence, nil
}

func (r *newsroom) Place(_ context.Context, name string) ([]byte, error) {
	if data, there := r.places[name]; there {
		return data, nil
	}
	return nil, lector.ErrNotFound
}

func (r *newsroom) SetPlace(_ context.Context, name string, value []byte) error {
	r.writes++
	r.places[name] = value
	return nil
}

func (r *newsroom) DropPlace(_ context.Context, name string) error {
	delete(r.places, name)
	return nil
}

// process is a reconciler as a new process has it.
func (r *newsroom) process() *reconcile.Reconciler {
	return &reconcile.Reconciler{
		Site: "s", Source: r, Jobs: r, Events: r, Places: r, Log: slog.New(slog.DiscardHandler), Limit: rate.NewLimiter(rate.Inf, 1),
	}
}

// sent tells what was published, as type and id.
func (r *newsroom) sent() (all []string) {
	for _, e := range r.events {
		kind := strings.Split(string(e.Type), ".")[2]
		all = append(all, kind+" "+e.Article.ID)
	}
	slices.Sort(all)
	return all
}

func want(t *testing.T, r *newsroom, events ...string) {
	t.Helper()
	if got := r.sent(); !slices.Equal(got, events) {
		t.Errorf("published %q, want %q", got, events)
	}
	r.events = nil
}

func TestPassHeals(t *testing.T) {
	t.Parallel()
	r := newNewsroom(5)
	r.read()
	r.put("lost", "1")
	r.put("00001", "2")
	paid := r.articles["00002"]
	paid.Visibility = lector.Paid
	r.articles["00002"] = paid
	p := r.process()
	if err := p.Pass(t.Context()); err != nil {
		t.Fatal(err)
	}
	want(t, r, "published lost", "updated 00001", "updated 00002")
	if r.asked != 2 {
		t.Errorf("asked for %d articles", r.asked)
	}
	if j := r.jobs[lector.Key("s", "00002")]; j.Rendition != "" {
		t.Error("what is paid for has audio")
	}
	if err := p.Pass(t.Context()); err != nil {
		t.Fatal(err)
	}
	want(t, r)
	if got := p.Report(); got.Lacking != 0 || got.Last.Listed != 6 || got.Last.Findings[reconcile.Correct] != 5 || got.Last.Findings[reconcile.Private] != 1 {
		t.Errorf("report %+v", got)
	}
	if len(r.places) != 3 { // the summary, what is gone, and what states no date
		t.Errorf("left behind: %v", slices.Sorted(maps.Keys(r.places)))
	}
}

// TestPassGoesOn: a pass that breaks off at any page goes on there, and knows what it
// has seen before.
func TestPassGoesOn(t *testing.T) {
	t.Parallel()
	for at := range 10 {
		r := newNewsroom(1000)
		r.read()
		r.failAt = at + 1
		if err := r.process().Pass(t.Context()); !errors.Is(err, errSource) {
			t.Fatalf("page %d: %v", at, err)
		}
		p := r.process()
		if err := p.Pass(t.Context()); err != nil {
			t.Fatal(err)
		}
		if r.lists != 11 { // each page once, and the failed one twice
			t.Errorf("page %d: %d pages listed", at, r.lists)
		}
		if got := p.Report(); got.Last.Listed != 1000 || got.Last.Audio != 1000 || len(got.Gone) != 0 {
			t.Errorf("page %d: %+v", at, got)
		}
		want(t, r)
	}
}

// TestWithdrawnWhenSeenTwice: what is not listed is looked for, and what is not there
// either twice is withdrawn.
func TestWithdrawnWhenSeenTwice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newNewsroom(4)
		r.read()
		delete(r.articles, "00000") // left the feed
		delete(r.articles, "00001")
		delete(r.articles, "00002")
		r.gone["00001"], r.gone["00002"] = lector.ErrNotFound, lector.ErrNotFound
		p := r.process()
		if err := p.Pass(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := p.Poll(t.Context()); err != nil { // too soon
			t.Fatal(err)
		}
		want(t, r)
		delete(r.gone, "00002") // it was a hiccup
		time.Sleep(time.Minute)
		p = r.process() // another process knows what this one has seen
		for range 2 {
			if err := p.Poll(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		want(t, r, "unpublished 00001")
		if got := p.Report(); len(got.Gone) != 0 {
			t.Errorf("still gone: %+v", got.Gone)
		}
	})
}

// TestBrokenSiteWithdrawsNothing: a source that lists nothing and answers 404 to
// everything is broken.
func TestBrokenSiteWithdrawsNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newNewsroom(30)
		r.read()
		for id := range r.articles {
			r.gone[id] = lector.ErrNotFound
		}
		r.articles = map[string]reconcile.Item{}
		p := r.process()
		if err := p.Pass(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		if err := p.Poll(t.Context()); err != nil {
			t.Fatal(err)
		}
		want(t, r)
		if got := p.Report(); !got.Held || len(got.Gone) != 30 {
			t.Errorf("report %+v", got)
		}
		r.gone = map[string]error{} // it is well again
		if err := p.Poll(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := p.Report(); len(got.Gone) != 0 {
			t.Errorf("still gone: %d", len(got.Gone))
		}
		want(t, r)
	})
}

// TestUnreadArticle is asked for again, later and later, and counts until it is read.
func TestUnreadArticle(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newNewsroom(1)
		r.gone["00000"] = errors.New("502")
		r.changed = []string{"00000"}
		p := r.process()
		for range 60 {
			if err := p.Poll(t.Context()); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Minute)
		}
		if r.asked < 4 || r.asked > 8 {
			t.Errorf("asked %d times in an hour", r.asked)
		}
		if got := p.Report(); got.Lacking != 1 || got.Entries[0].Finding != "unread" || !strings.Contains(got.Entries[0].Reason, "502") {
			t.Errorf("report %+v", got)
		}
		if r.places["s.mark"] != nil {
			t.Error("the mark is kept: another process would not ask for it again")
		}
		delete(r.gone, "00000")
		time.Sleep(time.Hour)
		if err := p.Poll(t.Context()); err != nil {
			t.Fatal(err)
		}
		want(t, r, "published 00000")
		if err := p.Poll(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := p.Report(); got.Lacking != 0 || string(r.places["s.mark"]) != `"mark"` {
			t.Errorf("report %+v, mark %s", got, r.places["s.mark"])
		}
	})
}

// TestNothingTwice: what waits in the queue is not announced again.
func TestNothingTwice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newNewsroom(3)
		r.idle = true
		p := r.process()
		for range 5 {
			r.changed = []string{"00000", "00001"}
			if err := p.Poll(t.Context()); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Minute)
		}
		want(t, r, "published 00000", "published 00001")
		if err := r.process().Pass(t.Context()); err != nil {
			t.Fatal(err)
		}
		want(t, r, "published 00002")
	})
}

// TestDryRun publishes and keeps nothing that another process would take for done.
func TestDryRun(t *testing.T) {
	t.Parallel()
	r := newNewsroom(3)
	r.read()
	r.put("lost", "1")
	delete(r.articles, "00000")
	r.gone["00000"] = lector.ErrNotFound
	p := r.process()
	p.DryRun = true
	if err := p.Pass(t.Context()); err != nil {
		t.Fatal(err)
	}
	want(t, r)
	got := p.Report()
	if got.Lacking != 1 || got.Entries[0].ID != "lost" || got.Entries[0].Finding != reconcile.Missing || len(got.Gone) != 1 || got.Gone[0].ID != "00000" {
		t.Errorf("report %+v", got)
	}
}

// undatedRoom has articles of which nobody says when they were published.
func undatedRoom(n int) *newsroom {
	r := newNewsroom(0)
	for i := range n {
		r.putUndated(fmt.Sprintf("%05d", i))
	}
	return r
}

func (r *newsroom) putUndated(id string) {
	r.articles[id] = reconcile.Item{ID: id, URL: "https://paper.example/" + id, Revision: "1", Visibility: lector.Public}
}

// TestUndated: of articles without a date those are read that appear after all were
// compared once, also by another process; what was there before is left alone.
func TestUndated(t *testing.T) {
	t.Parallel()
	r := undatedRoom(300)
	process := func() *reconcile.Reconciler { p := r.process(); p.Backfill = time.Hour; return p }
	r.changed = []string{"00001"}
	if err := process().Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.failAt = 2 // of three pages
	if err := process().Pass(t.Context()); !errors.Is(err, errSource) {
		t.Fatal(err)
	}
	r.putUndated("00300") // before the pass has seen all
	if err := process().Pass(t.Context()); err != nil {
		t.Fatal(err)
	}
	want(t, r)
	r.putUndated("new")
	r.articles["page"] = reconcile.Item{ID: "page", URL: "https://paper.example/tags/new", Revision: "1", Visibility: lector.Public, Page: true}
	r.changed = []string{"00001", "00299", "new", "page"}
	if err := process().Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	want(t, r, "published new")
	r.putUndated("newer")
	if err := process().Pass(t.Context()); err != nil {
		t.Fatal(err)
	}
	want(t, r, "published newer")
}

// TestUndatedOfAnEarlierBuild: what the first pages of a pass have listed, which an
// earlier build has compared, is not new when the rest is done.
func TestUndatedOfAnEarlierBuild(t *testing.T) {
	t.Parallel()
	r := undatedRoom(200)
	p := r.process()
	p.Backfill = time.Hour
	r.failAt = 2
	if err := p.Pass(t.Context()); !errors.Is(err, errSource) {
		t.Fatal(err)
	}
	delete(r.places, "s.undated") // which it did not keep
	r.places["s.pass"] = []byte(strings.Replace(string(r.places["s.pass"]), `"undated":1`, `"undated":0`, 1))
	for range 3 {
		p = r.process()
		p.Backfill = time.Hour
		if err := p.Pass(t.Context()); err != nil {
			t.Fatal(err)
		}
		want(t, r)
	}
}

// TestRun: the first round compares everything, and each night again.
func TestRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newNewsroom(250)
		r.read()
		p := r.process()
		passes := 0
		p.OnPass = func(err error) {
			if passes++; err != nil {
				t.Error(err)
			}
		}
		reports := 0
		p.OnReport = func(reconcile.Report) { reports++ }
		ctx, cancel := context.WithTimeout(t.Context(), 72*time.Hour+time.Second)
		defer cancel()
		p.Run(ctx)
		if passes != 4 || r.lists != 4*3 || reports < 72*60-5 {
			t.Errorf("%d passes, %d pages, %d reports", passes, r.lists, reports)
		}
		want(t, r)
	})
}

// TestLargeArchive: the memory of a pass does not grow with what was compared, and
// its requests and writes are those of its pages.
func TestLargeArchive(t *testing.T) { //nolint:paralleltest // it measures memory
	cost := func(n int) (pages, writes int, bytes uint64) {
		r := newNewsroom(n)
		r.read()
		p := r.process()
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if err := p.Pass(t.Context()); err != nil {
			t.Fatal(err)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		want(t, r)
		if r.asked != 0 {
			t.Errorf("asked for %d articles", r.asked)
		}
		runtime.KeepAlive(p)
		return r.lists, r.writes, after.HeapAlloc - min(before.HeapAlloc, after.HeapAlloc)
	}
	pages, writes, _ := cost(1000)
	manyPages, manyWrites, grown := cost(10_000)
	if pages != 10 || manyPages != 100 || manyWrites > 10*writes {
		t.Errorf("%d and %d pages, %d and %d writes", pages, manyPages, writes, manyWrites)
	}
	if grown > 4<<20 {
		t.Errorf("%d KB stay after a pass over 10,000 articles", grown>>10)
	}
}
