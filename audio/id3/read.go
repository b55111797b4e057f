package id3

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

// ErrNoTag is returned where no ID3v2 tag begins.
var ErrNoTag = errors.New("no ID3v2 tag")

// ErrDamaged is returned, with what could be read, for a tag that breaks off.
var ErrDamaged = errors.New("damaged ID3v2 tag")

// maxTag bounds how much of a tag is read: a header can claim 256 MB.
const maxTag = 32 << 20

// Read reads the tag at the start of a file of the given size. With ErrDamaged it
// returns what stands in front of the damage.
func Read(r io.ReaderAt, size int64) (Tag, error) {
	var head [headerSize]byte
	if _, err := r.ReadAt(head[:], 0); err != nil && !errors.Is(err, io.EOF) {
		return Tag{}, err
	}
	n, err := Size(head[:])
	if err != nil {
		return Tag{}, err
	}
	if int64(n) > size || n > maxTag {
		return Tag{}, fmt.Errorf("the tag claims %d bytes of %d", n, size)
	}
	b := make([]byte, n)
	if _, err := r.ReadAt(b, 0); err != nil && !errors.Is(err, io.EOF) {
		return Tag{}, err
	}
	return parse(b)
}

// Size returns the length of the tag that begins with these ten bytes, header
// and footer included.
func Size(head []byte) (int, error) {
	if len(head) < headerSize || string(head[:3]) != "ID3" {
		return 0, ErrNoTag
	}
	if version := head[3]; version < 2 || version > 4 {
		return 0, ErrNoTag
	}
	n, ok := unsafe7(head[6:10])
	if !ok {
		return 0, fmt.Errorf("the tag's size is not synchsafe: %w", ErrNoTag)
	}
	n += headerSize
	if head[5]&0x10 != 0 {
		n += headerSize
	}
	return n, nil
}

// unsafe7 reads a synchsafe number.
func unsafe7(b []byte) (n int, ok bool) {
	ok = true
	for _, x := range b[:4] {
		ok = ok && x < 0x80
		n = n<<7 | int(x&0x7F)
	}
	return n, ok
}

// Parse reads a whole tag. Frames that it does not know or cannot read are
// passed over.
func Parse(b []byte) (Tag, error) {
	t, err := parse(b)
	if errors.Is(err, ErrDamaged) {
		err = nil
	}
	return t, err
}

func parse(b []byte) (Tag, error) {
	n, err := Size(b)
	if err != nil {
		return Tag{}, err
	}
	if len(b) < n {
		return Tag{}, fmt.Errorf("the tag has %d of %d bytes: %w", len(b), n, io.ErrUnexpectedEOF)
	}
	const unsync, extended, footer = 0x80, 0x40, 0x10
	version, flags := b[3], b[5]
	body := b[headerSize:n]
	if flags&footer != 0 {
		body = body[:len(body)-headerSize]
	}
	if version < 4 && flags&unsync != 0 {
		body = resync(body)
	}
	if flags&extended != 0 && version > 2 {
		body = skipExtended(body, version)
	}
	t := Tag{}
	r := reader{version: version, tag: &t, unsync: version == 4 && flags&unsync != 0}
	if body == nil {
		r.damage = fmt.Errorf("the extended header is longer than the tag: %w", ErrDamaged)
	}
	if version == 2 {
		r.shortFrames(body)
	} else {
		r.frames(body, r.take)
	}
	r.orderChapters()
	return t, r.damage
}

// resync undoes unsynchronisation (6.1): a zero behind 0xFF goes.
func resync(b []byte) []byte { return bytes.ReplaceAll(b, []byte{0xFF, 0}, []byte{0xFF}) }

// skipExtended steps over an extended header (3.2).
func skipExtended(b []byte, version byte) []byte {
	if len(b) < 4 {
		return nil
	}
	n, _ := unsafe7(b)
	if version == 3 { // there the size does not count itself
		n = int(binary.BigEndian.Uint32(b)) + 4
	}
	if n < 4 || n > len(b) {
		return nil
	}
	return b[n:]
}

// reader fills a Tag from frames.
type reader struct {
	version byte
	unsync  bool
	tag     *Tag
	order   []string
	byID    map[string]Chapter
	damage  error
}

