package extract

import (
	"cmp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// tagRules are elements that hold no running text. All but the certain ones
// are guesses.
var tagRules = map[atom.Atom]string{
	atom.Nav: "tag: nav", atom.Footer: "tag: footer", atom.Aside: "tag: aside", atom.Form: "tag: form", atom.Button: "tag: button",
	atom.Select: "tag: select", atom.Textarea: "tag: textarea", atom.Option: "tag: option", atom.Figure: "tag: figure", atom.Figcaption: "caption",
	atom.Table: "table", atom.Pre: "tag: pre", atom.Dialog: "tag: dialog", atom.Menu: "tag: menu", atom.Address: "tag: address", atom.Video: "tag: video", atom.Audio: "tag: audio",
	atom.Fieldset: "tag: fieldset", atom.Legend: "tag: legend", atom.Rt: "reading aid", atom.Rp: "reading aid", atom.Marquee: "ticker",
}

var certainTags = atoms(atom.Select, atom.Textarea, atom.Option, atom.Button, atom.Pre, atom.Figcaption, atom.Video, atom.Audio, atom.Rt, atom.Rp)

var roles = map[string]bool{"navigation": true, "banner": true, "contentinfo": true, "complementary": true, "search": true, "dialog": true, "alertdialog": true, "menu": true, "menubar": true, "toolbar": true, "tablist": true, "button": true, "status": true, "alert": true}

// drop returns the rule by which n and all in it are not read, or nil.
func (w *walker) drop(n *html.Node) *origin {
	class, id := attr(n, "class"), attr(n, "id")
	if n.DataAtom == atom.Body || n.DataAtom == atom.Html || n.DataAtom == atom.Main {
		return nil
	}
	if rule := w.gated(n, class); rule != "" {
		return &origin{rule: rule, certain: true}
	}
	if rule := card(class); rule != "" && !w.wanted(rule) {
		return &origin{rule: rule, certain: true}
	}
	if strings.Contains(class, "kg-toggle-card") && !w.sel.Toggles && !question(n) {
		return &origin{rule: "card: toggle", certain: true}
	}
	if n.DataAtom == atom.Sup && footnoteMark(n) {
		return &origin{rule: "footnote mark", certain: true}
	}
	if rule := w.tag(n); rule != "" {
		return &origin{rule: rule, certain: certainTags[n.DataAtom]}
	}
	if concealed(n) {
		return &origin{rule: "hidden"}
	}
	if role := attr(n, "role"); roles[role] {
		return &origin{rule: "role: " + role}
	}
	if w.within && heading[n.DataAtom] {
		return nil
	}
	rule := cmp.Or(guess(class), guess(id), guess(part(n)))
	if rule == "" || w.within && inline[n.DataAtom] && rule != "hidden" && rule != "tooltip" && rule != "credit" && rule != "caption" {
		return nil
	}
	return &origin{rule: "class: " + rule}
}

// partNames are the attributes by which sites with machine-made classes name
// the parts of a page.
var partNames = map[string]bool{"data-testid": true, "data-test-id": true, "data-cy": true, "data-qa": true, "data-hook": true, "data-component": true, "data-area": true, "data-gu-name": true}

// part returns what such an attribute calls n.
func part(n *html.Node) string {
	for _, a := range n.Attr {
		if partNames[a.Key] {
			return a.Val
		}
	}
	return ""
}

var heading = atoms(atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6)

// tag applies the element's own rule with its exceptions.
func (w *walker) tag(n *html.Node) string {
	rule := tagRules[n.DataAtom]
	switch n.DataAtom {
	case atom.Table:
		if w.sel.Tables || layout(n) {
			return ""
		}
	case atom.Pre:
		if strings.Contains(attr(n, "class"), "verse") {
			return ""
		}
	case atom.Figcaption:
		if w.sel.Captions {
			return ""
		}
	case atom.Figure:
		if w.sel.Captions || holds(n, atom.Blockquote) && !holds(n, atom.Img) {
			return ""
		}
	}
	return rule
}

// layout reports whether a table is none: a frame around text, with hardly any
// cells and no headings.
func layout(n *html.Node) bool {
	cells := 0
	for d := range n.Descendants() {
		if d.DataAtom == atom.Th {
			return false
		}
		if d.DataAtom == atom.Td {
			if cells++; cells > 3 {
				return false
			}
		}
	}
	return true
}

// wanted reports whether the site asked for a card that is not read elsewhere.
func (w *walker) wanted(rule string) bool {
	return w.sel.Captions && (rule == "card: image" || rule == "card: gallery" || rule == "block: image" || rule == "block: caption") ||
		w.sel.Tables && rule == "block: table"
}

// gated knows the marks of text that is not for everybody.
func (w *walker) gated(n *html.Node, class string) string {
	for name := range strings.FieldsSeq(class) {
		switch strings.ToLower(name) {
		case "kg-gated-block", "members-only", "member-only", "subscriber-only", "subscribers-only", "premium-content", "paid-content", "paywalled", "is-paywalled", "paywall-content", "meteredcontent", "metered-content":
			return "members only: " + name
		}
	}
	for _, sel := range w.sel.gates {
		if sel.Match(n) {
			return "members only: isAccessibleForFree"
		}
	}
	if v := attr(n, "data-visibility"); v != "" && v != "public" {
		return "members only: data-visibility"
	}
	return ""
}

func concealed(n *html.Node) bool {
	if hasAttr(n, "hidden") || attr(n, "aria-hidden") == "true" {
		return true
	}
	style := attr(n, "style")
	if style == "" {
		return false
	}
	style = strings.ReplaceAll(strings.ToLower(style), " ", "")
	return strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden")
}

// question reports whether the heading of a toggle asks: such toggles are the
// questions and answers of an explainer.
func question(n *html.Node) bool {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && (heading[d.DataAtom] || d.DataAtom == atom.Summary || strings.Contains(attr(d, "class"), "kg-toggle-heading-text")) {
			return strings.HasSuffix(strings.TrimSpace(textOf(d)), "?")
		}
	}
	return false
}

func holds(n *html.Node, a atom.Atom) bool {
	for d := range n.Descendants() {
		if d.DataAtom == a {
			return true
		}
	}
	return false
}

// footnoteMark reports whether a sup element is a number or sign that points
// at a note.
func footnoteMark(n *html.Node) bool {
	return holds(n, atom.A) && len(strings.TrimSpace(textOf(n))) <= 6
}

// note remembers elements that sites keep their text in, and how sure that is.
func (w *walker) note(n *html.Node) {
	rank := homeRank(n)
	if rank > 0 {
		w.homes[n] = rank
		w.order = append(w.order, n)
	}
}

func homeRank(n *html.Node) int {
	class := attr(n, "class")
	switch {
	case n.DataAtom == atom.P || heading[n.DataAtom] || inline[n.DataAtom] || n.DataAtom == atom.Body:
	case attr(n, "itemprop") == "articleBody" || attr(n, "data-testid") == "article-body" || home(class) || home(attr(n, "id")):
		return 1
	case n.DataAtom == atom.Article || attr(n, "role") == "article" || strings.Contains(class, "hentry") || strings.Contains(class, "h-entry"):
		return 2
	case n.DataAtom == atom.Main || attr(n, "role") == "main" || attr(n, "id") == "content" || attr(n, "id") == "main":
		return 3
	}
	return 0
}
