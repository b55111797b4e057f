package id3

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/language"
)

const (
	headerSize = 10
	utf8Text   = 3 // the encoding byte of UTF-8 (4)
)

// Bytes returns the tag as ID3v2.4: text in UTF-8, sizes synchsafe, no
// unsynchronisation (readers step over a tag by its size), no padding. An empty
// tag is nil. Chapters beyond the 255 that a CTOC can list are left out.
func (t Tag) Bytes() []byte {
	var w writer
	lang := iso639(t.Language)
	w.text("TIT2", t.Title)
	w.text("TPE1", t.Artist)
	w.text("TALB", t.Album)
	if t.Language != "" {
		w.text("TLAN", lang)
	}
	w.text("TDRC", t.Date)
	if t.Length > 0 {
		w.text("TLEN", strconv.FormatInt(t.Length.Milliseconds(), 10))
	}
	w.text("TSSE", t.Software)
	w.comment(lang, t.Comment)
	for _, k := range slices.Sorted(maps.Keys(t.Text)) {
		w.frame("TXXX", append([]byte{utf8Text}, clean(k)+"\x00"+clean(t.Text[k])...))
	}
	w.picture(t.Picture)
	w.chapters(t.Chapters[:min(len(t.Chapters), maxChapters)])
	for _, p := range t.Private {
		w.frame("PRIV", append([]byte(clean(p.Owner)+"\x00"), p.Data...))
	}
	for _, o := range t.Objects {
		w.object(o)
	}
	return w.tag()
}

// writer gathers frames.
type writer struct{ b []byte }

// tag returns the frames behind a tag header (3.1).
func (w *writer) tag() []byte {
	if len(w.b) == 0 {
		return nil
	}
	head := append([]byte("ID3\x04\x00\x00"), synchsafe(len(w.b))...)
	return append(head, w.b...)
}

// frame appends one frame (4): its size is synchsafe as well.
func (w *writer) frame(id string, body []byte) {
	w.b = append(w.b, id...)
	w.b = append(w.b, synchsafe(len(body))...)
	w.b = append(w.b, 0, 0)
	w.b = append(w.b, body...)
}

func (w *writer) text(id, s string) {
	if s = clean(s); s != "" {
		w.frame(id, append([]byte{utf8Text}, s...))
	}
}

// comment appends COMM (4.10): language, an empty description, the text.
func (w *writer) comment(lang, s string) {
	if s = clean(s); s != "" {
		w.frame("COMM", append([]byte{utf8Text}, lang+"\x00"+s...))
	}
}

// picture appends APIC (4.14), type 3: the front cover.
func (w *writer) picture(p *Picture) {
	if p == nil || len(p.Data) == 0 {
		return
	}
	body := append([]byte{utf8Text}, clean(p.MIME)+"\x00\x03"+clean(p.Description)+"\x00"...)
	w.frame("APIC", append(body, p.Data...))
}

// object appends GEOB (4.15).
func (w *writer) object(o Object) {
	body := append([]byte{utf8Text}, clean(o.MIME)+"\x00"+clean(o.Name)+"\x00"+clean(o.Description)+"\x00"...)
	w.frame("GEOB", append(body, o.Data...))
}

// chapters appends a CTOC (addendum 3.2) and the CHAPs it lists (3.1). Players
// show no chapter that no table of contents lists.
func (w *writer) chapters(all []Chapter) {
	if len(all) == 0 {
		return
	}
	const topLevel, ordered = 2, 1
	toc := append([]byte("toc\x00"), topLevel|ordered, byte(len(all)))
	for i := range all {
		toc = append(toc, chapterID(i)...)
	}
	w.frame("CTOC", toc)
	for i, c := range all {
		body := []byte(chapterID(i))
		body = binary.BigEndian.AppendUint32(body, uint32(c.Start.Milliseconds()))
		body = binary.BigEndian.AppendUint32(body, uint32(c.End.Milliseconds()))
		body = append(body, "\xff\xff\xff\xff\xff\xff\xff\xff"...) // times count, not bytes
		var title writer
		title.text("TIT2", c.Title)
		w.frame("CHAP", append(body, title.b...))
	}
}

func chapterID(i int) string { return fmt.Sprintf("ch%d\x00", i) }

// synchsafe returns n in four bytes of seven bits (6.2).
func synchsafe(n int) []byte {
	return []byte{byte(n >> 21 & 127), byte(n >> 14 & 127), byte(n >> 7 & 127), byte(n & 127)}
}

// clean returns s as valid UTF-8 without the NUL that ends strings in a tag.
func clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

// iso639 returns the three letters of ISO 639-2 for a language tag, "XXX"
// where there are none (4.2.3).
func iso639(tag string) string {
	parsed, err := language.Parse(tag)
	if err != nil {
		return "XXX"
	}
	base, confidence := parsed.Base()
	if confidence == language.No {
		return "XXX"
	}
	if code := base.ISO3(); len(code) == 3 {
		return code
	}
	return "XXX"
}
