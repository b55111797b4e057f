package worker

import (
	"context"
	"errors"
	"strings"

	"lector"
	"lector/worker/script"
	"lector/worker/synth"
)

// Estimate is what reading an article takes now.
type Estimate struct {
	Cached int     // characters whose clips are there
	Billed int     // characters of the other chunks, each text once
	Cost   float64 // US dollars
}

// Estimate returns what the preferred voice would be paid for an article, with the
// clips of a generation. It calls no voice and reads no clip. Its errors are permanent
// where the article cannot be read at all.
func (w *Worker) Estimate(ctx context.Context, a lector.Article, generation string) (Estimate, error) {
	article, err := w.whole(ctx, a)
	if err != nil {
		return Estimate{}, err
	}
	plan, err := w.narrator().prepareGeneration(ctx, article, generation, func(Progress) {})
	if err != nil {
		return Estimate{}, err
	}
	return plan.voicePlans[0].estimate(ctx, w.Store)
}

// Reads reports whether the public audio of an article reads a word, as an entry of
// the lexicon would find it; with a * behind it, one for the beginning of words.
func (w *Worker) Reads(ctx context.Context, site, key, word string) (bool, error) {
	m, err := w.readManifest(ctx, lector.PointerKey(site, key))
	if errors.Is(err, lector.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	match, prefix := strings.CutSuffix(word, "*") // as lexicons write the beginning of words
	_, hit := script.Entry{Match: match, Prefix: prefix}.Impact(m)
	return hit, nil
}

func (t *voicePlan) estimate(ctx context.Context, clips StoreReader) (e Estimate, err error) {
	seen := map[string]bool{}
	for i, c := range t.synthChunks {
		caps := t.chunkVoices[i].Capabilities
		hash := synth.Hash(c, caps)
		there := seen[hash]
		if !there {
			_, err := clips.Stat(ctx, lector.ClipKey(hash))
			if there = err == nil; err != nil && !errors.Is(err, lector.ErrNotFound) {
				return e, err
			}
		}
		seen[hash] = true
		if there {
			e.Cached += c.Characters()
			continue
		}
		e.Billed += c.Characters()
		e.Cost += float64(c.Characters()) * caps.Price / 1e6
	}
	return e, nil
}
