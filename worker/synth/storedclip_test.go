package synth

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"lector"
	"lector/audio"
)

var storedVersion = flag.String("stored-version", "", "write the golden file of a `VERSION` that has none")

// storedClip is what is kept of a clip: its frames, its marks and what it sounds like.
func storedClip() (mp3 []byte, marks []lector.Mark, a *audio.Analysis) {
	marks = []lector.Mark{{Kind: lector.WordMark, At: 1500 * time.Millisecond, Start: 3, End: 300}, {Kind: lector.WordMark, At: 2 * time.Second, Start: 301, End: 305}}
	a = &audio.Analysis{
		SampleRate: 24000, Channels: 1, Duration: time.Second, Loudness: -19, TruePeak: -1.5, Sound: audio.Span{Start: 1e7, End: 9e8},
		Silent: true, Clipped: 2, Faults: 1, Envelope: []float32{.25, .5}, Step: 10 * time.Millisecond,
	}
	return bytes.Repeat([]byte{0xFF, 0xF3, 0x64, 0xC4}, 20), marks, a
}

// TestStoredClipsOfEachVersion: a clip is written as its newest golden file is, and those
// of all versions are read: a clip that could not be would be paid for again.
func TestStoredClipsOfEachVersion(t *testing.T) {
	t.Parallel()
	mp3, marks, a := storedClip()
	clip, err := embed(mp3, marks, a, "worker-1-abcd")
	if err != nil {
		t.Fatal(err)
	}
	if *storedVersion != "" {
		writeStoredClip(t, filepath.Join("testdata", "stored", *storedVersion), clip)
	}
	names, err := filepath.Glob("testdata/stored/*/clip.mp3")
	if err != nil || len(names) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	newest := false
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		newest = newest || bytes.Equal(data, clip)
		frames, read, kept, err := split(data)
		same := err == nil && bytes.Equal(frames, mp3) && slices.Equal(read, marks)
		if !same || kept == nil || !bytes.Equal(kept.Keep(frames), a.Keep(mp3)) {
			t.Errorf("%s: %d bytes, %+v, %+v, %v", name, len(frames), read, kept, err)
		}
	}
	if !newest {
		t.Error("a clip is written otherwise than in every golden file: run this test with -stored-version, and the version in CHANGELOG.md that is not released yet")
	}
}

// writeStoredClip writes a golden file, and fails where there is one.
func writeStoredClip(t *testing.T, dir string, clip []byte) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "clip.mp3"), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Write(clip); err != nil {
		t.Fatal(err)
	}
}
