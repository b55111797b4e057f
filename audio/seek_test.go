package audio

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"lector/audio/mpeg"
)

// TestVBRSeeks looks where the table of contents of a variable bit rate leads, and
// where ffmpeg lands that goes by it.
func TestVBRSeeks(t *testing.T) {
	t.Parallel()
	withoutRace(t)
	need(t, "lame", "ffprobe")
	variable := 0
	for _, f := range []format{
		{"24", "m", "-V 2", ""}, {"24", "m", "-V 4", ""}, {"22.05", "m", "-V 4", ""}, {"22.05", "m", "-V 9", ""}, {"44.1", "m", "-V 6", ""},
		{"22.05", "m", "-V 4", "-t"}, {"16", "m", "-V 4", "-t"},
	} {
		parts := append(clips.parts(t, len(sentences), f), clips.padded(t, f))
		if short, _ := write(t, parts[3:], Options{Trim: true, Pauses: true}); short.Timeline().VBR {
			t.Errorf("%v: %v of audio at varying rates, which no table of contents is fine enough for", f, short.Timeline().Duration)
		}
		parts = append(parts, parts...)
		for i := range parts {
			parts[i].Pause = 1500 * time.Millisecond
		}
		p, path := write(t, parts, Options{Trim: true, Pauses: true})
		if !p.Timeline().VBR {
			continue // the constant rate was cheap enough
		}
		variable++
		info, begins := framesOf(t, path)
		for i := 1; i < 100; i++ {
			at := info.Bytes * int64(info.TOC[i]) / 256
			n := 0
			for n < len(begins)-1 && begins[n] < at {
				n++
			}
			if off := float64(n)/float64(len(begins)) - float64(i)/100; math.Abs(off) > 0.01 {
				t.Errorf("%v: %d %% leads to %.2f %%", f, i, 100*float64(n)/float64(len(begins)))
			}
		}
		judgeLandings(t, f, p, path, begins)
	}
	if variable < 3 {
		t.Errorf("only %d outputs vary in bit rate", variable)
	}
}

// framesOf returns a file's Xing frame, and where each frame of audio begins behind
// the beginning of that.
func framesOf(t *testing.T, path string) (info mpeg.Info, begins []int64) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var frames mpeg.Scanner
	frames.Reset(bytes.NewReader(b), int64(len(b)))
	start := int64(-1)
	for frames.Next() {
		f := frames.Frame()
		if start < 0 {
			start = f.Offset
			info, _ = mpeg.ParseInfo(f.Header, f.Data)
			continue
		}
		begins = append(begins, f.Offset-start)
	}
	if info.TOC == nil {
		t.Fatalf("%s has no table of contents", path)
	}
	return info, begins
}

// judgeLandings sends ffmpeg's fast seek, which Chromium uses, to places in the file.
func judgeLandings(t *testing.T, f format, p *Plan, path string, begins []int64) {
	t.Helper()
	line := p.Timeline()
	first := p.layout.bytes
	if b, err := os.Stat(path); err == nil {
		first = b.Size() - first // the tag
	}
	places := []float64{10, 25, 50, 75, 90}
	var intervals []string
	for _, percent := range places {
		intervals = append(intervals, fmt.Sprintf("%.3f%%+#1", line.Duration.Seconds()*percent/100))
	}
	out, _ := run(t, "ffprobe", "-v", "error", "-fflags", "fastseek", "-read_intervals", strings.Join(intervals, ","),
		"-show_entries", "packet=pts_time,pos", "-of", "csv=p=0", path)
	packets := strings.Fields(string(out))
	if len(packets) != len(places) {
		t.Fatalf("ffprobe: %s", out)
	}
	for i, percent := range places {
		cells := strings.Split(packets[i], ",")
		claimed, err := strconv.ParseFloat(cells[0], 64)
		if err != nil || len(cells) < 2 {
			t.Fatalf("ffprobe: %s", out)
		}
		pos, _ := strconv.ParseInt(cells[1], 10, 64)
		n := 0
		for n < len(begins) && begins[n] < pos-first {
			n++
		}
		heard := float64(n*p.streams[0].spf()) / float64(line.SampleRate)
		if off := (claimed - heard) / line.Duration.Seconds(); math.Abs(off) > 0.01 {
			t.Errorf("%v: a seek to %g %% claims %.3f s and plays %.3f s of %.1f", f, percent, claimed, heard, line.Duration.Seconds())
		}
	}
}
