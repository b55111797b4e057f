package audio

import (
	"lector/audio/layer3"
	"lector/audio/mpeg"
)

// Loud is the lowest 16-bit sample value that counts as sound: the first above
// −60 dBFS.
const Loud = 33

// loud is where decoders that round reach Loud; nearLoud is what trimming takes
// for sound: less than that by more than decoders differ, so that none finds
// sound in a frame that was dropped.
const (
	loud     = Loud - 0.5
	nearLoud = Loud - 4
)

// strong is a level, −26 dBFS, that speech reaches soon behind its beginning and
// not long before its end, and noise in a pause does not.
const strong = 1642

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
	e := noEdges
	if err := s.listen(0, s.frames, &e, func() bool { return e.firstStrong < 0 }); err != nil {
		return err
	}
	if s.edges = e.found(); s.edges.silent {
		return nil
	}
	e.last, e.tail, e.lastStrong = -1, -1, -1
	for to, n := s.frames, backFrames; e.lastStrong < 0 && to > 0; n *= 2 {
		from := max(0, to-n)
		back := noEdges
		if err := s.listen(from, to, &back, func() bool { return true }); err != nil {
			return err
		}
		e.last, e.tail, e.lastStrong = max(e.last, back.last), max(e.tail, back.tail), back.lastStrong
		to = from
	}
	s.edges = e.found()
	return nil
}

// found returns the edges when all that matters was noted.
func (e edges) found() edges {
	if e.first < 0 {
		return edges{known: true, silent: true}
	}
	e.known = true
	return e
}

// listen decodes frames [from, to) as they sound within the part and notes the
// sound in them, as long as more says so.
func (s *stream) listen(from, to int, e *edges, more func() bool) error {
	begin := max(0, from-settle)
	units, err := s.units(new(mpeg.Scanner), begin)
	if err != nil {
		return err
	}
	d := new(layer3.Decoder)
	ch := s.first.Channels()
	for n := begin; n < to && more() && units.Next(); n++ {
		samples, _ := d.Decode(units.Unit())
		if n >= from {
			e.note(samples, ch, n*s.spf())
		}
	}
	if to == s.frames && more() {
		at := s.raw()
		s.fade(d, func(samples []float32) {
			e.note(samples, ch, at)
			at += s.spf()
		})
	}
	return nil
}

// note looks at samples, all channels, the first of which is number at.
func (e *edges) note(samples []float32, channels, at int) {
	if e.firstStrong < 0 {
		e.begin(samples, channels, at)
	}
	e.finish(samples, channels, at)
}

// begin looks for the first samples of each level.
func (e *edges) begin(samples []float32, channels, at int) {
	for i, x := range samples {
		if x < nearLoud && x > -nearLoud {
			continue
		}
		n := at + i/channels
		if e.head < 0 {
			e.head = n
		}
		if x < loud && x > -loud {
			continue
		}
		if e.first < 0 {
			e.first = n
		}
		if x >= strong || x <= -strong {
			e.firstStrong = n
			return
		}
	}
}

// finish looks for the last samples of each level.
func (e *edges) finish(samples []float32, channels, at int) {
	tail, last := false, false
	for i := len(samples) - 1; i >= 0; i-- {
		x := samples[i]
		if x < nearLoud && x > -nearLoud {
			continue
		}
		n := at + i/channels
		if !tail {
			e.tail, tail = n, true
		}
		if x < loud && x > -loud {
			continue
		}
		if !last {
			e.last, last = n, true
		}
		if x >= strong || x <= -strong {
			e.lastStrong = n
			return
		}
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

// margin is how many granules of silence stay between a cut and the sound behind it: a
// granule's output is mixed with the overlap of the one before it and smeared
// over 480 samples by the filter bank (ISO/IEC 11172-3, 2.4.3.4.10). Behind a sound,
// where nothing depends on what follows, backMargin lets it fade.
const (
	margin     = 2
	backMargin = 1
)

// droppable returns how many frames may go at each end of the part.
func (s *stream) droppable() (head, tail int) {
	if !s.edges.known || s.edges.silent {
		return 0, 0
	}
	perFrame := s.first.Granules()
	head = max(0, s.edges.head/granule-margin) / perFrame
	last := min((s.edges.tail/granule+backMargin)/perFrame, s.frames-1)
	return head, s.frames - 1 - last
}
