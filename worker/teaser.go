package worker

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"lector"
	"lector/worker/extract"
)

// withdrawPrivate ends an event of an article that is not public: its audio goes, at once,
// as with any withdrawal. Where the site reads teasers, the free part is published as an
// event of its own first, which is public and takes its turn in the queue.
func (w *Worker) withdrawPrivate(ctx context.Context, d lector.Delivery, r *record) error {
	visibility := stated(d.Event.Article.Visibility)
	reason := visibility + ": only public text is read"
	e, found, err := w.teaser(ctx, d.Event)
	if found {
		_, err = w.Teasers.PublishAfter(ctx, e, d.Sequence)
	}
	switch {
	case errors.Is(err, lector.ErrConflict): // a newer event decides, which may be the one of an earlier try
	case err != nil && !lector.IsPermanent(err):
		return errors.Join(err, w.retract(ctx, r))
	case err != nil:
		reason = fmt.Sprintf("%s, and its free part cannot be: %v", reason, err)
	case found:
		reason = visibility + ": its free part is read by an event of its own"
	}
	return w.withdraw(ctx, r, lector.Refused, reason, d.Event.Replay)
}

// stated says what an event states as its visibility.
func stated(v lector.Visibility) string {
	if v == "" {
		return "visibility is missing"
	}
	return fmt.Sprintf("visibility is %q", v)
}

// teaser returns the event of the free part of an article that is not public; found is
// false where the site reads none, or nothing can be read before the cut.
func (w *Worker) teaser(ctx context.Context, e lector.ArticleEvent) (free lector.ArticleEvent, found bool, err error) {
	published := e.Type == lector.Published || e.Type == lector.Updated
	n := w.narrator()
	if n == nil || w.Teasers == nil || !published {
		return e, false, nil
	}
	rules := n.Sites[e.Article.Site].rules()
	if !rules.Teaser {
		return e, false, nil
	}
	if e.Article, err = w.whole(ctx, e.Article); err != nil {
		return e, false, err
	}
	if !readable(e.Article, rules) {
		return e, false, nil
	}
	a := &e.Article
	a.Body.Content, _, _ = strings.Cut(a.Body.Content, extract.MembersCut)
	a.Visibility, a.Teaser = lector.Public, true
	e.ID, e.Type, e.Replay, e.Force = e.ID+"-teaser", lector.Updated, "", 0
	return e, true, nil
}

// retractPrivate takes back the audio of the whole article before its free part is read:
// the worker that should have withdrawn it may have died behind the publication.
func (w *Worker) retractPrivate(ctx context.Context, a lector.Article, r *record) error {
	whole := r.job.Rendition != "" && !r.job.Teaser
	if !a.Teaser || !whole {
		return nil
	}
	return w.retract(ctx, r)
}

// readable reports whether anything of an article can be read.
func readable(a lector.Article, r extract.Rules) bool {
	_, err := extract.Article(a, r)
	return err == nil
}
