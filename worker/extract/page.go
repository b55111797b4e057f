// Package extract finds what is to be read in an article: it turns a CMS body,
// a whole web page, plain text or a page saved as text into blocks, each kept
// or dropped, each with the rule that decided it. It is deterministic, calls
// nothing, and runs in time linear in the size of its input.
package extract

import (
	"slices"
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
	lead   bool   // begins as the page describes itself
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
	return slices.ContainsFunc(p.Blocks, Block.running)
}

// header returns the blocks of the title, of a byline and of the standfirst with their
// places in the source, without those that have no text.
func (p *Page) header(byline, titlePath, bylinePath, standfirstPath string) []Block {
	head := []Block{
		{Kind: lector.Title, Text: p.Title, Path: titlePath},
		{Kind: lector.Byline, Text: byline, Path: bylinePath},
		{Kind: lector.Standfirst, Text: p.Subtitle, Path: standfirstPath},
	}
	for i := range head {
		head[i].keep(string(head[i].Kind))
	}
	return slices.DeleteFunc(head, func(b Block) bool { return b.Text == "" })
}

// running reports whether the block is read as part of the running text.
func (b Block) running() bool { return b.Keep && body(b.Kind) }

// droppable reports whether a rule can still drop the block from the running text:
// neither the markup nor the site demands that it is read, and the page does not describe
// itself by it.
func (b Block) droppable() bool { return b.running() && !b.insisted() && !b.lead }

// ofKind reports whether the block is of one of the kinds.
func (b Block) ofKind(kinds ...lector.SegmentKind) bool { return slices.Contains(kinds, b.Kind) }

// mainHeading reports whether the block is a heading of the first rank.
func (b Block) mainHeading() bool { return b.Kind == lector.Heading && b.Rank == 1 }

// corrected reports whether the block says what was corrected or brought up to date,
// which a listener must hear.
func (b Block) corrected() bool { return expr("corrected").MatchString(b.Text) }

// collapse joins the words of s by single spaces.
func collapse(s string) string {
	if singleSpaced(s) { // the usual text needs no copy
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

// singleSpaced reports whether s is printable ASCII with single spaces between its words
// and none around them.
func singleSpaced(s string) bool {
	space := true // before c; at the beginning a space is one too many
	for i := range len(s) {
		c := s[i]
		printable := c >= ' ' && c < 0x80
		if !printable || c == ' ' && space {
			return false
		}
		space = c == ' '
	}
	return s == "" || !space
}
