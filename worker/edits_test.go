package worker

import (
	"context"
	"errors"
	"testing"
	"time"

	"lector"
)

func TestEditDelay(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	at := func(seconds int) time.Time { return noon.Add(time.Duration(seconds) * time.Second) }
	for name, test := range map[string]struct{ stored, first, now, want int }{
		"fresh":                           {0, 0, 0, 20},
		"delivered late":                  {0, 0, 15, 5},
		"over":                            {0, 0, 25, -5},
		"one of many":                     {60, 0, 60, 20},
		"the last of two minutes":         {110, 0, 110, 10},
		"of an article that never rests":  {130, 0, 130, -10},
		"redelivered after a long outage": {0, 0, 3600, -3580},
	} {
		got := editDelay(at(test.stored), at(test.first), at(test.now), 20*time.Second)
		if want := time.Duration(test.want) * time.Second; got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

// fakeEdits has one article.
type fakeEdits struct {
	first  time.Time
	newest uint64
	event  lector.ArticleEvent // the newest
}

func (f *fakeEdits) FirstWaiting(_ context.Context, _ string, at time.Time) (time.Time, error) {
	if f.first.IsZero() {
		f.first = at
	}
	return f.first, nil
}
func (f *fakeEdits) Newest(context.Context, string, string) (lector.ArticleEvent, uint64, error) {
	return f.event, f.newest, nil
}
func (f *fakeEdits) Done(context.Context, string) error { f.first = time.Time{}; return nil }

// TestEditIsNotMergedIntoAnOlderOne: of two edits the one that is newer by the CMS's
// clock came first, and is delivered behind the other, as after a failure.
func TestEditIsNotMergedIntoAnOlderOne(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		kind   lector.EventType
		at     time.Duration // the newest event's updated_at, from the delivered one's on
		place  uint64
		merged bool
	}{
		"a later one":           {lector.Updated, time.Minute, 7, true},
		"one of the same time":  {lector.Updated, 0, 7, true},
		"an older one":          {lector.Updated, -time.Hour, 7, false},
		"a withdrawal":          {lector.Unpublished, -time.Hour, 7, true},
		"itself":                {lector.Updated, 0, 5, false},
		"one that is gone":      {"", 0, 0, false},
		"one that came earlier": {lector.Updated, time.Minute, 4, false},
	} {
		e := lector.ArticleEvent{Type: test.kind, Article: lector.Article{UpdatedAt: noon.Add(test.at)}}
		w := &Worker{Edits: &fakeEdits{newest: test.place, event: e}, EditWait: 20 * time.Second, Now: func() time.Time { return noon }}
		d := lector.Delivery{Sequence: 5, Stored: noon.Add(-time.Minute), Event: lector.ArticleEvent{
			Type: lector.Updated, Article: lector.Article{Visibility: lector.Public, UpdatedAt: noon},
		}}
		err := w.awaitEdits(t.Context(), d, &record{job: lector.Job{ID: "k", Sequence: 3, State: lector.Ready}})
		if merged := errors.Is(err, errMerged); merged != test.merged || !merged && err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestEditsAreOneJob saves an article again and again: the first publish is worked on
// at once, and of the edits the last of each two minutes.
func TestEditsAreOneJob(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		every, edits int // seconds between saves, and how many there are
		want         int // jobs
	}{
		"one edit":                           {1, 1, 1},
		"twenty in twenty seconds":           {1, 20, 1},
		"slower than the wait":               {30, 4, 4},
		"a live blog for ten minutes":        {5, 120, 5},
		"a live blog, every fifteen seconds": {15, 40, 5},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
			f := &fakeEdits{}
			w := &Worker{Edits: f, EditWait: 20 * time.Second, Now: func() time.Time { return now }}
			r := &record{job: lector.Job{ID: "k", Sequence: 1, State: lector.Ready}}
			first, worked := now, 0
			waiting := map[uint64]time.Time{} // redelivered at
			stored := map[uint64]time.Time{}
			deliver := func(n uint64) {
				if n < r.job.Sequence { // stale by now
					delete(waiting, n)
					return
				}
				d := lector.Delivery{Sequence: n, Stored: stored[n]}
				d.Event.Type, d.Event.Article.Visibility = lector.Updated, lector.Public
				var fresh notYet
				err := w.awaitEdits(t.Context(), d, r)
				if errors.As(err, &fresh) {
					waiting[n] = now.Add(fresh.left)
					return
				}
				delete(waiting, n)
				if err == nil {
					worked++
					r.job.Sequence = n
				}
			}
			for s := 0; s < test.every*test.edits+200; s++ {
				now = first.Add(time.Duration(s) * time.Second)
				for n, at := range waiting {
					if !at.After(now) {
						deliver(n)
					}
				}
				if s%test.every == 0 && s/test.every < test.edits {
					f.newest = uint64(s/test.every) + 2
					stored[f.newest] = now
					deliver(f.newest)
				}
			}
			if worked != test.want || len(waiting) != 0 {
				t.Errorf("%d jobs of %d edits, want %d; %d still wait", worked, test.edits, test.want, len(waiting))
			}
		})
	}
}

func TestWhatIsNoEdit(t *testing.T) {
	t.Parallel()
	edit := lector.ArticleEvent{Type: lector.Updated, Article: lector.Article{Visibility: lector.Public}}
	known := lector.Job{Sequence: 1, State: lector.Ready}
	with := func(f func(e *lector.ArticleEvent, j *lector.Job)) bool {
		e, j := edit, known
		f(&e, &j)
		return isEdit(e, j)
	}
	if !isEdit(edit, known) {
		t.Error("an edit is none")
	}
	for name, f := range map[string]func(e *lector.ArticleEvent, j *lector.Job){
		"first publish":    func(_ *lector.ArticleEvent, j *lector.Job) { j.Sequence = 0 },
		"withdrawal":       func(e *lector.ArticleEvent, _ *lector.Job) { e.Type = lector.Unpublished },
		"replay":           func(e *lector.ArticleEvent, _ *lector.Job) { e.Replay = "r" },
		"not public now":   func(e *lector.ArticleEvent, _ *lector.Job) { e.Article.Visibility = "members" },
		"after withdrawal": func(_ *lector.ArticleEvent, j *lector.Job) { j.State = lector.Removed },
		"after a failure":  func(_ *lector.ArticleEvent, j *lector.Job) { j.State = lector.Failed },
	} {
		if with(f) {
			t.Errorf("%s waits", name)
		}
	}
}
