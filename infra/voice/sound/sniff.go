package sound

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"lector/audio/mpeg"
	"lector/audio/pcm"
)

// kind is what some bytes are, in words that fit an error: "MP3", "HTML" or
// "something unknown".
type kind string

// The kinds that speech servers were seen to send.
const (
	kindMP3     kind = "MP3"
	kindWAV     kind = "WAV"
	kindFLAC    kind = "FLAC"
	kindOgg     kind = "Ogg"
	kindAAC     kind = "AAC"
	kindMP4     kind = "MP4"
	kindHTML    kind = "HTML"
	kindJSON    kind = "JSON"
	kindText    kind = "text"
	kindNothing kind = "nothing"
	kindUnknown kind = "something unknown" // raw PCM looks like this
)

// sniff tells what data is by its first bytes.
func sniff(data []byte) kind {
	switch {
	case len(data) == 0:
		return kindNothing
	case pcm.IsWAV(data):
		return kindWAV
	case hasMagic(data, 0, "ID3"):
		return kindMP3
	case hasMagic(data, 0, "fLaC"):
		return kindFLAC
	case hasMagic(data, 0, "OggS"):
		return kindOgg
	case hasMagic(data, 4, "ftyp"):
		return kindMP4
	case len(data) > 1 && data[0] == 0xFF && data[1]&0xF6 == 0xF0:
		return kindAAC // an ADTS header has layer 0
	}
	if startsWithFrames(data) {
		return kindMP3
	}
	return textKind(data)
}

func hasMagic(data []byte, at int, magic string) bool {
	return len(data) >= at+len(magic) && string(data[at:at+len(magic)]) == magic
}

// startsWithFrames reports whether a frame stands at the start and another behind it: raw
// samples may look like one frame, and hardly like two.
func startsWithFrames(data []byte) bool {
	h, err := header(data)
	if err != nil {
		return false
	}
	if h.Size()+mpeg.HeaderSize > len(data) {
		return true // a single frame, or a part of one
	}
	_, err = header(data[h.Size():])
	return err == nil
}

// textKind tells text from samples by its first half kilobyte.
func textKind(data []byte) kind {
	head := bytes.TrimSpace(data)
	if len(head) > 512 { // and no rune cut in two
		head = bytes.TrimRightFunc(head[:512], func(r rune) bool { return r == utf8.RuneError })
	}
	control := func(r rune) bool { return r < ' ' && !strings.ContainsRune("\n\r\t", r) }
	switch {
	case !utf8.Valid(head) || bytes.ContainsFunc(head, control):
		return kindUnknown
	case len(head) == 0:
		return kindNothing
	case head[0] == '<':
		return kindHTML
	case head[0] == '{' || head[0] == '[':
		return kindJSON
	}
	return kindText
}
