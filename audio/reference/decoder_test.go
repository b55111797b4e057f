package reference

import (
	"bytes"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"lector/audio/mpeg"
)

func need(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			t.Skipf("SKIPPED: %s is not installed: apt-get install sox lame mpg123", p)
		}
	}
}

// scanner returns a scanner of a whole file.
func scanner(b []byte) *mpeg.Scanner {
	s := new(mpeg.Scanner)
	s.Reset(bytes.NewReader(b), int64(len(b)))
	return s
}

func decode(b []byte) (samples []int16, faults int) {
	d := NewDecoder(mpeg.NewReader(scanner(b)))
	for d.Next() {
		samples = append(samples, d.Samples()...)
		if d.fault != nil {
			faults++
		}
	}
	return samples, faults
}

// TestDecoderAgreesWithMPG123 has the cases in which go-mp3 fails on the file
// itself: padded frames at 22.05 kHz, an Info frame, CRC, MPEG-2.5.
func TestDecoderAgreesWithMPG123(t *testing.T) {
	t.Parallel()
	need(t, "sox", "lame", "mpg123")
	dir := t.TempDir()
	wav := filepath.Join(dir, "in.wav")
	run(t, "sox", "-n", "-r", "44100", "-c", "2", wav, "synth", "2", "sine", "300-3000", "pinknoise", "vol", "0.5")
	for _, flags := range []string{
		"-m m --resample 22.05 -b 32", "-m m --resample 22.05 -b 16", "-m s --resample 22.05 -V 4", "-m m --resample 24 -b 48",
		"-m m --resample 16 -b 32", "-m j --resample 44.1 -b 128", "-m s --resample 48 -b 320", "-m j --resample 32 -V 2 -p",
		"-m m --resample 11.025 -b 32", "-m s --resample 12 -b 24", "-m m --resample 44.1 -b 64 --nores",
	} {
		mp3 := filepath.Join(dir, strings.ReplaceAll(flags, " ", "")+".mp3")
		run(t, "lame", append(append([]string{"--quiet", "-t"}, strings.Fields(flags)...), wav, mp3)...)
		b, err := os.ReadFile(mp3)
		if err != nil {
			t.Fatal(err)
		}
		got, faults := decode(b)
		want := run(t, "mpg123", "-q", "--no-gapless", "-s", mp3)
		if len(got) != len(want)/2 || faults > 0 {
			t.Errorf("%s: %d samples, mpg123 %d, %d faults", flags, len(got), len(want)/2, faults)
			continue
		}
		worst := 0
		for i, x := range got {
			d := int(x) - int(int16(binary.LittleEndian.Uint16(want[2*i:])))
			worst = max(worst, d, -d)
		}
		if worst > 8 {
			t.Errorf("%s: samples differ from mpg123's by up to %d", flags, worst)
		}
	}
}

func run(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	var errs bytes.Buffer
	c := exec.Command(name, args...)
	c.Stderr = &errs
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s %v: %v %s", name, args, err, errs.String())
	}
	return out
}

// TestDecoderSurvives decodes frames of noise: as many as there are, some with
// faults.
func TestDecoderSurvives(t *testing.T) {
	t.Parallel()
	h, _ := mpeg.ParseHeader([]byte{0xFF, 0xF3, 0x64, 0xC4})
	frame := mpeg.AppendSilent(nil, h)
	for i := mpeg.HeaderSize + 1; i < len(frame); i++ {
		frame[i] = byte(i * 37)
	}
	samples, faults := decode(bytes.Repeat(frame, 50))
	if len(samples) != 50*576 || faults == 50 {
		t.Errorf("%d samples, %d faults", len(samples), faults)
	}
}

func TestDecodable(t *testing.T) {
	t.Parallel()
	for b, want := range map[[4]byte]bool{
		{0xFF, 0xE3, 0x28, 0xC4}: false, // 8 kHz
		{0xFF, 0xE3, 0x20, 0xC4}: true,  // 11.025 kHz
		{0xFF, 0xF3, 0x64, 0xC4}: true,
	} {
		if h, _ := mpeg.ParseHeader(b[:]); Decodable(h) != want {
			t.Errorf("%v: %v", h.Format(), !want)
		}
	}
}

func FuzzDecoder(f *testing.F) {
	h, _ := mpeg.ParseHeader([]byte{0xFF, 0xF3, 0x64, 0xC4})
	j, _ := mpeg.ParseHeader([]byte{0xFF, 0xFB, 0x50, 0x64})
	f.Add(bytes.Repeat(mpeg.AppendSilent(nil, h), 3))
	f.Add(bytes.Repeat(mpeg.AppendSilent(nil, j), 3))
	f.Fuzz(func(t *testing.T, b []byte) {
		n, s := 0, scanner(b)
		for s.Next() {
			n += s.Frame().Header.Samples() * s.Frame().Header.Channels()
		}
		if samples, _ := decode(b); len(samples) != n {
			t.Fatalf("%d samples of %d", len(samples), n)
		}
	})
}
