package extract

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"lector"
)

// company says what an element holds beside its text: a picture, a form, a title, a link.
type company uint8

const (
	picture company = 1 << iota
	field           // something to fill in
	title           // the page's main heading
	link            // a link to another page
)

// reach is how many elements above a block are searched for a box. A box with at most
// scanty bytes of text belongs to its picture or its form.
const (
	reach  = 6
	scanty = 300
	brief  = 160 // a block that is no paragraph
)

// accompany notes a picture, a form's field or a main heading in the elements
// around it.
func (w *walker) accompany(n *html.Node) {
	c := companyOf(n)
	if c == 0 {
		return
	}
	if alt := altOf(n); len(alt) > 30 && len(alt) < longest {
		w.alts[key(alt)] = true
	}
	for p := range inclusiveAncestors(n.Parent, reach) {
		w.beside[p] |= c
	}
}

func companyOf(n *html.Node) company {
	switch n.DataAtom {
	case atom.Img, atom.Picture, atom.Video, atom.Iframe:
		return picture
	case atom.Textarea, atom.Select, atom.Label:
		return field
	case atom.H1:
		return title
	case atom.Input:
		if attr(n, "type") != "hidden" {
			return field
		}
	case atom.A:
		if href := attr(n, "href"); len(href) > 1 && href[0] != '#' {
			return link
		}
	}
	if n.Data == "amp-img" || n.Data == "amp-video" {
		return picture
	}
	return 0
}

// altOf returns a picture's alternative text.
func altOf(n *html.Node) string {
	if n.DataAtom == atom.Picture {
		for d := range n.Descendants() {
			if d.DataAtom == atom.Img {
				return attr(d, "alt")
			}
		}
	}
	return attr(n, "alt")
}

// boxOf returns the element that holds a block together with others: not the
// paragraph or list that is the block itself.
func boxOf(n *html.Node) *html.Node {
	for n.Parent != nil && (inline(n.DataAtom) || textual(n.DataAtom)) {
		n = n.Parent
	}
	return n
}

// textual reports whether an element is a block of text or a list.
func textual(a atom.Atom) bool {
	switch a {
	case atom.P, atom.Li, atom.Ul, atom.Ol, atom.Dl, atom.Dt, atom.Dd, atom.Blockquote, atom.Center, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5,
		atom.H6:
		return true
	}
	return false
}

// inclusiveAncestors yields n and the elements around it, the innermost first; most is how
// many at most.
func inclusiveAncestors(n *html.Node, most int) iter.Seq[*html.Node] {
	return func(yield func(*html.Node) bool) {
		p := n
		for range most {
			if p == nil || !yield(p) {
				return
			}
			p = p.Parent
		}
	}
}

// boxes are the blocks of a page as they stand together.
type boxes struct {
	w    *walker
	g    ground
	main *html.Node // the box that holds most of the running text
	size map[*html.Node]int
	full map[model]bool // the models of boxes of which one holds much text
}

// model is what elements of the same kind have in common: their class, or without one
// their position.
type model struct {
	parent *html.Node
	tag    atom.Atom
	class  string
}

func modelOf(n *html.Node) model {
	if class := attr(n, "class"); class != "" { // wherever they stand
		return model{tag: n.DataAtom, class: class}
	}
	return model{parent: n.Parent, tag: n.DataAtom}
}

// group finds out how much text the elements around the blocks hold.
func group(w *walker, g ground) boxes {
	b := boxes{w: w, g: g, size: map[*html.Node]int{}, full: map[model]bool{}}
	text := map[*html.Node]int{}
	for _, r := range w.blocks {
		if !r.unseen() {
			for p := range inclusiveAncestors(r.node, reach) {
				b.size[p] += len(r.Text)
			}
		}
		if !g.holds(r.node) || r.dropped() != nil {
			continue
		}
		box := boxOf(r.node)
		if text[box] += r.good(); b.main == nil || text[box] > text[b.main] {
			b.main = box
		}
		if r.good() > 0 {
			for p := range inclusiveAncestors(box, reach) {
				if b.size[p] > scanty {
					b.full[modelOf(p)] = true
				}
			}
		}
	}
	return b
}

// isHome reports whether a box is the one that holds most of the running text,
// or another of the same make: some sites give each paragraph its own.
func (b boxes) isHome(box *html.Node) bool {
	if box == b.main || b.main == nil {
		return box == b.main
	}
	m := makeOf(b.main)
	return m != "" && makeOf(box) == m
}

