package audio

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lector/audio/id3"
)

// write plans and writes a stitch into a file, with the tag that the command
// writes.
func write(t testing.TB, parts []Part, opt Options) (*Plan, string) {
	t.Helper()
	plan, err := NewPlan(context.Background(), parts, opt)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	tag := id3.Tag{Software: "test"}.Bytes()
	n, err := plan.Write(context.Background(), &b, tag)
	if err != nil {
		t.Fatal(err)
	}
	if want := int64(len(tag)) + plan.Size(); n != want || int64(b.Len()) != want {
		t.Fatalf("wrote %d bytes, said %d, planned %d", b.Len(), n, want)
	}
	path := filepath.Join(t.TempDir(), "out.mp3")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return plan, path
}

// TestMatrix stitches every kind of MP3 that a voice may answer with, and has
// the result judged by ffmpeg, mpg123, ffprobe and mp3val.
func TestMatrix(t *testing.T) {
	t.Parallel()
	withoutRace(t)
	step := 1
	if testing.Short() {
		step = 7
	}
	stitchMatrix(t, every(step, matrix()))
}

// TestMatrixRaced shows a few cells of TestMatrix to the race detector.
func TestMatrixRaced(t *testing.T) {
	t.Parallel()
	if !racing {
		t.Skip("SKIPPED without the race detector: TestMatrix does the same and more")
	}
	stitchMatrix(t, every(23, matrix()))
}

func stitchMatrix(t *testing.T, formats []format) {
	t.Helper()
	need(t, "flite", "sox", "lame", "ffmpeg", "ffprobe", "mpg123", "mp3val")
	for _, cells := range byRateAndMode(formats) {
		t.Run(cells[0].rate+"_"+cells[0].mode, func(t *testing.T) {
			t.Parallel()
			plans, paths := make([]*Plan, len(cells)), make([]string, len(cells))
			for i, f := range cells {
				parts := clips.parts(t, 2, f)
				for n := range parts {
					parts[n].Pause = 450 * time.Millisecond
				}
				plans[i], paths[i] = write(t, parts, Options{Trim: true, Pauses: true})
			}
			ahead.probe(t, paths)
			ahead.decode(t, paths, true)
			ahead.parts(t, plans...)
			for i, f := range cells {
				t.Run(f.String(), func(t *testing.T) { judgeParts(t, plans[i], judge(t, plans[i], paths[i])) })
			}
		})
	}
}

// byRateAndMode returns the formats in groups whose decoded samples are alike.
func byRateAndMode(all []format) (groups [][]format) {
	for i, f := range all {
		if i == 0 || f.rate != all[i-1].rate || f.mode != all[i-1].mode {
			groups = append(groups, nil)
		}
		last := len(groups) - 1
		groups[last] = append(groups[last], f)
	}
	return groups
}

// matrix returns every rate, mode and bit rate, each plain and with CRC but no
// reservoir; with LECTOR_MATRIX=all each of these alone as well, and without an
// Info tag.
func matrix() []format {
	kinds := []string{"", "-p --nores"}
	if os.Getenv("LECTOR_MATRIX") == "all" {
		kinds = append(kinds, "-p", "--nores", "-t")
	}
	var all []format
	for _, rate := range []string{"16", "22.05", "24", "32", "44.1", "48"} {
		for _, mode := range []string{"m", "s", "j"} {
			for _, bits := range []string{"-b 32", "-b 64", "-b 128", "-V 4"} {
				for _, more := range kinds {
					all = append(all, format{rate, mode, bits, more})
				}
			}
		}
	}
	return all
}

// every returns each step-th of the formats, from the first on.
func every(step int, all []format) (some []format) {
	for i := 0; i < len(all); i += step {
		some = append(some, all[i])
	}
	return some
}

