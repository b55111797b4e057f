package worker

import (
	"context"
	"errors"
	"io"
	"iter"
	"log/slog"
	"sync"
	"time"

	"lector"
)

// Queue hands out article events. Next waits for one until ctx ends.
type Queue interface {
	Next(ctx context.Context) (lector.Delivery, error)
}

// JobStore keeps the job records. Save is a compare-and-set: it returns
// lector.ErrConflict when the record is no longer at the given version, and
// version 0 creates it.
type JobStore interface {
	Job(ctx context.Context, site, key string) (j lector.Job, version uint64, err error)
	Save(ctx context.Context, j lector.Job, version uint64) (uint64, error)
}

// Leases are exclusive rights to work on something. Hold returns lector.ErrExists when somebody
// else holds the name; the context it returns ends when the lease is lost.
type Leases interface {
	Hold(ctx context.Context, name string) (held context.Context, release func(), err error)
}

// Announcer publishes audio events. The same event announced again has no effect.
// LastAnnouncement returns the newest of an article, or lector.ErrNotFound.
type Announcer interface {
	Announce(ctx context.Context, e lector.AudioEvent) error
	LastAnnouncement(ctx context.Context, site, key string) (lector.AudioEvent, error)
}

// Eraser removes what an article's events said, up to a place in the stream.
type Eraser interface {
	Erase(ctx context.Context, site, key string, through uint64) error
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

// Progress is one step of a job, for whoever watches this process.
type Progress struct {
	Job         lector.Job
	Stage       lector.Stage
	Done, Total int // clips, in the synth stage
	Note        string
}

// Worker takes article events and processes each to its end: audio made, audio
// removed, or a recorded reason why there is none.
type Worker struct {
	Name        string
	Queue       Queue
	Withdrawals Queue  // withdrawals alone, which must not wait; nil: they stand in the queue only
	Eraser      Eraser // nil: what deleted articles said stays in the streams
	Edits       Edits  // nil: edits do not wait for further ones
	Jobs        JobStore
	Leases      Leases
	Announcer   Announcer
	Store       Store
	Narrator    *Narrator
	Addresses   lector.Addresses // where listeners find what is announced
	UsageLedger UsageLedger      // nil: a job's figures are those of its last attempt
	Log         *slog.Logger
	// ConcurrentJobs is how many articles are worked on at once.
	ConcurrentJobs int
	// EditWait is how long an edit waits for further ones.
	EditWait time.Duration
	// Heartbeat is how often the broker hears that a job is alive; it must be
	// well below the broker's acknowledgement wait.
	Heartbeat time.Duration
	// OnProgress is called at each step. It may be nil, and must return quickly.
	OnProgress func(Progress)
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// Run works until ctx ends, and returns when every event that was begun is
// acknowledged or returned to the broker.
func (w *Worker) Run(ctx context.Context) {
	var wait sync.WaitGroup
	for range max(1, w.ConcurrentJobs) {
		wait.Go(func() { w.loop(ctx, w.Queue) })
	}
	if w.Withdrawals != nil {
		for range withdrawalsAtOnce {
			wait.Go(func() { w.loop(ctx, w.Withdrawals) })
		}
	}
	wait.Wait()
}

// withdrawalsAtOnce is how many withdrawals are worked on beside the articles.
const withdrawalsAtOnce = 2

// healthyWait is how long a wait for events must have gone well for the next failure
// to be a new one.
const healthyWait = 10 * time.Second

// loop takes one event after the other. It waits the longer the more often in
// a row the broker does not answer; a heartbeat that is missed now and then
// costs a second.
func (w *Worker) loop(ctx context.Context, q Queue) {
	for wait := time.Second; ctx.Err() == nil; {
		began := time.Now()
		d, err := q.Next(ctx)
		if err == nil || time.Since(began) > healthyWait {
			wait = time.Second
		}
		switch {
		case err == nil:
			w.handle(ctx, d)
		case !errors.Is(err, context.Canceled):
			w.Log.Warn("no event could be fetched", "error", err, "again", wait)
			sleep(ctx, wait)
			wait = min(2*wait, 30*time.Second)
		}
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
