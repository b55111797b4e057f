package main

import (
	"fmt"
	"io"
	"strings"
)

// result is what one run showed.
type result struct {
	Seed       uint64         `json:"seed"`
	Faults     int            `json:"faults"`
	ByKind     map[string]int `json:"faults_by_kind"`
	Articles   int            `json:"articles"`
	Events     int            `json:"events"`
	Violations []violation    `json:"violations"`
	Meter      bill           `json:"meter"`
	Billed     int            `json:"billed"`  // by the ledger
	Unknown    int            `json:"unknown"` // by the ledger
	Takedowns  int            `json:"takedowns"`
	Takedown   float64        `json:"longest_takedown"` // seconds
	TakedownOf string         `json:"longest_takedown_article,omitempty"`
	Wait       float64        `json:"longest_wait"` // seconds from an event to its audio
	WaitFor    string         `json:"longest_wait_article,omitempty"`
	Poisoned   []string       `json:"poisoned,omitempty"` // articles at which the schedule has killed three workers in a row
	Broker     []string       `json:"broker,omitempty"`   // what NATS servers said of their storage
}

func newResult(seed uint64, faults []fault, articles, events int, e evidence, w *watcher, all []violation) result {
	r := result{
		Seed: seed, Faults: len(faults), ByKind: map[string]int{}, Articles: articles, Events: events, Violations: all,
		Meter: e.meter, Billed: e.ledger.Billed, Unknown: e.ledger.Unknown,
	}
	for _, f := range faults {
		r.ByKind[f.Kind]++
	}
	w.mu.Lock()
	r.Takedowns, r.Takedown, r.TakedownOf = w.takedowns, w.takedown.Seconds(), w.slowest
	w.mu.Unlock()
	r.Wait, r.WaitFor = e.longestWait()
	for _, h := range e.histories {
		if e.poisoned(e.jobs[h.key()]) {
			r.Poisoned = append(r.Poisoned, h.site+" "+h.article)
		}
	}
	return r
}

// table is the results in Markdown, a row for each seed and one for all.
func table(all []result) string {
	var b strings.Builder
	b.WriteString("| seed | faults | articles | events | violations | characters billed | paid twice | open at the provider | " +
		"longest takedown | longest wait for audio |\n")
	b.WriteString("|---|---|---|---|---|---|---|---|---|---|\n")
	var sum result
	for _, r := range all {
		b.WriteString(r.row(fmt.Sprint(r.Seed)))
		sum.add(r)
	}
	if len(all) > 1 {
		b.WriteString(sum.row("all"))
	}
	return b.String()
}

func (r result) row(name string) string {
	return fmt.Sprintf("| %s | %d | %d | %d | %s | %d | %d | %d | %.1f s | %.1f s |\n", name, r.Faults, r.Articles, r.Events,
		byKind(r.Violations), r.Meter.billed(), r.Meter.PaidTwice, r.Meter.Open, r.Takedown, r.Wait)
}

// add adds another run's figures, or keeps the greater.
func (r *result) add(other result) {
	r.Faults += other.Faults
	r.Articles += other.Articles
	r.Events += other.Events
	r.Violations = append(r.Violations, other.Violations...)
	r.Meter.Answered += other.Meter.Answered
	r.Meter.Spoiled += other.Meter.Spoiled
	r.Meter.Lost += other.Meter.Lost
	r.Meter.PaidTwice += other.Meter.PaidTwice
	r.Meter.Open += other.Meter.Open
	r.Takedown, r.Wait = max(r.Takedown, other.Takedown), max(r.Wait, other.Wait)
	if r.ByKind == nil {
		r.ByKind = map[string]int{}
	}
	for kind, n := range other.ByKind {
		r.ByKind[kind] += n
	}
}

// report writes the table, the faults by their kinds and each violation.
func report(w io.Writer, all []result) {
	fmt.Fprint(w, table(all))
	var sum result
	for _, r := range all {
		sum.add(r)
	}
	fmt.Fprintf(w, "\nfaults: %s\n", counted(sum.ByKind))
	for _, r := range all {
		for _, v := range r.Violations {
			fmt.Fprintf(w, "seed %d: %s: %s\n", r.Seed, v.Kind, v.Detail)
		}
		for _, article := range r.Poisoned {
			fmt.Fprintf(w, "seed %d: %s was given up as poison: the schedule has killed or frozen %d workers at it\n", r.Seed,
				article, losses)
		}
		for _, note := range r.Broker {
			fmt.Fprintf(w, "seed %d: NATS server %s\n", r.Seed, note)
		}
	}
}
