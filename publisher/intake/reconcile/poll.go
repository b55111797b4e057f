package reconcile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lector"
)

// Times of the comparison.
const (
	pollInterval = time.Minute
	// goneFor is how long an article is not there before its audio is withdrawn: it is
	// seen twice.
	goneFor = time.Minute
	// passHour is when all articles are compared, in local time.
	passHour = 3
)

// Run compares until ctx ends: each minute what has changed, each night everything.
// What was interrupted goes on.
func (r *Reconciler) Run(ctx context.Context) {
	for ctx.Err() == nil {
		wait := pollInterval
		err := r.round(ctx)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			if after, throttled := lector.IsThrottled(err); throttled {
				wait = min(max(wait, after), time.Hour)
			}
			r.Log.Warn("comparison with the source ended early", "site", r.Site, "error", err, "hint", lector.HintOf(err), "again", wait)
		}
		sleep(ctx, wait)
	}
}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// round is what is done each minute.
func (r *Reconciler) round(ctx context.Context) error {
	if err := r.load(ctx); err != nil {
		return err
	}
	err := r.Poll(ctx)
	if err == nil && r.summary.Finished.Before(lastNight(r.now())) {
		err = r.Pass(ctx)
		if r.OnPass != nil && ctx.Err() == nil {
			r.OnPass(err)
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if r.OnReport != nil {
		r.OnReport(r.Report())
	}
	return errors.Join(err, r.keepLacking(ctx))
}

// lastNight is when the last pass was due.
func lastNight(now time.Time) time.Time {
	due := time.Date(now.Year(), now.Month(), now.Day(), passHour, 0, 0, 0, now.Location())
	if due.After(now) {
		due = due.AddDate(0, 0, -1)
	}
	return due
}

// Poll looks at what has changed since the last poll, at what lacked audio then, and
// at what was not there.
func (r *Reconciler) Poll(ctx context.Context) error {
	if err := r.load(ctx); err != nil {
		return err
	}
	if err := r.confirmGone(ctx); err != nil {
		return err
	}
	if err := r.Limit.Wait(ctx); err != nil {
		return err
	}
	items, next, err := r.Source.Changed(ctx, r.mark)
	if err != nil {
		return fmt.Errorf("what has changed: %w", err)
	}
	for _, i := range items {
		if _, err := r.visit(ctx, i); err != nil {
			return err
		}
	}
	if err := errors.Join(r.revisit(ctx), r.keepUndated(ctx)); err != nil {
		return err
	}
	return r.moveMark(ctx, next)
}

// moveMark goes on to the next mark. It is kept for the next process only when
// nothing is left to be asked for again.
func (r *Reconciler) moveMark(ctx context.Context, next string) error {
	r.mark = next
	for _, f := range r.failed {
		if !f.again.IsZero() {
			return nil
		}
	}
	if r.mark == r.keptMark || r.DryRun {
		return nil
	}
	r.keptMark = r.mark
	return r.write(ctx, "mark", r.mark)
}

// revisit looks again at what lacked audio, and asks again for what was not handed
// out.
func (r *Reconciler) revisit(ctx context.Context) error {
	for _, e := range r.lacking {
		if _, err := r.visit(ctx, e.item); err != nil {
			return err
		}
	}
	for _, f := range r.failed {
		if f.waits(r.now()) {
			continue
		}
		if _, err := r.visit(ctx, f.item); err != nil {
			return err
		}
	}
	return nil
}

// Where so many articles are gone at once, it is more likely that the site is broken:
// more than a fifth, and more than ten.
const (
	goneShare  = 5
	goneAtOnce = 10
)

// confirmGone withdraws what was not there and is not there again.
func (r *Reconciler) confirmGone(ctx context.Context) error {
	if r.DryRun || len(r.gone) == 0 {
		return nil
	}
	defer func() { _ = r.write(context.WithoutCancel(ctx), "gone", r.gone) }() // the next pass finds them again
	r.held = len(r.gone) > max(goneAtOnce, r.summary.Audio/goneShare)
	if r.held {
		r.Log.Error("too many articles are gone at once: none is withdrawn; check the site", "site", r.Site, "gone", len(r.gone),
			"with_audio", r.summary.Audio)
	}
	for key, s := range r.gone {
		if r.now().Sub(s.First) < goneFor {
			continue
		}
		if err := r.confirm(ctx, key, s); err != nil {
			return err
		}
	}
	return nil
}

func (r *Reconciler) confirm(ctx context.Context, key string, s sighting) error {
	if err := r.Limit.Wait(ctx); err != nil {
		return err
	}
	err := r.Source.Exists(ctx, Item{ID: s.ID, URL: s.URL})
	switch {
	case err == nil:
		delete(r.gone, key)
		return nil
	case !errors.Is(err, lector.ErrNotFound):
		return ctx.Err() // it is asked again in a minute
	case r.held:
		return nil
	}
	j, _, err := r.Jobs.Job(ctx, r.Site, key)
	if err != nil && !errors.Is(err, lector.ErrNotFound) {
		return err
	}
	if err == nil && j.Rendition != "" {
		e := lector.ArticleEvent{
			ID: fmt.Sprintf("%s-gone-%d", s.ID, j.Sequence), Source: eventSource, Type: lector.Unpublished, Time: r.now().UTC(),
			Article: lector.Article{Site: r.Site, ID: s.ID},
		}
		if _, err := r.Events.Publish(ctx, e); err != nil {
			return err
		}
		r.Log.Info("withdrawn: its page is gone", "site", r.Site, "article", s.ID, "url", s.URL)
	}
	delete(r.gone, key)
	return nil
}
