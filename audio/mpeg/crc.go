package mpeg

// crcTable is CRC-16 with the polynomial 0x8005, highest bit first
// (ISO/IEC 11172-3, 2.4.3.1).
var crcTable = crc16Table()

func crc16Table() (t [256]uint16) {
	for i := range t {
		c := uint16(i) << 8
		for range 8 {
			if c&0x8000 != 0 {
				c = c<<1 ^ 0x8005
			} else {
				c <<= 1
			}
		}
		t[i] = c
	}
	return t
}

// checksum returns the CRC of a protected frame: over the last two bytes of
// the header and the side information.
func checksum(h Header, frame []byte) uint16 {
	c := uint16(0xFFFF)
	for _, b := range frame[2:4] {
		c = c<<8 ^ crcTable[byte(c>>8)^b]
	}
	for _, b := range frame[6 : 6+h.SideInfoSize()] {
		c = c<<8 ^ crcTable[byte(c>>8)^b]
	}
	return c
}

// ChecksumOK reports whether the frame has no CRC or the right one.
func ChecksumOK(h Header, frame []byte) bool {
	return !h.crc() || checksum(h, frame) == uint16(frame[4])<<8|uint16(frame[5])
}

// arcTable is CRC-16 with the polynomial 0x8005 lowest bit first (0xA001), as
// the LAME tag uses it.
var arcTable = crcArcTable()

func crcArcTable() (t [256]uint16) {
	for i := range t {
		c := uint16(i)
		for range 8 {
			if c&1 != 0 {
				c = c>>1 ^ 0xA001
			} else {
				c >>= 1
			}
		}
		t[i] = c
	}
	return t
}

// tagCRC continues the LAME tag's checksum c over b.
func tagCRC(c uint16, b []byte) uint16 {
	for _, x := range b {
		c = c>>8 ^ arcTable[byte(c)^x]
	}
	return c
}
