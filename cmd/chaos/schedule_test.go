package main

import (
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// parsed are the options of some flags.
func parsed(t *testing.T, args ...string) options {
	t.Helper()
	o, err := parseOptions(args, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// A seed says what is done, and another seed says something else.
func TestPlansAreOfTheirSeed(t *testing.T) {
	t.Parallel()
	o := parsed(t)
	plan := func(seed uint64) ([]fault, []string) {
		var events []string
		l := planLoad(seed, o.Duration, o.Articles, o.Longest)
		for _, all := range l.articles {
			for _, e := range all {
				events = append(events, e.at.String()+e.id+e.article.Fingerprint())
			}
		}
		for _, b := range l.bad {
			events = append(events, b.at.String()+b.marker+string(b.message(time.Unix(0, 0)).Data))
		}
		return planFaults(seed, o.Duration, o.Gap, o.kinds()), events
	}
	faults, events := plan(7)
	again, eventsAgain := plan(7)
	if !reflect.DeepEqual(faults, again) || !slices.Equal(events, eventsAgain) {
		t.Error("the same seed gives another plan")
	}
	if other, otherEvents := plan(8); reflect.DeepEqual(faults, other) || slices.Equal(events, otherEvents) {
		t.Error("another seed gives the same plan")
	}
}

// Ten runs of the usual length have every kind of fault, three hundred and more
// of them, and never two on one target at once.
func TestFaultsAreDealt(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {"-store", "disk"}, {"-single", "-gap", "2s"}} {
		o, counts, all := parsed(t, args...), map[string]int{}, 0
		for seed := range uint64(10) {
			busy := map[string]time.Duration{}
			for _, f := range planFaults(seed, o.Duration, o.Gap, o.kinds()) {
				if f.At < busy[f.Target] {
					t.Errorf("%v, seed %d: %s at %v, and %s is hit until %v", args, seed, f.Kind, f.At, f.Target, busy[f.Target])
				}
				busy[f.Target] = f.At + f.Lasts
				counts[f.Kind]++
				all++
			}
		}
		for _, k := range o.kinds() {
			if counts[k.name] == 0 {
				t.Errorf("%v: %s never happens", args, k.name)
			}
		}
		if all < 300 && args == nil {
			t.Errorf("%v: %d faults", args, all)
		}
	}
}

// Every article has what its events need, and each kind of life is there.
func TestLoadHasEveryLife(t *testing.T) {
	t.Parallel()
	o := parsed(t)
	l := planLoad(1, o.Duration, o.Articles, o.Longest)
	kinds := map[string]bool{}
	for _, events := range l.articles {
		var last time.Duration
		for _, e := range events {
			kinds[string(e.kind)] = true
			if e.at < last || e.article.ID == "" || !slices.Contains(siteNames, e.article.Site) {
				t.Errorf("event %+v", e)
			}
			last = e.at
		}
	}
	if len(kinds) != 4 {
		t.Errorf("kinds of events: %v", kinds)
	}
	share := 0
	for _, life := range lives() {
		share += life.share
	}
	if share != 100 {
		t.Errorf("the lives share %d of 100", share)
	}
}

func TestBadEventsBearTheirMarker(t *testing.T) {
	t.Parallel()
	for _, b := range planLoad(1, time.Minute, 1, 1).bad {
		m := b.message(time.Unix(0, 0))
		if !strings.Contains(string(m.Data), b.marker) && headerOf(m.Header, "CE-ID") != b.marker {
			t.Errorf("%s: the marker is nowhere", b.name)
		}
	}
}

func TestOptionsAreRefused(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"-store", "tape"}, {"-workers", "0"}, {"-only", "nonsense"}, {"-duration", "0s"}, {"more"}, {"-unknown"}} {
		if _, err := parseOptions(args, io.Discard); err == nil {
			t.Errorf("%v is accepted", args)
		}
	}
}

func TestFailpoints(t *testing.T) {
	t.Parallel()
	if got := (options{}).failpoint(5); got != "" {
		t.Errorf("without failpoints: %q", got)
	}
	o, seen := options{Failpoints: "kept,stored"}, map[string]bool{}
	for pick := range 16 {
		seen[o.failpoint(pick)] = true
	}
	if len(seen) != 16 || !seen["kept:1"] || !seen["stored:8"] {
		t.Errorf("%v", seen)
	}
}

// TestLoadHasAllLanes: each lane has a way of its own to the workers, so a run sends
// articles in all of them, and each of an article's events names the same.
func TestLoadHasAllLanes(t *testing.T) {
	t.Parallel()
	lanes := map[string]int{}
	for _, events := range planLoad(1, time.Minute, 10, 3).articles {
		for _, e := range events {
			m, err := e.message(noon)
			if err != nil {
				t.Fatal(err)
			}
			if lanes[m.Header.Get("ce-lane")]++; e.lane != events[0].lane {
				t.Errorf("%s changes from lane %v to %v", e.id, events[0].lane, e.lane)
			}
		}
	}
	if len(lanes) != 3 || lanes[""] == 0 || lanes["breaking"] == 0 || lanes["backfill"] == 0 {
		t.Errorf("lanes %v", lanes)
	}
}
