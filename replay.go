package lector

import (
	"strings"
	"time"
)

// ReplayState is the state of a replay of many articles.
type ReplayState string

// The states of a replay.
const (
	ReplayRunning   ReplayState = "running"   // a worker carries it out, or the next will
	ReplayPaused    ReplayState = "paused"    // by an operator: what is published goes on, nothing more is
	ReplayCancelled ReplayState = "cancelled" // by an operator, for good
	ReplayDone      ReplayState = "done"      // every article is replayed or left out
)

// ReplayCharacters are those that a replay reads: in the cache, and to be billed.
type ReplayCharacters struct {
	Cached int `json:"cached"` // in the cache
	Billed int `json:"billed"` // to be billed
}

// ReplayPlan is what a replay would do.
type ReplayPlan struct {
	Articles   int              `json:"articles"`
	Characters ReplayCharacters `json:"characters"`
	Cost       float64          `json:"cost"`                    // US dollars
	Seconds    float64          `json:"seconds"`                 // that it takes, by the articles before
	Estimate   bool             `json:"estimate,omitempty"`      // the figures are of a sample, or of the records
	Jobs       []string         `json:"jobs"`                    // their ids
	Skipped    int              `json:"left_out,omitempty"`      // how many are selected and not replayed
	LeftOut    []LeftOut        `json:"left_out_jobs,omitempty"` // the first of them
}

// ReplayRequest says what is to be planned: what a filter selects, or named jobs.
type ReplayRequest struct {
	Filter JobFilter `json:"filter"`
	Jobs   []string  `json:"jobs,omitempty"`  // ids
	Word   string    `json:"word,omitempty"`  // only articles whose public audio reads it, as an entry of the lexicon would find it
	AtOnce int       `json:"at_once"`         // how many articles may be at work; 0: as a worker thinks fit
	Force  int       `json:"force,omitempty"` // characters that may be synthesised again although they are cached; 0: none
}

// LeftOut is an article that is not replayed.
type LeftOut struct {
	Job    string `json:"job"`    // its id
	Reason string `json:"reason"` // why
}

// JobRef names a job's record.
type JobRef struct{ Site, ID string }

// String returns the name as it stands in lists.
func (r JobRef) String() string { return r.Site + "." + r.ID }

// ParseJobRef reads what String returned. What is not of that form has no site.
func ParseJobRef(text string) JobRef {
	site, id, _ := strings.Cut(text, ".")
	return JobRef{site, id}
}

// Replayed is an article whose replay is published and not at its end.
type Replayed struct {
	Job      string `json:"job"`      // site and id
	Sequence uint64 `json:"sequence"` // of the event in the ARTICLES stream
}

// Replay is the record of a replay of many articles. Their list stands beside it.
// It is changed by compare-and-set only: the state by operators, the progress by
// the worker that holds its lease.
type Replay struct {
	ID       string         `json:"id"`               // also the name that its events carry
	State    ReplayState    `json:"state"`            // how it stands
	Filter   JobFilter      `json:"filter,omitzero"`  // that selected the articles
	Plan     ReplayPlan     `json:"plan"`             // as it was confirmed, without the list
	AtOnce   int            `json:"at_once"`          // how many articles may be at work; 0: as a worker thinks fit
	Force    int            `json:"force,omitzero"`   // characters that may be synthesised again although they are cached; 0: none
	Forced   int            `json:"forced,omitzero"`  // of these, those of the articles so far
	Next     int            `json:"next"`             // place in the list of the first article that is not looked at yet
	Working  []Replayed     `json:"working"`          // published, and not at their end
	Results  map[string]int `json:"results"`          // how many articles came to which state
	Skipped  int            `json:"left_out"`         // how many were left out
	LeftOut  []LeftOut      `json:"left_out_jobs"`    // the first of them
	Worker   string         `json:"worker,omitempty"` // that carries it out
	Created  time.Time      `json:"created"`
	Changed  time.Time      `json:"changed"`
	Finished time.Time      `json:"finished,omitzero"`
}

// maxNamed bounds the names in a replay's record.
const maxNamed = 1000

// Skip notes that an article is left out.
func (r *Replay) Skip(l LeftOut) { r.Skipped, r.LeftOut = r.Skipped+1, appendLeftOut(r.LeftOut, l) }

// Skip notes that an article is left out.
func (p *ReplayPlan) Skip(l LeftOut) { p.Skipped, p.LeftOut = p.Skipped+1, appendLeftOut(p.LeftOut, l) }

func appendLeftOut(all []LeftOut, l LeftOut) []LeftOut {
	if len(all) < maxNamed {
		all = append(all, l)
	}
	return all
}

// Over reports whether nothing more happens to the replay.
func (r Replay) Over() bool { return r.State == ReplayDone || r.State == ReplayCancelled }

// Ended is how many articles came to their end, in whatever state.
func (r Replay) Ended() (n int) {
	for _, k := range r.Results {
		n += k
	}
	return n
}
