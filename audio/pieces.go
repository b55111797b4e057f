package audio

import (
	"context"
	"runtime"
	"sync"

	"lector/audio/layer3"
	"lector/audio/mpeg"
)

// pieceFrames is how much of a part one goroutine decodes at a time: six seconds
// at 24 kHz. The frames decoded twice to settle are a hundredth of it.
const pieceFrames = 256

// settle is how many frames a decoder must have decoded until its overlap and
// filter history are what they are in the whole.
const settle = 3

// piece is a stretch of a part, decoded. Its samples, of which layer3.FullScale is
// full scale, are valid until the next piece is asked for.
type piece struct {
	from      int // its first frame
	samples   []float32
	fade      []float32 // what sounds on behind the part's last frame
	faults    int       // frames that did not decode
	low, high int       // global_gain
	lost      []mpeg.Problem
	err       error
}

// listener decodes pieces, one after the other, in the same memory.
type listener struct {
	frames  mpeg.Scanner
	decoder layer3.Decoder
	piece   piece
}

// listeners are those that nobody uses now: a clip needs more memory to be heard than
// it has bytes.
var listeners = sync.Pool{New: func() any { return new(listener) }}

// decodeAll decodes the part in pieces, as many at a time as there are
// processors, and hands them to visit in order. What it needs of memory does not
// grow with the part.
func (s *stream) decodeAll(ctx context.Context, visit func(*piece)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	most := min(runtime.GOMAXPROCS(0)+1, (s.frames+pieceFrames-1)/pieceFrames)
	idle := make(chan *listener, most)
	for range most {
		idle <- listeners.Get().(*listener)
	}
	queue := make(chan chan *listener, most)
	go func() {
		defer close(queue)
		for from := 0; from < s.frames; from += pieceFrames {
			select {
			case l := <-idle:
				done := make(chan *listener, 1)
				queue <- done // has room for all listeners
				go func() { done <- l.decode(s, from, min(from+pieceFrames, s.frames)) }()
			case <-ctx.Done():
				return
			}
		}
	}()
	for done := range queue {
		l := <-done
		if l.piece.err != nil {
			return l.piece.err
		}
		visit(&l.piece)
		idle <- l
	}
	if err := ctx.Err(); err != nil {
		return err // some may be at work
	}
	for range most {
		listeners.Put(<-idle)
	}
	return nil
}

// decode decodes frames [from, to) as they sound within the part.
func (l *listener) decode(s *stream, from, to int) *listener {
	p := &l.piece
	*p = piece{from: from, low: 256, high: -1, samples: p.samples[:0], fade: p.fade[:0]}
	if room := (to - from) * s.spf() * s.first.Channels(); cap(p.samples) < room {
		p.samples = make([]float32, 0, room)
	}
	begin := max(0, from-settle)
	units, err := s.units(&l.frames, begin)
	if err != nil {
		p.err = err
		return l
	}
	l.decoder.Reset()
	first := int64(-1)
	for n := begin; n < to && units.Next(); n++ {
		u := units.Unit()
		samples, err := l.decoder.Decode(u)
		if n < from {
			continue
		}
		if first < 0 {
			first = u.Offset
		}
		p.add(u, samples, err)
	}
	p.lost = lostFrom(units, first)
	if to == s.frames {
		s.fade(&l.decoder, func(samples []float32) { p.fade = append(p.fade, samples...) })
	}
	return l
}

func (p *piece) add(u mpeg.Unit, samples []float32, err error) {
	p.samples = append(p.samples, samples...)
	if err != nil {
		p.faults++
	}
	low, high := u.SideInfo().GainRange()
	p.low, p.high = min(p.low, low), max(p.high, high)
}

// lostFrom returns the problems from an offset on: the units before it were read
// without what lies in front of them.
func lostFrom(units *mpeg.Reader, first int64) (own []mpeg.Problem) {
	all, _ := units.Problems()
	for _, x := range all {
		if x.Offset >= first {
			own = append(own, x)
		}
	}
	return own
}

// fade puts silence into a decoder that has decoded the part's last frame, as long
// as that goes on sounding: its overlap and what the filter bank holds.
func (s *stream) fade(d *layer3.Decoder, visit func(samples []float32)) {
	silence := mpeg.Unit{Header: s.first, Side: make([]byte, s.first.SideInfoSize())}
	for range margin / s.first.Granules() {
		samples, _ := d.Decode(silence)
		visit(samples)
	}
}
