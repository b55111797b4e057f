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
	case b.Keep && r.speak == "" && body(b.Kind) && !expr("corrected").MatchString(b.Text):
		s.kept = append(s.kept, i)
		if prose(b.Text) {
			s.prose++
		}
	case b.Keep:
		s.prose += mostProse + 1
	case asking(b):
		s.beckoned = true
	case len(b.Text) < 40 && (b.ID == "tag.button" || r.share() > 0.9) && (button(r.node) || data().bids.of(lang).begin(fold(b.Text))):
		s.beckoned = true
	}
}

// button reports whether a link is made up as a button.
func button(n *html.Node) bool {
	for depth := 0; n != nil && depth < 3; n, depth = n.Parent, depth+1 {
		for c := range n.ChildNodes() {
			if c.DataAtom == atom.A && (attr(c, "role") == "button" || containsAny(strings.ToLower(attr(c, "class")), []string{"btn", "button", "cta"})) {
				return true
			}
		}
		if containsAny(strings.ToLower(attr(n, "class")), []string{"btn", "button", "cta"}) {
			return true
		}
	}
	return false
}

// island returns the largest box around a block that does not hold the running
// text's own box, or nil.
func (b boxes) island(r raw) *html.Node {
	var box *html.Node
	for n, depth := boxOf(r.node), 0; n != nil && depth < reach && !b.isHome(n) && !b.g.nodes[n]; n, depth = n.Parent, depth+1 {
		if b.size[n] > mostIsland || b.w.beside[n]&title != 0 || within(b.main, n) {
			break
		}
		box = n
	}
	return box
}
