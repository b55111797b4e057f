package console

import (
	"fmt"
	"net/http"
	"net/url"
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
	Pager   pager
}

// coverage shows for each site, or for one, what is published and has no audio, or an
// earlier state's.
func (k *console) coverage(r *http.Request) (view, error) {
	q := r.URL.Query()
	if err := checkNames(q, slices.Concat(places, []string{"site"})...); err != nil {
		return view{}, err
	}
	names, site := k.Sites, q.Get("site")
	if site != "" {
		names = []string{site}
	}
	switch {
	case site != "" && !slices.Contains(k.Sites, site):
		return view{}, fmt.Errorf("%w: there is no site %q here", errInput, brief(site))
	case site == "" && len(q) > 0:
		return view{}, fmt.Errorf("%w: a place is in the list of one site", errInput)
	}
	v := view{name: "coverage", title: "Coverage", topics: []string{TopicCoverage}}
	var sites []siteCoverage
	for _, name := range names {
		c, err := k.siteCoverage(r, name)
		if err != nil {
			return view{}, err
		}
		v.goTo, sites = c.Pager.anew, append(sites, c)
	}
	v.data = sites
	return v, nil
}

// siteCoverage is how one site stands, with the rows that a request asks for.
func (k *console) siteCoverage(r *http.Request, site string) (siteCoverage, error) {
	c := siteCoverage{Site: site, Sourced: slices.Contains(k.Sourced, site)}
	for _, known := range k.Coverage() {
		if known.Site == site {
			c.Report = &known
		}
	}
	if c.Report == nil {
		return c, nil
	}
	shown := r.URL.Query()
	shown.Set("site", site)
	c.Correct = c.Report.Last.Findings[reconcile.Correct]
	var err error
	c.Entries, c.Pager, err = cutOut(&url.URL{Path: r.URL.Path, RawQuery: shown.Encode()}, slices.Concat(c.Report.Entries, c.Report.Gone))
	c.Pager.Of = site
	return c, err
}
