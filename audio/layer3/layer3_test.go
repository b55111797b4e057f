package layer3

import (
	"bytes"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"lector/audio/mpeg"
)

// TestCodesAreComplete holds that every table has a code for whatever bits come, so
// that decoding never fails on a code, and never on two.
func TestCodesAreComplete(t *testing.T) {
	t.Parallel()
	lists := codeLists()
	if len(lists) != 17 {
		t.Errorf("%d tables", len(lists))
	}
	for name, list := range lists {
		sum := 0.0
		for _, code := range list {
			sum += math.Exp2(-float64(len(code)))
		}
		if sum != 1 {
			t.Errorf("table %s: the codes fill %g of what can come", name, sum)
		}
	}
}

// TestTreesFindEachCode looks each code up, with noise behind it.
func TestTreesFindEachCode(t *testing.T) {
	t.Parallel()
	for name, list := range codeLists() {
		if name == "A" || name == "B" {
			continue
		}
		side := int(math.Sqrt(float64(len(list))))
		entries := tree(list)
		for i, code := range list {
			var r bitReader
			for at, bit := range code + "1010110011010101" {
				r.b[at/8] |= byte(bit-'0') << (7 - at%8)
			}
			w := r.window(0)
			e, n := entries[w>>(64-rootBits)], 0
			for e.node != 0 {
				w, n = w<<e.n, n+int(e.n)
				e = entries[int(e.x)+int(e.y)<<8+int(w>>(64-nodeBits))]
			}
			if n+int(e.n) != len(code) || int(e.x) != i/side || int(e.y) != i%side {
				t.Errorf("table %s: %s gives %d, %d in %d bits, want %d, %d", name, code, e.x, e.y, n+int(e.n), i/side, i%side)
			}
		}
	}
}

// TestBandsFillTheGranule checks the layouts of every rate.
func TestBandsFillTheGranule(t *testing.T) {
	t.Parallel()
	if len(allBands()) != 9 {
		t.Errorf("%d rates", len(allBands()))
	}
	for rate, b := range allBands() {
		for k, l := range b.layouts {
			last := 0
			for _, end := range l.ends {
				if end <= last || (end-last)%2 != 0 {
					t.Errorf("%d Hz, layout %d: a band from %d to %d", rate, k, last, end)
				}
				last = end
			}
			if last != lines || len(l.ends) > maxBands {
				t.Errorf("%d Hz, layout %d: %d bands end at %d", rate, k, len(l.ends), last)
			}
		}
	}
}

// TestTransforms compares the fast transforms with the sums that define them.
func TestTransforms(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	var a, fast [18]float32
	var b, quick [32]float32
	for i := range a {
		a[i] = r.Float32() - 0.5
	}
	for i := range b {
		b[i] = r.Float32() - 0.5
	}
	dct4of18(&a, &fast)
	for n := range fast {
		near(t, "DCT-IV of 18", n, fast[n], func(k int) float64 { return math.Pi / 72 * float64((2*n+1)*(2*k+1)) }, a[:])
	}
	dct2of32(&b, &quick)
	for n := range quick {
		near(t, "DCT-II of 32", n, quick[n], func(k int) float64 { return math.Pi / 64 * float64(n*(2*k+1)) }, b[:])
	}
	var six [6]float32
	dct4of6(&a, 1, &six)
	for n := range six {
		near(t, "DCT-IV of 6", n, six[n], func(k int) float64 { return math.Pi / 24 * float64((2*n+1)*(2*k+1)) },
			[]float32{a[1], a[4], a[7], a[10], a[13], a[16]})
	}
}

func near(t *testing.T, name string, n int, got float32, angle func(k int) float64, x []float32) {
	t.Helper()
	want := 0.0
	for k, v := range x {
		want += float64(v) * math.Cos(angle(k))
	}
	if math.Abs(want-float64(got)) > 2e-6 {
		t.Errorf("%s: value %d is %g, want %g", name, n, got, want)
	}
}

