package worker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"lector"
)

// EventLog is the stream of article events and the consumer that delivers them.
// EventPlaces yields the places of the events after a sequence number, and from 0 on the
// newest event of each article. StoredEvent returns an event as the consumer would
// deliver it. DeadLettered reports whether an event that cannot be decoded has become a
// dead letter.
type EventLog interface {
	EventPlaces(ctx context.Context, after uint64) iter.Seq2[lector.EventPlace, error]
	QueueState(ctx context.Context) (lector.QueueState, error)
	StoredEvent(ctx context.Context, sequence uint64) (lector.Delivery, error)
	DeadLettered(ctx context.Context, p lector.EventPlace) (bool, error)
}

// EventHistory returns the sequence numbers of an article's events that are greater than
// after and at most through, in their order.
type EventHistory interface {
	ArticleEvents(ctx context.Context, site, key string, after, through uint64) ([]uint64, error)
}

// JobRecords are the records of all articles.
type JobRecords interface {
	JobStore
	Jobs(ctx context.Context) iter.Seq2[lector.Job, error]
}

// SweepLeases also report whether another worker holds a lease.
type SweepLeases interface {
	Leases
	Held(ctx context.Context, name string) (bool, error)
}

// EventTrimmer keeps the stream of article events small, of which the queue has settled all
// up to a place.
type EventTrimmer interface {
	TrimEvents(ctx context.Context, settled uint64) error
}

// trimInterval is how often the stream of article events is trimmed.
const trimInterval = time.Hour

// sweepInterval is how often a sweep runs.
const sweepInterval = time.Minute

// Sweeper checks periodically that each stored event is processed, is being processed by
// a worker that holds the article's lease, or waits in the queue. Next returns the events
// that are none of these because the queue has lost them, and the processed ones that
// were never announced. Of all workers one sweeps at a time.
type Sweeper struct {
	Events    EventLog
	History   EventHistory // nil: of an article whose events are lost only the newest is recovered
	Jobs      JobRecords
	Leases    SweepLeases
	Announcer Announcer
	Trimmer   EventTrimmer  // nil: the stream only grows
	Files     *MissingFiles // looked for behind each sweep; nil: nobody looks for them
	Log       *slog.Logger
	Interval  time.Duration // 0 is sweepInterval
	// OnFound is called once for each event that was lost or not announced, and OnSweep
	// after each sweep with its error. Both may be nil.
	OnFound func(p lector.EventPlace)
	OnSweep func(took time.Duration, err error)
	// Now is the clock; nil is time.Now.
	Now func() time.Time

	once  sync.Once
	found chan lector.Delivery
	mu    sync.Mutex
	mine  map[uint64]time.Time // when Next would return an event again that it has returned, by sequence number
	ended []uint64             // of mine, what has ended since the sweep began
}

// Run sweeps until ctx ends, while no other worker does.
func (s *Sweeper) Run(ctx context.Context) {
	s.init()
	for ; ctx.Err() == nil; sleep(ctx, s.interval()) {
		held, release, err := s.Leases.Hold(ctx, "sweep")
		if err == nil {
			s.sweepWhile(held)
			release()
		} else if !errors.Is(err, lector.ErrExists) && ctx.Err() == nil {
			s.Log.Warn("sweep not started", "error", err)
		}
	}
}

func (s *Sweeper) interval() time.Duration { return cmp.Or(s.Interval, sweepInterval) }

func (s *Sweeper) init() {
	s.once.Do(func() { s.found, s.mine = make(chan lector.Delivery), map[uint64]time.Time{} })
}

func (s *Sweeper) sweepWhile(ctx context.Context) {
	w := &watched{events: map[string]lector.EventPlace{}}
	if s.Files != nil {
		defer s.Files.stop()
	}
	for ; ctx.Err() == nil; sleep(ctx, s.interval()) {
		began := s.now()
		err := s.sweep(ctx, w)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			s.Log.Warn("sweep ended early", "error", err, "again", s.interval())
		}
		if s.OnSweep != nil {
			s.OnSweep(s.now().Sub(began), err)
		}
		s.lookForFiles(ctx)
	}
}

