package mpeg

import (
	"bytes"
	"encoding/binary"
)

// Info is what a Xing, Info or VBRI frame says about a stream. The frame that
// carries it is no audio: a decoder that knows it steps over it.
type Info struct {
	VBR     bool       // "Xing" or "VBRI"; "Info" is a constant bit rate
	Frames  int64      // audio frames, this one not counted; 0: not stated
	Bytes   int64      // this frame and all behind it; 0: not stated
	TOC     *[100]byte // where the audio is at each percent of its time, in 1/256 of Bytes
	Quality int        // as stated, 0 if not
	Lame    *Lame      // nil without the LAME extension
}

// Lame is the extension that states what an encoder added at both ends.
type Lame struct {
	Encoder     string // nine bytes, such as "LAME3.100"
	Delay       int    // samples the encoder put in front
	Padding     int    // samples it put behind
	MusicLength uint32 // in bytes, this frame included
	MusicCRC    uint16
	Intact      bool // the extension's own CRC fits; set by ParseInfo
}

const (
	flagFrames  = 1
	flagBytes   = 2
	flagTOC     = 4
	flagQuality = 8
	lameSize    = 36
)

// ParseInfo reads the tag out of a stream's first frame. It is false for a
// frame of audio.
func ParseInfo(h Header, frame []byte) (Info, bool) {
	for _, at := range []int{h.BodyOffset(), HeaderSize + h.SideInfoSize()} {
		if len(frame) < at+8 {
			continue
		}
		switch string(frame[at : at+4]) {
		case "Xing", "Info":
			return parseXing(frame, at), true
		}
	}
	if len(frame) >= 54 && string(frame[36:40]) == "VBRI" {
		return Info{
			VBR:    true,
			Bytes:  int64(binary.BigEndian.Uint32(frame[46:])),
			Frames: int64(binary.BigEndian.Uint32(frame[50:])),
		}, true
	}
	return Info{}, false
}

func parseXing(frame []byte, at int) Info {
	info := Info{VBR: frame[at] == 'X'}
	flags := binary.BigEndian.Uint32(frame[at+4:])
	r := fields{frame[at+8:]}
	if flags&flagFrames != 0 {
		info.Frames = int64(r.uint32())
	}
	if flags&flagBytes != 0 {
		info.Bytes = int64(r.uint32())
	}
	if flags&flagTOC != 0 {
		if toc := r.take(100); toc != nil {
			info.TOC = (*[100]byte)(bytes.Clone(toc))
		}
	}
	if flags&flagQuality != 0 {
		info.Quality = int(r.uint32())
	}
	info.Lame = parseLame(frame, len(frame)-len(r.rest))
	return info
}

// parseLame reads the extension at offset at. Only encoders that are known to
// fill it are believed, as in ffmpeg.
func parseLame(frame []byte, at int) *Lame {
	if len(frame) < at+lameSize {
		return nil
	}
	b := frame[at : at+lameSize]
	switch string(b[:4]) {
	case "LAME", "Lavf", "Lavc":
	default:
		return nil
	}
	return &Lame{
		Encoder:     string(bytes.TrimRight(b[:9], "\x00 ")),
		Delay:       int(b[21])<<4 | int(b[22])>>4,
		Padding:     int(b[22]&15)<<8 | int(b[23]),
		MusicLength: binary.BigEndian.Uint32(b[28:]),
		MusicCRC:    binary.BigEndian.Uint16(b[32:]),
		Intact:      binary.BigEndian.Uint16(b[34:]) == tagCRC(0, frame[:at+34]),
	}
}

// fields takes numbers off the front of a slice; past its end they are zero.
type fields struct{ rest []byte }

func (f *fields) take(n int) []byte {
	if len(f.rest) < n {
		f.rest = nil
		return nil
	}
	b := f.rest[:n]
	f.rest = f.rest[n:]
	return b
}

func (f *fields) uint32() uint32 {
	if b := f.take(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

// Append appends a frame that carries the tag, for a stream of frames like h:
// same version, rate and mode, no CRC, the lowest bit rate from h's own upwards
// that has room. The tag's own frame must be counted in Bytes: FrameSize says
// beforehand how long it is.
func (i Info) Append(b []byte, h Header) []byte {
	h = i.header(h)
	start := len(b)
	b = AppendSilent(b, h)
	frame := b[start:]
	body := frame[:HeaderSize+h.SideInfoSize()]
	name, flags := "Info", uint32(flagFrames|flagBytes)
	if i.VBR {
		name = "Xing"
	}
	if i.TOC != nil {
		flags |= flagTOC
	}
	body = append(body, name...)
	if i.Quality != 0 || i.Lame != nil {
		flags |= flagQuality
	}
	body = binary.BigEndian.AppendUint32(body, flags)
	body = binary.BigEndian.AppendUint32(body, uint32(i.Frames))
	body = binary.BigEndian.AppendUint32(body, uint32(i.Bytes))
	if i.TOC != nil {
		body = append(body, i.TOC[:]...)
	}
	if flags&flagQuality != 0 {
		body = binary.BigEndian.AppendUint32(body, uint32(i.Quality))
	}
	if i.Lame != nil {
		i.Lame.append(body)
	}
	return b
}

// append writes the extension behind body, which is the front of a frame.
func (l *Lame) append(body []byte) {
	ext := make([]byte, 34)
	copy(ext[:9], l.Encoder)
	ext[21] = byte(l.Delay >> 4)
	ext[22] = byte(l.Delay<<4) | byte(l.Padding>>8)&15
	ext[23] = byte(l.Padding)
	binary.BigEndian.PutUint32(ext[28:], l.MusicLength)
	binary.BigEndian.PutUint16(ext[32:], l.MusicCRC)
	body = append(body, ext...)
	binary.BigEndian.AppendUint16(body, tagCRC(0, body))
}

// FrameSize returns the length of the frame that Append makes, in bytes.
func (i Info) FrameSize(h Header) int { return i.header(h).Size() }

// header returns the tag's own: like h, and large enough.
func (i Info) header(h Header) Header {
	h = h.WithoutCRC().WithPadding(false).WithIndex(max(h.Index(), 1))
	for h.BodySize() < i.length() && h.Index() < MaxIndex {
		h = h.WithIndex(h.Index() + 1)
	}
	return h
}

// length returns the bytes of the tag without header and side information.
func (i Info) length() int {
	n := 16
	if i.TOC != nil {
		n += 100
	}
	if i.Quality != 0 || i.Lame != nil {
		n += 4
	}
	if i.Lame != nil {
		n += lameSize
	}
	return n
}
