package synth

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"
	"time"

	"lector"
	"lector/audio"
)

// TestJoinLeavesNoDeadAir joins parts of a text of which the first ends in a
// second of noise, and the second begins with silence.
func TestJoinLeavesNoDeadAir(t *testing.T) {
	t.Parallel()
	withoutRace(t)
	need(t, "flite", "lame")
	first, rate := fliteVoicing("rms")(t, "When the ferry left the harbour,")
	second, _ := fliteVoicing("rms")(t, "nobody waved to it.")
	noise := rand.New(rand.NewPCG(1, 2))
	for range rate {
		first = binary.LittleEndian.AppendUint16(first, uint16(int16(noise.NormFloat64()*37))) // −59 dBFS
	}
	second = append(make([]byte, 2*rate), second...)
	args := strings.Fields("--quiet -r --bitwidth 16 -m m --resample 24 -b 48 --cbr --nores -t -s " + kilohertz(rate) + " - -")
	speech := func(pcm []byte) lector.Speech {
		c := exec.Command("lame", args...)
		c.Stdin = bytes.NewReader(pcm)
		mp3, err := c.Output()
		if err != nil {
			t.Fatal(err)
		}
		return lector.Speech{MP3: mp3}
	}
	s, err := join(t.Context(), []piece{{Speech: speech(first), pause: pauseBehind("harbour,")}, {Speech: speech(second)}})
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

func TestPauseBehind(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"a word": 60, "a phrase,": 180, "A sentence.": 350, "": 60} {
		if got := pauseBehind(text); got.Milliseconds() != int64(want) {
			t.Errorf("%q: %v", text, got)
		}
	}
}
