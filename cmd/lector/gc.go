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

Nothing younger than the grace time goes. It may run while lector works. A store
with a manifest that cannot be read is left as it is.`

// defaultGrace is how old a clip must be that gc removes: longer than most articles
// are edited.
const defaultGrace = 30 * 24 * time.Hour

// minGrace keeps clips whose renditions are still being made.
const minGrace = time.Hour

// gcReport is what lector gc prints.
type gcReport struct {
	Plan    bool    `json:"plan"`    // nothing was removed
	Removed int     `json:"removed"` // objects
	Found   gc.Plan `json:"found"`   // what is there
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
	p, err := gc.Find(ctx, s, time.Now().Add(-*grace))
	if err != nil {
		return fmt.Errorf("gc: %w", err)
	}
	return a.collect(ctx, s, p, gcFlags{*plan, *yes, *asJSON})
}

// gcFlags say how far gc goes.
type gcFlags struct{ plan, yes, asJSON bool }

// collect prints the plan, asks and removes.
func (a *app) collect(ctx context.Context, s gc.Store, p gc.Plan, f gcFlags) error {
	r := gcReport{Plan: f.plan, Found: p}
	if !f.asJSON {
		a.printGarbage(p)
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

func (a *app) printGarbage(p gc.Plan) {
	fmt.Fprintf(a.stdout, "%s read\n", lector.Plural(p.Renditions, "manifest"))
	for _, row := range []struct {
		what string
		gc.Tally
	}{{"clips that no rendition needs", p.Clips}, {"answers without a clip", p.Answers}, {"stay", p.Kept}} {
		fmt.Fprintf(a.stdout, "%8d  %8.1f MB  %s\n", row.Objects, megabytes(row.Bytes), row.what)
	}
}
