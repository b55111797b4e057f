package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"lector/audio"
)

// quality joins 40 parts of every kind and looks at what players make of it.
func (b *benchmark) quality() error {
	fmt.Println("## Quality: 40 parts, 24 kHz mono")
	fmt.Println()
	fmt.Println("header: samples that the header states (frames less delay and padding; else ffprobe's duration) less the samples decoded.")
	fmt.Println("gap: silence between sounds less that of the parts (for -pause: less 450 ms), mean and worst. LSB: greatest error of a sample")
	fmt.Println("above −60 dBFS. seek: worst landing at 10…90 %. warnings: ffmpeg, mpg123, mp3val.")
	sets := []struct {
		name  string
		flags []string
	}{
		{"CBR 48", []string{"-b", "48"}},
		{"CBR 64, Info tag", []string{"-b", "64"}},
		{"VBR 4", []string{"-V", "4"}},
	}
	for _, s := range sets {
		parts, err := b.corpus.parts("q"+strings.Join(s.flags, ""), 40, s.flags...)
		if err != nil {
			return err
		}
		fmt.Printf("\n### %s\n\n", s.name)
		table("tool", "bytes", "header−ffmpeg", "header−mpg123", "gap ms mean", "gap ms worst", "LSB", "seek s", "warnings")
		for _, t := range b.tools {
			if strings.HasPrefix(t.name, "lector binary") { // the same engine
				continue
			}
			if err := b.verify(t, parts); err != nil {
				return err
			}
		}
	}
	fmt.Println()
	return nil
}

func (b *benchmark) verify(t tool, parts []string) error {
	out := filepath.Join(b.corpus.dir, "out.mp3")
	if _, failed := measure(1, func() *exec.Cmd { return t.command(b.ctx, out, parts) }); failed != nil {
		row(t.name, "fails here", "", "", "", "", "", "", "")
		return nil //nolint:nilerr // one tool less to compare with
	}
	info, err := os.Stat(out)
	if err != nil {
		return err
	}
	viaFFmpeg, w1 := decodeFFmpeg(out, true)
	viaMPG123, w2 := decodeMPG123(out)
	header := headerSamples(out)
	pause := -1.0
	if strings.Contains(t.name, "-pause") {
		pause = 0.45
	}
	whole, _ := decodeFFmpeg(out, false)
	g := compare(whole, parts, pause)
	row(t.name, strconv.FormatInt(info.Size(), 10), f(float64(header-len(viaFFmpeg)), 0), f(float64(header-len(viaMPG123)), 0),
		f(g.mean, 1), f(g.worst, 1), strconv.Itoa(g.lsb), f(seekError(out, len(viaFFmpeg)), 2),
		fmt.Sprintf("%d/%d/%d", w1, w2, mp3val(out)))
	return nil
}

// headerSamples returns what the file says of its length.
func headerSamples(path string) int {
	data, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	r, err := audio.InspectFrames(bytes.NewReader(data), int64(len(data)))
	if err == nil && r.EncoderDelay+r.Padding > 0 && !stale(r) {
		return int(r.Samples)
	}
	out, _ := exec.Command("ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", path).Output()
	seconds, _ := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	return int(math.Round(seconds * 24000))
}

func stale(r audio.Report) bool {
	for _, p := range r.Problems {
		if p.Kind == audio.StaleHeader {
			return true
		}
	}
	return false
}

func decodeFFmpeg(path string, trim bool) ([]int16, int) {
	args := []string{"-v", "warning"}
	if !trim {
		args = append(args, "-flags2", "skip_manual")
	}
	return decode(exec.Command("ffmpeg", append(args, "-i", path, "-f", "s16le", "-")...))
}

func decodeMPG123(path string) ([]int16, int) {
	s, _ := decode(exec.Command("mpg123", "-q", "-s", path))
	out, _ := exec.Command("mpg123", "-t", path).CombinedOutput()
	return s, strings.Count(strings.ToLower(string(out)), "warning") + strings.Count(strings.ToLower(string(out)), "error:")
}

func decode(c *exec.Cmd) ([]int16, int) {
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	_ = c.Run() // a decoder that fails has told why on stderr, which is counted
	b := out.Bytes()
	s := make([]int16, len(b)/2)
	for i := range s {
		s[i] = int16(binary.LittleEndian.Uint16(b[2*i:]))
	}
	return s, bytes.Count(bytes.TrimSpace(errs.Bytes()), []byte("\n")) + min(1, errs.Len())
}

func mp3val(path string) int {
	out, _ := exec.Command("mp3val", path).CombinedOutput()
	return strings.Count(string(out), "WARNING")
}

