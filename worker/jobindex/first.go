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

// latest is a heap of the entries that have changed last, the one on top that has changed
// the longest ago.
type latest []*entry

func (l latest) Len() int           { return len(l) }
func (l latest) Less(i, j int) bool { return byChange(l[i], l[j]) > 0 }
func (l latest) Swap(i, j int)      { l[i], l[j] = l[j], l[i] }

// Push implements heap.Interface.
func (l *latest) Push(e any) { *l = append(*l, e.(*entry)) }

// Pop implements heap.Interface.
func (l *latest) Pop() any {
	last := len(*l) - 1
	e := (*l)[last]
	*l = (*l)[:last]
	return e
}

// keep puts an entry among the n that have changed last, if it is one of them.
func (l *latest) keep(e *entry, n int) {
	switch {
	case len(*l) < n:
		heap.Push(l, e)
	case n > 0 && byChange(e, (*l)[0]) < 0:
		(*l)[0] = e
		heap.Fix(l, 0)
	}
}

// First returns the number of the jobs that a filter selects, and at most n of them, the
// last changed first. It sorts only those.
func (x *Index) First(f lector.JobFilter, n int) (total int, found []lector.Job) {
	last := latest{}
	x.mu.RLock()
	for e := range x.selected(f) {
		total++
		last.keep(e, n)
	}
	x.mu.RUnlock()
	slices.SortFunc(last, byChange)
	found = make([]lector.Job, len(last))
	for i, e := range last {
		found[i] = e.job()
	}
	return total, found
}
