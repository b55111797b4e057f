package audio

import (
	"bytes"
	"context"
	"errors"
	"math/bits"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"lector/audio/pcm"
)

// encoded returns samples at 24 kHz mono as an MP3.
func encoded(t *testing.T, name string, samples []int16) []byte {
	t.Helper()
	need(t, "lame")
	path := clips.make(name+".mp3", func(p string) {
		wav := pcm.NewWAV(pcm.AppendSamples(nil, floats(samples)), 24000, 1)
		if err := os.WriteFile(p+".wav", wav.Bytes(), 0o600); err != nil {
			t.Error(err)
			return
		}
		run(t, "lame", "--quiet", "-b", "64", p+".wav", p)
	})
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// speech returns a sentence at 24 kHz.
func speech(t *testing.T, n int) []int16 {
	t.Helper()
	need(t, "sox")
	out, _ := run(t, "sox", clips.wav(t, n, "m"), "-r", "24000", "-t", "raw", "-e", "signed", "-b", "16", "-")
	return samplesOf(out)
}

func floats(s []int16) []float32 {
	out := make([]float32, len(s))
	for i, x := range s {
		out[i] = float32(x)
	}
	return out
}

func repeat(s []int16, n int) (all []int16) {
	for range n {
		all = append(all, s...)
	}
	return all
}

func scaled(s []int16, f float64) []int16 {
	out := make([]int16, len(s))
	for i, x := range s {
		out[i] = int16(max(-32768, min(32767, float64(x)*f)))
	}
	return out
}

// swapped returns samples as who takes their bytes in the other order has them.
func swapped(s []int16) []int16 {
	out := make([]int16, len(s))
	for i, x := range s {
		out[i] = int16(bits.ReverseBytes16(uint16(x)))
	}
	return out
}

// added returns samples whose middle is at offset.
func added(s []int16, offset int16) []int16 {
	out := make([]int16, len(s))
	for i, x := range s {
		out[i] = max(min(x, 32767-offset), -32768) + offset
	}
	return out
}

// bang returns n samples at full scale, and silence behind them.
func bang(n, silence int) []int16 {
	out := make([]int16, n+silence)
	for i := range n {
		out[i] = 32000
	}
	return out
}

// spoken returns samples without the silence behind them.
func spoken(s []int16) []int16 {
	for len(s) > 0 && max(s[len(s)-1], -s[len(s)-1]) < Loud {
		s = s[:len(s)-1]
	}
	return s
}

func sine(seconds float64) []int16 {
	out := make([]int16, int(seconds*24000))
	for i := range out {
		out[i] = int16(8000 * (float64(i%54)/27 - 1))
	}
	return out
}

func TestCheckFindsEachFault(t *testing.T) {
	t.Parallel()
	withoutRace(t)
	one, other := speech(t, 1), speech(t, 4)
	good := encoded(t, "good", append(append([]int16{}, one...), other...))
	text := len(sentences[1]) + len(sentences[4])
	half := len(one) / 2
	stuttered := append(append(append([]int16{}, one[:half]...), repeat(one[half-12000:half], 3)...), one[half:]...)
	for _, c := range []struct {
		name string
		mp3  []byte
		want Expect
		is   Fault // "" for a good clip
	}{
		{"good", good, Expect{Characters: text, SampleRate: 24000, Channels: 1}, ""},
		{"good, nothing expected", good, Expect{}, ""},
		{"HTML", []byte("<html><body>502 Bad Gateway</body></html>"), Expect{}, NotAudio},
		{"JSON", []byte(`{"error":{"message":"quota"}}`), Expect{}, NotAudio},
		{"empty", nil, Expect{}, NotAudio},
		{"wrong rate", good, Expect{SampleRate: 22050}, WrongFormat},
		{"wrong channels", good, Expect{Channels: 2}, WrongFormat},
		{"last frame cut", good[:len(good)-20], Expect{}, damaged},
		{"garbage inside", append(append(bytes.Clone(good[:5000]), make([]byte, 500)...), good[5000:]...), Expect{}, damaged},
		{"half of the text missing", encoded(t, "half", one), Expect{Characters: 4 * text}, TooShort},
		{"much more than the text", good, Expect{Characters: 3}, tooLong},
		{"silence", encoded(t, "silence", make([]int16, 24000)), Expect{Characters: 20}, noSound},
		{"too quiet", encoded(t, "quiet", scaled(append(append([]int16{}, one...), other...), 0.02)), Expect{}, tooQuiet},
		{"clipping", encoded(t, "clipping", scaled(one, 60)), Expect{}, clipping},
		{"four seconds of silence inside", encoded(t, "inside", append(append(append([]int16{}, one...), make([]int16, 4*24000)...), other...)), Expect{}, longSilence},
		{"four seconds of silence behind", encoded(t, "behind", append(append([]int16{}, one...), make([]int16, 4*24000)...)), Expect{}, longSilence},
		{"the same again and again", encoded(t, "loop", repeat(speech(t, 2), 5)), Expect{}, repetition},
		{"a stammer", encoded(t, "stammer", append(append([]int16{}, one...), repeat(one[6000:18000], 6)...)), Expect{}, repetition},
		{"half a second four times", encoded(t, "four", stuttered), Expect{NeverThrice: true}, repetition},
		{"half a second four times, as it may be written", encoded(t, "four", stuttered), Expect{}, ""},
		{"a held tone", encoded(t, "tone", append(append([]int16{}, one...), sine(2)...)), Expect{}, tone},
		{"all of it twice", encoded(t, "twice", repeat(append(append([]int16{}, one...), other...), 2)), Expect{}, repetition},
		{"the end twice", encoded(t, "end", append(append(append([]int16{}, one...), other...), other...)), Expect{}, repetition},
		{"the end twice, as it is written", encoded(t, "end", append(append(append([]int16{}, one...), other...), other...)), Expect{EndsTwice: true}, ""},
		{"not about zero", encoded(t, "offset", added(one, 700)), Expect{}, offset},
		{"a bang behind", encoded(t, "bang", append(append(append([]int16{}, one...), make([]int16, 7200)...), bang(40, 4800)...)), Expect{}, click},
		{"a bang at the very end", encoded(t, "bangend", append(append([]int16{}, spoken(one)...), bang(40, 0)...)), Expect{}, click},
		{"a single sample in front", encoded(t, "bangfront", append(bang(1, 2400), one...)), Expect{}, click},
		{"a bang between", encoded(t, "bangmid", append(append(append([]int16{}, one...), bang(20, 2400)...), other...)), Expect{}, click},
		{"samples in the other byte order", encoded(t, "swapped", swapped(append(append([]int16{}, one...), other...))), Expect{}, noise},
	} {
		v, err := Check(context.Background(), c.mp3, c.want)
		if err != nil {
			t.Fatal(err)
		}
		bad := v.Err()
		var found *CheckError
		switch errors.As(bad, &found); {
		case c.is == "" && bad != nil:
			t.Errorf("%s: %v", c.name, bad)
		case c.is != "" && (found == nil || !found.Has(c.is)):
			t.Errorf("%s: %v, want %s", c.name, bad, c.is)
		}
	}
}

func TestCheckQuotesWhatCameInstead(t *testing.T) {
	t.Parallel()
	v, err := Check(context.Background(), []byte("<h1>Too many\nrequests</h1>"), Expect{})
	if err != nil || !strings.Contains(v.Err().Error(), "Too many requests") {
		t.Errorf("%v %v", err, v.Err())
	}
}

func TestCheckHearsEightKilohertz(t *testing.T) {
	t.Parallel()
	v, err := Check(context.Background(), silentMP3(mono8, 20), Expect{Characters: 100})
	if err != nil || len(v.Findings) != 1 || v.Findings[0].Fault != noSound {
		t.Errorf("%v %+v", err, v)
	}
}

// TestNoFalseAlarms checks real sentences, long and short, of two voices.
func TestNoFalseAlarms(t *testing.T) {
	t.Parallel()
	withoutRace(t)
	need(t, "flite", "lame")
	for i, text := range []string{
		"No.", "Yes, yes, yes.", "One, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve.",
		"At least three hundred soldiers were killed, the agency said, and about two thousand seven hundred were wounded.",
		"Row, row, row your boat, gently down the stream. Merrily, merrily, merrily, merrily, life is but a dream.",
		"N A T O. U S A. B B C. S B U.",
		"It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness, " +
			"it was the epoch of belief, it was the epoch of incredulity, it was the season of light, it was the season of darkness.",
		"Mmmm. Aaah. Sssh.",
	} {
		for _, voice := range []string{"rms", "slt"} {
			name := voice + string(rune('0'+i))
			path := clips.make(name+".mp3", func(p string) {
				run(t, "flite", "-voice", voice, "-t", text, "-o", p+".wav")
				run(t, "lame", "--quiet", "--resample", "24", "-b", "48", p+".wav", p)
			})
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			thrice := strings.Contains(text, "errily") || strings.Contains(text, "Yes")
			v, err := Check(context.Background(), b, Expect{Characters: len(text), SampleRate: 24000, Channels: 1, NeverThrice: !thrice})
			if err != nil || v.Err() != nil {
				t.Errorf("%s says %q: %v %v", voice, text, err, v.Err())
			}
		}
	}
}

func TestQuietFindsPauses(t *testing.T) {
	t.Parallel()
	one, other := speech(t, 1), speech(t, 4)
	b := encoded(t, "pauses", append(append(append([]int16{}, one...), make([]int16, 24000)...), other...))
	a, err := Analyze(context.Background(), bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	at := time.Duration(len(one)) * time.Second / 24000
	for _, s := range a.Quiet(900 * time.Millisecond) {
		if s.Start < at+20*time.Millisecond && s.End > at+980*time.Millisecond {
			return
		}
	}
	t.Errorf("no pause at %v: %v", at, a.Quiet(900*time.Millisecond))
}

// TestEndTwiceAtTheEdges: sound may begin in the delay of the encoder, before the first
// step, and end behind the last one.
func TestEndTwiceAtTheEdges(t *testing.T) {
	t.Parallel()
	for steps := range 3 * shortestTwice {
		for _, from := range []int{-9, 0, steps} {
			a := Analysis{Step: 10 * time.Millisecond, Envelope: make([]float32, steps)}
			random := rand.New(rand.NewPCG(7, uint64(steps)))
			for i := range a.Envelope {
				a.Envelope[i] = random.Float32()
			}
			a.Sound = Span{Start: time.Duration(from) * a.Step, End: time.Duration(steps+9) * a.Step}
			if at, n := a.endTwice(); n > 0 {
				t.Errorf("%d steps from %d: %v at %v", steps, from, n, at)
			}
		}
	}
}
