package mpeg

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

// header returns one of the usual headers.
func header(t testing.TB, b ...byte) Header {
	t.Helper()
	h, ok := ParseHeader(b)
	if !ok {
		t.Fatalf("% x is no header", b)
	}
	return h
}

func mono24(t testing.TB) Header { return header(t, 0xFF, 0xF3, 0x64, 0xC4) }

// stream returns n frames whose main data is random, of every length that the
// reservoir allows, as a Packer lays it; and the data of each.
func stream(t testing.TB, h Header, n int, seed uint64) (file []byte, mains [][]byte) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	var b bytes.Buffer
	p := NewPacker(&b)
	var room Layout
	for range n {
		most := min(room.free, h.Reservoir()) + h.BodySize()
		main := randomMain(r, h, r.IntN(most+1))
		if _, ok := room.Place(h, len(main.Main)); !ok {
			t.Fatal("the test's own sum is wrong")
		}
		if err := p.Add(h, main); err != nil {
			t.Fatal(err)
		}
		mains = append(mains, main.Main)
	}
	if err := p.Flush(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), mains
}

// randomMain returns a unit of at most n bytes of main data. It has no 0xFF, so
// that no header hides in it.
func randomMain(r *rand.Rand, h Header, n int) Unit {
	side := make([]byte, h.SideInfoSize())
	s := SideInfo{h, side}
	left, total := n*8, 0
	for i := range s.granules() {
		bits := min(left, 4095)
		setBits(side, s.granule(i), 12, bits)
		left, total = left-bits, total+bits
		if bits > 0 {
			s.setGain(i, 100+r.IntN(100))
		}
	}
	main := make([]byte, (total+7)/8)
	for i := range main {
		main[i] = byte(r.IntN(255))
	}
	return Unit{Header: h, Side: side, Main: main}
}

func scanAll(b []byte) (*Scanner, int) {
	s := newScanner(bytes.NewReader(b), int64(len(b)))
	n := 0
	for s.Next() {
		n++
	}
	return s, n
}

func TestScannerStepsOverWhatIsNoFrame(t *testing.T) {
	t.Parallel()
	audio, _ := stream(t, mono24(t), 20, 1)
	const size = 144
	id3 := []byte("ID3\x04\x00\x00\x00\x00\x00\x05hello")
	id3v1 := append([]byte("TAG"), make([]byte, 125)...)
	for _, c := range []struct {
		name   string
		file   []byte
		frames int
		kinds  string
	}{
		{"clean", audio, 20, ""},
		{"ID3v2 in front", join(id3, audio), 20, ""},
		{"two ID3v2 in front", join(id3, id3, audio), 20, ""},
		{"ID3v1 behind", join(audio, id3v1), 20, ""},
		{"APE and ID3v1 behind", join(audio, apeFooter(), id3v1), 20, ""},
		{"Lyrics3 behind", join(audio, []byte("LYRICSBEGINla la000013LYRICS200"), id3v1), 20, ""},
		{"ID3v2 inside", join(audio[:size*5], id3, audio[size*5:]), 20, "tag inside"},
		{"ID3v1 inside", join(audio[:size*5], id3v1, audio[size*5:]), 20, "tag inside"},
		{"garbage in front", join(bytes.Repeat([]byte("x"), 999), audio), 20, "garbage"},
		{"garbage inside", join(audio[:size*5], bytes.Repeat([]byte{0xFF}, 77), audio[size*5:]), 20, "garbage"},
		{"garbage behind", join(audio, []byte("\x00\x00\x00garbage")), 20, "garbage"},
		{"false sync in front", join(audio[:4], make([]byte, 50), audio), 20, "garbage"},
		{"last frame cut", audio[:len(audio)-1], 19, "truncated"},
		{"only a header of the last", audio[:size*19+4], 19, "truncated"},
		{"cut and joined", join(audio[:size*5-50], audio), 24, "truncated"},
		{"tag of a gigabyte", join([]byte("ID3\x04\x00\x00\x7f\x7f\x7f\x7f"), audio), 20, "bad tag,garbage"},
		{"one frame", audio[:size], 1, ""},
		{"one frame and tags", join(id3, audio[:size], id3v1), 1, ""},
	} {
		s, n := scanAll(c.file)
		list, _ := s.Problems()
		var kinds []string
		for _, p := range list {
			kinds = append(kinds, string(p.Kind))
		}
		if got := strings.Join(kinds, ","); n != c.frames || got != c.kinds || s.Err() != nil {
			t.Errorf("%s: %d frames, %q, %v; want %d, %q", c.name, n, got, s.Err(), c.frames, c.kinds)
		}
	}
}

func apeFooter() []byte {
	f := append([]byte("APETAGEX\xd0\x07\x00\x00\x20\x00\x00\x00\x00\x00\x00\x00"), make([]byte, 12)...)
	return f[:32]
}

func join(all ...[]byte) []byte { return bytes.Join(all, nil) }