// frames calls visit for each frame in b, up to the padding or the first thing
// that is none.
func (r *reader) frames(b []byte, visit func(id string, body []byte)) {
	for len(b) >= headerSize && isID(b[:4]) {
		n := r.frameSize(b)
		if n < 0 || n > len(b)-headerSize {
			r.breaksOff(b[:4], n, len(b)-headerSize)
			return
		}
		if body, ok := r.content(b[headerSize:headerSize+n], b[9]); ok {
			visit(string(b[:4]), body)
		}
		b = b[headerSize+n:]
	}
}

func (r *reader) breaksOff(id []byte, n, have int) {
	r.damage = fmt.Errorf("the frame %s claims %d bytes, there are %d: %w", id, uint32(n), have, ErrDamaged)
}

// shortFrames reads the frames of ID3v2.2: names of three letters, sizes of three
// bytes, no flags.
func (r *reader) shortFrames(b []byte) {
	const head = 6
	for len(b) >= head && isID(append(b[:3:3], 'X')) {
		n := int(b[3])<<16 | int(b[4])<<8 | int(b[5])
		if n > len(b)-head {
			r.breaksOff(b[:3], n, len(b)-head)
			return
		}
		if id, ok := longNames[string(b[:3])]; ok {
			r.take(id, b[head:head+n])
		}
		b = b[head+n:]
	}
}

// longNames are the frames of ID3v2.2 that later versions only renamed.
var longNames = map[string]string{
	"TT2": "TIT2", "TP1": "TPE1", "TAL": "TALB", "TLA": "TLAN", "TSS": "TSSE", "TYE": "TYER",
	"TLE": "TLEN", "COM": "COMM", "TXX": "TXXX", "GEO": "GEOB",
}

// frameSize reads a frame's size: synchsafe since 2.4, save for programs that
// write 2.4 as if it were 2.3, which the frame behind gives away.
func (r *reader) frameSize(b []byte) int {
	plain := int(binary.BigEndian.Uint32(b[4:8]))
	if r.version < 4 {
		return plain
	}
	n, ok := unsafe7(b[4:8])
	switch {
	case !fits(b, plain):
		return n
	case ok && (n == plain || fits(b, n)):
		return n
	}
	return plain
}

// fits reports whether behind a frame of n bytes there is another, padding or
// the end.
func fits(b []byte, n int) bool {
	at := headerSize + n
	if n < 0 || at > len(b) {
		return false
	}
	if at == len(b) || b[at] == 0 {
		return true
	}
	return len(b)-at >= 4 && isID(b[at:at+4])
}

func isID(b []byte) bool {
	for _, c := range b[:4] {
		if !strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", rune(c)) {
			return false
		}
	}
	return true
}

// content undoes a frame's format flags (4.1.2). Compressed and encrypted frames
// are not read.
func (r *reader) content(b []byte, flags byte) ([]byte, bool) {
	if r.version < 4 {
		return b, flags&0xC0 == 0
	}
	const grouped, compressed, encrypted, unsync, length = 0x40, 0x08, 0x04, 0x02, 0x01
	if flags&(compressed|encrypted) != 0 {
		return nil, false
	}
	skip := 0
	if flags&grouped != 0 {
		skip++
	}
	if flags&length != 0 {
		skip += 4
	}
	if skip > len(b) {
		return nil, false
	}
	b = b[skip:]
	if flags&unsync != 0 || r.unsync {
		b = resync(b)
	}
	return b, true
}

func (r *reader) take(id string, b []byte) {
	if len(b) == 0 {
		return
	}
	t := r.tag
	switch id {
	case "TIT2":
		t.Title = text(b)
	case "TPE1":
		t.Artist = text(b)
	case "TALB":
		t.Album = text(b)
	case "TLAN":
		t.Language = text(b)
	case "TSSE":
		t.Software = text(b)
	case "TDRC", "TYER":
		t.Date = text(b)
	case "TLEN":
		if ms, err := strconv.ParseInt(text(b), 10, 64); err == nil && ms > 0 && ms < 1<<40 {
			t.Length = time.Duration(ms) * time.Millisecond
		}
	case "COMM":
		r.comment(b)
	case "TXXX":
		k, v := split(b[0], b[1:])
		if t.Text == nil {
			t.Text = map[string]string{}
		}
		t.Text[decode(b[0], k)] = decode(b[0], v)
	case "APIC":
		r.picture(b)
	case "PRIV":
		owner, data := split(0, b)
		t.Private = append(t.Private, Private{Owner: decode(0, owner), Data: bytes.Clone(data)})
	case "GEOB":
		r.object(b)
	case "CHAP":
		r.chapter(b)
	case "CTOC":
		r.toc(b)
	}
}

