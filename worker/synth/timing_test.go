package synth

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lector"
	"lector/audio"
)

// paragraphs have two to six sentences each, of very unlike lengths.
var paragraphs = [][]string{
	{"The harbour was quiet this morning, and the ferry left on time.", "Nobody waved.", "By noon the wind had turned, and the fishermen, who had seen it coming, were already home."},
	{"The council met for nine hours.", "It voted twelve to three.", "Mayor Elena Ruiz called the plan overdue, costly, and, in her words, the least bad of four bad choices.", "Work begins in April."},
	{"Prices rose by four percent in October, the statistics office said on Monday.", "Bread, milk and heating oil rose the most.", "Wages did not follow.", "The central bank meets next week to decide on rates, and most economists, though not all of them, expect no change."},
	{"Who pays?", "That question, which the ministry has avoided since the spring, came up again when the auditors published their report.", "Nobody answered it."},
	{"She was born in a village of forty houses, learned to read from seed catalogues, and left at sixteen.", "She came back rich."},
	{"Rain is expected in the north.", "In the south it stays dry.", "Temperatures reach twenty two degrees on the coast and eighteen inland, with light winds from the west.", "Sunday brings clouds.", "Monday will be warmer."},
	{"He opened the letter slowly, read it twice, folded it along its old creases and put it back into the drawer.", "Then he smiled."},
	{"The museum reopens on Friday.", "Its new wing, paid for by a foundation that prefers not to be named, holds two hundred paintings, most of which have never been shown.", "Admission is free until June.", "Children must be accompanied.", "Dogs may wait outside.", "Bring a coat."},
}

// voicing speaks with a program and returns samples of 16 bit and their rate.
type voicing func(t *testing.T, text string) ([]byte, int)

func fliteVoicing(voice string) voicing {
	return func(t *testing.T, text string) ([]byte, int) {
		dir := t.TempDir()
		in, out := filepath.Join(dir, "in"), filepath.Join(dir, "out.wav")
		if err := os.WriteFile(in, []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("flite", "-voice", voice, "-f", in, "-o", out).CombinedOutput(); err != nil {
			t.Fatalf("flite: %v: %s", err, out)
		}
		data, err := os.ReadFile(out)
		if err != nil || len(data) < 44 {
			t.Fatalf("flite: %v", err)
		}
		return data[44:], int(binary.LittleEndian.Uint32(data[24:]))
	}
}

func espeakVoicing(t *testing.T, text string) ([]byte, int) {
	c := exec.Command("espeak-ng", "-v", "en-us", "--stdin", "--stdout")
	c.Stdin = strings.NewReader(text)
	data, err := c.Output()
	if err != nil || len(data) < 44 {
		t.Fatalf("espeak-ng: %v", err)
	}
	return data[44:], int(binary.LittleEndian.Uint32(data[24:]))
}

// spokenClip says sentence after sentence and so knows where each begins and
// ends: at its first and last sample that can be heard. Between them stands
// the pause, or where that is negative what the program leaves.
func spokenClip(t *testing.T, say voicing, sentences []string, pause time.Duration) (mp3 []byte, truth []audio.Span) {
	var pcm []byte
	rate := 0
	for _, s := range sentences {
		one, hz := say(t, s)
		rate = hz
		if pause >= 0 {
			first, last := heard(one)
			one = append(slices.Clone(one[2*first:2*last+2]), make([]byte, 2*int(pause.Seconds()*float64(rate)))...)
		}
		at := time.Duration(len(pcm)/2) * time.Second / time.Duration(rate)
		first, last := heard(one)
		truth = append(truth, audio.Span{
			Start: at + time.Duration(first)*time.Second/time.Duration(rate),
			End:   at + time.Duration(last)*time.Second/time.Duration(rate),
		})
		pcm = append(pcm, one...)
	}
	c := exec.Command("lame", "--quiet", "-r", "-s", kilohertz(rate), "--bitwidth", "16", "-m", "m", "--resample", "24", "-b", "48", "--cbr", "--nores", "-t", "-", "-")
	c.Stdin = bytes.NewReader(pcm)
	mp3, err := c.Output()
	if err != nil {
		t.Fatalf("lame: %v", err)
	}
	return mp3, truth
}

// kilohertz writes a sample rate in Hz as lame reads it.
func kilohertz(rate int) string {
	return map[int]string{16000: "16", 22050: "22.05", 8000: "8"}[rate]
}

// heard returns the first and the last sample above −40 dBFS.
func heard(pcm []byte) (first, last int) {
	first = -1
	for i := 0; i+1 < len(pcm); i += 2 {
		if s := int16(binary.LittleEndian.Uint16(pcm[i:])); s > 328 || s < -328 {
			if last = i / 2; first < 0 {
				first = i / 2
			}
		}
	}
	return max(first, 0), last
}

// TestTimesAreRight measures the times of sentences against clips whose true times
// are known: the 95th percentile of the error is at most 0.3 s.
func TestTimesAreRight(t *testing.T) {
	t.Parallel()
	withoutRace(t)
	need(t, "flite", "espeak-ng", "lame")
	for name, say := range map[string]voicing{"flite rms": fliteVoicing("rms"), "espeak-ng": espeakVoicing} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			say := spokenOnce(say)
			for _, pause := range []time.Duration{-1, 200 * time.Millisecond} {
				measureTimes(t, say, pause)
			}
		})
	}
}

