package worker

import (
	"context"
	"io"
	"iter"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"lector"
)

// Queue delivers article events. Fetch calls take with each as it arrives, until there
// were n, or none has arrived for some seconds, or ctx ends.
type Queue interface {
	Fetch(ctx context.Context, n int, take func(lector.Delivery)) error
}

// JobStore keeps the job records. Save is a compare-and-set: it returns
// lector.ErrConflict when the record is no longer at the given version, and
// version 0 creates it.
type JobStore interface {
	Job(ctx context.Context, site, key string) (j lector.Job, version uint64, err error)
	Save(ctx context.Context, j lector.Job, version uint64) (uint64, error)
}

// Leases are exclusive rights to work on something. Hold returns lector.ErrExists when somebody
// else holds the name; the context it returns ends when the lease is lost. Confirm returns
// nil while the lease of such a context is held, and otherwise an error.
type Leases interface {
	Hold(ctx context.Context, name string) (held context.Context, release func(), err error)
	Confirm(held context.Context) error
}

// Announcer publishes audio events. The same event announced again has no effect.
// AnnounceAfter publishes one while the newest of its article is at the given place, 0 for
// none, and returns lector.ErrConflict when that is not so. LastAnnouncement returns the
// newest of an article, or lector.ErrNotFound; of one that nobody can read its place, and a
// permanent error.
type Announcer interface {
	Announce(ctx context.Context, e lector.AudioEvent) error
	AnnounceAfter(ctx context.Context, e lector.AudioEvent, newest uint64) error
	LastAnnouncement(ctx context.Context, site, key string) (lector.AudioEvent, error)
}

// NewerEvents returns the newest event of an article with its sequence number in the
// stream, or lector.ErrNotFound where that is not greater than another. One that cannot be
// decoded is a permanent error.
type NewerEvents interface {
	NewerEvent(ctx context.Context, j lector.JobRef, than uint64) (lector.ArticleEvent, uint64, error)
}

// EventPublisher publishes an event of an article whose newest event is at the given
// sequence number; lector.ErrConflict says that it is not.
type EventPublisher interface {
	PublishAfter(ctx context.Context, e lector.ArticleEvent, newest uint64) (uint64, error)
}

// Eraser removes the content of an article's events, up to a sequence number, or of the
// event at one.
type Eraser interface {
	Erase(ctx context.Context, site, key string, through uint64) error
	EraseEvent(ctx context.Context, place uint64) error
}

// ClipRemover removes the clips of a deleted article later, but for those that another
// article needs.
type ClipRemover interface {
	RemoveClips(hashes []string)
}

// StoreReader reads the store. An absent object is lector.ErrNotFound.
type StoreReader interface {
	Open(ctx context.Context, key string) (io.ReadSeekCloser, lector.Object, error)
	Stat(ctx context.Context, key string) (lector.Object, error)
	List(ctx context.Context, prefix string) iter.Seq2[lector.Object, error]
}

// Store keeps renditions. Create is create-only and returns lector.ErrExists
// for a key that is taken; Put replaces; Delete of what is not there is nil.
type Store interface {
	StoreReader
	Create(ctx context.Context, o lector.Object, body io.ReadSeeker) error
	Put(ctx context.Context, o lector.Object, body io.ReadSeeker) error
	Delete(ctx context.Context, key string) error
}

// Progress is one step of a job, for logs and metrics.
type Progress struct {
	Job         lector.Job
	Stage       lector.Stage
	Done, Total int // clips, in the synth stage
	Note        string
	Announced   time.Time // of a job that is done and announced, when the broker stored its event
}

// Worker takes article events and processes each to its end: audio made, audio
// removed, or a recorded reason why there is none.
type Worker struct {
	Name        string
	Queue       Queue
	Urgent      Queue          // delivers only events that Narrator.Urgent reports; nil: they come by Queue alone
	Pauses      Pauses         // nil: nothing is paused
	Events      NewerEvents    // asked before a commit whether a newer event waits; nil: nobody is asked
	Eraser      Eraser         // nil: the content of deleted articles stays in the streams
	Teasers     EventPublisher // of the free parts of articles that are not public; nil: none is read
	Clips       ClipRemover    // nil: the clips of deleted articles stay in the cache
	Edits       Edits          // nil: edits do not wait for further ones
	Jobs        JobStore
	Leases      Leases
	Announcer   Announcer
	Store       Store
	Narrator    *Narrator        // what is begun is read by it, until Use names another
	Addresses   lector.Addresses // where listeners find what is announced
	UsageLedger UsageLedger      // nil: a job's figures are those of its last attempt
	Budgets     Budgets          // nil: what a lost worker had reserved counts as spent
	Log         *slog.Logger
	Tracer      *lector.Tracer // nil: nothing is recorded
	// ConcurrentJobs is how many articles of usual length are processed at once. There
	// are further slots: half as many, at least one, for long articles, one for breaking
	// news, and some for withdrawals.
	ConcurrentJobs int
	// EditWait is how long an edit waits for further ones.
	EditWait time.Duration
	// Heartbeat is how often a message in work is reported as in progress; it must be
	// well below the consumer's AckWait.
	Heartbeat time.Duration
	// OnProgress is called at each step. It may be nil, and must return quickly.
	OnProgress func(Progress)
	// Now is the clock; nil is time.Now.
	Now func() time.Time

	newer atomic.Pointer[Narrator] // in place of Narrator; nil: that holds
}

// Use has what is begun from now on be read by another narrator, as where settings have
// changed. What is under way ends with the one before.
func (w *Worker) Use(n *Narrator) { w.newer.Store(n) }

// narrator is the one that holds now; nil: there is none.
func (w *Worker) narrator() *Narrator {
	if n := w.newer.Load(); n != nil {
		return n
	}
	return w.Narrator
}

// Run works until ctx ends, and returns when every event that was begun is
// acknowledged or returned to the broker.
func (w *Worker) Run(ctx context.Context) {
	d := newDispatcher(w)
	var wait sync.WaitGroup
	wait.Go(func() { d.run(ctx) })
	for kind, n := range w.slots() {
		for range n {
			wait.Go(func() { w.work(ctx, d, kind) })
		}
	}
	wait.Wait()
}

// withdrawalsAtOnce is how many withdrawals are worked on beside the articles.
const withdrawalsAtOnce = 2

// slots returns how many events of each kind are worked on at once.
func (w *Worker) slots() map[slot]int {
	jobs := max(1, w.ConcurrentJobs)
	return map[slot]int{shortSlot: jobs, longSlot: max(1, jobs/2), breakingSlot: 1, withdrawalSlot: withdrawalsAtOnce}
}

// work is one slot: it works on one event after the other.
func (w *Worker) work(ctx context.Context, d *dispatcher, s slot) {
	for {
		e, ok := d.next(ctx, s)
		if !ok {
			return
		}
		w.handle(ctx, e)
		d.vacate(s)
	}
}

// sleep waits for d or until ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

func (w *Worker) now() time.Time {
	if w.Now != nil {
		return w.Now()
	}
	return time.Now().UTC()
}

func (w *Worker) report(p Progress) {
	if w.OnProgress != nil {
		w.OnProgress(p)
	}
}
