package layer3

import (
	"sync"

	"lector/audio/mpeg"
)

// maxBands is the largest number of scale factor bands: thirteen of each of three
// short windows.
const maxBands = 39

// layout is how the lines of a granule fall into scale factor bands, in the order of
// the bit stream: long bands first, then of each short band the three windows.
type layout struct {
	ends   []int // of each band
	long   int   // bands of long blocks
	mixed  int   // lines of long blocks in front of short ones
	region int   // end of the first region where the block type decides it
}

// rateBands is what a sample rate decides.
type rateBands struct {
	long, short []int
	layouts     [3]layout // of long, short and mixed blocks
}

// Indices of rateBands.layouts, and of groups of scale factors.
const (
	allLong = iota
	allShort
	bothKinds
)

// kind returns which layout a granule has.
func kind(blockType int, mixed bool) int {
	switch {
	case blockType != shortBlock:
		return allLong
	case mixed:
		return bothKinds
	}
	return allShort
}

func (b *rateBands) layout(blockType int, mixed bool) *layout {
	return &b.layouts[kind(blockType, mixed)]
}

// allBands holds the bands by sample rate in Hz.
var allBands = sync.OnceValue(func() map[int]*rateBands {
	all := map[int]*rateBands{}
	for _, row := range rows(bandsText) {
		rate := number(row[0])
		b := all[rate]
		if b == nil {
			b = &rateBands{}
			all[rate] = b
		}
		starts := make([]int, len(row)-2)
		for i, s := range row[2:] {
			starts[i] = number(s)
		}
		if row[1] == "long" {
			b.long = starts
			continue
		}
		b.short = starts
		b.lay()
	}
	return all
})

// bandsOf returns the bands of a header's sample rate, which the standard or usage
// defines for every one that a header can state.
func bandsOf(h mpeg.Header) *rateBands { return allBands()[h.SampleRate()] }

// lay fills in the layouts. In mixed blocks the long bands reach as far as the first
// three short ones: 36 lines, 72 at 8 kHz.
func (b *rateBands) lay() {
	first := 3 * b.short[3]
	long := 0
	for b.long[long] < first {
		long++
	}
	b.layouts[allLong] = layout{ends: b.long[1:], long: len(b.long) - 1, region: b.long[8]}
	b.layouts[allShort] = layout{ends: windows(nil, b.short, 0), region: first}
	b.layouts[bothKinds] = layout{
		ends: windows(append([]int(nil), b.long[1:long+1]...), b.short, 3),
		long: long, mixed: first, region: first,
	}
}

// windows appends the ends of short bands from number from on, window by window.
func windows(ends, short []int, from int) []int {
	for i := from; i+1 < len(short); i++ {
		start, width := 3*short[i], short[i+1]-short[i]
		ends = append(ends, start+width, start+2*width, start+3*width)
	}
	return ends
}
