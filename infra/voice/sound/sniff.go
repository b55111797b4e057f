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
	kindLayerII kind = "MPEG layer II"
	kindHTML    kind = "HTML"
	kindJSON    kind = "JSON"
	kindText    kind = "text"
	kindNothing kind = "nothing"
	kindUnknown kind = "something unknown" // raw PCM looks like this
)

// magics are the bytes by which files name themselves. Each is ruled out as raw
// samples: taken for such, a file would be heard as noise as long as its speech.
var magics = []struct {
	at    int
	bytes string
	kind  kind
}{
	{0, "ID3", kindMP3},
	{0, apeTag, kindMP3},
	{0, "fLaC", kindFLAC},
	{0, "OggS", kindOgg},
	{4, "ftyp", kindMP4},
	{0, "RIFX", "a big-endian WAV"},
	{0, "riff\x2e\x91\xcf\x11", "Wave64"},
	{0, "FORM", "AIFF"},
	{0, ".snd", "AU"},
	{0, "caff", "CAF"},
	{0, "\x1aE\xdf\xa3", "WebM"},
	{0, "#!AMR", "AMR"},
	{0, "\x1f\x8b\x08", "gzip"},
}

// named returns the kind that data names itself, or "".
func named(data []byte) kind {
	for _, m := range magics {
		if len(data) >= m.at && bytes.HasPrefix(data[m.at:], []byte(m.bytes)) {
			return m.kind
		}
	}
	return ""
}

// withoutSpace returns data without the line ends and the spaces before a file that
// names itself, as some servers send after the headers of a part. Samples may begin
// with any bytes, and keep them.
func withoutSpace(data []byte) []byte {
	rest := bytes.TrimLeft(data, " \t\r\n")
	if pcm.IsWAV(rest) || named(rest) != "" || startsWithFrames(rest) {
		return rest
	}
	return data
}

// sniff tells what data is by its first bytes.
func sniff(data []byte) kind {
	switch {
	case len(data) == 0:
		return kindNothing
	case pcm.IsWAV(data):
		return kindWAV
	case named(data) != "":
		return named(data)
	case len(data) > 1 && data[0] == 0xFF && data[1]&0xF6 == 0xF0:
		return kindAAC // an ADTS header has layer 0
	case startsWithLayerII(data):
		return kindLayerII
	}
	if startsWithFrames(data) {
		return kindMP3
	}
	return textKind(data)
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
