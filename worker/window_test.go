package worker

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"lector"
)

// waitingAt is an event at a place in the stream, written as lane/site.
func waitingAt(sequence uint64, text string) *waitingEvent {
	lane, site, _ := strings.Cut(text, "/")
	ranks := map[string]rank{"withdrawal": withdrawalRank, "breaking": breakingRank, "normal": normalRank, "backfill": backfillRank}
	return &waitingEvent{delivery: lector.Delivery{Sequence: sequence}, rank: ranks[lane], site: strings.TrimSuffix(site, "+"), long: strings.HasSuffix(site, "+")}
}

func (w *window) sequences(s slot) (all []uint64) {
	for e := w.take(s); e != nil; e = w.take(s) {
		all = append(all, e.delivery.Sequence)
	}
	return all
}

func TestWindowOrder(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		events []string // in the order of the stream, from 1
		slot   slot
		want   []uint64
	}{
		"none":                        {nil, shortSlot, nil},
		"oldest first":                {[]string{"normal/a", "normal/a", "normal/a"}, shortSlot, []uint64{1, 2, 3}},
		"lanes strictly":              {[]string{"backfill/a", "normal/a", "breaking/a", "normal/a"}, shortSlot, []uint64{3, 2, 4, 1}},
		"sites in turn":               {[]string{"normal/a", "normal/a", "normal/a", "normal/b", "normal/c", "normal/b"}, shortSlot, []uint64{1, 4, 5, 2, 6, 3}},
		"turns are of a lane":         {[]string{"breaking/a", "normal/a", "normal/b"}, shortSlot, []uint64{1, 2, 3}},
		"a withdrawal in no other":    {[]string{"withdrawal/a", "normal/a"}, shortSlot, []uint64{2}},
		"a withdrawal in its own":     {[]string{"normal/a", "withdrawal/a", "withdrawal/b"}, withdrawalSlot, []uint64{2, 3}},
		"long ones apart":             {[]string{"normal/a+", "normal/a", "backfill/b+"}, longSlot, []uint64{1, 3}},
		"short ones pass long ones":   {[]string{"normal/a+", "normal/a", "backfill/b"}, shortSlot, []uint64{2, 3}},
		"a slot kept for the lane":    {[]string{"normal/a", "breaking/a+", "breaking/b"}, breakingSlot, []uint64{2, 3}},
		"breaking in the common ones": {[]string{"normal/a", "breaking/a"}, shortSlot, []uint64{2, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var w window
			for i, text := range test.events {
				w.add(waitingAt(uint64(i+1), text))
			}
			if n := w.count(test.slot); n != len(test.want) {
				t.Errorf("%d wait, want %d", n, len(test.want))
			}
			if got := w.sequences(test.slot); !slices.Equal(got, test.want) {
				t.Errorf("taken %v, want %v", got, test.want)
			}
		})
	}
}

// TestWindowOrderHolds: among what fits nothing of a better rank is passed over, no
// site waits for two turns of another, and of a site the oldest is taken, in whatever
// order the events came.
func TestWindowOrderHolds(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 11))
	lanes, slots := []string{"withdrawal", "breaking", "normal", "backfill"}, []slot{withdrawalSlot, breakingSlot, shortSlot, longSlot}
	for round := range 200 {
		var w window
		skipped := map[turn]map[string]bool{} // of a site that waits, those that were taken meanwhile
		for sequence := uint64(1); sequence < 150; sequence++ {
			if random.IntN(3) > 0 {
				w.add(waitingAt(random.Uint64N(1<<40), fmt.Sprintf("%s/%c%s", lanes[random.IntN(4)], 'a'+random.IntN(4), strings.Repeat("+", random.IntN(2)))))
				continue
			}
			s := slots[random.IntN(4)]
			before := slices.Clone(w.events)
			e := w.take(s)
			fit := slices.DeleteFunc(before, func(e *waitingEvent) bool { return !e.fits(s) })
			if (e == nil) != (len(fit) == 0) {
				t.Fatalf("round %d: took %v of %d", round, e, len(fit))
			}
			if e != nil {
				checkChoice(t, e, fit)
				checkTurns(t, e, fit, skipped)
			}
		}
	}
}

