package extract

import (
	"strings"

	"lector"
)

// pickStandfirst returns the block that is the standfirst, or -1: what the
// event says, what the page marks so, or what it gives as its description
// though it stands outside the text. The event's own subtitle wins.
func (p *Page) pickStandfirst(m meta, known lector.Article, raws []raw, title int) int {
	p.Subtitle = collapse(known.Subtitle)
	for i, r := range raws {
		if p.Subtitle != "" {
			if same(r.Text, p.Subtitle) {
				return i
			}
			continue
		}
		if i > title+12 {
			break
		}
		if title >= 0 && i > title && (standfirst(r) || p.deck(i, m, r)) {
			p.Subtitle = r.Text
			return i
		}
	}
	return -1
}

// deck reports whether a block outside the text's own box is the standfirst: the
// page gives it as its description, or it is a heading right below the title.
func (p *Page) deck(i int, m meta, r raw) bool {
	b := p.Blocks[i]
	if b.home || r.linked > 0 || !b.Keep && b.Reason != outside {
		return false
	}
	if same(r.Text, m.description) {
		return true
	}
	before := p.Blocks[i-1]
	return r.Kind == lector.Heading && r.Rank == 2 && before.Kind == lector.Heading && before.Rank == 1 && len(r.Text) > 20
}

func standfirst(r raw) bool {
	if len(r.Text) < 30 || len(r.Text) > 600 || r.linked*2 > len(r.Text) || r.Kind == lector.Item || r.Kind == lector.Caption {
		return false
	}
	if o := r.dropped(); o != nil && (o.sure || o.reason == repeat || o.reason == credit) {
		return false
	}
	for n, depth := r.node, 0; n != nil && depth < 3 && homeRank(n) == 0; n, depth = n.Parent, depth+1 {
		if class := strings.ToLower(attr(n, "class") + " " + attr(n, "id") + " " + attr(n, "data-testid")); len(class) > 2 && containsAny(class, listed("standfirst")) {
			return true
		}
	}
	return false
}
