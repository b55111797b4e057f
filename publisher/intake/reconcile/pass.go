package reconcile

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"lector"
)

// progress is how far a pass over all articles is.
type progress struct {
	Started  time.Time       `json:"started"`
	Place    string          `json:"place"`   // of the next page of the list
	Pages    int             `json:"pages"`   // that are done
	Undated  int             `json:"undated"` // of these, those whose articles without a date are remembered
	Listed   int             `json:"listed"`
	Findings map[Finding]int `json:"findings"`
	Complete bool            `json:"complete"`        // the list is
	After    string          `json:"after,omitempty"` // the last job that was looked at because it was not in the list

	seen map[seenMark]bool
}

// seenMark is what is kept of an article that a pass has seen.
type seenMark [markSize]byte

const markSize = 8

func markOf(key string) seenMark {
	sum := sha256.Sum256([]byte(key))
	return seenMark(sum[:markSize])
}

func (p *progress) see(marks []byte) {
	for m := range slices.Chunk(marks, markSize) {
		if len(m) == markSize {
			p.seen[seenMark(m)] = true
		}
	}
}

func pageName(n int) string { return fmt.Sprintf("page.%d", n) }

// Pass compares all articles with their audio, and looks at the audio of which the
// source lists no article. Where an earlier one was broken off it goes on there.
func (r *Reconciler) Pass(ctx context.Context) error {
	if err := r.load(ctx); err != nil {
		return err
	}
	p, err := r.resume(ctx)
	if err != nil {
		return err
	}
	for !p.Complete {
		if err := r.page(ctx, p); err != nil {
			return err
		}
	}
	if p.Undated == p.Pages { // else an earlier build has begun the pass
		r.undated.complete()
	}
	audio, err := r.leftOver(ctx, p)
	if err != nil {
		return err
	}
	if err := r.keepUndated(ctx); err != nil {
		return err
	}
	r.summary = Summary{Finished: r.now(), Listed: p.Listed, Findings: p.Findings, Audio: audio}
	if err := r.write(ctx, "summary", r.summary); err != nil {
		return err
	}
	return r.forget(ctx, p)
}

// resume reads how far an earlier pass has come, and begins one where there is none.
func (r *Reconciler) resume(ctx context.Context) (*progress, error) {
	p := &progress{Started: r.now(), Findings: map[Finding]int{}, seen: map[seenMark]bool{}}
	if err := r.read(ctx, "pass", p); err != nil {
		return nil, err
	}
	for n := range p.Pages {
		var seen []byte // the marks, one behind the other
		if err := r.read(ctx, pageName(n), &seen); err != nil {
			return nil, err
		}
		p.see(seen)
	}
	return p, nil
}

// page compares one page of the list.
func (r *Reconciler) page(ctx context.Context, p *progress) error {
	if err := r.Limit.Wait(ctx); err != nil {
		return err
	}
	items, next, err := r.Source.List(ctx, p.Place)
	if err != nil {
		return fmt.Errorf("all articles: %w", err)
	}
	seen, findings := make([]byte, 0, markSize*len(items)), map[Finding]int{}
	for _, i := range items {
		found, err := r.visit(ctx, i)
		if err != nil {
			return err
		}
		findings[found]++
		m := markOf(lector.Key(r.Site, i.ID))
		seen = append(seen, m[:]...)
	}
	p.see(seen)
	for f, n := range findings {
		p.Findings[f] += n
	}
	if err := errors.Join(r.keepUndated(ctx), r.write(ctx, pageName(p.Pages), seen)); err != nil {
		return err
	}
	p.Undated++
	p.Pages, p.Listed, p.Place, p.Complete = p.Pages+1, p.Listed+len(items), next, next == ""
	return r.write(ctx, "pass", p)
}

// saveEach is after how many looks at left-over audio the place is kept.
const saveEach = 50

// leftOver looks whether the articles are still there that have audio and were not
// listed, and returns how many articles have audio.
func (r *Reconciler) leftOver(ctx context.Context, p *progress) (audio int, err error) {
	var unlisted []lector.JobRef
	articles := map[string]string{}
	for j, err := range r.Jobs.Jobs(ctx) {
		switch {
		case err != nil:
			return 0, err
		case j.Site != r.Site || j.Rendition == "":
			continue
		}
		if audio++; !p.seen[markOf(j.ID)] {
			unlisted = append(unlisted, lector.JobRef{Site: j.Site, ID: j.ID})
			articles[j.ID] = j.Article
		}
	}
	slices.SortFunc(unlisted, func(a, b lector.JobRef) int { return cmp.Compare(a.ID, b.ID) })
	looked := 0
	for _, ref := range unlisted {
		if ref.ID <= p.After {
			continue
		}
		if err := r.leftOverArticle(ctx, ref, articles[ref.ID]); err != nil {
			return audio, err
		}
		p.After = ref.ID
		if looked++; looked%saveEach == 0 {
			if err := errors.Join(r.write(ctx, "pass", p), r.write(ctx, "gone", r.gone)); err != nil {
				return audio, err
			}
		}
	}
	return audio, r.write(ctx, "gone", r.gone)
}

// leftOverArticle looks at one that has audio and was not listed.
func (r *Reconciler) leftOverArticle(ctx context.Context, ref lector.JobRef, article string) error {
	e, _, err := r.Events.NewestEvent(ctx, ref)
	if err != nil && !errors.Is(err, lector.ErrNotFound) {
		return err
	}
	if err := r.Limit.Wait(ctx); err != nil {
		return err
	}
	i := Item{ID: article, URL: e.Article.URL}
	err = r.Source.Exists(ctx, i)
	if _, throttled := lector.IsThrottled(err); throttled || ctx.Err() != nil {
		return cmp.Or(ctx.Err(), err)
	}
	switch {
	case errors.Is(err, lector.ErrNotFound):
		r.missed(ref.ID, i)
	case err != nil:
		r.Log.Warn("not known whether the article is there", "site", r.Site, "article", article, "error", err)
	default:
		delete(r.gone, ref.ID)
	}
	return nil
}

// forget drops the places of a pass that is over.
func (r *Reconciler) forget(ctx context.Context, p *progress) error {
	names := []string{"pass"}
	for n := range p.Pages {
		names = append(names, pageName(n))
	}
	for _, name := range names {
		if err := r.Places.DropPlace(ctx, r.Site+"."+name); err != nil {
			return err
		}
	}
	maps.DeleteFunc(r.failed, func(_ string, f failure) bool { return f.again.IsZero() })
	return nil
}