func TestScannerFindsNoAudio(t *testing.T) {
	t.Parallel()
	for name, b := range map[string]string{
		"empty":    "",
		"text":     strings.Repeat("The quick brown fox. ", 200),
		"0xFF":     strings.Repeat("\xff", 100_000),
		"tag only": "ID3\x04\x00\x00\x00\x00\x00\x05hello",
		"syncs":    strings.Repeat("\xff\xf3\x64\xc4 no frame ", 5000),
	} {
		if s, n := scanAll([]byte(b)); n != 0 || s.Err() != nil {
			t.Errorf("%s: %d frames, %v", name, n, s.Err())
		}
	}
}

// TestScannerReadsAboutOnce counts what is read of a file of nothing but false
// beginnings: of lyrics behind what could be a frame.
func TestScannerReadsAboutOnce(t *testing.T) {
	t.Parallel()
	b := bytes.Repeat([]byte("\xff\xf3\x18\xc4LYRICSBEGIN and never an end"), 20000)
	src := &countingReader{r: bytes.NewReader(b)}
	s := newScanner(src, int64(len(b)))
	for s.Next() {
	}
	if src.n > 4*int64(len(b)) {
		t.Errorf("%d bytes were read of %d", src.n, len(b))
	}
}

type countingReader struct {
	r io.ReaderAt
	n int64
}

func (c *countingReader) ReadAt(b []byte, off int64) (int, error) {
	n, err := c.r.ReadAt(b, off)
	c.n += int64(n)
	return n, err
}

func TestScannerReadsFreeFormat(t *testing.T) {
	t.Parallel()
	frame := append([]byte{0xFF, 0xF3, 0x04, 0xC4}, make([]byte, 96)...)
	padded := append([]byte{0xFF, 0xF3, 0x06, 0xC4}, make([]byte, 97)...)
	for name, first := range map[string][]byte{"the first unpadded": frame, "the first padded": padded} {
		s, n := scanAll(join([]byte("noise"), first, bytes.Repeat(frame, 9), padded, frame))
		if n != 12 || s.Err() != nil || s.FreeSize() != 100 {
			t.Errorf("%s: %d frames of %d bytes, %v", name, n, s.FreeSize(), s.Err())
		}
	}
}

func TestScannerNotesAnotherFormatInside(t *testing.T) {
	t.Parallel()
	a, _ := stream(t, mono24(t), 10, 1)
	b, _ := stream(t, header(t, 0xFF, 0xFB, 0x90, 0x64), 10, 2)
	s, n := scanAll(join(a, b))
	list, _ := s.Problems()
	if n != 10 || len(list) == 0 || list[0].Kind != FormatSwitch || list[0].Offset != int64(len(a)) {
		t.Errorf("%d frames, %v", n, list)
	}
}

var headers = map[string][4]byte{
	"24 kHz mono":        {0xFF, 0xF3, 0x64, 0xC4},
	"24 kHz stereo":      {0xFF, 0xF3, 0x84, 0x04},
	"16 kHz mono 8":      {0xFF, 0xF3, 0x18, 0xC4},
	"44.1 kHz mono":      {0xFF, 0xFB, 0x50, 0xC4},
	"44.1 kHz joint 320": {0xFF, 0xFB, 0xE0, 0x64},
	"8 kHz mono":         {0xFF, 0xE3, 0x28, 0xC4},
}

func TestReservoirIsReadAsItWasLaid(t *testing.T) {
	t.Parallel()
	for name, b := range headers {
		h := header(t, b[:]...)
		file, mains := stream(t, h, 300, 7)
		r := NewReader(newScanner(bytes.NewReader(file), int64(len(file))))
		n := 0
		for ; r.Next(); n++ {
			if u := r.Unit(); u.Lost || !bytes.Equal(u.Main, mains[n]) {
				t.Fatalf("%s: unit %d is lost (%v) or another", name, n, u.Lost)
			}
		}
		if list, _ := r.Problems(); n != 300 || len(list) > 0 {
			t.Errorf("%s: %d units, %v", name, n, list)
		}
	}
}

// TestRelayIsIdentity lays what was read at any higher bit rate and reads it
// again.
func TestRelayIsIdentity(t *testing.T) {
	t.Parallel()
	for name, b := range headers {
		h := header(t, b[:]...)
		file, mains := stream(t, h, 200, 3)
		for i := h.Index(); i <= MaxIndex; i += 3 {
			var out bytes.Buffer
			p, pace := NewPacker(&out), Pacer{}
			r := NewReader(newScanner(bytes.NewReader(file), int64(len(file))))
			for r.Next() {
				if err := p.Add(pace.Next(h.WithIndex(i)), r.Unit()); err != nil {
					t.Fatalf("%s at index %d: %v", name, i, err)
				}
			}
			if err := p.Flush(); err != nil {
				t.Fatal(err)
			}
			again := NewReader(newScanner(bytes.NewReader(out.Bytes()), int64(out.Len())))
			for n := range mains {
				if !again.Next() || !bytes.Equal(again.Unit().Main, mains[n]) {
					t.Fatalf("%s at index %d: unit %d is another", name, i, n)
				}
			}
		}
	}
}

