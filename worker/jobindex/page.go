package jobindex

import (
	"cmp"
	"container/heap"
	"slices"

	"lector"
)

// byChange orders entries, the last changed first.
func byChange(a, b *entry) int {
	return cmp.Or(cmp.Compare(b.changed, a.changed), cmp.Compare(a.id(), b.id()))
}

// byAge is the order the other way round.
func byAge(a, b *entry) int { return byChange(b, a) }

// nearest are those entries that come first in an order, as many as are wanted. They are a
// heap with the last of them on top.
type nearest struct {
	entries []*entry
	order   func(a, b *entry) int
}

func (l *nearest) Len() int           { return len(l.entries) }
func (l *nearest) Less(i, j int) bool { return l.order(l.entries[i], l.entries[j]) > 0 }
func (l *nearest) Swap(i, j int)      { l.entries[i], l.entries[j] = l.entries[j], l.entries[i] }

// Push implements heap.Interface.
func (l *nearest) Push(e any) { l.entries = append(l.entries, e.(*entry)) }

// Pop implements heap.Interface.
func (l *nearest) Pop() any {
	last := len(l.entries) - 1
	e := l.entries[last]
	l.entries = l.entries[:last]
	return e
}

// keep puts an entry among the first n, if it is one of them.
func (l *nearest) keep(e *entry, n int) {
	switch {
	case len(l.entries) < n:
		heap.Push(l, e)
	case n > 0 && l.order(e, l.entries[0]) < 0:
		l.entries[0] = e
		heap.Fix(l, 0)
	}
}

// First returns the number of the jobs that a filter selects, and at most n of them, the
// last changed first.
func (x *Index) First(f lector.JobFilter, n int) (total int, found []lector.Job) {
	p := x.Page(f, lector.JobRange{Limit: n})
	return p.Total, p.Jobs
}

// Page returns a part of the list of the jobs that a filter selects. It sorts only that
// part, wherever it lies.
func (x *Index) Page(f lector.JobFilter, r lector.JobRange) (p lector.JobPage) {
	l := nearest{order: byChange}
	if r.Back {
		l.order = byAge
	}
	from, beyond := placeOf(r.From), 0
	x.mu.RLock()
	for e := range x.selected(f) {
		p.Total++
		if from == nil || l.order(from, e) < 0 {
			beyond++
			l.keep(e, r.Limit)
		}
	}
	x.mu.RUnlock()
	if p.Ahead = p.Total - beyond; r.Back {
		p.Ahead = beyond - len(l.entries)
	}
	slices.SortFunc(l.entries, byChange)
	p.Jobs = make([]lector.Job, len(l.entries))
	for i, e := range l.entries {
		p.Jobs[i] = e.job()
	}
	return p
}

// placeOf is a place as an entry that stands there; nil is none.
func placeOf(p lector.JobPlace) *entry {
	if p == (lector.JobPlace{}) {
		return nil
	}
	e := &entry{changed: nanoseconds(p.Changed)}
	e.setTexts(p.ID)
	return e
}
