package layer3

import "encoding/binary"

// mainRoom holds the longest main data, four granules of 4,095 bits, and what a
// damaged granule of 288 pairs can read beyond it: 47 bits each.
const mainRoom = 4096

// mainMost is the longest main data in bytes.
const mainMost = (4*4095 + 7) / 8

// bitReader reads the main data of a unit. Reading beyond the end of what was put
// in is for the caller to notice.
type bitReader struct {
	b   [mainRoom]byte
	pos int
}

// begin lets r read main, of which more than mainMost bytes cannot be needed.
func (r *bitReader) begin(main []byte) {
	n := copy(r.b[:mainMost], main)
	clear(r.b[n : n+8])
	r.pos = 0
}

// window returns at least 57 bits from bit pos on, the first the highest.
func (r *bitReader) window(pos int) uint64 {
	return binary.BigEndian.Uint64(r.b[pos>>3:]) << (pos & 7)
}

// bits reads n ≤ 32 bits.
func (r *bitReader) bits(n int) int {
	v := r.window(r.pos) >> 1 >> (63 - n)
	r.pos += n
	return int(v)
}
