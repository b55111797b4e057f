package audio

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lector/audio/id3"
	"lector/audio/mpeg"
)

func inspect(t *testing.T, b []byte) Report {
	t.Helper()
	r, err := Inspect(t.Context(), bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestInspectEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	b := silentMP3(mono24, 100)
	if _, err := Inspect(ctx, bytes.NewReader(b), int64(len(b))); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestInspectReportsTags(t *testing.T) {
	t.Parallel()
	tag := id3.Tag{
		Title: "A title", Artist: "An author", Language: "en", Comment: "made with AI",
		Text:     map[string]string{disclosureKey: "This audio is created with AI assistance"},
		Chapters: []id3.Chapter{{Title: "One", Start: 0, End: 1500 * time.Millisecond}},
	}
	r := inspect(t, append(tag.Bytes(), silentMP3(mono24, 100)...))
	if r.Tags["title"] != "A title" || r.Tags["language"] != "eng" || r.Disclosure != tag.Text[disclosureKey] {
		t.Errorf("%+v", r)
	}
	if len(r.Chapters) != 1 || r.Chapters[0] != (Chapter{"One", 0, 1.5}) || r.Provenance.State != "unsigned" {
		t.Errorf("%+v", r)
	}
	if r.Frames != 100 || r.Samples != 57600 || r.Duration != 2.4 || r.Bitrate != 48 || !r.CBR || r.Version != "2" || r.Mode != "mono" {
		t.Errorf("%+v", r)
	}
	if r.Loudness != nil || r.TruePeak != nil || len(r.Problems) > 0 {
		t.Errorf("silence: %v LUFS, %v dBTP, %v", r.Loudness, r.TruePeak, r.Problems)
	}
}

// TestInspectPrintsTheContract holds the names that programs read.
func TestInspectPrintsTheContract(t *testing.T) {
	t.Parallel()
	b, err := json.Marshal(inspect(t, silentMP3(mono24, 3)))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"version", "layer", "sample_rate", "channels", "mode", "bitrate", "cbr", "frames", "samples", "duration", "encoder_delay",
		"padding", "loudness", "true_peak", "tags", "chapters", "disclosure", "provenance", "state", "signer", "detail", "problems",
	} {
		if !bytes.Contains(b, []byte(`"`+name+`":`)) {
			t.Errorf("no %s in %s", name, b)
		}
	}
}

func TestInspectFindsProblems(t *testing.T) {
	t.Parallel()
	audio := silentMP3(mono24, 20)
	lame := func(delay, padding int) []byte {
		return mpeg.Info{Frames: 20, Bytes: 21 * 144, Lame: &mpeg.Lame{Encoder: "LAME3.100", Delay: delay, Padding: padding}}.Append(nil, mono24)
	}
	broken := lame(576, 576)
	broken[60] ^= 1
	vbr := append(silentMP3(mono24, 10), silentMP3(mono24.WithIndex(8), 10)...)
	protected := bytes.Clone(audio)
	for i := 0; i < len(protected); i += 144 {
		protected[i+1] &^= 1 // claims a checksum, which is not there
	}
	for _, c := range []struct {
		name string
		file []byte
		kind mpeg.Kind
	}{
		{"stale Info frame", append(mpeg.Info{Frames: 3, Bytes: 999}.Append(nil, mono24), audio...), StaleHeader},
		{"wrong LAME checksum", append(broken, audio...), StaleHeader},
		{"VBR without Xing", vbr, StaleHeader},
		{"truncated", audio[:len(audio)-3], mpeg.Truncated},
		{"garbage", append(append(bytes.Clone(audio), "garbage in between"...), audio...), mpeg.Garbage},
		{"wrong checksums", protected, mpeg.BadChecksum},
		{"Info frame inside", append(append(lame(576, 576), audio...), append(lame(576, 576), audio...)...), StaleHeader},
		{"another Info frame, not counted", append(append(mpeg.Info{}.Append(nil, mono24), audio...), append(lame(576, 576), audio...)...), StaleHeader},
		{"more delay than audio", append(lame(4000, 4000), audio[:144*10]...), StaleHeader},
		{"broken frame in a tag", append([]byte("ID3\x03\x00\x00\x00\x00\x00\x0aTIT2\xff\xff\xff\xff\x00\x00"), audio...), mpeg.BadTag},
		{"chapter behind the end", append(id3.Tag{Chapters: []id3.Chapter{{Title: "x", Start: time.Hour, End: 2 * time.Hour}}}.Bytes(), audio...), mpeg.BadTag},
		{"tag inside", append(append(bytes.Clone(audio), []byte("ID3\x04\x00\x00\x00\x00\x00\x05hello")...), audio...), mpeg.TagInside},
	} {
		r := inspect(t, c.file)
		found := false
		for _, p := range r.Problems {
			found = found || p.Kind == c.kind
		}
		if !found {
			t.Errorf("%s: %v, want %s", c.name, r.Problems, c.kind)
		}
	}
	r := inspect(t, append(lame(576, 1000), audio...))
	if len(r.Problems) > 0 || r.EncoderDelay != 576 || r.Padding != 1000 || r.Samples != 20*576-1576 {
		t.Errorf("gapless: %+v", r)
	}
}

func TestFilesKeepFewOpen(t *testing.T) {
	t.Parallel()
	const most = 16
	shelf := Files{most: most}
	stitchFiles(t, &shelf, 3*most)
	if n := len(shelf.open); n > most {
		t.Errorf("%d files are open", n)
	}
	if err := shelf.Close(); err != nil {
		t.Error(err)
	}
	if _, err := shelf.Part(t.TempDir()); err == nil || !strings.Contains(err.Error(), "not a file") {
		t.Errorf("a directory: %v", err)
	}
}

// stitchFiles stitches n files.
func stitchFiles(t *testing.T, shelf *Files, n int) {
	t.Helper()
	dir := t.TempDir()
	paths := make([]string, n)
	for i := range paths {
		paths[i] = filepath.Join(dir, fmt.Sprint(i, ".mp3"))
		if err := os.WriteFile(paths[i], silentMP3(mono24, 3), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var parts []Part
	for _, path := range paths {
		p, err := shelf.Part(path)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, p)
	}
	p, err := NewPlan(context.Background(), parts, Options{Trim: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Write(context.Background(), io.Discard, nil); err != nil {
		t.Fatal(err)
	}
}

// TestFilesWhereFewMayBeOpen stitches in a process that may have 40 files open.
func TestFilesWhereFewMayBeOpen(t *testing.T) {
	t.Parallel()
	if os.Getenv("LECTOR_TEST_FEW_FILES") != "" {
		var shelf Files
		stitchFiles(t, &shelf, 100)
		if n := len(shelf.open); n == 0 || n >= 40 {
			t.Errorf("%d files are open", n)
		}
		return
	}
	need(t, "sh")
	c := exec.Command("sh", "-c", `ulimit -n 40 && exec "$0" -test.run '^TestFilesWhereFewMayBeOpen$' -test.v`, os.Args[0])
	c.Env = append(os.Environ(), "LECTOR_TEST_FEW_FILES=1")
	if out, err := c.CombinedOutput(); err != nil || !bytes.Contains(out, []byte("--- PASS")) {
		t.Errorf("%v: %s", err, out)
	}
}

func TestWriteFileIsWholeOrNot(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "out.mp3")
	if err := WriteFile(path, func(w io.Writer) error { _, err := w.Write([]byte("one")); return err }); err != nil {
		t.Fatal(err)
	}
	err := WriteFile(path, func(w io.Writer) error {
		_, _ = w.Write([]byte("half of tw"))
		return errFull
	})
	b, readErr := os.ReadFile(path)
	if !errors.Is(err, errFull) || readErr != nil || string(b) != "one" {
		t.Errorf("%v, %v, %q", err, readErr, b)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("left over: %v", left)
	}
}

// TestWriteFileKeepsWhatTheNameIs replaces the content, not a link or the
// permissions, and gives a new file those of any other.
func TestWriteFileKeepsWhatTheNameIs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path, link := filepath.Join(dir, "private.mp3"), filepath.Join(dir, "link.mp3")
	usual, fresh := filepath.Join(dir, "usual"), filepath.Join(dir, "fresh.mp3")
	if err := errors.Join(os.WriteFile(path, nil, 0o600), os.Symlink(path, link), os.WriteFile(usual, nil, 0o666)); err != nil {
		t.Fatal(err)
	}
	one := func(w io.Writer) error { _, err := w.Write([]byte("one")); return err }
	if err := errors.Join(WriteFile(link, one), WriteFile(fresh, one)); err != nil {
		t.Fatal(err)
	}
	mode := func(path string) fs.FileMode {
		info, err := os.Lstat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Mode()
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "one" || mode(path) != 0o600 {
		t.Errorf("%v %q %v", err, b, mode(path))
	}
	if mode(link)&fs.ModeSymlink == 0 || mode(fresh) != mode(usual) {
		t.Errorf("%v %v, want %v", mode(link), mode(fresh), mode(usual))
	}
}

// TestWriteFileNamesWhatWasAsked does not speak of the file beside it.
func TestWriteFileNamesWhatWasAsked(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "nowhere", "out.mp3")
	err := WriteFile(path, func(io.Writer) error { return nil })
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), path+":") {
		t.Errorf("%v", err)
	}
}

