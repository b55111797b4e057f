package audio

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// noisy is a clip of a sentence with something that is no speech around it.
type noisy struct {
	name        string
	front, back string // as sox synthesises it
	scale       string // of the speech
	rate        string
}

// clip returns the clip, and the same one without what is around.
func (n noisy) clip(t *testing.T, sentence int) (with, without Part) {
	t.Helper()
	need(t, "flite", "sox", "lame")
	id := strings.Map(func(r rune) rune {
		if r == ' ' || r == ',' || r == '/' {
			return '-'
		}
		return r
	}, fmt.Sprintf("%s-%d", n.name, sentence))
	speech := clips.make(id+".wav", func(p string) {
		run(t, "sox", clips.wav(t, sentence, "m"), "-r", "24000", p, "vol", n.scale)
	})
	sound := func(name, what string) []string {
		if what == "" {
			return nil
		}
		path := clips.make(id+name+".wav", func(p string) {
			run(t, "sox", append([]string{"-R", "-n", "-r", "24000", "-b", "16", "-c", "1", p, "synth"}, strings.Fields(what)...)...)
		})
		return []string{path}
	}
	around := append(append(sound("front", n.front), speech), sound("back", n.back)...)
	whole := clips.make(id+"whole.wav", func(p string) { run(t, "sox", append(around, p)...) })
	encode := func(wav string) Part {
		return filePart(t, clips.make(strings.TrimSuffix(wav, ".wav")[len(clips.dir)+1:]+".mp3", func(p string) {
			run(t, "lame", "--quiet", "-m", "m", "--resample", n.rate, "-b", "64", "--cbr", wav, p)
		}))
	}
	return encode(whole), encode(speech)
}

// around are lead-ins and tails, with the level of their noise below full scale.
var around = []noisy{
	{"silence 2 s", "2 sine 100 vol 0", "", "1", "24"},
	{"white -59", "", "1 whitenoise vol 0.0019", "1", "24"},
	{"white -59 both", "0.7 whitenoise vol 0.0019", "1.3 whitenoise vol 0.0019", "1", "22.05"},
	{"white -50", "0.5 whitenoise vol 0.0055", "1 whitenoise vol 0.0055", "1", "24"},
	{"pink -52, loud voice", "1 pinknoise vol 0.02", "1 pinknoise vol 0.02", "2", "24"},
	{"brown", "0.6 brownnoise vol 0.003", "0.9 brownnoise vol 0.003", "1", "16"},
	{"hum", "1 sine 50 vol 0.004", "1 sine 50 vol 0.004", "1", "24"},
	{"a softer voice", "", "1 whitenoise vol 0.0012", "0.25", "24"},
	{"white -59, 300 ms", "0.3 whitenoise vol 0.0019", "0.3 whitenoise vol 0.0019", "1", "44.1"},
}

// TestNoiseIsTrimmedLikeSilence joins clips with noise around the speech, and looks
// where the speech of the clean clips is in the result.
func TestNoiseIsTrimmedLikeSilence(t *testing.T) {
	t.Parallel()
	withoutRace(t)
	const pause = 450 * time.Millisecond
	const soft = 250 * time.Millisecond // a soft sound at an edge may be lost in the noise, or not
	for _, n := range around {
		t.Run(n.name, func(t *testing.T) {
			t.Parallel()
			var parts []Part
			var clean []Span
			for i := range 3 {
				with, without := n.clip(t, 2*i)
				with.Pause = pause
				parts = append(parts, with)
				clean = append(clean, speechIn(t, with, without))
			}
			p, path := write(t, parts, Options{Trim: true, Pauses: true})
			judge(t, p, path)
			line := p.Timeline()
			for i := range parts[1:] {
				gap := line.Parts[i+1].Origin + clean[i+1].Start - line.Parts[i].Origin - clean[i].End
				if d := gap - pause; d.Abs() > soft {
					t.Errorf("join %d: the speech pauses for %v, asked %v", i, gap, pause)
				}
			}
			if first := line.Parts[0].Origin + clean[0].Start; first > 300*time.Millisecond {
				t.Errorf("the first word comes after %v", first)
			}
			if rest := line.Duration - line.Parts[2].Origin - clean[2].End; rest > 400*time.Millisecond {
				t.Errorf("%v behind the last word", rest)
			}
		})
	}
}

// speechIn returns where the speech of a clean clip, as far as it is not 40 dB below
// its loud parts, is in one with something around it: at the lag at which their
// envelopes are alike.
func speechIn(t *testing.T, with, without Part) Span {
	t.Helper()
	whole, err := Analyze(context.Background(), with.Source, with.Size)
	if err != nil {
		t.Fatal(err)
	}
	alone, err := Analyze(context.Background(), without.Source, without.Size)
	if err != nil {
		t.Fatal(err)
	}
	best, at := -1.0, 0
	for lag := 0; lag+len(alone.Envelope) <= len(whole.Envelope)+8; lag++ {
		sum := 0.0
		for i, x := range alone.Envelope[:min(len(alone.Envelope), len(whole.Envelope)-lag)] {
			sum += float64(x) * float64(whole.Envelope[lag+i])
		}
		if sum > best {
			best, at = sum, lag
		}
	}
	lag := time.Duration(at) * whole.Step
	first, _ := speechFrom(alone.Envelope)
	slices.Reverse(alone.Envelope)
	last, _ := speechFrom(alone.Envelope)
	return Span{time.Duration(first)*alone.Step + lag, time.Duration(len(alone.Envelope)-last)*alone.Step + lag}
}

// TestSoundIsTheSpeech measures a noisy clip by its speech, as its pace is judged by it.
func TestSoundIsTheSpeech(t *testing.T) {
	t.Parallel()
	withoutRace(t)
	for _, n := range around {
		with, without := n.clip(t, 0)
		a, err := Analyze(context.Background(), with.Source, with.Size)
		if err != nil {
			t.Fatal(err)
		}
		speech := speechIn(t, with, without)
		if d := a.Sound.Start - speech.Start; d.Abs() > 80*time.Millisecond {
			t.Errorf("%s: sound begins at %v, the speech at %v", n.name, a.Sound.Start, speech.Start)
		}
		if d := a.Sound.End - speech.End; d.Abs() > 120*time.Millisecond {
			t.Errorf("%s: sound ends at %v, the speech at %v", n.name, a.Sound.End, speech.End)
		}
	}
}

// TestFadesAreNoNoise keeps ends that fade for a fifth of a second.
func TestFadesAreNoNoise(t *testing.T) {
	t.Parallel()
	parts := clips.parts(t, len(sentences), format{"24", "m", "-b 48", "-t"})
	for i := range parts {
		parts[i].Pause = 250 * time.Millisecond
	}
	p, path := write(t, parts, Options{Trim: true, Pauses: true})
	judgeParts(t, p, judge(t, p, path))
}
