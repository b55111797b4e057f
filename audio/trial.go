package audio

import "lector/audio/mpeg"

// trial lays frames out without their bytes: it finds whether all main data
// finds room and how long the output gets. Write repeats its steps.
type trial struct {
	laid
	seek seekTable
}

// laid is how far a trial is. Where bit rates do not vary, it is all that is needed
// to go back.
type laid struct {
	rates
	layout mpeg.Layout
	frames int64
	bytes  int64
	failed bool
}

func newTrial(h mpeg.Header, vbr bool) *trial {
	return &trial{laid: laid{rates: rates{header: h, vbr: vbr}}}
}

// add places a frame of which h is the header and n the length of main data.
func (t *trial) add(h mpeg.Header, n int) {
	if t.failed {
		return
	}
	out := t.next(h)
	_, ok := t.layout.Place(out, n)
	for !ok && t.raise(&out) {
		_, ok = t.layout.Place(out, n)
	}
	t.failed = !ok
	t.count(out.Size())
}

func (t *trial) silence(n int) {
	for range n {
		t.add(t.quiet(), 0)
	}
}

// copied accounts for a part whose frames are copied as they are.
func (t *trial) copied(s *stream, c cut, bytes span) {
	t.layout.Reset()
	if t.vbr { // the table of contents wants to know every frame
		frames := s.framesFrom(c.head)
		for frames.Next() {
			if at := frames.Frame().Offset; at >= bytes.from && at < bytes.to {
				t.count(frames.Frame().Header.Size())
			}
		}
		return
	}
	t.frames += int64(s.frames - c.head - c.tail)
	t.bytes += bytes.to - bytes.from
}

func (t *trial) count(size int) {
	if t.vbr {
		t.seek.add(t.bytes)
	}
	t.frames++
	t.bytes += int64(size)
}

// rates decides bit rate and padding of one frame after the other.
type rates struct {
	header mpeg.Header
	vbr    bool
	pacer  mpeg.Pacer
}

// next returns the header of the frame that carries what a frame with header h
// carried.
func (r *rates) next(h mpeg.Header) mpeg.Header {
	const extension = 0x30
	out := r.header
	if h.Mode() == mpeg.JointStereo {
		out |= h & extension
	}
	if r.vbr {
		return out.WithIndex(h.Index()).WithPadding(h.Padded())
	}
	return r.pacer.Next(out)
}

// raise raises the bit rate of a frame whose data found no room, where rates
// may vary. It is false at the highest.
func (r *rates) raise(h *mpeg.Header) bool {
	if !r.vbr || h.Index() == mpeg.MaxIndex {
		return false
	}
	*h = h.WithIndex(h.Index() + 1)
	return true
}

// quiet returns the header that next gets for a frame of silence: of the lowest
// bit rate that holds a frame.
func (r *rates) quiet() mpeg.Header {
	h := r.header.WithMode(r.header.Mode()).WithPadding(false).WithIndex(1)
	for h.BodySize() < 0 {
		h = h.WithIndex(h.Index() + 1)
	}
	return h
}

// seekTable remembers where frames begin, of all frames at equal distances and
// of never more than 512 of them.
type seekTable struct {
	at    [512]int64
	n     int
	every int64
	seen  int64
}

func (s *seekTable) add(at int64) {
	s.every = max(s.every, 1)
	if s.seen%s.every == 0 {
		if s.n == len(s.at) {
			for i := range s.n / 2 {
				s.at[i] = s.at[2*i]
			}
			s.n /= 2
			s.every *= 2
		}
		if s.seen%s.every == 0 {
			s.at[s.n] = at
			s.n++
		}
	}
	s.seen++
}

// table returns a TOC: entry i is where the audio of i percent of the time
// begins, in 1/256 of all bytes. info is the length of the frame in front.
func (s *seekTable) table(info, total int64) *[100]byte {
	var toc [100]byte
	for i := range toc {
		n := min(int(int64(i)*s.seen/100/max(s.every, 1)), s.n-1)
		if n >= 0 {
			toc[i] = byte(min(255, ((info+s.at[n])*256+total/2)/max(total, 1)))
		}
	}
	return &toc
}
