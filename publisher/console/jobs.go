package console

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"lector"
)

// filters are the names in an address that select jobs.
var filters = []string{"state", "class", "site", "section", "voice", "lane", "text"}

// checkNames refuses what would select nothing, and so everything: a name that is not
// among the known ones, and one that stands twice.
func checkNames(q url.Values, known ...string) error {
	for name, values := range q {
		switch {
		case !slices.Contains(known, name):
			return fmt.Errorf("%w: there is no filter %q", errInput, brief(name))
		case len(values) > 1:
			return fmt.Errorf("%w: the filter %s stands twice", errInput, name)
		}
	}
	return nil
}

// filterOf reads the filters of a list.
func filterOf(q url.Values) (lector.JobFilter, error) {
	f := lector.JobFilter{
		State: lector.State(q.Get("state")), Class: lector.Class(q.Get("class")), Site: q.Get("site"), Section: q.Get("section"),
		Voice: q.Get("voice"), Lane: q.Get("lane"), Text: q.Get("text"),
	}
	switch {
	case f.State != "" && !slices.Contains(lector.States(), f.State):
		return f, fmt.Errorf("%w: there is no state %q", errInput, brief(string(f.State)))
	case f.Class != "" && !slices.Contains(lector.Classes(), f.Class):
		return f, fmt.Errorf("%w: there is no class %q", errInput, brief(string(f.Class)))
	}
	if f.Lane != "" {
		if _, err := lector.ParseLane(f.Lane); err != nil {
			return f, fmt.Errorf("%w: %w", errInput, err)
		}
	}
	return f, nil
}

// queryOf is the way back: a filter as the query of an address.
func queryOf(f lector.JobFilter) string {
	q := url.Values{}
	for name, value := range map[string]string{
		"state": string(f.State), "class": string(f.Class), "site": f.Site, "section": f.Section, "voice": f.Voice, "lane": f.Lane,
		"text": f.Text,
	} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q.Encode()
}

// choices are what the form of filters offers.
type choices struct {
	States  []lector.State
	Classes []lector.Class
	Lanes   []string
	Sites   []string
}

func (k *console) choices() choices {
	return choices{lector.States(), lector.Classes(), []string{"breaking", "normal", "backfill"}, k.Sites}
}

// stateCount is how many jobs are in a state.
type stateCount struct {
	State lector.State
	Jobs  int
}

// jobRange reads which part of the list of jobs is asked for.
func jobRange(q url.Values) (r lector.JobRange, err error) {
	at, err := placeIn(q)
	if r.Limit, r.Back = listed, at.back; at.text != "" {
		if r.From, err = lector.ParseJobPlace(at.text); err != nil {
			err = fmt.Errorf("%w: %w", errInput, err)
		}
	}
	return r, err
}

func (k *console) jobList(r *http.Request) (view, error) {
	q := r.URL.Query()
	if err := checkNames(q, slices.Concat(filters, places)...); err != nil {
		return view{}, err
	}
	f, err := filterOf(q)
	if err != nil {
		return view{}, err
	}
	part, err := jobRange(q)
	if err != nil {
		return view{}, err
	}
	counts, err := k.Jobs.CountJobs(r.Context())
	if err != nil {
		return view{}, err
	}
	page, err := k.Jobs.FindJobs(r.Context(), f, part)
	if err != nil {
		return view{}, err
	}
	pages := newPager(r.URL, page.Ahead, len(page.Jobs), page.Total)
	if n := len(page.Jobs); n > 0 {
		pages.turn(page.Jobs[0].Place().String(), page.Jobs[n-1].Place().String())
	}
	states := []stateCount{}
	for _, s := range lector.States() {
		states = append(states, stateCount{s, counts[s]})
	}
	return view{name: "jobs", title: "Jobs", goTo: pages.anew, topics: []string{TopicJobs}, data: struct {
		Filter  lector.JobFilter
		Query   string
		Choices choices
		States  []stateCount
		Total   int
		Jobs    []lector.Job
		Pager   pager
	}{f, queryOf(f), k.choices(), states, page.Total, page.Jobs, pages}}, nil
}

// jobView is a job, its event and what is public of it.
type jobView struct {
	permitted
	Job    lector.Job
	Why    Explanation
	Event  eventView
	Change revisionChange
	Links  lector.Links // to the files of the public rendition; empty where there is none
}

func (k *console) job(r *http.Request) (view, error) {
	j, _, err := k.Jobs.Job(r.Context(), r.PathValue("site"), r.PathValue("id"))
	if err != nil {
		return view{}, err
	}
	x, err := k.Explain(r.Context(), []string{j.Site, j.Article})
	if err != nil {
		return view{}, err
	}
	v := jobView{permitted: permittedTo(r), Job: j, Why: x, Event: k.eventView(r.Context(), j), Change: k.revisionChange(r.Context(), j)}
	if j.Rendition != "" {
		v.Links.Embed = k.Addresses.Embed(j.Site, j.Article)
	}
	if v.Change.Public != nil {
		v.Links = k.Addresses.Links(*v.Change.Public)
	}
	return view{name: "job", title: cmp.Or(j.Title, j.Article), topics: []string{JobTopic(j.ID), topicPauses}, data: v}, nil
}

// cancelJob ends a job that has not come to its end.
func (k *console) cancelJob(r *http.Request) (view, error) {
	j, _, err := k.Jobs.Job(r.Context(), r.PathValue("site"), r.PathValue("id"))
	if err != nil {
		return view{}, err
	}
	err = k.do(r, lector.AuditEntry{Action: "cancel", Target: j.Site + " " + j.ID}, func(ctx context.Context) error {
		err := k.Jobs.CancelJob(ctx, lector.JobRef{Site: j.Site, ID: j.ID})
		if lector.IsPermanent(err) {
			err = Unusable(err)
		}
		return err
	})
	return view{goTo: jobPath(j.Site, j.ID)}, err
}

// why explains an article that a person names.
func (k *console) why(r *http.Request) (view, error) {
	words := []string{}
	for _, name := range []string{"site", "q"} {
		if word := r.URL.Query().Get(name); word != "" {
			words = append(words, word)
		}
	}
	if r.URL.Query().Get("q") == "" {
		return view{goTo: "/jobs"}, nil
	}
	x, err := k.Explain(r.Context(), words)
	if err != nil {
		return view{}, err
	}
	site := r.URL.Query().Get("site")
	if x.NeverSeen() && site != "" && !slices.Contains(k.Sites, site) { // what is known may be of a site of earlier settings
		return view{}, fmt.Errorf("%w: there is no site %q here", errInput, brief(site))
	}
	if x.Job != "" {
		return view{goTo: jobPath(x.Site, x.Job)}, nil
	}
	return view{name: "why", title: "Article " + x.Article, data: x}, nil
}
