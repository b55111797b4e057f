package layer3

import "lector/audio/mpeg"

// granule is the side information of one channel of a granule (2.4.1.7) and what
// was read with it.
type granule struct {
	part23      int // bits of scale factors and Huffman codes
	bigValues   int // lines coded in pairs
	gain        int
	scalefac    int // scalefac_compress
	blockType   int
	mixed       bool
	tables      [3]int
	subGain     [3]int
	regions     [3]int // where each region ends, in lines
	preflag     int
	coarse      int // scalefac_scale
	quads       int // count1table_select
	layout      *layout
	scalefacs   [maxBands]uint8
	illegal     [maxBands]uint8 // the intensity position of each band that is none
	keep        int             // scfsi: groups whose scale factors are those of the granule before
	end         int             // lines from here on are zero
	spectrum    [lines + 4]float32
	intensities int // intensity_scale of 13818-3
}

// Block types (2.4.2.7).
const (
	longBlock  = 0
	shortBlock = 2
)

// lines is the number of frequency lines in a granule.
const lines = 576

// sideReader reads the bits of side information.
type sideReader struct {
	b   [32 + 8]byte
	pos int
}

func (r *sideReader) bits(n int) int {
	v := 0
	for range n {
		v = v<<1 | int(r.b[r.pos>>3]>>(7-r.pos&7)&1)
		r.pos++
	}
	return v
}

// readSide reads the side information of a unit into d.granules.
func (d *Decoder) readSide(u mpeg.Unit) {
	var r sideReader
	copy(r.b[:], u.Side)
	v1, channels := u.Header.Version() == mpeg.V1, u.Header.Channels()
	scfsi := [2]int{}
	if v1 {
		r.pos = 9 + [3]int{1: 5, 2: 3}[channels] // main_data_begin, private bits
		for c := range channels {
			scfsi[c] = r.bits(4)
		}
	} else {
		r.pos = 8 + channels
	}
	bands := bandsOf(u.Header)
	for n := range u.Header.Granules() {
		for c := range channels {
			g := &d.granules[n][c]
			g.keep = scfsi[c] * n
			g.read(&r, v1, bands)
		}
	}
}

// read reads one channel of a granule.
func (g *granule) read(r *sideReader, v1 bool, bands *rateBands) {
	g.part23, g.bigValues = r.bits(12), 2*r.bits(9)
	g.gain = r.bits(8)
	if v1 {
		g.scalefac = r.bits(4)
	} else {
		g.scalefac = r.bits(9)
	}
	g.blockType, g.mixed, g.subGain = longBlock, false, [3]int{}
	if r.bits(1) == 1 {
		g.readSwitched(r)
	} else {
		g.readRegions(r, bands)
	}
	g.preflag = 0
	if v1 {
		g.preflag = r.bits(1)
	}
	g.coarse, g.quads = r.bits(1), r.bits(1)
	g.layout = bands.layout(g.blockType, g.mixed)
	if g.regions[2] == 0 {
		g.regions = [3]int{g.layout.region, lines, lines}
	}
}

// readSwitched reads the fields of a granule with window_switching_flag. Its regions
// follow from the block type.
func (g *granule) readSwitched(r *sideReader) {
	g.blockType, g.mixed = r.bits(2), r.bits(1) == 1
	g.tables = [3]int{r.bits(5), r.bits(5), 0}
	for w := range g.subGain {
		g.subGain[w] = r.bits(3)
	}
	g.regions = [3]int{}
}

func (g *granule) readRegions(r *sideReader, bands *rateBands) {
	for i := range g.tables {
		g.tables[i] = r.bits(5)
	}
	first := r.bits(4) + 1
	second := min(first+r.bits(3)+1, len(bands.long)-1)
	g.regions = [3]int{bands.long[first], bands.long[second], lines}
}