// checkChoice compares an event that was taken with the others that fitted.
func checkChoice(t *testing.T, e *waitingEvent, fit []*waitingEvent) {
	t.Helper()
	for _, other := range fit {
		switch {
		case other.rank < e.rank:
			t.Errorf("rank %d passed over for %d", other.rank, e.rank)
		case other.turn() == e.turn() && other.delivery.Sequence < e.delivery.Sequence:
			t.Errorf("event %d passed over for %d of the same site", other.delivery.Sequence, e.delivery.Sequence)
		}
	}
}

// checkTurns notes which sites were passed over for that of an event.
func checkTurns(t *testing.T, e *waitingEvent, fit []*waitingEvent, skipped map[turn]map[string]bool) {
	t.Helper()
	others := map[turn]bool{}
	for _, other := range fit {
		if other.rank == e.rank && other.site != e.site {
			others[other.turn()] = true
		}
	}
	for other := range others {
		if skipped[other] == nil {
			skipped[other] = map[string]bool{}
		}
		if skipped[other][e.site] {
			t.Errorf("site %s passed over for the second time for %s", other.site, e.site)
		}
		skipped[other][e.site] = true
	}
	delete(skipped, e.turn())
}

func TestWindowOverflow(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		filled string // what fills the window
		others []string
		want   string
		over   int
	}{
		"the worst lane goes":      {"backfill/a", []string{"normal/a"}, "backfill/a", 1},
		"the better lane stays":    {"normal/a", []string{"backfill/b"}, "backfill/b", 1},
		"the most numerous goes":   {"normal/a", []string{"normal/b", "normal/c"}, "normal/a", 2},
		"withdrawals stay":         {"breaking/a", []string{"withdrawal/a"}, "breaking/a", 1},
		"the newest of a site":     {"normal/a", []string{"normal/a"}, "normal/a", 1},
		"withdrawals are no bound": {"withdrawal/a", []string{"withdrawal/a"}, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var w window
			for i := range windowEvents {
				w.add(waitingAt(uint64(i+1), test.filled))
			}
			if !w.full() || w.overflow() != nil {
				t.Fatal("the window is too small or too large")
			}
			for i, text := range test.others {
				w.add(waitingAt(uint64(windowEvents+i+1), text))
			}
			over := w.overflow()
			if len(over) != test.over {
				t.Fatalf("%d too much", len(over))
			}
			for _, e := range over {
				if want := waitingAt(0, test.want); e.rank != want.rank || e.site != want.site || e.delivery.Sequence < windowEvents-1 {
					t.Errorf("gave back %d of %s in rank %d", e.delivery.Sequence, e.site, e.rank)
				}
			}
		})
	}
}

// TestWindowIsBoundedInBytes: large articles fill it before it has many events.
func TestWindowIsBoundedInBytes(t *testing.T) {
	t.Parallel()
	var w window
	for i := range 50 {
		e := waitingAt(uint64(i), "normal/a")
		e.bytes = 1 << 20
		w.add(e)
	}
	if over := w.overflow(); len(over) != 18 || w.bytes != windowBytes || over[0].delivery.Sequence != 49 {
		t.Errorf("%d over, %d bytes left", len(over), w.bytes)
	}
	if w.take(shortSlot); w.bytes != windowBytes-1<<20 || w.full() {
		t.Errorf("%d bytes after one was taken", w.bytes)
	}
}

// TestWindowRemembersNotEverySite: an event may name any site.
func TestWindowRemembersNotEverySite(t *testing.T) {
	t.Parallel()
	var w window
	for i := range 5 * turnsKept {
		w.add(waitingAt(uint64(i), fmt.Sprint("normal/", i)))
		w.take(shortSlot)
	}
	if len(w.last) > turnsKept+1 {
		t.Errorf("%d sites are remembered", len(w.last))
	}
}

func TestWindowReturnsWhatIsOld(t *testing.T) {
	t.Parallel()
	var w window
	start := time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
	for i := range 10 {
		e := waitingAt(uint64(i), "normal/a")
		e.since = start.Add(time.Duration(i) * time.Second)
		w.add(e)
	}
	old := w.removeSince(start.Add(4 * time.Second))
	if got := w.sequences(shortSlot); len(old) != 5 || !slices.Equal(got, []uint64{5, 6, 7, 8, 9}) {
		t.Errorf("%d were old, %v stayed", len(old), got)
	}
}
