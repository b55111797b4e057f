package extract

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"lector"
)

// MaxSize is the largest input that is accepted, in bytes.
const MaxSize = 8 << 20

// refusal is a reason to refuse an input. All are permanent.
type refusal string

func (r refusal) Error() string { return string(r) }

const (
	errEmpty      refusal = "the input is empty"
	errBinary     refusal = "the input is not text"
	errEncoding   refusal = "the input is not valid UTF-8"
	errTooLarge   refusal = "the input is too large"
	errNothing    refusal = "no article text found"
	errNotArticle refusal = "JSON, but no article"

	// ErrNotPublic refuses an article whose visibility is not public.
	ErrNotPublic refusal = "the article is not public"
)

// refuse makes err permanent, with what to do about it.
func refuse(err error, hint string) error {
	return lector.Hint(lector.Permanent(err), "%s", hint)
}

// check refuses what cannot be text and strips a byte order mark.
func check(data []byte) ([]byte, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	switch {
	case len(data) > MaxSize:
		return nil, refuse(fmt.Errorf("%w: %d bytes, at most %d", errTooLarge, len(data), MaxSize), "give the article alone, without embedded pictures or data")
	case len(bytes.TrimSpace(data)) == 0:
		return nil, refuse(errEmpty, "give a file or a body that holds the article's text")
	case binary(data):
		return nil, refuse(errBinary, "give HTML, plain text or JSON; a PDF or a word processor's file must be exported first")
	}
	if at := invalid(data); at >= 0 {
		return nil, refuse(fmt.Errorf("%w: byte 0x%02x at offset %d", errEncoding, data[at], at), fmt.Sprintf("convert it first, for example: iconv -f %s -t utf-8 FILE", likely(data)))
	}
	return data, nil
}

// binary looks for what no text file starts with: a NUL byte, a known
// signature, or more control characters than a slip would leave.
func binary(data []byte) bool {
	head := data[:min(len(data), 8192)]
	for _, magic := range []string{"%PDF-", "PK\x03\x04", "\x1f\x8b", "\x89PNG", "GIF8", "\xff\xd8\xff", "ID3", "\xd0\xcf\x11\xe0", "{\\rtf"} {
		if bytes.HasPrefix(head, []byte(magic)) && !(magic == "ID3" && utf8.Valid(head)) {
			return true
		}
	}
	control := 0
	for _, c := range head {
		if c == 0 {
			return true
		}
		if c < ' ' && strings.IndexByte("\t\n\r\f", c) < 0 {
			control++
		}
	}
	return control*20 > len(head)
}

// invalid returns the offset of the first byte that is not UTF-8, or -1.
func invalid(data []byte) int {
	if utf8.Valid(data) {
		return -1
	}
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n <= 1 {
			return i
		}
		i += n
	}
	return -1
}
