package encode

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"lector"
	"lector/audio/pcm"
)

// tone is a second and a half of 440 Hz at 16 kHz mono.
func tone() []byte {
	samples := make([]byte, 0, 48000)
	for i := range 24000 {
		s := int16(8000 * math.Sin(float64(i)*2*math.Pi*440/16000))
		samples = binary.LittleEndian.AppendUint16(samples, uint16(s))
	}
	return samples
}

// only is a lookPath that knows one program.
func only(t *testing.T, name string) func(string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not installed: apt-get install %s", name, name)
	}
	return func(asked string) (string, error) {
		if asked == name {
			return path, nil
		}
		return "", exec.ErrNotFound
	}
}

// frames walks 24 kHz mono 48 kbit/s frames (MPEG-2 layer III, 144 bytes each)
// and fails at anything else: a tag, an Info frame, a borrowed reservoir.
func frames(t *testing.T, mp3 []byte) int {
	t.Helper()
	n := 0
	for ; len(mp3) >= 144; mp3, n = mp3[144:], n+1 {
		if h := binary.BigEndian.Uint32(mp3) &^ 0x2F; h != 0xFFF364C4&^0x2F {
			t.Fatalf("frame %d: header %08x", n, binary.BigEndian.Uint32(mp3))
		}
		if mp3[4] != 0 {
			t.Errorf("frame %d borrows %d bytes of the frame before", n, mp3[4])
		}
	}
	if len(mp3) != 0 {
		t.Errorf("%d bytes behind the last frame", len(mp3))
	}
	return n
}

func TestEncode(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"lame", "ffmpeg"} {
		t.Run(program, func(t *testing.T) {
			t.Parallel()
			e, err := Find(only(t, program))
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(e.Version(), program+" ") || strings.HasSuffix(e.Version(), "unknown") {
				t.Errorf("version %q", e.Version())
			}
			mp3, err := e.Encode(t.Context(), bytes.NewReader(pcm.NewWAV(tone(), 16000, 1).Bytes()), 24000, 1, 48)
			if err != nil {
				t.Fatal(err)
			}
			// 1.5 s are 62.5 frames of 576 samples; the encoder adds its delay.
			if n := frames(t, mp3); n < 63 || n > 67 {
				t.Errorf("%d frames", n)
			}
			if bytes.Contains(mp3, []byte("Info")) || bytes.Contains(mp3, []byte("Xing")) {
				t.Error("has an Info frame")
			}
		})
	}
}

// TestChannels makes stereo of mono and mono of stereo, with either program.
func TestChannels(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"lame", "ffmpeg"} {
		for in := 1; in <= 2; in++ {
			for out := 1; out <= 2; out++ {
				t.Run(fmt.Sprintf("%s, %d to %d", program, in, out), func(t *testing.T) {
					t.Parallel()
					enc, err := Find(only(t, program))
					if err != nil {
						t.Fatal(err)
					}
					mp3, err := enc.Encode(t.Context(), bytes.NewReader(pcm.NewWAV(tone(), 16000, in).Bytes()), 24000, out, 64)
					if err != nil || len(mp3) < 4 {
						t.Fatalf("%d bytes, %v", len(mp3), err)
					}
					if mono := mp3[3]>>6 == 3; mono != (out == 1) {
						t.Errorf("header % x", mp3[:4])
					}
				})
			}
		}
	}
}

func TestUnknownSizes(t *testing.T) {
	t.Parallel()
	e, err := Find(only(t, "lame"))
	if err != nil {
		t.Fatal(err)
	}
	want, err := e.Encode(t.Context(), bytes.NewReader(pcm.NewWAV(tone(), 16000, 1).Bytes()), 24000, 1, 48)
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []uint32{0, 0xFFFFFFFF, 0x7FFFF000, 0x7FFFFFFF, 0x80000000} {
		wav := pcm.NewWAV(tone(), 16000, 1).Bytes()
		binary.LittleEndian.PutUint32(wav[4:], size)
		binary.LittleEndian.PutUint32(wav[40:], size)
		got, err := e.Encode(t.Context(), bytes.NewReader(wav), 24000, 1, 48)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("size %#x: %d bytes, %v; want %d", size, len(got), err, len(want))
		}
	}
}

