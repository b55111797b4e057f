package layer3

import "math"

// FullScale is the level at which a 16-bit sample ends.
const FullScale = 32768

// history is how many times before the present one the filter bank remembers.
const history = 15

// synthesis is the polyphase filter bank of a channel (2.4.3.2.2, figure 3-A.2).
// Where the standard has vectors of 64 values, rows have the DCT of 32 of which they
// are made: first its values 16 to 31, then 16 down to 1; the value 0 is kept apart.
// Both are indexed by the two output samples that they are part of, n and 32−n.
type synthesis struct {
	rows  [history + subbandLines][32]float32
	zeros [history + subbandLines]float32
}

// synthesisWindow holds the coefficients for the samples n and 32−n, from the
// oldest row on: of the values 16+n, then of the values 16−n.
var synthesisWindow [16][2][16]float32

func computeSynthesisWindow(d [512]float32) {
	t := &synthesisWindow
	for n := range t {
		for age := range 16 {
			i := 32*age + n // a row of even age gives D[64i+n], one of odd age D[64i+32+n]
			row := 15 - age
			mirror := 32*age + 32 - n
			if age&1 == 0 {
				t[n][0][row], t[n][1][row] = d[i], -d[mirror&511]
				continue
			}
			t[n][0][row], t[n][1][row] = -d[i], -d[mirror&511]
		}
	}
}

// middleWindow holds the coefficients of sample 16, which only has the value 0 of
// the rows of odd age.
var middleWindow [16]float32

func computeMiddleWindow(d [512]float32) {
	for age := 1; age < 16; age += 2 {
		middleWindow[15-age] = -d[32*age+16]
	}
}

// windowValues returns the window D (annex B, table 3-B.3).
func windowValues() (d [512]float32) {
	i := 0
	for _, row := range rows(windowText) {
		for _, word := range row {
			d[i] = float32(number(word)) / 65536
			i++
		}
	}
	for i := 1; i < 256; i++ {
		d[512-i] = -d[i]
		if i%64 == 0 {
			d[512-i] = d[i]
		}
	}
	return d
}

// run puts a granule through the filter bank. The samples go to every step-th place
// of out.
func (s *synthesis) run(in *slots, out []float32, step int) {
	copy(s.rows[:history], s.rows[subbandLines:])
	copy(s.zeros[:history], s.zeros[subbandLines:])
	for t := range in {
		var y [32]float32
		dct2of32(&in[t], &y)
		row := &s.rows[history+t]
		copy(row[:16], y[16:])
		for n := range 16 {
			row[16+n] = y[16-n]
		}
		s.zeros[history+t] = y[0]
		s.samples(t, out[t*32*step:(t*32+31)*step+1], step)
	}
}

// samples computes the 32 samples of the row at history+t.
func (s *synthesis) samples(t int, out []float32, step int) {
	rows := (*[16][32]float32)(s.rows[t:])
	out[0], _ = weigh(rows, 0)
	for n := 1; n < 16; n++ {
		out[n*step], out[(32-n)*step] = weigh(rows, n)
	}
	z, w := (*[16]float32)(s.zeros[t:]), &middleWindow
	out[16*step] = z[0]*w[0] + z[2]*w[2] + z[4]*w[4] + z[6]*w[6] +
		(z[8]*w[8] + z[10]*w[10] + z[12]*w[12] + z[14]*w[14])
}

// weigh returns the samples n and 32−n. Rows of even number have odd ages.
func weigh(rows *[16][32]float32, n int) (a, b float32) {
	n &= 15
	v, w := &synthesisWindow[n][0], &synthesisWindow[n][1]
	var c, d float32
	for i := 0; i < 16; i += 4 {
		x, y := rows[i][16+n], rows[i+1][n]
		a += x*v[i] + y*v[i+1]
		b += x*w[i] + y*w[i+1]
		x, y = rows[i+2][16+n], rows[i+3][n]
		c += x*v[i+2] + y*v[i+3]
		d += x*w[i+2] + y*w[i+3]
	}
	return a + c, b + d
}

// The factors of the stages of a DCT of 32; see halves.
var (
	halves16 = [16]float32(halves(16))
	halves8  = [8]float32(halves(8))
	halves4  = [4]float32(halves(4))
	halves2  = [2]float32(halves(2))
)

// dct2of32 is y[n] = Σ x[k] cos(π/64 n(2k+1)), by halving three times (B. G. Lee).
func dct2of32(x, y *[32]float32) {
	var even, odd [16]float32
	for k := range 16 {
		a, b := x[k], x[31-k]
		even[k], odd[k] = a+b, (a-b)*halves16[k]
	}
	dct2of16(&even)
	dct2of16(&odd)
	for m := range 15 {
		y[2*m], y[2*m+1] = even[m], odd[m]+odd[m+1]
	}
	y[30], y[31] = even[15], odd[15]
}

func dct2of16(x *[16]float32) {
	var even, odd [8]float32
	for k := range 8 {
		a, b := x[k], x[15-k]
		even[k], odd[k] = a+b, (a-b)*halves8[k]
	}
	dct2of8(&even)
	dct2of8(&odd)
	for m := range 7 {
		x[2*m], x[2*m+1] = even[m], odd[m]+odd[m+1]
	}
	x[14], x[15] = even[7], odd[7]
}

func dct2of8(x *[8]float32) {
	e0, e1, e2, e3 := dct2of4(x[0]+x[7], x[1]+x[6], x[2]+x[5], x[3]+x[4])
	o0, o1, o2, o3 := dct2of4((x[0]-x[7])*halves4[0], (x[1]-x[6])*halves4[1], (x[2]-x[5])*halves4[2], (x[3]-x[4])*halves4[3])
	x[0], x[2], x[4], x[6] = e0, e1, e2, e3
	x[1], x[3], x[5], x[7] = o0+o1, o1+o2, o2+o3, o3
}

func dct2of4(a, b, c, d float32) (y0, y1, y2, y3 float32) {
	const half = math.Sqrt2 / 2
	s0, s1 := a+d, b+c
	t0, t1 := (a-d)*halves2[0], (b-c)*halves2[1]
	y3 = (t0 - t1) * half
	return s0 + s1, t0 + t1 + y3, (s0 - s1) * half, y3
}
