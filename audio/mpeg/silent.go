package mpeg

// AppendSilent appends a frame that decodes to digital zero: the header, no
// CRC, side information of zeros and empty slots. In a decoder it lets the
// overlap of the frame before it fade out and takes nothing from the reservoir.
func AppendSilent(b []byte, h Header) []byte {
	h = h.WithoutCRC()
	b = h.appendTo(b)
	return append(b, make([]byte, h.Size()-HeaderSize)...)
}
