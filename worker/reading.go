package worker

import (
	"context"

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
	article, err := w.whole(ctx, a)
	if err != nil {
		return Reading{}, err
	}
	p, err := w.Narrator.Prepare(ctx, article, func(Progress) {})
	if err != nil {
		return Reading{}, err
	}
	return Reading{p.page, p.voicePlans[0].script, p.voicePlans[0].voice.Name}, nil
}
