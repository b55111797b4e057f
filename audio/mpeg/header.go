package mpeg

import "fmt"

// Header is the 32-bit header of a Layer III frame (ISO/IEC 11172-3, 2.4.1.3
// and 2.4.2.3; the ID extension of MPEG-2.5 in bit 20).
type Header uint32

// HeaderSize is the length of a header in bytes.
const HeaderSize = 4

// MaxFrameSize is the longest Layer III frame that has a bit rate, in bytes:
// 320 kbit/s at 32 kHz, padded.
const MaxFrameSize = 1441

// Version is the MPEG version of a frame.
type Version uint8

// The versions, as coded in the header.
const (
	V25 Version = 0
	V2  Version = 2
	V1  Version = 3
)

// String returns "1", "2" or "2.5".
func (v Version) String() string {
	switch v {
	case V1:
		return "1"
	case V2:
		return "2"
	case V25:
		return "2.5"
	}
	return "reserved"
}

// Mode is the channel mode of a frame.
type Mode uint8

// The channel modes, as coded in the header.
const (
	Stereo Mode = iota
	JointStereo
	DualChannel
	Mono
)

// String returns the mode's name as `lector inspect` prints it.
func (m Mode) String() string {
	return [...]string{"stereo", "joint stereo", "dual channel", "mono"}[m&3]
}

// Bit rates in kbit/s by index: MPEG-1 (2.4.2.3) and the low sampling
// frequencies (13818-3, 2.4.2.3). Index 0 is the free format.
var bitrates = [2][16]int{
	{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0},
	{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0},
}

// MaxIndex is the highest bitrate index; index 1 is the lowest with a bit rate.
const MaxIndex = 14

var sampleRates = [4][4]int{
	V25: {11025, 12000, 8000, 0},
	V2:  {22050, 24000, 16000, 0},
	V1:  {44100, 48000, 32000, 0},
}

// sizes holds the frame length without padding by version, rate and bit rate.
var sizes = frameSizes()

func frameSizes() (t [4][4][16]int) {
	for _, v := range []Version{V25, V2, V1} {
		for r, hz := range sampleRates[v] {
			for b := 1; b <= MaxIndex && hz > 0; b++ {
				t[v][r][b] = samples(v) / 8 * bitrates[lsf(v)][b] * 1000 / hz
			}
		}
	}
	return t
}

// lsf is 1 for the low sampling frequencies, 0 for MPEG-1.
func lsf(v Version) int {
	if v == V1 {
		return 0
	}
	return 1
}

func samples(v Version) int { return 1152 >> lsf(v) }

// ParseHeader reads the header at the start of b. It is false for everything
// that cannot be the header of a Layer III frame; a free-format header is one.
func ParseHeader(b []byte) (Header, bool) {
	if len(b) < HeaderSize || b[0] != 0xFF {
		return 0, false
	}
	h := Header(uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3]))
	return h, h.valid()
}

func (h Header) valid() bool {
	const sync, layer3 = 0xFFE00000, 1
	if h&sync != sync || h>>17&3 != layer3 {
		return false
	}
	return h>>19&3 != 1 && h>>12&15 != 15 && h>>10&3 != 3 // none of the reserved values
}

// Version returns the MPEG version.
func (h Header) Version() Version { return Version(h >> 19 & 3) }

// crc reports whether a checksum of 16 bits follows the header.
func (h Header) crc() bool { return h>>16&1 == 0 }

// Index returns the bitrate index, 0 (free format) to 14.
func (h Header) Index() int { return int(h >> 12 & 15) }

// Bitrate returns kbit/s, 0 for the free format.
func (h Header) Bitrate() int { return bitrates[lsf(h.Version())][h.Index()] }

// SampleRate returns Hz.
func (h Header) SampleRate() int { return sampleRates[h.Version()][h>>10&3] }

// Padded reports whether the frame is one byte longer.
func (h Header) Padded() bool { return h>>9&1 == 1 }

