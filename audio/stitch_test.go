package audio

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"lector/audio/mpeg"
)

var (
	mono24   = mpeg.Header(0xFFF364C4)
	stereo44 = mpeg.Header(0xFFFB9064)
	mono8    = mpeg.Header(0xFFE328C4)
)

func plan(t testing.TB, opt Options, files ...[]byte) (*Plan, error) {
	t.Helper()
	parts := make([]Part, len(files))
	for i, b := range files {
		parts[i] = bytesPart(fmt.Sprintf("%c.mp3", 'a'+i), b)
	}
	return NewPlan(context.Background(), parts, opt)
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	good := silentMP3(mono24, 10)
	for _, c := range []struct {
		name  string
		files [][]byte
		part  int
		is    error
		says  string
	}{
		{"empty file", [][]byte{good, {}}, 1, mpeg.ErrNoAudio, "part 2 (b.mp3): the file is empty"},
		{"tag only", [][]byte{[]byte("ID3\x04\x00\x00\x00\x00\x00\x05hello")}, 0, mpeg.ErrNoAudio, "part 1 (a.mp3)"},
		{"text", [][]byte{good, []byte("Once upon a time.")}, 1, mpeg.ErrNoAudio, "this is text"},
		{"HTML", [][]byte{[]byte("<!doctype html><title>502</title>")}, 0, mpeg.ErrNoAudio, "this is HTML"},
		{"JSON", [][]byte{[]byte(`{"error": "quota"}`)}, 0, mpeg.ErrNoAudio, "this is JSON"},
		{"Info frame only", [][]byte{mpeg.Info{Frames: 3}.Append(nil, mono24)}, 0, mpeg.ErrNoAudio, "nothing behind it"},
		{"free format", [][]byte{bytes.Repeat(append([]byte{0xFF, 0xF3, 0x04, 0xC4}, make([]byte, 96)...), 9)}, 0, mpeg.ErrFreeFormat, "at byte 0"},
		{"another format inside", [][]byte{append(silentMP3(mono24, 9), silentMP3(stereo44, 9)...)}, 0, nil, "at byte 1296: format switch"},
	} {
		_, err := plan(t, Options{}, c.files...)
		var p *PartError
		if !errors.As(err, &p) || p.Index != c.part || c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if _, err := plan(t, Options{}); !errors.Is(err, ErrNoParts) {
		t.Errorf("no parts: %v", err)
	}
}

func TestFormatErrorNamesBoth(t *testing.T) {
	t.Parallel()
	for _, other := range []mpeg.Header{stereo44, mono8, mono24.WithMode(mpeg.Stereo), 0xFFF368C4, mono24.WithMode(mpeg.DualChannel)} {
		_, err := plan(t, Options{Trim: true}, silentMP3(mono24, 5), silentMP3(other.WithPadding(false), 5))
		var f *FormatError
		if !errors.As(err, &f) || f.Want != mono24.Format() || f.Got != other.Format() {
			t.Errorf("%v: %v", other.Format(), err)
		}
	}
}

func TestStereoAndJointStereoAreOne(t *testing.T) {
	t.Parallel()
	p, err := plan(t, Options{}, silentMP3(stereo44.WithMode(mpeg.Stereo), 5), silentMP3(stereo44, 5))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := p.Write(context.Background(), &b, nil); err != nil {
		t.Fatal(err)
	}
	r, err := InspectFrames(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil || r.Frames != 10 || r.Mode != "joint stereo" {
		t.Errorf("%v %+v", err, r)
	}
}

func TestOneFrameParts(t *testing.T) {
	t.Parallel()
	for _, opt := range []Options{{}, {Trim: true}, {Trim: true, Pauses: true}} {
		one := silentMP3(mono24, 1)
		p, err := plan(t, opt, one, one, one)
		if err != nil || p.Timeline().Frames < 3 {
			t.Errorf("%+v: %v, %+v", opt, err, p)
		}
	}
}

func TestSilentPartsStay(t *testing.T) {
	t.Parallel()
	p, err := plan(t, Options{Trim: true}, silentMP3(mono24, 50), silentMP3(mono24, 50))
	if err != nil || p.Timeline().Frames != 100 {
		t.Errorf("%v %+v", err, p.Timeline())
	}
}

// TestEightKilohertz stitches and levels what go-mp3 could not decode.
func TestEightKilohertz(t *testing.T) {
	t.Parallel()
	p, err := plan(t, Options{Trim: true, Pauses: true}, silentMP3(mono8, 20), silentMP3(mono8, 20))
	if err != nil || p.Timeline().Frames < 40 {
		t.Errorf("%v %+v", err, p)
	}
	if all := p.Problems(); len(all) > 0 {
		t.Errorf("problems: %v", all)
	}
	if _, err = plan(t, Options{Loudness: &Level{-19, -1}}, silentMP3(mono8, 20)); err != nil {
		t.Errorf("levelled: %v", err)
	}
	b := silentMP3(mono8, 20)
	r, err := Inspect(t.Context(), bytes.NewReader(b), int64(len(b)))
	if err != nil || len(r.Problems) > 0 || r.Loudness != nil {
		t.Errorf("%v %+v", err, r)
	}
}

// TestTruncatedAnywhere cuts a small file at every byte and stitches what is
// left between two whole ones.
func TestTruncatedAnywhere(t *testing.T) {
	t.Parallel()
	withoutRace(t)
	good := silentMP3(mono24, 4)
	file := append([]byte("ID3\x04\x00\x00\x00\x00\x00\x05hello"), mpeg.Info{Frames: 4, Bytes: 5 * 144}.Append(nil, mono24)...)
	file = append(append(file, good...), append([]byte("TAG"), make([]byte, 125)...)...)
	for n := range file {
		for _, opt := range []Options{{}, {Trim: true}} {
			checkStitch(t, opt, good, file[:n], good)
		}
	}
}

// checkStitch holds that a stitch fails with the part's name or yields a file
// that is whole.
func checkStitch(t *testing.T, opt Options, files ...[]byte) {
	t.Helper()
	p, err := plan(t, opt, files...)
	if err != nil {
		if !errors.As(err, new(*PartError)) {
			t.Fatalf("not a part's error: %v", err)
		}
		return
	}
	var b bytes.Buffer
	if n, err := p.Write(context.Background(), &b, nil); err != nil || n != p.Size() {
		t.Fatalf("planned but not written: %d of %d, %v", n, p.Size(), err)
	}
	r, err := InspectFrames(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil || r.Frames != p.Timeline().Frames || r.Samples != p.Timeline().Samples {
		t.Fatalf("%v: %d frames, planned %d", err, r.Frames, p.Timeline().Frames)
	}
}

func TestRandomDamage(t *testing.T) {
	t.Parallel()
	withoutRace(t)
	file := mpeg.Info{Frames: 40, Bytes: 41 * 144}.Append(nil, mono24)
	file = append(file, silentMP3(mono24, 40)...)
	r := rand.New(rand.NewPCG(4, 2))
	for range 300 {
		b := bytes.Clone(file)
		for range 1 + r.IntN(40) {
			b[r.IntN(len(b))] ^= 1 << r.IntN(8)
		}
		checkStitch(t, Options{Trim: true, Pauses: r.IntN(2) == 0}, b, file, b)
	}
}

func FuzzStitch(f *testing.F) {
	f.Add(silentMP3(mono24, 5), silentMP3(mono24, 3), true)
	f.Add(silentMP3(stereo44, 3), append([]byte("ID3\x04\x00\x00\x00\x00\x00\x05hello"), silentMP3(stereo44, 3)...), false)
	f.Add(append(silentMP3(mono24, 3), silentMP3(mono8, 3)...), []byte("{}"), true)
	f.Fuzz(func(t *testing.T, a, b []byte, trim bool) {
		checkStitch(t, Options{Trim: trim}, a, b)
	})
}

// failing fails after n bytes, as a full disk does.
type failing struct{ n int }

var errFull = errors.New("no space left on device")

func (f *failing) Write(b []byte) (int, error) {
	if f.n -= len(b); f.n < 0 {
		return 0, errFull
	}
	return len(b), nil
}

func TestWriteReturnsTheWritersError(t *testing.T) {
	t.Parallel()
	p, err := plan(t, Options{}, silentMP3(mono24, 5000))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Write(context.Background(), &failing{300_000}, nil); !errors.Is(err, errFull) {
		t.Errorf("error %v", err)
	}
}

// shrinking has fewer bytes at the second reading.
type shrinking struct {
	io.ReaderAt
	reads int
}

func (s *shrinking) ReadAt(b []byte, off int64) (int, error) {
	if s.reads--; s.reads < 0 {
		return 0, io.EOF
	}
	return s.ReaderAt.ReadAt(b, off)
}

func TestPartThatChanges(t *testing.T) {
	t.Parallel()
	b := silentMP3(mono24, 20)
	source := &shrinking{bytes.NewReader(b), 1000}
	p, err := NewPlan(context.Background(), []Part{{Name: "a", Source: source, Size: int64(len(b))}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	source.reads = 0
	if _, err := p.Write(context.Background(), io.Discard, nil); !errors.Is(err, errChanged) {
		t.Errorf("error %v", err)
	}
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := NewPlan(ctx, []Part{bytesPart("a", silentMP3(mono24, 9))}, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestStrictRefusesDamage(t *testing.T) {
	t.Parallel()
	b := silentMP3(mono24, 9)
	_, err := plan(t, Options{Strict: true}, b, b[:len(b)-1])
	var p *PartError
	if !errors.As(err, &p) || p.Index != 1 || p.Offset != 8*144 || !errors.As(err, new(*DamageError)) {
		t.Errorf("error %v", err)
	}
	lax, err := plan(t, Options{}, b, b[:len(b)-1])
	if err != nil || len(lax.Problems()) != 1 || lax.Problems()[0].Part != "b.mp3" {
		t.Errorf("%v %+v", err, lax)
	}
}

// TestLostDataIsTold stitches a part that begins in the middle of a stream, and
// one with a gap: frames whose data is not there are named.
func TestLostDataIsTold(t *testing.T) {
	t.Parallel()
	need(t, "lame")
	part := filePart(t, clips.clip(t, 0, format{"24", "m", "-b 48", "-t"}))
	b := make([]byte, part.Size)
	if _, err := part.Source.ReadAt(b, 0); err != nil {
		t.Fatal(err)
	}
	for name, damaged := range map[string][]byte{
		"start cut off": cutOut(t, b, 10, 1000),
		"gap":           slices.Concat(cutOut(t, b, 0, 10), []byte("no frame"), cutOut(t, b, 10, 1000)),
	} {
		p, err := plan(t, Options{Trim: true}, b, damaged)
		if err != nil {
			t.Fatal(err)
		}
		told := slices.ContainsFunc(p.Problems(), func(x PartProblem) bool { return x.Kind == mpeg.LostData })
		if !told {
			t.Errorf("%s: %v", name, p.Problems())
		}
		if _, err := plan(t, Options{Strict: true}, b, damaged); !errors.As(err, new(*DamageError)) {
			t.Errorf("%s, strict: %v", name, err)
		}
	}
}

// TestFramesThatDecodersThrowAway has one bit wrong, for which ffmpeg drops a frame:
// the decoded length must be what was said all the same.
func TestFramesThatDecodersThrowAway(t *testing.T) {
	t.Parallel()
	need(t, "lame", "ffmpeg", "ffprobe", "mpg123", "mp3val")
	part := filePart(t, clips.clip(t, 0, format{"24", "m", "-b 48", "-t --nores"}))
	b := make([]byte, part.Size)
	if _, err := part.Source.ReadAt(b, 0); err != nil {
		t.Fatal(err)
	}
	frame := b[20*144:]
	frame[4+5] |= 0x01  // bit 47 of the side information in LSF mono: window switching
	frame[4+6] &^= 0xC0 // to type 0
	for _, trim := range []bool{true, false} {
		p, path := write(t, []Part{bytesPart("damaged", b), part}, Options{Trim: trim})
		if decoded := judge(t, p, path); len(decoded) == 0 || len(p.Problems()) == 0 {
			t.Errorf("problems: %v", p.Problems())
		}
	}
}

// TestCopyMode copies every frame of the parts as it is.
func TestCopyMode(t *testing.T) {
	t.Parallel()
	parts := clips.parts(t, 3, format{"24", "m", "-b 48", ""})
	p, path := write(t, parts, Options{})
	judgeParts(t, p, judge(t, p, path))
	frames := 0
	for _, s := range p.streams {
		frames += s.frames
	}
	if p.Timeline().Frames != frames {
		t.Errorf("%d frames of %d", p.Timeline().Frames, frames)
	}
}

// TestKeepMode holds that the parts' own silences stay within half a frame, where
// they have some to give.
func TestKeepMode(t *testing.T) {
	t.Parallel()
	withoutRace(t)
	need(t, "sox", "lame")
	wav := clips.make("kept.wav", func(p string) { run(t, "sox", clips.wav(t, 0, "m"), p, "pad", "0.2", "0.3") })
	mp3 := clips.make("kept.mp3", func(p string) { run(t, "lame", "--quiet", "--resample", "24", "-b", "64", wav, p) })
	part := filePart(t, mp3)
	p, path := write(t, []Part{part, part, part}, Options{Trim: true})
	judgeParts(t, p, judge(t, p, path))
	for i, placed := range p.Timeline().Parts[1:] {
		before := p.Timeline().Parts[i]
		own := p.streams[0].edges.first - p.streams[0].delay() + p.streams[0].raw() - p.streams[0].trail() - p.streams[0].edges.last - 1
		d := placed.Sound.Start - before.Sound.End - lasting(int64(own), 24000)
		if d.Abs() > 12*time.Millisecond+time.Microsecond {
			t.Errorf("join %d is off by %v", i, d)
		}
	}
}

// cutOut returns frames [from, to) of an MP3.
func cutOut(t *testing.T, b []byte, from, to int) []byte {
	t.Helper()
	s, err := scan(context.Background(), bytesPart("", b), &mpeg.Scanner{})
	if err != nil {
		t.Fatal(err)
	}
	begin, err := s.offset(from)
	end, err2 := s.offset(min(to, s.frames))
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	return b[begin:end]
}

// TestPartsCutInSpeech joins parts that begin and end in the middle of a word:
// they go on sounding behind their last frame, and have no silence of their own to
// keep the part before out of their first.
func TestPartsCutInSpeech(t *testing.T) {
	t.Parallel()
	withoutRace(t)
	need(t, "lame")
	for _, f := range []format{{"24", "m", "-b 64", "--nores"}, {"44.1", "j", "-b 128", "--nores"}} {
		whole := filePart(t, clips.clip(t, 0, f))
		b := make([]byte, whole.Size)
		if _, err := whole.Source.ReadAt(b, 0); err != nil {
			t.Fatal(err)
		}
		parts := []Part{
			bytesPart("loud end", cutOut(t, b, 0, 40)),
			bytesPart("loud start", cutOut(t, b, 20, 1000)),
			bytesPart("both", cutOut(t, b, 20, 40)),
			whole,
		}
		for i := range parts {
			parts[i].Pause = 120 * time.Millisecond
		}
		p, path := write(t, parts, Options{Trim: true, Pauses: true})
		judgeParts(t, p, judge(t, p, path))
	}
}

// TestHeadsGoWhereTheirSlotsAreNotNeeded joins parts of a constant bit rate that
// borrow from the frames in front of their first sound: room is found in the part
// before, and what the encoder put in front goes all the same. In front of the
// first nothing can give room.
func TestHeadsGoWhereTheirSlotsAreNotNeeded(t *testing.T) {
	t.Parallel()
	withoutRace(t)
	need(t, "lame")
	for _, bits := range []string{"-b 48", "-b 64", "-b 96"} {
		f := format{"24", "m", bits, "-t"}
		parts := append(clips.parts(t, len(sentences), f), clips.padded(t, f))
		p, path := write(t, append(parts, parts...), Options{Trim: true})
		judgeParts(t, p, judge(t, p, path))
		for i, c := range p.cuts[1:] {
			if c.held > 0 {
				t.Errorf("%s: part %d keeps %d frames of its head", bits, i+1, c.held)
			}
		}
	}
}

// TestMixedBitrates lays parts of several bit rates into one stream.
func TestMixedBitrates(t *testing.T) {
	t.Parallel()
	withoutRace(t)
	var parts []Part
	for i, bits := range []string{"-b 48", "-V 4", "-b 128", "-b 64"} {
		p := filePart(t, clips.clip(t, i, format{"24", "m", bits, ""}))
		p.Pause = 300 * time.Millisecond
		parts = append(parts, p)
	}
	p, path := write(t, parts, Options{Trim: true, Pauses: true})
	judgeParts(t, p, judge(t, p, path))
}

// TestManyParts stitches as many clips as a book has.
func TestManyParts(t *testing.T) {
	t.Parallel()
	withoutRace(t)
	for _, n := range []int{1, 2, 40, 300} {
		parts := clips.parts(t, n, format{"24", "m", "-b 48", "-t"})
		for i := range parts {
			parts[i].Pause = 250 * time.Millisecond
		}
		p, path := write(t, parts, Options{Trim: true, Pauses: true})
		if decoded := judge(t, p, path); n <= 40 {
			judgeParts(t, p, decoded)
		}
	}
}

// TestDroppedHeadsThatFindNoRoom has leading silence in whose slots the first
// sound's data lies.
func TestLeadingSilence(t *testing.T) {
	t.Parallel()
	withoutRace(t)
	need(t, "sox", "lame")
	for _, bits := range []string{"-b 48", "-b 128", "-V 2"} {
		part := clips.padded(t, format{"24", "m", bits, ""})
		part.Pause = 200 * time.Millisecond
		p, path := write(t, []Part{part, part, part}, Options{Trim: true, Pauses: true})
		judgeParts(t, p, judge(t, p, path))
	}
}

// TestKnownAnalysisSparesDecoding gives the same plan.
func TestKnownAnalysisSparesDecoding(t *testing.T) {
	t.Parallel()
	parts := clips.parts(t, 3, format{"24", "m", "-b 48", ""})
	fresh, err := NewPlan(context.Background(), parts, Options{Trim: true})
	if err != nil {
		t.Fatal(err)
	}
	for i := range parts {
		if parts[i].Known, err = Analyze(context.Background(), parts[i].Source, parts[i].Size); err != nil {
			t.Fatal(err)
		}
	}
	known, err := NewPlan(context.Background(), parts, Options{Trim: true})
	if err != nil {
		t.Fatal(err)
	}
	if a, b := fmt.Sprintf("%+v", fresh.Timeline()), fmt.Sprintf("%+v", known.Timeline()); a != b {
		t.Errorf("\n%s\n%s", a, b)
	}
}

// TestLevelling has ffmpeg's meter judge what levelling reached.
func TestLevelling(t *testing.T) {
	t.Parallel()
	withoutRace(t)
	need(t, "ffmpeg", "sox", "lame")
	for _, f := range []format{{"24", "m", "-b 48", ""}, {"44.1", "j", "-b 128", ""}} {
		var parts []Part
		for i := range 6 { // voices 12 dB apart
			scale := []string{"--scale 1", "--scale 0.25"}[i%2]
			parts = append(parts, filePart(t, clips.clip(t, i, format{f.rate, f.mode, f.bits, scale})))
		}
		target := Level{Target: -23, Ceiling: -1} // at -19 this voice's peaks would be in the way
		p, path := write(t, parts, Options{Trim: true, Loudness: &target})
		judge(t, p, path)
		if got, _ := ebur128(t, path); math.Abs(got-target.Target) > 0.75 {
			t.Errorf("%v: ffmpeg measures %.1f LUFS, target %.0f; %+v", f, got, target.Target, p.Levels())
		}
	}
}

// TestCeilingHolds levels a clip far above full scale, which only decoders that
// reckon in floating point show, and one that is loud enough but too near to it.
func TestCeilingHolds(t *testing.T) {
	t.Parallel()
	withoutRace(t)
	need(t, "ffmpeg", "lame")
	for _, f := range []format{{"24", "m", "-b 128", "--scale 8"}, {"44.1", "j", "-b 128", "--scale 3"}} {
		part := filePart(t, clips.clip(t, 0, f))
		a, err := Analyze(context.Background(), part.Source, part.Size)
		if err != nil {
			t.Fatal(err)
		}
		if _, want := ebur128(t, clips.clip(t, 0, f)); want < 1 || math.Abs(a.TruePeak-want) > 0.5 {
			t.Errorf("%v: %.2f dBTP, ffmpeg %.1f", f, a.TruePeak, want)
		}
		target := Level{Target: a.Loudness, Ceiling: -1}
		p, path := write(t, []Part{part}, Options{Trim: true, Loudness: &target})
		if _, peak := ebur128(t, path); peak > target.Ceiling+0.2 || len(p.Levels().Limited) != 1 {
			t.Errorf("%v: ffmpeg measures %.1f dBTP; %+v", f, peak, p.Levels())
		}
	}
}

// ebur128 returns what ffmpeg's meter says, in LUFS and dBTP.
func ebur128(t *testing.T, path string) (lufs, peak float64) {
	t.Helper()
	out, err := exec.Command("ffmpeg", "-nostats", "-i", path, "-af", "ebur128=peak=true", "-f", "null", "-").CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(string(out), "\n") {
		_, _ = fmt.Sscanf(strings.TrimSpace(line), "I: %f LUFS", &lufs)
		_, _ = fmt.Sscanf(strings.TrimSpace(line), "Peak: %f dBFS", &peak)
	}
	return lufs, peak
}

// TestMeterAgreesWithFFmpeg compares on speech.
func TestMeterAgreesWithFFmpeg(t *testing.T) {
	t.Parallel()
	need(t, "ffmpeg")
	for _, f := range []format{{"16", "m", "-b 64", ""}, {"24", "m", "-b 128", ""}, {"44.1", "s", "-b 128", ""}, {"22.05", "j", "-V 4", ""}} {
		path := clips.clip(t, 4, f)
		part := filePart(t, path)
		a, err := Analyze(context.Background(), part.Source, part.Size)
		if err != nil {
			t.Fatal(err)
		}
		if want, _ := ebur128(t, path); math.Abs(a.Loudness-want) > 0.1 {
			t.Errorf("%v: %.2f LUFS, ffmpeg %.1f", f, a.Loudness, want)
		}
	}
}

// TestCopyModeOfVaryingRates keeps every frame, byte for byte.
func TestCopyModeOfVaryingRates(t *testing.T) {
	t.Parallel()
	parts := clips.parts(t, 3, format{"24", "m", "-V 4", ""})
	p, path := write(t, parts, Options{})
	judgeParts(t, p, judge(t, p, path))
	if line := p.Timeline(); !line.VBR || line.Bitrate < 20 || line.Bitrate > 100 {
		t.Errorf("%+v", line)
	}
	var want int64
	for _, s := range p.streams {
		want += s.end - s.start
	}
	if got := p.Size() - int64(p.layout.info.FrameSize(p.layout.header)); got != want {
		t.Errorf("%d bytes of audio, the parts have %d", got, want)
	}
}

// TestDamageInSpeech flips bits of a real clip, whose reservoir is in use, cuts
// it and puts other things into it, and holds that what is planned is written and
// whole.
func TestDamageInSpeech(t *testing.T) {
	t.Parallel()
	withoutRace(t)
	whole, err := io.ReadAll(io.NewSectionReader(clips.parts(t, 1, format{"24", "m", "-V 4", ""})[0].Source, 0, 1<<20))
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(8, 1))
	for i := range 60 {
		b := bytes.Clone(whole)
		switch i % 4 {
		case 0:
			for range 1 + r.IntN(20) {
				b[r.IntN(len(b))] ^= 1 << r.IntN(8)
			}
		case 1:
			b = b[:r.IntN(len(b))]
		case 2:
			b = b[r.IntN(len(b)):] // dangling data
		case 3:
			at := r.IntN(len(b))
			b = append(b[:at:at], append([]byte("ID3\x04\x00\x00\x00\x00\x00\x05hello\xff\xf3\x64\xc4"), b[at:]...)...)
		}
		checkStitch(t, Options{Trim: true, Pauses: i%2 == 0}, whole, b, whole)
	}
}
