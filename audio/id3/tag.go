package id3

import "time"

// Tag is what a tag says. Empty fields are left out when it is written.
type Tag struct {
	Title    string            // TIT2
	Artist   string            // TPE1
	Album    string            // TALB
	Language string            // TLAN, and of the comment: BCP 47, or three letters of ISO 639-2
	Date     string            // TDRC: 2006, 2006-01-02 or 2006-01-02T15:04:05, in UTC
	Comment  string            // COMM
	Software string            // TSSE
	Length   time.Duration     // TLEN, in milliseconds
	Text     map[string]string // TXXX, written in the order of the keys
	Picture  *Picture          // APIC, the front cover
	Chapters []Chapter         // CHAP, and a CTOC that lists them
	Private  []Private         // PRIV
	Objects  []Object          // GEOB, behind all other frames
}

// Picture is the front cover.
type Picture struct {
	MIME        string // image/jpeg or image/png
	Description string
	Data        []byte
}

// Chapter is a stretch of the audio with a title. Times are kept in whole
// milliseconds.
type Chapter struct {
	Title      string
	Start, End time.Duration
}

// Object is a file inside the tag, such as a provenance manifest.
type Object struct {
	MIME, Name, Description string
	Data                    []byte
}

// Private is data of one program. Owner says whose it is, as an address or a
// name in Latin-1; other programs pass over it (4.27).
type Private struct {
	Owner string
	Data  []byte
}

// maxChapters is what one CTOC can list: its count is one byte.
const maxChapters = 255
