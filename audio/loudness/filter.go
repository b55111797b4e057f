package loudness

import "math"

// biquad is a filter of second order, in transposed direct form II.
type biquad struct{ b0, b1, b2, a1, a2 float64 }

// state is what a biquad remembers of one channel.
type state struct{ z1, z2 float64 }

// shelf returns the first stage of K-weighting (BS.1770-4, annex 1, figure 2):
// the effect of a head. The constants are those of the analogue filter from
// which the standard's coefficients for 48 kHz follow.
func shelf(rate int) biquad {
	const f, g, q = 1681.974450955533, 3.999843853973347, 0.7071752369554196
	k := math.Tan(math.Pi * f / float64(rate))
	vh := math.Pow(10, g/20)
	vb := math.Pow(vh, 0.4996667741545416)
	a0 := 1 + k/q + k*k
	return biquad{
		(vh + vb*k/q + k*k) / a0, 2 * (k*k - vh) / a0, (vh - vb*k/q + k*k) / a0,
		2 * (k*k - 1) / a0, (1 - k/q + k*k) / a0,
	}
}

// highpass returns the second stage (figure 4), the RLB curve.
func highpass(rate int) biquad {
	const f, q = 38.13547087602444, 0.5003270373238773
	k := math.Tan(math.Pi * f / float64(rate))
	a0 := 1 + k/q + k*k
	return biquad{1, -2, 1, 2 * (k*k - 1) / a0, (1 - k/q + k*k) / a0}
}