// Mode returns the channel mode.
func (h Header) Mode() Mode { return Mode(h >> 6 & 3) }

// Channels returns 1 or 2.
func (h Header) Channels() int {
	if h.Mode() == Mono {
		return 1
	}
	return 2
}

// Granules returns the number of granules of 576 samples: 2 in MPEG-1, else 1.
func (h Header) Granules() int { return 2 - lsf(h.Version()) }

// Samples returns the samples a channel in the frame: 1152 in MPEG-1, else 576.
func (h Header) Samples() int { return samples(h.Version()) }

// Size returns the frame's length in bytes, header included; 0 for the free
// format, whose length no header states.
func (h Header) Size() int {
	n := sizes[h.Version()][h>>10&3][h.Index()]
	if n > 0 && h.Padded() {
		n++
	}
	return n
}

// SideInfoSize returns the length of the side information in bytes (2.4.1.7).
func (h Header) SideInfoSize() int {
	switch {
	case h.Version() == V1 && h.Mode() != Mono:
		return 32
	case h.Version() != V1 && h.Mode() == Mono:
		return 9
	}
	return 17
}

// sideInfoOffset returns where in the frame the side information begins.
func (h Header) sideInfoOffset() int {
	if h.crc() {
		return HeaderSize + 2
	}
	return HeaderSize
}

// BodyOffset returns where in the frame the main data slots begin.
func (h Header) BodyOffset() int { return h.sideInfoOffset() + h.SideInfoSize() }

// BodySize returns how many bytes of main data the frame has room for. It is
// negative only for a frame too short for its own side information.
func (h Header) BodySize() int { return h.Size() - h.BodyOffset() }

// Reservoir returns how far back main_data_begin can point, in bytes: 511 in
// MPEG-1 (9 bits), else 255 (8 bits).
func (h Header) Reservoir() int { return 511 >> lsf(h.Version()) }

// Same reports whether two frames can stand in one stream: version, sample
// rate and number of channels agree.
func (h Header) Same(o Header) bool {
	const mask = 0xFFFE0C00
	return (h^o)&mask == 0 && h.Channels() == o.Channels()
}

// WithIndex returns the header with another bitrate index.
func (h Header) WithIndex(i int) Header { return h&^0xF000 | Header(i&15)<<12 }

// WithPadding returns the header with the padding bit set or cleared.
func (h Header) WithPadding(on bool) Header {
	if on {
		return h | 0x200
	}
	return h &^ 0x200
}

// WithoutCRC returns the header of a frame that has no checksum.
func (h Header) WithoutCRC() Header { return h | 0x10000 }

// WithVersion returns the header with another MPEG version.
func (h Header) WithVersion(v Version) Header { return h&^(3<<19) | Header(v)<<19 }

// WithMode returns the header with another channel mode and no mode extension.
func (h Header) WithMode(m Mode) Header { return h&^0xF0 | Header(m)<<6 }

// appendTo appends the header's four bytes.
func (h Header) appendTo(b []byte) []byte {
	return append(b, byte(h>>24), byte(h>>16), byte(h>>8), byte(h))
}

// Format returns what two streams must have in common to be joined.
func (h Header) Format() Format {
	return Format{h.Version(), h.SampleRate(), h.Channels(), h.Mode() == DualChannel}
}

// Format is what two streams must have in common to be joined without
// re-encoding. Dual channel is two programmes and so not stereo.
type Format struct {
	Version    Version
	SampleRate int
	Channels   int
	Dual       bool
}

// String returns the format in words: "MPEG-2 24000 Hz mono".
func (f Format) String() string {
	mode := "stereo"
	switch {
	case f.Channels == 1:
		mode = "mono"
	case f.Dual:
		mode = "dual channel"
	}
	return fmt.Sprintf("MPEG-%s %d Hz %s", f.Version, f.SampleRate, mode)
}