func TestNothingInstalled(t *testing.T) {
	t.Parallel()
	_, err := Find(func(string) (string, error) { return "", exec.ErrNotFound })
	if err == nil || !strings.Contains(lector.HintOf(err), "apt-get install lame") {
		t.Errorf("%v, hint %q", err, lector.HintOf(err))
	}
	var none Encoder
	if _, err := none.Encode(t.Context(), nil, 24000, 1, 48); !lector.IsPermanent(err) {
		t.Errorf("the zero encoder: %v", err)
	}
}

// script stands in for an encoder. It is read by the shell and not executed
// itself: a file just written may still be open in a forked child.
func script(_ *testing.T, text string) Encoder {
	return Encoder{"/bin/sh", "program 1", func(int, int, int) []string { return []string{"-c", text} }}
}

func TestProgramFails(t *testing.T) {
	t.Parallel()
	wav := pcm.NewWAV(tone(), 16000, 1).Bytes()
	e := script(t, "cat >/dev/null; echo first >&2; echo 'the last word' >&2; exit 3")
	if _, err := e.Encode(t.Context(), bytes.NewReader(wav), 24000, 1, 48); err == nil || !strings.HasSuffix(err.Error(), "exit status 3: the last word") {
		t.Errorf("failing: %v", err)
	}
	e = script(t, "cat >/dev/null")
	if _, err := e.Encode(t.Context(), bytes.NewReader(wav), 24000, 1, 48); err == nil || !strings.Contains(err.Error(), "no audio") {
		t.Errorf("silent: %v", err)
	}
}

// TestProgramSeesNoSecrets: an encoder gets what it needs to run.
func TestProgramSeesNoSecrets(t *testing.T) {
	t.Setenv("AWS_SECRET_ACCESS_KEY", "hunter2")
	t.Setenv("LANG", "C.UTF-8")
	e := script(t, "cat >/dev/null; env")
	seen, err := e.Encode(t.Context(), bytes.NewReader(pcm.NewWAV(tone(), 16000, 1).Bytes()), 24000, 1, 48)
	if err != nil || bytes.Contains(seen, []byte("hunter2")) || !bytes.Contains(seen, []byte("LANG=C.UTF-8\n")) {
		t.Errorf("%v: sees %s", err, seen)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "lame")
	syscall.ForkLock.RLock() // no child may hold it open for writing
	err = os.WriteFile(path, []byte("#!/bin/sh\nenv >"+dir+"/env; echo version 1\n"), 0o700)
	syscall.ForkLock.RUnlock()
	if err != nil {
		t.Fatal(err)
	}
	if got := version(path, "--version"); got != "1" {
		t.Errorf("version %s", got)
	}
	seen, err = os.ReadFile(dir + "/env")
	if err != nil || bytes.Contains(seen, []byte("hunter2")) || !bytes.Contains(seen, []byte("PATH=")) {
		t.Errorf("%v: sees %s", err, seen)
	}
}

func TestKilledByContext(t *testing.T) {
	t.Parallel()
	for name, program := range map[string]string{
		"program": "echo up >DIR/started; exec tail -f /dev/null",
		// What it starts holds the output, and is not killed with it.
		"script": "cat DIR/held & echo up >DIR/started; wait",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			killedByContext(t, program)
		})
	}
}

func killedByContext(t *testing.T, program string) {
	dir := t.TempDir()
	started, held := filepath.Join(dir, "started"), filepath.Join(dir, "held")
	if err := errors.Join(syscall.Mkfifo(started, 0o600), syscall.Mkfifo(held, 0o600)); err != nil {
		t.Fatal(err)
	}
	open, err := os.OpenFile(held, os.O_RDWR, 0) // until the end of the test
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	e := script(t, strings.ReplaceAll(program, "DIR", dir))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		_, err := e.Encode(ctx, bytes.NewReader(pcm.NewWAV(tone(), 16000, 1).Bytes()), 24000, 1, 48)
		ended <- err
	}()
	if up, err := os.ReadFile(started); err != nil || string(up) != "up\n" { // waits for the program
		t.Fatalf("%q, %v", up, err)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
