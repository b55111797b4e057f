package audio

import (
	"math"
	"slices"

	"lector/audio/mpeg"
)

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

// above has no frame of a bit rate below that of index floor.
func (t *trial) above(floor int) *trial {
	t.floor = floor
	return t
}

// info returns the tag of the output, and by how much of the length its table of
// contents is wrong at most.
func (t *trial) info() (info mpeg.Info, off float64) {
	info = mpeg.Info{VBR: t.vbr, Frames: t.frames, Lame: &mpeg.Lame{Encoder: tagMaker, Padding: decoderDelay}}
	if t.vbr {
		info.TOC = new([100]byte)
	}
	size := int64(info.FrameSize(t.header))
	info.Bytes = size + t.bytes
	info.Lame.MusicLength = uint32(info.Bytes)
	if t.vbr {
		info.TOC, off = t.seek.table(size, info.Bytes)
	}
	return info, off
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
		frames := s.framesFrom(c.from())
		for frames.Next() {
			if at := frames.Frame().Offset; at >= bytes.from && at < bytes.to {
				t.count(frames.Frame().Header.Size())
			}
		}
		return
	}
	t.frames += int64(s.frames - c.from() - c.tail)
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
	floor  int // lowest bit rate index where rates vary
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
		return out.WithIndex(max(h.Index(), r.floor)).WithPadding(h.Padded())
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
// of never more than seekMarks of them.
type seekTable struct {
	at    []int64
	every int64
	seen  int64
}

const seekMarks = 4096

func (s *seekTable) add(at int64) {
	s.every = max(s.every, 1)
	if len(s.at) == seekMarks {
		for i := range seekMarks / 2 {
			s.at[i] = s.at[2*i]
		}
		s.at = s.at[:seekMarks/2]
		s.every *= 2
	}
	if s.seen%s.every == 0 {
		s.at = append(s.at, at)
	}
	s.seen++
}

// frame returns which frame, as a fraction, begins at byte at.
func (s *seekTable) frame(at int64) float64 {
	n, found := slices.BinarySearch(s.at, at)
	if found || n == 0 {
		return float64(int64(n) * s.every)
	}
	next, last := s.seen, at
	if n < len(s.at) {
		next, last = int64(n)*s.every, s.at[n]
	}
	from := int64(n-1) * s.every
	return float64(from) + float64(next-from)*float64(at-s.at[n-1])/float64(max(last-s.at[n-1], 1))
}

// table returns a TOC: entry i is where the audio of i percent of the time
// begins, in 1/256 of all bytes, and by how much of the time the worst entry is
// wrong. info is the length of the frame in front.
func (s *seekTable) table(info, total int64) (*[100]byte, float64) {
	var toc [100]byte
	worst := 0.0
	for i := range toc {
		want := float64(i) * float64(s.seen) / 100
		n := min(int(want)/int(max(s.every, 1)), len(s.at)-1)
		if n < 0 {
			break
		}
		least := math.Inf(1)
		exact := (info + s.at[n]) * 256 / max(total, 1)
		for entry := exact; entry <= min(exact+1, 255); entry++ {
			off := math.Abs(s.frame(max(0, entry*total/256-info))-want) / float64(s.seen)
			if off < least {
				toc[i], least = byte(entry), off
			}
		}
		worst = max(worst, least)
	}
	return &toc, worst
}
