package extract

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"lector"
)

// origin is an element, or a stretch between two comments, that a rule drops
// with all that is in it. A guess may be revoked, a certainty may not.
type origin struct {
	rule    string
	certain bool
	good    int // characters of running text inside
	revoked bool
}

// raw is a block as found, before anything is decided.
type raw struct {
	Block
	node   *html.Node
	linked int       // characters that stand in links
	chain  []*origin // what drops it, the outermost first
	speak  string    // the rule that insists on reading it
}

// good reports whether the block looks like running text, and how much of it.
func (r raw) good() int {
	n := len(r.Text)
	if n < 25 || r.Kind == lector.Heading || r.linked*2 > n || n < 80 && !prose(r.Text) {
		return 0
	}
	return n
}

func (r raw) share() float64 {
	if len(r.Text) == 0 {
		return 0
	}
	return float64(r.linked) / float64(len(r.Text))
}

type step struct {
	tag, id string
	nth     int
}

// walker goes once through a document and cuts it into raw blocks.
type walker struct {
	sel    selectors
	blocks []raw

	text   []byte
	linked int

	steps  []step
	chain  []*origin
	gate   *origin // between comments: members only, HTML card
	behind bool    // the gate is the members-only cut and never ends
	speak  string
	kind   lector.SegmentKind
	rank   int
	links  int  // depth of a elements
	within bool // inside p, li, h1…: words here belong to a sentence
	breaks int
	homes  map[*html.Node]int
	order  []*html.Node // the homes, as they come
}

func walk(doc *html.Node, sel selectors) *walker {
	w := &walker{sel: sel, kind: lector.Paragraph, homes: map[*html.Node]int{}}
	w.children(doc)
	w.flush(doc)
	return w
}

func (w *walker) children(n *html.Node) {
	nth := 0
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.Type {
		case html.TextNode:
			w.write(c.Data, n)
		case html.CommentNode:
			w.comment(c.Data, n)
		case html.ElementNode:
			nth++
			w.steps = append(w.steps, step{c.Data, attr(c, "id"), nth})
			w.element(c)
			w.steps = w.steps[:len(w.steps)-1]
		}
	}
}

func (w *walker) write(s string, parent *html.Node) {
	if w.breaks > 1 && strings.TrimSpace(s) != "" { // <br><br> ends a paragraph
		w.flush(parent)
	}
	if strings.TrimSpace(s) != "" {
		w.breaks = 0
		if w.links > 0 {
			w.linked += len(s)
		}
	}
	w.text = append(w.text, s...)
}

// comment knows the comments by which Ghost marks members' text and cards.
func (w *walker) comment(data string, parent *html.Node) {
	data = strings.TrimSpace(data)
	switch {
	case w.behind:
	case data == "members-only":
		w.between(parent, &origin{rule: "members only", certain: true})
		w.behind = true
	case strings.HasPrefix(data, "kg-gated-block:begin"):
		if !strings.Contains(data, "nonMember:true") {
			w.between(parent, &origin{rule: "members only: gated block", certain: true})
		}
	case strings.HasPrefix(data, "kg-card-begin: html"):
		if w.gate == nil {
			w.between(parent, &origin{rule: "card: html", certain: true})
		}
	case strings.HasPrefix(data, "kg-gated-block:end"):
		w.between(parent, nil)
	case strings.HasPrefix(data, "kg-card-end: html"):
		if w.gate != nil && w.gate.rule == "card: html" {
			w.between(parent, nil)
		}
	}
}

func (w *walker) between(parent *html.Node, gate *origin) {
	w.flush(parent)
	w.gate = gate
}

// unseen elements hold nothing that a reader sees.
var unseen = atoms(atom.Script, atom.Style, atom.Template, atom.Noscript, atom.Head, atom.Title, atom.Meta, atom.Link, atom.Svg, atom.Math, atom.Iframe, atom.Object, atom.Embed, atom.Canvas, atom.Img, atom.Picture, atom.Source, atom.Track, atom.Input, atom.Area, atom.Map, atom.Wbr, atom.Datalist, atom.Noframes)

func (w *walker) element(n *html.Node) {
	switch {
	case n.DataAtom == atom.Br:
		w.breaks++
		w.text = append(w.text, ' ')
		return
	case n.DataAtom == atom.Hr:
		w.flushBefore(n)
		w.rest()
		return
	case unseen[n.DataAtom]:
		return
	}
	w.note(n)
	said, rule := w.sel.ask(n)
	var o *origin
	switch said {
	case skip:
		o = &origin{rule: rule, certain: true}
	case silent:
		o = w.drop(n)
	}
	if inline[n.DataAtom] && w.within || inline[n.DataAtom] && o == nil && said == silent {
		w.inline(n, o)
		return
	}
	w.block(n, o, said, rule)
}

