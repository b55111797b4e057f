package audio

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// magics are the beginnings of what people hand over instead of an MP3.
var magics = []struct{ prefix, name string }{
	{"RIFF", "a WAV file"},
	{"OggS", "an Ogg file"},
	{"fLaC", "a FLAC file"},
	{"\x1aE\xdf\xa3", "a WebM file"},
	{"%PDF", "a PDF file"},
	{"PK\x03\x04", "a ZIP file"},
	{"\x1f\x8b", "a gzip file"},
	{"{", "JSON"},
	{"[", "JSON"},
	{"<!", "HTML"},
	{"<ht", "HTML"},
	{"<", "XML or HTML"},
}

// sniff names what b is the beginning of, or returns "".
func sniff(b []byte) string {
	text := bytes.TrimLeft(b, "\ufeff \t\r\n")
	for _, m := range magics {
		if len(text) >= len(m.prefix) && bytes.EqualFold(text[:len(m.prefix)], []byte(m.prefix)) {
			return m.name
		}
	}
	if len(b) >= 8 && string(b[4:8]) == "ftyp" {
		return "an MP4 file"
	}
	for cut := 0; cut < 4 && len(b) > cut; cut++ { // the last character may be cut in two
		if isText(b[:len(b)-cut]) {
			return "text"
		}
	}
	return ""
}

func isText(b []byte) bool {
	return len(b) > 0 && utf8.Valid(b) && !bytes.ContainsFunc(b, func(r rune) bool {
		return r == utf8.RuneError || r < ' ' && !strings.ContainsRune("\t\n\r", r)
	})
}
