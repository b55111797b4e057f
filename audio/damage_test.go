package audio

import (
	"bytes"
	"context"
	"io"
	"math"
	"math/rand/v2"
	"testing"
)

// excerpt returns the first bytes of a clip of speech.
func excerpt(t *testing.T, f format, n int) []byte {
	t.Helper()
	p := filePart(t, clips.clip(t, 1, f))
	b := make([]byte, min(int64(n), p.Size))
	if _, err := p.Source.ReadAt(b, 0); err != nil && err != io.EOF {
		t.Fatal(err)
	}
	return b
}

var damagedFormats = []format{{"24", "m", "-b 48", "-t"}, {"44.1", "j", "-V 4", "-t -p"}, {"16", "s", "-b 64", "-t"}}

// survives analyses damaged bytes: whatever is in them, the analysis is of all frames,
// and its figures are numbers.
func survives(t *testing.T, b []byte, what string, n int) {
	t.Helper()
	a, err := Analyze(context.Background(), bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return
	}
	if math.IsNaN(a.Loudness) || math.IsNaN(a.TruePeak) || math.IsInf(a.TruePeak, 1) || a.Duration < 0 {
		t.Errorf("%s %d: %g LUFS, %g dBTP, %v", what, n, a.Loudness, a.TruePeak, a.Duration)
	}
	if r, err := InspectFrames(bytes.NewReader(b), int64(len(b))); err != nil || r.Frames < 1 {
		t.Errorf("%s %d: %+v %v", what, n, r, err)
	}
}

// TestSpeechCutAnywhere decodes a clip cut off at every byte.
func TestSpeechCutAnywhere(t *testing.T) {
	t.Parallel()
	withoutRace(t)
	for _, f := range damagedFormats {
		b := excerpt(t, f, 3000)
		for n := range b {
			survives(t, b[:n], f.String()+" cut at", n)
			survives(t, b[n:], f.String()+" from", n)
		}
	}
}

// TestBitFlips decodes clips in which bits are turned.
func TestBitFlips(t *testing.T) {
	t.Parallel()
	withoutRace(t)
	seeds := 10_000
	if testing.Short() {
		seeds = 1000
	}
	for i, f := range damagedFormats {
		good := excerpt(t, f, 4000)
		for seed := i; seed < seeds; seed += len(damagedFormats) {
			r := rand.New(rand.NewPCG(uint64(seed), 1))
			b := bytes.Clone(good)
			for range 1 + r.IntN(8) {
				n := r.IntN(len(b) * 8)
				b[n/8] ^= 1 << (n % 8)
			}
			survives(t, b, "seed", seed)
		}
	}
}