// spokenOnce says each text once.
func spokenOnce(say voicing) voicing {
	type spoken struct {
		pcm  []byte
		rate int
	}
	said := map[string]spoken{}
	return func(t *testing.T, text string) ([]byte, int) {
		if _, ok := said[text]; !ok {
			pcm, rate := say(t, text)
			said[text] = spoken{pcm, rate}
		}
		return said[text].pcm, said[text].rate
	}
}

func measureTimes(t *testing.T, say voicing, pause time.Duration) {
	var wrong []float64
	for _, p := range paragraphs {
		mp3, truth := spokenClip(t, say, p, pause)
		text, extents := joined(p)
		a, err := audio.Analyze(t.Context(), bytes.NewReader(mp3), int64(len(mp3)))
		if err != nil {
			t.Fatal(err)
		}
		spans, timing := Times(a, nil, text, extents)
		if timing != byPauses {
			t.Fatalf("times by %s", timing)
		}
		for i := range spans {
			wrong = append(wrong, math.Abs((spans[i].Start - truth[i].Start).Seconds()), math.Abs((spans[i].End - truth[i].End).Seconds()))
		}
	}
	slices.Sort(wrong)
	p95 := wrong[len(wrong)*95/100]
	t.Logf("pause %v: %d times: median %.3f s, 95th percentile %.3f s, worst %.3f s", pause, len(wrong), wrong[len(wrong)/2], p95, wrong[len(wrong)-1])
	if p95 > 0.3 {
		t.Errorf("95th percentile %.3f s", p95)
	}
}

// withoutRace skips what speaks and decodes for many seconds in one goroutine,
// in which the race detector finds nothing and takes ten times as long.
func withoutRace(t *testing.T) {
	t.Helper()
	if racing {
		t.Skip("SKIPPED with the race detector; make test runs it without, too")
	}
}

func need(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			t.Skipf("%s is not installed: apt-get install flite espeak-ng lame", p)
		}
	}
}

// joined returns the paragraph and where its sentences are.
func joined(sentences []string) (text string, extents []Extent) {
	for _, s := range sentences {
		if text != "" {
			text += " "
		}
		extents = append(extents, Extent{len(text), len(text) + len(s)})
		text += s
	}
	return text, extents
}

func TestMarksDecide(t *testing.T) {
	t.Parallel()
	sound := audio.Span{Start: 100 * time.Millisecond, End: 5 * time.Second}
	text, extents := joined([]string{"One two.", "Three.", "Four five six."})
	var marks []lector.Mark
	for i, word := range []string{"One", "two", "Three", "Four", "five", "six"} {
		at := strings.Index(text, word)
		marks = append(marks, lector.Mark{Kind: lector.WordMark, At: time.Duration(i) * time.Second, Start: at, End: at + len(word)})
	}
	got := marked(marks, extents, sound)
	want := []audio.Span{{Start: sound.Start, End: 2 * time.Second}, {Start: 2 * time.Second, End: 3 * time.Second}, {Start: 3 * time.Second, End: sound.End}}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if marked(append(marks[:2:2], marks[3:]...), extents, sound) != nil {
		t.Error("a sentence without a mark has a time")
	}
}

func TestPlaceWithoutPauses(t *testing.T) {
	t.Parallel()
	sound := audio.Span{Start: time.Second, End: 11 * time.Second}
	cuts, timing := place([]float64{30, 10, 60}, nil, sound)
	want := []audio.Span{{Start: 4 * time.Second, End: 4 * time.Second}, {Start: 5 * time.Second, End: 5 * time.Second}}
	if timing != byLengths || !slices.Equal(cuts, want) {
		t.Errorf("%v, %s", cuts, timing)
	}
}

// TestPlaceIsOrdered tries any number of pauses and sentences.
func FuzzPlace(f *testing.F) {
	f.Add([]byte{10, 20, 30}, []byte{9, 3, 50, 8})
	f.Fuzz(func(t *testing.T, letters, gaps []byte) {
		if len(letters) < 2 || len(letters) > 40 || len(gaps) > 120 {
			return
		}
		var weights []float64
		for _, l := range letters {
			weights = append(weights, float64(l))
		}
		var pauses []audio.Span
		at := time.Duration(0)
		for _, g := range gaps {
			at += time.Duration(g+1) * 20 * time.Millisecond
			pauses = append(pauses, audio.Span{Start: at, End: at + 100*time.Millisecond})
			at += 100 * time.Millisecond
		}
		sound := audio.Span{End: at + time.Second}
		cuts, _ := place(weights, pauses, sound)
		last := time.Duration(0)
		if len(cuts) != len(weights)-1 {
			t.Fatalf("%d cuts", len(cuts))
		}
		for _, c := range cuts {
			if c.Start < last || c.End < c.Start || c.End > sound.End {
				t.Fatalf("cuts %v of %v", cuts, sound)
			}
			last = c.End
		}
	})
}
