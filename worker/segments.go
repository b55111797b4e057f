package worker

import (
	"cmp"
	"math"
	"time"

	"lector"
	"lector/audio"
	"lector/worker/script"
	"lector/worker/synth"
)

// segments places each segment and sentence in the audio.
func (p *Plan) segments(t *voicePlan, clips []synth.Clip, line audio.Timeline) []lector.Segment {
	out := make([]lector.Segment, len(t.script.Segments))
	for i, s := range t.script.Segments {
		out[i] = lector.Segment{Kind: s.Kind, Text: s.Text, Source: s.Source, Reused: true}
		for _, sentence := range s.Sentences {
			out[i].Sentences = append(out[i].Sentences, lector.Sentence{Text: sentence.Text, Source: sentence.Source, Start: -1})
		}
	}
	for i, c := range t.chunks {
		spans, timing := synth.Times(clips[i].Analysis, clips[i].Marks, c.Text, sentenceExtents(c))
		for k, ref := range c.Sentences {
			segment := &out[ref.Segment]
			addClip(segment, clips[i])
			segment.Timing = timing
			s := &segment.Sentences[ref.Sentence]
			if s.Start < 0 {
				s.Start = seconds(line.Parts[i].Origin + spans[k].Start)
			}
			s.End = seconds(line.Parts[i].Origin + spans[k].End)
		}
	}
	for i := range out {
		setSpan(&out[i])
	}
	return out
}

// sentenceExtents is where a chunk's sentences are in its text.
func sentenceExtents(c script.Chunk) []synth.Extent {
	all := make([]synth.Extent, len(c.Sentences))
	for i, ref := range c.Sentences {
		all[i] = synth.Extent{Start: ref.Start, End: ref.End}
	}
	return all
}

// addClip records a clip that a segment lies in.
func addClip(s *lector.Segment, c synth.Clip) {
	if n := len(s.Clips); n == 0 || s.Clips[n-1] != c.Hash {
		s.Clips = append(s.Clips, c.Hash)
	}
	s.Reused = s.Reused && c.State == synth.Reused
}

// seconds rounds to the millisecond.
func seconds(d time.Duration) float64 { return math.Round(d.Seconds()*1000) / 1000 }

func setSpan(s *lector.Segment) {
	if n := len(s.Sentences); n > 0 {
		s.Start, s.End = s.Sentences[0].Start, s.Sentences[n-1].End
	}
}

func (p *Plan) manifest(t *voicePlan, line audio.Timeline, segments []lector.Segment) lector.Manifest {
	a := p.article
	m := lector.Manifest{
		Site: a.Site, Article: a.ID, Key: a.Key(), Revision: a.Revision, Hash: t.hash,
		Title: t.script.Title, Authors: p.page.Authors, Publication: p.site.Title, PublishedAt: p.page.Published,
		Language: p.language, Disclosure: p.disclosure(t), Created: p.narrator.now(),
		Voices:   t.spokenBy(),
		Duration: line.Duration.Seconds(), Samples: line.Samples, SampleRate: line.SampleRate,
		Segments: segments, Lexicon: matchedEntries(t.chunks),
	}
	m.Links = lector.NewLinks(m.Hash)
	m.Links.Article = cmp.Or(lector.WebAddress(a.URL), lector.WebAddress(p.page.URL))
	if len(chapters(segments)) > 0 {
		m.Links.Chapters = m.Hash + ".chapters.json"
	}
	return m
}

func (t *voicePlan) spokenBy() (all []lector.SpokenBy) {
	for _, v := range t.voices() {
		c := v.Capabilities
		all = append(all, lector.SpokenBy{Name: v.Name, Backend: c.Backend, Engine: c.Engine, Voice: c.Voice})
	}
	return all
}

func (n *Narrator) now() time.Time {
	if n.Now != nil {
		return n.Now()
	}
	return time.Now().UTC()
}
