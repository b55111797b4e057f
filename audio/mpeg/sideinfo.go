package mpeg

// SideInfo is a view of a frame's side information (ISO/IEC 11172-3, 2.4.1.7;
// 13818-3, 2.4.1.7). It reads and changes the bytes it was made of.
type SideInfo struct {
	h Header
	b []byte
}

// SideInfoOf returns the side information of a whole frame.
func SideInfoOf(h Header, frame []byte) SideInfo {
	at := h.sideInfoOffset()
	return SideInfo{h, frame[at : at+h.SideInfoSize()]}
}

// Bits of the fields in front of the granules, by channels-1: main_data_begin,
// private_bits and scfsi.
var (
	leadV1  = [2]int{9 + 5 + 4, 9 + 3 + 8}
	leadLSF = [2]int{8 + 1, 8 + 2}
)

// Bits of one granule of one channel (2.4.1.7; 13818-3 codes
// scalefac_compress in 9 bits and has no preflag).
const (
	granuleV1  = 59
	granuleLSF = 63
)

// granule returns the bit offset of the n-th granule, channels running faster.
func (s SideInfo) granule(n int) int {
	if s.h.Version() == V1 {
		return leadV1[s.h.Channels()-1] + n*granuleV1
	}
	return leadLSF[s.h.Channels()-1] + n*granuleLSF
}

// granules returns the number of granules times channels.
func (s SideInfo) granules() int { return s.h.Granules() * s.h.Channels() }

// MainDataBegin returns how many bytes before this frame's own slots its main
// data begins.
func (s SideInfo) MainDataBegin() int { return getBits(s.b, 0, 9-lsf(s.h.Version())) }

// setMainDataBegin replaces main_data_begin; n must not exceed the header's
// Reservoir.
func (s SideInfo) setMainDataBegin(n int) { setBits(s.b, 0, 9-lsf(s.h.Version()), n) }

// MainBits returns the length of the main data in bits: the sum of
// part2_3_length over granules and channels.
func (s SideInfo) MainBits() int {
	sum := 0
	for n := range s.granules() {
		sum += s.part23(n)
	}
	return sum
}

// mainSize returns the length of the main data in bytes.
func (s SideInfo) mainSize() int { return (s.MainBits() + 7) / 8 }

// part23 returns part2_3_length of the n-th granule: its bits of scale factors
// and Huffman codes. A granule with none is digital silence.
func (s SideInfo) part23(n int) int { return getBits(s.b, s.granule(n), 12) }

// bigValues returns big_values of the n-th granule. More than 288 pairs do not
// fit into its 576 lines.
func (s SideInfo) bigValues(n int) int { return getBits(s.b, s.granule(n)+12, 9) }

// gain returns global_gain of the n-th granule; one step is a factor of
// 2^(1/4), 1.505 dB (2.4.3.4.7.1).
func (s SideInfo) gain(n int) int { return getBits(s.b, s.granule(n)+21, 8) }

// setGain replaces global_gain of the n-th granule.
func (s SideInfo) setGain(n, gain int) { setBits(s.b, s.granule(n)+21, 8, gain) }

// Sound reports whether the values a decoder would read blindly are possible: no
// more than a granule's lines, and no window switched to the type that is not
// switched, for which decoders throw the frame away.
func (s SideInfo) Sound() bool {
	for n := range s.granules() {
		if s.bigValues(n) > 288 || s.window(n) == switched {
			return false
		}
	}
	return true
}

// switched is window_switching_flag set and block_type 0.
const switched = 0b100

// window returns window_switching_flag and the two bits behind it, block_type if
// the flag is set, of the n-th granule.
func (s SideInfo) window(n int) int {
	scalefac := 4
	if s.h.Version() != V1 {
		scalefac = 9
	}
	return getBits(s.b, s.granule(n)+12+9+8+scalefac, 3)
}

// Silence clears everything: the frame then has no main data and decodes to
// digital zero.
func (s SideInfo) Silence() { clear(s.b) }

// GainRange returns the lowest and the highest global_gain of granules that
// have data. Without one, low exceeds high.
func (s SideInfo) GainRange() (low, high int) {
	low, high = 256, -1
	for n := range s.granules() {
		if s.part23(n) > 0 {
			g := s.gain(n)
			low, high = min(low, g), max(high, g)
		}
	}
	return low, high
}

// AddGain makes all granules that have data louder by steps of 1.505 dB. The
// caller has checked with GainRange that none leaves 0–255. AddGain(-n) undoes
// AddGain(n) exactly.
func (s SideInfo) AddGain(steps int) {
	if steps == 0 {
		return
	}
	for n := range s.granules() {
		if s.part23(n) > 0 {
			s.setGain(n, s.gain(n)+steps)
		}
	}
}
