package pcm

import (
	"bytes"
	"encoding/binary"
)

// IsWAV reports whether b begins as a WAV does: RIFF, RF64 or BW64.
func IsWAV(b []byte) bool { return riff(b) > 0 }

// riff returns the length of the RIFF header that b begins with, or 0.
func riff(b []byte) int {
	if len(b) < riffHeader || string(b[8:12]) != "WAVE" {
		return 0
	}
	switch string(b[:4]) {
	case "RIFF", "RF64", "BW64":
		return riffHeader
	}
	return 0
}

// known are the chunks that programs write into WAV files: EBU Tech 3285 and 3306,
// the RIFF specification, and what editors, phones and ID3 add.
var known = map[string]bool{
	"LIST": true, "fact": true, "cue ": true, "plst": true, "smpl": true, "inst": true, "labl": true, "note": true, "ltxt": true,
	"bext": true, "iXML": true, "axml": true, "chna": true, "mext": true, "levl": true, "link": true, "ds64": true, "r64m": true,
	"JUNK": true, "junk": true, "PAD ": true, "FLLR": true, "fmt ": true, "slnt": true, "DISP": true, "cart": true, "umid": true,
	"id3 ": true, "ID3 ": true, "PEAK": true, "afsp": true, "acid": true, "strc": true, "minf": true, "elm1": true, "regn": true,
	"_PMX": true, "LGWV": true, "SAUR": true, "Cr8r": true, "C2PA": true, "SNDM": true, "AFAn": true,
}

// mostInside is the largest chunk that is sought inside of samples.
const mostInside = 1 << 20

// begins reports whether a header stands at the start of b, which else is samples:
// that of a file, or of a chunk that is known and fits.
func begins(b []byte) bool {
	if len(b) < chunkHeader || !name(b) {
		return false
	}
	size := int64(binary.LittleEndian.Uint32(b[4:]))
	switch id := string(b[:4]); id {
	case "RIFF", "RF64", "BW64":
		return riff(b) > 0
	case "data":
		return roundly(size) || size <= int64(len(b)-chunkHeader)
	default:
		return known[id] && size <= mostInside && size <= int64(len(b)-chunkHeader)
	}
}

// roundly reports whether a size is one that programs write for "I do not know".
func roundly(size int64) bool { return size >= unsized && (size&0xFFF == 0 || size&0xF00 == 0xF00) }

// name reports whether b begins with the name of a chunk: four printable characters,
// as hardly any two samples are.
func name(b []byte) bool {
	return max(b[0]-' ', b[1]-' ', b[2]-' ', b[3]-' ') < 0x5F // a byte below a space becomes a large one
}

// extent returns how much of b, which begins with samples, is samples: up to the
// next header, or, where the size was not known, to a number at the very end, which
// is to be skipped.
func (r *riffReader) extent(b []byte) (n, skip int) {
	if r.open {
		skip = trailing(b)
	}
	end := len(b) - skip
	for i := 0; i+chunkHeader <= end; i++ {
		if !name(b[i:]) {
			continue
		}
		if begins(b[i:]) || r.open && chain(b[i:]) {
			return i, 0
		}
	}
	return end, skip
}

// chain reports whether b is chunks, of whatever name, up to its very end.
func chain(b []byte) bool {
	for len(b) >= chunkHeader && name(b) {
		size := int64(binary.LittleEndian.Uint32(b[4:]))
		body := b[chunkHeader:]
		if size > int64(len(body)) {
			return false
		}
		if b = body[padded(size, body):]; len(b) == 0 {
			return true
		}
	}
	return false
}

// trailing returns the length of a number at the end of b, of four or eight bytes,
// that says how many bytes stand before it, or how long the file is.
func trailing(b []byte) int {
	for _, n := range []int{8, 4} {
		if len(b) <= n {
			continue
		}
		tail, before := b[len(b)-n:], uint64(len(b)-n)
		for _, stated := range []uint64{before, before + 36, before + 44} {
			var little, big [8]byte
			binary.LittleEndian.PutUint64(little[:], stated)
			binary.BigEndian.PutUint64(big[:], stated)
			if bytes.Equal(tail, little[:n]) || bytes.Equal(tail, big[8-n:]) {
				return n
			}
		}
	}
	return 0
}
