package main

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"time"

	"lector/audio"
)

// level shows what levelling does to a rendition of 40 clips that were heard
// already, as those of a job are, and what it costs beside the same stitch without
// it and beside ffmpeg's loudnorm, which decodes and encodes.
func (b *benchmark) level() error {
	fmt.Print("## Level of a rendition: 40 clips of three voices, target −19 LUFS, ceiling −1 dBTP\n\n")
	table("", "LUFS, ffmpeg", "dBTP, ffmpeg", "reckoned LUFS", "clips apart, LU", "s", "× not levelled", "lossless")
	parts, err := b.heardParts(40)
	if err != nil {
		return err
	}
	speech := audio.SpeechLevel(1)
	plain := 0.0
	for _, t := range []struct {
		name  string
		level *audio.Level
	}{{"not levelled", nil}, {"levelled", &speech}} {
		out := filepath.Join(b.corpus.dir, t.name+".mp3")
		var plan *audio.Plan
		took, err := best(5, func() (err error) {
			plan, err = rendition(b.ctx, out, parts, t.level)
			return err
		})
		if err != nil {
			return err
		}
		if t.level == nil {
			plain = took.Seconds()
		}
		lufs, peak := ebur128(out)
		row("lector, "+t.name, f(lufs, 1), f(peak, 1), f(plan.Levels().After, 2), f(apart(parts, plan), 1),
			f(took.Seconds(), 4), f(took.Seconds()/plain, 2), "yes")
	}
	return b.loudnorm(filepath.Join(b.corpus.dir, "not levelled.mp3"), plain)
}

// loudnorm is the row of the peer.
func (b *benchmark) loudnorm(in string, plain float64) error {
	out := filepath.Join(b.corpus.dir, "loudnorm.mp3")
	took, err := best(1, func() error {
		return run("ffmpeg", "-v", "error", "-y", "-i", in, "-af", "loudnorm=I=-19:TP=-1", "-ar", "24000", "-b:a", "48k", out)
	})
	if err != nil {
		return err
	}
	lufs, peak := ebur128(out)
	row("ffmpeg loudnorm", f(lufs, 1), f(peak, 1), "", "", f(took.Seconds(), 4), f(took.Seconds()/plain, 0), "no")
	fmt.Println()
	return nil
}

// heardParts returns n clips, by turns of three levels, with what Analyze says of each.
func (b *benchmark) heardParts(n int) ([]audio.Part, error) {
	var parts []audio.Part
	for i := range n {
		scale := []string{"1", "0.5", "0.3"}[i%3]
		files, err := b.corpus.parts("level"+scale, min(n, len(spoken)), "-b", "48", "--cbr", "--nores", "--scale", scale)
		if err != nil {
			return nil, err
		}
		data, err := os.ReadFile(files[i%len(files)])
		if err != nil {
			return nil, err
		}
		source := bytes.NewReader(data)
		known, err := audio.Analyze(b.ctx, source, source.Size())
		if err != nil {
			return nil, err
		}
		parts = append(parts, audio.Part{
			Name: files[i%len(files)], Source: source, Size: source.Size(), Pause: 450 * time.Millisecond, Known: known, Group: scale,
		})
	}
	return parts, nil
}

// rendition writes what the main job would.
func rendition(ctx context.Context, out string, parts []audio.Part, level *audio.Level) (*audio.Plan, error) {
	plan, err := audio.NewPlan(ctx, parts, audio.Options{Trim: true, Pauses: true, Loudness: level})
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if _, err := plan.Write(ctx, &b, nil); err != nil {
		return nil, err
	}
	return plan, os.WriteFile(out, b.Bytes(), 0o600)
}

// apart returns how many LU the loudest clip is above the softest.
func apart(parts []audio.Part, plan *audio.Plan) float64 {
	low, high := math.Inf(1), math.Inf(-1)
	for i, p := range plan.Timeline().Parts {
		l := parts[i].Known.Loudness + float64(p.Gain)*audio.GainStep
		low, high = min(low, l), max(high, l)
	}
	return high - low
}