// encode returns two seconds of noise and tones as lame's flags say.
func encode(t *testing.T, flags string) (path string) {
	t.Helper()
	need(t, "sox", "lame", "mpg123", "ffmpeg")
	dir := t.TempDir()
	wav, path := filepath.Join(dir, "in.wav"), filepath.Join(dir, "out.mp3")
	run(t, "sox", "-R", "-n", "-r", "44100", "-c", "2", wav, "synth", "2", "sine", "300-3000", "pinknoise", "vol", "0.5",
		"tremolo", "5", "90")
	run(t, "lame", append(append([]string{"--quiet", "-t"}, strings.Fields(flags)...), wav, path)...)
	return path
}

func run(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	var errs bytes.Buffer
	c := exec.CommandContext(t.Context(), name, args...)
	c.Stderr = &errs
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s %v: %v %s", name, args, err, errs.String())
	}
	return out
}

// TestAgreesWithOthers decodes what LAME writes at every rate beside mpg123 and ffmpeg.
// Of 24 kHz mpg123 alone is asked: ffmpeg 5.1 is off by up to 1,245 from the
// reference of the standard's M2L3_compl24.
func TestAgreesWithOthers(t *testing.T) {
	t.Parallel()
	for _, flags := range []string{
		"-m m --resample 8 -b 16", "-m s --resample 8 -b 48", "-m m --resample 11.025 -b 32", "-m s --resample 12 -b 24",
		"-m m --resample 16 -b 32", "-m m --resample 22.05 -b 32", "-m s --resample 22.05 -V 4", "-m m --resample 24 -b 48",
		"-m j --resample 32 -V 2 -p", "-m j --resample 44.1 -b 128", "-m m --resample 44.1 -b 64 --nores", "-m s --resample 48 -b 320",
		"-m d --resample 48 -b 96", "-m j --resample 44.1 -V 9 --allshort", "-m j --resample 24 -V 6 --allshort",
	} {
		t.Run(flags, func(t *testing.T) {
			t.Parallel()
			path := encode(t, flags)
			got, faults := decode(read(t, path))
			if faults > 0 {
				t.Errorf("%d faults", faults)
			}
			others := map[string][]int16{"mpg123": littleEndian(run(t, "mpg123", "-q", "--no-gapless", "-s", path))}
			if !strings.Contains(flags, "--resample 24 ") {
				others["ffmpeg"] = littleEndian(run(t, "ffmpeg", "-v", "error", "-flags2", "skip_manual", "-i", path, "-f", "s16le", "-"))
			}
			for name, samples := range others {
				if len(samples) != len(got) {
					t.Errorf("%d samples, %s has %d", len(got), name, len(samples))
				}
				if count, most := difference(got, samples); most > 1 || count > len(got)/50 {
					t.Errorf("%d of %d samples differ from %s's, by up to %d", count, len(got), name, most)
				}
			}
		})
	}
}

// TestNothingIsAllocated decodes the units of a stream again and again in the same
// memory.
func TestNothingIsAllocated(t *testing.T) { //nolint:paralleltest // allocations are counted for the whole process
	file := read(t, encode(t, "-m j --resample 44.1 -b 128"))
	s := new(mpeg.Scanner)
	s.Reset(bytes.NewReader(file), int64(len(file)))
	var units []mpeg.Unit
	for r := mpeg.NewReader(s); r.Next(); {
		u := r.Unit()
		u.Side, u.Main = bytes.Clone(u.Side), bytes.Clone(u.Main)
		units = append(units, u)
	}
	d := new(Decoder)
	n := testing.AllocsPerRun(2, func() {
		for _, u := range units {
			if _, err := d.Decode(u); err != nil {
				t.Error(err)
			}
		}
	})
	if len(units) < 50 || n > 0 {
		t.Errorf("%g allocations for %d units", n, len(units))
	}
}

