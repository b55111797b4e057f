// Package jobindex keeps the fields of all job records in memory that lists, filters,
// counts and plans need, so that none of them reads the bucket. A watch keeps it up to
// date, a moment behind the bucket: what must be exact is read from the bucket.
package jobindex

import (
	"cmp"
	"context"
	"iter"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"lector"
)

// Records are the job records. Follow calls changed with each as it stands, then
// complete, and then changed whenever one changes, and erased with the id of one that is
// gone. It returns when ctx ends, or with an error when it cannot go on.
type Records interface {
	Follow(ctx context.Context, changed func(lector.Job), erased func(id string), complete func()) error
}

// Index is the index of all jobs. Make it with New. Its methods may be called by
// many goroutines at once.
type Index struct {
	// Changed is called with the id of each job that has changed or is gone; nil: nobody
	// is. It is set before Run, and must not wait.
	Changed func(id string)
	// OnComplete is called each time when all records are in the index; nil: nobody is. It
	// is set before Run.
	OnComplete func()

	mu       sync.RWMutex
	jobs     map[string]*entry
	groups   map[Group]*waiting
	shared   map[common]*common
	complete bool
}

// New returns an empty index.
func New() *Index {
	return &Index{jobs: map[string]*entry{}, groups: map[Group]*waiting{}, shared: map[common]*common{}}
}

// Run keeps the index up to date until ctx ends. A watch that fails is started again.
func (x *Index) Run(ctx context.Context, records Records, log *slog.Logger) {
	for wait := time.Second; ctx.Err() == nil; wait = min(2*wait, 30*time.Second) {
		err := records.Follow(ctx, x.Set, x.forget, func() {
			x.setComplete(true)
			wait = time.Second
			debug.FreeOSMemory() // reading leaves several times the size of the index behind
			if x.OnComplete != nil {
				x.OnComplete()
			}
		})
		x.setComplete(false)
		if ctx.Err() != nil {
			return
		}
		log.Warn("job index: the watch ended", "error", err, "again", wait)
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

func (x *Index) setComplete(yes bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.complete = yes
}

// Complete reports whether all records are in the index.
func (x *Index) Complete() bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.complete
}

// Len returns how many jobs are in the index.
func (x *Index) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.jobs)
}

// Set puts a record into the index, in place of what it holds of the job.
func (x *Index) Set(j lector.Job) {
	defer x.report(j.ID)
	x.mu.Lock()
	defer x.mu.Unlock()
	e := newEntry(j, x.share)
	if old := x.jobs[j.ID]; old != nil {
		x.leave(old)
	}
	x.jobs[e.id()] = e
	x.enter(e)
}

// forget takes a job out of the index whose record is gone.
func (x *Index) forget(id string) {
	defer x.report(id)
	x.mu.Lock()
	defer x.mu.Unlock()
	if e := x.jobs[id]; e != nil {
		x.leave(e)
		delete(x.jobs, id)
	}
}

func (x *Index) report(id string) {
	if x.Changed != nil {
		x.Changed(id)
	}
}

// maxShared bounds how many values are kept to be shared: an event may state any
// section.
const maxShared = 10_000

// share returns the value as other entries have it.
func (x *Index) share(c common) *common {
	known, ok := x.shared[c]
	if ok {
		return known
	}
	kept := c // c itself is not moved to the heap
	if len(x.shared) < maxShared {
		x.shared[kept] = &kept
	}
	return &kept
}

// Job returns what the index holds of a job.
func (x *Index) Job(id string) (Entry, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	e, ok := x.jobs[id]
	if !ok {
		return Entry{}, false
	}
	return e.export(), true
}

// ReadyAfter returns at most n of the jobs that are ready: those with the least ids that are
// greater than id, in their order.
func (x *Index) ReadyAfter(id string, n int) (refs []lector.JobRef) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	for g, jobs := range x.groups {
		if g.State != lector.Ready {
			continue
		}
		for _, e := range *jobs {
			if e.id() > id {
				refs = keepLeast(refs, lector.JobRef{Site: e.Site, ID: e.id()}, n)
			}
		}
	}
	return refs
}

// keepLeast puts a job among the n with the least ids, which are in their order, if it is
// one of them.
func keepLeast(refs []lector.JobRef, r lector.JobRef, n int) []lector.JobRef {
	at, _ := slices.BinarySearchFunc(refs, r.ID, func(r lector.JobRef, id string) int { return cmp.Compare(r.ID, id) })
	if at == n {
		return refs
	}
	refs = slices.Insert(refs, at, r)
	return refs[:min(len(refs), n)]
}

// Find returns the number of the jobs that a filter selects, and the jobs, the last
// changed first.
func (x *Index) Find(f lector.JobFilter) (int, iter.Seq[Entry]) {
	found := x.matching(f)
	slices.SortFunc(found, byChange)
	return len(found), func(yield func(Entry) bool) {
		for _, e := range found {
			if !yield(e.export()) {
				return
			}
		}
	}
}

func (x *Index) matching(f lector.JobFilter) (found []*entry) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	for e := range x.selected(f) {
		found = append(found, e)
	}
	return found
}

// selected yields the entries that a filter selects, in no order. The caller holds the
// lock.
func (x *Index) selected(f lector.JobFilter) iter.Seq[*entry] {
	all := f == lector.JobFilter{}
	return func(yield func(*entry) bool) {
		for _, e := range x.jobs {
			if (all || f.Matches(e.job())) && !yield(e) {
				return
			}
		}
	}
}

// Select returns the number of the jobs that a filter selects, and at most limit of
// them, the last changed first, without what is not in the records. 0 is no limit.
func (x *Index) Select(f lector.JobFilter, limit int) (int, iter.Seq[lector.Job]) {
	if limit > 0 {
		total, found := x.First(f, limit)
		return total, slices.Values(found)
	}
	n, found := x.Find(f)
	return n, func(yield func(lector.Job) bool) {
		for e := range found {
			if !yield(e.Job) {
				return
			}
		}
	}
}
