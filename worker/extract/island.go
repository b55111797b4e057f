package extract

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// How many bytes of text a box of a pitch holds at most, and how many of its sentences may
// look like the article's.
const (
	mostIsland = 1000
	mostProse  = 2
)

// island is a box between the paragraphs, to be dropped where it holds a pitch.
type island struct {
	kept     []int
	prose    int
	beckoned bool // something in it is a pitch, or a button that calls
}

// islands drops the rest of a box that holds a pitch or a button: a picture's caption, the
// date of an event, the small print.
func (x *pitches) islands() {
	if !x.boxed {
		return
	}
	found := map[*html.Node]*island{}
	var order []*html.Node
	for i, r := range x.raws {
		box := x.in.island(r)
		if box == nil {
			continue
		}
		if found[box] == nil {
			found[box] = &island{}
			order = append(order, box)
		}
		found[box].add(i, r, x.blocks[i], x.lang)
	}
	for _, box := range order {
		if s := found[box]; s.beckoned && s.prose <= mostProse {
			for _, i := range s.kept {
				x.blocks[i].drop(x.book.get("pitch.box"))
			}
		}
	}
}

func (s *island) add(i int, r raw, b Block, lang string) {
	switch {
	case b.droppable() && !b.corrected():
		s.kept = append(s.kept, i)
		if prose(b.Text) {
			s.prose++
		}
	case b.Keep:
		s.prose += mostProse + 1
	default:
		s.beckoned = s.beckoned || asking(b) || beckons(b, r, lang)
	}
}

// beckons reports whether a dropped block is a button, or a link that begins with what the
// reader shall do.
func beckons(b Block, r raw, lang string) bool {
	clicked := b.ID == "tag.button" || r.share() > 0.9
	if !clicked || len(b.Text) >= 40 {
		return false
	}
	return button(r.node) || data().bids.of(lang).begin(fold(b.Text))
}

// button reports whether a link is made up as a button.
func button(n *html.Node) bool {
	for p := range inclusiveAncestors(n, 3) {
		if buttonClass(p) {
			return true
		}
		for c := range p.ChildNodes() {
			if c.DataAtom == atom.A && (attr(c, "role") == "button" || buttonClass(c)) {
				return true
			}
		}
	}
	return false
}

func buttonClass(n *html.Node) bool {
	return containsAny(strings.ToLower(attr(n, "class")), listed("buttons"))
}
