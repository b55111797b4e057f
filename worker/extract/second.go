package extract

import (
	"slices"
	"strings"

	"codeberg.org/readeck/go-readability/v2"
	"golang.org/x/net/html"
)

// readability is used on pages of at most this size and number of elements: beyond, its
// time is not linear.
const (
	secondSize  = 2 << 20
	secondNodes = 20000
	thin        = 500 // bytes of running text that make an article beyond doubt
)

// reconsider uses readability to find the article when hardly any running text was found
// although the page has much more. Its answer restores what guesses have dropped, never
// what a certain rule has dropped.
func reconsider(doc *html.Node, src string, raws []raw, p *Page) {
	blocks := p.Blocks
	kept, there := 0, 0
	for i, r := range raws {
		n := r.good()
		if blocks[i].Keep {
			kept += n
		} else if !r.certain() {
			there += n
		}
	}
	if kept > thin || there < 3*kept+thin || len(src) > secondSize {
		return
	}
	text := readable(doc)
	if text == "" {
		return
	}
	found, chosen := 0, map[int]bool{}
	for i, r := range raws {
		if n := r.good(); n > 0 && !r.certain() && strings.Contains(text, key(r.Text)) {
			found += n
			chosen[i] = p.book.line(r.Text, r.Kind, 0) == nil
		}
	}
	if found < 2*kept || found < thin {
		return
	}
	for i := range blocks {
		if chosen[i] {
			blocks[i].keep("article: second opinion (readability)")
		}
	}
}

// certain reports whether a rule that is no guess drops the block.
func (r raw) certain() bool {
	return slices.ContainsFunc(r.chain, func(o *origin) bool { return o.sure })
}

// readable returns the letters of what readability takes for the article.
func readable(doc *html.Node) string {
	p := readability.NewParser()
	p.MaxElemsToParse = secondNodes
	a, err := p.ParseDocument(doc, nil)
	if err != nil || a.Node == nil {
		return ""
	}
	return key(textOf(a.Node))
}
