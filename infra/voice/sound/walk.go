// Package sound turns what a speech server sent into the MP3 that was asked
// for. It believes the bytes and never the content type.
package sound

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// Form is the form of an MP3.
type Form struct {
	Rate     int // Hz
	Channels int
	Frames   int
	Duration time.Duration
}

// ErrCut is wrapped by the error for an MP3 whose last frame is not whole.
var ErrCut = errors.New("cut off")

// Walk goes from frame to frame of a layer III stream (ISO 11172-3 and
// 13818-3, 2.4.2.3). ID3 tags may stand around it; anything else that is no
// whole frame of the first one's rate and channels is an error.
func Walk(mp3 []byte) (Form, error) {
	var f Form
	samples := 0
	for at := tagged(mp3); at < len(mp3) && !trailer(mp3[at:]); f.Frames++ {
		h, err := header(mp3[at:])
		if err != nil {
			return f, fmt.Errorf("byte %d: %w", at, err)
		}
		if f.Frames > 0 && (h.rate != f.Rate || h.channels != f.Channels) {
			return f, fmt.Errorf("byte %d: %d Hz, %d channels behind %d Hz, %d", at, h.rate, h.channels, f.Rate, f.Channels)
		}
		if at += h.size; at > len(mp3) {
			return f, fmt.Errorf("%w: the last frame lacks %d bytes", ErrCut, at-len(mp3))
		}
		f.Rate, f.Channels, samples = h.rate, h.channels, samples+h.samples
	}
	if f.Frames == 0 {
		return f, fmt.Errorf("no MP3 frame in %d bytes", len(mp3))
	}
	f.Duration = time.Duration(samples) * time.Second / time.Duration(f.Rate)
	return f, nil
}

// tagged returns the length of the ID3v2 tags at the start.
func tagged(mp3 []byte) int {
	at := 0
	for len(mp3)-at >= 10 && string(mp3[at:at+3]) == "ID3" {
		b := mp3[at:]
		at += 10 + int(b[6]&0x7F)<<21 + int(b[7]&0x7F)<<14 + int(b[8]&0x7F)<<7 + int(b[9]&0x7F)
	}
	return min(at, len(mp3))
}

// trailer reports whether nothing but an ID3v1 tag is left.
func trailer(b []byte) bool { return len(b) == 128 && string(b[:3]) == "TAG" }

type frame struct{ rate, channels, size, samples int }

func header(b []byte) (frame, error) {
	if len(b) < 4 {
		return frame{}, fmt.Errorf("%w: %d bytes of a header", ErrCut, len(b))
	}
	h := binary.BigEndian.Uint32(b)
	version, layer, bitrate, rate := h>>19&3, h>>17&3, h>>12&15, h>>10&3
	if h>>21 != 0x7FF || layer != 1 || version == 1 || bitrate == 0 || bitrate == 15 || rate == 3 {
		return frame{}, fmt.Errorf("no layer III header: %08x", h)
	}
	kbps := [2][16]int{
		{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},
		{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},
	}[version&1][bitrate]
	f := frame{rate: [3]int{44100, 48000, 32000}[rate], channels: 2, samples: 576}
	if h>>6&3 == 3 {
		f.channels = 1
	}
	switch version {
	case 3: // MPEG-1
		f.samples = 1152
	case 2:
		f.rate /= 2
	case 0: // MPEG-2.5
		f.rate /= 4
	}
	f.size = f.samples/8*kbps*1000/f.rate + int(h>>9&1)
	return f, nil
}