// damaged returns a unit with the given bytes of side information and main data.
func damaged(h mpeg.Header, r *rand.Rand) mpeg.Unit {
	u := mpeg.Unit{Header: h, Side: make([]byte, h.SideInfoSize()), Main: make([]byte, mainMost)}
	for i := range u.Side {
		u.Side[i] = byte(r.Uint32())
	}
	for i := range u.Main {
		u.Main[i] = byte(r.Uint32())
	}
	return u
}

// TestNoise decodes units that no encoder wrote: tables that do not exist, too many
// values, reserved block types, scale factors of any length.
func TestNoise(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	kinds := map[error]int{}
	d := new(Decoder)
	for range 20000 {
		h, ok := mpeg.ParseHeader([]byte{0xFF, 0xE3 | byte(r.Uint32()&0x18), 0x90 | byte(r.Uint32()&0xC), byte(r.Uint32())})
		if !ok {
			continue
		}
		out, err := d.Decode(damaged(h, r))
		if len(out) != h.Samples()*h.Channels() {
			t.Fatalf("%d samples", len(out))
		}
		for _, x := range out {
			if math.Abs(float64(x)) > 1e20 || x != x {
				t.Fatalf("sample %g", x)
			}
		}
		for _, kind := range []error{errTable, errBits, errValues} {
			if err != nil && strings.HasSuffix(err.Error(), kind.Error()) {
				kinds[kind]++
			}
		}
	}
	if len(kinds) != 3 {
		t.Errorf("seen: %v", kinds)
	}
}

// TestFaultIsSilence puts a damaged unit between good ones.
func TestFaultIsSilence(t *testing.T) {
	t.Parallel()
	h, _ := mpeg.ParseHeader([]byte{0xFF, 0xF3, 0x64, 0xC4})
	side := make([]byte, 9)
	side[1], side[2], side[3] = 0x7F, 0xFF, 0xFF // part2_3_length of more than there is
	d := new(Decoder)
	out, err := d.Decode(mpeg.Unit{Header: h, Side: side, Main: []byte{1, 2, 3}})
	if err == nil {
		t.Error("no fault")
	}
	for _, x := range out {
		if x != 0 {
			t.Fatalf("sample %g", x)
		}
	}
}

// FuzzDecoder decodes whatever bytes look like frames.
func FuzzDecoder(f *testing.F) {
	for _, b := range [][]byte{{0xFF, 0xF3, 0x64, 0xC4}, {0xFF, 0xFB, 0x50, 0x64}, {0xFF, 0xE3, 0x28, 0xC4}, {0xFF, 0xF3, 0x44, 0x70}} {
		h, _ := mpeg.ParseHeader(b)
		f.Add(bytes.Repeat(mpeg.AppendSilent(nil, h), 3))
		noise := mpeg.AppendSilent(nil, h)
		for i := mpeg.HeaderSize + 1; i < len(noise); i++ {
			noise[i] = byte(i * 37)
		}
		f.Add(bytes.Repeat(noise, 4))
	}
	if files, err := filepath.Glob(filepath.Join(os.Getenv("LECTOR_MEASURE"), "iso-layer3", "*.bit")); err == nil {
		for _, file := range files {
			if b, err := os.ReadFile(file); err == nil {
				f.Add(b[:min(len(b), 4000)])
			}
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		s := new(mpeg.Scanner)
		s.Reset(bytes.NewReader(b), int64(len(b)))
		d := new(Decoder)
		for r := mpeg.NewReader(s); r.Next(); {
			u := r.Unit()
			out, _ := d.Decode(u)
			if len(out) != u.Header.Samples()*u.Header.Channels() {
				t.Fatalf("%d samples of a frame of %d", len(out), u.Header.Samples())
			}
			for _, x := range out {
				if math.Abs(float64(x)) > 1e20 || x != x {
					t.Fatalf("sample %g", x)
				}
			}
		}
	})
}
