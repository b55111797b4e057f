package extract

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// settle revokes the guesses that would drop most of the page's text, for an element that
// holds the article is not furniture, whatever its class is called. A rule that is certain
// by its name is revoked only when hardly any text is left otherwise, or when the element
// holds the page's own title.
func settle(blocks []raw, entitled func(string) bool) {
	total := 0
	byRule := map[*rule]int{}
	for _, b := range blocks {
		n := b.good()
		total += n
		for i, o := range b.chain {
			o.good += n
			if !ruled(b.chain[:i], o.rule) {
				byRule[o.rule] += n
			}
		}
	}
	for _, b := range blocks {
		title := b.mainHeading() && len(b.chain) > 0 && entitled(b.Text)
		for _, o := range b.chain {
			if o.sure || o.good == 0 {
				continue
			}
			if revocable(o, byRule[o.rule], total) || title && o.untitled() {
				o.revoked = true
			}
		}
	}
}

// untitled reports whether an element with the page's title in it cannot be what its rule
// says, as the article's title stands in no list of comments.
func (o *origin) untitled() bool { return o.good > leastVeto && has("untitled", string(o.reason)) }

func ruled(chain []*origin, rule *rule) bool {
	return slices.ContainsFunc(chain, func(o *origin) bool { return o.rule == rule })
}

func revocable(o *origin, all, total int) bool {
	size := o.good
	if strings.HasPrefix(o.id, "class.") {
		size = all
	}
	if size < 200 || size*5 < total*2 {
		return false
	}
	rest := total - all
	return !has("surely", o.id) || rest < 300 || rest*10 < size
}

// veto revokes the guesses that would drop more than a quarter of the text inside
// the article: an element with a misleading class holds its text.
func veto(blocks []raw, g ground) {
	total := 0
	inside := map[*origin]int{}
	for _, b := range blocks {
		n := b.good()
		if n == 0 || b.certain() || !g.holds(b.node) {
			continue
		}
		total += n
		for _, o := range b.chain {
			inside[o] += n
		}
	}
	for o, n := range inside {
		if n > leastVeto && n*4 > total && !has("surely", o.id) {
			o.revoked = true
		}
	}
}

// leastVeto is how many bytes of text a guess must drop before veto looks at it.
const leastVeto = 200

// dropped returns the outermost rule that still applies to the block.
func (r raw) dropped() *origin {
	for _, o := range r.chain {
		if !o.revoked {
			return o
		}
	}
	return nil
}

// droppedFor reports whether a rule drops the block that is no guess, or one for one of
// the reasons.
func (r raw) droppedFor(reasons ...Reason) bool {
	o := r.dropped()
	return o != nil && (o.sure || slices.Contains(reasons, o.reason))
}

// ground is the element that holds the running text of a page, or several of the same
// model.
type ground struct {
	nodes map[*html.Node]bool
	rule  string
	total int
}

// holds reports whether n is inside the ground.
func (g ground) holds(n *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if g.nodes[n] {
			return true
		}
	}
	return false
}

// find looks for the ground of a page: the element that its site marks as the
// article's text, else the one where most running text stands together.
func find(doc *html.Node, w *walker) ground {
	own := map[*html.Node]int{}
	score := map[*html.Node]float64{}
	for _, b := range w.blocks {
		n := b.good()
		if n == 0 || b.dropped() != nil {
			continue
		}
		own[b.node] += n
		spread(score, b.node, float64(n))
	}
	inside := map[*html.Node]int{}
	total := sum(doc, own, inside)
	for rank := 1; rank <= 3; rank++ {
		if g := marked(w, inside, rank); g.suffices(rank, total) {
			return tighten(g, w, inside, rank)
		}
	}
	if total == 0 {
		return flash(w)
	}
	return densest(w, score, inside, total)
}

// suffices reports whether the elements of a rank hold enough of a page's running text to
// be its article: half of it, or a third where the page marks them as the text itself.
func (g ground) suffices(rank, total int) bool {
	if rank == 1 && g.total > 600 {
		return g.total*3 > total
	}
	return g.total*2 > total
}