// makeOf names the make of a box by its class, or by what its site calls the
// component. A box that its parent holds alone is of its parent's make.
func makeOf(n *html.Node) string {
	nesting := ""
	for p := range inclusiveAncestors(n, 3) {
		for _, name := range [...]string{"class", "data-component", "data-testid", "data-type"} {
			if v := attr(p, name); v != "" {
				return p.Data + " " + nesting + name + "=" + strings.TrimRight(v, "0123456789-_")
			}
		}
		if !onlyChild(p) {
			return ""
		}
		nesting += ">"
	}
	return ""
}

func onlyChild(n *html.Node) bool {
	for s := n.PrevSibling; s != nil; s = s.PrevSibling {
		if s.Type == html.ElementNode {
			return false
		}
	}
	for s := n.NextSibling; s != nil; s = s.NextSibling {
		if s.Type == html.ElementNode {
			return false
		}
	}
	return true
}

// unseen reports whether the page does not show the block.
func (r raw) unseen() bool {
	o := r.dropped()
	return o != nil && o.reason == hidden
}

// around returns the largest element around a block that holds little text,
// or nil. It is no part of the running text's own box.
func (b boxes) around(r raw) *html.Node {
	if b.main == nil {
		return nil
	}
	return b.largest(r, reach-1, func(n *html.Node) bool { return b.size[n] <= scanty && !b.full[modelOf(n)] })
}

// island returns the largest element around a block that does not hold the running text's
// own box and has no more text than the box of a pitch, or nil.
func (b boxes) island(r raw) *html.Node {
	return b.largest(r, reach, func(n *html.Node) bool { return b.size[n] <= mostIsland })
}

// largest returns the outermost of the elements around a block that all are small and apart
// from the running text, or nil; most is how many are looked at.
func (b boxes) largest(r raw, most int, small func(*html.Node) bool) (box *html.Node) {
	for n := range inclusiveAncestors(boxOf(r.node), most) {
		if !small(n) || !b.apart(n) {
			break
		}
		box = n
	}
	return box
}

// apart reports whether an element holds neither running text nor the page's title.
func (b boxes) apart(n *html.Node) bool {
	text := b.g.nodes[n] || within(b.main, n) || b.isHome(n)
	return !text && b.w.beside[n]&title == 0
}

// judge drops what says something of a picture or asks for something to be
// filled in: little text in one box with it. Where much of the page is made
// like that, it is the text.
func (b boxes) judge(raws []raw, p *Page) {
	blocks := p.Blocks
	found, chars, total := map[int]*rule{}, 0, 0
	for i, r := range raws {
		if !blocks[i].Keep || r.speak != "" {
			continue
		}
		total += len(r.Text)
		if rule := p.book.on(data().rules[b.rule(r)]); rule != nil {
			found[i] = rule
			chars += len(r.Text)
		}
	}
	if chars*4 > total {
		return
	}
	for i, rule := range found {
		blocks[i].drop(rule)
	}
}

func (b boxes) rule(r raw) string {
	box := b.around(r)
	switch {
	case r.describes(b.w.alts):
		return "caption.alt"
	case box == nil:
		return ""
	case b.w.beside[box]&field != 0:
		return "form.box"
	case b.w.beside[box]&picture != 0 && r.captionKind():
		return "caption.box"
	case r.linkedHeading():
		return "link.alone"
	}
	return ""
}

// describes reports whether a block says what a picture is said to show.
func (r raw) describes(alts map[string]bool) bool {
	if len(alts) == 0 || len(r.Text) >= longest {
		return false
	}
	return r.ofKind(lector.Paragraph, lector.Item) && alts[key(r.Text)]
}

// linkedHeading reports whether a block is a heading, but not the main one, that is a link.
func (r raw) linkedHeading() bool {
	return r.Kind == lector.Heading && r.Rank > 1 && r.share() > 0.9
}

// captionKind reports whether a block can be what is said of the picture in its
// box: it is no heading, no quote, and does not stand in a column of its own.
func (r raw) captionKind() bool {
	if r.ofKind(lector.Heading, lector.Quote) {
		return false
	}
	for n := range inclusiveAncestors(r.node, reach) {
		if has("text columns", attr(n, "class")) {
			return false
		}
	}
	return true
}

