package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"lector"
)

// siteNames are those of the configuration.
var siteNames = []string{"alpha", "beta", "gamma"}

// load is what a run sends: for each article its events in order, and what no
// CMS should send.
type load struct {
	articles [][]event
	bad      []badEvent
}

// planner writes the load of one seed.
type planner struct {
	*writer
	seed     uint64
	duration time.Duration
	size     int // of the longest article, in paragraphs
}

// planLoad returns what a seed sends: the same for the same arguments, whatever
// becomes of it.
func planLoad(seed uint64, duration time.Duration, articles, longest int) load {
	p := &planner{newWriter(rand.New(rand.NewPCG(seed, 1))), seed, duration, longest}
	var l load
	for n := range articles {
		l.articles = append(l.articles, p.article(n))
	}
	l.bad = p.badEvents()
	return l
}

// life is a way in which an article's events follow each other; share is how
// many of a hundred articles live so.
type life struct {
	name  string
	share int
	plan  func(*story)
}

// lives are what newsrooms do to articles.
func lives() []life {
	return []life{
		{"published", 30, func(s *story) { s.publish(1) }},
		{"edited", 16, func(s *story) { s.publish(1); s.edit(8 * time.Second); s.edit(25 * time.Second) }},
		{"burst", 10, func(s *story) { s.publish(1); s.burst() }},
		{"withdrawn", 12, func(s *story) { s.publish(1); s.withdraw(lector.Unpublished, 9*time.Second) }},
		{"withdrawn at once", 6, func(s *story) { s.publish(1); s.withdraw(lector.Unpublished, 400*time.Millisecond) }},
		{"republished", 8, func(s *story) {
			s.publish(1)
			s.withdraw(lector.Unpublished, 8*time.Second)
			s.publishAfter(7 * time.Second)
		}},
		{"deleted", 6, func(s *story) { s.publish(1); s.withdraw(lector.Deleted, 12*time.Second) }},
		{"ten times at once", 5, func(s *story) { s.publish(10) }},
		{"clock ahead, withdrawn", 4, func(s *story) { s.publishSkewed(time.Hour); s.withdraw(lector.Unpublished, 10*time.Second) }},
		{"clock behind", 3, func(s *story) { s.publish(1); s.editSkewed(6*time.Second, -time.Hour) }},
	}
}

// article plans the events of article n. The first articles live each kind of
// life once, so that a short run has them all.
func (p *planner) article(n int) []event {
	all := lives()
	l := all[n%len(all)]
	if n >= len(all) {
		l = pick(p.rng, all)
	}
	s := &story{planner: p, lane: laneOf(n), article: lector.Article{
		Site: siteNames[p.rng.IntN(len(siteNames))], ID: fmt.Sprintf("s%d-%d", p.seed, n), Language: "en", Visibility: lector.Public,
		Title: p.title(), Authors: []string{"Ana Ruiz"},
	}}
	s.at = time.Duration(p.rng.Int64N(int64(max(p.duration*7/10, 1))))
	s.paragraphs = p.paragraphs(p.length())
	l.plan(s)
	return s.events
}

// laneOf has one of three articles be breaking news, which comes to the workers on two ways,
// and some others wait behind all.
func laneOf(n int) lector.Lane {
	switch {
	case n%3 == 1:
		return lector.Breaking
	case n%5 == 4:
		return lector.Backfill
	}
	return lector.Normal
}

// pick takes a life by its share.
func pick(rng *rand.Rand, all []life) life {
	at := rng.IntN(100)
	for _, l := range all {
		if at -= l.share; at < 0 {
			return l
		}
	}
	return all[0]
}

// length is mostly short, now and then long.
func (p *planner) length() int {
	switch p.rng.IntN(10) {
	case 0:
		return p.size
	case 1, 2, 3:
		return 1 + p.rng.IntN(max(p.size/3, 1))
	}
	return 1 + p.rng.IntN(min(4, p.size))
}

// story is one article while its events are planned.
type story struct {
	*planner
	article    lector.Article
	lane       lector.Lane
	paragraphs []string
	at         time.Duration
	revision   int
	events     []event
}

// add plans an event of the article as it now is.
func (s *story) add(kind lector.EventType, skew time.Duration, copies int) {
	a := s.article
	if !kind.Withdraws() {
		s.revision++
		a.Revision, a.Body = revisionName(s.revision), lector.Body{ContentType: lector.HTML, Content: body(s.paragraphs)}
	} else {
		a = lector.Article{Site: a.Site, ID: a.ID}
	}
	s.events = append(s.events, event{
		at: s.at, id: fmt.Sprintf("%s-%d", s.article.ID, len(s.events)), kind: kind, article: a, lane: s.lane, skew: skew, copies: copies,
		noID: copies > 1,
	})
}

// revisionName numbers revisions, so that it is known which of two is the later.
func revisionName(n int) string { return fmt.Sprintf("r%d", n) }

func (s *story) publish(copies int) { s.add(lector.Published, 0, copies) }

func (s *story) publishSkewed(skew time.Duration) { s.add(lector.Published, skew, 1) }

func (s *story) publishAfter(d time.Duration) { s.at += d; s.add(lector.Published, 0, 1) }

func (s *story) edit(after time.Duration) { s.editSkewed(after, 0) }

// editSkewed changes one paragraph.
func (s *story) editSkewed(after, skew time.Duration) {
	s.at += after
	s.paragraphs = slices.Clone(s.paragraphs)
	s.paragraphs[s.rng.IntN(len(s.paragraphs))] = s.planner.paragraphs(1)[0]
	s.add(lector.Updated, skew, 1)
}

// burst is a live blog: ten edits, a second apart.
func (s *story) burst() {
	for range 10 {
		s.edit(time.Second)
	}
}

func (s *story) withdraw(kind lector.EventType, after time.Duration) {
	s.at += after
	s.add(kind, 0, 1)
}
