// Package sound turns what a speech server sent into the MP3 that was asked
// for. It believes the bytes and never the content type.
package sound

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"lector/audio/id3"
	"lector/audio/mpeg"
)

// FrameInfo is the form of an MP3.
type FrameInfo struct {
	Rate     int // Hz
	Channels int
	Frames   int
	Duration time.Duration
}

// errTruncated is wrapped by the error for an MP3 whose last frame is not whole.
var errTruncated = errors.New("cut off")

// ScanFrames goes from frame to frame of a layer III stream. ID3 tags may stand around
// it, and APE tags before it; anything else that is no whole frame of the first one's
// version, rate and channels is an error.
func ScanFrames(mp3 []byte) (FrameInfo, error) {
	var f FrameInfo
	var first mpeg.Header
	samples := 0
	for at := tagsSize(mp3); at < len(mp3) && !isID3v1(mp3[at:]); f.Frames++ {
		h, err := header(mp3[at:])
		if err != nil {
			return f, fmt.Errorf("byte %d: %w", at, err)
		}
		if f.Frames == 0 {
			first, f.Rate, f.Channels = h, h.SampleRate(), h.Channels()
		}
		if !h.Same(first) {
			return f, fmt.Errorf("byte %d: %v behind %v", at, h.Format(), first.Format())
		}
		if at += h.Size(); at > len(mp3) {
			return f, fmt.Errorf("%w: the last frame lacks %d bytes", errTruncated, at-len(mp3))
		}
		samples += h.Samples()
	}
	if f.Frames == 0 {
		return f, fmt.Errorf("no MP3 frame in %d bytes", len(mp3))
	}
	f.Duration = time.Duration(samples) * time.Second / time.Duration(f.Rate)
	return f, nil
}

// tagsSize returns the length of the ID3v2 and APE tags at the start.
func tagsSize(mp3 []byte) int {
	at := 0
	for at < len(mp3) {
		n := tagSize(mp3[at:])
		if n == 0 {
			return at
		}
		at += n
	}
	return len(mp3)
}

// apeTag begins the header of an APE tag, which is apeHeader bytes long, states the
// length of what follows it at byte 12, and has a flag at byte 23 for not being a footer.
const (
	apeTag    = "APETAGEX"
	apeHeader = 32
	isHeader  = 0x20
)

// tagSize returns the length of the tag that b begins with, or 0.
func tagSize(b []byte) int {
	if len(b) >= apeHeader && string(b[:len(apeTag)]) == apeTag && b[23]&isHeader != 0 {
		return apeHeader + int(binary.LittleEndian.Uint32(b[12:]))
	}
	n, err := id3.Size(b)
	if err != nil {
		return 0
	}
	return n
}

// isID3v1 reports whether nothing but an ID3v1 tag is left.
func isID3v1(b []byte) bool { return len(b) == 128 && string(b[:3]) == "TAG" }

// header reads the header of a frame that states its size.
func header(b []byte) (mpeg.Header, error) {
	if len(b) < mpeg.HeaderSize {
		return 0, fmt.Errorf("%w: %d bytes of a header", errTruncated, len(b))
	}
	h, ok := mpeg.ParseHeader(b)
	if !ok || h.Size() == 0 {
		return 0, fmt.Errorf("no layer III header: % x", b[:mpeg.HeaderSize])
	}
	return h, nil
}
