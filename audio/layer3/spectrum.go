package layer3

import (
	"errors"
	"math"
)

// Errors of damaged units.
var (
	errTable  = errors.New("a Huffman table that does not exist")
	errBits   = errors.New("codes longer than their granule")
	errValues = errors.New("more values than a granule has")
)

// powers holds n^(4/3) for all values that a table can give (2.4.3.4.7.1).
var powers [15 + 1<<13]float32

func computePowers() {
	for i := range powers {
		powers[i] = float32(math.Pow(float64(i), 4.0/3))
	}
}

// gains holds 2^(n/4), from 2^(−lowest/4) on.
var gains [lowest + 64]float32

func computeGains() {
	for i := range gains {
		gains[i] = float32(FullScale * math.Exp2(float64(i-lowest)/4))
	}
}

// lowest is the lowest exponent: global_gain less 210, three subblock_gains of 8,
// and scale factors with pretab of 4 each.
const lowest = 210 + 7*8 + (15+3)*4

// pretab is added to scale factors of high bands (2.4.3.4.7.1, table 3-B.6).
var pretab = [maxBands]int{11: 1, 12: 1, 13: 1, 14: 1, 15: 2, 16: 2, 17: 3, 18: 3, 19: 3, 20: 2}

// readSpectrum reads the Huffman codes of a granule, which end at bit end, and
// requantises the values.
func (d *Decoder) readSpectrum(g *granule, end int) error {
	if g.bigValues > lines {
		return errValues
	}
	xr, at := &g.spectrum, 0
	for i, region := range g.regions {
		to := min(region, g.bigValues)
		if to <= at {
			continue
		}
		t := &d.codes.pairs[g.tables[i]]
		switch {
		case t.absent:
			return errTable
		case t.entries == nil:
			clear(xr[at:to])
		case t.linbits == 0:
			d.readPairs(xr[at:to], t.entries)
		default:
			d.readLongPairs(xr[at:to], t)
		}
		if d.main.pos > end {
			return errBits
		}
		at = to
	}
	at = d.readQuads(xr, at, end, &d.codes.quads[g.quads])
	clear(xr[at:])
	for at > 0 && xr[at-1] == 0 {
		at--
	}
	g.end = at
	g.requantise()
	return nil
}

// readPairs reads values in pairs, each with its sign if it is not zero.
func (d *Decoder) readPairs(xr []float32, t []entry) {
	pos := d.main.pos
	root := (*[1 << rootBits]entry)(t)
	for len(xr) >= 2 {
		w := d.main.window(pos)
		e := root[w>>(64-rootBits)]
		for e.node != 0 {
			w <<= e.n & 63
			pos += int(e.n)
			e = t[int(e.x)+int(e.y)<<8+int(w>>(64-nodeBits))]
		}
		w <<= e.n & 63
		x, y := int(e.x), int(e.y)
		nx, ny := min(x, 1), min(y, 1)
		xr[0] = signed(powers[x], w)
		w <<= nx & 63
		xr[1] = signed(powers[y], w)
		pos += int(e.n) + nx + ny
		xr = xr[2:]
	}
	d.main.pos = pos
}

// readLongPairs reads pairs in which a value of 15 has linbits behind it.
func (d *Decoder) readLongPairs(xr []float32, t *pairTable) {
	pos := d.main.pos
	for len(xr) >= 2 {
		w := d.main.window(pos)
		e := t.entries[w>>(64-rootBits)]
		for e.node != 0 {
			w <<= e.n
			pos += int(e.n)
			e = t.entries[int(e.x)+int(e.y)<<8+int(w>>(64-nodeBits))]
		}
		w <<= e.n
		pos += int(e.n)
		for i, v := range [2]uint8{e.x, e.y} {
			x := int(v)
			if x == 15 {
				x += int(w >> 1 >> (63 - t.linbits))
				w <<= t.linbits
				pos += t.linbits
			}
			n := min(x, 1)
			xr[i] = signed(powers[x], w)
			w <<= n
			pos += n
		}
		xr = xr[2:]
	}
	d.main.pos = pos
}

// signed gives x, which is not negative, the sign in the highest bit of w.
func signed(x float32, w uint64) float32 {
	return math.Float32frombits(math.Float32bits(x) | uint32(w>>32)&(1<<31))
}

// readQuads reads values of one or none, four at a time, up to bit end. A code that
// reaches beyond it is stuffing.
func (d *Decoder) readQuads(xr *[lines + 4]float32, at, end int, t *[1 << quadBits]quad) int {
	pos := d.main.pos
	for at < lines && pos < end {
		w := d.main.window(pos)
		q := t[w>>(64-quadBits)]
		w <<= q.n
		pos += int(q.n)
		four := xr[at : at+4]
		for i := range four {
			bit := uint32(q.values>>(3-i)) & 1
			four[i] = math.Float32frombits(-bit & (math.Float32bits(1) | uint32(w>>32)&(1<<31)))
			w <<= bit
			pos += int(bit)
		}
		if pos > end {
			break
		}
		at += 4
	}
	return min(at, lines)
}

// requantise multiplies each band by its gain.
func (g *granule) requantise() {
	l := g.layout
	from := 0
	for i, to := range l.ends {
		if from >= g.end {
			return
		}
		gain := g.bandGain(i)
		band := g.spectrum[from:min(to, g.end)]
		for j := range band {
			band[j] *= gain
		}
		from = to
	}
}

// bandGain returns what the values of a band are multiplied by.
func (g *granule) bandGain(i int) float32 {
	n := lowest + g.gain - 210
	factor := int(g.scalefacs[i])
	if i < g.layout.long {
		factor += g.preflag * pretab[i]
	} else {
		n -= 8 * g.subGain[(i-g.layout.long)%3]
	}
	return gains[n-factor<<(1+g.coarse)]
}
