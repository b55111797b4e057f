package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"strings"
	"text/tabwriter"
	"unicode"

	"lector"
	"lector/audio"
	"lector/audio/mpeg"
)

const inspectHelp = `Reports on one MP3: frames, exact duration, loudness, tags, chapters, disclosure,
provenance, and every problem found.

  lector inspect article.mp3
  lector inspect -json article.mp3
  lector inspect -reference article.mp3   # decoded by go-mp3 as well, and compared`

// inspection is what inspect -json prints.
type inspection struct {
	audio.Report
	Reference *audio.Comparison `json:"reference,omitempty"`
}

func (a *app) inspect(ctx context.Context, args []string) error {
	fs := a.flags("inspect")
	asJSON := fs.Bool("json", false, "print JSON")
	reference := fs.Bool("reference", false, "decode by a second decoder, too, and say by how much the two differ")
	files, err := a.parse(fs, args)
	if err != nil {
		return err
	}
	if len(files) != 1 {
		return usageErrorf("inspect wants one FILE.mp3")
	}
	var inputs audio.Files
	defer inputs.Close()
	part, err := inputs.Part(files[0])
	if err != nil {
		return err
	}
	debug.SetGCPercent(gcPercent)
	var r inspection
	if r.Report, err = audio.Inspect(ctx, part.Source, part.Size); err == nil && *reference {
		r.Reference, err = compare(ctx, part)
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", files[0], err)
		if errors.Is(err, mpeg.ErrNoAudio) {
			err = lector.Hint(err, "is it an MP3 at all?")
		}
		return err
	}
	if *asJSON {
		e := json.NewEncoder(a.stdout)
		e.SetIndent("", "  ")
		return e.Encode(r)
	}
	return a.printReport(r)
}

func compare(ctx context.Context, part audio.Part) (*audio.Comparison, error) {
	c, err := audio.Compare(ctx, part.Source, part.Size)
	if err != nil {
		return nil, fmt.Errorf("compare: %w", err)
	}
	return &c, nil
}

// printable returns s without what a terminal would obey: a file's tags may hold
// anything.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '\uFFFD'
	}, s)
}

// printReport writes the report for people.
func (a *app) printReport(r inspection) error {
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	line := func(name, format string, args ...any) {
		fmt.Fprintf(w, "%s\t%s\n", printable(name), printable(fmt.Sprintf(format, args...)))
	}
	rate := "CBR"
	if !r.CBR {
		rate = "VBR"
	}
	line("format", "MPEG-%s layer %d, %d Hz, %s, %d kbit/s %s", r.Version, r.Layer, r.SampleRate, r.Mode, r.Bitrate, rate)
	line("duration", "%.6f s: %d frames, %d samples", r.Duration, r.Frames, r.Samples)
	if r.EncoderDelay+r.Padding > 0 {
		line("gapless", "delay %d, padding %d samples (%s)", r.EncoderDelay, r.Padding, r.Encoder)
	}
	if r.Loudness != nil {
		line("loudness", "%.1f LUFS", *r.Loudness)
	}
	if r.TruePeak != nil {
		line("true peak", "%.1f dBTP", *r.TruePeak)
	}
	for _, k := range slices.Sorted(maps.Keys(r.Tags)) {
		line(k, "%s", strings.Join(strings.Fields(r.Tags[k]), " "))
	}
	for _, c := range r.Chapters {
		line("chapter", "%.3f–%.3f s %s", c.Start, c.End, c.Title)
	}
	disclosure := r.Disclosure
	if disclosure == "" {
		disclosure = "none"
	}
	line("disclosure", "%s", disclosure)
	line("provenance", "%s", strings.Join(strings.Fields(r.Provenance.State+" "+r.Provenance.Signer+" "+r.Provenance.Detail), " "))
	if c := r.Reference; c != nil {
		line(c.Decoder, "%s of %s samples differ by more than one, by %d at most, in the frame at byte %d",
			thousands(int(c.Differ)), thousands(int(c.Samples)), c.Largest, c.Frame)
	}
	problems := make([]warning, len(r.Problems))
	for i, p := range r.Problems {
		problems[i] = warning{problemKind(p), p.String()}
	}
	for _, p := range summedUp(problems) {
		line("problem", "%s", p)
	}
	if len(r.Problems) == 0 {
		line("problems", "none")
	}
	return w.Flush()
}
