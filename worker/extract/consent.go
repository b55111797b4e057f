package extract

import (
	"iter"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"lector"
)

// consentDepth is how many elements around a paragraph are looked at.
const consentDepth = 4

// asksConsent reports whether a paragraph speaks of the cookies of the page that
// it stands on, and not of cookies as news do.
func asksConsent(text string) bool {
	if len(text) > 2500 || quotes(text) {
		return false
	}
	plain := fold(text)
	return containsAny(plain, listed("cookies")) && containsAny(plain, listed("own site"))
}

// consentSize is how much running text of an element speaks of the page's own
// cookies, in bytes, of how much.
type consentSize struct {
	asks, all int
	titled    bool // the article's title stands in it
}

// consentBoxes drops the elements whose running text speaks of the page's own
// cookies, by whatever name they go, with their headings.
func (w *walker) consentBoxes(entitled func(string) bool) {
	sizes, asked := map[*html.Node]*consentSize{}, false
	for _, b := range w.blocks {
		asked = w.weighConsent(b, sizes, b.Kind == lector.Heading && entitled(b.Text)) || asked
	}
	o := w.origin("cookie.box")
	if !asked || o == nil {
		return
	}
	for i := range w.blocks {
		b := &w.blocks[i]
		for n := range boxesAround(b.node) {
			if size := sizes[n]; size.notice() {
				b.chain = append([]*origin{o}, b.chain...)
				break
			}
		}
	}
}

// weighConsent adds a block to the sizes of the elements around it.
func (w *walker) weighConsent(b raw, sizes map[*html.Node]*consentSize, title bool) (asks bool) {
	size := b.good()
	asks = size > 0 && asksConsent(b.Text)
	for n := range boxesAround(b.node) {
		s := sizes[n]
		if s == nil {
			s = &consentSize{}
			sizes[n] = s
		}
		s.all += size
		s.titled = s.titled || title
		if asks {
			s.asks += size
		}
	}
	return asks
}

// notice reports whether an element is a notice about cookies: six tenths of its
// running text say so.
func (s *consentSize) notice() bool {
	if s == nil || s.titled {
		return false
	}
	return s.asks > 0 && s.asks*10 >= s.all*6
}

// boxesAround yields the elements around a block that can be a part of a page.
func boxesAround(n *html.Node) iter.Seq[*html.Node] {
	return func(yield func(*html.Node) bool) {
		for p := range inclusiveAncestors(n, consentDepth) {
			switch p.DataAtom {
			case atom.Body, atom.Html, atom.Main, atom.Article:
				return
			case atom.P, atom.Li, atom.Blockquote:
				continue
			}
			if !yield(p) {
				return
			}
		}
	}
}
