package mpeg

// getBits returns n ≤ 16 bits of b from bit offset at, the first the highest.
// The caller has checked that they are there.
func getBits(b []byte, at, n int) int {
	i := at >> 3
	v := uint32(b[i]) << 16
	if i+1 < len(b) {
		v |= uint32(b[i+1]) << 8
	}
	if i+2 < len(b) {
		v |= uint32(b[i+2])
	}
	return int(v << (8 + at&7) >> (32 - n))
}

// setBits replaces n ≤ 16 bits of b from bit offset at.
func setBits(b []byte, at, n, v int) {
	for i := range n {
		bit := byte(0x80) >> ((at + i) & 7)
		if v>>(n-1-i)&1 == 1 {
			b[(at+i)>>3] |= bit
		} else {
			b[(at+i)>>3] &^= bit
		}
	}
}
