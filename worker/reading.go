package worker

import (
	"context"
	"maps"

	"lector"
	"lector/worker/extract"
	"lector/worker/script"
)

// Reading is what of an article is read now, and how.
type Reading struct {
	Page   extract.Page
	Script script.Script // of the preferred voice
	Voice  string        // as configured
}

// Reading takes an article apart as a job would do now. It calls no voice. Its errors are
// permanent where the article cannot be read at all.
func (w *Worker) Reading(ctx context.Context, a lector.Article) (Reading, error) {
	p, err := w.prepareWhole(ctx, w.narrator(), a, "")
	if err != nil {
		return Reading{}, err
	}
	return p.reading(), nil
}

// ReadingWith takes an article apart as a job would do if operators had switched these
// rules off, and no others, and returns what its clips of a generation would cost now. It
// calls no voice. Its errors are those of Reading.
func (w *Worker) ReadingWith(ctx context.Context, a lector.Article, generation string, rulesOff []string) (Reading, Estimate, error) {
	p, err := w.prepareWhole(ctx, w.narrator().withRulesOff(a.Site, rulesOff), a, generation)
	if err != nil {
		return Reading{}, Estimate{}, err
	}
	e, err := p.voicePlans[0].estimate(ctx, w.Store)
	return p.reading(), e, err
}

// prepareWhole prepares an article whose body may lie in the store.
func (w *Worker) prepareWhole(ctx context.Context, n *Narrator, a lector.Article, generation string) (*Plan, error) {
	article, err := w.whole(ctx, a)
	if err != nil {
		return nil, err
	}
	return n.prepareGeneration(ctx, article, generation, func(Progress) {})
}

func (p *Plan) reading() Reading {
	return Reading{p.page, p.voicePlans[0].script, p.voicePlans[0].voice.Name}
}

// withRulesOff returns a narrator for which operators have switched these rules off.
func (n *Narrator) withRulesOff(name string, rulesOff []string) *Narrator {
	other := *n
	other.Sites = maps.Clone(n.Sites)
	site, known := n.Sites[name]
	if known {
		site.RulesOff = func() []string { return rulesOff }
		other.Sites[name] = site
	}
	return &other
}