// lookForFiles looks at the files of some articles. What could not be looked at is looked at
// in a later round.
func (s *Sweeper) lookForFiles(ctx context.Context) {
	if s.Files == nil {
		return
	}
	if err := s.Files.look(ctx); err != nil && ctx.Err() == nil {
		s.Log.Warn("not all files of ready articles could be looked for", "error", err)
	}
}

func (s *Sweeper) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}

// watched is what a sweep leaves for the next one to look at: the newest event of
// each article that was not at rest, and up to where the events were read.
type watched struct {
	events  map[string]lector.EventPlace // by the article's key
	last    uint64
	begun   uint64 // up to where the queue had settled all when the first sweep looked
	loaded  bool
	trimmed time.Time // when the stream was trimmed last
}

// sweep looks once. The queue is asked first, then what events there are, then what
// the records say: a record is written before its event is acknowledged, so what the
// queue has settled and the record has not is lost for certain.
func (s *Sweeper) sweep(ctx context.Context, w *watched) error {
	s.forgetEnded()
	queue, err := s.Events.QueueState(ctx)
	if err != nil {
		return err
	}
	if err := s.readEvents(ctx, w); err != nil {
		return err
	}
	if !w.loaded {
		w.begun, w.loaded = queue.Settled, true
	}
	open, err := s.unsettled(ctx, w, queue)
	if err != nil {
		return err
	}
	for _, o := range s.withoutOwner(open, queue) {
		if err := s.handOut(ctx, w, o); err != nil {
			return err
		}
	}
	return s.trim(ctx, w, queue.Settled)
}

// trim trims the stream of article events from time to time.
func (s *Sweeper) trim(ctx context.Context, w *watched, settled uint64) error {
	if s.Trimmer == nil || s.now().Sub(w.trimmed) < trimInterval {
		return nil
	}
	w.trimmed = s.now()
	return s.Trimmer.TrimEvents(ctx, settled)
}

// lookedBack is how long before its first sweep a job may have come to its end for a
// sweeper to look whether that was announced, and how old an event that nobody can read
// may be for it to look for its dead letter: others have looked at those before.
const lookedBack = 24 * time.Hour

// readEvents notes the events that came since the last sweep. The first one passes
// over what the records say is at its end, and has been for long; and it notes the jobs
// that are not and whose events are not in the stream any more.
func (s *Sweeper) readEvents(ctx context.Context, w *watched) error {
	settled, eventless := map[string]uint64{}, map[string]lector.EventPlace{}
	if !w.loaded {
		for j, err := range s.Jobs.Jobs(ctx) {
			if err != nil {
				return err
			}
			if !j.State.Terminal() && j.Sequence > 0 {
				eventless[j.ID] = lector.EventPlace{Site: j.Site, Key: j.ID, Sequence: j.Sequence, Stored: j.Changed}
			}
			if j.Announced || s.now().Sub(j.Changed) >= lookedBack {
				settled[j.ID] = j.SettledThrough()
			}
		}
	}
	for p, err := range s.Events.EventPlaces(ctx, w.last) {
		if err != nil {
			return err
		}
		delete(eventless, p.Key)
		if p.Sequence > settled[p.Key] {
			w.events[p.Key] = p
		}
		w.last = max(w.last, p.Sequence)
	}
	maps.Copy(w.events, eventless)
	return nil
}

// openEvent is an event that is not at its end.
type openEvent struct {
	lector.EventPlace
	job  lector.Job // without a place: nobody has ever taken an event of the article
	seen time.Time  // when somebody was last at it
}

