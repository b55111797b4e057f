package extract

import (
	"strings"

	"lector"
)

// noteSigns are the signs by which a text points at a note below it. A raised number is
// one only where the markup says so, since it may be a power.
const noteSigns = "*†‡⁰¹²³⁴⁵⁶⁷⁸⁹"

// footnotes drops what explains a sign at a word above it: "* Except one." below "open
// on Sunday.*". A paragraph that begins with a sign that no word above has is read.
func (p *Page) footnotes() {
	referred := map[string]bool{}
	for i := range p.Blocks {
		b := &p.Blocks[i]
		if b.droppable() && referred[p.noteSign(i)] && b.drop(p.book.get("note.text")) {
			continue
		}
		for _, sign := range b.references() {
			referred[sign] = true
		}
	}
}

// noteSign returns the sign with which a block begins as notes do, or "". Items of
// plain text whose neighbours are items too are a list.
func (p *Page) noteSign(i int) string {
	b := p.Blocks[i]
	alone := !p.isItem(i-1) && !p.isItem(i+1)
	switch {
	case b.Kind == lector.Item && b.bullet == "*" && alone:
		return b.bullet
	case b.Kind != lector.Paragraph || !strings.ContainsAny(trim(b.Text, 3), noteSigns) || expr("emphasis").MatchString(b.Text):
		return ""
	}
	if m := expr("note sign").FindStringSubmatch(b.Text); m != nil {
		return m[1]
	}
	return ""
}

func (p *Page) isItem(i int) bool {
	return i >= 0 && i < len(p.Blocks) && p.Blocks[i].Kind == lector.Item
}

// references returns the signs in a block that point at a note: behind a word of what
// is read, or raised by the markup and dropped for that.
func (b Block) references() []string {
	switch {
	case b.ID == "note.mark":
		return strings.Fields(b.Text)
	case !b.Keep || !strings.ContainsAny(b.Text, noteSigns) || expr("emphasis").MatchString(b.Text):
		return nil
	}
	var signs []string
	for _, m := range expr("note reference").FindAllStringSubmatchIndex(b.Text, -1) {
		signs = append(signs, b.Text[m[2]:m[3]])
	}
	return signs
}
