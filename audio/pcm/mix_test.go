package pcm

import (
	"encoding/binary"
	"math"
	"slices"
	"testing"
)

// stereo returns a WAV of two channels, of which f makes the second of the first.
func stereo(coding, bits int, sample func(b []byte, x float64) []byte, f func(float64) float64) WAV {
	w := WAV{WAV{NewWAV(nil, 24000, 2).Format, nil}.form(coding, bits), nil}
	for i := range 2400 {
		x := 0.4 * math.Sin(float64(i)/11)
		w.Samples = sample(sample(w.Samples, x), f(x))
	}
	return w
}

func TestMixableTakesOneOfOpposedChannels(t *testing.T) {
	t.Parallel()
	turned := func(x float64) float64 { return -x }
	for name, form := range map[string]struct {
		coding, bits int
		sample       func(b []byte, x float64) []byte
	}{
		"8 bits":  {linear, 8, func(b []byte, x float64) []byte { return append(b, byte(128+int(x*127))) }},
		"16 bits": {linear, 16, func(b []byte, x float64) []byte { return binary.LittleEndian.AppendUint16(b, uint16(int16(x*32000))) }},
		"24 bits": {linear, 24, func(b []byte, x float64) []byte {
			return append(b, binary.LittleEndian.AppendUint32(nil, uint32(int32(x*8e6)))[:3]...)
		}},
		"floats": {float, 32, func(b []byte, x float64) []byte {
			return binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(x)))
		}},
	} {
		for what, second := range map[string]func(float64) float64{
			"the same": func(x float64) float64 { return x }, "softer": func(x float64) float64 { return x / 2 },
			"nothing": func(float64) float64 { return 0 }, "softer and turned": func(x float64) float64 { return -x / 2 },
		} {
			w := stereo(form.coding, form.bits, form.sample, second)
			if got := w.Mixable(); got.channels() != 2 || !slices.Equal(got.Samples, w.Samples) {
				t.Errorf("%s, the second channel has %s: one channel is left", name, what)
			}
		}
		got := stereo(form.coding, form.bits, form.sample, turned).Mixable()
		first := WAV{got.Format, nil}
		for i := range 2400 {
			first.Samples = form.sample(first.Samples, 0.4*math.Sin(float64(i)/11))
		}
		if got.channels() != 1 || got.bytesPerSecond() != int64(3000*form.bits) || !slices.Equal(got.Samples, first.Samples) {
			t.Errorf("%s: %d channels, %d bytes a second, %d bytes", name, got.channels(), got.bytesPerSecond(), len(got.Samples))
		}
	}
	if got := (WAV{NewWAV(nil, 24000, 2).Format, make([]byte, 400)}).Mixable(); got.channels() != 2 {
		t.Error("silence is taken for opposed channels")
	}
}
