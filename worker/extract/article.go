package extract

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"lector"
)

// MembersCut ends the free part of an article that is not public, as in Ghost.
const MembersCut = "<!--members-only-->"

// Article splits the article of an event into blocks. The event's own fields win over
// what the body says; the body may be an HTML fragment, a whole page, plain
// text or a page saved as text, whatever its content type claims.
//
// An article that is not public gives ErrNotPublic, unless the site reads
// teasers and the body has a members-only cut. All errors are permanent.
func Article(a lector.Article, r Rules) (Page, error) {
	sel, err := r.compile()
	if err != nil {
		return Page{}, err
	}
	teaser := r.Teaser && strings.Contains(a.Body.Content, MembersCut)
	if a.Visibility != lector.Public && !teaser {
		return Page{}, refuse(fmt.Errorf("%w: its visibility is %q", ErrNotPublic, a.Visibility), "make it public in the CMS, or let the site read teasers")
	}
	data, err := check([]byte(a.Body.Content))
	if err != nil {
		return Page{}, fmt.Errorf("body: %w", err)
	}
	p, err := take(string(data), a.Body.ContentType, sel, decodeHead(a))
	if err != nil {
		return p, err
	}
	p.Publication = cmp.Or(p.Publication, a.Site)
	return p, finished(p)
}

// decodeHead decodes the character references in what an event says beside the body.
func decodeHead(a lector.Article) lector.Article {
	a.Title, a.Subtitle, a.Authors = lector.DecodeReferences(a.Title), lector.DecodeReferences(a.Subtitle), slices.Clone(a.Authors)
	for i, name := range a.Authors {
		a.Authors[i] = lector.DecodeReferences(name)
	}
	return a
}

// take extracts a body as HTML or as plain text.
func take(src, contentType string, sel selectors, known lector.Article) (Page, error) {
	if isHTML(src, contentType) {
		return fromHTML(src, sel, known)
	}
	return fromPlain(src, known, sel.book), nil
}

// finished reports why nothing of the page can be read.
func finished(p Page) error {
	if p.readable() {
		return nil
	}
	for _, b := range p.Blocks {
		if b.Reason == private {
			return refuse(fmt.Errorf("%w: all its text is for members", ErrNotPublic), "place the members-only cut behind the first paragraphs")
		}
	}
	if len(p.Blocks) == 0 {
		return refuse(errNothing, "the body holds no text: pictures, videos and embedded pages are not read")
	}
	return refuse(errNothing, "lector script shows which rule dropped which block; rules in lector.yaml or data-audio=\"speak\" bring it back")
}
