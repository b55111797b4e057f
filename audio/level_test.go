package audio

import (
	"context"
	"fmt"
	"math"
	"testing"
	"time"
)

// heard returns a part with its analysis, as of a voice.
func heard(t *testing.T, p Part, voice string) Part {
	t.Helper()
	a, err := Analyze(context.Background(), p.Source, p.Size)
	if err != nil {
		t.Fatal(err)
	}
	p.Known, p.Group, p.Pause = a, voice, 450*time.Millisecond
	return p
}

// long returns a clip of three sentences, which can be judged by itself, scaled.
func long(t *testing.T, f format, scale string) Part {
	t.Helper()
	need(t, "flite", "sox", "lame")
	wav := clips.make("long.wav", func(p string) {
		run(t, "sox", clips.wav(t, 1, "m"), clips.wav(t, 3, "m"), clips.wav(t, 4, "m"), p)
	})
	f.more += " --scale " + scale
	return filePart(t, clips.make("long"+f.String()+".mp3", func(p string) {
		run(t, "lame", "--quiet", "-m", f.mode, "--resample", f.rate, "-b", "64", "--cbr", "--scale", scale, wav, p)
	}))
}

// TestLevelIsReckoned has ffmpeg's meter judge what the plan says of the finished
// file, levelled and not, and how near to the target it comes.
func TestLevelIsReckoned(t *testing.T) {
	t.Parallel()
	withoutRace(t)
	need(t, "ffmpeg", "sox", "lame")
	for _, rate := range []string{"22.05", "24", "44.1"} {
		for _, target := range []float64{0, -19, -21.3} {
			t.Run(fmt.Sprintf("%s kHz to %g", rate, target), func(t *testing.T) {
				t.Parallel()
				f := format{rate, "m", "-b 64", ""}
				var parts []Part
				for _, scale := range []string{"0.9", "0.5", "0.35", "0.8", "0.6"} {
					parts = append(parts, heard(t, long(t, f, scale), "a"))
				}
				opt := Options{Trim: true, Pauses: true}
				if target != 0 {
					opt.Loudness = &Level{target, -1}
				}
				p, path := write(t, parts, opt)
				lufs, peak := ebur128(t, path)
				l := p.Levels()
				if math.Abs(l.After-lufs) > 0.15 || math.Abs(l.Peak-peak) > 0.35 {
					t.Errorf("reckoned %.2f LUFS and %.2f dBTP, ffmpeg measures %.1f and %.1f", l.After, l.Peak, lufs, peak)
				}
				if target != 0 && math.Abs(lufs-target) > GainStep/2 {
					t.Errorf("ffmpeg measures %.1f LUFS, target %g: %+v", lufs, target, l)
				}
			})
		}
	}
}

// TestVoicesAreEven levels two voices that are 9 dB apart, and looks at what each
// clip became; short clips follow the long ones of their voice.
func TestVoicesAreEven(t *testing.T) {
	t.Parallel()
	f := format{"24", "m", "-b 64", ""}
	short := func(scale, voice string) Part {
		return heard(t, filePart(t, clips.clip(t, 2, format{"24", "m", "-b 64", "--scale " + scale})), voice)
	}
	parts := []Part{
		heard(t, long(t, f, "0.8"), "loud"), short("0.8", "loud"), heard(t, long(t, f, "0.28"), "soft"), short("0.28", "soft"),
	}
	p, err := NewPlan(context.Background(), parts, Options{Trim: true, Pauses: true, Loudness: &Level{-24, -1}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		if d := p.gains[2*i] - p.gains[2*i+1]; d < -1 || d > 1 {
			t.Errorf("gains %v: a short clip does not follow its voice", p.gains)
		}
	}
	level := func(i int) float64 { return parts[i].Known.Loudness + float64(p.gains[i])*GainStep }
	if math.Abs(level(0)-level(2)) > GainStep {
		t.Errorf("voices at %.1f and %.1f LUFS", level(0), level(2))
	}
}

// TestCeilingHoldsTheGain has a target that the peaks leave no room for.
func TestCeilingHoldsTheGain(t *testing.T) {
	t.Parallel()
	part := heard(t, long(t, format{"24", "m", "-b 64", ""}, "0.9"), "")
	p, path := write(t, []Part{part, part}, Options{Trim: true, Pauses: true, Loudness: &Level{-8, -1}})
	if _, peak := ebur128(t, path); peak > -0.9 || p.Levels().Peak > -1 || len(p.Levels().Limited) != 2 {
		t.Errorf("ffmpeg measures %.1f dBTP; %+v", peak, p.Levels())
	}
}
