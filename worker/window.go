package worker

import (
	"cmp"
	"time"

	"lector"
)

// rank orders events before all else: those of a lower rank are begun first.
type rank int

const (
	withdrawalRank rank = iota // takes audio away and calls no voice
	breakingRank
	normalRank
	backfillRank
)

func rankOf(l lector.Lane) rank {
	switch l {
	case lector.Breaking:
		return breakingRank
	case lector.Backfill:
		return backfillRank
	}
	return normalRank
}

// slot is a kind of place in which one event at a time is worked on.
type slot int

const (
	withdrawalSlot slot = iota // for what takes audio away
	breakingSlot               // for the breaking lane alone
	shortSlot                  // for articles that are not long
	longSlot                   // for long articles
)

// waitingEvent is an event that was fetched and is not begun.
type waitingEvent struct {
	delivery lector.Delivery
	rank     rank
	site     string
	long     bool
	bytes    int // of memory, about
	since    time.Time
}

// fits reports whether the event may be worked on in a slot of a kind.
func (e *waitingEvent) fits(s slot) bool {
	switch {
	case e.rank == withdrawalRank, s == withdrawalSlot:
		return e.rank == withdrawalRank && s == withdrawalSlot
	case s == breakingSlot:
		return e.rank == breakingRank
	}
	return e.long == (s == longSlot)
}

// turn is a site in a lane; sites take turns.
type turn struct {
	rank rank
	site string
}

func (e *waitingEvent) turn() turn { return turn{e.rank, e.site} }

// window holds the events that were fetched ahead, of which the next to be worked on
// is chosen: by rank, then of the site whose turn it is, then the oldest. It is a
// list: it is short, and what comes next depends on the slot. Not for use by several
// goroutines at once.
type window struct {
	events []*waitingEvent
	bytes  int
	begun  int          // how many events were taken
	last   map[turn]int // when a site's turn was last, counted in events taken
}

// The window is full at so many events, or so many bytes of them.
const (
	windowEvents = 200
	windowBytes  = 32 << 20
)

// turnsKept bounds how many sites are remembered: an event may name any.
const turnsKept = 1000

func (w *window) full() bool { return len(w.events) >= windowEvents || w.bytes >= windowBytes }

func (w *window) add(e *waitingEvent) {
	w.events = append(w.events, e)
	w.bytes += e.bytes
}

// count returns how many events wait that a slot of a kind may take.
func (w *window) count(s slot) (n int) {
	for _, e := range w.events {
		if e.fits(s) {
			n++
		}
	}
	return n
}

// take removes the event that a slot of a kind works on next; nil: none fits.
func (w *window) take(s slot) *waitingEvent {
	best := -1
	for i, e := range w.events {
		if e.fits(s) && (best < 0 || w.before(e, w.events[best])) {
			best = i
		}
	}
	if best < 0 {
		return nil
	}
	e := w.remove(best)
	w.begun++
	if w.last == nil || len(w.last) > turnsKept {
		w.last = map[turn]int{}
	}
	w.last[e.turn()] = w.begun
	return e
}

// before reports whether a is begun before b.
func (w *window) before(a, b *waitingEvent) bool {
	return cmp.Or(
		cmp.Compare(a.rank, b.rank),
		cmp.Compare(w.last[a.turn()], w.last[b.turn()]),
		cmp.Compare(a.delivery.Sequence, b.delivery.Sequence),
	) < 0
}

// overflow removes what is too much for the window: of the worst lane, of the site
// that has most in it, the newest. Withdrawals stay.
func (w *window) overflow() (over []*waitingEvent) {
	for len(w.events) > windowEvents || w.bytes > windowBytes {
		worst := w.worst()
		if worst < 0 {
			return over
		}
		over = append(over, w.remove(worst))
	}
	return over
}

func (w *window) worst() int {
	crowd := map[turn]int{}
	for _, e := range w.events {
		crowd[e.turn()]++
	}
	worst := -1
	for i, e := range w.events {
		if e.rank == withdrawalRank {
			continue
		}
		if worst < 0 || worse(e, w.events[worst], crowd) {
			worst = i
		}
	}
	return worst
}

func worse(a, b *waitingEvent, crowd map[turn]int) bool {
	return cmp.Or(
		cmp.Compare(a.rank, b.rank),
		cmp.Compare(crowd[a.turn()], crowd[b.turn()]),
		cmp.Compare(a.delivery.Sequence, b.delivery.Sequence),
	) > 0
}

// removeSince removes the events that have waited since a moment or longer.
func (w *window) removeSince(moment time.Time) (old []*waitingEvent) {
	for i := 0; i < len(w.events); {
		if w.events[i].since.After(moment) {
			i++
			continue
		}
		old = append(old, w.remove(i))
	}
	return old
}

// remove removes the event at a place; the last one takes the place.
func (w *window) remove(i int) *waitingEvent {
	e, end := w.events[i], len(w.events)-1
	w.events[i] = w.events[end]
	w.events[end] = nil
	w.events = w.events[:end]
	w.bytes -= e.bytes
	return e
}
