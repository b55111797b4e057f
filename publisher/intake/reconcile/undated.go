package reconcile

import (
	"context"
	"slices"

	"lector"
)

// undated are the articles of a source of which nobody states a date. Those that the
// first pass lists count as old; one that appears later counts as new.
type undated struct {
	kept undatedRecord
	seen map[seenMark]bool
	same bool // as it is kept
}

// undatedRecord is undated as a place keeps it.
type undatedRecord struct {
	Complete bool   `json:"complete"` // a pass has listed all
	Marks    []byte `json:"marks"`    // of those that count as old, one behind the other
}

// maxUndated bounds the articles that are remembered. A source with more has no new ones:
// all of its undated articles count as old.
const maxUndated = 80_000

// hasNoDate reports whether nobody says when an article was published or changed.
func (i Item) hasNoDate() bool { return i.PublishedAt.IsZero() && i.UpdatedAt.IsZero() }

// isNew reports whether an article without a date appeared after the first pass. One that
// did not is remembered.
func (u *undated) isNew(key string) bool {
	m := markOf(key)
	switch {
	case u.seen[m]:
		return false
	case u.kept.Complete:
		return true
	case len(u.seen) > maxUndated:
		return false
	}
	u.seen[m] = true
	u.kept.Marks, u.same = append(u.kept.Marks, m[:]...), false
	return false
}

// complete notes that a pass has listed all articles.
func (u *undated) complete() {
	if !u.kept.Complete && len(u.seen) <= maxUndated {
		u.kept.Complete, u.same = true, false
	}
}

// loadUndated reads what an earlier process has remembered.
func (r *Reconciler) loadUndated(ctx context.Context) error {
	r.undated = undated{seen: map[seenMark]bool{}, same: true}
	if err := r.read(ctx, "undated", &r.undated.kept); err != nil {
		return err
	}
	for m := range slices.Chunk(r.undated.kept.Marks, markSize) {
		if len(m) == markSize {
			r.undated.seen[seenMark(m)] = true
		}
	}
	return nil
}

// keepUndated keeps what is remembered for the next process, when it has changed.
func (r *Reconciler) keepUndated(ctx context.Context) error {
	if r.undated.same || len(r.undated.seen) > maxUndated {
		return nil
	}
	if err := r.write(ctx, "undated", r.undated.kept); err != nil {
		return err
	}
	r.undated.same = true
	return nil
}

// appeared reports whether an article is new that nobody has announced and that states no
// date. A new page, as of a category, is none.
func (r *Reconciler) appeared(i Item) bool {
	return !i.Page && i.hasNoDate() && r.undated.isNew(lector.Key(r.Site, i.ID))
}
