package console

import (
	"net/http"
	"slices"

	"lector/publisher/intake/reconcile"
)

// siteCoverage is how one site stands.
type siteCoverage struct {
	Site    string
	Sourced bool // anything says what the site has published
	Report  *reconcile.Report
	Correct int // articles whose newest state is public as audio, at the last pass over all
	Entries []reconcile.Entry
	LeftOut int // entries that are not shown
}

// coverage shows for each site what is published and has no audio, or an earlier state's.
func (k *console) coverage(*http.Request) (view, error) {
	reports := map[string]reconcile.Report{}
	for _, r := range k.Coverage() {
		reports[r.Site] = r
	}
	var sites []siteCoverage
	for _, name := range k.Sites {
		c := siteCoverage{Site: name, Sourced: slices.Contains(k.Sourced, name)}
		if r, known := reports[name]; known {
			shown := slices.Concat(r.Entries, r.Gone)
			c.Report, c.Correct = &r, r.Last.Findings[reconcile.Correct]
			c.Entries, c.LeftOut = shown[:min(len(shown), listed)], max(0, len(shown)-listed)
		}
		sites = append(sites, c)
	}
	return view{name: "coverage", title: "Coverage", topics: []string{TopicCoverage}, data: sites}, nil
}
