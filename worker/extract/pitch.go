package extract

import (
	"slices"
	"strings"
	"unicode/utf8"

	"lector"
)

// A pitch is a text that wants something from its reader: a click, an address, money, a
// tip. One word or position is not enough: several signs together decide.
const (
	signsOf   = 5   // the signs that make a text a pitch
	topical   = 2   // long paragraphs that make a thing one that the article is about
	patience  = 2   // more of them where the article itself speaks to its reader
	mostPitch = 600 // bytes of the longest pitch
	enough    = 100 // paragraphs by which the voice of an article is known
	wordy     = 300 // bytes from which on signs can come together by chance
)

// pitches finds the pitches of one page. Signs that the article itself shows count less.
type pitches struct {
	book   rulebook
	raws   []raw
	blocks []Block
	in     boxes
	lang   string
	theme  map[string]int // the things that the article itself is about
	said   []*signs
	names  []string // what the site calls itself, folded
	boxed  bool     // most of the text stands in one box
	bar    int
	told   bool // the article itself says "you"
	ours   bool // and "we"
	ends   int  // the last block of the article itself
	starts int  // the first
	tail   int  // the block before those that an article ends with, or -1
}

// solicit drops the texts below a page's head that want something from the
// reader.
func solicit(p *Page, raws []raw, in boxes, names []string, head int) {
	if len(raws) != len(p.Blocks) { // an article that came in parts, without a page
		raws = make([]raw, len(p.Blocks))
	}
	x := pitches{book: p.book, raws: raws, blocks: p.Blocks, in: in, lang: p.tongue(), theme: map[string]int{}, said: make([]*signs, len(p.Blocks)), names: names, boxed: boxedBody(p.Blocks), bar: signsOf, tail: -1}
	before := slices.Clone(p.Blocks)
	x.listen()
	for i := head + 1; i < len(p.Blocks); i++ {
		b := &p.Blocks[i]
		if b.solicitable() && !b.corrected() && x.pitched(i) {
			b.drop(p.book.get("pitch"))
		}
	}
	x.trail(p, head)
	x.headings()
	x.islands()
	x.leads()
	x.relent(before)
}

// solicitable reports whether a block can be a pitch by its kind and its length.
func (b Block) solicitable() bool {
	return b.droppable() && b.Kind != lector.Quote && len(b.Text) <= mostPitch
}

// relent undoes everything where half of the text or more would be dropped: then the
// article itself is written so.
func (x *pitches) relent(before []Block) {
	gone, all := 0, 0
	for i, b := range before {
		if b.running() {
			all += len(b.Text)
			if !x.blocks[i].Keep {
				gone += len(b.Text)
			}
		}
	}
	if gone*2 > all {
		copy(x.blocks, before)
	}
}

// listen finds whether the article itself addresses its reader, and its first and last
// block.
func (x *pitches) listen() {
	x.starts, x.ends = -1, -1
	reader, house, bidding, all, heard := 0, 0, 0, 0, 0
	for i, b := range x.blocks {
		if !b.running() || !prose(b.Text) {
			continue
		}
		if heard++; heard > enough && len(b.Text) >= mostPitch { // its voice is known by now
			x.note(i)
			continue
		}
		s := x.listened(i)
		all += len(b.Text)
		for _, g := range s.things {
			if len(b.Text) > scanty {
				x.theme[g]++
			}
		}
		asks := s.goods > 0 && s.weight() >= signsOf && len(b.Text) < wordy
		if s.reader > 0 && !asks {
			reader += len(b.Text)
		}
		if s.publisher > 0 && !asks {
			house += len(b.Text)
		}
		if s.bids > 0 {
			bidding += len(b.Text)
		}
		if s.weight() < 3 || len(b.Text) >= mostPitch || s.bids+s.goods == 0 {
			x.note(i)
		}
	}
	x.told, x.ours = reader*3 > all, house*3 > all
	if bidding*3 > all {
		x.bar += patience
	}
	if x.told {
		x.bar++
	}
}

// note records that block i belongs to the article.
func (x *pitches) note(i int) {
	if x.starts < 0 {
		x.starts = i
	}
	x.ends = i
}

// pitched reports whether a block is a pitch.
func (x *pitches) pitched(i int) bool {
	r, b := x.raws[i], x.blocks[i]
	s := x.hear(i)
	asks, addresses := s.bids > 0 && x.opens(i, s), s.persons > 0 && (s.goods > 0 || s.mail)
	if !asks && !addresses {
		return false
	}
	n := s.weight() + x.place(i) + count(r.linked > 0, r.offers&doors != 0, r.slanted() || r.heavy(), containsAny(strings.ToLower(b.Text), x.names))
	if s.bids == 0 {
		n--
	}
	return n >= x.bar-x.ease(i)+max(0, len(b.Text)-wordy)/(wordy/3)
}

// doors are what a link of a pitch leads to.
const doors = support | membership | channel | mail

// opens reports whether a block says by what its reader can do as it asks. Among the
// requests at an article's end it is enough that it speaks to him or has a link.
func (x *pitches) opens(i int, s signs) bool {
	r := x.raws[i]
	if s.goods > 0 || s.contact || r.offers&doors != 0 {
		return true
	}
	return x.ease(i) > 0 && (s.persons > 0 || r.linked > 0)
}

