package mpeg_test

import (
	"bytes"
	"fmt"

	"lector/audio/mpeg"
)

// The header of a frame says how long the frame is and what it holds.
func ExampleParseHeader() {
	h, ok := mpeg.ParseHeader([]byte{0xFF, 0xFB, 0x90, 0x64})
	fmt.Println(ok, h.Version(), h.SampleRate(), "Hz", h.Bitrate(), "kbit/s", h.Channels(), "channels")
	fmt.Println(h.Size(), "bytes", h.Samples(), "samples")
	// Output:
	// true 1 44100 Hz 128 kbit/s 2 channels
	// 417 bytes 1152 samples
}

// A scanner goes from frame to frame and steps over what is none.
func ExampleScanner() {
	h, _ := mpeg.ParseHeader([]byte{0xFF, 0xF3, 0x64, 0xC4}) // MPEG-2, 24 kHz mono, 48 kbit/s
	file := bytes.Repeat(mpeg.AppendSilent(nil, h), 10)
	var s mpeg.Scanner
	s.Reset(bytes.NewReader(file), int64(len(file)))
	frames, samples := 0, 0
	for s.Next() {
		frames++
		samples += s.Frame().Header.Samples()
	}
	fmt.Println(frames, "frames", samples, "samples", s.Err())
	// Output:
	// 10 frames 5760 samples <nil>
}
