package extract

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// decode converts a file to UTF-8 as browsers do (WHATWG): by its byte order mark, else
// by the encoding that its head states, else, where it is not UTF-8, by the most likely
// one. The note says what was guessed or repaired. A compressed file is decompressed.
func decode(data []byte) (out []byte, note string, err error) {
	if bytes.HasPrefix(data, []byte("\x1f\x8b")) {
		if data, err = gunzip(data); err != nil {
			return nil, "", err
		}
	}
	enc, name := encodingOf(data)
	switch {
	case enc == nil || binary(data) && !utf16Marked(data):
		return data, "", nil
	case name != "":
		note = "read as " + name + ": the file does not say truly what it is written in"
	}
	out, err = enc.NewDecoder().Bytes(data)
	if err != nil {
		return nil, "", refuse(fmt.Errorf("%w: %w", errEncoding, err), "save the file again as UTF-8")
	}
	return out, note, nil
}

// utf16Marked reports whether data begin with a byte order mark of UTF-16.
func utf16Marked(data []byte) bool {
	return bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff"))
}

// gunzip decompresses a file, up to the largest size that is accepted.
func gunzip(data []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err == nil {
		data, err = io.ReadAll(io.LimitReader(r, MaxSize+1))
	}
	if err != nil {
		return nil, refuse(fmt.Errorf("%w: gunzip: %w", errBinary, err), "the file is compressed and damaged; fetch it again")
	}
	return data, nil
}

// encodingOf returns the encoding of data, nil for UTF-8; and its name where it
// is guessed.
func encodingOf(data []byte) (enc encoding.Encoding, guessed string) {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM), ""
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM), ""
	case utf8.Valid(data): // whatever a copied head says
		return nil, ""
	}
	if m := expr("stated").FindSubmatch(data[:min(len(data), 4096)]); m != nil {
		if enc, err := htmlindex.Get(string(m[1])); err == nil && enc != unicode.UTF8 {
			return enc, ""
		}
	}
	if broken(data)*50 < many(data) { // a slip in what is UTF-8
		return unicode.UTF8, "utf-8"
	}
	name := likely(data)
	enc, err := htmlindex.Get(name)
	if err != nil {
		return nil, ""
	}
	return enc, name
}

// broken counts the bytes that are not UTF-8, and many those that are no ASCII.
func broken(data []byte) (n int) {
	for len(data) > 0 {
		r, size := utf8.DecodeRune(data)
		if r == utf8.RuneError && size == 1 {
			n++
		}
		data = data[size:]
	}
	return n
}

func many(data []byte) (n int) {
	for _, c := range data {
		if c >= utf8.RuneSelf {
			n++
		}
	}
	return n
}

// likely names the encoding that text without a true statement is most likely
// in: in Cyrillic most letters have the highest bit, and the old Windows alphabet
// is the usual one of both worlds.
func likely(data []byte) string {
	high, letters := 0, 0
	for _, c := range data {
		switch {
		case c >= 0xc0:
			high++
		case 'a' <= c|0x20 && c|0x20 <= 'z':
			letters++
		}
	}
	if high*4 > letters && high*4 > len(data)/4 {
		return "windows-1251"
	}
	return "windows-1252"
}
