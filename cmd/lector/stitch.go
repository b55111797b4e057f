package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime/debug"
	"strconv"
	"syscall"
	"time"

	"lector"
	"lector/audio"
	"lector/audio/id3"
	"lector/infra/encode"
)

const stitchHelp = `Joins MP3s without re-encoding them. Tags and Info frames of the parts go, one
fresh Info frame with the true counts comes; encoder delay and padding are
trimmed as far as they are silent.

  lector stitch -o article.mp3 one.mp3 two.mp3
  lector stitch -o article.mp3 -pause 450ms *.mp3

With -o - the MP3 goes to standard output, and the report to standard error.`

// stitchFlags is what was asked of stitch.
type stitchFlags struct {
	out, pause, loudness           string
	trim, reencode, strict, asJSON bool
}

// gcPercent lets garbage grow to half of what is in use, instead of to as much again:
// memory then stays flat over thousands of parts, and over hours of audio.
const gcPercent = 50

// copyingGCPercent is that of a stitch that decodes nothing. It holds about a kilobyte a
// part, so that a few thousand parts are done before the first collection, which would
// take as long as to read a hundred of them.
const copyingGCPercent = 400

// gcPercent is what fits to the work that was asked for.
func (f stitchFlags) gcPercent() int {
	if f.trim || f.loudness != "off" {
		return gcPercent
	}
	return copyingGCPercent
}

// outputHint is what can be done about an output that cannot be written.
const outputHint = "name another file with -o"

// stitchReport is what stitch -json prints.
type stitchReport struct {
	Parts      []stitchReportPart `json:"parts"`
	Duration   float64            `json:"duration"`
	Samples    int64              `json:"samples"`
	Frames     int                `json:"frames"`
	SampleRate int                `json:"sample_rate"`
	Channels   int                `json:"channels"`
	Bitrate    int                `json:"bitrate"`
	CBR        bool               `json:"cbr"`
	Bytes      int64              `json:"bytes"`
	Loudness   *float64           `json:"loudness,omitempty"`
	Warnings   []string           `json:"warnings,omitempty"`
}

type stitchReportPart struct {
	File     string  `json:"file"`
	Start    float64 `json:"start"`
	Duration float64 `json:"duration"`
	Gain     float64 `json:"gain,omitempty"` // dB
}

func (a *app) stitch(ctx context.Context, args []string) error {
	f, files, err := a.stitchArgs(args)
	if err != nil {
		return err
	}
	opt, pause, err := f.options()
	if err != nil {
		return err
	}
	var inputs audio.Files
	defer inputs.Close()
	if inputs.Output, err = audio.Output(f.out); err != nil {
		return usageError{lector.Hint(err, outputHint)}
	}
	debug.SetGCPercent(f.gcPercent())
	bar := a.delayedProgress()
	defer bar.end()
	opt.Progress = bar.step
	plan, err := planStitch(ctx, &inputs, files, pause, opt)
	if err != nil {
		return hintStitch(err, f.reencode)
	}
	tag := id3.Tag{Software: "lector " + release(), Length: plan.Timeline().Duration}.Bytes()
	report, err := a.writeStitched(ctx, f.out, plan, tag)
	if err != nil {
		return hintStitch(err, f.reencode)
	}
	bar.end()
	return a.printStitched(report, f, plan, int64(len(tag)))
}

// writeStitched writes the MP3 and returns where to speak of it: not where it
// went.
func (a *app) writeStitched(ctx context.Context, path string, plan *audio.Plan, tag []byte) (report io.Writer, err error) {
	write := func(w io.Writer) error {
		_, err := plan.Write(ctx, w, tag)
		return err
	}
	if isOutput(a.stdout, path) {
		return a.stderr, write(a.stdout)
	}
	return a.stdout, audio.WriteFile(path, write)
}

// isOutput reports whether path is another name of the open file w, or "-".
func isOutput(w io.Writer, path string) bool {
	if path == "-" {
		return true
	}
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	open, err := f.Stat()
	named, err2 := os.Stat(path)
	return err == nil && err2 == nil && os.SameFile(open, named)
}

func (a *app) stitchArgs(args []string) (f stitchFlags, files []string, err error) {
	fs := a.flags("stitch")
	fs.StringVar(&f.out, "o", "", "write `OUT.mp3`")
	fs.StringVar(&f.pause, "pause", "keep", "silence between parts: keep, or a `TIME` such as 450ms")
	fs.StringVar(&f.loudness, "loudness", "off", "level to `LUFS`, such as -19, in steps of 1.5 dB without re-encoding; or off")
	fs.BoolVar(&f.trim, "trim", true, "drop silent frames at the joins; false copies all frames and decodes nothing")
	fs.BoolVar(&f.reencode, "reencode", false, "encode anew a part whose format differs from the first one's")
	fs.BoolVar(&f.strict, "strict", false, "refuse damaged parts instead of stepping over the damage")
	fs.BoolVar(&f.asJSON, "json", false, "print the timeline as JSON")
	files, err = a.parse(fs, args)
	switch {
	case err != nil:
	case f.out == "":
		err = usageError{lector.Hint(errors.New("stitch needs -o OUT.mp3"), "lector stitch -o out.mp3 one.mp3 two.mp3")}
	case len(files) == 0:
		err = usageError{lector.Hint(audio.ErrNoParts, "lector stitch -o out.mp3 one.mp3 two.mp3")}
	}
	return f, files, err
}

