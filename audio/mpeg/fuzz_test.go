package mpeg

import (
	"bytes"
	"testing"
)

// seeds are streams whole and damaged.
func seeds(f *testing.F) {
	f.Helper()
	file, _ := stream(f, mono24(f), 8, 1)
	stereo, _ := stream(f, header(f, 0xFF, 0xFB, 0x90, 0x64), 4, 2)
	f.Add(file)
	f.Add(stereo)
	f.Add(file[100:])
	f.Add(join(file, stereo, file))
	f.Add(join([]byte("ID3\x04\x00\x00\x7f\x7f\x7f\x7f"), file))
	f.Add(Info{VBR: true, Frames: 8, TOC: new([100]byte), Lame: &Lame{Encoder: "LAME3.100"}}.Append(nil, mono24(f)))
	f.Add([]byte("LYRICSBEGIN999999LYRICS200"))
}

// FuzzScanner holds that frames are whole, in order, apart, and inside the file.
func FuzzScanner(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		s := newScanner(bytes.NewReader(b), int64(len(b)))
		end := int64(0)
		for s.Next() {
			fr := s.Frame()
			if fr.Offset < end || fr.Offset+int64(len(fr.Data)) > int64(len(b)) || len(fr.Data) != fr.Header.Size() {
				t.Fatalf("frame of %d bytes at %d behind %d of %d", len(fr.Data), fr.Offset, end, len(b))
			}
			if !bytes.Equal(fr.Data, b[fr.Offset:fr.Offset+int64(len(fr.Data))]) {
				t.Fatal("the frame's bytes are not those of the file")
			}
			end = fr.Offset + int64(len(fr.Data))
			ParseInfo(fr.Header, fr.Data)
			ChecksumOK(fr.Header, fr.Data)
		}
		if list, _ := s.Problems(); len(list) > maxProblems {
			t.Fatalf("%d problems", len(list))
		}
	})
}

// FuzzRelay holds that what a Reader takes out of any bytes, a Packer lays at the
// highest bit rate so that a Reader finds the same.
func FuzzRelay(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		var out bytes.Buffer
		p := NewPacker(&out)
		var mains [][]byte
		r := NewReader(newScanner(bytes.NewReader(b), int64(len(b))))
		for r.Next() {
			u := r.Unit()
			h := u.Header.WithoutCRC().WithPadding(false).WithIndex(MaxIndex)
			if err := p.Add(h, u); err != nil {
				t.Fatalf("unit %d of %d bytes: %v", len(mains), len(u.Main), err)
			}
			mains = append(mains, bytes.Clone(u.Main))
		}
		if err := p.Flush(); err != nil {
			t.Fatal(err)
		}
		again := NewReader(&frameList{b: out.Bytes()})
		for n, want := range mains {
			if !again.Next() || !bytes.Equal(again.Unit().Main, want) {
				t.Fatalf("unit %d is another", n)
			}
		}
	})
}

// frameList steps through frames that are known to be whole, and so is not led
// astray by random data that looks like one.
type frameList struct {
	b  []byte
	at int
	f  Frame
}

func (l *frameList) Next() bool {
	h, ok := ParseHeader(l.b[l.at:])
	if !ok {
		return false
	}
	l.f = Frame{int64(l.at), h, l.b[l.at : l.at+h.Size()], false}
	l.at += h.Size()
	return true
}

func (l *frameList) Frame() Frame { return l.f }

// FuzzInfo holds that a tag that was read is written and read again the same.
func FuzzInfo(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		h, ok := ParseHeader(b)
		if !ok || h.Size() == 0 || len(b) < h.Size() {
			return
		}
		info, ok := ParseInfo(h, b[:h.Size()])
		if !ok || info.Frames >= 1<<32 || info.Bytes >= 1<<32 {
			return
		}
		frame := info.Append(nil, h)
		h, _ = ParseHeader(frame)
		again, ok := ParseInfo(h, frame)
		if !ok && info.length() <= h.BodySize() {
			t.Fatalf("%+v was not read again", info)
		}
		if ok && (again.Frames != info.Frames || again.Bytes != info.Bytes) {
			t.Fatalf("%+v became %+v", info, again)
		}
	})
}
