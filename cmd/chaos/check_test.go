package main

import (
	"strings"
	"testing"
	"time"

	"lector"

	"github.com/nats-io/nats.go"
)

var noon = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// said is a history of events a second apart.
func said(article string, events ...sent) *history {
	h := &history{site: "alpha", article: article}
	for i, e := range events {
		e.sequence, e.at = uint64(i+1), noon.Add(time.Duration(i)*time.Second)
		if e.updated.IsZero() {
			e.updated = e.at
		}
		h.begin()
		h.confirm(&e)
	}
	return h
}

func published(revision string) sent {
	return sent{id: "event-" + revision, kind: lector.Published, revision: revision}
}

func updatedAt(revision string, at time.Time) sent {
	e := published(revision)
	e.updated = at
	return e
}

var withdrawn = sent{kind: lector.Unpublished}

func TestWanted(t *testing.T) {
	t.Parallel()
	hour := time.Hour
	for name, c := range map[string]struct {
		events []sent
		public string
	}{
		"published":                          {[]sent{published("r1")}, "r1"},
		"edited":                             {[]sent{published("r1"), published("r2")}, "r2"},
		"withdrawn":                          {[]sent{published("r1"), withdrawn}, ""},
		"withdrawn, the clock an hour ahead": {[]sent{updatedAt("r1", noon.Add(hour)), withdrawn}, ""},
		"edited, the clock an hour ahead":    {[]sent{updatedAt("r1", noon.Add(hour)), published("r2")}, "r2"},
		"edited, the clock an hour behind":   {[]sent{published("r1"), updatedAt("r2", noon.Add(-hour))}, "r1"},
		"published again":                    {[]sent{published("r1"), withdrawn, published("r2")}, "r2"},
		"withdrawn before it was published":  {[]sent{withdrawn, published("r1")}, "r1"},
	} {
		got := said("1", c.events...).wanted()
		if got.public != (c.public != "") || got.public && got.revision != c.public || !got.settled {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestUnconfirmedIsNotSettled(t *testing.T) {
	t.Parallel()
	h := said("1", published("r1"))
	before := h.wanted()
	h.begin()
	if now := h.wanted(); now.settled || now.version == before.version {
		t.Errorf("%+v after %+v", now, before)
	}
	h.confirm(nil)
	if now := h.wanted(); !now.settled || now.revision != "r1" {
		t.Errorf("what the stream has not taken counts: %+v", now)
	}
}

// allWell is evidence without a violation: one article that is public in its
// second revision, one that is withdrawn, and a bad event.
func allWell() evidence {
	here, gone := said("here", published("r1"), published("r2")), said("gone", published("r1"), withdrawn)
	manifest := lector.Manifest{Site: "alpha", Key: here.key(), Revision: "r2", Hash: "h2"}
	return evidence{
		histories: []*history{here, gone},
		jobs: map[string]job{
			here.key(): {ID: here.key(), State: lector.Ready, Rendition: "h2"},
			gone.key(): {ID: gone.key(), State: lector.Removed},
		},
		public: map[string]rendition{here.key(): {pointer: pointer{true, manifest}}, gone.key(): {}},
		ready: []ready{
			{here.key(), "1", "r1", "h1.mp3", noon.Add(time.Second)}, {here.key(), "2", "r2", "h2.mp3", noon.Add(4 * time.Second)},
			{gone.key(), "3", "r1", "h3.mp3", noon},
		},
		letters: []stored{{header: nats.Header{"CE-Id": {"bad-1-0"}}}},
		bad:     []badEvent{{name: "no JSON", marker: "bad-1-0", site: "alpha", article: "bad-1-0"}},
		refused: map[string]bool{},
		meter:   bill{Answered: 100, Spoiled: 5, Lost: 10, Unique: 100},
		ledger:  usage{Billed: 100, Unknown: 10},
		most:    115,
	}
}

func TestCheckFindsNothing(t *testing.T) {
	t.Parallel()
	v := &violations{}
	allWell().check(v)
	if found := v.list(); len(found) > 0 {
		t.Errorf("found %+v", found)
	}
	if wait, article := allWell().longestWait(); wait != 3 || article != "here" {
		t.Errorf("longest wait: %v s for %q", wait, article)
	}
}

// Each violation that is planted is found, by its kind and no other.
func TestCheckFindsWhatIsPlanted(t *testing.T) {
	t.Parallel()
	here, gone := lector.Key("alpha", "here"), lector.Key("alpha", "gone")
	change := func(e evidence, key string, do func(*job)) {
		j := e.jobs[key]
		do(&j)
		e.jobs[key] = j
	}
	for kind, plants := range map[string]map[string]func(*evidence){
		notPublic: {
			"no audio": func(e *evidence) { e.public[here] = rendition{} },
			"given up, and two of its workers died by themselves": func(e *evidence) {
				poison(e, here)
				e.struck = map[int]bool{11: true}
			},
		},
		stillPublic: {
			"audio of a withdrawn article": func(e *evidence) { r := e.public[here]; r.manifest.Hash = ""; e.public[gone] = r },
			"given up as poison at its withdrawal": func(e *evidence) {
				poison(e, gone)
				e.struck = map[int]bool{11: true, 12: true, 13: true}
				e.public[gone] = rendition{pointer: pointer{there: true}}
			},
		},
		oldRevision: {"an older one": func(e *evidence) { r := e.public[here]; r.manifest.Revision = "r1"; e.public[here] = r }},
		noRecord:    {"no job": func(e *evidence) { delete(e.jobs, gone) }},
		atNoRest: {
			"runs on": func(e *evidence) { change(*e, gone, func(j *job) { j.State = lector.Running }) },
			"parked":  func(e *evidence) { change(*e, gone, func(j *job) { j.State = lector.Parked }) },
		},
		wrongBytes: {
			"another sum":       func(e *evidence) { r := e.public[here]; r.fault = "another SHA-256"; e.public[here] = r },
			"another rendition": func(e *evidence) { change(*e, here, func(j *job) { j.Rendition = "h1" }) },
		},
		announcement: {
			"none":                       func(e *evidence) { e.ready = e.ready[:1] },
			"the same event twice":       func(e *evidence) { e.ready[2] = e.ready[0]; e.ready[2].revision = "r2" },
			"late":                       func(e *evidence) { e.last = map[string]string{gone: lector.AudioReady, here: lector.AudioReady} },
			"two events of one revision": func(e *evidence) { e.ready = append(e.ready, ready{here, "4", "r2", "h2.mp3", noon}) },
		},
		lostPayment: {
			"less than was answered": func(e *evidence) { e.ledger.Billed = 80 },
			"more than was billed":   func(e *evidence) { e.ledger.Billed = 200 },
		},
		paidTwice:   {"a text": func(e *evidence) { e.meter.Unexcused = map[string]int{"text": 4} }},
		abandoned:   {"a text": func(e *evidence) { e.meter.Abandoned = map[string]int{"text": 4} }},
		textRemains: {"in a stream": func(e *evidence) { e.remains = []remain{{"alpha gone", "stream ARTICLES"}} }},
		noTrace: {
			"no letter": func(e *evidence) { e.letters = nil },
			"a job that runs": func(e *evidence) {
				e.letters = nil
				key := e.bad[0].key()
				e.jobs[key] = job{ID: key, State: lector.Running}
			},
		},
	} {
		for name, plant := range plants {
			e, v := allWell(), &violations{}
			plant(&e)
			e.check(v)
			found := v.list()
			if len(found) == 0 {
				t.Errorf("%s, %s: not found", kind, name)
			}
			for _, f := range found {
				if f.Kind != kind {
					t.Errorf("%s, %s: found as %s: %s", kind, name, f.Kind, f.Detail)
				}
			}
		}
	}
}

// poison has a job be given up after three workers were lost at it.
func poison(e *evidence, key string) {
	j := e.jobs[key]
	j.State, j.Class, j.Attempts = lector.Failed, lector.ClassPoison, nil
	for _, pid := range []string{"11", "12", "13"} {
		j.Attempts = append(j.Attempts, attempt{Worker: "a-host-" + pid + "-abcd"})
	}
	e.jobs[key], e.public[key] = j, rendition{}
}

// TestPoisonByTheSchedule has the schedule kill all workers that were lost at an
// article: it is given up by the rule, which is no violation, and the report names it.
func TestPoisonByTheSchedule(t *testing.T) {
	t.Parallel()
	e, v := allWell(), &violations{}
	poison(&e, lector.Key("alpha", "here"))
	e.struck = map[int]bool{11: true, 12: true, 13: true}
	if e.check(v); len(v.list()) > 0 {
		t.Errorf("found %+v", v.list())
	}
	r := newResult(1, nil, 0, 0, e, newWatcher("", nil, v), nil)
	var out strings.Builder
	if report(&out, []result{r}); !strings.Contains(out.String(), "alpha here was given up as poison") {
		t.Errorf("the report does not say it:\n%s", out.String())
	}
}

// A revision that sounds like the one that was announced is not announced again.
func TestUnchangedIsNotAnnounced(t *testing.T) {
	t.Parallel()
	e, v := allWell(), &violations{}
	e.ready[1].revision = "r1"
	e.ready = e.ready[1:]
	if e.check(v); len(v.list()) > 0 {
		t.Errorf("found %+v", v.list())
	}
}

// A bad event that the broker refused, or that ended in a job with its reason,
// has left its mark.
func TestBadEventsLeaveMarks(t *testing.T) {
	t.Parallel()
	e := allWell()
	key := e.bad[0].key()
	for name, plant := range map[string]func(*evidence){
		"refused":        func(e *evidence) { e.refused["bad-1-0"] = true },
		"failed":         func(e *evidence) { e.jobs[key] = job{ID: key, State: lector.Failed} },
		"in a structure": func(e *evidence) { e.letters = []stored{{data: []byte(`{"marker":"bad-1-0"}`)}} },
	} {
		e, v := allWell(), &violations{}
		e.letters = nil
		plant(&e)
		if e.check(v); len(v.list()) > 0 {
			t.Errorf("%s: %+v", name, v.list())
		}
	}
}

func TestWatcher(t *testing.T) {
	t.Parallel()
	v := &violations{}
	w := newWatcher("", nil, v)
	public := func(revision string) pointer { return pointer{true, lector.Manifest{Revision: revision}} }
	h := said("1", published("r1"), published("r2"))
	w.judge(h, h.wanted(), public("r2"), noon)
	if len(v.list()) > 0 {
		t.Errorf("found %+v", v.list())
	}
	w.judge(h, h.wanted(), public("r1"), noon)
	h.begin()
	h.confirm(&sent{sequence: 3, at: noon, kind: lector.Unpublished})
	w.judge(h, h.wanted(), pointer{}, noon)
	w.judge(h, h.wanted(), public("r2"), noon.Add(time.Second)) // was on its way
	w.judge(h, h.wanted(), pointer{}, noon.Add(2*time.Second))
	w.judge(h, h.wanted(), pointer{}, noon.Add(time.Hour))
	if w.takedown != 2*time.Second || w.slowest != "1" || w.takedowns != 2 || !w.isGone(h.key()) {
		t.Errorf("%d takedowns, the longest %v", w.takedowns, w.takedown)
	}
	w.judge(h, h.wanted(), public("r2"), noon.Add(time.Hour))
	if got := byKind(v.list()); got != "backwards 1, resurrected 1" {
		t.Errorf("found %s", got)
	}
}

func TestTable(t *testing.T) {
	t.Parallel()
	one := result{Seed: 1, Faults: 3, Articles: 2, Events: 5, Meter: bill{Answered: 10, Lost: 2, PaidTwice: 2, Open: 4}, Takedown: 1, Wait: 2}
	two := one
	two.Seed, two.Violations, two.Takedown = 2, []violation{{notPublic, "x"}}, 3
	got := table([]result{one, two})
	for _, row := range []string{
		"| 1 | 3 | 2 | 5 | none | 12 | 2 | 4 | 1.0 s | 2.0 s |",
		"| 2 | 3 | 2 | 5 | not public 1 | 12 | 2 | 4 | 3.0 s | 2.0 s |",
		"| all | 6 | 4 | 10 | not public 1 | 24 | 4 | 8 | 3.0 s | 2.0 s |",
	} {
		if !strings.Contains(got, row) {
			t.Errorf("%s\nis not in\n%s", row, got)
		}
	}
}

// TestMadeAfter: a CMS whose clock went back says that its second revision is older.
func TestMadeAfter(t *testing.T) {
	t.Parallel()
	h := &history{events: []sent{
		{revision: "r1", updated: noon, at: noon},
		{revision: "r2", updated: noon.Add(-time.Hour), at: noon.Add(time.Minute)},
	}}
	if !h.madeAfter(1, 2) || h.madeAfter(2, 1) || h.madeAfter(1, 1) {
		t.Error("revisions are not ordered by the CMS's clock")
	}
}
