package audio

import (
	"context"
	"slices"

	"lector/audio/mpeg"
)

// vbrPays is how many times larger a constant bit rate may make the output
// before a variable one is kept: DESIGN.md has the measurements.
const vbrPays = 1.5

// A table of contents counts bytes in 1/256 of all, so that in a stretch of low bit
// rates it misses by seconds: the more, the lower they are. A player looks for whole
// frames from there on, and ffmpeg goes on up to syncFrames. seekMost is by how much of
// the length both may miss, and mostFloor the highest bit rate index that frames are
// raised to for that. Where that is not enough, as for a sound of a few seconds, the
// bit rate is constant.
const (
	seekMost   = 0.01
	syncFrames = 3
	mostFloor  = 6
)

// tagMaker is the encoder that the LAME extension names. Players believe the
// extension only of encoders they know, by the first four letters.
const tagMaker = "LAME-join"

// layout is what the output will look like.
type layout struct {
	header mpeg.Header // of every frame, but for bit rate, padding and mode extension
	vbr    bool
	floor  int // lowest bit rate index where rates vary
	info   mpeg.Info
	bytes  int64 // the Info frame and all behind it
	spans  []span
}

// rates returns what decides the bit rates of the frames.
func (l layout) rates() rates { return rates{header: l.header, vbr: l.vbr, floor: l.floor} }

// span is the range of bytes that is copied of a part.
type span struct{ from, to int64 }

// fit decides the frames of the output. Parts of one constant bit rate, or all
// if nothing is to be trimmed, are copied as far as possible; else, or where data
// finds no room, all are laid anew.
func (p *Plan) fit(ctx context.Context) error {
	p.cut()
	h := p.template()
	if low, high := p.indexes(); low == high || !p.opt.Trim {
		h = h.WithIndex(low)
		if ok, err := p.copyParts(ctx, h); ok || err != nil {
			return err
		}
		p.cut()
	}
	if ok, err := p.relayParts(ctx, h); ok || err != nil {
		return err
	}
	for i := range p.cuts {
		p.cuts[i].keepHead(p.cuts[i].head)
	}
	if ok, err := p.relayParts(ctx, h); ok || err != nil {
		return err
	}
	return mpeg.ErrNoRoom
}

// template returns the header that all frames of the output share. A stereo
// frame is a joint stereo frame without mode extension, so one joint stereo part
// makes all of them joint stereo.
func (p *Plan) template() mpeg.Header {
	h := p.streams[0].first.WithoutCRC()
	for _, s := range p.streams {
		if s.first.Mode() == mpeg.JointStereo {
			return h.WithMode(mpeg.JointStereo)
		}
	}
	return h
}

// indexes returns the lowest and the highest bitrate index of all parts.
func (p *Plan) indexes() (low, high int) {
	low = mpeg.MaxIndex
	for _, s := range p.streams {
		low, high = min(low, s.low), max(high, s.high)
	}
	return low, high
}

// copyParts lays the output out with the parts' own bit rates, copied byte for
// byte where nothing speaks against it. It is false where data finds no room.
func (p *Plan) copyParts(ctx context.Context, h mpeg.Header) (bool, error) {
	p.relay = make([]bool, len(p.streams))
	l := layout{header: h, spans: make([]span, len(p.streams))}
	low, high := p.indexes()
	t := newTrial(h, low != high)
	before := make([]laid, len(p.streams))
	for i := 0; i < len(p.streams); i++ {
		before[i] = t.laid
		if err := p.copyPart(ctx, i, t, &l); err != nil {
			return false, p.changed(i, err)
		}
		if !t.failed {
			continue
		}
		again, ok := p.makeRoom(i)
		if !ok || t.vbr {
			return false, nil
		}
		t.laid, i = before[again], again-1
	}
	p.layout = l.closed(t)
	return true, nil
}

// copyPart lays out part i and the silence behind it.
func (p *Plan) copyPart(ctx context.Context, i int, t *trial, l *layout) error {
	s := p.streams[i]
	must, err := p.mustRelay(i, l.header)
	if err != nil {
		return err
	}
	t.silence(p.cuts[i].silent)
	if p.relay[i] = p.relay[i] || must; p.relay[i] {
		err = p.walk(ctx, i, func(u mpeg.Unit) { t.add(u.Header, len(u.Main)) })
	} else {
		l.spans[i], err = s.span(p.cuts[i])
		t.copied(s, p.cuts[i], l.spans[i])
	}
	t.silence(p.cuts[i].gap)
	return err
}

// makeRoom changes how parts are laid where the data of part i finds no room,
// because its slots went with the frames dropped at its head: the part before is
// laid anew, which leaves all that it does not use at its end; if that is not
// enough, silence of the parts becomes silent frames, which leave all of theirs; and
// if there is none, a frame of the head stays. It returns the part to go back to, and
// false where nothing is left to be tried.
func (p *Plan) makeRoom(i int) (again int, ok bool) {
	if i > 0 && !p.relay[i-1] {
		p.relay[i-1] = true
		return i - 1, true
	}
	if p.exchange(i) {
		return max(i-1, 0), true
	}
	if p.cuts[i].head == 0 {
		return i, false
	}
	p.cuts[i].keepHead(1)
	return i, true
}

