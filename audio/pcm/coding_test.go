package pcm

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

// coded returns a WAV of 8000 Hz mono.
func coded(coding, bits int, samples []byte) []byte {
	return WAV{WAV{NewWAV(nil, 8000, 1).Format, nil}.form(coding, bits), samples}.Bytes()
}

// linearOf returns the samples of a WAV that is read as linear ones of 16 bits.
func linearOf(t *testing.T, data []byte) []int16 {
	t.Helper()
	w, err := ReadWAV(data)
	if err != nil {
		t.Fatal(err)
	}
	form := [...]int{w.coding(), w.bits(), w.blockSize(), int(w.bytesPerSecond())}
	if want := [...]int{linear, 16, 2, 16000}; form != want {
		t.Errorf("coding, bits, bytes of a block and of a second are %d, want %d", form, want)
	}
	var out []int16
	for b := w.Samples; len(b) > 0; b = b[2:] {
		out = append(out, int16(binary.LittleEndian.Uint16(b)))
	}
	return out
}

// The values are those of ITU-T G.711, tables 1 and 2, at 16 bits.
func TestLogarithmicSamples(t *testing.T) {
	t.Parallel()
	if got, want := linearOf(t, coded(muLaw, 8, []byte{0x80, 0x00, 0xFF, 0x7F, 0xC0, 0xEF})), []int16{32124, -32124, 0, 0, 1884, 132}; !slices.Equal(got, want) {
		t.Errorf("µ-law: %v, want %v", got, want)
	}
	if got, want := linearOf(t, coded(aLaw, 8, []byte{0xAA, 0x2A, 0xD5, 0x55, 0xC5, 0xF5})), []int16{32256, -32256, 8, -8, 264, 528}; !slices.Equal(got, want) {
		t.Errorf("A-law: %v, want %v", got, want)
	}
}

func TestFloatsOf64Bits(t *testing.T) {
	t.Parallel()
	var doubles, singles []byte
	for _, x := range []float64{0, 0.5, -1, 0.125} {
		doubles = binary.LittleEndian.AppendUint64(doubles, math.Float64bits(x))
		singles = binary.LittleEndian.AppendUint32(singles, math.Float32bits(float32(x)))
	}
	got, err := rewrite(coded(float, 64, doubles))
	if want := coded(float, 32, singles); err != nil || !slices.Equal(got, want) {
		t.Errorf("% x, want % x, %v", got, want, err)
	}
}

// A float that is no level refuses the answer, which another one may replace.
func TestFloatsThatAreNoLevel(t *testing.T) {
	t.Parallel()
	for _, x := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e300} {
		var doubles, singles []byte
		for _, x := range []float64{0.5, 0.25, x} {
			doubles = binary.LittleEndian.AppendUint64(doubles, math.Float64bits(x))
			singles = binary.LittleEndian.AppendUint32(singles, math.Float32bits(float32(x)))
		}
		for _, body := range [][]byte{coded(float, 64, doubles), coded(float, 32, singles)} {
			if _, err := ReadWAV(body); !errors.Is(err, ErrLevel) || errors.Is(err, ErrForm) {
				t.Errorf("%v: %v", x, err)
			}
		}
	}
}

func TestFormsThatAreNotRead(t *testing.T) {
	t.Parallel()
	surround := NewWAV(hum(600), 48000, 6)
	ima := WAV{surround.form(0x11, 4), surround.Samples}
	binary.LittleEndian.PutUint16(ima.Format[2:], 1)
	binary.LittleEndian.PutUint16(ima.Format[12:], 1024)
	for want, body := range map[string][]byte{
		"6 channels":                 surround.Bytes(),
		"IMA ADPCM (0x0011)":         ima.Bytes(),
		"coding (0x1234) of 16 bits": coded(0x1234, 16, hum(100)),
		"(0x0003) of 16 bits":        coded(float, 16, hum(100)),
	} {
		if _, err := ReadWAV(body); !errors.Is(err, ErrForm) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
