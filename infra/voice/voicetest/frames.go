package voicetest

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"time"
)

// MP3 returns silent frames of the given form: 24 kHz at 48 kbit/s, 22.05 kHz
// at 48, or 44.1 kHz at 128.
func MP3(rate, channels int, d time.Duration) []byte {
	var header []byte
	size, samples := 0, 576
	switch rate {
	case 24000:
		header, size = []byte{0xFF, 0xF3, 0x64, 0xC4}, 144
	case 22050:
		header, size = []byte{0xFF, 0xF3, 0x60, 0xC4}, 156
	case 44100:
		header, size, samples = []byte{0xFF, 0xFB, 0x90, 0xC4}, 417, 1152
	default:
		panic("voicetest: no frames of that rate")
	}
	if channels == 2 {
		header[3] &= 0x3F
	}
	frame := append(header, make([]byte, size-4)...)
	n := int(d.Seconds()*float64(rate)) / samples
	return bytes.Repeat(frame, max(n, 1))
}

// WAV returns 16-bit mono silence whose header states no sizes, as servers
// that stream send it.
func WAV(rate int, d time.Duration) []byte {
	h := []byte("RIFF\xff\xff\xff\xffWAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00")
	h = binary.LittleEndian.AppendUint32(h, uint32(rate))
	h = binary.LittleEndian.AppendUint32(h, uint32(2*rate))
	h = append(h, "\x02\x00\x10\x00data\xff\xff\xff\xff"...)
	return append(h, make([]byte, 2*int(d.Seconds()*float64(rate)))...)
}

// Encoder makes silent frames as long as a WAV, so that no program is needed.
type Encoder struct{}

// Version names it.
func (Encoder) Version() string { return "silence 1" }

// Encode measures the WAV.
func (Encoder) Encode(_ context.Context, wav io.Reader, rate, channels, _ int) ([]byte, error) {
	data, err := io.ReadAll(wav)
	if err != nil {
		return nil, err
	}
	if len(data) <= 44 || string(data[:4]) != "RIFF" {
		return nil, errors.New("no WAV")
	}
	perSecond := binary.LittleEndian.Uint32(data[28:])
	d := time.Duration(len(data)-44) * time.Second / time.Duration(max(perSecond, 1))
	return MP3(rate, channels, d), nil
}
