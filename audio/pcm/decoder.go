package pcm

import (
	"errors"
	"fmt"
	"io"

	mp3 "github.com/hajimehoshi/go-mp3"

	"lector/audio/mpeg"
)

// ErrUndecodable is returned for audio that go-mp3 has no tables for: 8 kHz.
var ErrUndecodable = errors.New("8 kHz audio cannot be decoded here")

// Decodable reports whether a stream of such frames can be decoded. MPEG-2.5 at
// 11.025 and 12 kHz can: it has the band tables of MPEG-2 at 16 kHz, and passes
// for that.
func Decodable(h mpeg.Header) bool { return h.SampleRate() != 8000 }

// Units is a stream of units, as an mpeg.Reader gives it.
type Units interface {
	Next() bool
	Unit() mpeg.Unit
}

// Decoder decodes unit by unit. A unit that go-mp3 cannot decode becomes
// silence; so does one whose main data is lost.
type Decoder struct {
	units     Units
	cur, next unit
	more      bool // next is one
	taken     int  // bytes of next's main data that lie in cur's frame
	form      []byte
	feed      feed
	mp3       *mp3.Decoder
	raw       []byte
	samples   []int16
	fault     error
}

// unit is a copy of a unit that stays valid.
type unit struct {
	h    mpeg.Header
	side [32]byte
	main []byte
}

// NewDecoder returns a decoder of units. It looks one unit ahead.
func NewDecoder(units Units) *Decoder {
	d := &Decoder{units: units}
	d.ahead()
	return d
}

// ahead reads the unit behind the current one.
func (d *Decoder) ahead() {
	d.taken = 0
	if d.more = d.units.Next(); !d.more {
		d.next.main = d.next.main[:0]
		return
	}
	u := d.units.Unit()
	d.next.h = decodeHeader(u.Header)
	copy(d.next.side[:], u.Side)
	d.next.main = append(d.next.main[:0], u.Main...)
}

// decodeHeader returns the header under which go-mp3 gets a frame: the highest
// bit rate, no padding, no CRC, and MPEG-2 at 16 kHz for MPEG-2.5.
func decodeHeader(h mpeg.Header) mpeg.Header {
	const rateMask, rate16 = 0xC00, 2 << 10
	if h.Version() == mpeg.V25 {
		h = h.WithVersion(mpeg.V2)&^rateMask | rate16
	}
	return h.WithoutCRC().WithPadding(false).WithIndex(mpeg.MaxIndex)
}

// Next decodes the next unit and reports whether there was one.
func (d *Decoder) Next() bool {
	if !d.more {
		return false
	}
	taken := d.taken
	d.cur, d.next = d.next, d.cur
	d.ahead()
	d.build(taken)
	if d.fault = d.decode(taken); d.fault != nil {
		d.mp3 = nil // its state cannot be trusted; the next unit begins anew
		clear(d.raw)
	}
	d.convert()
	return true
}

// Samples returns the decoded samples of the unit, channels interleaved. They
// are valid until Next.
func (d *Decoder) Samples() []int16 { return d.samples }

// Fault returns why the unit is silence instead of what was coded, or nil.
func (d *Decoder) Fault() error { return d.fault }

var errNoRoom = errors.New("more main data than any frame holds")

// build makes the decode form of the current unit, of whose main data the first
// taken bytes lie in the frame before. What the next unit cannot hold itself
// goes to the end of this frame.
func (d *Decoder) build(taken int) {
	h, own := d.cur.h, d.cur.main[min(taken, len(d.cur.main)):]
	side := d.cur.side[:h.SideInfoSize()]
	if len(own) > h.BodySize() {
		own = nil
		clear(side)
	}
	form := append(h.Append(d.form[:0]), side...)
	setBegin(h, form, taken)
	form = append(form, own...)
	form = append(form, make([]byte, h.Size()-len(form))...)
	if d.more {
		d.taken = min(max(0, len(d.next.main)-d.next.h.BodySize()), h.Reservoir(), h.BodySize()-len(own))
		copy(form[len(form)-d.taken:], d.next.main)
	}
	d.form = form
}

func setBegin(h mpeg.Header, frame []byte, n int) {
	mpeg.SideInfoOf(h, frame).SetMainDataBegin(n)
}

// decode runs go-mp3 over the current frame. It panics on some damaged data.
func (d *Decoder) decode(taken int) (err error) {
	d.raw = grow(d.raw, d.cur.h.Samples()*4)
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("go-mp3: %v", p)
		}
	}()
	if d.mp3 == nil && taken > 0 {
		return errNoRoom
	}
	d.feed.rest = d.form
	if d.mp3 == nil {
		if d.mp3, err = mp3.NewDecoder(&d.feed); err != nil {
			return fmt.Errorf("decode frame: %w", err)
		}
	}
	if _, err = io.ReadFull(d.mp3, d.raw); err != nil {
		return fmt.Errorf("decode frame: %w", err)
	}
	return nil
}

// convert takes the samples out of go-mp3's bytes, which are always stereo.
func (d *Decoder) convert() {
	ch := d.cur.h.Channels()
	n := d.cur.h.Samples()
	if cap(d.samples) < n*ch {
		d.samples = make([]int16, n*ch)
	}
	d.samples = d.samples[:n*ch]
	if ch == 1 {
		for i := range d.samples {
			d.samples[i] = int16(uint16(d.raw[4*i]) | uint16(d.raw[4*i+1])<<8)
		}
		return
	}
	for i := range d.samples {
		d.samples[i] = int16(uint16(d.raw[2*i]) | uint16(d.raw[2*i+1])<<8)
	}
}

func grow(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, n)
	}
	return b[:n]
}