// exchange replaces a frame of the silence in front of part i by a silent frame, so
// that the pause stays as long as it is. It is false where no such frame is left.
func (p *Plan) exchange(i int) bool {
	most, _ := p.streams[i].droppable()
	if p.cuts[i].from() < most {
		p.cuts[i].silent++
		return true
	}
	if i == 0 {
		return false
	}
	before := &p.cuts[i-1]
	_, most = p.streams[i-1].droppable()
	if before.tail < most {
		before.tail++
		before.gap++
		return true
	}
	return false
}

// mustRelay reports whether the frames of part i cannot be copied as they are.
func (p *Plan) mustRelay(i int, h mpeg.Header) (bool, error) {
	const crc = 0x10000
	s := p.streams[i]
	fits := s.tight && s.uniform && (s.first^h)&^(headerVaries|crc) == 0
	if !fits || p.gain(i) != 0 {
		return true, nil
	}
	from := p.cuts[i].from()
	if from == 0 {
		return false, nil
	}
	units := s.framesFrom(from)
	for range from%stride + 1 {
		if !units.Next() {
			return false, errChanged
		}
	}
	f := units.Frame()
	return mpeg.SideInfoOf(f.Header, f.Data).MainDataBegin() > 0, nil
}

// span returns the bytes of the part that its cut leaves.
func (s *stream) span(c cut) (span, error) {
	from, err := s.offset(c.from())
	if err != nil {
		return span{}, err
	}
	to, err := s.offset(s.frames - c.tail)
	return span{from, to}, err
}

// frontFrames is how many silent frames give room to the first part where all are
// laid anew: those of the lowest bit rate hold little.
const frontFrames = 2

// relayParts lays all frames anew: at the lowest constant bit rate that has
// room, or, where that costs too much, at varying ones.
func (p *Plan) relayParts(ctx context.Context, h mpeg.Header) (bool, error) {
	p.relay = make([]bool, len(p.streams))
	for range frontFrames {
		p.exchange(0)
	}
	var cbr, vbr []*trial
	for floor := 1; floor <= mostFloor; floor++ {
		vbr = append(vbr, newTrial(h, true).above(floor))
	}
	for i := 1; i <= mpeg.MaxIndex; i++ {
		if h.WithIndex(i).WithPadding(false).BodySize() >= 0 {
			cbr = append(cbr, newTrial(h.WithIndex(i), false))
		}
	}
	for i := range p.streams {
		p.relay[i] = true
		all := slices.Concat(cbr, vbr)
		for _, t := range all {
			t.silence(p.cuts[i].silent)
		}
		err := p.walk(ctx, i, func(u mpeg.Unit) {
			for _, t := range all {
				t.add(u.Header, len(u.Main))
			}
		})
		if err != nil {
			return false, p.changed(i, err)
		}
		for _, t := range all {
			t.silence(p.cuts[i].gap)
		}
	}
	best := choose(cbr, vbr)
	p.layout = layout{header: h}.closed(best)
	return !best.failed, nil
}

// choose returns the lowest constant bit rate that fits, unless that is much
// larger than varying ones in which players find their way.
func choose(cbr, vbr []*trial) *trial {
	varying, seeks := seekable(vbr)
	for _, t := range cbr {
		if t.failed {
			continue
		}
		if seeks && float64(t.bytes) > vbrPays*float64(varying.bytes) {
			return varying
		}
		return t
	}
	return varying
}

// seekable returns the first trial whose table of contents leads to within seekMost
// of where it should, or the last and false.
func seekable(vbr []*trial) (t *trial, ok bool) {
	for _, t = range vbr {
		if !t.failed && t.seeks() {
			return t, true
		}
	}
	return t, false
}

// seeks reports whether players that go by the table of contents come near enough.
func (t *trial) seeks() bool {
	_, off := t.info()
	return off+syncFrames/float64(max(t.frames, 1)) <= seekMost
}

// closed completes the layout with what a trial found.
func (l layout) closed(t *trial) layout {
	l.vbr, l.header, l.floor = t.vbr, t.header, t.floor
	l.info, _ = t.info()
	l.bytes = l.info.Bytes
	return l
}

// walk shows the units that part i contributes, in order.
func (p *Plan) walk(ctx context.Context, i int, visit func(mpeg.Unit)) error {
	s, c := p.streams[i], p.cuts[i]
	units, err := s.units(new(mpeg.Scanner), c.from())
	if err != nil {
		return err
	}
	for n := c.from(); n < s.frames-c.tail; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if !units.Next() {
			return errChanged
		}
		visit(units.Unit())
	}
	return nil
}