// outskirts drops what stands outside the box of the running text, where that box
// holds most of what is read: short lines between the title and the text, short
// blocks below it, and small boxes with a link within it.
func (b boxes) outskirts(raws []raw, p *Page, shown, standfirst int) {
	blocks := p.Blocks
	first, last := extent(blocks, shown, standfirst)
	if first < 0 {
		return
	}
	tail := b.calls(raws[last+1:], blocks[last+1:])
	for i := shown + 1; i < len(blocks); i++ {
		x := &blocks[i]
		if i == standfirst || x.home {
			continue
		}
		if !x.droppable() || x.corrected() {
			continue
		}
		switch {
		case i < first && x.Kind == lector.Paragraph && raws[i].heads():
			x.drop(p.book.get("title.below"))
		case i > last && tail:
			x.drop(p.book.get("text.below"))
		case i > first && i < last && b.linking(raws[i]):
			x.drop(p.book.get("link.box"))
		case x.Kind == lector.Heading && i+1 < len(blocks) && slices.Contains([]string{"gallery", "form.box"}, blocks[i+1].ID):
			x.drop(p.book.get(blocks[i+1].ID))
		}
	}
}

// calls reports whether the blocks below the text ask the reader to do something: all
// of them are short, and a third or more have been dropped already.
func (b boxes) calls(raws []raw, below []Block) bool {
	short, other := 0, 0
	for i, x := range below {
		switch {
		case x.Keep && len(x.Text) > brief:
			return false
		case x.Keep:
			short++
		case b.g.holds(raws[i].node):
			other++
		}
	}
	return other*2 >= short
}

// heads reports whether a line is of the kind that stands in an article's head:
// a name, a place, a date.
func (r raw) heads() bool {
	if prose(r.Text) || len(r.Text) > brief {
		return false
	}
	if _, dated := findDate(r.Text); dated || r.linked > 0 {
		return true
	}
	return utf8.RuneCountInString(r.Text) < 40
}

// extent returns the first and the last block of the running text's own box,
// or -1 where it does not hold most of what is read.
func extent(blocks []Block, shown, standfirst int) (first, last int) {
	home, all := 0, 0
	first = -1
	for i, x := range blocks {
		if !x.Keep || i == shown || i == standfirst {
			continue
		}
		all += len(x.Text)
		if x.home {
			home += len(x.Text)
			last = i
			if first < 0 {
				first = i
			}
		}
	}
	if home*10 < all*7 {
		return -1, -1
	}
	return first, last
}

// linking reports whether a block stands in a small box that holds a link.
func (b boxes) linking(r raw) bool {
	text := prose(r.Text) && r.share() < 0.5
	if text || r.ofKind(lector.Quote, lector.Item) {
		return false
	}
	box := b.around(r)
	return box != nil && b.w.beside[box]&link != 0
}

// slides drops the pictures of a gallery that are counted: "3/12", in one
// element with what is said of the picture.
func slides(raws []raw, p *Page) {
	blocks := p.Blocks
	of := map[string]int{}
	last := make([]string, len(raws))
	for i, r := range raws {
		if len(r.Text) > longest {
			continue
		}
		if m := expr("counter").FindStringSubmatch(strings.ToLower(r.Text)); m != nil {
			last[i] = m[1]
			of[m[1]]++
		}
	}
	frames := map[*html.Node]bool{}
	for i, r := range raws {
		if last[i] != "" && of[last[i]] > 1 {
			frames[frameOf(r.node)] = true
		}
	}
	if len(frames) < 2 {
		return
	}
	for i, r := range raws {
		if r.speak == "" && frames[frameOf(r.node)] {
			blocks[i].drop(p.book.get("gallery"))
		}
	}
}

// frameOf returns the list item or the box that a block stands in.
func frameOf(n *html.Node) *html.Node {
	return cmp.Or(elementAround(n, atom.Li), boxOf(n))
}

// elementAround returns the innermost element around n, within reach, that is of one of the
// types, or nil.
func elementAround(n *html.Node, types ...atom.Atom) *html.Node {
	for p := range inclusiveAncestors(n, reach) {
		if slices.Contains(types, p.DataAtom) {
			return p
		}
	}
	return nil
}

// listOf returns the list that an item stands in, or nil.
func listOf(n *html.Node) *html.Node { return elementAround(n, atom.Ul, atom.Ol) }

// mixed are the lists of which most items are no links: in them, an item that
// is one is read as well.
func mixed(raws []raw) map[*html.Node]bool {
	items, linked := map[*html.Node]int{}, map[*html.Node]int{}
	for _, r := range raws {
		if r.Kind != lector.Item {
			continue
		}
		list := listOf(r.node)
		items[list]++
		if r.share() > 0.8 {
			linked[list]++
		}
	}
	out := map[*html.Node]bool{}
	for list, n := range items {
		out[list] = list != nil && linked[list]*2 < n
	}
	return out
}
