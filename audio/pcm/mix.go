package pcm

import (
	"encoding/binary"
	"math"
	"slices"
)

// opposed is the share of two channels' energy, −20 dB, that is left of them when they
// are mixed and one is the other upside down.
const opposed = 0.01

// Mixable returns w, or its first channel where mixing would leave silence: the two
// channels are the same sound, one of them upside down, as a balanced line gives it
// that was taken for stereo.
func (w WAV) Mixable() WAV {
	if w.channels() != 2 || w.coding() == layer3 {
		return w
	}
	size, apart, mixed := w.blockSize()/2, 0.0, 0.0
	for in := w.Samples; size > 0 && len(in) >= 2*size; in = in[2*size:] {
		left, right := w.level(in[:size]), w.level(in[size:2*size])
		apart += left*left + right*right
		mixed += (left + right) * (left + right)
	}
	if mixed >= opposed*apart {
		return w
	}
	return w.firstChannel()
}

// level returns one sample, in a unit of its coding. Of a whole number the upper 16 bits
// are enough.
func (w WAV) level(b []byte) float64 {
	switch {
	case w.coding() == float:
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))
	case len(b) == 1:
		return float64(b[0]) - 128
	}
	return float64(int16(binary.LittleEndian.Uint16(b[len(b)-2:])))
}

// firstChannel returns the first of two channels.
func (w WAV) firstChannel() WAV {
	size := w.blockSize() / 2
	one := WAV{slices.Clone(w.Format), make([]byte, 0, len(w.Samples)/2)}
	binary.LittleEndian.PutUint16(one.Format[2:], 1)
	binary.LittleEndian.PutUint32(one.Format[8:], uint32(w.sampleRate()*size))
	binary.LittleEndian.PutUint16(one.Format[12:], uint16(size))
	if len(w.Format) >= 24 { // the speaker of the extensible form: front centre
		binary.LittleEndian.PutUint32(one.Format[20:], 4)
	}
	for in := w.Samples; len(in) >= 2*size; in = in[2*size:] {
		one.Samples = append(one.Samples, in[:size]...)
	}
	return one
}
