package mpeg

import (
	"bytes"
	"strconv"
)

// tag is a range of a file that is a tag of some kind and no audio.
type tag struct {
	Kind           string // ID3v2, ID3v1, APE or Lyrics3
	Offset, Length int64
}

// tagAt returns the tag that begins at off, if one does.
func tagAt(w *window, off int64) (tag, bool) {
	b := w.at(off, 32)
	switch {
	case beginsID3v2(b):
		return id3v2At(b, off)
	case len(b) >= 32 && string(b[:8]) == "APETAGEX":
		n := int64(le32(b[12:]))
		if b[23]&0x20 != 0 { // this is the header: the size is of what follows
			n += 32
		}
		return tag{"APE", off, max(n, 32)}, true
	case len(b) >= 11 && string(b[:11]) == "LYRICSBEGIN":
		return lyricsAt(w, off)
	case len(b) >= 3 && string(b[:3]) == "TAG" && w.size-off >= 128:
		return tag{"ID3v1", off, 128}, true
	}
	return tag{}, false
}

// id3v2At reads the header of an ID3v2 tag; its size is synchsafe.
func id3v2At(b []byte, off int64) (tag, bool) {
	n := int64(0)
	for _, x := range b[6:10] {
		if x&0x80 != 0 {
			return tag{}, false
		}
		n = n<<7 | int64(x)
	}
	n += 10
	if b[5]&0x10 != 0 { // a footer follows
		n += 10
	}
	return tag{"ID3v2", off, n}, true
}

// maxLyrics bounds the search for the end of a Lyrics3 tag that is not at the end
// of the file: version 1 allows 5,100 bytes.
const maxLyrics = 8 << 10

// lyricsAt finds the end of a Lyrics3 tag.
func lyricsAt(w *window, off int64) (tag, bool) {
	b := w.at(off, maxLyrics)
	for _, end := range []string{"LYRICS200", "LYRICSEND"} {
		if i := bytes.Index(b, []byte(end)); i >= 0 {
			return tag{"Lyrics3", off, int64(i + len(end))}, true
		}
	}
	return tag{}, false
}

// beginsID3v2 reports whether b begins with the header of an ID3v2 tag, whose version
// has no byte of 0xFF (ID3v2.4, 3.1).
func beginsID3v2(b []byte) bool {
	return len(b) >= 10 && string(b[:3]) == "ID3" && bytes.IndexByte(b[3:5], 0xFF) < 0
}

// before returns the n bytes in front of end, or nil where there are fewer.
func before(w *window, end int64, n int) []byte {
	b := w.at(end-int64(n), n)
	if len(b) < n {
		return nil
	}
	return b
}

// trailingTag returns the tag that ends at end, if one does.
func trailingTag(w *window, end int64) (tag, bool) {
	if b := before(w, end, 128); bytes.HasPrefix(b, []byte("TAG")) {
		return tag{"ID3v1", end - 128, 128}, true
	}
	if b := before(w, end, 32); bytes.HasPrefix(b, []byte("APETAGEX")) && b[23]&0x20 == 0 {
		n := int64(le32(b[12:]))
		if b[23]&0x80 != 0 { // it has a header as well
			n += 32
		}
		if n >= 32 && n <= end {
			return tag{"APE", end - n, n}, true
		}
	}
	return trailingLyrics(w, end)
}

func trailingLyrics(w *window, end int64) (tag, bool) {
	b := w.at(end-15, 15)
	if end < 15 || len(b) < 15 || string(b[6:]) != "LYRICS200" {
		return tag{}, false
	}
	n, err := strconv.ParseInt(string(b[:6]), 10, 64)
	if err != nil || n < 0 || n+15 > end {
		return tag{}, false
	}
	return tag{"Lyrics3", end - n - 15, n + 15}, true
}

func le32(b []byte) uint32 {
	return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24
}
