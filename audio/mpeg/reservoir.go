package mpeg

// Unit is the coded audio of one frame, taken out of the slots it lay in: what
// its decoder needs and nothing else. Side and Main belong to the reader and are
// valid until its next step.
type Unit struct {
	Offset int64
	Header Header
	Side   []byte // side information
	Main   []byte // main data, from its first byte; the last may have stuffing
	Lost   bool   // the main data is not in the stream; the unit is silent
}

// SideInfo returns a view of the unit's side information.
func (u Unit) SideInfo() SideInfo { return SideInfo{u.Header, u.Side} }

// Reader takes units out of a stream of frames: it undoes the bit reservoir
// (ISO/IEC 11172-3, 2.4.3.4; annex C.1.5.4.2.1). It holds no more than the 511
// bytes that main_data_begin can reach.
type Reader struct {
	frames   Frames
	tape     []byte // the slots of the frames just passed
	side     [32]byte
	unit     Unit
	problems problems
}

// Frames is a stream of frames, as a Scanner gives it.
type Frames interface {
	Next() bool
	Frame() Frame
}

// NewReader returns a reader of the units in frames.
func NewReader(frames Frames) *Reader {
	return &Reader{frames: frames, tape: make([]byte, 0, 511+MaxFrameSize)}
}

// Unit returns the unit that Next found.
func (r *Reader) Unit() Unit { return r.unit }

// Problems returns which units were lost, of which it keeps a bounded number, and how
// many more there were.
func (r *Reader) Problems() ([]Problem, int) { return r.problems.list, r.problems.dropped }

// Next steps to the next unit and reports whether there is one.
func (r *Reader) Next() bool {
	if !r.frames.Next() {
		return false
	}
	f := r.frames.Frame()
	r.turn(f)
	h := f.Header
	side := SideInfoOf(h, f.Data)
	copy(r.side[:], side.b)
	r.unit = Unit{Offset: f.Offset, Header: h, Side: r.side[:len(side.b)]}
	start := len(r.tape) - side.MainDataBegin()
	r.tape = append(r.tape, f.Data[h.BodyOffset():]...)
	r.take(side, start)
	return true
}

// turn keeps what the next frame can still point at.
func (r *Reader) turn(f Frame) {
	keep := min(len(r.tape), f.Header.Reservoir())
	if f.Broken {
		keep = 0
	}
	copy(r.tape, r.tape[len(r.tape)-keep:])
	r.tape = r.tape[:keep]
}

func (r *Reader) take(side SideInfo, start int) {
	n := side.mainSize()
	switch {
	case n == 0: // digital silence needs nothing and so cannot be lost
		return
	case start < 0:
		r.lose(LostData, "the data begins before the stream does")
	case start+n > len(r.tape):
		r.lose(BadSideInfo, "the data ends behind its frame")
	case !side.Sound():
		r.lose(BadSideInfo, "values that no granule can have")
	default:
		r.unit.Main = r.tape[start : start+n]
	}
}

func (r *Reader) lose(k Kind, detail string) {
	r.problems.add(Problem{Kind: k, Offset: r.unit.Offset, Detail: detail})
	r.unit.Lost = true
	r.unit.SideInfo().Silence()
}