func TestPackerRefusesWhatHasNoRoom(t *testing.T) {
	t.Parallel()
	h := mono24(t)
	u := randomMain(rand.New(rand.NewPCG(1, 1)), h, h.BodySize()+1)
	var out bytes.Buffer
	p := NewPacker(&out)
	if err := p.Add(h, u); !errors.Is(err, ErrNoRoom) {
		t.Fatalf("error %v", err)
	}
	if err := errors.Join(p.Add(h.WithIndex(h.Index()+1), u), p.Flush()); err != nil {
		t.Error(err)
	}
}

func TestDanglingReservoirIsSilenced(t *testing.T) {
	t.Parallel()
	file, mains := stream(t, mono24(t), 50, 5)
	file = file[144*10:] // the data of the next few frames began before
	r := NewReader(newScanner(bytes.NewReader(file), int64(len(file))))
	lost := 0
	for n := 10; r.Next(); n++ {
		switch u := r.Unit(); {
		case u.Lost:
			lost++
			if u.SideInfo().MainBits() != 0 {
				t.Error("a lost unit is not silent")
			}
		case !bytes.Equal(u.Main, mains[n]):
			t.Fatalf("unit %d is another", n)
		}
	}
	if list, _ := r.Problems(); lost == 0 || lost > 5 || len(list) != lost || list[0].Kind != LostData {
		t.Errorf("%d lost, %v", lost, list)
	}
}

// TestImpossibleSideInfo has what decoders throw a frame away for.
func TestImpossibleSideInfo(t *testing.T) {
	t.Parallel()
	v1 := header(t, 0xFF, 0xFB, 0x90, 0x64)
	for _, h := range []Header{v1, v1.WithMode(Mono), mono24(t), mono24(t).WithMode(Stereo)} {
		for n := range h.Granules() * h.Channels() {
			side := SideInfo{h, make([]byte, h.SideInfoSize())}
			at := side.granule(n) + 12 + 9 + 8 + 4
			if h.Version() != V1 {
				at += 5
			}
			setBits(side.b, at, 1, 1)
			if side.Sound() {
				t.Errorf("%v, granule %d: a window switched to type 0 passes", h.Format(), n)
			}
			setBits(side.b, at+1, 2, 2)
			if !side.Sound() {
				t.Errorf("%v, granule %d: short blocks do not pass", h.Format(), n)
			}
		}
	}
}

func TestGainIsUndone(t *testing.T) {
	t.Parallel()
	h := header(t, 0xFF, 0xFA, 0x90, 0x64) // with CRC
	u := randomMain(rand.New(rand.NewPCG(9, 9)), h, 300)
	frame := append(append(h.appendTo(nil), 0, 0), u.Side...)
	frame = append(frame, make([]byte, h.Size()-len(frame))...)
	binary.BigEndian.PutUint16(frame[4:], checksum(h, frame))
	before := bytes.Clone(frame)
	side := SideInfoOf(h, frame)
	side.AddGain(5)
	if bytes.Equal(frame, before) || ChecksumOK(h, frame) {
		t.Error("nothing changed, or the checksum does not cover it")
	}
	side.AddGain(-5)
	if !bytes.Equal(frame, before) || !ChecksumOK(h, frame) {
		t.Error("the gain was not undone")
	}
}

func TestInfoIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	toc := new([100]byte)
	for i := range toc {
		toc[i] = byte(i * 2)
	}
	for name, b := range headers {
		h := header(t, b[:]...)
		for _, want := range []Info{
			{Frames: 12345, Bytes: 6789012},
			{VBR: true, Frames: 1, Bytes: 2, TOC: toc},
			{VBR: true, Frames: 1, Bytes: 2, TOC: toc, Quality: 57, Lame: &Lame{Encoder: "LAME3.100", Delay: 576, Padding: 1105, MusicLength: 99, MusicCRC: 0xBEEF}},
		} {
			frame := want.Append(nil, h)
			got, ok := ParseHeader(frame)
			if !ok || got.Size() != len(frame) || want.FrameSize(h) != len(frame) {
				t.Fatalf("%s: %d bytes, header says %d, FrameSize %d", name, len(frame), got.Size(), want.FrameSize(h))
			}
			info, ok := ParseInfo(got, frame)
			if !ok || info.VBR != want.VBR || info.Frames != want.Frames || info.Bytes != want.Bytes || info.Quality != want.Quality {
				t.Errorf("%s: %+v", name, info)
			}
			if (info.TOC == nil) != (want.TOC == nil) || info.TOC != nil && *info.TOC != *want.TOC {
				t.Errorf("%s: TOC %v", name, info.TOC)
			}
			if want.Lame != nil {
				l := *want.Lame
				l.Intact = true
				if info.Lame == nil || *info.Lame != l {
					t.Errorf("%s: LAME %+v", name, info.Lame)
				}
			}
			if SideInfoOf(got, frame).MainBits() != 0 {
				t.Errorf("%s: a decoder that plays the tag would hear it", name)
			}
		}
	}
}

// newScanner returns a scanner of a whole file.
func newScanner(src io.ReaderAt, size int64) *Scanner {
	s := new(Scanner)
	s.Reset(src, size)
	return s
}
