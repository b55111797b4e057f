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

	"lector/worker/pattern"
)

// decode makes UTF-8 of a file that says what it is written in: by a byte
// order mark, or as a page does in its head. A compressed file is opened. What
// says nothing stays as it is; nothing is guessed.
func decode(data []byte) ([]byte, error) {
	if bytes.HasPrefix(data, []byte("\x1f\x8b")) {
		var err error
		if data, err = gunzip(data); err != nil {
			return nil, err
		}
	}
	enc := encodingOf(data)
	if enc == nil {
		return data, nil
	}
	out, err := enc.NewDecoder().Bytes(data)
	if err != nil {
		return nil, refuse(fmt.Errorf("%w: %w", errEncoding, err), "the file is not in the encoding that it states; save it again as UTF-8")
	}
	return out, nil
}

// gunzip opens a compressed file, of which no more is read than may be taken.
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

// stated is how a page names its encoding: in a meta element, or XML's head.
var stated = pattern.New(`(?i)<(?:meta\b[^>]*?\bcharset|\?xml\b[^>]*?\bencoding)\s*=\s*["']?\s*([a-z0-9_:.-]+)`)

// encodingOf returns the encoding that data states, or nil for UTF-8 and for
// what states none.
func encodingOf(data []byte) encoding.Encoding {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM)
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM)
	case utf8.Valid(data): // whatever a copied head says
		return nil
	}
	m := stated.FindSubmatch(data[:min(len(data), 2048)])
	if m == nil {
		return nil
	}
	enc, err := htmlindex.Get(string(m[1]))
	if err != nil || enc == unicode.UTF8 {
		return nil
	}
	return enc
}

// likely names the encoding that text without a statement is most likely in,
// for the hint: in Cyrillic most letters have the highest bit.
func likely(data []byte) string {
	high := 0
	for _, c := range data {
		if c >= 0xc0 {
			high++
		}
	}
	if high*4 > len(data) {
		return "windows-1251"
	}
	return "windows-1252"
}
