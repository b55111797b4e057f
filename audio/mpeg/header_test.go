package mpeg

import "testing"

func TestHeader(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name                                   string
		b                                      [4]byte
		version                                Version
		kbps, hz, size, side, samples, granule int
		mode                                   Mode
		crc, padded                            bool
	}{
		{"24 kHz mono 48", [4]byte{0xFF, 0xF3, 0x64, 0xC4}, V2, 48, 24000, 144, 9, 576, 1, Mono, false, false},
		{"22.05 kHz mono 32 padded", [4]byte{0xFF, 0xF3, 0x42, 0xC4}, V2, 32, 22050, 105, 9, 576, 1, Mono, false, true},
		{"44.1 kHz joint stereo 128", [4]byte{0xFF, 0xFB, 0x90, 0x64}, V1, 128, 44100, 417, 32, 1152, 2, JointStereo, false, false},
		{"44.1 kHz stereo 128 CRC padded", [4]byte{0xFF, 0xFA, 0x92, 0x04}, V1, 128, 44100, 418, 32, 1152, 2, Stereo, true, true},
		{"48 kHz dual channel 320", [4]byte{0xFF, 0xFB, 0xE4, 0x84}, V1, 320, 48000, 960, 32, 1152, 2, DualChannel, false, false},
		{"32 kHz mono 320", [4]byte{0xFF, 0xFB, 0xEA, 0xC4}, V1, 320, 32000, 1441, 17, 1152, 2, Mono, false, true},
		{"8 kHz mono 16", [4]byte{0xFF, 0xE3, 0x28, 0xC4}, V25, 16, 8000, 144, 9, 576, 1, Mono, false, false},
		{"11.025 kHz stereo 8", [4]byte{0xFF, 0xE3, 0x10, 0x04}, V25, 8, 11025, 52, 17, 576, 1, Stereo, false, false},
	} {
		h, ok := ParseHeader(c.b[:])
		if !ok {
			t.Errorf("%s: no header", c.name)
			continue
		}
		if h.Version() != c.version || h.Bitrate() != c.kbps || h.SampleRate() != c.hz || h.Mode() != c.mode {
			t.Errorf("%s: MPEG-%s, %d kbit/s, %d Hz, %s", c.name, h.Version(), h.Bitrate(), h.SampleRate(), h.Mode())
		}
		if h.Size() != c.size || h.SideInfoSize() != c.side || h.Samples() != c.samples || h.Granules() != c.granule {
			t.Errorf("%s: size %d, side info %d, %d samples, %d granules", c.name, h.Size(), h.SideInfoSize(), h.Samples(), h.Granules())
		}
		if h.crc() != c.crc || h.Padded() != c.padded {
			t.Errorf("%s: CRC %v, padded %v", c.name, h.crc(), h.Padded())
		}
		if got := [4]byte(h.appendTo(nil)); got != c.b {
			t.Errorf("%s: written as % x", c.name, got)
		}
	}
}

func TestNoHeader(t *testing.T) {
	t.Parallel()
	for name, b := range map[string][]byte{
		"short":            {0xFF, 0xF3, 0x64},
		"no sync":          {0xFF, 0x13, 0x64, 0xC4},
		"layer I":          {0xFF, 0xFF, 0x64, 0xC4},
		"layer II":         {0xFF, 0xFD, 0x64, 0xC4},
		"reserved layer":   {0xFF, 0xF9, 0x64, 0xC4},
		"reserved version": {0xFF, 0xEB, 0x64, 0xC4},
		"bit rate 15":      {0xFF, 0xF3, 0xF4, 0xC4},
		"reserved rate":    {0xFF, 0xF3, 0x6C, 0xC4},
		"0xFF throughout":  {0xFF, 0xFF, 0xFF, 0xFF},
		"AAC in ADTS":      {0xFF, 0xF1, 0x50, 0x80},
	} {
		if h, ok := ParseHeader(b); ok {
			t.Errorf("%s: taken for %v", name, h.Format())
		}
	}
}

func TestFreeFormatIsKnown(t *testing.T) {
	t.Parallel()
	h, ok := ParseHeader([]byte{0xFF, 0xF3, 0x04, 0xC4})
	if !ok || h.Bitrate() != 0 || h.Size() != 0 {
		t.Errorf("free format: %v, %d kbit/s, %d bytes", ok, h.Bitrate(), h.Size())
	}
}

func TestPacerKeepsTheBitRate(t *testing.T) {
	t.Parallel()
	for _, b := range [][]byte{{0xFF, 0xFB, 0x90, 0x64}, {0xFF, 0xF3, 0x40, 0xC4}, {0xFF, 0xF3, 0x64, 0xC4}} {
		h, _ := ParseHeader(b)
		var p Pacer
		total := 0
		const frames = 100_000
		for range frames {
			total += p.Next(h).Size()
		}
		exact := float64(h.Samples()) / 8 * float64(h.Bitrate()) * 1000 / float64(h.SampleRate()) * frames
		if d := float64(total) - exact; d > 1 || d < -1 {
			t.Errorf("%v: %d bytes, exactly %.1f", h.Format(), total, exact)
		}
	}
}