// judge compares what the plan says about the whole with what programs find. It
// returns what they decoded.
func judge(t *testing.T, plan *Plan, path string) map[string][]int16 {
	t.Helper()
	line := plan.Timeline()
	decoded := map[string][]int16{}
	for name, decode := range decoders {
		decoded[name] = decode(t, path, true)
		if n := len(decoded[name]) / line.Channels; int64(n) != line.Samples {
			t.Errorf("%s decodes %d samples, the timeline says %d", name, n, line.Samples)
		}
	}
	// ffprobe goes by the frame count and does not subtract what is cut.
	if got := probe(t, path)*float64(line.SampleRate) - decoderDelay; math.Abs(got-float64(line.Samples)) > 1 {
		t.Errorf("ffprobe says %.1f samples of %d", got, line.Samples)
	}
	if out, _ := exec.Command("mp3val", path).CombinedOutput(); strings.Contains(string(out), "WARNING") {
		t.Errorf("mp3val: %s", out)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := InspectFrames(bytes.NewReader(b), int64(len(b)))
	if err != nil || len(r.Problems) > 0 || r.Samples != line.Samples || r.Frames != line.Frames {
		t.Errorf("inspect: %v %+v", err, r)
	}
	return decoded
}

// judgeParts compares every part's sound with what a decoder makes of the part
// alone, and each gap with the pause that was asked.
func judgeParts(t *testing.T, plan *Plan, decoded map[string][]int16) {
	t.Helper()
	ahead.parts(t, plan)
	for name, whole := range decoded {
		ch := plan.streams[0].first.Channels()
		frame := 0
		for i, s := range plan.streams {
			alone := decodeAlone(t, name, s, frame-plan.cuts[i].head)
			zero := ((frame-plan.cuts[i].head)*s.spf() - decoderDelay) * ch
			first, bad := compare(whole, alone, zero)
			if bad != "" {
				t.Errorf("%s, part %d: %s", name, i, bad)
			}
			if i > 0 {
				judgeGap(t, fmt.Sprintf("%s, join %d", name, i), plan, i-1, quietBefore(whole, zero+first)/ch)
			}
			frame += s.frames - plan.cuts[i].head - plan.cuts[i].tail + plan.cuts[i].gap
		}
	}
}

// quietBefore returns how many samples in front of number at are not Loud.
func quietBefore(whole []int16, at int) (n int) {
	for n < at && whole[at-1-n] < Loud && whole[at-1-n] > -Loud {
		n++
	}
	return n
}

// judgeGap allows half a frame, and half a millisecond for sound that grows so
// slowly that decoders which differ by one find its −60 dBFS at another sample;
// more only where the parts have no silence left to give.
func judgeGap(t *testing.T, where string, plan *Plan, i, gap int) {
	t.Helper()
	a := plan.streams[i]
	want := int(plan.streams[i].part.Pause.Seconds() * float64(a.first.SampleRate()))
	if !plan.opt.Pauses {
		return
	}
	_, tail := a.droppable()
	head, _ := plan.streams[i+1].droppable()
	exhausted := gap > want && plan.cuts[i].tail == tail && plan.cuts[i+1].head+plan.cuts[i+1].held == head
	most := a.spf()/2 + a.first.SampleRate()/2000
	if d := gap - want; (d > most || d < -most) && !exhausted {
		t.Errorf("%s: gap of %d samples, asked %d", where, gap, want)
	}
}

// decodeAlone decodes a part's frames as they are, Info frame and tags left
// out. mpg123's filter bank adds up in another order at every sixteenth of its
// window, so that its 16-bit output of the very same frames can differ by one
// where they begin at another phase: silent frames in front give the part alone
// the phase it has in the whole, where frame is its first.
func decodeAlone(t *testing.T, name string, s *stream, frame int) []int16 {
	t.Helper()
	lead := ((frame % 8) + 8) % 8
	if name == "ffmpeg" {
		lead = 0
	}
	path := alone(t, s, lead)
	raw := clips.make(filepath.Base(path)+"."+name, func(p string) {
		if err := os.WriteFile(p, bytesOf(decoders[name](t, path, false)), 0o600); err != nil {
			t.Error(err)
		}
	})
	b, err := os.ReadFile(raw)
	if err != nil {
		t.Fatal(err)
	}
	return samplesOf(b)[lead*s.spf()*s.first.Channels():]
}

// alone returns a file of a part's frames, with silent ones in front. What is the
// same has the same name, so that it is decoded once a test run.
func alone(t *testing.T, s *stream, lead int) string {
	t.Helper()
	b := silentMP3(s.first.WithPadding(false), lead)
	b = slices.Grow(b, int(s.end-s.start))[:len(b)+int(s.end-s.start)]
	if _, err := s.part.Source.ReadAt(b[len(b)-int(s.end-s.start):], s.start); err != nil {
		t.Fatal(err)
	}
	return clips.make(fmt.Sprintf("alone-%x.mp3", sha256.Sum256(b)), func(p string) {
		if err := os.WriteFile(p, b, 0o600); err != nil {
			t.Error(err)
		}
	})
}

// compare finds the first sample above −60 dBFS of a part decoded alone, and says
// which of those from there on differ in the whole, where the part's decoding
// begins at zero.
func compare(whole, alone []int16, zero int) (first int, bad string) {
	first = -1
	last, wrong, worst := 0, 0, 0
	for i, x := range alone {
		if x < Loud && x > -Loud {
			continue
		}
		if first < 0 {
			first = i
		}
		last = i
		if at := zero + i; at >= len(whole) || at >= 0 && whole[at] != x {
			wrong++
			if at >= 0 && at < len(whole) {
				worst = max(worst, int(x)-int(whole[at]), int(whole[at])-int(x))
			}
		}
	}
	if wrong > 0 {
		bad = fmt.Sprintf("%d of %d samples differ, by %d at most", wrong, last-first+1, worst)
	}
	return first, bad
}
