package audio

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
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
	need(t, "flite", "sox", "lame", "ffmpeg", "ffprobe", "mpg123", "mp3val")
	for _, f := range matrix() {
		t.Run(f.String(), func(t *testing.T) {
			t.Parallel()
			parts := clips.parts(t, 2, f)
			for i := range parts {
				parts[i].Pause = 450 * time.Millisecond
			}
			plan, path := write(t, parts, Options{Trim: true, Pauses: true})
			judgeParts(t, plan, judge(t, plan, path))
		})
	}
}

// matrix returns every rate, mode and bit rate, each plain and with CRC but no
// reservoir; with LECTOR_MATRIX=all each of these alone as well, and without an
// Info tag; in short mode every seventh cell, and every 23rd with the race
// detector, which makes decoding ten times as slow.
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
	step := 1
	switch {
	case racing:
		step = 23
	case testing.Short():
		step = 7
	}
	var some []format
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
	out, errs := run(t, "ffprobe", "-v", "warning", "-show_entries", "format=duration", "-of", "csv=p=0", path)
	seconds, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	// ffprobe goes by the frame count and does not subtract what is cut.
	if got := seconds*float64(line.SampleRate) - decoderDelay; err != nil || math.Abs(got-float64(line.Samples)) > 1 || len(errs) > 0 {
		t.Errorf("ffprobe says %s (%.1f samples of %d) %s", out, got, line.Samples, errs)
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
	h := s.first.WithPadding(false)
	lead := ((frame % 8) + 8) % 8
	if name == "ffmpeg" {
		lead = 0
	}
	b := silentMP3(h, lead)
	audio := make([]byte, s.end-s.start)
	if _, err := s.part.Source.ReadAt(audio, s.start); err != nil {
		t.Fatal(err)
	}
	return decoders[name](t, save(t, append(b, audio...)), false)[lead*s.spf()*h.Channels():]
}

func save(t *testing.T, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "part.mp3")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
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
