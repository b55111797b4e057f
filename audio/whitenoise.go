package audio

import "lector/audio/layer3"

// noiseMeter tells noise from speech by how much neighbouring samples differ: bytes
// that are no samples, or samples in the wrong byte order, are heard as noise.
type noiseMeter struct {
	energy float64 // of the samples
	change float64 // of the differences of neighbours
	sum    float64 // of the samples
	count  int
	last   float64
}

// add looks at the first channel.
func (n *noiseMeter) add(samples []float32, channels int) {
	energy, change, sum, last := 0.0, 0.0, 0.0, n.last
	for i := 0; i < len(samples); i += channels {
		x := float64(samples[i])
		energy += x * x
		change += (x - last) * (x - last)
		sum += x
		last = x
	}
	n.energy, n.change, n.sum, n.last = n.energy+energy, n.change+change, n.sum+sum, last
	n.count += len(samples) / channels
}

// The differences of white noise have twice the energy of its samples; after MP3 at
// 48 kbit/s 1.83 times. Measured at 24 kHz: speech has 0.02 to 0.14 times, whispering
// 0.54, nothing but sibilants 0.8. At 8 kHz whispering has as much as noise.
const (
	mostChange = 1.5
	wideEnough = 16000 // Hz
)

// white reports whether all of the sound is noise.
func (n *noiseMeter) white(rate int) bool {
	return rate >= wideEnough && n.change > mostChange*n.energy
}

// mostOffset is how far the middle of a sound may be from zero, as a part of full scale.
// Of 700 clips of espeak-ng and of five voices of flite none is beyond 0.005. A sound
// that is further off begins and ends with a click at each join.
const mostOffset = 0.015

// offset returns the mean of the samples, as a part of full scale.
func (n *noiseMeter) offset() float64 { return n.sum / float64(max(n.count, 1)) / layer3.FullScale }
