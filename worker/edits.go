package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lector"
)

// Edits says which edits of an article wait, over all workers. FirstWaiting returns
// when the first edit since the last one that was worked on arrived; it is at,
// unless one waits already. Newest returns the article's newest event in the stream and
// its place, 0 when there is none that can be read. Done ends the waiting.
type Edits interface {
	FirstWaiting(ctx context.Context, key string, at time.Time) (time.Time, error)
	Newest(ctx context.Context, site, key string) (lector.ArticleEvent, uint64, error)
	Done(ctx context.Context, key string) error
}

// MaxEditWait bounds the waiting of an article that is edited again and again, as a
// live blog is.
const MaxEditWait = 2 * time.Minute

// notYet is the answer to an event that comes again after a while, without a trace
// in the record.
type notYet struct {
	left time.Duration
	why  string
}

// Error says for how long the event waits, and why.
func (e notYet) Error() string {
	return fmt.Sprintf("waits %v %s", e.left.Round(time.Millisecond), e.why)
}

// errMerged is the answer to an edit that was followed by another while it waited.
var errMerged = errors.New("a later edit stands for this one")

// awaitEdits returns nil when the event may be worked on. What is not known yet and
// what is not public is worked on at once, like a withdrawal and a replay.
func (w *Worker) awaitEdits(ctx context.Context, d lector.Delivery, r *record) error {
	canWait := isEdit(d.Event, r.job) && !w.comesOut(d.Event.Article, r.job)
	if w.Edits == nil || w.EditWait <= 0 || !canWait {
		return nil
	}
	first, err := w.Edits.FirstWaiting(ctx, r.job.ID, d.Stored)
	if err != nil {
		return err
	}
	if left := editDelay(d.Stored, first, w.now(), w.EditWait); left > 0 {
		return notYet{left, "for further edits"}
	}
	newest, place, err := w.Edits.Newest(ctx, r.job.Site, r.job.ID)
	if err != nil {
		return err
	}
	if outweighs(newest, place, d) {
		return errMerged
	}
	return w.Edits.Done(ctx, r.job.ID)
}

// comesOut reports whether an event makes an article public that was kept back until
// now.
func (w *Worker) comesOut(a lector.Article, j lector.Job) bool {
	return !j.PublicAt.IsZero() && w.embargoLeft(a, j) == 0
}

// outweighs reports whether an event further on in the stream wins over a delivered
// one. One that is older by the CMS's clock does not: it would be ignored, and the
// delivered one lost.
func outweighs(e lector.ArticleEvent, place uint64, d lector.Delivery) bool {
	delivered := lector.Job{Sequence: d.Sequence, Arrived: d.Event.Arrived, UpdatedAt: d.Event.Article.UpdatedAt}
	return place > d.Sequence && delivered.Disposition(e, place) == lector.Due
}

// isEdit reports whether an event changes an article that has audio or is getting
// it.
func isEdit(e lector.ArticleEvent, j lector.Job) bool {
	if e.Replay != "" || e.Article.Visibility != lector.Public {
		return false
	}
	published := e.Type == lector.Published || e.Type == lector.Updated
	return published && j.Sequence != 0 && !withoutAudio(j.State)
}

// withoutAudio reports whether a job ended without audio: the next event is like
// the first.
func withoutAudio(s lector.State) bool { return s.Terminal() && s != lector.Ready }

// editDelay is how long an edit waits from now on: until some time after it was
// stored, but not for ever after the first of a row.
func editDelay(stored, first, now time.Time, wait time.Duration) time.Duration {
	until := stored.Add(wait)
	if last := first.Add(MaxEditWait); last.Before(until) {
		until = last
	}
	return until.Sub(now)
}
