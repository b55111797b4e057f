package extract

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// tagged reports whether an element holds no running text. The rule that drops it has its
// name.
func tagged(a atom.Atom) bool {
	switch a {
	case atom.Nav, atom.Footer, atom.Aside, atom.Form, atom.Button, atom.Select, atom.Textarea, atom.Option, atom.Figure, atom.Figcaption, atom.Table,
		atom.Pre, atom.Dialog, atom.Menu, atom.Address, atom.Video, atom.Audio, atom.Fieldset, atom.Legend, atom.Rt, atom.Rp, atom.Marquee:
		return true
	}
	return false
}

// drop returns the rule by which n and all in it are not read, or nil.
func (w *walker) drop(n *html.Node) *origin {
	class, id := attr(n, "class"), attr(n, "id")
	if n.DataAtom == atom.Body || n.DataAtom == atom.Html || n.DataAtom == atom.Main {
		return nil
	}
	if o := w.gated(n, class); o != nil {
		return o
	}
	if r, detail := w.sel.book.card(class); r != nil && !w.wanted(r) {
		return &origin{rule: r, detail: detail}
	}
	if strings.Contains(class, "kg-toggle-card") && !w.sel.Toggles && !question(n) {
		return w.origin("card.toggle")
	}
	if n.DataAtom == atom.Sup && footnoteMark(n) {
		return w.origin("note.mark")
	}
	if struck(n) {
		return w.origin("tag.struck")
	}
	if n.DataAtom == atom.Button && w.within && wordOfSentence(n) {
		return nil
	}
	if tagged(n.DataAtom) && !w.readTag(n) {
		if o := w.origin("tag." + n.Data); o != nil {
			return o
		}
	}
	if concealed(n) {
		return w.origin("hidden")
	}
	if role := attr(n, "role"); has("roles", role) {
		return w.origin("role", ": "+role)
	}
	if w.within && heading(n.DataAtom) {
		return nil
	}
	r := cmp.Or(w.sel.book.guess(class), w.sel.book.guess(id), w.sel.book.guess(part(n)))
	if inSentence := w.within && inline(n.DataAtom); r == nil || inSentence && readInSentence(n, r) {
		return nil
	}
	return &origin{rule: r}
}

// readInSentence reports whether an element of a sentence is read whatever its class says: it is
// neither hidden nor a credit, or it holds a word as it is said.
func readInSentence(n *html.Node, r *rule) bool {
	return !slices.Contains([]Reason{hidden, credit}, r.reason) || spokenAid(n)
}

// part returns the name that such an attribute gives n.
func part(n *html.Node) string {
	for _, a := range n.Attr {
		if has("part names", a.Key) {
			return a.Val
		}
	}
	return ""
}

// heading reports whether an element is a heading.
func heading(a atom.Atom) bool {
	switch a {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return true
	}
	return false
}

// readTag reports whether an element of tagged holds running text here all the same.
func (w *walker) readTag(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Table:
		return w.sel.Tables || layout(n)
	case atom.Pre:
		class := attr(n, "class") // verses, letters and statements
		return strings.Contains(class, "verse") || strings.Contains(class, "wp-block-preformatted") || composed(n)
	case atom.Figcaption:
		return w.sel.Captions
	case atom.Figure:
		return w.sel.Captions || holds(n, atom.Blockquote) && !holds(n, atom.Img)
	}
	return false
}

// composed reports whether preformatted lines are prose and not a program: many sentences,
// and no characters that only programs have. Letters and old reports are written so.
func composed(n *html.Node) bool {
	text := textOf(n)
	if len(text) < scanty || holds(n, atom.Code) {
		return false
	}
	signs, ends, lines := 0, 0, strings.Count(text, "\n")
	for i := 0; i+1 < len(text); i++ {
		switch text[i] {
		case '{', '}', '=', '<', '>', '\\', '|', '$', '#', ';', '_':
			signs++
		case '.', '!', '?':
			if text[i+1] == ' ' || text[i+1] == '\n' {
				ends++
			}
		}
	}
	return signs*100 < len(text) && ends >= 3 && ends*6 > lines
}

// layout reports whether a table only lays out text: it has hardly any cells and no
// headings.
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
func (w *walker) wanted(r *rule) bool {
	switch r.id {
	case "card.image", "card.gallery", "block.image", "block.caption":
		return w.sel.Captions
	case "block.table":
		return w.sel.Tables
	}
	return false
}

// gated returns the origin of an element that is for members only, by its class, a data
// attribute or the JSON-LD of the page; nil for any other.
func (w *walker) gated(n *html.Node, class string) *origin {
	for name := range strings.FieldsSeq(class) {
		if name = strings.ToLower(name); has("gates", name) {
			return w.origin("members.class", ": "+name)
		}
	}
	for _, sel := range w.sel.gates {
		if sel.Match(n) {
			return w.origin("members.schema")
		}
	}
	if v := attr(n, "data-visibility"); v != "" && v != "public" {
		return w.origin("members.visibility")
	}
	return nil
}

// struck reports whether an element is struck out: the page shows that it is no longer
// valid.
func struck(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Del, atom.S, atom.Strike:
		return true
	}
	return strings.Contains(attr(n, "style"), "line-through")
}

// concealed reports whether an element is not shown.
func concealed(n *html.Node) bool {
	if hasAttr(n, "hidden") || attr(n, "aria-hidden") == "true" {
		return true
	}
	return containsAny(styleOf(n), []string{"display:none", "visibility:hidden"})
}

// styleOf returns the style attribute of n in small letters without spaces.
func styleOf(n *html.Node) string {
	return strings.ReplaceAll(strings.ToLower(attr(n, "style")), " ", "")
}

// question reports whether the heading of a toggle asks: such toggles are the
// questions and answers of an explainer.
func question(n *html.Node) bool {
	for d := range n.Descendants() {
		if heading(d.DataAtom) || d.DataAtom == atom.Summary || strings.Contains(attr(d, "class"), "kg-toggle-heading-text") {
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

// note records elements in which sites put their text, and how certain that is.
func (w *walker) note(n *html.Node) {
	rank := homeRank(n)
	if rank > 0 {
		w.homes[n] = rank
		w.order = append(w.order, n)
	}
}

func homeRank(n *html.Node) int {
	if n.DataAtom == atom.P || n.DataAtom == atom.Body {
		return 0
	}
	class, id, role := attr(n, "class"), attr(n, "id"), attr(n, "role")
	switch {
	case heading(n.DataAtom) || inline(n.DataAtom):
	case attr(n, "itemprop") == "articleBody" || attr(n, "data-testid") == "article-body" || home(class+" "+id):
		return 1
	case n.DataAtom == atom.Article || role == "article" || containsAny(class, []string{"hentry", "h-entry"}):
		return 2
	case n.DataAtom == atom.Main || role == "main" || has("main ids", id):
		return 3
	}
	return 0
}
