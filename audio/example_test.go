package audio_test

import (
	"bytes"
	"context"
	"fmt"

	"lector/audio"
	"lector/audio/id3"
	"lector/audio/mpeg"
)

// quiet returns an MP3 of n silent frames: 24 kHz mono, 48 kbit/s, 24 ms each.
func quiet(n int) []byte {
	h, _ := mpeg.ParseHeader([]byte{0xFF, 0xF3, 0x64, 0xC4})
	return bytes.Repeat(mpeg.AppendSilent(nil, h), n)
}

// Two clips are joined without re-encoding. The plan knows all times before a
// byte is written, so the tag in front of the audio can state them.
func ExamplePlan() {
	ctx := context.Background()
	var parts []audio.Part
	for i, clip := range [][]byte{quiet(50), quiet(25)} {
		parts = append(parts, audio.Part{Name: fmt.Sprint("clip ", i+1), Source: bytes.NewReader(clip), Size: int64(len(clip))})
	}
	plan, err := audio.NewPlan(ctx, parts, audio.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	t := plan.Timeline()
	for _, p := range t.Parts {
		fmt.Println(p.Name, "starts at", p.Start)
	}
	tag := id3.Tag{Title: "Two clips", Length: t.Duration}
	var file bytes.Buffer
	n, err := plan.Write(ctx, &file, tag.Bytes())
	fmt.Println(t.Samples, "samples;", n == int64(file.Len()), err)
	// Output:
	// clip 1 starts at 24ms
	// clip 2 starts at 1.224s
	// 42671 samples; true <nil>
}

// Inspect reports what a file is, and every problem in it.
func ExampleInspect() {
	file := append(quiet(50), "not a frame"...)
	report, err := audio.Inspect(context.Background(), bytes.NewReader(file), int64(len(file)))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.Frames, "frames of", report.SampleRate, "Hz,", report.Bitrate, "kbit/s")
	for _, p := range report.Problems {
		fmt.Println(p)
	}
	// Output:
	// 50 frames of 24000 Hz, 48 kbit/s
	// garbage at byte 7200, 11 bytes
}
