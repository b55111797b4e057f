package layer3

import "math"

// subbandLines is the number of lines, and of samples in a granule, of a subband.
const (
	subbands     = 32
	subbandLines = 18
)

// overlapWindows holds the windows by block type (2.4.3.4.10.3), twice: for odd
// subbands each second value is negated, which is the frequency inversion of
// 2.4.3.4.10.4. The window of short blocks has twelve values.
var overlapWindows [2][4][36]float32

func computeOverlapWindows() {
	t := &overlapWindows
	for kind := range 4 {
		for i := range 36 {
			w := windowAt(kind, i)
			t[0][kind][i], t[1][kind][i] = float32(w), float32(w)
			if i&1 == 1 {
				t[1][kind][i] = float32(-w)
			}
		}
	}
}

func windowAt(kind, i int) float64 {
	long := math.Sin(math.Pi / 36 * (float64(i) + 0.5))
	switch {
	case kind == shortBlock && i >= 12, kind == 1 && i >= 30, kind == 3 && i < 6:
		return 0
	case kind == shortBlock:
		return math.Sin(math.Pi / 12 * (float64(i) + 0.5))
	case kind == 1 && i >= 18:
		if i < 24 {
			return 1
		}
		return math.Sin(math.Pi / 12 * (float64(i-18) + 0.5))
	case kind == 3 && i < 18:
		if i >= 12 {
			return 1
		}
		return math.Sin(math.Pi / 12 * (float64(i-6) + 0.5))
	}
	return long
}

// halves returns 1/(2 cos(π(2k+1)/(4n))) for k < n, by which a DCT-IV of n values
// becomes a DCT-II: cos(2m·a) + cos((2m+2)·a) = 2 cos(a)·cos((2m+1)·a) (B. G. Lee,
// A new algorithm to compute the discrete cosine transform, IEEE ASSP-32, 1984;
// S.-W. Lee, Improved algorithm for efficient computation of the forward and
// backward MDCT in MPEG audio coder, IEEE CAS-II 48, 2001).
func halves(n int) []float32 {
	t := make([]float32, n)
	for k := range t {
		t[k] = float32(1 / (2 * math.Cos(math.Pi*float64(2*k+1)/float64(4*n))))
	}
	return t
}

var (
	halves18 = [18]float32(halves(18))
	halves9  = [9]float32(halves(9))
	halves6  = [6]float32(halves(6))
	halves3  = [3]float32(halves(3))
)

// slots are the samples of all subbands at each time of a granule.
type slots [subbandLines][subbands]float32

// transform turns the lines of a granule into samples of the subbands. overlap holds
// what the granule before left, of its first overlapped subbands; the number of this
// granule's is returned.
func (g *granule) transform(out *slots, overlap *[lines]float32, overlapped int) int {
	active := min((g.end+subbandLines-1)/subbandLines, subbands)
	for n := range max(active, overlapped) {
		kind := g.blockType
		if g.mixed && n < max(g.layout.mixed/subbandLines, 2) {
			kind = longBlock
		}
		x := (*[subbandLines]float32)(g.spectrum[n*subbandLines:])
		rest := (*[subbandLines]float32)(overlap[n*subbandLines:])
		w := &overlapWindows[n&1][kind]
		if kind == shortBlock {
			imdct12x3(x, rest, w, out, n)
		} else {
			imdct36(x, rest, w, out, n)
		}
	}
	for t := range out {
		clear(out[t][max(active, overlapped):])
	}
	return active
}

// imdct36 transforms a long block (2.4.3.4.10.2), weighs it and adds the overlap.
func imdct36(x, rest *[subbandLines]float32, w *[36]float32, out *slots, n int) {
	n &= subbands - 1
	var y [18]float32
	dct4of18(x, &y)
	for i := range 9 {
		out[i][n] = rest[i] + y[9+i]*w[i]
		out[9+i][n] = rest[9+i] - y[17-i]*w[9+i]
		rest[i] = -y[8-i] * w[18+i]
		rest[9+i] = -y[i] * w[27+i]
	}
}

