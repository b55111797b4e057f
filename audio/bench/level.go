package main

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"lector/audio"
)

// loudness compares our meter with ffmpeg's and shows what levelling reaches.
func (b *benchmark) loudness() error {
	fmt.Print("## Loudness: 40 parts, target −19 LUFS\n\n")
	table("set", "ours LUFS", "ffmpeg LUFS", "ours dBTP", "ffmpeg dBTP", "levelled, ffmpeg LUFS")
	for _, kbps := range []string{"48", "128"} {
		parts, err := b.corpus.parts("l"+kbps, 40, "-b", kbps, "--scale", "0.4")
		if err != nil {
			return err
		}
		plain, level := filepath.Join(b.corpus.dir, "plain.mp3"), filepath.Join(b.corpus.dir, "level.mp3")
		if err := stitch(append([]string{"-o", plain}, parts...)); err != nil {
			return err
		}
		if err := stitch(append([]string{"-o", level, "-loudness", "-19"}, parts...)); err != nil {
			return err
		}
		data, err := os.ReadFile(plain)
		if err != nil {
			return err
		}
		a, err := audio.Analyze(b.ctx, bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return err
		}
		lufs, peak := ebur128(plain)
		after, _ := ebur128(level)
		row("CBR "+kbps, f(a.Loudness, 2), f(lufs, 1), f(a.TruePeak, 2), f(peak, 1), f(after, 1))
	}
	fmt.Println()
	return nil
}

// ebur128 returns what ffmpeg's meter says.
func ebur128(path string) (lufs, peak float64) {
	out, _ := exec.Command("ffmpeg", "-nostats", "-i", path, "-af", "ebur128=peak=true", "-f", "null", "-").CombinedOutput()
	lufs, peak = math.NaN(), math.NaN()
	for _, line := range strings.Split(string(out), "\n") {
		_, _ = fmt.Sscanf(strings.TrimSpace(line), "I: %f LUFS", &lufs)
		_, _ = fmt.Sscanf(strings.TrimSpace(line), "Peak: %f dBFS", &peak)
	}
	return lufs, peak
}

// bitrates shows what constant bit rates cost where parts vary.
func (b *benchmark) bitrates() error {
	fmt.Print("## Varying bit rates: bytes of 40 parts\n\n")
	table("parts", "input", "output", "kind")
	for _, v := range []string{"0", "2", "4", "6", "9"} {
		parts, err := b.corpus.parts("v"+v, 40, "-V", v)
		if err != nil {
			return err
		}
		out := filepath.Join(b.corpus.dir, "out.mp3")
		if err := stitch(append([]string{"-o", out}, parts...)); err != nil {
			return err
		}
		data, err := os.ReadFile(out)
		if err != nil {
			return err
		}
		r, err := audio.InspectFrames(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return err
		}
		kind := fmt.Sprintf("CBR %d", r.Bitrate)
		if !r.CBR {
			kind = fmt.Sprintf("VBR, mean %d", r.Bitrate)
		}
		row("VBR "+v, fmt.Sprint(sizeOf(parts)), fmt.Sprint(len(data)), kind)
	}
	fmt.Println()
	return nil
}

func best(times int, do func() error) (time.Duration, error) {
	least := time.Duration(math.MaxInt64)
	for range times {
		start := time.Now()
		if err := do(); err != nil {
			return 0, err
		}
		least = min(least, time.Since(start))
	}
	return least, nil
}
