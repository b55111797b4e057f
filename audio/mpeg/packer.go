package mpeg

import (
	"errors"
	"io"
)

// ErrNoRoom is returned where main data does not fit into the frames given.
var ErrNoRoom = errors.New("main data does not fit into its frames")

// Packer lays units into frames anew and writes them: the counterpart of a
// Reader. The frames have no CRC. It holds the frames whose slots can still be
// pointed at, a few kilobytes.
type Packer struct {
	w      io.Writer
	layout Layout
	tape   []byte // what is known of the slots of the waiting frames
	slots  int    // of all waiting frames
	queue  []head
	buf    []byte
}

// head is a frame without its slots.
type head struct {
	h    Header
	side [32]byte
}

// NewPacker returns a packer that writes to w.
func NewPacker(w io.Writer) *Packer { return &Packer{w: w} }

// Add lays u into a frame with header h, which states the bit rate and padding
// to use. It returns ErrNoRoom, and has changed nothing, if that is too small.
func (p *Packer) Add(h Header, u Unit) error {
	h = h.WithoutCRC()
	begin, ok := p.layout.Place(h, len(u.Main))
	if !ok {
		return ErrNoRoom
	}
	p.tape = append(p.tape, make([]byte, p.slots-begin-len(p.tape))...)
	p.tape = append(p.tape, u.Main...)
	f := head{h: h}
	copy(f.side[:], u.Side)
	SideInfo{h, f.side[:]}.setMainDataBegin(begin)
	p.queue = append(p.queue, f)
	p.slots += h.BodySize()
	return p.emit(len(p.tape))
}

// Flush writes the frames that wait. The next frame begins a new reservoir.
func (p *Packer) Flush() error {
	p.tape = append(p.tape, make([]byte, p.slots-len(p.tape))...)
	p.layout.Reset()
	return p.emit(len(p.tape))
}

// emit writes the frames whose slots are all known.
func (p *Packer) emit(known int) error {
	done := 0
	p.buf = p.buf[:0]
	for len(p.queue) > 0 {
		f := &p.queue[0]
		n := f.h.BodySize()
		if done+n > known {
			break
		}
		p.buf = f.h.appendTo(p.buf)
		p.buf = append(p.buf, f.side[:f.h.SideInfoSize()]...)
		p.buf = append(p.buf, p.tape[done:done+n]...)
		done += n
		p.queue = p.queue[1:]
	}
	if done == 0 {
		return nil
	}
	p.tape = append(p.tape[:0], p.tape[done:]...)
	p.slots -= done
	_, err := p.w.Write(p.buf)
	return err
}