// unsettled reads the records of all that was handed to a worker and was not at rest.
func (s *Sweeper) unsettled(ctx context.Context, w *watched, queue lector.QueueState) (open []openEvent, err error) {
	for key, p := range w.events {
		if p.Sequence > queue.Delivered {
			continue
		}
		j, _, err := s.Jobs.Job(ctx, p.Site, key)
		if err != nil && !errors.Is(err, lector.ErrNotFound) {
			return nil, err
		}
		o := openEvent{EventPlace: p, job: j, seen: p.Stored}
		switch {
		case j.Settles(p.Sequence):
			announced, err := s.isAnnounced(ctx, p, j)
			if err != nil {
				return nil, err
			}
			if announced {
				delete(w.events, key)
				s.forget(p.Sequence)
				continue
			}
		case j.Sequence > p.Sequence: // an event that came since they were read
			continue
		case j.Ignored != nil && j.Ignored.Sequence >= p.Sequence:
			o.Sequence = j.Sequence // the one that the newer was ignored for
		}
		if j.Sequence == o.Sequence {
			o.seen = j.Changed
		}
		open = append(open, o)
	}
	return open, nil
}

// isAnnounced reports whether what became of an event that is at its end was announced,
// or is not to be.
func (s *Sweeper) isAnnounced(ctx context.Context, p lector.EventPlace, j lector.Job) (bool, error) {
	if j.Announced || j.Sequence != p.Sequence {
		return true, nil
	}
	last, err := lastAnnouncement(ctx, s.Announcer, j)
	return last.Announces(j), err
}

// withoutOwner returns the events that the queue has lost: those that it takes for
// settled, and, where more are open than the queue has, as many of the others as are
// too many. Of these it is not known which, so it is those that no worker was seen at for
// the longest time; recovering one that the queue has too costs nothing. What Next has
// returned, and is not due again, is left out.
func (s *Sweeper) withoutOwner(open []openEvent, queue lector.QueueState) (lost []openEvent) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var others []openEvent
	for _, o := range open {
		if o.seen = later(o.seen, s.mine[o.Sequence]); o.Sequence <= queue.Settled {
			lost = append(lost, o)
		} else {
			others = append(others, o)
		}
	}
	slices.SortFunc(others, func(a, b openEvent) int { return a.seen.Compare(b.seen) })
	lost = append(lost, others[:max(0, len(others)-queue.Unsettled)]...)
	now := s.now()
	return slices.DeleteFunc(lost, func(o openEvent) bool {
		return s.mine[o.Sequence].After(now) || slices.Contains(s.ended, o.Sequence)
	})
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// handOut has an event worked on that nobody has, unless somebody is at its
// article.
func (s *Sweeper) handOut(ctx context.Context, w *watched, o openEvent) error {
	if held, err := s.Leases.Held(ctx, articleLease(o.Key)); held || err != nil {
		return err
	}
	d, err := s.Events.StoredEvent(ctx, o.Sequence)
	if errors.Is(err, lector.ErrNotFound) {
		return s.giveUp(ctx, w, o)
	}
	if err != nil {
		return err
	}
	if d.Err != nil {
		if refused, err := s.refusedBefore(ctx, w, o); refused || err != nil {
			return err
		}
	}
	if err := s.offerEarlier(ctx, o); err != nil {
		return err
	}
	return s.offer(ctx, o, d)
}

// offerEarlier recovers the events before a lost one that were not processed either: by
// the CMS's clock one of them may be newer.
func (s *Sweeper) offerEarlier(ctx context.Context, o openEvent) error {
	known := o.job.Sequence
	if o.job.Ignored != nil {
		known = max(known, o.job.Ignored.Sequence)
	}
	if s.History == nil || known+1 >= o.Sequence {
		return nil
	}
	places, err := s.History.ArticleEvents(ctx, o.Site, o.Key, known, o.Sequence-1)
	for _, place := range places {
		d, err := s.Events.StoredEvent(ctx, place)
		if errors.Is(err, lector.ErrNotFound) || err == nil && d.Err != nil {
			continue
		}
		if err != nil {
			return err
		}
		earlier := o
		earlier.Sequence = place
		if err := s.offer(ctx, earlier, d); err != nil {
			return err
		}
	}
	return err
}

