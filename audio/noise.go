package audio

import (
	"context"
	"slices"
)

// A voice may breathe, hiss or hum before its first word and behind its last, and a
// soft voice may end below −60 dBFS. So where an edge of the sound is not strong
// within softEdge, the level of the speech decides where it begins and ends, and not
// −60 dBFS: it is found in the envelope, in steps of envelopeStep.
const softEdge = 150 // ms

// What is cut off at least, in ms: a soft sound that is shorter may be a consonant,
// unless the edge is noise all along.
const (
	leastSound = 300
	leastNoise = 60
)

// heardNoise is the root mean square, −70 dBFS, of a noise that reaches −60 dBFS.
const heardNoise = 0.0003

// How far below the loud steps of the speech, as a factor, sound is no speech any
// more; how much nearer to them a steady noise at the edge may be that is none
// either, and how far above its own level it ends.
const (
	speechFloor = 0.01 // −40 dB
	noiseMost   = 0.05 // −26 dB
	noiseMargin = 2    // +6 dB above its median
	noiseSwing  = 1.5  // +3.5 dB above its loud steps
	noiseSpread = 3    // 9.5 dB between its inner and its outer half: a fade has more
)

// noiseSteps is how much of an edge tells its noise. Of the stepsNear nearest to an
// edge, stepsLoud must be speech: a click in the noise is none, and the last t of a
// word is, because there is a vowel near it.
const (
	noiseSteps = 20
	stepsNear  = 20
	stepsLoud  = 5
)

// trimmable finds the edges of a part of which nothing else is to be known.
func (s *stream) trimmable(ctx context.Context) error {
	if err := s.findEdges(); err != nil {
		return err
	}
	if head, tail := s.softEdges(); !head && !tail {
		return nil
	}
	m := newMeasure(s)
	if err := s.decodeAll(ctx, func(p *piece) { m.env.add(p.samples) }); err != nil {
		return err
	}
	s.refineEdges(m.env.values)
	return nil
}

// softEdges says which ends of the sound may be no speech.
func (s *stream) softEdges() (head, tail bool) {
	e, most := s.edges, s.first.SampleRate()*softEdge/1000
	if !e.known || e.silent {
		return false, false
	}
	return e.firstStrong < 0 || e.firstStrong-e.first > most, e.lastStrong < 0 || e.last-e.lastStrong > most
}

// refineEdges moves soft edges to where the envelope says that speech begins and
// ends.
func (s *stream) refineEdges(envelope []float32) {
	if len(envelope) < noiseSteps+stepsNear {
		return
	}
	head, tail := s.softEdges()
	step := s.first.SampleRate() / 100
	if head {
		if n, least := speechFrom(envelope); n >= 0 {
			s.edges.moveHead(s.delay()+n*step, least*step/10)
		}
	}
	if tail {
		back := slices.Clone(envelope)
		slices.Reverse(back)
		if n, least := speechFrom(back); n >= 0 {
			s.edges.moveTail(s.delay()+(len(envelope)-n)*step-1, least*step/10)
		}
	}
}

func (e *edges) moveHead(to, least int) {
	if to-e.first > least || to < e.head {
		e.first, e.head = to, to
	}
}

func (e *edges) moveTail(to, least int) {
	if e.last-to > least || to > e.tail {
		e.last, e.tail = to, to
	}
}

// speechFrom returns the first step of an envelope that is speech, or −1, and how
// many ms in front of it must be none to be cut off.
func speechFrom(envelope []float32) (first, least int) {
	loud := quantile(envelope, 0.95)
	floor := loud * speechFloor
	least = leastSound
	if noise := steadyNoise(envelope[:noiseSteps]); noise > 0 && noise < loud*noiseMost {
		floor, least = max(floor, noise), leastNoise
	}
	for i, x := range envelope {
		if x >= floor && speechAt(envelope[i:], floor) {
			return i, least
		}
	}
	return -1, 0
}

// steadyNoise returns the level below which an edge is noise, 0 where it is none: not
// heard at all, or a sound that fades.
func steadyNoise(edge []float32) float32 {
	median := quantile(edge, 0.5)
	outer, inner := quantile(edge[:len(edge)/2], 0.5), quantile(edge[len(edge)/2:], 0.5)
	if median < heardNoise || inner > noiseSpread*outer {
		return 0
	}
	return max(noiseMargin*median, noiseSwing*quantile(edge, 0.9))
}

// speechAt reports whether enough of the next steps are above the floor.
func speechAt(envelope []float32, floor float32) bool {
	n := 0
	for _, x := range envelope[:min(stepsNear, len(envelope))] {
		if x >= floor {
			n++
		}
	}
	return n >= stepsLoud
}
