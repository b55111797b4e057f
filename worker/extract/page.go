// Package extract finds what is to be read in an article: it turns a CMS body,
// a whole web page, plain text or a page saved as text into blocks, each kept
// or dropped, each with the rule that decided it. It is deterministic, calls
// nothing, and runs in time linear in the size of its input.
package extract

import (
	"strings"
	"time"

	"lector"
)

// Page is an article as blocks. Title, Subtitle, Authors and Published come
// from the event first, then from JSON-LD, then from the page itself.
type Page struct {
	Title       string
	Subtitle    string
	Authors     []string
	Published   time.Time // zero when nobody states it
	Byline      string    // as written on the page; "" when it came from metadata
	Language    string    // BCP 47, "" when nobody states it
	URL         string
	Publication string
	Note        string  // what had to be guessed or mended; "" when nothing
	Blocks      []Block // in the order of the source

	book rulebook
}

// Block is one piece of the source. Nothing of the source that a reader could
// see is without a block: what is not kept says by which rule it was dropped.
type Block struct {
	Kind   lector.SegmentKind
	Text   string // white space collapsed
	Keep   bool
	Rule   string // what decided, for people: "card: bookmark", "text: read also"
	ID     string // of the rule that dropped it; "" when it is kept
	Reason Reason // why it is dropped; "" when it is kept
	Path   string // place in the source: a CSS path, or a line number
	Rank   int    // a heading's level, a list item's depth; else 0
	Rest   bool   // a break (rule, divider) follows: a longer pause

	below  bool   // stands right below another line of a file
	joined bool   // so, in a file that sets its paragraphs apart
	home   bool   // stands in the box that holds most of the running text
	slant  bool   // all in italics
	bullet string // of an item of plain text, which is not in Text
}

// Kept returns the blocks that are read.
func (p Page) Kept() []Block { return p.filter(true) }

// Dropped returns the blocks that are not read.
func (p Page) Dropped() []Block { return p.filter(false) }

func (p Page) filter(keep bool) []Block {
	var out []Block
	for _, b := range p.Blocks {
		if b.Keep == keep {
			out = append(out, b)
		}
	}
	return out
}

// insisted reports whether the markup or the site demands that the block is read.
func (b Block) insisted() bool {
	return b.Keep && (strings.HasPrefix(b.Rule, "markup") || strings.HasPrefix(b.Rule, "site"))
}

// body reports whether a block of this kind is part of the running text.
func body(k lector.SegmentKind) bool {
	switch k {
	case lector.Title, lector.Byline, lector.Standfirst:
		return false
	}
	return true
}

// readable reports whether anything but the title and the byline is kept.
func (p Page) readable() bool {
	for _, b := range p.Blocks {
		if b.Keep && body(b.Kind) {
			return true
		}
	}
	return false
}

// collapse joins the words of s by single spaces.
func collapse(s string) string {
	for i := 0; i < len(s); i++ { // the usual text needs no copy
		c := s[i]
		if c >= 0x80 || c < ' ' || (c == ' ' && (i == 0 || i == len(s)-1 || s[i+1] == ' ')) {
			return strings.Join(strings.Fields(s), " ")
		}
	}
	return s
}
