package sound

import "lector/audio/mpeg"

// layerIIRates are the bit rates of MPEG-1 Layer II in kbit/s by index (ISO/IEC 11172-3,
// 2.4.2.3). At the low sampling frequencies those of Layer III hold for both.
var layerIIRates = [16]int{0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384}

// startsWithLayerII reports whether a frame of Layer II stands at the start and another
// behind it.
func startsWithLayerII(data []byte) bool {
	n := layerIISize(data)
	return n > 0 && n < len(data) && layerIISize(data[n:]) > 0
}

// layerIISize returns the length of the Layer II frame that b begins with, or 0. But for
// the layer, its header is that of Layer III.
func layerIISize(b []byte) int {
	const layer, two, three = 0x06, 0x04, 0x02
	if len(b) < mpeg.HeaderSize || b[1]&layer != two {
		return 0
	}
	h, ok := mpeg.ParseHeader([]byte{b[0], b[1]&^layer | three, b[2], b[3]})
	if !ok {
		return 0
	}
	kbps := h.Bitrate()
	if h.Version() == mpeg.V1 {
		kbps = layerIIRates[h.Index()]
	}
	n := 144 * 1000 * kbps / h.SampleRate()
	if n > 0 && h.Padded() {
		n++
	}
	return n
}
