package reference

import (
	"bytes"
	"fmt"
	"io"

	mp3 "github.com/hajimehoshi/go-mp3"

	"lector/audio/mpeg"
)

// Decodable reports whether a stream of such frames can be decoded. MPEG-2.5 at
// 11.025 and 12 kHz can: it has the band tables of MPEG-2 at 16 kHz, and passes
// for that.
func Decodable(h mpeg.Header) bool { return h.SampleRate() != 8000 }

// Decoder decodes unit by unit. A unit that go-mp3 cannot decode becomes
// silence; so does one whose main data is lost.
type Decoder struct {
	units   *mpeg.Reader
	packer  *mpeg.Packer
	form    bytes.Buffer // frames in the decode form that wait
	ended   bool
	frame   []byte
	h       mpeg.Header
	feed    feed
	mp3     *mp3.Decoder
	raw     []byte
	samples []int16
	fault   error
}

// NewDecoder returns a decoder of units. It looks a few units ahead.
func NewDecoder(units *mpeg.Reader) *Decoder {
	d := &Decoder{units: units}
	d.packer = mpeg.NewPacker(&d.form)
	return d
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
	if !d.take() {
		return false
	}
	d.raw = grow(d.raw, d.h.Samples()*4)
	if d.fault = d.decode(); d.fault != nil {
		d.begin()
		clear(d.raw)
	}
	d.convert()
	return true
}

// Samples returns the decoded samples of the unit, channels interleaved. They
// are valid until Next.
func (d *Decoder) Samples() []int16 { return d.samples }

// take reads units until a frame in the decode form is complete.
func (d *Decoder) take() bool {
	for d.form.Len() == 0 && !d.ended {
		if d.ended = !d.units.Next(); d.ended {
			_ = d.packer.Flush() // into memory
			break
		}
		d.add(d.units.Unit())
	}
	h, ok := mpeg.ParseHeader(d.form.Bytes())
	if !ok {
		return false
	}
	d.h, d.frame = h, append(d.frame[:0], d.form.Next(h.Size())...)
	return true
}

// add lays a unit into a frame of the highest bit rate, which has room for
// whatever any frame may hold; what claims more is made silent.
func (d *Decoder) add(u mpeg.Unit) {
	h := decodeHeader(u.Header)
	if d.packer.Add(h, u) != nil {
		u.SideInfo().Silence()
		u.Main = nil
		_ = d.packer.Add(h, u) // silence has room
	}
}

// decode runs go-mp3 over the frame. It panics on some damaged data.
func (d *Decoder) decode() (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("go-mp3: %v", p)
		}
	}()
	d.feed.rest = d.frame
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

// begin starts go-mp3 anew behind a frame that it could not decode. The frame's
// slots may hold what the next one needs, so it passes once more, silenced.
func (d *Decoder) begin() {
	d.mp3 = nil
	mpeg.SideInfoOf(d.h, d.frame).Silence()
	if d.decode() != nil {
		d.mp3 = nil // not even that: the next frame begins without
	}
}

// convert takes the samples out of go-mp3's bytes, which are always stereo.
func (d *Decoder) convert() {
	ch := d.h.Channels()
	n := d.h.Samples()
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
