package pcm

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// Codings of samples (RFC 2361; multimedia registry of Microsoft).
const (
	linear     = 0x0001
	float      = 0x0003
	aLaw       = 0x0006
	muLaw      = 0x0007
	layer3     = 0x0055
	extensible = 0xFFFE
)

// codingNames are codings that are not read here, as errors call them.
var codingNames = map[int]string{
	0x0002: "Microsoft ADPCM", 0x0011: "IMA ADPCM", 0x0031: "GSM 6.10", 0x0040: "G.721", 0x0050: "MPEG layer II", 0x00FF: "AAC", 0x0161: "WMA",
}

// ErrForm is wrapped by the error for a WAV that is whole, and whose samples no
// encoder here reads.
var ErrForm = errors.New("samples that are not read here")

// ErrLevel is wrapped by the error for samples that are no level, as infinite ones are.
var ErrLevel = errors.New("no level")

// coding returns how samples are coded. The extensible form says so behind its sizes.
func (w WAV) coding() int {
	if tag := int(binary.LittleEndian.Uint16(w.Format)); tag != extensible || len(w.Format) < 26 {
		return tag
	}
	return int(binary.LittleEndian.Uint16(w.Format[24:]))
}

// encodable returns w in a form that encoders read. Logarithmic samples become linear
// ones, and floats of 64 bits, which lame takes for silence, those of 32.
func (w WAV) encodable() (WAV, error) {
	coding, bits := w.coding(), w.bits()
	if n := w.channels(); n < 1 || n > 2 {
		return WAV{}, fmt.Errorf("%w: %d channels", ErrForm, n)
	}
	switch {
	case coding == linear, coding == layer3:
		return w, nil
	case coding == float && bits == 32:
		return w, w.checkNumbers()
	case coding == float && bits == 64:
		w = w.singles()
		return w, w.checkNumbers()
	case coding == aLaw && bits == 8:
		return w.expanded(expandALaw), nil
	case coding == muLaw && bits == 8:
		return w.expanded(expandMuLaw), nil
	}
	name := codingNames[coding]
	if name == "" {
		name = "coding"
	}
	return WAV{}, fmt.Errorf("%w: %s (0x%04X) of %d bits", ErrForm, name, coding, bits)
}

// form is the body of a fmt chunk for samples of another coding and size.
func (w WAV) form(coding, bits int) []byte {
	f := NewWAV(nil, w.sampleRate(), w.channels()).Format
	block := w.channels() * bits / 8
	binary.LittleEndian.PutUint16(f, uint16(coding))
	binary.LittleEndian.PutUint32(f[8:], uint32(w.sampleRate()*block))
	binary.LittleEndian.PutUint16(f[12:], uint16(block))
	binary.LittleEndian.PutUint16(f[14:], uint16(bits))
	return f
}

// singles returns floats of 64 bits as floats of 32.
func (w WAV) singles() WAV {
	out := make([]byte, 0, len(w.Samples)/2)
	for in := w.Samples; len(in) >= 8; in = in[8:] {
		x := math.Float64frombits(binary.LittleEndian.Uint64(in))
		out = binary.LittleEndian.AppendUint32(out, math.Float32bits(float32(x)))
	}
	return WAV{w.form(float, 32), out}
}

// checkNumbers returns an error for a float of 32 bits that is infinite or no number:
// a model that has lost its way writes such, and encoders make noise or silence of them.
func (w WAV) checkNumbers() error {
	const exponent = 0x7F800000 // all of its bits are set in what is no number (IEEE 754)
	for i := 0; i+4 <= len(w.Samples); i += 4 {
		if binary.LittleEndian.Uint32(w.Samples[i:])&exponent == exponent {
			at := float64(i) / float64(w.bytesPerSecond())
			return fmt.Errorf("sample at %.3f s is %v, which is %w", at, math.Float32frombits(binary.LittleEndian.Uint32(w.Samples[i:])), ErrLevel)
		}
	}
	return nil
}

// expanded returns logarithmic samples as linear ones of 16 bits.
func (w WAV) expanded(expand func(byte) int16) WAV {
	out := make([]byte, 0, 2*len(w.Samples))
	for _, b := range w.Samples {
		out = binary.LittleEndian.AppendUint16(out, uint16(expand(b)))
	}
	return WAV{w.form(linear, 16), out}
}

// expandMuLaw decodes a sample of G.711, µ-law.
func expandMuLaw(b byte) int16 {
	b = ^b
	x := (int16(b&0x0F)<<3+0x84)<<(b>>4&7) - 0x84
	if b&0x80 != 0 {
		return -x
	}
	return x
}

// expandALaw decodes a sample of G.711, A-law.
func expandALaw(b byte) int16 {
	b ^= 0x55
	x := int16(b&0x0F)<<4 + 8
	if segment := b >> 4 & 7; segment > 0 {
		x = (x + 0x100) << (segment - 1)
	}
	if b&0x80 != 0 {
		return x
	}
	return -x
}
