package mpeg

// Layout finds places for main data in a sequence of frames: as early as the
// reservoir allows, so that later frames have the most room. All it must know is
// how many bytes in front of the next frame's own slots are still free.
type Layout struct{ free int }

// Place takes n bytes of main data for a frame with header h. It returns the
// frame's main_data_begin; without room it is false and nothing has changed.
func (l *Layout) Place(h Header, n int) (begin int, ok bool) {
	begin = min(l.free, h.Reservoir())
	rest := begin + h.BodySize() - n
	if rest < 0 {
		return 0, false
	}
	l.free = rest
	return begin, true
}

// Reset forgets the room before the next frame.
func (l *Layout) Reset() { l.free = 0 }

// Pacer sets the padding bit so that a constant bit rate is kept over time
// where a frame is no whole number of bytes (ISO/IEC 11172-3, 2.4.2.3).
type Pacer struct{ frames int64 }

// Next returns h with the padding bit of the next frame.
func (p *Pacer) Next(h Header) Header {
	rate, bits := int64(h.SampleRate()), int64(h.Samples()/8*h.Bitrate()*1000)
	h = h.WithPadding((p.frames+1)*bits/rate-p.frames*bits/rate > bits/rate)
	p.frames++
	return h
}
