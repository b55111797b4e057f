package system

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"lector"
)

// say is the speech of macOS. It was written by its manual page and tested
// against a program that stands in for it, not on a Mac.
type say struct{}

func (say) name() string { return "say" }

func (say) describe(ctx context.Context, t tool, voice string) (description, error) {
	d := description{voice: voice, normalise: "light"}
	if voice == "" {
		return d, nil
	}
	listed, err := t.run(ctx, "", "-v", "?")
	if err != nil {
		return d, fmt.Errorf("list voices: %w", err)
	}
	for line := range strings.Lines(string(listed)) {
		about, _, _ := strings.Cut(line, "#")
		fields := strings.Fields(about)
		if len(fields) < 2 || strings.Join(fields[:len(fields)-1], " ") != voice {
			continue
		}
		d.languages = []string{lector.Primary(strings.ReplaceAll(fields[len(fields)-1], "_", "-"))}
		return d, nil
	}
	return d, lector.Permanent(lector.Hint(fmt.Errorf("there is no voice %q", voice), "see say -v ?"))
}

// speak goes through files: say writes no WAV to a pipe.
func (say) speak(ctx context.Context, t tool, r request) ([]byte, error) {
	dir, err := os.MkdirTemp("", "lector-say-")
	if err != nil {
		return nil, fmt.Errorf("temporary directory: %w", err)
	}
	defer os.RemoveAll(dir)
	in, out := filepath.Join(dir, "text"), filepath.Join(dir, "speech.wav")
	if err := os.WriteFile(in, []byte(r.text), 0o600); err != nil {
		return nil, fmt.Errorf("write text: %w", err)
	}
	args := []string{"-f", in, "-o", out, "--file-format=WAVE", "--data-format=LEI16@22050", "-r", strconv.Itoa(int(175*r.speed + 0.5))}
	if r.voice != "" {
		args = append(args, "-v", r.voice)
	}
	if _, err := t.run(ctx, "", args...); err != nil {
		return nil, err
	}
	wav, err := os.ReadFile(out)
	if err != nil {
		return nil, fmt.Errorf("no speech was written: %w", err)
	}
	return wav, nil
}
