package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lector"
	"lector/infra/store/gc"
)

const gcHelp = `Removes clips that no rendition needs, and answers of voices whose clips were never
made. Clips are what is heard again for nothing when an article is edited or comes
back: one that is removed is paid again if its sentence ever returns.

  lector gc -plan                what would go
  lector gc -yes                 removes it
  lector gc -grace 2160h         only what is older than 90 days

Nothing younger than the grace time goes, nor what was made since the oldest article
that still waits for its audio was begun: its clips are paid, and needed when it goes
on. It may run while lector works. A store with a manifest that cannot be read is left
as it is.`

// defaultGrace is how old a clip must be that gc removes: longer than most articles
// are edited.
const defaultGrace = 30 * 24 * time.Hour

// minGrace keeps clips whose renditions are still being made.
const minGrace = time.Hour

// gcReport is what lector gc prints.
type gcReport struct {
	Plan    bool            `json:"plan"`    // nothing was removed
	Removed int             `json:"removed"` // objects
	Waiting waitingArticles `json:"waiting"` // whose clips stay
	Found   gc.Plan         `json:"found"`   // what is there
}

// waitingArticles are those whose work was begun and is not at its end, as where they are
// parked: no manifest names their clips yet.
type waitingArticles struct {
	Articles int       `json:"articles"`
	Since    time.Time `json:"since,omitzero"` // when the first of them was begun
}

// findWaiting reads the job records, where there are any.
func (h *resources) findWaiting(ctx context.Context) (w waitingArticles, err error) {
	records, err := h.existingRecords(ctx)
	if records == nil || err != nil {
		return w, err
	}
	for j, err := range records.Jobs(ctx) {
		if err != nil {
			return w, err
		}
		if !j.State.Terminal() {
			w.add(workBegan(j))
		}
	}
	return w, nil
}

func (w *waitingArticles) add(began time.Time) {
	if w.Articles == 0 || began.Before(w.Since) {
		w.Since = began
	}
	w.Articles++
}

// before returns from when on nothing goes: the end of the grace time, or earlier.
func (w waitingArticles) before(grace time.Time) time.Time {
	if w.Articles > 0 && w.Since.Before(grace) {
		return w.Since
	}
	return grace
}

// workBegan is when the first clip may have been made that a job needs and no manifest
// names.
func workBegan(j lector.Job) time.Time {
	if j.Rendition == "" || len(j.Attempts) == 0 {
		return j.Created
	}
	return j.Attempts[0].Started
}

func (a *app) gc(ctx context.Context, args []string) (err error) {
	fs := a.flags("gc")
	set := a.settings(fs)
	grace := fs.Duration("grace", defaultGrace, "leave what is younger than `DURATION`")
	plan := fs.Bool("plan", false, "print only what would be done")
	yes := fs.Bool("yes", false, "do not ask")
	asJSON := fs.Bool("json", false, "print JSON")
	words, err := a.parse(fs, args)
	if err != nil {
		return err
	}
	if len(words) > 0 || *grace < minGrace {
		return usageErrorf("gc wants no operands, and a -grace of an hour at least")
	}
	c, err := a.load(set)
	if err != nil {
		return err
	}
	h := a.resources(c)
	defer h.close(&err)
	s, err := h.store(ctx)
	if err != nil {
		return err
	}
	waiting, err := h.findWaiting(ctx)
	if err != nil {
		return fmt.Errorf("gc: articles that wait: %w", err)
	}
	p, err := gc.Find(ctx, s, waiting.before(time.Now().Add(-*grace)))
	if err != nil {
		return fmt.Errorf("gc: %w", err)
	}
	return a.collect(ctx, s, gcReport{Waiting: waiting, Found: p}, gcFlags{*plan, *yes, *asJSON})
}

// gcFlags say how far gc goes.
type gcFlags struct{ plan, yes, asJSON bool }

// collect prints the plan, asks and removes.
func (a *app) collect(ctx context.Context, s gc.Store, r gcReport, f gcFlags) error {
	p := r.Found
	r.Plan = f.plan
	if !f.asJSON {
		a.printGarbage(r)
	}
	idle := p.Clips.Objects+p.Answers.Objects == 0
	if !f.plan && !f.yes && !idle {
		if err := a.confirm("remove them?"); err != nil {
			return err
		}
	}
	var failure error
	if !f.plan {
		failure = p.Remove(ctx, s, func() { r.Removed++ })
	}
	switch {
	case f.asJSON:
		return errors.Join(a.printJSON(r), failure)
	case f.plan:
		fmt.Fprintln(a.stdout, "nothing was removed: this is the plan")
	default:
		fmt.Fprintf(a.stdout, "%s removed\n", lector.Plural(r.Removed, "object"))
	}
	return failure
}

func (a *app) printGarbage(r gcReport) {
	p := r.Found
	fmt.Fprintf(a.stdout, "%s read\n", lector.Plural(p.Renditions, "manifest"))
	if w := r.Waiting; w.Articles > 0 {
		fmt.Fprintf(a.stdout, "%s not at the end: what was made since %s stays\n", articlesAre(w.Articles), w.Since.Format(time.RFC3339))
	}
	for _, row := range []struct {
		what string
		gc.Tally
	}{{"clips that no rendition needs", p.Clips}, {"answers without a clip", p.Answers}, {"stay", p.Kept}} {
		fmt.Fprintf(a.stdout, "%8d  %8.1f MB  %s\n", row.Objects, megabytes(row.Bytes), row.what)
	}
}