// TestOutputIsNoInput refuses the output as a part, also under another name and when no
// more files may be open.
func TestOutputIsNoInput(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	in, link, other := filepath.Join(dir, "in.mp3"), filepath.Join(dir, "link.mp3"), filepath.Join(dir, "other.mp3")
	if err := errors.Join(os.WriteFile(in, nil, 0o600), os.Link(in, link), os.WriteFile(other, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	output, err := Output(in)
	if err != nil {
		t.Fatal(err)
	}
	files := Files{Output: output, most: 1}
	defer files.Close()
	for path, refused := range map[string]bool{in: true, link: true, other: false} {
		if _, err := files.Part(path); errors.Is(err, ErrOverInput) != refused {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, err := Output(dir); err == nil {
		t.Error("a directory is taken for an output")
	}
	if output, err := Output(filepath.Join(dir, "new.mp3")); output != nil || err != nil {
		t.Errorf("a new file: %v, %v", output, err)
	}
}

// fakeEncoder answers with silence in the wanted format, or another.
type fakeEncoder struct {
	h    mpeg.Header
	wav  []byte
	fail error
}

func (f *fakeEncoder) Encode(_ context.Context, wav io.Reader, _, _, _ int) ([]byte, error) {
	var err error
	if f.wav, err = io.ReadAll(wav); err != nil {
		return nil, err
	}
	return silentMP3(f.h, 10), f.fail
}

func TestReencode(t *testing.T) {
	t.Parallel()
	a, b := silentMP3(mono24, 10), silentMP3(stereo44, 10)
	enc := &fakeEncoder{h: mono24}
	p, err := plan(t, Options{Reencode: enc}, a, b)
	if err != nil || p.Timeline().Frames != 20 {
		t.Fatalf("%v %+v", err, p)
	}
	if want := 44 + (10*1152-1105-335)*4; len(enc.wav) != want {
		t.Errorf("the encoder got %d bytes, want %d", len(enc.wav), want)
	}
	if _, err := plan(t, Options{Reencode: &fakeEncoder{h: stereo44}}, a, b); !errors.As(err, new(*FormatError)) {
		t.Errorf("an encoder that answers in another format: %v", err)
	}
	if _, err := plan(t, Options{Reencode: &fakeEncoder{h: mono24, fail: errFull}}, a, b); !errors.Is(err, errFull) {
		t.Errorf("an encoder that fails: %v", err)
	}
	enc.wav = nil
	if _, err = plan(t, Options{Reencode: enc}, a, a); err != nil || enc.wav != nil {
		t.Errorf("parts of one format were encoded: %v", err)
	}
}
