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

// cast is who reads which kinds of segments beside a voice.
type cast map[lector.SegmentKind]Voice

// cast returns the site's cast for an article in the language. Who does not
// speak it, or in another form than the voice, so that the clips could not be
// joined, has no part.
func (n *Narrator) cast(site Site, beside Voice, language string) cast {
	c := cast{}
	for kind, name := range site.VoicesByRole {
		for _, v := range n.Voices {
			a, b := v.Capabilities, beside.Capabilities
			if v.Name == name && v.Name != beside.Name && a.Speaks(language) && a.SampleRate == b.SampleRate && a.Channels == b.Channels {
				c[kind] = v
			}
		}
	}
	return c
}

// of returns who reads a kind.
func (c cast) of(kind lector.SegmentKind, otherwise Voice) Voice {
	if v, ok := c[kind]; ok {
		return v
	}
	return otherwise
}

// needs narrows what a voice can take to what all of the cast can: the script
// is written once.
func (c cast) needs(caps lector.Capabilities) lector.Capabilities {
	for _, v := range c {
		other := v.Capabilities
		if other.Unit == lector.Bytes {
			caps.Unit = lector.Bytes // no fewer than characters
		}
		if caps.MaxLength == 0 || other.MaxLength > 0 && other.MaxLength < caps.MaxLength {
			caps.MaxLength = other.MaxLength
		}
		if spelled(other.Normalise) > spelled(caps.Normalise) {
			caps.Normalise = other.Normalise
		}
	}
	return caps
}

// spelled orders how much is spelt out; a voice that does not say wants all.
func spelled(level string) int {
	if at := slices.Index([]string{"off", "light", "full"}, level); at >= 0 {
		return at
	}
	return 2
}

// voices returns who reads, each once, the voice of the take first.
func (t *take) voices() []Voice {
	all := []Voice{t.voice}
	for _, v := range t.by {
		if !slices.ContainsFunc(all, func(w Voice) bool { return w.Name == v.Name }) {
			all = append(all, v)
		}
	}
	return all
}

// read has each voice read its chunks, all at once, and returns the clips in
// the order of the chunks; or who failed, and why.
func (t *take) read(ctx context.Context, step func(Progress)) ([]synth.Clip, unread) {
	clips := make([]synth.Clip, len(t.speech))
	voices := t.voices()
	errs := make([]error, len(voices))
	tell := t.counted(step)
	var wait sync.WaitGroup
	for i, v := range voices {
		wait.Go(func() { errs[i] = t.part(ctx, v, clips, tell) })
	}
	wait.Wait()
	var failed unread
	for i, err := range errs {
		if err != nil {
			failed = append(failed, unable{voices[i].Name, err})
		}
	}
	return clips, failed
}

// part has one voice read its chunks.
func (t *take) part(ctx context.Context, v Voice, clips []synth.Clip, tell func(synth.Clip)) error {
	var mine []synth.Chunk
	var at []int
	for i, by := range t.by {
		if by.Name == v.Name {
			mine, at = append(mine, t.speech[i]), append(at, i)
		}
	}
	read, err := v.Synthesizer.Synthesize(ctx, mine, func(_, _ int, c synth.Clip) { tell(c) })
	for i, c := range read {
		clips[at[i]] = c
	}
	return err
}

// counted tells of each clip, never of two at once.
func (t *take) counted(step func(Progress)) func(synth.Clip) {
	var names []string
	for _, v := range t.voices() {
		names = append(names, v.Name)
	}
	total, done := len(t.speech), 0
	step(Progress{Stage: lector.StageSynth, Total: total, Note: strings.Join(names, ", ")})
	var mu sync.Mutex
	return func(c synth.Clip) {
		mu.Lock()
		defer mu.Unlock()
		done++
		step(Progress{Stage: lector.StageSynth, Done: done, Total: total, Note: c.State})
	}
}

// unable is why a voice did not read its part.
type unable struct {
	voice string
	error
}

// Error names the voice.
func (f unable) Error() string { return fmt.Sprintf("voice %s: %v", f.voice, f.error) }

func (f unable) Unwrap() error { return f.error }

// lacks reports whether one of those who failed before has a part in the take.
func (u unread) lacks(t *take) bool {
	return slices.ContainsFunc(u, func(err error) bool {
		f := unable{}
		return errors.As(err, &f) && slices.ContainsFunc(t.voices(), func(v Voice) bool { return v.Name == f.voice })
	})
}