// count returns how many of the conditions hold.
func count(conditions ...bool) (n int) {
	for _, holds := range conditions {
		if holds {
			n++
		}
	}
	return n
}

// ease is how many signs fewer are enough at an article's end, where several requests to
// the reader follow each other.
func (x *pitches) ease(i int) int {
	if i > x.tail && x.tail >= 0 {
		return patience
	}
	return 0
}

// trail drops blocks from the end backwards, as long as each is a request to the reader or
// is not a sentence. At least one must have been dropped before.
func (x *pitches) trail(p *Page, head int) {
	seen := false
	for i := len(x.blocks) - 1; i > head; i-- {
		b := &x.blocks[i]
		if !b.Keep {
			seen = seen || asking(*b)
			continue
		}
		if !b.solicitable() {
			return
		}
		if b.corrected() || p.aboutAuthor(b.Text) {
			continue
		}
		if seen {
			x.tail = i - 1
		}
		id := x.trailing(i, seen)
		if id == "" || !b.drop(p.book.get(id)) {
			return
		}
		seen = true
	}
}

// trailing returns the rule by which a block near the end is not read, or "";
// seen tells whether something below it asks something of the reader.
func (x *pitches) trailing(i int, seen bool) string {
	b := x.blocks[i]
	short := b.Kind == lector.Paragraph && utf8.RuneCountInString(b.Text) < 60
	line := short && !ended(b.Text) && !spaceless(b.Text)
	switch {
	case x.pitched(i):
		return "pitch"
	case line && seen, x.among(i):
		return "pitch.line"
	}
	return ""
}

// among reports whether a short text at the end has two that ask something
// above it, and no other below.
func (x *pitches) among(i int) bool {
	b := x.blocks[i]
	r := x.raws[i]
	if prose(b.Text) && r.linked+r.italic+r.bold == 0 && hear(b.Text, x.lang).persons == 0 {
		return false // as the article's last sentence can be
	}
	if utf8.RuneCountInString(b.Text) > 120 || strings.ContainsAny(b.Text, `"“„«»`) || i < 2 {
		return false
	}
	return asking(x.blocks[i-1]) && asking(x.blocks[i-2])
}

// asking reports whether a rule drops what asks something of the reader, or
// what is said of the article at its end.
func asking(b Block) bool {
	if b.ID == "form.box" {
		return true
	}
	if !b.worded() && !strings.HasPrefix(b.ID, "pitch") {
		return false
	}
	switch b.Reason {
	case signup, appeal, advert, author, imprint, legal, notes, service, comments, share, cookie:
		return true
	}
	return false
}

// place returns how many signs of a pitch the position of a block counts: beside the
// text's own box, before its first paragraph or behind its last.
func (x *pitches) place(i int) int {
	return count(x.boxed && !x.blocks[i].home, i < x.starts || i > x.ends)
}

// headings drops the line above a pitch, in a box with it: "Want more?".
func (x *pitches) headings() {
	for i := len(x.blocks) - 2; i >= 0; i-- {
		b := &x.blocks[i]
		if !b.droppable() || len(b.Text) > brief {
			continue
		}
		if asking(x.blocks[i+1]) && x.headsNext(i) {
			b.drop(x.book.get("pitch.heading"))
		}
	}
}

// headsNext reports whether a block is the heading of the next one: both are beside the text's
// own box, or it is a heading behind the article.
func (x *pitches) headsNext(i int) bool {
	b, next := x.blocks[i], x.blocks[i+1]
	if b.Kind == lector.Heading && i > x.ends {
		return true
	}
	if !x.boxed || b.home || next.home {
		return false
	}
	return b.Kind == lector.Heading || b.Kind == lector.Paragraph && !prose(b.Text)
}

// leads drops the line above links that were dropped, and a label with the
// link that it stands for: "More on air travel", "Ratings: how they played".
func (x *pitches) leads() {
	for i := len(x.blocks) - 1; i >= 0; i-- {
		b := &x.blocks[i]
		if !b.droppable() || len(b.Text) > brief {
			continue
		}
		switch {
		case i+1 < len(x.blocks) && x.headsLinks(i):
			b.drop(x.book.get("link.head"))
		case b.Kind == lector.Paragraph && b.labelledLink(x.raws[i].linked):
			b.drop(x.book.get("link.label"))
		}
	}
}

// labelledLink reports whether the block is a label and a link behind it; linked is how much of
// the block stands in links, in bytes.
func (b Block) labelledLink(linked int) bool {
	at := strings.Index(b.Text, ": ")
	if at <= 0 || at >= 30 {
		return false
	}
	return linked >= len(b.Text)-at-3 && !ended(b.Text)
}

// headsLinks reports whether a short line stands right above links that were
// dropped: marked as a label, or with no text of its own below them.
func (x *pitches) headsLinks(i int) bool {
	b, next := x.blocks[i], x.blocks[i+1]
	if len(b.Text) > 80 || b.Kind == lector.Item || !slices.Contains([]Reason{related, feed}, next.Reason) {
		return false
	}
	colon := strings.HasSuffix(b.Text, ":")
	if ended(b.Text) && !colon && !strings.HasSuffix(b.Text, "?") {
		return false
	}
	if (colon || x.raws[i].heavy()) && b.Kind == lector.Paragraph {
		return true
	}
	for _, below := range x.blocks[i+1:] {
		if below.running() {
			return below.Kind == lector.Heading
		}
	}
	return true
}