// dct4of18 is y[n] = Σ x[k] cos(π/72 (2n+1)(2k+1)).
func dct4of18(x, y *[18]float32) {
	var even, odd [9]float32
	for k := range 9 {
		a, b := x[k]*halves18[k], x[17-k]*halves18[17-k]
		even[k], odd[k] = a+b, (a-b)*halves9[k]
	}
	dct2of9(&even)
	dct2of9(&odd)
	// The DCT-II of 18 has even[m] at 2m and odd[m]+odd[m+1] at 2m+1.
	for m := range 8 {
		o := odd[m] + odd[m+1]
		y[2*m] = even[m] + o
		y[2*m+1] = o + even[m+1]
	}
	y[16], y[17] = even[8]+odd[8], odd[8]
}

// Cosines of multiples of π/18.
const (
	cos1 = 0.98480775301220805936674302458952301367
	cos2 = 0.93969262078590838405410927732473146994
	cos3 = 0.86602540378443864676372317075293618347
	cos4 = 0.76604444311897803520239265055541667394
	cos5 = 0.64278760968653932632264340990726343291
	cos7 = 0.34202014332566873304409961468225958076
	cos8 = 0.17364817766693034885171662676931479600
)

// dct2of9 replaces x by Σ x[k] cos(π/18 n(2k+1)).
func dct2of9(x *[9]float32) {
	s0, d0 := x[0]+x[8], x[0]-x[8]
	s1, d1 := x[1]+x[7], x[1]-x[7]
	s2, d2 := x[2]+x[6], x[2]-x[6]
	s3, d3 := x[3]+x[5], x[3]-x[5]
	mid := x[4] - s1*0.5
	all := x[4] + s1
	rest := s0 + s2 + s3
	x[0] = all + rest
	x[2] = cos2*s0 - cos8*s2 - cos4*s3 - mid
	x[4] = cos4*s0 - cos2*s2 + cos8*s3 + mid
	x[6] = rest*0.5 - all
	x[8] = cos8*s0 + cos4*s2 - cos2*s3 + mid
	side := cos3 * d1
	x[1] = cos1*d0 + cos5*d2 + cos7*d3 + side
	x[3] = cos3 * (d0 - d2 - d3)
	x[5] = cos5*d0 - cos7*d2 + cos1*d3 - side
	x[7] = cos7*d0 + cos1*d2 - cos5*d3 - side
}

// imdct12x3 transforms the three short blocks of a subband, which overlap each other
// by half in the middle of the granule.
func imdct12x3(x, rest *[subbandLines]float32, w *[36]float32, out *slots, n int) {
	n &= subbands - 1
	var sum [36]float32
	for block := range 3 {
		var y [6]float32
		dct4of6(x, block, &y)
		at := (*[12]float32)(sum[6+6*block:])
		for i := range 3 {
			at[i] += y[3+i] * w[i]
			at[3+i] -= y[5-i] * w[3+i]
			at[6+i] -= y[2-i] * w[6+i]
			at[9+i] -= y[i] * w[9+i]
		}
	}
	for i := range rest {
		out[i][n] = rest[i] + sum[i]
		rest[i] = sum[18+i]
	}
}

// dct4of6 is y[n] = Σ x[3k+block] cos(π/24 (2n+1)(2k+1)).
func dct4of6(x *[subbandLines]float32, block int, y *[6]float32) {
	var even, odd [3]float32
	for k := range 3 {
		a, b := x[3*k+block]*halves6[k], x[3*(5-k)+block]*halves6[5-k]
		even[k], odd[k] = a+b, (a-b)*halves3[k]
	}
	dct2of3(&even)
	dct2of3(&odd)
	for m := range 2 {
		o := odd[m] + odd[m+1]
		y[2*m], y[2*m+1] = even[m]+o, o+even[m+1]
	}
	y[4], y[5] = even[2]+odd[2], odd[2]
}

func dct2of3(x *[3]float32) {
	s, d := x[0]+x[2], x[0]-x[2]
	x[0], x[1], x[2] = s+x[1], cos3*d, s*0.5-x[1]
}
