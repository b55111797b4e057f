package loudness

import (
	"fmt"
	"math"
	"testing"
)

// tone is a stretch of a test signal: a sine of the given level.
type tone struct{ dbfs, seconds float64 }

// sine returns tones one behind the other, the same in all channels, as EBU
// Tech 3341 makes its signals: 1000 Hz, levels of the peak of each channel.
func sine(rate, channels int, hz float64, tones ...tone) []float32 {
	wave := make([]float64, rate) // one second is a whole number of periods
	for i := range wave {
		wave[i] = math.Sin(2 * math.Pi * hz * float64(i) / float64(rate))
	}
	var out []float32
	n := 0
	for _, t := range tones {
		a := math.Pow(10, t.dbfs/20) * 32768
		for range int(t.seconds * float64(rate)) {
			x := float32(max(min(math.Round(a*wave[n%rate]), 32767), -32768))
			for range channels {
				out = append(out, x)
			}
			n++
		}
	}
	return out
}

func measure(samples []float32, rate, channels int) *Meter {
	m := NewMeter(rate, channels)
	for len(samples) > 0 { // in pieces, as a decoder gives them
		n := min(len(samples), 1152*channels)
		m.Add(samples[:n])
		samples = samples[n:]
	}
	return m
}

// TestTech3341 has the signals of EBU Tech 3341, table 1, for stereo.
func TestTech3341(t *testing.T) {
	t.Parallel()
	for _, rate := range []int{16000, 22050, 24000, 48000} {
		for i, c := range []struct {
			name  string
			tones []tone
			want  float64
		}{
			{"1", []tone{{-23, 20}}, -23},
			{"2", []tone{{-33, 20}}, -33},
			{"3", []tone{{-36, 10}, {-23, 60}, {-36, 10}}, -23},
			{"4", []tone{{-72, 10}, {-36, 10}, {-23, 60}, {-36, 10}, {-72, 10}}, -23},
			{"5", []tone{{-26, 20}, {-20, 20.1}, {-26, 20}}, -23},
		} {
			if i >= 2 && rate != 24000 { // the long ones at one rate
				continue
			}
			t.Run(fmt.Sprintf("%s at %d Hz", c.name, rate), func(t *testing.T) {
				t.Parallel()
				got := measure(sine(rate, 2, 1000, c.tones...), rate, 2).Integrated()
				if math.Abs(got-c.want) > 0.1 {
					t.Errorf("%.3f LUFS, want %.1f ± 0.1", got, c.want)
				}
			})
		}
	}
}

// TestMonoIsThreeDecibelsLess holds the standard's sum over channels.
func TestMonoIsThreeDecibelsLess(t *testing.T) {
	t.Parallel()
	mono := measure(sine(48000, 1, 1000, tone{-23, 10}), 48000, 1).Integrated()
	if math.Abs(mono+26.01) > 0.1 {
		t.Errorf("%.3f LUFS, want -26.0", mono)
	}
}

// TestTruePeak has signals in the manner of EBU Tech 3341, tests 15 to 20: their
// samples miss the peaks. Tolerance: +0.2, −0.4 dB.
func TestTruePeak(t *testing.T) {
	t.Parallel()
	for _, rate := range []int{16000, 24000, 44100, 48000} {
		for _, c := range []struct {
			name        string
			part, phase float64 // of the sample rate; in degrees
		}{
			{"fs/4, 0°", 4, 0},
			{"fs/4, 45°", 4, 45},
			{"fs/6, 60°", 6, 60},
			{"fs/8, 67.5°", 8, 67.5},
		} {
			samples := make([]float32, rate)
			for i := range samples {
				fade := min(1, float64(min(i, len(samples)-i))/float64(rate)*20)
				samples[i] = float32(math.Round(0.5 * fade * 32768 * math.Sin(2*math.Pi*float64(i)/c.part+c.phase*math.Pi/180)))
			}
			if got := measure(samples, rate, 1).TruePeak(); got > -6.02+0.2 || got < -6.02-0.4 {
				t.Errorf("%s at %d Hz: %.2f dBTP, want -6.0", c.name, rate, got)
			}
		}
	}
}

func TestSilenceHasNoLoudness(t *testing.T) {
	t.Parallel()
	m := measure(make([]float32, 48000), 24000, 1)
	if !math.IsInf(m.Integrated(), -1) || !math.IsInf(m.TruePeak(), -1) || Blocks(m.Energies()) != 0 {
		t.Errorf("%v LUFS, %v dBTP", m.Integrated(), m.TruePeak())
	}
	if short := measure(make([]float32, 100), 24000, 1); !math.IsInf(short.Integrated(), -1) {
		t.Error("a hundred samples have a loudness")
	}
}

// TestPeaksAreNotLeftOut holds that skipping quiet stretches changes nothing.
func TestPeaksAreNotLeftOut(t *testing.T) {
	t.Parallel()
	samples := sine(24000, 1, 5999, tone{-30, 0.2}, tone{-3, 0.05}, tone{-9, 0.2}, tone{-3.1, 0.1})
	want := peakMeter{line: [2][]float64{make([]float64, taps-1)}}
	line := want.line[0]
	for _, x := range samples {
		line = append(line, float64(x))
		want.peak = max(want.peak, math.Abs(float64(x)))
	}
	for i := taps; i <= len(line); i++ {
		want.between(line[i-taps : i])
	}
	if got := measure(samples, 24000, 1).TruePeak(); math.Abs(got-want.level()) > 1e-9 {
		t.Errorf("%.4f dBTP, without skipping %.4f", got, want.level())
	}
}

func BenchmarkMeter(b *testing.B) {
	samples := sine(24000, 1, 440, tone{-20, 1})
	b.SetBytes(int64(len(samples)) * 2)
	for b.Loop() {
		NewMeter(24000, 1).Add(samples)
	}
}

// TestTech3342 has the signals of EBU Tech 3342, table 1: tones of twenty seconds.
func TestTech3342(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		levels []float64
		want   float64
	}{
		{[]float64{-20, -30}, 10},
		{[]float64{-20, -15}, 5},
		{[]float64{-40, -20}, 20},
		{[]float64{-50, -35, -20, -35, -50}, 15},
	} {
		var tones []tone
		for _, l := range c.levels {
			tones = append(tones, tone{l, 20})
		}
		got := Range(measure(sine(16000, 2, 1000, tones...), 16000, 2).Energies())
		if math.Abs(got-c.want) > 1 {
			t.Errorf("%v dBFS: %.2f LU, want %.0f ± 1", c.levels, got, c.want)
		}
	}
	if got := Range(make([]float64, 100)); got != 0 {
		t.Errorf("silence: %v LU", got)
	}
}
