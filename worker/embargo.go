package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lector"
)

// EmbargoGrace is how far ahead published_at may lie for an article to be public at
// once: clocks differ.
const EmbargoGrace = 5 * time.Minute

// embargo is the answer to an article that is not public yet.
type embargo struct{ until time.Time }

// Error implements error.
func (e embargo) Error() string {
	return "embargo: it becomes public at " + e.until.UTC().Format(time.RFC3339)
}

// embargoLeft returns how long an article is not public yet; 0: it is. The last
// minutes of an embargo that holds count too.
func (w *Worker) embargoLeft(a lector.Article, j lector.Job) time.Duration {
	left := a.PublishedAt.Sub(w.now())
	if left > EmbargoGrace || left > 0 && a.PublishedAt.Equal(j.PublicAt) {
		return left
	}
	return 0
}

// holdBack has an article spoken that is not public yet, and keeps it back until it
// is. Nothing of it is stored where listeners could find it: its clips lie in the
// cache, and its rendition is made when it becomes public, from them alone.
func (w *Worker) holdBack(ctx context.Context, d lector.Delivery, r *record, left time.Duration) error {
	if err := w.retract(ctx, r); err != nil {
		return err
	}
	until := embargo{d.Event.Article.PublishedAt}
	if len(r.job.Chunks) == 0 { // it is looked at again and again
		if err := w.speakAhead(ctx, d, r); err != nil {
			return err
		}
	}
	return lector.WithClass(lector.Throttled(until, left), lector.ClassEmbargo)
}

// retract takes back what was public of an article that is to become public later.
// A worker may have died in the middle of it, so the pointer counts, too.
func (w *Worker) retract(ctx context.Context, r *record) error {
	_, err := w.Store.Stat(ctx, lector.PointerKey(r.job.Site, r.job.ID))
	switch {
	case errors.Is(err, lector.ErrNotFound) && r.job.Rendition == "":
		return nil
	case err != nil && !errors.Is(err, lector.ErrNotFound):
		return err
	}
	err = r.update(ctx, func(j *lector.Job) {
		j.Rendition, j.Manifest, j.Voice, j.Fallback, j.Teaser = "", "", "", "", false
	})
	if err != nil {
		return err
	}
	if err := w.deleteAll(ctx, lector.Prefix(r.job.Site, r.job.ID)); err != nil {
		return err
	}
	return w.finish(ctx, r, "")
}

// speakAhead has an article spoken into the cache.
func (w *Worker) speakAhead(ctx context.Context, d lector.Delivery, r *record) error {
	plan, step, err := w.plan(ctx, d, r)
	if err != nil {
		return err
	}
	n, recorded, err := w.speak(ctx, r, plan, step)
	if err != nil {
		return err
	}
	<-recorded
	if err := n.awaitClips(); err != nil {
		return err
	}
	return r.update(ctx, func(j *lector.Job) { j.Chunks, j.Usage, j.Cost = n.Chunks, n.Manifest.Usage, n.Cost })
}

// finishScheduled ends an event that says when the article will appear. It is spoken
// by then, so that it can be heard at once. What has been public of it until now is
// not any more.
func (w *Worker) finishScheduled(ctx context.Context, d lector.Delivery, r *record) error {
	if err := w.retract(ctx, r); err != nil {
		return err
	}
	reason := "scheduled: it is read when it is published"
	if d.Event.Article.Body != (lector.Body{}) && w.narrator() != nil {
		err := w.speakAhead(ctx, d, r)
		switch {
		case errors.Is(err, errSuperseded), errors.Is(err, errFenced), ctx.Err() != nil:
			return err
		case err != nil:
			reason = fmt.Sprintf("scheduled: it is read when it is published, and could not be spoken ahead: %v", err)
		default:
			reason = "scheduled: it is spoken, and becomes public when it is published"
		}
	}
	if at := d.Event.Article.PublishedAt; at.After(w.now()) {
		reason += " (" + at.UTC().Format(time.RFC3339) + ")"
	}
	return w.finishWithoutAudio(ctx, r, reason)
}