// joins is what compare found.
type joins struct {
	mean, worst float64 // ms
	lsb         int
}

// sound is the place of the sound in a part decoded alone.
type sound struct {
	samples     []int16
	first, last int
	front, back int // silence that is the part's own
}

// compare finds each part in the whole, by its sound, and measures.
func compare(whole []int16, parts []string, pause float64) (g joins) {
	cache := map[string]sound{}
	at, sum := 0, 0.0
	var before sound
	end := -1
	for i, p := range parts {
		key := filepath.Join(filepath.Dir(p), fmt.Sprintf("%05d.mp3", i%len(spoken)))
		s, ok := cache[key]
		if !ok {
			s = hear(key)
			cache[key] = s
		}
		start := align(whole, at, s)
		g.lsb = max(g.lsb, worst(whole[start:], s.samples[s.first:s.last+1]))
		if end >= 0 {
			want := float64(before.back+s.front) / 24
			if pause >= 0 {
				want = pause * 1000
			}
			d := float64(start-end-1)/24 - want
			sum += d
			if math.Abs(d) > math.Abs(g.worst) {
				g.worst = d
			}
		}
		end = start + s.last - s.first
		at, before = end, s
	}
	g.mean = sum / float64(len(parts)-1)
	return g
}

func hear(path string) sound {
	raw, _ := decodeFFmpeg(path, false)
	dir, name := filepath.Split(path)
	source := dir + "../s" + strings.TrimLeft(strings.TrimSuffix(name, ".mp3"), "0") + wavSuffix(path)
	wav, _ := decode(exec.Command("ffmpeg", "-v", "error", "-i", source, "-f", "s16le", "-ar", "24000", "-"))
	s := sound{samples: raw, first: -1}
	for i, x := range raw {
		if x >= audio.Loud || x <= -audio.Loud {
			if s.first < 0 {
				s.first = i
			}
			s.last = i
		}
	}
	const delay = 1105
	s.front = max(0, s.first-delay)
	s.back = max(0, delay+len(wav)-1-s.last)
	return s
}

// wavSuffix completes the name of the WAV behind part 00000.
func wavSuffix(path string) string {
	if strings.Trim(strings.TrimSuffix(filepath.Base(path), ".mp3"), "0") == "" {
		return "0.wav"
	}
	return ".wav"
}

// align returns where in whole, from at on, the part's first sound begins.
func align(whole []int16, at int, s sound) int {
	n := min(4800, s.last-s.first+1)
	x := s.samples[s.first : s.first+n]
	best, where := math.Inf(1), at
	for i := max(at, 0); i+n <= len(whole) && i < at+36000; i++ {
		d := 0.0
		for k := 0; k < n && d < best; k++ {
			e := float64(whole[i+k]) - float64(x[k])
			d += e * e
		}
		if d < best {
			best, where = d, i
		}
	}
	return where
}

func worst(whole, alone []int16) (w int) {
	for i, x := range alone {
		if x > -audio.Loud && x < audio.Loud || i >= len(whole) {
			continue
		}
		w = max(w, int(math.Abs(float64(x)-float64(whole[i]))))
	}
	return w
}

// seekError returns the worst difference between where a fast seek was sent and
// what is heard there, at 10, 25, 50, 75 and 90 % of the samples.
func seekError(path string, samples int) (worst float64) {
	total := float64(samples) / 24000
	for _, share := range []float64{0.1, 0.25, 0.5, 0.75, 0.9} {
		t := total * share
		out, _ := exec.Command("ffprobe", "-v", "error", "-fflags", "fastseek", "-read_intervals", fmt.Sprintf("%.3f%%+#1", t),
			"-show_entries", "packet=pts_time,pos", "-of", "csv=p=0", path).Output()
		cells := strings.Split(strings.TrimSpace(strings.SplitN(string(out), "\n", 2)[0]), ",")
		if len(cells) < 2 {
			return math.NaN()
		}
		claimed, _ := strconv.ParseFloat(cells[0], 64)
		pos, _ := strconv.ParseInt(cells[1], 10, 64)
		if d := claimed - timeAt(path, pos); math.Abs(d) > math.Abs(worst) {
			worst = d
		}
	}
	return worst
}

// timeAt returns when the frame at a byte offset really plays.
func timeAt(path string, pos int64) float64 {
	data, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	r, err := audio.InspectFrames(bytes.NewReader(data[:pos]), pos)
	if err != nil {
		return 0
	}
	return float64(r.Frames) * 576 / 24000
}
