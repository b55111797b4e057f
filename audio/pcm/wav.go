package pcm

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// WAVFormat is what a WAV file of 16-bit samples says about itself.
type WAVFormat struct{ SampleRate, Channels int }

// ErrWAV is returned for what is no WAV file of 16-bit PCM.
var ErrWAV = errors.New("no 16-bit PCM WAV file")

// WriteWAVHeader writes the 44 bytes in front of size bytes of samples.
func WriteWAVHeader(b *bytes.Buffer, f WAVFormat, size int64) {
	put := func(v any) { _ = binary.Write(b, binary.LittleEndian, v) } // a Buffer takes everything
	b.WriteString("RIFF")
	put(uint32(size + 36))
	b.WriteString("WAVEfmt ")
	put(uint32(16))
	put(uint16(1))
	put(uint16(f.Channels))
	put(uint32(f.SampleRate))
	put(uint32(f.SampleRate * f.Channels * 2))
	put(uint16(f.Channels * 2))
	put(uint16(16))
	b.WriteString("data")
	put(uint32(size))
}

// WriteSamples writes samples as WAV files have them.
func WriteSamples(b *bytes.Buffer, samples []int16) {
	var pair [2]byte
	for _, x := range samples {
		binary.LittleEndian.PutUint16(pair[:], uint16(x))
		b.Write(pair[:])
	}
}

// ReadWAVHeader reads up to the first sample and returns the bytes of samples
// that follow: -1 for a stream whose header was written before its length was
// known (0xFFFFFFFF or 0).
func ReadWAVHeader(r io.Reader) (f WAVFormat, size int64, err error) {
	var riff [12]byte
	if _, err := io.ReadFull(r, riff[:]); err != nil || string(riff[:4]) != "RIFF" || string(riff[8:]) != "WAVE" {
		return f, 0, ErrWAV
	}
	for {
		var chunk [8]byte
		if _, err := io.ReadFull(r, chunk[:]); err != nil {
			return f, 0, fmt.Errorf("a chunk is cut off: %w", ErrWAV)
		}
		n := int64(binary.LittleEndian.Uint32(chunk[4:]))
		switch string(chunk[:4]) {
		case "fmt ":
			if f, err = readFormat(r, n); err != nil {
				return f, 0, err
			}
		case "data":
			return f, streamed(n), f.check()
		default:
			if _, err := io.CopyN(io.Discard, r, n+n&1); err != nil {
				return f, 0, fmt.Errorf("a chunk is cut off: %w", ErrWAV)
			}
		}
	}
}

// streamed returns a chunk's size, or -1 where the writer did not know it.
func streamed(n int64) int64 {
	if n == 0 || n >= 0xFFFFFF00 {
		return -1
	}
	return n
}

func readFormat(r io.Reader, n int64) (WAVFormat, error) {
	var b [40]byte
	if n < 16 || n > 1<<16 {
		return WAVFormat{}, ErrWAV
	}
	head := b[:min(n, 40)]
	if _, err := io.ReadFull(r, head); err != nil {
		return WAVFormat{}, ErrWAV
	}
	if _, err := io.CopyN(io.Discard, r, n-int64(len(head))+n&1); err != nil {
		return WAVFormat{}, ErrWAV
	}
	const plain, extensible = 1, 0xFFFE
	tag := binary.LittleEndian.Uint16(b[:])
	if tag != plain && tag != extensible || binary.LittleEndian.Uint16(b[14:]) != 16 {
		return WAVFormat{}, ErrWAV
	}
	return WAVFormat{
		SampleRate: int(binary.LittleEndian.Uint32(b[4:])),
		Channels:   int(binary.LittleEndian.Uint16(b[2:])),
	}, nil
}

func (f WAVFormat) check() error {
	if f.SampleRate < 1 || f.SampleRate > 768000 || f.Channels < 1 || f.Channels > 8 {
		return ErrWAV
	}
	return nil
}
