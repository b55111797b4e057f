package feed

import (
	"bytes"
	"mime"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// declaration is an XML declaration with its encoding.
var declaration = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(\s*<\?xml[^>]*?)\s+encoding\s*=\s*["']([^"']*)["']`)
})

// statedEncoding is what a document says of its encoding; "" where it says nothing.
func statedEncoding(data []byte) string {
	if m := declaration().FindSubmatch(trimBOM(data)); m != nil {
		return strings.ToLower(string(m[2]))
	}
	return ""
}

// inUTF8 turns UTF-16, which a byte order mark tells, into UTF-8, and replaces what is
// broken in UTF-8: a text that is cut within a character is no reason to read none of the
// others. Other encodings are the parsers' own.
func inUTF8(data []byte) []byte {
	if bytes.HasPrefix(data, []byte{0xfe, 0xff}) || bytes.HasPrefix(data, []byte{0xff, 0xfe}) {
		out, err := unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM).NewDecoder().Bytes(data)
		if err == nil {
			return declaration().ReplaceAll(out, []byte("$1"))
		}
	}
	if stated := statedEncoding(data); stated != "" && stated != "utf-8" {
		return data
	}
	return bytes.ToValidUTF8(data, []byte("\ufffd"))
}

// asSent turns a document into UTF-8 whose encoding stands in its Content-Type alone.
func asSent(data []byte, contentType string) []byte {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil || utf8.Valid(data) || statedEncoding(data) != "" {
		return data
	}
	e, err := htmlindex.Get(params["charset"])
	if err != nil {
		return data
	}
	out, err := e.NewDecoder().Bytes(data)
	if err != nil {
		return data
	}
	return out
}