// inline goes through an element inside a sentence. A dropped one gets a block
// of its own, and the sentence goes on behind it.
func (w *walker) inline(n *html.Node, o *origin) {
	if n.DataAtom == atom.A {
		w.links++
		defer func() { w.links-- }()
	}
	if o == nil {
		w.children(n)
		return
	}
	text, linked := w.text, w.linked
	w.text, w.linked = nil, 0
	chain := w.chain
	w.chain = append(chain[:len(chain):len(chain)], o)
	w.children(n)
	w.flush(n)
	w.chain, w.text, w.linked = chain, text, linked
}

// block goes through an element that stands on its own.
func (w *walker) block(n *html.Node, o *origin, said verdict, rule string) {
	w.flushBefore(n)
	chain, speakRule, kind, rank, within := w.chain, w.speak, w.kind, w.rank, w.within
	switch {
	case said == speak:
		w.speak = rule
	case o != nil:
		w.chain = append(chain[:len(chain):len(chain)], o)
		if said == skip {
			w.speak = ""
		}
	}
	w.enter(n)
	if n.DataAtom == atom.A {
		w.links++
	}
	w.children(n)
	w.flush(n)
	if n.DataAtom == atom.A {
		w.links--
	}
	w.chain, w.speak, w.kind, w.rank, w.within = chain, speakRule, kind, rank, within
}

// enter sets what the text inside n will be.
func (w *walker) enter(n *html.Node) {
	switch n.DataAtom {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		w.kind, w.rank, w.within = lector.Heading, int(n.Data[1]-'0'), true
	case atom.Summary:
		w.kind, w.rank, w.within = lector.Heading, 4, true
	case atom.Li, atom.Dd:
		if w.kind != lector.Quote {
			w.rank++
		}
		w.kind, w.within = lector.Item, true
	case atom.Blockquote:
		w.kind = lector.Quote
	case atom.Figcaption, atom.Caption:
		w.kind, w.within = lector.Caption, true
	case atom.P:
		w.within = true
	case atom.Div:
		w.within = false
		if class := attr(n, "class"); strings.Contains(class, "kg-toggle-heading") {
			w.kind = lector.Heading
		}
	case atom.Section, atom.Article, atom.Ul, atom.Ol, atom.Td:
		w.within = false
	}
}

func (w *walker) rest() {
	if n := len(w.blocks); n > 0 {
		w.blocks[n-1].Rest = true
	}
}

// flushBefore ends the block that stands in front of n, in its parent.
func (w *walker) flushBefore(n *html.Node) {
	steps := w.steps
	w.steps = steps[:len(steps)-1]
	w.flush(n.Parent)
	w.steps = steps
}

// flush ends the block that has been collected.
func (w *walker) flush(n *html.Node) {
	w.breaks = 0
	if len(w.text) == 0 {
		return
	}
	text := collapse(string(w.text))
	w.text = w.text[:0]
	linked := w.linked
	w.linked = 0
	if text == "" {
		return
	}
	chain := w.chain
	if w.gate != nil {
		chain = append([]*origin{w.gate}, chain...)
	}
	w.blocks = append(w.blocks, raw{
		Block: Block{Kind: w.kind, Text: text, Path: w.path(), Rank: w.rank},
		node:  n, linked: min(linked, len(text)), chain: chain, speak: w.speak,
	})
}

// path names the place of the current element: from the nearest id, at most
// six steps.
func (w *walker) path() string {
	from := max(0, len(w.steps)-6)
	for i := len(w.steps) - 1; i >= from; i-- {
		if id := w.steps[i].id; id != "" && len(id) < 60 {
			from = i
			break
		}
	}
	var b strings.Builder
	for i, s := range w.steps[from:] {
		if s.tag == "html" || s.tag == "body" {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(" > ")
		}
		if s.id != "" && i == 0 && len(s.id) < 60 {
			b.WriteString("#" + s.id)
			continue
		}
		b.WriteString(s.tag + ":nth-child(" + strconv.Itoa(s.nth) + ")")
	}
	if b.Len() == 0 {
		return "body"
	}
	return b.String()
}
