package audio

import (
	"context"
	"runtime"

	"lector/audio/mpeg"
	"lector/audio/pcm"
)

// pieceFrames is how much of a part one goroutine decodes at a time: six seconds
// at 24 kHz. The frames decoded twice to settle are a hundredth of it.
const pieceFrames = 256

// settle is how many frames a decoder must have decoded until its overlap and
// filter history are what they are in the whole.
const settle = 3

// piece is a stretch of a part, decoded.
type piece struct {
	from      int // its first frame
	samples   []int16
	faults    int // frames that did not decode
	low, high int // global_gain
	lost      []mpeg.Problem
	err       error
}

// decodeAll decodes the part in pieces, as many at a time as there are
// processors, and hands them to visit in order. The part is made louder by boost
// steps on its way.
func (s *stream) decodeAll(ctx context.Context, boost int, visit func(piece)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	queue := make(chan chan piece, runtime.GOMAXPROCS(0)-1)
	go func() {
		defer close(queue)
		for from := 0; from < s.frames; from += pieceFrames {
			done := make(chan piece, 1)
			select {
			case queue <- done:
			case <-ctx.Done():
				return
			}
			go func() { done <- s.decodePiece(from, min(from+pieceFrames, s.frames), boost) }()
		}
	}()
	for done := range queue {
		p := <-done
		if p.err != nil {
			return p.err
		}
		visit(p)
	}
	return ctx.Err()
}

// decodePiece decodes frames [from, to) as they sound within the part.
func (s *stream) decodePiece(from, to, boost int) piece {
	begin := max(0, from-settle)
	units, err := s.units(begin)
	if err != nil {
		return piece{err: err}
	}
	p := piece{from: from, low: 256, high: -1, samples: make([]int16, 0, (to-from)*s.spf()*s.first.Channels())}
	m := &gainMeter{Units: units, p: &p, skip: from - begin, left: to - from}
	d := pcm.NewDecoder(boosted{m, boost})
	for n := begin; n < to && d.Next(); n++ {
		if n < from {
			continue
		}
		p.samples = append(p.samples, d.Samples()...)
		if d.Fault() != nil {
			p.faults++
		}
	}
	p.lost = m.lost(units)
	return p
}

// gainMeter looks at the units of a piece on their way to the decoder.
type gainMeter struct {
	pcm.Units
	p     *piece
	skip  int   // units in front of the piece
	left  int   // units of the piece to come; the decoder looks beyond
	first int64 // offset of the piece's first unit
	end   int64 // of the unit behind it, 0 if none was seen
}

// Next implements pcm.Units.
func (m *gainMeter) Next() bool {
	if !m.Units.Next() {
		return false
	}
	u := m.Unit()
	switch m.skip--; {
	case m.skip >= 0:
		return true
	case m.skip == -1:
		m.first = u.Offset
	}
	if m.left--; m.left < 0 {
		if m.left == -1 {
			m.end = u.Offset
		}
		return true
	}
	low, high := u.SideInfo().GainRange()
	m.p.low, m.p.high = min(m.p.low, low), max(m.p.high, high)
	return true
}

// lost returns the problems of the piece's own units: those in front were read
// without what lies before them.
func (m *gainMeter) lost(units *mpeg.Reader) (own []mpeg.Problem) {
	all, _ := units.Problems()
	for _, x := range all {
		if x.Offset >= m.first && (m.end == 0 || x.Offset < m.end) {
			own = append(own, x)
		}
	}
	return own
}
