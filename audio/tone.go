package audio

import (
	"math"
	"time"
)

// toneMeter finds sound that does not change: a hum, a beep, a held note. It
// compares neighbouring blocks of 50 ms by their energy and their zero
// crossings; speech never keeps both for long.
type toneMeter struct {
	energy    float64
	crossings int
	filled    int
	last      uint32 // the bits of the sample before
	before    block
	run       int // equal blocks in a row
	longest   int
	end       int // block at which the longest run ends
	blocks    int
}

type block struct {
	energy    float64
	crossings int
}

const toneBlock = 50 * time.Millisecond

// add looks at the first channel.
func (t *toneMeter) add(samples []float32, channels, rate int) {
	size := rate / 20
	for len(samples) > 0 {
		n := min(size-t.filled, len(samples)/channels)
		t.measure(samples[:n*channels], channels)
		samples = samples[n*channels:]
		if t.filled += n; t.filled == size {
			t.close(size)
		}
	}
}

// measure adds up energy, and crossings: places where the highest bit, the sign,
// changes. What rounds to zero is not negative, for its sign is a decoder's noise.
func (t *toneMeter) measure(samples []float32, channels int) {
	sum, crossings, last := 0.0, t.crossings, t.last
	for i := 0; i < len(samples); i += channels {
		x := samples[i]
		sum += float64(x) * float64(x)
		bits := math.Float32bits(x + 0.5)
		crossings += int((bits ^ last) >> 31)
		last = bits
	}
	t.energy, t.crossings, t.last = t.energy+sum, crossings, last
}

func (t *toneMeter) close(size int) {
	b := block{t.energy / float64(size), t.crossings}
	t.energy, t.crossings, t.filled = 0, 0, 0
	t.blocks++
	if t.run++; !b.like(t.before) {
		t.run = 0
	}
	if t.run > t.longest {
		t.longest, t.end = t.run, t.blocks
	}
	t.before = b
}

// like reports whether two blocks have the same level within 0.3 dB, well above
// silence, and as many zero crossings give or take one.
func (b block) like(o block) bool {
	const quiet, ratio = 100 * 100, 1.07
	near := b.crossings-o.crossings <= 1 && o.crossings-b.crossings <= 1
	level := b.energy < o.energy*ratio && o.energy < b.energy*ratio
	return near && level && b.energy > quiet
}

// span returns the longest stretch of unchanged sound and how long it lasts.
func (t *toneMeter) span() (at, length time.Duration) {
	length = time.Duration(t.longest+1) * toneBlock
	return time.Duration(t.end)*toneBlock - length, length
}
