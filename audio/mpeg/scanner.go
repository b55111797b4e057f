package mpeg

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
)

// Frame is one frame as it stands in a file. Data is the whole frame, header
// included; it belongs to the scanner and is valid until its next step.
type Frame struct {
	Offset int64
	Header Header
	Data   []byte
	// Broken says that frames may be missing between this one and the one
	// before it, so that the bit reservoir cannot be trusted.
	Broken bool
}

// Scanner finds the frames of a file. It accepts a frame when the next header,
// a tag or the end of the file stands where the frame's length says, steps over
// tags and garbage, and holds at most 128 kB in memory. It works in linear time
// on any input. Reset gives it the file.
type Scanner struct {
	win      window
	pos, end int64
	ref      Header // of the first frame; 0 before it
	ahead    Header // the one at pos, where it confirmed the frame before; else 0
	broken   bool
	frame    Frame
	problems problems
	err      error
	tries    int // of the free format, bounded
	free     int // length of its frames without padding, 0 where frames state theirs
}

// Reset lets s begin at the start of the first size bytes of src. Its memory is
// used again.
func (s *Scanner) Reset(src io.ReaderAt, size int64) {
	buf := s.win.buf[:0]
	*s = Scanner{win: newWindow(src, size)}
	s.win.buf = buf
	s.end = s.win.size
	if s.end <= windowSize {
		s.win.at(0, int(s.end)) // all of a small file in one read
		s.end = s.win.size
	}
	s.trimTail()
}

// ResetAt lets s begin at a frame known from an earlier scan of the same source and
// not look for trailing tags: end is the end of the audio as that scan found it, and
// free what its FreeSize is. Its memory is used again.
func (s *Scanner) ResetAt(src io.ReaderAt, offset, end int64, ref Header, free int) {
	buf := s.win.buf[:0]
	*s = Scanner{win: newWindow(src, end), pos: offset, end: end, ref: ref, free: free}
	s.win.buf = buf
}

// FreeSize returns the length in bytes that frames without a stated bit rate have,
// padding apart: the free format. It is 0 where frames state theirs.
func (s *Scanner) FreeSize() int { return s.free }

// size returns the length of a frame.
func (s *Scanner) size(h Header) int {
	n := h.Size()
	if h.Index() == 0 && s.free > 0 {
		n = s.free
		if h.Padded() {
			n++
		}
	}
	return n
}

// whole reports whether a frame has room for its own side information.
func (s *Scanner) whole(h Header) bool { return s.size(h) >= h.BodyOffset() }

func (s *Scanner) trimTail() {
	for range 8 {
		t, ok := trailingTag(&s.win, s.end)
		if !ok {
			return
		}
		s.end = t.Offset
	}
}

// Frame returns the frame that Next found.
func (s *Scanner) Frame() Frame { return s.frame }

// Problems returns what was wrong so far, of which it keeps a bounded number, and how
// many more there were.
func (s *Scanner) Problems() ([]Problem, int) { return s.problems.list, s.problems.dropped }

// Err returns why the scan ended: nil at the end of the file, or an error of
// the source.
func (s *Scanner) Err() error {
	if s.err == nil {
		return s.win.err
	}
	return s.err
}

// belongs reports whether the frame at the present place is one of the stream, whole.
func (s *Scanner) belongs(h Header) bool { return s.ref != 0 && s.ref.Same(h) && s.whole(h) }

// Next steps to the next frame and reports whether there is one.
func (s *Scanner) Next() bool {
	for s.err == nil && s.pos < s.end {
		if s.follow() {
			return true
		}
		if h, ok := s.header(s.pos); ok && s.belongs(h) {
			if s.accept(h) {
				return true
			}
			continue
		}
		if !s.skip() {
			return false
		}
	}
	return false
}

// follow takes the frame at the present place where it lies in the window with the header
// that confirms it, as nearly all do. What it takes, accept would take; it leaves all
// others to it.
func (s *Scanner) follow() bool {
	h, ok := s.ahead, s.ahead != 0
	s.ahead = 0
	if !ok {
		h, ok = s.loaded(s.pos)
	}
	size := s.size(h)
	if !ok || size < h.BodyOffset() {
		return false
	}
	end := s.pos + int64(size)
	if s.ahead, ok = s.loaded(end); !ok {
		s.ahead = 0
		return false
	}
	s.frame = Frame{s.pos, h, s.win.buf[s.pos-s.win.off : end-s.win.off], s.broken}
	s.broken = false
	s.pos = end
	return true
}

// loaded returns the header at off if it lies in the window and is one of the stream's.
func (s *Scanner) loaded(off int64) (Header, bool) {
	i := off - s.win.off
	if i < 0 || i+HeaderSize > int64(len(s.win.buf)) || off+HeaderSize > s.end {
		return 0, false
	}
	h := Header(binary.BigEndian.Uint32(s.win.buf[i:]))
	return h, s.ref != 0 && s.ref.Same(h) && h.valid()
}

// header reads the header at off.
func (s *Scanner) header(off int64) (Header, bool) {
	if off+HeaderSize > s.end {
		return 0, false
	}
	return ParseHeader(s.win.at(off, HeaderSize))
}