// flash is the ground of a news flash, a page without a long paragraph: the element that
// the page marks as its article, if it holds a sentence.
func flash(w *walker) ground {
	g := ground{nodes: map[*html.Node]bool{}, rule: "article: marked by the page"}
	for rank := 1; rank <= 3; rank++ {
		for _, b := range w.blocks {
			if b.dropped() != nil || !ended(b.Text) || b.share() > 0.5 {
				continue
			}
			for n := b.node; n != nil; n = n.Parent {
				if w.homes[n] == rank {
					g.nodes[n] = true
					return g
				}
			}
		}
	}
	return g
}

// spread gives a block's weight to the elements around it, the nearer the more.
func spread(score map[*html.Node]float64, n *html.Node, weight float64) {
	if n.DataAtom == atom.P || n.DataAtom == atom.Li {
		n = n.Parent
	}
	depth := 1.0
	for p := range inclusiveAncestors(n, 4) {
		if p.DataAtom == atom.Html {
			return
		}
		score[p] += weight / depth
		depth++
	}
}

// sum adds up, for every element, the running text inside it.
func sum(n *html.Node, own, inside map[*html.Node]int) int {
	total := own[n]
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode {
			total += sum(c, own, inside)
		}
	}
	if total > 0 {
		inside[n] = total
	}
	return total
}

// marked unites the elements of a rank that stand for the text: the one with
// most of it, and those of the same class beside it.
func marked(w *walker, inside map[*html.Node]int, rank int) ground {
	var best *html.Node
	for _, n := range w.order {
		if w.homes[n] != rank {
			continue
		}
		if size := inside[n]; size > inside[best] || size == inside[best] && within(n, best) {
			best = n
		}
	}
	g := ground{nodes: map[*html.Node]bool{}, rule: "article: marked by the page"}
	if best == nil {
		return g
	}
	g.nodes[best], g.total = true, inside[best]
	if rank > 1 {
		return g
	}
	outer := enclosing(w, best)
	for _, n := range w.order {
		size := inside[n]
		if w.homes[n] != 1 || size == 0 || enclosing(w, n) != outer {
			continue
		}
		if g.holds(n) || within(best, n) { // the same text
			continue
		}
		if kin(n, best, outer) && (attr(n, "class") == attr(best, "class") || size*8 > inside[best]) {
			g.nodes[n] = true
			g.total += size
		}
	}
	return g
}

// kin reports whether two elements can be parts of one text: they stand in one
// article, or near each other.
func kin(a, b, outer *html.Node) bool {
	if outer != nil || a.Parent == b.Parent {
		return true
	}
	return a.Parent != nil && b.Parent != nil && a.Parent.Parent == b.Parent.Parent
}

// enclosing returns the article or main element around n, or nil.
func enclosing(w *walker, n *html.Node) *html.Node {
	for p := n.Parent; p != nil; p = p.Parent {
		if w.homes[p] > 1 {
			return p
		}
	}
	return nil
}

// tighten moves from an element to a marked one inside it that holds nearly
// the same text.
func tighten(g ground, w *walker, inside map[*html.Node]int, rank int) ground {
	if len(g.nodes) != 1 {
		return g
	}
	for n := range g.nodes {
		best := n
		for _, m := range w.order {
			if inside[m]*100 >= g.total*96 && w.homes[m] <= rank && within(m, best) {
				best = m
			}
		}
		g.nodes = map[*html.Node]bool{best: true}
	}
	return g
}

// within reports whether n lies inside outer.
func within(n, outer *html.Node) bool {
	for p := n.Parent; p != nil && outer != nil; p = p.Parent {
		if p == outer {
			return true
		}
	}
	return false
}

// densest finds the element where most running text stands close together,
// and climbs as long as a parent adds much more of it.
func densest(w *walker, score map[*html.Node]float64, inside map[*html.Node]int, total int) ground {
	g := ground{nodes: map[*html.Node]bool{}, rule: "article: the densest part of the page"}
	var best *html.Node
	for _, b := range w.blocks { // in the order of the page: no chance decides
		for a := range inclusiveAncestors(b.node, 6) {
			if score[a] > score[best] {
				best = a
			}
		}
	}
	if best == nil {
		return g
	}
	for p := best.Parent; p != nil && p.Type == html.ElementNode && inside[best]*100 < total*80; p = p.Parent {
		if inside[p]*100 > inside[best]*125 {
			best = p
		}
	}
	g.nodes[best], g.total = true, inside[best]
	return g
}
