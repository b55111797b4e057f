package jobindex

import (
	"container/heap"
	"time"

	"lector"
)

// Group is what jobs are counted by.
type Group struct {
	Site  string
	State lector.State
	Lane  lector.Lane
	Class lector.Class // of the error that is the reason; "" is none
}

// Count is how many jobs are in a group.
type Count struct {
	Group
	Jobs   int
	Oldest time.Time // since when the job is in it that has been there the longest
}

// waiting is a heap of the jobs of a group, the one on top that waits the longest.
type waiting []*entry

func (w waiting) Len() int           { return len(w) }
func (w waiting) Less(i, j int) bool { return w[i].waiting < w[j].waiting }
func (w waiting) Swap(i, j int) {
	w[i], w[j] = w[j], w[i]
	w[i].place, w[j].place = int32(i), int32(j)
}

// Push implements heap.Interface.
func (w *waiting) Push(e any) {
	added := e.(*entry)
	added.place = int32(len(*w))
	*w = append(*w, added)
}

// Pop implements heap.Interface.
func (w *waiting) Pop() any {
	last := len(*w) - 1
	e := (*w)[last]
	(*w)[last] = nil
	*w = (*w)[:last]
	return e
}

// enter adds a job to its group.
func (x *Index) enter(e *entry) {
	g := x.groups[e.Group]
	if g == nil {
		g = &waiting{}
		x.groups[e.Group] = g
	}
	heap.Push(g, e)
}

// leave takes a job out of its group; one that is empty is gone.
func (x *Index) leave(e *entry) {
	g := x.groups[e.Group]
	heap.Remove(g, int(e.place))
	if g.Len() == 0 {
		delete(x.groups, e.Group)
	}
}

// Counts returns how many jobs are in each group that has any. It looks at the
// groups only, however many jobs there are.
func (x *Index) Counts() []Count {
	x.mu.RLock()
	defer x.mu.RUnlock()
	all := make([]Count, 0, len(x.groups))
	for g, jobs := range x.groups {
		all = append(all, Count{g, jobs.Len(), moment((*jobs)[0].waiting)})
	}
	return all
}
