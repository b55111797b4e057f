package worker

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"lector"
	"lector/worker/script"
	"lector/worker/synth"
)

// ErrNoSample marks a text that cannot be said so.
var ErrNoSample = errors.New("this cannot be said")

// sampleJob is what the usage ledger has in place of a job for samples.
const sampleJob = "sample"

// SampleRequest is a text that somebody wants to hear as a site's articles would say it.
type SampleRequest struct {
	Site, Section, Article string
	Voice                  string // as configured; "" is the preferred one of the site
	Language               string // BCP 47; "" is the site's
	Text                   string // as written
	// Change makes another lexicon of the one that holds; nil leaves it.
	Change func(script.Lexicon) script.Lexicon
}

// Sample is how a text is said, and what that takes.
type Sample struct {
	Voice      string   // that says it
	Language   string   // that it is said in
	Text       string   // as spoken
	Lexicon    []string // the entries that matched
	Clip       string   // hash
	Characters int      // that would be billed, or were; 0: the clip is there
	Cost       float64  // US dollars
}

// sampled is a sample that is ready to be spoken.
type sampled struct {
	Sample
	voice Voice
	chunk synth.Chunk
}

// PlanSample says how a text would be said, and what it would cost. It calls no voice.
func (n *Narrator) PlanSample(ctx context.Context, r SampleRequest) (Sample, error) {
	s, err := n.sample(r)
	if err != nil {
		return Sample{}, err
	}
	cached, err := s.voice.Synthesizer.Cached(ctx, []synth.Chunk{s.chunk})
	if err != nil {
		return Sample{}, err
	}
	if cached[0].MP3 == nil {
		s.Characters = s.chunk.Characters()
		s.Cost = float64(s.Characters) * s.voice.Capabilities.Price / 1e6
	}
	return s.Sample, nil
}

// SpeakSample has a text said, within the budget of its site and entered into the usage
// ledger, unless its clip is there.
func (n *Narrator) SpeakSample(ctx context.Context, worker string, r SampleRequest) (Sample, error) {
	s, err := n.sample(r)
	if err != nil {
		return Sample{}, err
	}
	account := n.Account(r.Site, sampleJob, worker)
	part := &voicePart{voice: s.voice, chunks: []synth.Chunk{s.chunk}}
	err = reserveMissing(ctx, account, []*voicePart{part})
	var clips []synth.Clip
	if err == nil {
		clips, err = s.voice.Synthesizer.Synthesize(ctx, account, part.chunks, part.cached, nil)
	}
	err = errors.Join(err, account.Close(context.WithoutCancel(ctx)))
	if err != nil {
		return Sample{}, fmt.Errorf("voice %s: %w", s.Voice, err)
	}
	s.Characters, s.Cost = clips[0].Billed, clips[0].Cost
	return s.Sample, nil
}

// sample finds out how a text is said.
func (n *Narrator) sample(r SampleRequest) (s sampled, err error) {
	site, known := n.Sites[r.Site]
	if !known {
		return s, fmt.Errorf("site %q: %w", r.Site, lector.ErrNotFound)
	}
	s.Language = script.Language(cmp.Or(r.Language, site.Language))
	if s.voice, err = n.sampleVoice(site, s.Language, r.Voice); err != nil {
		return s, err
	}
	o := script.Options{
		Language: s.Language, Normalise: script.Level(s.voice.Capabilities.Normalise), Site: r.Site, Section: r.Section, Article: r.Article,
	}
	if site.Lexicon != nil {
		if o.Lexicon, err = site.Lexicon(); err != nil {
			return s, err
		}
	}
	if r.Change != nil {
		o.Lexicon = r.Change(o.Lexicon)
	}
	said := script.Try(r.Text, o)
	s.Voice, s.Text, s.Lexicon = s.voice.Name, said.Text, said.Lexicon
	s.chunk = synth.Chunk{Text: said.Text, Language: s.Language, Lexicon: said.Lexicon, Normaliser: script.Version, Speed: site.Speed}
	if most := s.voice.Capabilities.MaxLength; s.Text == "" || most > 0 && s.chunk.Characters() > most {
		return s, lector.Hint(fmt.Errorf("%w: the text has %d characters as spoken, and voice %s takes 1 to %d", ErrNoSample,
			s.chunk.Characters(), s.Voice, most), "give one sentence")
	}
	s.Clip = synth.Hash(s.chunk, s.voice.Capabilities)
	return s, nil
}

// sampleVoice returns the voice of a name, or the site's preferred one.
func (n *Narrator) sampleVoice(site Site, language, name string) (Voice, error) {
	if name == "" {
		if able := n.voices(site, language); len(able) > 0 {
			return able[0], nil
		}
		return Voice{}, fmt.Errorf("%w: no voice of the site speaks %q", ErrNoSample, language)
	}
	for _, v := range n.Voices {
		if v.Name == name {
			if !v.Capabilities.Speaks(language) {
				return v, fmt.Errorf("%w: voice %s does not speak %q", ErrNoSample, name, language)
			}
			return v, nil
		}
	}
	return Voice{}, fmt.Errorf("voice %q: %w", name, lector.ErrNotFound)
}
