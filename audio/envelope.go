package audio

import (
	"math"
	"time"
)

// envelopeStep is the resolution of an envelope.
const envelopeStep = 10 * time.Millisecond

// envelope is the level over time.
type envelope struct {
	step   int // samples, all channels
	skip   int // samples in front that are no audio
	sum    float64
	filled int
	values []float32
}

func (e *envelope) add(samples []int16) {
	if e.skip > 0 {
		n := min(e.skip, len(samples))
		e.skip -= n
		samples = samples[n:]
	}
	for _, x := range samples {
		e.sum += float64(x) * float64(x)
		if e.filled++; e.filled == e.step {
			e.values = append(e.values, float32(math.Sqrt(e.sum/float64(e.step))/32768))
			e.sum, e.filled = 0, 0
		}
	}
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

func (c *clipMeter) add(samples []int16, channels int) {
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