// offer hands a delivery out, while anybody has time for it.
func (s *Sweeper) offer(ctx context.Context, o openEvent, d lector.Delivery) error {
	s.note(o)
	d.Acknowledger = sweptEvent{d.Acknowledger, s, o.Sequence}
	busy := time.NewTimer(s.interval())
	defer busy.Stop()
	select {
	case s.found <- d:
		return nil
	case <-busy.C:
		return d.Nak(0)
	case <-ctx.Done():
		return d.Nak(0)
	}
}

// refusedBefore reports whether an event that nobody can read is where it belongs: among
// the dead letters, or it was there for long, and an operator may have dropped it.
func (s *Sweeper) refusedBefore(ctx context.Context, w *watched, o openEvent) (bool, error) {
	refused := o.Sequence <= w.begun && s.now().Sub(o.Stored) >= lookedBack
	if !refused {
		var err error
		if refused, err = s.Events.DeadLettered(ctx, o.EventPlace); err != nil {
			return false, err
		}
	}
	if refused {
		w.lookBehind(o)
	}
	return refused, nil
}

// lookBehind goes on with the event that a job is about, where a newer one is settled
// that nobody can read.
func (w *watched) lookBehind(o openEvent) {
	delete(w.events, o.Key)
	if j := o.job; j.Sequence > 0 && j.Sequence < o.Sequence && !j.State.Terminal() {
		w.events[o.Key] = lector.EventPlace{Site: o.Site, Key: o.Key, Sequence: j.Sequence, Stored: j.Changed}
	}
}

// note counts a lost event when it is found. A worker that takes it holds its article's
// lease long before Next would return it again.
func (s *Sweeper) note(o openEvent) {
	s.mu.Lock()
	_, again := s.mine[o.Sequence]
	s.mine[o.Sequence] = s.now().Add(s.interval())
	s.mu.Unlock()
	if again {
		return
	}
	text := "the queue has lost an event: it is worked on now"
	if o.job.State.Terminal() {
		text = "a job has ended without an announcement: it is announced now"
	}
	s.Log.Error(text,
		"site", o.Site, "article", cmp.Or(o.job.Article, o.Key), "sequence", o.Sequence, "state", o.job.State)
	if s.OnFound != nil {
		s.OnFound(o.EventPlace)
	}
}

// errEventGone is why a job fails whose event is not there any more.
var errEventGone = lector.Hint(lector.Permanent(errors.New("its event is not in the stream any more, and nobody has it")),
	"publish the article again")

// lostDeletion stands for a deletion that is not in the stream any more: a worker died, or
// was refused by a full disk, while it erased what the article's events said.
func lostDeletion(o openEvent) lector.Delivery {
	a := lector.Article{Site: o.Site, ID: o.job.Article}
	return lector.Delivery{
		Event: lector.ArticleEvent{ID: fmt.Sprintf("sweep-%d", o.Sequence), Source: "lector-sweep", Type: lector.Deleted,
			Time: o.Stored, Article: a},
		Sequence: o.Sequence, Stored: o.Stored, Count: 1, Acknowledger: nobody{},
	}
}

// nobody is the acknowledger of an event that is in no stream: it does nothing.
type nobody struct{}

// InProgress implements lector.Acknowledger.
func (nobody) InProgress() error { return nil }

// Ack implements lector.Acknowledger.
func (nobody) Ack(context.Context) error { return nil }

// Nak implements lector.Acknowledger.
func (nobody) Nak(time.Duration) error { return nil }

// Term implements lector.Acknowledger.
func (nobody) Term(lector.Class, string) error { return nil }

