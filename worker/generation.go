package worker

import (
	"context"
	"fmt"

	"lector"
	"lector/worker/synth"
)

// prepare prepares the article of an event, with the clips of the generation that the
// article has. A replay that may synthesise again begins a new generation, which later
// revisions keep: an edit must not bring back what was replaced. A generation that would
// need more than the event allows is not begun.
func (w *Worker) prepare(ctx context.Context, e lector.ArticleEvent, a lector.Article, generation string,
	step func(Progress)) (*Plan, error) {
	if e.Replay == "" || e.Force <= 0 {
		return w.narrator().prepareGeneration(ctx, a, generation, step)
	}
	again, err := w.narrator().prepareGeneration(ctx, a, e.Replay, step)
	if err != nil {
		return nil, err
	}
	if n := again.voicePlans[0].uniqueCharacters(); n > e.Force {
		step(Progress{Stage: lector.StageScript, Note: fmt.Sprintf("not synthesised again: it has %d characters by now, and %d are allowed", n, e.Force)})
		return w.narrator().prepareGeneration(ctx, a, generation, step)
	}
	return again, nil
}

// uniqueCharacters is how many characters a reading takes of which no clip is there:
// the same text is spoken once.
func (t *voicePlan) uniqueCharacters() (n int) {
	seen := map[string]bool{}
	for i, c := range t.synthChunks {
		if hash := synth.Hash(c, t.chunkVoices[i].Capabilities); !seen[hash] {
			seen[hash], n = true, n+c.Characters()
		}
	}
	return n
}
