package system

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"lector"
)

// flite is CMU Flite (BSD-like licence). Its voice rms was understood best of
// all that Debian has, and it gains most from text that is spelt out.
type flite struct{}

func (flite) name() string { return "flite" }

var fliteVersion = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`version:\s*flite-([0-9.]+)`) })

func (flite) describe(ctx context.Context, t tool, voice string) (description, error) {
	d := description{voice: "rms", languages: []string{"en"}, normalise: "full"}
	if voice != "" {
		d.voice = voice
	}
	var help, listed []byte
	var err error
	var both sync.WaitGroup                                   // each takes as long as it takes to load all voices
	both.Go(func() { help, _ = t.run(ctx, "", "--version") }) // exits 1 in some versions
	both.Go(func() { listed, err = t.run(ctx, "", "-lv") })
	both.Wait()
	if m := fliteVersion().FindSubmatch(help); m != nil {
		d.version = string(m[1])
	}
	if err != nil {
		return d, fmt.Errorf("list voices: %w", err)
	}
	_, names, _ := strings.Cut(string(listed), ":")
	// An unknown voice is silently spoken by another one.
	if voices := strings.Fields(names); !slices.Contains(voices, d.voice) {
		return d, lector.Permanent(lector.Hint(fmt.Errorf("there is no voice %q", d.voice), "installed are %s", strings.Join(voices, ", ")))
	}
	return d, nil
}

// speak goes through files: flite seeks in what it writes, and exits 0 when it
// cannot write at all.
func (flite) speak(ctx context.Context, t tool, r request) ([]byte, error) {
	dir, err := os.MkdirTemp("", "lector-flite-")
	if err != nil {
		return nil, fmt.Errorf("temporary directory: %w", err)
	}
	defer os.RemoveAll(dir)
	in, out := filepath.Join(dir, "text"), filepath.Join(dir, "speech.wav")
	if err := os.WriteFile(in, []byte(ascii(r.text)+"\n"), 0o600); err != nil {
		return nil, fmt.Errorf("write text: %w", err)
	}
	args := []string{"-voice", r.voice}
	if r.speed != 1 {
		args = append(args, "--setf", "duration_stretch="+strconv.FormatFloat(1/r.speed, 'f', 4, 64))
	}
	if _, err := t.run(ctx, "", append(args, "-f", in, "-o", out)...); err != nil {
		return nil, err
	}
	wav, err := os.ReadFile(out)
	if err != nil {
		return nil, fmt.Errorf("no speech was written: %w", err)
	}
	return wav, nil
}
