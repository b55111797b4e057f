package loudness

import "math"

// True peak is found by oversampling four times (BS.1770-4, annex 2) with a
// windowed sinc of taps samples a phase.
const (
	phases = 4
	taps   = 16
)

// interpolators holds the three phases between samples, and bound is how much
// larger than its inputs an interpolated value can be.
var interpolators, bound = sinc()

func sinc() (f [phases - 1][taps]float64, bound float64) {
	for p := range f {
		sum, abs := 0.0, 0.0
		for i := range taps {
			x := float64(i-taps/2+1) - float64(p+1)/phases
			w := math.Cos(math.Pi * x / taps)
			f[p][i] = math.Sin(math.Pi*x) / (math.Pi * x) * w * w
			sum += f[p][i]
		}
		for i := range taps {
			f[p][i] /= sum
			abs += math.Abs(f[p][i])
		}
		bound = max(bound, abs)
	}
	return f, bound
}

// peakMeter keeps the last samples of each channel and the highest value.
type peakMeter struct {
	line [2][]float64
	peak float64
}

// peakBlock is how many samples, all channels, are judged together.
const peakBlock = 256

func (p *peakMeter) add(samples []float32, channels int) {
	for len(samples) > 0 {
		n := min(peakBlock*channels, len(samples))
		p.addBlock(samples[:n], channels)
		samples = samples[n:]
	}
}

// addBlock interpolates only where the samples leave open whether they reach the
// peak. Of what is too soft for that, the last samples are kept for the next block.
func (p *peakMeter) addBlock(samples []float32, channels int) {
	open := float64(highest(samples))*bound > p.peak
	for c := range channels {
		if p.line[c] == nil {
			p.line[c] = make([]float64, taps-1, taps-1+peakBlock)
		}
		open = open || p.near(p.line[c])
	}
	for c := range channels {
		from := 0
		if !open {
			from = max(0, len(samples)/channels-(taps-1)) * channels
		}
		line := p.line[c]
		for i := from + c; i < len(samples); i += channels {
			line = append(line, float64(samples[i]))
		}
		if open {
			p.scan(line)
		}
		n := copy(line, line[len(line)-taps+1:])
		p.line[c] = line[:n]
	}
}

// near reports whether the samples in front of a block may reach the peak with it.
func (p *peakMeter) near(past []float64) bool {
	for _, x := range past {
		if math.Abs(x)*bound > p.peak {
			return true
		}
	}
	return false
}

// highest returns the highest absolute value. Without their signs, floating point
// numbers compare as whole numbers do.
func highest(samples []float32) float32 {
	top := uint32(0)
	for _, x := range samples {
		top = max(top, math.Float32bits(x)&math.MaxInt32)
	}
	return math.Float32frombits(top)
}

// scan looks at the values at and between samples. Interpolation is left out
// where the neighbours are too small to reach the peak.
func (p *peakMeter) scan(line []float64) {
	quiet := 0 // samples in a row that are too small
	for i, x := range line {
		x = math.Abs(x)
		p.peak = max(p.peak, x)
		if quiet++; x*bound > p.peak {
			quiet = 0
		}
		if quiet < taps && i >= taps-1 {
			p.between(line[i-taps+1 : i+1])
		}
	}
}

// between looks at the values between the two samples in the middle.
func (p *peakMeter) between(x []float64) {
	x = x[:taps]
	for f := range interpolators {
		sum := 0.0
		for i, c := range interpolators[f] {
			sum += c * x[i]
		}
		p.peak = max(p.peak, math.Abs(sum))
	}
}

func (p *peakMeter) level() float64 { return 20 * math.Log10(p.peak/fullScale) }
