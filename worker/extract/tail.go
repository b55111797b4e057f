package extract

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"lector"
)

// lastWords is how many blocks at the end can say who wrote the article.
const lastWords = 4

// closing drops what the end of the article says of its author: lines that begin with the
// name, and lines in italics that say who somebody is.
func closing(p *Page) {
	left, prose := lastWords, 0
	for i := len(p.Blocks) - 1; i >= 0 && left > 0; i-- {
		b := &p.Blocks[i]
		if !b.running() {
			continue
		}
		if len(b.Text) > 500 || b.insisted() {
			return
		}
		left--
		switch {
		case !b.ofKind(lector.Paragraph, lector.Item) || b.corrected():
		case p.aboutAuthor(b.Text) || prose == 0 && p.introduces(i):
			b.drop(p.book.get("author.about"))
		default:
			prose++
		}
	}
}

// introduces reports whether a block below the text says who wrote it, without a name that
// is known: it is a name, or tells who somebody is.
func (p *Page) introduces(i int) bool {
	b := p.Blocks[i]
	switch {
	case len(b.Text) < 200 && expr("the author").MatchString(b.Text),
		b.Kind == lector.Paragraph && fullName(b.Text),
		b.slant && expr("biography").MatchString(b.Text):
		return true
	}
	return p.stranger(i)
}

// aboutAuthor reports whether a text begins with the name of an author and
// goes on in the third person.
func (p *Page) aboutAuthor(text string) bool {
	for _, name := range p.Authors {
		if len(strings.Fields(name)) < 2 || len(text) <= len(name) || !strings.EqualFold(trim(text, len(name)), name) {
			continue
		}
		rest := strings.ToLower(text[len(name):])
		if r, _ := utf8.DecodeRuneInString(rest); unicode.IsLetter(r) {
			continue
		}
		return true
	}
	return false
}

// stranger reports whether a block states the position of somebody whom the text does not
// mention: that person is its author.
func (p *Page) stranger(i int) bool {
	m := expr("office").FindStringSubmatch(p.Blocks[i].Text)
	if m == nil || len(p.Blocks[i].Text) > 300 {
		return false
	}
	names := strings.Fields(m[1])
	for j, b := range p.Blocks {
		if j != i && b.running() && strings.Contains(b.Text, names[len(names)-1]) {
			return false
		}
	}
	return true
}

// mostPoints is how many blocks a summary has at most, with its heading.
const mostPoints = 8

// summaries drops a list of key points above the text: the text says the same.
// What is as long as a quarter of the text, or has many points, is no summary
// of it.
func (p *Page) summaries() {
	blocks := p.Blocks
	from, size, total := -1, 0, 0
	for _, b := range blocks {
		if b.running() {
			total += len(b.Text)
		}
	}
	for i, b := range blocks {
		if from >= 0 && b.Keep {
			size += len(b.Text)
		}
		switch {
		case !b.running():
		case from < 0 && b.Kind == lector.Item:
		case from < 0 && prose(b.Text):
			return
		case from < 0 && has("gist", fold(b.Text)):
			from = i
		case from >= 0 && b.Kind != lector.Item:
			if (size-len(b.Text))*4 < total && i-from <= mostPoints {
				p.dropAll(blocks[from:i], "repeat.summary")
			}
			return
		}
	}
}

func (p *Page) dropAll(blocks []Block, id string) {
	for i := range blocks {
		if b := &blocks[i]; b.droppable() {
			b.drop(p.book.get(id))
		}
	}
}
