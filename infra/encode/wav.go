package encode

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// maxWAV bounds the bytes of one WAV: two hours of 24 kHz mono.
const maxWAV = 360 << 20

// unsized is the least size that a program writes for "I do not know": it
// could not seek back. Seen are 0xFFFFFFFF, 0x7FFFFFFF and 0x7FFFF000.
const unsized = 0x7FFF0000

// mend checks a WAV (RIFF WAVE, EBU Tech 3285 without its bext) and returns it
// with one fmt and one data chunk whose sizes are true.
func mend(data []byte) ([]byte, error) {
	switch {
	case len(data) > maxWAV:
		return nil, fmt.Errorf("wav is larger than %d MB", maxWAV>>20)
	case len(data) < 12 || string(data[:4]) != "RIFF" || string(data[8:12]) != "WAVE":
		return nil, errors.New("no RIFF WAVE header")
	}
	format, samples, err := chunks(data[12:])
	if err != nil {
		return nil, fmt.Errorf("wav: %w", err)
	}
	return assemble(format, samples), nil
}

// chunks walks the RIFF chunks up to the samples.
func chunks(rest []byte) (format, samples []byte, err error) {
	for len(rest) >= 8 {
		name, size := string(rest[:4]), int64(binary.LittleEndian.Uint32(rest[4:]))
		rest = rest[8:]
		if name == "data" {
			samples, err = body(format, rest, size)
			return format, samples, err
		}
		if size > int64(len(rest)) {
			return nil, nil, fmt.Errorf("chunk %q: %d bytes stated, %d there", name, size, len(rest))
		}
		if name == "fmt " {
			format = rest[:size]
		}
		rest = rest[min(size+size&1, int64(len(rest))):]
	}
	return nil, nil, errors.New("no data chunk")
}

// body returns the whole samples of a data chunk.
func body(format, rest []byte, size int64) ([]byte, error) {
	if len(format) < 16 {
		return nil, errors.New("data without a format")
	}
	block := int64(binary.LittleEndian.Uint16(format[12:]))
	rate := binary.LittleEndian.Uint32(format[4:])
	if block == 0 || rate == 0 {
		return nil, errors.New("format without a rate")
	}
	have := int64(len(rest))
	if size == 0 || size >= unsized {
		size = have
	}
	if size > have {
		return nil, fmt.Errorf("truncated: %d bytes of samples stated, %d there", size, have)
	}
	size -= size % block
	if size == 0 {
		return nil, errors.New("no samples")
	}
	return rest[:size], nil
}

// stereo returns a WAV that mend returned with two channels: of one, each has all
// of it. lame encodes mono as mono, whatever mode is asked of it.
func stereo(wav []byte) []byte {
	format, samples, err := chunks(wav[12:])
	if err != nil || binary.LittleEndian.Uint16(format[2:]) != 1 {
		return wav
	}
	format = append([]byte(nil), format...)
	block := int(binary.LittleEndian.Uint16(format[12:]))
	binary.LittleEndian.PutUint16(format[2:], 2)
	binary.LittleEndian.PutUint32(format[8:], 2*binary.LittleEndian.Uint32(format[8:]))
	binary.LittleEndian.PutUint16(format[12:], uint16(2*block))
	if len(format) >= 24 { // the speakers of the extensible form: front left and right
		binary.LittleEndian.PutUint32(format[20:], 3)
	}
	both := make([]byte, 0, 2*len(samples))
	for ; len(samples) >= block; samples = samples[block:] {
		both = append(append(both, samples[:block]...), samples[:block]...)
	}
	return assemble(format, both)
}

func assemble(format, samples []byte) []byte {
	n := len(format) + len(format)&1
	out := make([]byte, 0, 28+n+len(samples))
	out = append(out, "RIFF"...)
	out = binary.LittleEndian.AppendUint32(out, uint32(20+n+len(samples)))
	out = append(out, "WAVEfmt "...)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(format)))
	out = append(out, format...)
	if len(format)&1 == 1 {
		out = append(out, 0)
	}
	out = append(out, "data"...)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(samples)))
	return append(out, samples...)
}

// WAV puts a header before raw samples: signed 16-bit little-endian PCM of the
// given rate in Hz and channels.
func WAV(pcm []byte, rate, channels int) []byte {
	block := 2 * channels
	format := make([]byte, 0, 16)
	format = binary.LittleEndian.AppendUint16(format, 1)
	format = binary.LittleEndian.AppendUint16(format, uint16(channels))
	format = binary.LittleEndian.AppendUint32(format, uint32(rate))
	format = binary.LittleEndian.AppendUint32(format, uint32(rate*block))
	format = binary.LittleEndian.AppendUint16(format, uint16(block))
	format = binary.LittleEndian.AppendUint16(format, 16)
	return assemble(format, pcm[:len(pcm)-len(pcm)%block])
}
