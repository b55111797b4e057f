package synth

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"os/exec"
	"testing"
	"time"

	"lector"
	"lector/audio"
)

// TestHalvesLeaveNoDeadAir joins halves of a text of which the first ends in a
// second of noise, and the second begins with silence.
func TestHalvesLeaveNoDeadAir(t *testing.T) {
	t.Parallel()
	need(t, "flite", "lame")
	first, rate := fliteVoicing("rms")(t, "When the ferry left the harbour,")
	second, _ := fliteVoicing("rms")(t, "nobody waved to it.")
	noise := rand.New(rand.NewPCG(1, 2))
	for range rate {
		first = binary.LittleEndian.AppendUint16(first, uint16(int16(noise.NormFloat64()*37))) // −59 dBFS
	}
	second = append(make([]byte, 2*rate), second...)
	speech := func(pcm []byte) lector.Speech {
		c := exec.Command("lame", "--quiet", "-r", "-s", strconv(rate), "--bitwidth", "16", "-m", "m", "--resample", "24", "-b", "48", "--cbr", "--nores", "-t", "-", "-")
		c.Stdin = bytes.NewReader(pcm)
		mp3, err := c.Output()
		if err != nil {
			t.Fatal(err)
		}
		return lector.Speech{MP3: mp3}
	}
	s, err := join(t.Context(), speech(first), speech(second), breath("harbour,"), 0)
	if err != nil {
		t.Fatal(err)
	}
	a, err := audio.Analyze(t.Context(), bytes.NewReader(s.MP3), int64(len(s.MP3)))
	if err != nil {
		t.Fatal(err)
	}
	for _, quiet := range a.Quiet(450 * time.Millisecond) {
		t.Errorf("dead air from %v to %v of %v", quiet.Start, quiet.End, a.Duration)
	}
}

func TestBreath(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{"a word": 60, "a phrase,": 180, "A sentence.": 350, "": 60} {
		if got := breath(text); got != want*time.Millisecond {
			t.Errorf("%q: %v", text, got)
		}
	}
}
