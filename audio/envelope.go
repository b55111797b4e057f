package audio

import (
	"math"
	"time"

	"lector/audio/layer3"
)

// envelopeStep is the resolution of an envelope.
const envelopeStep = 10 * time.Millisecond

// envelope is the level over time, and the highest sample of each step.
type envelope struct {
	step   int // samples, all channels
	skip   int // samples in front that are no audio
	sum    float64
	peak   float32
	filled int
	values []float32
	peaks  []float32
}

func (e *envelope) add(samples []float32) {
	if e.skip > 0 {
		n := min(e.skip, len(samples))
		e.skip -= n
		samples = samples[n:]
	}
	for len(samples) > 0 {
		n := min(e.step-e.filled, len(samples))
		e.sum += energy(samples[:n])
		e.peak = max(e.peak, highest(samples[:n]))
		samples = samples[n:]
		if e.filled += n; e.filled == e.step {
			e.values = append(e.values, float32(math.Sqrt(e.sum/float64(e.step))/layer3.FullScale))
			e.peaks = append(e.peaks, e.peak/layer3.FullScale)
			e.sum, e.peak, e.filled = 0, 0, 0
		}
	}
}

// energy returns the sum of the squares, added up in four sums that do not wait for
// each other.
func energy(samples []float32) float64 {
	var a, b, c, d float64
	for len(samples) >= 4 {
		w, x, y, z := float64(samples[0]), float64(samples[1]), float64(samples[2]), float64(samples[3])
		a, b, c, d = a+w*w, b+x*x, c+y*y, d+z*z
		samples = samples[4:]
	}
	for _, x := range samples {
		a += float64(x) * float64(x)
	}
	return a + b + c + d
}

// clipMeter counts samples at full scale that stand in runs: a lone one is a
// peak, a run is a flattened wave.
type clipMeter struct {
	run   [2]int
	total int
}

const (
	fullScale = 32760
	clipRun   = 4
)

// clipBlock is how many samples, of all channels, are judged together.
const clipBlock = 512

func (c *clipMeter) add(samples []float32, channels int) {
	for len(samples) > 0 {
		n := min(clipBlock, len(samples))
		if highest(samples[:n]) < fullScale {
			c.run = [2]int{}
		} else {
			c.addLoud(samples[:n], channels)
		}
		samples = samples[n:]
	}
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

func (c *clipMeter) addLoud(samples []float32, channels int) {
	for i, x := range samples {
		ch := i % channels
		if x < fullScale && x > -fullScale {
			c.run[ch] = 0
			continue
		}
		if c.run[ch]++; c.run[ch] == clipRun {
			c.total += clipRun
		} else if c.run[ch] > clipRun {
			c.total++
		}
	}
}
