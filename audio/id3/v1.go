package id3

import (
	"io"
	"strings"
)

// ReadV1 reads the ID3v1 tag in the last 128 bytes of a file of the given size:
// title, artist, album, year and comment in Latin-1, cut off after thirty
// characters. It is false where there is none.
func ReadV1(r io.ReaderAt, size int64) (Tag, bool) {
	var b [128]byte
	if size < int64(len(b)) {
		return Tag{}, false
	}
	if n, _ := r.ReadAt(b[:], size-int64(len(b))); n < len(b) || string(b[:3]) != "TAG" {
		return Tag{}, false
	}
	field := func(from, to int) string {
		s, _ := split(0, b[from:to])
		return strings.TrimRight(decode(0, s), " ")
	}
	return Tag{Title: field(3, 33), Artist: field(33, 63), Album: field(63, 93), Date: field(93, 97), Comment: field(97, 127)}, true
}
