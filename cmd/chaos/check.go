package main

import (
	"slices"
	"strings"

	"lector"
)

// check adds each promise that the evidence shows to be broken.
func (e evidence) check(v *violations) {
	for _, h := range e.histories {
		e.checkArticle(h, v)
	}
	e.checkAnnouncements(v)
	e.checkMoney(v)
	e.checkBad(v)
	for _, r := range e.remains {
		v.add(textRemains, "%s in %s", r.article, r.place)
	}
}

// checkArticle holds that the newest revision of an article is public, or nothing
// where it was withdrawn, and that its job is at rest.
func (e evidence) checkArticle(h *history, v *violations) {
	want, got := h.wanted(), e.public[h.key()]
	if h.count() == 0 {
		return // the stream has confirmed nothing
	}
	j, known := e.jobs[h.key()]
	name := h.site + " " + h.article
	switch {
	case !known:
		v.add(noRecord, "%s has no job", name)
	case !j.State.Terminal():
		v.add(atNoRest, "%s: %v", name, j)
	}
	switch {
	case want.public && e.poisoned(j): // given up, as it must be
	case want.public && !got.there:
		v.add(notPublic, "%s: %s is wanted, %v", name, want.revision, j)
	case !want.public && got.there:
		v.add(stillPublic, "%s is public as %s, %v", name, got.manifest.Revision, j)
	case want.public && got.manifest.Revision != want.revision:
		v.add(oldRevision, "%s: %s is public, %s is wanted, %v", name, got.manifest.Revision, want.revision, j)
	case got.fault != "":
		v.add(wrongBytes, "%s %s: %s", name, got.manifest.Revision, got.fault)
	}
	if got.there && j.Rendition != "" && j.Rendition != got.manifest.Hash {
		v.add(wrongBytes, "%s: the job knows rendition %.12s, %.12s is public", name, j.Rendition, got.manifest.Hash)
	}
}

// losses is how many workers in a row may die at an article until its job fails, so
// that no article ends one worker after the other.
const losses = 3

// poisoned reports whether a job was given up since the schedule has killed or frozen
// the workers of its last attempts: that is the rule, and an operator is told.
func (e evidence) poisoned(j job) bool {
	struck := 0
	for _, a := range j.Attempts {
		if a.Outcome == "" && e.struck[a.pid()] {
			struck++
		}
	}
	return j.State == lector.Failed && j.Class == lector.ClassPoison && struck >= losses
}

// checkAnnouncements holds that what is public was announced, each revision once, and that
// of what was withdrawn no announcement of audio is the last.
func (e evidence) checkAnnouncements(v *violations) {
	type said struct{ key, revision string }
	times, ids := map[said]int{}, map[string]int{}
	for _, r := range e.ready {
		times[said{r.key, r.revision}]++
		ids[r.id]++
	}
	for id, n := range ids {
		if n > 1 {
			v.add(announcement, "event %s is in the stream %d times", id, n)
		}
	}
	for _, h := range e.histories {
		for s, n := range times {
			if most := h.announcements(s.revision); s.key == h.key() && n > most {
				v.add(announcement, "%s %s %s was announced %d times for %d events", h.site, h.article, s.revision, n, most)
			}
		}
		want := h.wanted()
		switch {
		case want.public && e.public[h.key()].there && !e.announced(h.key(), want.revision):
			v.add(announcement, "%s %s %s was never announced", h.site, h.article, want.revision)
		case !want.public && e.last[h.key()] == lector.AudioReady:
			v.add(announcement, "%s %s was withdrawn, and what was announced last is that it is ready", h.site, h.article)
		}
	}
}

// announced reports whether a revision was announced, or the rendition that is public:
// a revision that sounds like it is not announced again.
func (e evidence) announced(key, revision string) bool {
	hash := e.public[key].manifest.Hash
	return slices.ContainsFunc(e.ready, func(r ready) bool {
		same := hash != "" && strings.Contains(r.mp3, hash)
		return r.key == key && (r.revision == revision || same)
	})
}

// checkMoney compares the ledger with the meter, and what was paid twice with
// what faults made unavoidable.
func (e evidence) checkMoney(v *violations) {
	if got, least := e.ledger.Billed+e.ledger.Unknown, e.meter.Answered; got < least {
		v.add(lostPayment, "%d characters are billed or unknown in the ledger, the voice has answered %d", got, least)
	}
	if e.ledger.Billed > e.most { // what is not at rest goes on meanwhile
		v.add(lostPayment, "%d characters are billed in the ledger, the voice has billed %d", e.ledger.Billed, e.most)
	}
	for text, n := range e.meter.Unexcused {
		v.add(paidTwice, "%d characters too many of %.60q: %s", n, text, e.meter.callsFor(text))
	}
	for text, n := range e.meter.Abandoned {
		v.add(abandoned, "%d characters of %.60q: %s", n, text, e.meter.callsFor(text))
	}
}

// checkBad holds that each bad event left a mark.
func (e evidence) checkBad(v *violations) {
	for _, b := range e.unmarked() {
		v.add(noTrace, "%s (%s)", b.name, b.marker)
	}
}

// unmarked returns the bad events that are neither a dead letter, nor a job at rest that
// says why, nor refused by the broker.
func (e evidence) unmarked() (all []badEvent) {
	for _, b := range e.bad {
		if e.refused[b.marker] || e.hasLetter(b.marker) || marks(e.jobs[b.key()], b) {
			continue
		}
		all = append(all, b)
	}
	return all
}

// hasLetter reports whether a dead letter bears the marker.
func (e evidence) hasLetter(marker string) bool {
	for _, l := range e.letters {
		inData := strings.Contains(string(l.data), `"`+marker+`"`)
		if inData || headerOf(l.header, "ce-id") == marker {
			return true
		}
	}
	return false
}

// marks reports whether a job says what became of a bad event.
func marks(j job, b badEvent) bool {
	if j.ID == "" {
		return false
	}
	parked := j.State == lector.Parked && j.Reason != ""
	return parked || b.withdraws || j.State.Terminal()
}

// longestWait is the longest time from a wanted revision's event to its
// announcement, in seconds.
func (e evidence) longestWait() (longest float64, article string) {
	first := map[string]ready{}
	for _, r := range e.ready {
		if _, known := first[r.key+r.revision]; !known {
			first[r.key+r.revision] = r
		}
	}
	for _, h := range e.histories {
		want := h.wanted()
		r, known := first[h.key()+want.revision]
		if !want.public || !known {
			continue
		}
		if wait := r.at.Sub(want.since).Seconds(); wait > longest {
			longest, article = wait, h.article
		}
	}
	return longest, article
}
