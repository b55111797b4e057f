package pcm

import (
	"encoding/binary"
	"math"
	"slices"
)

// WAV is a WAV file taken apart (RIFF WAVE, EBU Tech 3285).
type WAV struct {
	Format  []byte // the body of the fmt chunk, at least 16 bytes
	Samples []byte // the body of the data chunk: interleaved, little-endian
}

// NewWAV returns a WAV of signed 16-bit samples of the given rate in Hz. Bytes
// behind the last whole sample of all channels are left out.
func NewWAV(samples []byte, rate, channels int) WAV {
	block := 2 * channels
	format := make([]byte, 0, 16)
	format = binary.LittleEndian.AppendUint16(format, 1) // PCM
	format = binary.LittleEndian.AppendUint16(format, uint16(channels))
	format = binary.LittleEndian.AppendUint32(format, uint32(rate))
	format = binary.LittleEndian.AppendUint32(format, uint32(rate*block))
	format = binary.LittleEndian.AppendUint16(format, uint16(block))
	format = binary.LittleEndian.AppendUint16(format, 16)
	return WAV{format, samples[:len(samples)-len(samples)%block]}
}

// channels returns the number of channels.
func (w WAV) channels() int { return int(binary.LittleEndian.Uint16(w.Format[2:])) }

// sampleRate returns Hz.
func (w WAV) sampleRate() int { return int(binary.LittleEndian.Uint32(w.Format[4:])) }

// blockSize returns the bytes of one sample of all channels.
func (w WAV) blockSize() int { return int(binary.LittleEndian.Uint16(w.Format[12:])) }

// bits returns the bits of one sample.
func (w WAV) bits() int { return int(binary.LittleEndian.Uint16(w.Format[14:])) }

func (w WAV) bytesPerSecond() int64 { return int64(w.sampleRate()) * int64(w.blockSize()) }

// Stereo returns a mono WAV with its channel twice, and any other as it is.
func (w WAV) Stereo() WAV {
	if w.channels() != 1 {
		return w
	}
	block := w.blockSize()
	both := WAV{slices.Clone(w.Format), make([]byte, 0, 2*len(w.Samples))}
	binary.LittleEndian.PutUint16(both.Format[2:], 2)
	binary.LittleEndian.PutUint32(both.Format[8:], 2*binary.LittleEndian.Uint32(w.Format[8:]))
	binary.LittleEndian.PutUint16(both.Format[12:], uint16(2*block))
	if len(w.Format) >= 24 { // the speakers of the extensible form: front left and right
		binary.LittleEndian.PutUint32(both.Format[20:], 3)
	}
	for in := w.Samples; len(in) >= block; in = in[block:] {
		both.Samples = append(append(both.Samples, in[:block]...), in[:block]...)
	}
	return both
}

// Bytes returns the file: one fmt and one data chunk with their true sizes.
func (w WAV) Bytes() []byte {
	n := len(w.Format) + len(w.Format)&1
	out := make([]byte, 0, 28+n+len(w.Samples))
	out = append(out, "RIFF"...)
	out = binary.LittleEndian.AppendUint32(out, uint32(20+n+len(w.Samples)))
	out = append(out, "WAVEfmt "...)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(w.Format)))
	out = append(out, w.Format...)
	if len(w.Format)&1 == 1 {
		out = append(out, 0)
	}
	out = append(out, "data"...)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(w.Samples)))
	return append(out, w.Samples...)
}

// AppendSamples appends samples, of which 32768 is full scale, as WAV files of 16
// bits have them: rounded, and cut off where they are beyond it.
func AppendSamples(b []byte, samples []float32) []byte {
	for _, x := range samples {
		b = binary.LittleEndian.AppendUint16(b, uint16(Round(x)))
	}
	return b
}

// Round returns the 16-bit sample that is nearest to x.
func Round(x float32) int16 {
	return int16(math.Floor(float64(max(math.MinInt16, min(math.MaxInt16, x)) + 0.5)))
}
