package reconcile

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Entry is a published article without correct audio, or audio without a published
// article.
type Entry struct {
	ID      string  `json:"article"`         // the source's id of the article
	URL     string  `json:"url,omitempty"`   // its page
	Title   string  `json:"title,omitempty"` // where it is known
	Job     string  `json:"job"`             // the id of its job
	Finding Finding `json:"finding"`         // what is wrong
	Reason  string  `json:"reason"`          // in words

	item Item
}

// Summary is what the last pass over all articles has counted.
type Summary struct {
	Finished time.Time       `json:"finished,omitzero"` // when it was over; zero: there was none
	Listed   int             `json:"listed"`            // articles that the source lists
	Findings map[Finding]int `json:"findings"`          // of them
	Audio    int             `json:"audio"`             // articles with public audio
}

// Report is the result of comparing a site.
type Report struct {
	Site    string  `json:"site"`
	Lacking int     `json:"without_audio"` // published articles without correct audio
	Entries []Entry `json:"articles"`      // these, and why
	Gone    []Entry `json:"left_over"`     // audio of articles that were not there
	Held    bool    `json:"held"`          // so many are gone that none is withdrawn
	Last    Summary `json:"last_pass"`
}

// Report returns the result of the comparisons so far.
func (r *Reconciler) Report() Report {
	byID := func(a, b Entry) int { return cmp.Or(cmp.Compare(a.Finding, b.Finding), cmp.Compare(a.ID, b.ID)) }
	out := Report{Site: r.Site, Lacking: len(r.lacking), Held: r.held, Last: r.summary, Entries: []Entry{}, Gone: []Entry{}}
	out.Entries = slices.SortedFunc(maps.Values(r.lacking), byID)
	for key, s := range r.gone {
		out.Gone = append(out.Gone, Entry{ID: s.ID, URL: s.URL, Job: key, Finding: Gone,
			Reason: "not there since " + s.First.UTC().Format(time.RFC3339)})
	}
	slices.SortFunc(out.Gone, byID)
	return out
}
