package layer3

import "math"

// Joint stereo: bits of mode_extension (2.4.2.3).
const (
	intensityStereo = 1
	midSide         = 2
)

// joint undoes joint stereo in a granule of two channels (2.4.3.4.9).
func (d *Decoder) joint(left, right *granule, extension int, lsf bool) {
	bound := 0 // bands from here on may be in intensity stereo
	if extension&intensityStereo != 0 {
		d.intensity(left, right, extension, lsf)
	} else if extension&midSide != 0 {
		bound = max(left.end, right.end)
		rotate(left.spectrum[:bound], right.spectrum[:bound])
	}
	end := max(left.end, right.end)
	left.end, right.end = end, end
}

// rotate turns middle and side into left and right.
func rotate(m, s []float32) {
	const half = math.Sqrt2 / 2
	for i, x := range m {
		m[i], s[i] = (x+s[i])*half, (x-s[i])*half
	}
}

// intensity takes bands of the right channel, behind its last that is not zero, from
// the left one. Other bands are in middle and side where extension says so.
func (d *Decoder) intensity(left, right *granule, extension int, lsf bool) {
	l := right.layout
	last := right.lastBands()
	from := 0
	for i, to := range l.ends {
		a, b := left.spectrum[from:to], right.spectrum[from:to]
		from = to
		window := 0
		if i >= l.long {
			window = (i - l.long) % 3
		}
		position, is := right.position(i, last[window], lsf)
		switch {
		case is:
			x, y := right.shares(position, lsf)
			for j, v := range a {
				a[j], b[j] = v*x, v*y
			}
		case extension&midSide != 0:
			rotate(a, b)
		}
	}
}

// lastBands returns the last band that is not zero, window by window. All that is
// long goes by the last of them.
func (g *granule) lastBands() (last [3]int) {
	last = [3]int{-1, -1, -1}
	from := 0
	for i, to := range g.layout.ends {
		if from < g.end && !zero(g.spectrum[from:to]) {
			if i < g.layout.long {
				last = [3]int{i, i, i}
			} else {
				last[(i-g.layout.long)%3] = i
			}
		}
		from = to
	}
	return last
}

func zero(band []float32) bool {
	for _, x := range band {
		if x != 0 {
			return false
		}
	}
	return true
}

// position returns the intensity position of a band behind the last one that is not
// zero, and whether it has one. The very last band, which has no scale factor, has the
// position of the one before, and the middle where that is not in intensity stereo.
func (g *granule) position(i, last int, lsf bool) (position uint8, is bool) {
	if i <= last {
		return 0, false
	}
	n, before := len(g.layout.ends), i
	switch {
	case g.layout.long == n && i == n-1:
		before = i - 1
	case g.layout.long < n && i >= n-3:
		before = i - 3
	}
	if before != i && before <= last {
		return middle(lsf), true
	}
	return g.scalefacs[before], g.scalefacs[before] != g.illegal[before]
}

// middle is the position that gives both channels the same.
func middle(lsf bool) uint8 {
	if lsf {
		return 0
	}
	return 3
}

// shares returns what of the left channel's values each channel gets (2.4.3.4.9.3;
// 13818-3, 2.4.3.2).
func (g *granule) shares(position uint8, lsf bool) (left, right float32) {
	if !lsf {
		s, c := math.Sincos(float64(position) * math.Pi / 12)
		return float32(s / (s + c)), float32(c / (s + c))
	}
	exponent := float64(position+1) / 2
	if g.intensities == 0 {
		exponent = math.Floor(exponent) / 4
	} else {
		exponent = math.Floor(exponent) / 2
	}
	x := float32(math.Exp2(-exponent))
	if position&1 == 1 {
		return x, 1
	}
	return 1, x
}

// reorder sorts the lines of short blocks by frequency, the three windows beside
// each other (2.4.3.4.8).
func (g *granule) reorder() {
	l := g.layout
	if l.long == len(l.ends) {
		return
	}
	sorted := g.spectrum
	from := l.mixed
	for i := l.long; i < len(l.ends) && from < g.end; i += 3 {
		width := l.ends[i] - from
		for j := range width {
			at := from + 3*j
			sorted[at] = g.spectrum[from+j]
			sorted[at+1] = g.spectrum[from+width+j]
			sorted[at+2] = g.spectrum[from+2*width+j]
		}
		from += 3 * width
	}
	g.spectrum = sorted
	g.end = max(g.end, min(from, lines))
}

// aliasing holds cs and ca of the butterflies (2.4.3.4.10.1, table 3-B.9).
var aliasing = func() (t [8][2]float32) {
	for i, c := range [8]float64{-0.6, -0.535, -0.33, -0.185, -0.095, -0.041, -0.0142, -0.0037} {
		t[i] = [2]float32{float32(1 / math.Sqrt(1+c*c)), float32(c / math.Sqrt(1+c*c))}
	}
	return t
}()

// reduceAliasing undoes at each border of subbands of long blocks what the encoder's
// filter bank folded over it, and widens what is not zero.
func (g *granule) reduceAliasing() {
	last := lines/subbandLines - 1
	if g.layout.long < len(g.layout.ends) {
		last = max(g.layout.mixed/subbandLines-1, 0)
	}
	last = min(last, (g.end+7)/subbandLines)
	for n := 1; n <= last; n++ {
		b := (*[16]float32)(g.spectrum[n*subbandLines-8:])
		for i := range aliasing {
			cs, ca := aliasing[i][0], aliasing[i][1]
			u, v := b[7-i], b[8+i]
			b[7-i], b[8+i] = u*cs-v*ca, v*cs+u*ca
		}
	}
	g.end = max(g.end, min(last*subbandLines+8, lines))
}
