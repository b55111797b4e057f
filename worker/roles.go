package worker

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"lector"
	"lector/worker/synth"
)

// roleVoices are the voices of kinds of segments that the main voice does not read.
type roleVoices map[lector.SegmentKind]Voice

// roleVoices returns the site's voices by segment kind for an article in the
// language. Voices that do not speak it, or whose MP3 has another sample rate or
// channel count than the main voice's, are left out.
func (n *Narrator) roleVoices(site Site, beside Voice, language string) roleVoices {
	c := roleVoices{}
	for kind, name := range site.VoicesByRole {
		for _, v := range n.Voices {
			if v.Name != name || v.Name == beside.Name {
				continue
			}
			if v.Capabilities.Speaks(language) && sameFormat(v, beside) {
				c[kind] = v
			}
		}
	}
	return c
}

// sameFormat reports whether the MP3s of two voices can be joined.
func sameFormat(v, w Voice) bool {
	return v.Capabilities.SampleRate == w.Capabilities.SampleRate && v.Capabilities.Channels == w.Capabilities.Channels
}

// voiceFor returns the voice that reads a kind.
func (c roleVoices) voiceFor(kind lector.SegmentKind, otherwise Voice) Voice {
	if v, ok := c[kind]; ok {
		return v
	}
	return otherwise
}

// combinedLimits returns the capabilities that all voices share, since the script is
// written once for all of them.
func (c roleVoices) combinedLimits(caps lector.Capabilities) lector.Capabilities {
	for _, v := range c {
		other := v.Capabilities
		if other.Unit == lector.Bytes {
			caps.Unit = lector.Bytes // no fewer than characters
		}
		if caps.MaxLength == 0 || other.MaxLength > 0 && other.MaxLength < caps.MaxLength {
			caps.MaxLength = other.MaxLength
		}
		if normaliseLevel(other.Normalise) > normaliseLevel(caps.Normalise) {
			caps.Normalise = other.Normalise
		}
	}
	return caps
}

// normaliseLevel orders levels of normalisation; an unknown one counts as full.
func normaliseLevel(level string) int {
	if at := slices.Index([]string{"off", "light", "full"}, level); at >= 0 {
		return at
	}
	return 2
}

// voices returns the voices that read, each once, the main voice first.
func (t *voicePlan) voices() []Voice {
	all := []Voice{t.voice}
	for _, v := range t.chunkVoices {
		if !slices.ContainsFunc(all, func(w Voice) bool { return w.Name == v.Name }) {
			all = append(all, v)
		}
	}
	return all
}

// synthesize has each voice read its chunks, all at once, and returns the clips in
// the order of the chunks; or the errors of the voices that failed.
func (t *voicePlan) synthesize(ctx context.Context, a *synth.Account, step func(Progress)) ([]synth.Clip, voiceErrors) {
	parts := t.parts()
	if err := reserveMissing(ctx, a, parts); err != nil {
		return nil, voiceErrors{err}
	}
	clips := make([]synth.Clip, len(t.synthChunks))
	tell := t.countProgress(step)
	var wait sync.WaitGroup
	for _, p := range parts {
		wait.Go(func() {
			ctx, span := lector.StartSpan(ctx, "synthesize", lector.SpanInternal)
			span.SetString("lector.voice", p.voice.Name)
			span.SetInt("lector.chunks", len(p.chunks))
			p.synthesize(ctx, a, clips, tell)
			span.End(p.err)
		})
	}
	wait.Wait()
	return clips, failuresOf(parts)
}

// failuresOf returns the errors of the voices that failed.
func failuresOf(parts []*voicePart) (failed voiceErrors) {
	for _, p := range parts {
		if p.err != nil {
			failed = append(failed, voiceError{p.voice.Name, p.err})
		}
	}
	return failed
}

// voicePart is what one voice reads of a plan.
type voicePart struct {
	voice  Voice
	chunks []synth.Chunk
	at     []int // their places in the plan
	cached []synth.Clip
	err    error
}

// parts divides the chunks among the voices.
func (t *voicePlan) parts() (all []*voicePart) {
	for _, v := range t.voices() {
		p := &voicePart{voice: v}
		for i, by := range t.chunkVoices {
			if by.Name == v.Name {
				p.chunks, p.at = append(p.chunks, t.synthChunks[i]), append(p.at, i)
			}
		}
		all = append(all, p)
	}
	return all
}

// reserveMissing looks for the clips of all parts and reserves the calls for those
// that are not there, at once for all voices.
func reserveMissing(ctx context.Context, a *synth.Account, parts []*voicePart) error {
	var planned []lector.Call
	open := 0
	for _, p := range parts {
		var err error
		if p.cached, err = p.voice.Synthesizer.Cached(ctx, p.chunks); err != nil {
			return err
		}
		calls, most := p.voice.Synthesizer.Planned(a, p.chunks, p.cached)
		planned, open = append(planned, calls...), open+most
	}
	if a == nil {
		return nil
	}
	return a.Reserve(ctx, planned, open)
}

// synthesize has the voice read its chunks. The clips may be on their way into the cache when
// it returns.
func (p *voicePart) synthesize(ctx context.Context, a *synth.Account, clips []synth.Clip, tell func(synth.Clip)) {
	var read []synth.Clip
	read, p.err = p.voice.Synthesizer.SynthesizeUnstored(ctx, a, p.chunks, p.cached, func(_, _ int, c synth.Clip) { tell(c) })
	for i, c := range read {
		clips[p.at[i]] = c
	}
}

// countProgress returns a function that reports each clip, one at a time.
func (t *voicePlan) countProgress(step func(Progress)) func(synth.Clip) {
	var names []string
	for _, v := range t.voices() {
		names = append(names, v.Name)
	}
	total, done := len(t.synthChunks), 0
	step(Progress{Stage: lector.StageSynth, Total: total, Note: strings.Join(names, ", ")})
	var mu sync.Mutex
	return func(c synth.Clip) {
		mu.Lock()
		defer mu.Unlock()
		done++
		step(Progress{Stage: lector.StageSynth, Done: done, Total: total, Note: c.State})
	}
}

// voiceError is the error of one voice.
type voiceError struct {
	voice string
	error
}

// Error names the voice.
func (f voiceError) Error() string { return fmt.Sprintf("voice %s: %v", f.voice, f.error) }

// Unwrap returns what the voice failed with.
func (f voiceError) Unwrap() error { return f.error }

// includes reports whether a voice of the plan has failed before.
func (u voiceErrors) includes(t *voicePlan) bool {
	return slices.ContainsFunc(u, func(err error) bool {
		f := voiceError{}
		return errors.As(err, &f) && slices.ContainsFunc(t.voices(), func(v Voice) bool { return v.Name == f.voice })
	})
}
