package extract

import (
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"lector"
)

// origin is an element, or the range between two comments, that a rule drops with all its
// content. A guess may be revoked, a certain rule may not.
type origin struct {
	*rule
	detail  string // what of it stands here
	good    int    // characters of running text inside
	revoked bool
}

// raw is a block as found, before anything is decided.
type raw struct {
	Block
	node  *html.Node
	chain []*origin // what drops it, the outermost first
	speak string    // the rule that insists on reading it
	shares
}

// shares are how many bytes of a text stand in what.
type shares struct {
	linked int   // in links to other places
	abroad int   // of these, in links to other sites
	italic int   // in italics
	bold   int   // in bold type
	offers offer // what the links offer
}

// atMost returns the shares of a text of n bytes: white space counted that went.
func (s shares) atMost(n int) shares {
	return shares{linked: min(s.linked, n), abroad: min(s.abroad, n), italic: min(s.italic, n), bold: min(s.bold, n), offers: s.offers}
}

// good reports whether the block looks like running text, and how much of it.
func (r raw) good() int {
	n := len(r.Text)
	if n < 25 || r.Kind == lector.Heading || r.linked*2 > n {
		return 0
	}
	if n < 80 && !prose(r.Text) {
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

// walker visits each node of a document once and splits it into raw blocks.
type walker struct {
	sel    selectors
	blocks []raw

	text []byte
	shares

	steps  []step
	chain  []*origin
	gate   *origin // between comments: members only, HTML card
	behind bool    // the gate is the members-only cut and never ends
	speak  string
	kind   lector.SegmentKind
	rank   int
	links  int  // depth of a elements that lead elsewhere
	away   int  // depth of those that lead to another site
	tilt   int  // depth of em and i elements
	heavy  int  // depth of strong and b elements
	seam   bool // an inline element follows another without a space
	within bool // inside p, li, h1…: words here belong to a sentence
	data   bool // inside a table of data that the site wants to be read
	row    bool // inside a row of one: all of it is one block
	cell   bool // a cell of the row begins with the next word
	breaks int
	homes  map[*html.Node]int
	order  []*html.Node // the homes, as they come
	host   string       // of the page; "" when it does not say
	beside map[*html.Node]company
	alts   map[string]bool // what pictures are said to show, as keys
}

func walk(doc *html.Node, sel selectors, host string) *walker {
	w := &walker{sel: sel, kind: lector.Paragraph, host: host, homes: map[*html.Node]int{}, beside: map[*html.Node]company{}, alts: map[string]bool{}}
	w.children(doc)
	w.flush(doc)
	return w
}

func (w *walker) children(n *html.Node) {
	nth := 0
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.Type {
		case html.TextNode:
			if n.DataAtom == atom.Pre {
				w.writeLines(c.Data, n)
				continue
			}
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

// writeLines writes preformatted lines: an empty one ends a paragraph.
func (w *walker) writeLines(s string, parent *html.Node) {
	for i, part := range strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n\n") {
		if i > 0 {
			w.flush(parent)
		}
		w.write(part, parent)
	}
}

func (w *walker) write(s string, parent *html.Node) {
	if w.breaks > 1 && strings.TrimSpace(s) != "" { // <br><br> ends a paragraph
		w.flush(parent)
	}
	if strings.TrimSpace(s) != "" {
		w.breaks = 0
		w.measure(len(s))
		if w.seam && seamed(w.text, s) {
			w.text = append(w.text, ' ')
		}
		w.seam = false
		w.beginCell()
	}
	w.text = append(w.text, w.shift(parent, s)...)
}

// seamed reports whether two words meet where two inline elements do: sites
// set them apart by their style, as in "Jane DoePublished 3 May".
func seamed(text []byte, next string) bool {
	last, _ := utf8.DecodeLastRune(text)
	first, _ := utf8.DecodeRuneInString(next)
	switch {
	case unicode.IsUpper(first):
		return unicode.IsLower(last) || unicode.IsDigit(last) || strings.ContainsRune(".!?", last)
	case unicode.IsDigit(first):
		return unicode.IsLower(last) || unicode.IsDigit(last)
	}
	return false
}

// measure counts the characters that stand in links and in italics.
func (w *walker) measure(n int) {
	if w.links > 0 {
		w.linked += n
	}
	if w.away > 0 {
		w.abroad += n
	}
	if w.tilt > 0 {
		w.italic += n
	}
	if w.heavy > 0 {
		w.bold += n
	}
}

// comment reads the comments by which Ghost marks members' text and cards.
func (w *walker) comment(data string, parent *html.Node) {
	data = strings.TrimSpace(data)
	switch {
	case w.behind:
	case data == "members-only":
		w.between(parent, w.origin("members.cut"))
		w.behind = true
	case strings.HasPrefix(data, "kg-gated-block:begin"):
		if !strings.Contains(data, "nonMember:true") {
			w.between(parent, w.origin("members.block"))
		}
	case strings.HasPrefix(data, "kg-card-begin: html"):
		if w.gate == nil {
			w.between(parent, w.origin("card.html"))
		}
	case strings.HasPrefix(data, "kg-gated-block:end"):
		w.between(parent, nil)
	case strings.HasPrefix(data, "kg-card-end: html"):
		if w.gate != nil && w.gate.id == "card.html" {
			w.between(parent, nil)
		}
	}
}

func (w *walker) between(parent *html.Node, gate *origin) {
	w.flush(parent)
	w.gate = gate
}

// origin is what a rule drops from here on, or nil where the rule is off.
func (w *walker) origin(id string, detail ...string) *origin {
	r := w.sel.book.get(id)
	if r == nil {
		return nil
	}
	return &origin{rule: r, detail: strings.Join(detail, "")}
}

// unseen reports whether an element holds nothing that a reader sees.
func unseen(a atom.Atom) bool {
	switch a {
	case atom.Script, atom.Style, atom.Template, atom.Noscript, atom.Head, atom.Title, atom.Meta, atom.Link, atom.Svg, atom.Math, atom.Iframe,
		atom.Object, atom.Embed, atom.Canvas, atom.Img, atom.Picture, atom.Source, atom.Track, atom.Input, atom.Area, atom.Map, atom.Wbr, atom.Datalist,
		atom.Noframes:
		return true
	}
	return false
}

func (w *walker) element(n *html.Node) {
	w.accompany(n)
	switch {
	case n.DataAtom == atom.Br:
		w.breaks++
		w.text = append(w.text, ' ')
		return
	case n.DataAtom == atom.Hr:
		w.flushBefore(n)
		w.rest()
		return
	case n.DataAtom == atom.Img && w.within:
		w.text = append(w.text, initial(n)...)
		return
	case unseen(n.DataAtom):
		return
	}
	w.note(n)
	said, rule := w.sel.ask(n)
	var o *origin
	switch said {
	case skip:
		o = &origin{rule: data().rules[rule.id], detail: rule.detail}
	case silent:
		o = w.drop(n)
	}
	if w.row {
		w.inRow(n, o)
		return
	}
	if w.inSentence(n, o, said) {
		w.inline(n, o)
		return
	}
	w.block(n, o, said, rule.words)
}

// inSentence reports whether an element is a part of the sentence around it, and no block.
func (w *walker) inSentence(n *html.Node, o *origin, said verdict) bool {
	switch {
	case setApart(n):
		return false
	case w.within:
		return inline(n.DataAtom) || o == nil && n.DataAtom == atom.Button
	}
	return inline(n.DataAtom) && o == nil && said == silent
}

// inline goes through an element inside a sentence. A dropped one gets a block
// of its own, and the sentence goes on behind it.
func (w *walker) inline(n *html.Node, o *origin) {
	defer w.span(n)()
	prev, shifted := n.PrevSibling, n.DataAtom == atom.Sup || n.DataAtom == atom.Sub
	w.seam = prev != nil && prev.Type == html.ElementNode && !shifted
	if o == nil {
		w.children(n)
		return
	}
	text, part, chain := w.text, w.shares, w.chain
	w.text, w.shares, w.chain = nil, shares{}, append(chain[:len(chain):len(chain)], o)
	w.children(n)
	w.flush(n)
	w.text, w.shares, w.chain = text, part, chain
}

// span notes that a link or italics begin with n, and returns what ends them.
func (w *walker) span(n *html.Node) (end func()) {
	switch n.DataAtom {
	case atom.A:
		href := attr(n, "href")
		link, away := w.leads(href)
		w.offers |= offerOf(href)
		w.links += link
		w.away += away
		return func() { w.links, w.away = w.links-link, w.away-away }
	case atom.I, atom.Em, atom.Cite:
		w.tilt++
		return func() { w.tilt-- }
	case atom.B, atom.Strong:
		w.heavy++
		return func() { w.heavy-- }
	}
	return func() {}
}

// leads reports whether an address leads elsewhere, and whether to another
// site. An anchor leads nowhere, and one in the same page does so only in a
// list of them.
func (w *walker) leads(href string) (link, away int) {
	if href == "" || href[0] == '#' && w.kind != lector.Item {
		return 0, 0
	}
	if host := hostOf(href); host != "" && w.host != "" && host != w.host {
		return 1, 1
	}
	return 1, 0
}

// offer is what a reader can get behind a link.
type offer uint8

const (
	membership offer = 1 << iota // Ghost's own door for members
	support                      // a subscription, a newsletter, a donation
	person                       // who wrote something
	topic                        // more of the same
	channel                      // an account of a social network, not a post
	mail                         // a letter to somebody
)

func offerOf(href string) offer {
	switch {
	case len(href) > 300:
	case strings.HasPrefix(href, "mailto:"):
		return mail
	case strings.Contains(href, "#/portal"):
		return membership
	case expr("support address").MatchString(href):
		return support
	case expr("person address").MatchString(href):
		return person
	case expr("channel address").MatchString(href):
		return channel
	case expr("topic address").MatchString(href):
		return topic
	}
	return 0
}

// hostOf returns the host of an address without its www, or "".
func hostOf(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
}

// block goes through an element that stands on its own.
func (w *walker) block(n *html.Node, o *origin, said verdict, rule string) {
	w.flushBefore(n)
	defer w.table(n)()
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
	if w.row && w.speak == "" && len(w.chain) == 0 {
		w.speak = "site: tables"
	}
	end := w.span(n)
	w.children(n)
	w.flush(n)
	end()
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
	case atom.Tr:
		if w.row {
			w.kind, w.within = lector.Item, true
		}
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
	text, marks := w.sel.book.noteMarks(collapse(withoutShortcodes(string(w.text))))
	w.text = w.text[:0]
	part := w.shares.atMost(len(text))
	w.shares = shares{}
	if text == "" {
		return
	}
	chain := w.chain
	if w.gate != nil {
		chain = append([]*origin{w.gate}, chain...)
	}
	b := raw{Block: Block{Kind: w.kind, Text: text, Path: w.path(), Rank: w.rank}, node: n, chain: chain, speak: w.speak, shares: part}
	w.blocks = append(w.blocks, b)
	w.addMarks(b, marks)
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