// comment keeps the first comment without a description, else the first.
func (r *reader) comment(b []byte) {
	if len(b) < 4 {
		return
	}
	desc, s := split(b[0], b[4:])
	if plain := len(desc) == 0 || decode(b[0], desc) == ""; plain || r.tag.Comment == "" {
		r.tag.Comment = decode(b[0], s)
	}
}

func (r *reader) picture(b []byte) {
	mime, rest := split(0, b[1:])
	if len(rest) < 1 || r.tag.Picture != nil && rest[0] != 3 {
		return
	}
	desc, data := split(b[0], rest[1:])
	r.tag.Picture = &Picture{MIME: decode(0, mime), Description: decode(b[0], desc), Data: bytes.Clone(data)}
}

func (r *reader) object(b []byte) {
	mime, rest := split(0, b[1:])
	name, rest := split(b[0], rest)
	desc, data := split(b[0], rest)
	r.tag.Objects = append(r.tag.Objects, Object{
		MIME: decode(0, mime), Name: decode(b[0], name), Description: decode(b[0], desc), Data: bytes.Clone(data),
	})
}

// chapter reads a CHAP: id, two times, two offsets, frames.
func (r *reader) chapter(b []byte) {
	id, rest := split(0, b)
	if len(rest) < 16 {
		return
	}
	ms := func(at int) time.Duration {
		return time.Duration(binary.BigEndian.Uint32(rest[at:])) * time.Millisecond
	}
	c := Chapter{Start: ms(0), End: ms(4)}
	r.frames(rest[16:], func(id string, body []byte) {
		if id == "TIT2" && len(body) > 0 {
			c.Title = text(body)
		}
	})
	if r.byID == nil {
		r.byID = map[string]Chapter{}
	}
	r.byID[string(id)] = c
	r.tag.Chapters = append(r.tag.Chapters, c)
}

func (r *reader) toc(b []byte) {
	_, rest := split(0, b)
	if len(rest) < 2 || rest[0]&2 == 0 && r.order != nil {
		return
	}
	n := int(rest[1])
	rest = rest[2:]
	for range n {
		var id []byte
		id, rest = split(0, rest)
		r.order = append(r.order, string(id))
	}
}

// orderChapters puts the chapters in the order of the table of contents, if
// that lists them all.
func (r *reader) orderChapters() {
	ordered := make([]Chapter, 0, len(r.order))
	for _, id := range r.order {
		if c, ok := r.byID[id]; ok {
			ordered = append(ordered, c)
		}
	}
	if len(ordered) == len(r.tag.Chapters) && len(ordered) > 0 {
		r.tag.Chapters = ordered
	}
}

// split cuts at the end of a string: one zero byte, or an aligned pair of them
// in UTF-16.
func split(encoding byte, b []byte) (s, rest []byte) {
	if encoding == 1 || encoding == 2 {
		for i := 0; i+1 < len(b); i += 2 {
			if b[i] == 0 && b[i+1] == 0 {
				return b[:i], b[i+2:]
			}
		}
		return b, nil
	}
	s, rest, _ = bytes.Cut(b, []byte{0})
	return s, rest
}

// text reads a text frame; of several values it returns the first.
func text(b []byte) string {
	s, _ := split(b[0], b[1:])
	return decode(b[0], s)
}

// decode reads a string in one of the four encodings (4).
func decode(encoding byte, b []byte) string {
	switch encoding {
	case 0:
		var s strings.Builder
		for _, c := range b {
			s.WriteRune(rune(c))
		}
		return strings.TrimRight(s.String(), "\x00")
	case 1, 2:
		return decode16(b)
	}
	return strings.TrimRight(strings.ToValidUTF8(string(b), "\uFFFD"), "\x00")
}

func decode16(b []byte) string {
	order := binary.ByteOrder(binary.BigEndian)
	if len(b) >= 2 && b[0] == 0xFF && b[1] == 0xFE {
		order, b = binary.LittleEndian, b[2:]
	} else if len(b) >= 2 && b[0] == 0xFE && b[1] == 0xFF {
		b = b[2:]
	}
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = order.Uint16(b[2*i:])
	}
	return strings.TrimRight(string(utf16.Decode(units)), "\x00")
}