// options turns flags into options and the pause behind each part.
func (f stitchFlags) options() (audio.Options, time.Duration, error) {
	opt := audio.Options{Trim: f.trim, Strict: f.strict}
	pause, err := time.Duration(0), error(nil)
	if f.pause != "keep" {
		opt.Pauses = true
		if pause, err = time.ParseDuration(f.pause); err != nil || pause < 0 || pause > time.Hour {
			return opt, 0, usageErrorf("-pause %q is neither keep nor a time from 0 to 1h, such as 450ms", f.pause)
		}
		if !f.trim {
			return opt, 0, usageErrorf("-pause %s needs to know where sound begins: leave out -trim=false", f.pause)
		}
	}
	if f.loudness != "off" {
		target, err := strconv.ParseFloat(f.loudness, 64)
		if err != nil || !(target >= -60 && target <= 0) { // NaN is neither
			return opt, 0, usageErrorf("-loudness %q is neither off nor a figure from -60 to 0 LUFS, such as -19", f.loudness)
		}
		opt.Loudness = &audio.Level{Target: target, Ceiling: -1}
	}
	if f.reencode {
		enc, err := encode.Find(exec.LookPath)
		if err != nil {
			return opt, 0, err
		}
		opt.Reencode = enc
	}
	return opt, pause, nil
}

func planStitch(ctx context.Context, inputs *audio.Files, files []string, pause time.Duration, opt audio.Options) (*audio.Plan, error) {
	parts := make([]audio.Part, len(files))
	for i, name := range files {
		p, err := inputs.Part(name)
		if err != nil {
			return nil, &audio.PartError{Part: name, Index: i, Offset: -1, Err: err}
		}
		p.Pause = pause
		parts[i] = p
	}
	return audio.NewPlan(ctx, parts, opt)
}

// hintStitch says what can be done about an error.
func hintStitch(err error, reencode bool) error {
	var format *audio.FormatError
	var damage *audio.DamageError
	switch {
	case errors.Is(err, audio.ErrOverInput):
		return usageError{lector.Hint(err, outputHint)}
	case errors.As(err, &format) && reencode:
		return lector.Hint(err, "the encoder here does not make the first part's format: let another part be the first")
	case errors.As(err, &format):
		return lector.Hint(err, "have it made in the first part's format, or add -reencode")
	case errors.As(err, &damage):
		return lector.Hint(err, "lector inspect shows all that is wrong with the file")
	case errors.Is(err, syscall.ENOSPC):
		return lector.Hint(err, "free some space, or name a file on another disk with -o")
	}
	return err
}

func (a *app) printStitched(w io.Writer, f stitchFlags, plan *audio.Plan, tag int64) error {
	t := plan.Timeline()
	out := stitchReport{
		Parts: make([]stitchReportPart, len(t.Parts)), Duration: t.Duration.Seconds(), Samples: t.Samples, Frames: t.Frames,
		SampleRate: t.SampleRate, Channels: t.Channels, Bitrate: t.Bitrate, CBR: !t.VBR, Bytes: plan.Size() + tag,
	}
	warnings := stitchWarnings(plan, f)
	for _, w := range warnings {
		out.Warnings = append(out.Warnings, w.text)
	}
	for i, p := range t.Parts {
		out.Parts[i] = stitchReportPart{p.Name, p.Start.Seconds(), p.Duration.Seconds(), float64(p.Gain) * audio.GainStep}
	}
	if l := plan.Levels(); l != nil {
		out.Loudness = audio.Finite(l.After)
	}
	if f.asJSON {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(out)
	}
	for _, w := range summedUp(warnings) {
		fmt.Fprintln(a.stderr, "lector: warning:", w)
	}
	fmt.Fprintf(w, "%s: %s, %.3f s, %d kbit/s, %d bytes\n", f.out, lector.Plural(len(t.Parts), "part"), out.Duration, t.Bitrate, out.Bytes)
	return nil
}

// stitchWarnings lists what was wrong and went well all the same.
func stitchWarnings(plan *audio.Plan, f stitchFlags) []warning {
	var all []warning
	for _, p := range plan.Problems() {
		all = append(all, warning{problemKind(p.Problem), p.Part + ": " + p.Problem.String()})
	}
	if n, most := longPauses(plan, f); n > 0 {
		text := fmt.Sprintf("%d pauses are longer than %s, by up to %d ms: the parts have no more silence that may go", n, f.pause,
			most.Milliseconds())
		all = append(all, warning{"pauses", text})
	}
	if l := plan.Levels(); l != nil {
		for _, x := range l.Limited {
			text := fmt.Sprintf("%s: %d steps of 1.5 dB instead of %d: %s", x.Part, x.Got, x.Want, x.Explanation)
			all = append(all, warning{x.Explanation, text})
		}
	}
	return all
}

// longPauses counts the pauses that are longer than was asked by more than a
// frame's half, and returns by how much at most.
func longPauses(plan *audio.Plan, f stitchFlags) (n int, most time.Duration) {
	asked, err := time.ParseDuration(f.pause)
	if err != nil {
		return 0, 0 // keep
	}
	t := plan.Timeline()
	half := t.Duration / time.Duration(max(2*t.Frames, 1))
	for i, p := range t.Parts[1:] {
		more := p.Sound.Start - t.Parts[i].Sound.End - asked
		if more > half+time.Millisecond {
			n, most = n+1, max(most, more)
		}
	}
	return n, most
}
