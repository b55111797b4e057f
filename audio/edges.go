package audio

import (
	"lector/audio/mpeg"
	"lector/audio/pcm"
)

// Loud is the lowest 16-bit sample value that counts as sound: the first above
// −60 dBFS.
const Loud = 33

// Edges are sought in audio made louder by boost steps, sixteenfold: go-mp3
// gives whole 16-bit values cut towards zero, and a fade crosses −60 dBFS so slowly
// that one of them is worth milliseconds. What is clipped by it is sound anyway.
const boost = 16

// loud is where decoders that round reach Loud; nearLoud is what trimming takes
// for sound: less than that by more than decoders differ, so that none finds
// sound in a frame that was dropped.
const (
	loud     = 16 * (2*Loud - 1) / 2
	nearLoud = 16 * (Loud - 4)
)

// strong is a level, −26 dBFS, that speech reaches soon behind its beginning and
// not long before its end, and noise in a pause does not.
const strong = 16 * 1642

// edges say where a part's sound begins and ends, as samples of its raw
// decoding. They are of use only when known. The end of a part that was cut off in
// the middle of sound lies behind its last frame: see fading.
type edges struct {
	known       bool // the part was decoded
	silent      bool // no sample is Loud
	first, last int  // Loud
	head, tail  int  // nearLoud
	// The first and the last strong sample; −1 where there is none.
	firstStrong, lastStrong int
}

var noEdges = edges{first: -1, last: -1, head: -1, tail: -1, firstStrong: -1, lastStrong: -1}

// backFrames is how many frames are decoded first in search of the end of sound.
const backFrames = 6

// findEdges decodes from the front until there is strong sound, and from the back in
// growing pieces until there is. What lies between is not decoded.
func (s *stream) findEdges() error {
	if !pcm.Decodable(s.first) {
		return nil
	}
	e := noEdges
	if err := s.listen(0, s.frames, &e, func() bool { return e.firstStrong < 0 }); err != nil {
		return err
	}
	if e.first < 0 {
		s.edges = edges{known: true, silent: true}
		return nil
	}
	e.known, e.last, e.tail, e.lastStrong = true, -1, -1, -1
	for to, n := s.frames, backFrames; e.lastStrong < 0 && to > 0; n *= 2 {
		from := max(0, to-n)
		back := noEdges
		if err := s.listen(from, to, &back, func() bool { return true }); err != nil {
			return err
		}
		e.last, e.tail, e.lastStrong = max(e.last, back.last), max(e.tail, back.tail), back.lastStrong
		to = from
	}
	s.edges = e
	return nil
}

// listen decodes frames [from, to) as they sound within the part and notes the
// sound in them, as long as more says so.
func (s *stream) listen(from, to int, e *edges, more func() bool) error {
	begin := max(0, from-settle)
	units, err := s.units(begin)
	if err != nil {
		return err
	}
	if to == s.frames {
		to += guard / s.first.Granules()
	}
	d := pcm.NewDecoder(boosted{&fading{Units: units, silence: s.silence(), left: to - s.frames}, boost})
	for n := begin; n < to && more() && d.Next(); n++ {
		if n >= from {
			e.note(d.Samples(), s.first.Channels(), n*s.spf())
		}
	}
	return nil
}

// silence returns a unit of digital silence.
func (s *stream) silence() mpeg.Unit {
	return mpeg.Unit{Header: s.first, Side: make([]byte, s.first.SideInfoSize())}
}

// fading puts silence behind units, as long as the last of them goes on
// sounding: its overlap and what the filter bank holds.
type fading struct {
	pcm.Units
	silence mpeg.Unit
	left    int
	ended   bool
}

// Next implements pcm.Units.
func (f *fading) Next() bool {
	if !f.ended && f.Units.Next() {
		return true
	}
	f.ended = true
	f.left--
	return f.left >= 0
}

// Unit implements pcm.Units.
func (f *fading) Unit() mpeg.Unit {
	if f.ended {
		return f.silence
	}
	return f.Units.Unit()
}

// boosted makes units louder, or less loud, on their way to a decoder.
type boosted struct {
	pcm.Units
	steps int
}

// Next implements pcm.Units.
func (b boosted) Next() bool {
	if !b.Units.Next() {
		return false
	}
	if b.steps != 0 {
		b.Unit().SideInfo().Boost(b.steps)
	}
	return true
}

// note looks at the samples of one frame, the first of which is number at.
func (e *edges) note(samples []int16, channels, at int) {
	for i, x := range samples {
		if x < nearLoud && x > -nearLoud {
			continue
		}
		n := at + i/channels
		if e.head < 0 {
			e.head = n
		}
		e.tail = n
		if x < loud && x > -loud {
			continue
		}
		if e.first < 0 {
			e.first = n
		}
		e.last = n
		if x < strong && x > -strong {
			continue
		}
		if e.firstStrong < 0 {
			e.firstStrong = n
		}
		e.lastStrong = n
	}
}

// bounds returns where the part's sound is taken to begin and end: measured, or
// its own first and last sample where it is silent or was not decoded.
func (s *stream) bounds() (first, last int) {
	if s.edges.known && !s.edges.silent {
		return s.edges.first, s.edges.last
	}
	return s.delay(), s.raw() - s.trail() - 1
}

// granule is the number of samples in one.
const granule = 576

// guard is how many granules of silence stay between a cut and the sound behind it: a
// granule's output is mixed with the overlap of the one before it and smeared
// over 480 samples by the filter bank (ISO/IEC 11172-3, 2.4.3.4.10). Behind a sound,
// where nothing depends on what follows, backGuard lets it fade.
const (
	guard     = 2
	backGuard = 1
)

// droppable returns how many frames may go at each end of the part.
func (s *stream) droppable() (head, tail int) {
	if !s.edges.known || s.edges.silent {
		return 0, 0
	}
	perFrame := s.first.Granules()
	head = max(0, s.edges.head/granule-guard) / perFrame
	last := min((s.edges.tail/granule+backGuard)/perFrame, s.frames-1)
	return head, s.frames - 1 - last
}

var _ pcm.Units = (*mpeg.Reader)(nil)