// giveUp ends a job whose event is neither with anybody nor in the stream: nothing
// would ever become of it. A deletion is worked on to its end.
func (s *Sweeper) giveUp(ctx context.Context, w *watched, o openEvent) error {
	if o.job.Sequence != o.Sequence || o.job.State.Terminal() { // erased, or pushed out by newer ones
		delete(w.events, o.Key)
		return nil
	}
	if o.job.Withdrawal == cmp.Or(o.job.Arrived, o.Sequence) {
		return s.offer(ctx, o, lostDeletion(o))
	}
	s.Log.Error("job failed: its event is gone", "site", o.Site, "article", o.job.Article, "sequence", o.Sequence)
	r := &record{jobs: s.Jobs}
	if err := r.load(ctx, lector.Article{Site: o.Site, ID: o.job.Article}); err != nil || r.job.Sequence != o.Sequence {
		return err
	}
	now := s.now().UTC()
	err := r.update(ctx, func(j *lector.Job) {
		j.State, j.Class, j.Reason, j.Changed = lector.Failed, lector.ClassStorage, reason(errEventGone), now
	})
	if err != nil {
		return err
	}
	if s.OnFound != nil {
		s.OnFound(o.EventPlace)
	}
	return s.Announcer.Announce(ctx, lector.AudioEvent{
		ID: lector.AnnouncementID(r.job, ""), Type: lector.AudioFailed, Time: now, Site: o.Site, Article: r.job.Article, Key: o.Key,
		Revision: r.job.Revision, Usage: r.job.Usage, Reason: r.job.Reason,
	})
}

// Next returns a lost event. It waits for one until ctx ends.
func (s *Sweeper) Next(ctx context.Context) (lector.Delivery, error) {
	s.init()
	select {
	case d := <-s.found:
		return d, nil
	case <-ctx.Done():
		return lector.Delivery{}, ctx.Err()
	}
}

// WorkOn processes the events that a sweeper finds, n at once and beside those of the
// queue, until ctx ends.
func (w *Worker) WorkOn(ctx context.Context, s *Sweeper, n int) {
	var wait sync.WaitGroup
	for range max(1, n) {
		wait.Go(func() {
			for d, err := s.Next(ctx); err == nil; d, err = s.Next(ctx) {
				w.handle(ctx, d)
			}
		})
	}
	wait.Wait()
}

// sweptEvent is an event that the queue does not have: the sweeper keeps when it is
// due again.
type sweptEvent struct {
	lector.Acknowledger
	sweeper  *Sweeper
	sequence uint64
}

// Ack acknowledges the event and takes it off the sweeper's list.
func (e sweptEvent) Ack(ctx context.Context) error {
	e.sweeper.end(e.sequence)
	return e.Acknowledger.Ack(ctx)
}

// Nak has the sweeper hand the event out again after d. The broker is not told.
func (e sweptEvent) Nak(d time.Duration) error {
	e.sweeper.mu.Lock()
	defer e.sweeper.mu.Unlock()
	e.sweeper.mine[e.sequence] = e.sweeper.now().Add(d)
	return nil
}

// Term ends the event as a dead letter.
func (e sweptEvent) Term(class lector.Class, reason string) error {
	err := e.Acknowledger.Term(class, reason)
	if err != nil {
		return fmt.Errorf("event %d: %w", e.sequence, errors.Join(err, e.Nak(e.sweeper.interval())))
	}
	e.sweeper.end(e.sequence)
	return nil
}

// end notes that an event has ended. The sweep that is under way may have read its record
// before, so the next one forgets it.
func (s *Sweeper) end(sequence uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = append(s.ended, sequence)
}

// forgetEnded forgets what has ended: from now on the records say so.
func (s *Sweeper) forgetEnded() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sequence := range s.ended {
		delete(s.mine, sequence)
	}
	s.ended = nil
}

func (s *Sweeper) forget(sequence uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.mine, sequence)
}
