package extract

import (
	"slices"
	"strings"

	"lector"
)

// pickStandfirst returns the block that is the standfirst, or -1: what the
// event says, what the page marks so, or what it gives as its description
// though it stands outside the text. The event's own subtitle wins.
func (p *Page) pickStandfirst(m meta, known lector.Article, raws []raw, title int) int {
	p.Subtitle = collapse(known.Subtitle)
	if p.Subtitle != "" {
		return slices.IndexFunc(raws, func(r raw) bool { return same(r.Text, p.Subtitle) })
	}
	if title < 0 {
		return -1
	}
	for i := title + 1; i < min(len(raws), title+13); i++ {
		if r := raws[i]; standfirst(r) || p.deck(i, m, r) {
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
	shown := b.Keep || b.Reason == outside
	if !shown || b.home || r.linked > 0 {
		return false
	}
	second := r.Kind == lector.Heading && r.Rank == 2 && len(r.Text) > 20
	return same(r.Text, m.description) || second && p.Blocks[i-1].mainHeading()
}

// standfirst reports whether the class of a block, or of what is around it, says that it is
// the standfirst.
func standfirst(r raw) bool {
	if len(r.Text) < 30 || len(r.Text) > 600 || r.linked*2 > len(r.Text) {
		return false
	}
	if r.ofKind(lector.Item, lector.Caption) || r.droppedFor(repeat, credit) {
		return false
	}
	for n := range inclusiveAncestors(r.node, 3) {
		if homeRank(n) > 0 {
			break
		}
		if class := strings.ToLower(attr(n, "class") + " " + attr(n, "id") + " " + attr(n, "data-testid")); len(class) > 2 && containsAny(class, listed("standfirst")) {
			return true
		}
	}
	return false
}