// accept takes the frame at pos if it is whole, else it moves pos to where the
// stream goes on.
func (s *Scanner) accept(h Header) bool {
	size := int64(s.size(h))
	if s.pos+size > s.end {
		s.problem(Truncated, s.pos, s.end-s.pos, fmt.Sprintf("the last frame has %d of %d bytes", s.end-s.pos, size))
		s.pos = s.end
		return false
	}
	s.win.at(s.pos, int(size)+HeaderSize) // one read for the frame and what confirms it
	if !s.confirmed(s.pos+size) && s.cutShort(size) {
		return false
	}
	s.frame = Frame{s.pos, h, s.win.at(s.pos, int(size)), s.broken}
	if len(s.frame.Data) < int(size) {
		return false // the source ended early; Err says why
	}
	s.broken = false
	s.pos += size
	return true
}

// confirmed reports whether a frame may end at off: a header of the same
// format, a tag or the end stands there.
func (s *Scanner) confirmed(off int64) bool {
	if h, ok := s.header(off); ok && s.ref.Same(h) {
		return true
	}
	if off >= s.end {
		return off == s.end
	}
	_, ok := tagAt(&s.win, off)
	return ok
}

// cutShort looks for a frame that begins inside the one at pos. If there is
// one, the frame at pos lost its end: it is stepped over.
func (s *Scanner) cutShort(size int64) bool {
	q, ok := s.search(s.pos+1, min(s.pos+size, s.end))
	if !ok {
		return false
	}
	s.problem(Truncated, s.pos, q-s.pos, fmt.Sprintf("a frame has %d of %d bytes", q-s.pos, size))
	s.pos, s.broken = q, true
	return true
}

// skip steps over a tag or garbage at pos.
func (s *Scanner) skip() bool {
	if t, ok := tagAt(&s.win, s.pos); ok && s.skipTag(t) {
		return true
	}
	q, ok := s.search(s.pos, s.end)
	if !ok {
		q = s.end
	}
	if s.err != nil {
		return false
	}
	if q > s.pos {
		s.problem(Garbage, s.pos, q-s.pos, "")
		s.broken = s.ref != 0
		s.pos = q
	}
	if ok && s.ref == 0 {
		s.ref, _ = s.header(q)
		if s.ref.Index() != 0 {
			s.free = 0
		}
	}
	return ok
}

// skipTag steps over a tag; it is false for one that cannot be what it claims.
func (s *Scanner) skipTag(t tag) bool {
	if t.Offset+t.Length > s.win.size {
		s.problem(BadTag, t.Offset, 0, fmt.Sprintf("the %s tag claims %d bytes of %d", t.Kind, t.Length, s.win.size-t.Offset))
		return false
	}
	if s.ref != 0 && t.Offset+t.Length < s.end {
		s.problem(TagInside, t.Offset, t.Length, t.Kind)
	}
	s.pos = t.Offset + t.Length
	return true
}

// search returns the first offset in [from, to) at which a stream of frames
// begins. It notes frames of another format that it passes.
func (s *Scanner) search(from, to int64) (int64, bool) {
	switched := false
	for off := from; off < to && s.err == nil; off++ {
		b := s.win.at(off, int(min(4096, to-off)))
		if len(b) == 0 {
			break
		}
		i := bytes.IndexByte(b, 0xFF)
		if i < 0 {
			off += int64(len(b)) - 1
			continue
		}
		off += int64(i)
		h, ok := s.streamAt(off)
		if ok && (s.ref == 0 || s.ref.Same(h)) {
			return off, true
		}
		if ok && !switched {
			s.problem(FormatSwitch, off, 0, fmt.Sprintf("%s after %s", h.Format(), s.ref.Format()))
			switched = true
		}
	}
	return 0, false
}

// streamAt reports whether a stream of frames begins at off: three headers of
// one format in a row, fewer only where the audio ends.
func (s *Scanner) streamAt(off int64) (Header, bool) {
	first, ok := s.header(off)
	if !ok || s.unstated(off, first) {
		return 0, false
	}
	at, h := off, first
	for n := range 2 {
		if !s.whole(h) {
			return 0, false
		}
		at += int64(s.size(h))
		if at >= s.end {
			return first, at == s.end || n > 0
		}
		next, ok := s.header(at)
		if !ok || !first.Same(next) {
			_, tag := tagAt(&s.win, at)
			return first, tag || s.end-at < HeaderSize
		}
		h = next
	}
	return first, true
}

// unstated reports whether h is a free-format header whose length is not known. The
// first frames at equal distances that have one prove it.
func (s *Scanner) unstated(off int64, h Header) bool {
	if h.Index() != 0 {
		return false
	}
	if s.tries++; s.free > 0 || s.ref != 0 || s.tries > 16 {
		return s.free == 0
	}
	for d := int64(h.BodyOffset()); d < 8<<10 && off+2*d < s.end; d++ {
		if s.repeats(off, d, h) {
			s.free = int(d)
			if h.Padded() {
				s.free--
			}
			return !s.whole(h)
		}
	}
	return true
}

// repeats reports whether h stands again at distance d and at twice that, give
// or take the padding.
func (s *Scanner) repeats(off, d int64, h Header) bool {
	const varying = 0x230 // padding, mode extension
	same := func(at int64) bool {
		x, ok := s.header(at)
		return ok && (x^h)&^varying == 0
	}
	if !same(off + d) {
		return false
	}
	return same(off+2*d) || same(off+2*d+1) || same(off+2*d-1)
}

func (s *Scanner) problem(k Kind, off, n int64, detail string) {
	s.problems.add(Problem{k, off, n, detail})
}
