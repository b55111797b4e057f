package extract

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"lector"
)

// fromHTML splits a page or a fragment into blocks. Of a whole page only the article is
// read, of a fragment everything that no rule drops.
func fromHTML(src string, sel selectors, known lector.Article) (Page, error) {
	doc, err := parse(src)
	if err != nil {
		return Page{}, err
	}
	m := readMeta(doc)
	entitled := m.entitled()
	for _, s := range m.gated {
		if gate, err := cascadia.Compile(s); err == nil {
			sel.gates = append(sel.gates, gate)
		}
	}
	w := walk(doc, sel, hostOf(cmp.Or(m.url, known.URL)))
	whole := isPage(src)
	if whole {
		w.consentBoxes(entitled)
	}
	settle(w.blocks, entitled)
	g := ground{rule: "text"}
	if whole {
		g = find(doc, w)
		veto(w.blocks, g)
	}
	b := group(w, g)
	p := Page{Blocks: decide(w.blocks, b, whole, sel.book), book: sel.book}
	slides(w.blocks, &p)
	if whole {
		b.judge(w.blocks, &p)
		reconsider(doc, src, w.blocks, &p)
	}
	head(&p, m, known, w.blocks, b, whole)
	p.stated(m)
	sift(&p)
	return p, nil
}

// stated reads the text in the JSON-LD of a page that shows none, as pages do whose text
// a script adds in the browser.
func (p *Page) stated(m meta) {
	if p.readable() || !m.free || len(m.body) < thin {
		return
	}
	for line := range strings.SplitSeq(html.UnescapeString(m.body), "\n") {
		if text := collapse(line); speakable(text) {
			p.Blocks = append(p.Blocks, Block{Kind: lector.Paragraph, Text: text, Keep: true, Rule: "article: stated in the page's data", Path: "articleBody"})
		}
	}
}

// isPage reports whether the HTML is a whole page and not a field of a CMS.
func isPage(src string) bool {
	start := strings.ToLower(trim(src, 4096))
	if containsAny(start, []string{"<!doctype", "<html", "<head>", "<head ", "<body", "<title>", "<meta "}) {
		return true
	}
	lower := strings.ToLower(src)
	return strings.Contains(lower, "<nav") && containsAny(lower, []string{"<article", "<main", "<footer"})
}

// decide sets for each block whether it is read, and why.
func decide(raws []raw, in boxes, whole bool, book rulebook) []Block {
	out := make([]Block, len(raws))
	other, lists := teasers(raws, in.g), mixed(raws)
	for i, r := range raws {
		b := r.Block
		b.home, b.slant = in.isHome(boxOf(r.node)), r.slanted()
		b.Keep = true
		if decided := verdictOf(&b, r, in.g, whole, book); !decided {
			b.drop(book.on(data().rules[links(r, b.home, lists[listOf(r.node)])]))
			if other[frame(r.node, in.g)] {
				b.drop(book.get("link.teaser"))
			}
		}
		out[i] = b
	}
	return out
}

// verdictOf drops or keeps a block for what it is in, and for its words. It
// reports whether that is decided for good.
func verdictOf(b *Block, r raw, g ground, whole bool, book rulebook) (decided bool) {
	if r.speak != "" && !gatedChain(r) {
		b.keep(r.speak)
		return true
	}
	if o := r.dropped(); o != nil {
		return b.drop(o.rule, o.detail)
	}
	if whole && !g.holds(r.node) && b.drop(book.get("outside")) {
		return true
	}
	if b.drop(book.line(r.Text, r.Kind, r.share())) || r.solicits() && b.drop(book.get("link.offer")) {
		return true
	}
	if b.Kind == lector.Caption && r.revoked() != "" { // a caption without an end holds the text behind it
		if !prose(b.Text) && b.drop(book.get("tag.figcaption")) {
			return true
		}
		b.Kind = lector.Paragraph
	}
	b.keep(g.rule + r.revoked())
	return false
}

// revoked returns the rules that do not apply to the block on this page.
func (r raw) revoked() string {
	says := ""
	for _, o := range r.chain {
		if o.revoked {
			says += "; revoked: " + o.says
		}
	}
	return says
}

// solicits reports whether a short text exists only for its link, by which a reader joins,
// subscribes or donates.
func (r raw) solicits() bool {
	if len(r.Text) > longest {
		return false
	}
	alone, worded := membership, support // offers that are enough, and those that need a word of what is wanted
	if r.slanted() {
		alone, worded = alone|mail, worded|channel
	}
	return r.offers&alone != 0 || r.offers&worded != 0 && containsAny(fold(r.Text), listed("wants"))
}

// slanted reports whether a block is in italics.
func (r raw) slanted() bool { return r.italic*10 > len(r.Text)*9 }

// heavy reports whether a block is in bold type.
func (r raw) heavy() bool { return r.bold*10 > len(r.Text)*9 }

// teasers finds the list items and article elements inside the text that begin
// with a linked headline: they lead to other articles.
func teasers(raws []raw, g ground) map[*html.Node]bool {
	size := map[*html.Node]int{}
	found := map[*html.Node]bool{}
	total := 0
	for _, r := range raws {
		f := frame(r.node, g)
		n := r.good()
		total += n
		size[f] += n
		if f != nil && r.linkedHeading() && len(r.Text) > 15 {
			found[f] = true
		}
	}
	for f := range found {
		if size[f]*4 > total {
			delete(found, f)
		}
	}
	return found
}

// frame returns the list item or article element around n, inside the ground.
func frame(n *html.Node, g ground) *html.Node {
	for depth := 0; n != nil && depth < 8 && !g.nodes[n]; n, depth = n.Parent, depth+1 {
		if n.DataAtom == atom.Li || n.DataAtom == atom.Article {
			return n
		}
	}
	return nil
}

func gatedChain(r raw) bool {
	return slices.ContainsFunc(r.chain, func(o *origin) bool { return o.reason == private })
}

// links drops what is nothing but a link: a list of them, or a headline. In
// the text itself, a heading that links to another site is the text's own, as
// the names of things are in a review of several.
func links(r raw, home, list bool) string {
	share, drops := r.share(), false
	if share <= 0.8 {
		return ""
	}
	switch r.Kind {
	case lector.Item:
		if sentence := len(r.Text) > 80 && ended(r.Text); !list && !sentence {
			return "link.list"
		}
	case lector.Paragraph, lector.Quote:
		sentence := ended(r.Text) && (home || r.Kind == lector.Quote)
		drops = share > 0.9 && len(r.Text) < 250 && !sentence
	case lector.Heading:
		own := home && r.abroad*10 > len(r.Text)*9
		drops = r.linkedHeading() && utf8.RuneCountInString(r.Text) > 30 && !own
	}
	if drops {
		return "link.alone"
	}
	return ""
}

// head finds the title, the byline and the standfirst: in the event, in
// JSON-LD, in the page, in this order.
func head(p *Page, m meta, known lector.Article, raws []raw, in boxes, whole bool) {
	p.URL = cmp.Or(known.URL, m.url)
	p.Publication = m.publication
	p.Language = cmp.Or(known.Language, m.language)
	p.Published = known.PublishedAt
	if p.Published.IsZero() {
		p.Published = m.published
	}
	p.Authors = known.Authors
	if len(p.Authors) == 0 {
		p.Authors = m.authors
	}
	shown := p.pickTitle(m, known, raws)
	if whole && shown < 0 {
		p.supersede(m)
	}
	if whole {
		p.begin(raws, shown)
		p.lead(raws, shown)
		p.describedLead(raws, m.description)
	}
	bylineBlock := p.pickByline(raws, shown, whole)
	if p.Published.IsZero() {
		p.Published = m.firstTime(whole)
	}
	if p.Published.IsZero() {
		p.Published = shownDate(raws, shown)
	}
	standfirst := p.pickStandfirst(m, known, raws, shown)
	if whole {
		in.outskirts(raws, p, shown, standfirst)
	}
	solicit(p, raws, in, m.calls(), max(shown, bylineBlock, standfirst))
	p.front(shown, bylineBlock, standfirst)
}

// begin drops what stands above the title. Where that is more than a little,
// the title is repeated elsewhere, and nothing is dropped.
func (p *Page) begin(raws []raw, shown int) {
	above, below := 0, 0
	for i, r := range raws {
		switch {
		case !p.Blocks[i].Keep:
		case i < shown:
			above += len(r.Text)
		default:
			below += r.good()
		}
	}
	if shown < 0 || above*4 > below {
		return
	}
	for i := range p.Blocks[:shown] {
		if raws[i].speak == "" {
			p.Blocks[i].drop(p.book.get("title.above"))
		}
	}
}

// farthest is how many blocks below the title the text begins at most, without
// those that lead through the site, and
// leadMost how many of its paragraphs can stand outside of its own box.
const (
	farthest = 25
	leadMost = 3
)

// lead reads the paragraphs between the title and the text that stand outside
// the text's own box: many sites set the first one apart. It goes up from the
// text, to the title or a main heading that says the same.
func (p *Page) lead(raws []raw, shown int) {
	first := slices.IndexFunc(p.Blocks, func(b Block) bool { return b.Keep && prose(b.Text) })
	var found []int
	left := farthest
	for i := first - 1; i >= 0 && left > 0; i-- {
		r := raws[i]
		if i == shown || r.mainHeading() && kindred(r.Text, p.Title) {
			for _, j := range found {
				p.Blocks[j].keep("article: its lead")
			}
			return
		}
		if len(found) < leadMost && r.leads() && p.book.line(r.Text, r.Kind, r.share()) == nil {
			found = append(found, i)
		}
		if o := r.dropped(); o == nil || o.reason != navigation {
			left--
		}
	}
}

// kindred reports whether a heading and a title belong to one article: half of the
// heading's words, and at least two, are in the title.
func kindred(heading, title string) bool {
	words, there, all := strings.Fields(strings.ToLower(heading)), 0, " "+strings.ToLower(title)+" "
	for _, w := range words {
		if strings.Contains(all, " "+w+" ") {
			there++
		}
	}
	return there > 1 && there*2 >= len(words)
}

// The lengths of a lead in letters: of one that ends as a sentence or stands in a box for
// leads, and of any other.
const (
	leastLead = 60
	longLead  = 120
)

// leads reports whether a block can be the beginning of an article: sentences that stand
// outside of it, in what is called a teaser, or as a heading.
func (r raw) leads() bool {
	if r.ofKind(lector.Caption) || r.mainHeading() || r.share() > 0.3 {
		return false
	}
	least := longLead
	if prose(r.Text) {
		least = leastLead
	}
	for _, o := range r.chain {
		if !o.revoked && !has("lead boxes", o.id) {
			return false
		}
		if o.id == "class.teaser" {
			least = leastLead
		}
	}
	if utf8.RuneCountInString(r.Text) < least {
		return false
	}
	if len(r.Text) < brief {
		if _, dated := findDate(r.Text); dated {
			return false // when it was published
		}
	}
	return true
}

// describedLead reads the first block above the text, or at its beginning, that the page's
// description begins, whatever its class is called; a caption is none. The description can
// be cut at its end. Such a block is never taken for a request to the reader.
func (p *Page) describedLead(raws []raw, description string) {
	said := key(strings.TrimRight(description, ".… "))
	if utf8.RuneCountInString(said) < leastLead {
		return
	}
	first := slices.IndexFunc(p.Blocks, func(b Block) bool { return b.Keep && prose(b.Text) })
	for i := range p.Blocks[:first+1] {
		b := &p.Blocks[i]
		apart := b.Kind == lector.Caption || raws[i].droppedFor(hidden, navigation, feed, form)
		if !b.Keep && apart || !strings.HasPrefix(key(b.Text), said) {
			continue
		}
		if !b.Keep {
			b.keep("article: its lead")
		}
		b.lead = true
		return
	}
}

// supersede drops a page's own title where the event or the data state
// another one: its main heading, or the one that its title element names.
func (p *Page) supersede(m meta) {
	entitled := m.entitled()
	for i := range p.Blocks {
		b := &p.Blocks[i]
		if !b.Keep || b.Kind != lector.Heading {
			continue
		}
		if b.Rank == 1 || i < nearTop && entitled(b.Text) {
			b.drop(p.book.get("title.other"))
			return
		}
	}
}

// front sets the header's blocks at the head of the page.
func (p *Page) front(title, byline, standfirst int) {
	written := cmp.Or(p.Byline, strings.Join(p.Authors, ", "))
	if !p.Published.IsZero() {
		written = cmp.Or(written, p.Published.Format("2006-01-02"))
	}
	first, rest := p.header(written, p.pathAt(title), p.pathAt(byline), p.pathAt(standfirst)), []Block(nil)
	for i, b := range p.Blocks {
		switch i {
		case title, standfirst:
			continue
		case byline:
			if tail := collapse(strings.Replace(b.Text, p.Byline, " ", 1)); speakable(tail) && !strings.HasPrefix(p.Byline, b.Text) {
				b.Text, b.Keep = tail, true
				b.drop(p.book.get("byline.rest"))
				rest = append(rest, b)
			}
			continue
		}
		rest = append(rest, b)
	}
	p.Blocks = append(first, rest...)
}

// pathAt returns the path of block i, or "" where i is -1.
func (p *Page) pathAt(i int) string {
	if i < 0 {
		return ""
	}
	return p.Blocks[i].Path
}

// same compares two texts by their letters and digits.
func same(a, b string) bool {
	if len(a) > 2*len(b)+8 || len(b) > 2*len(a)+8 {
		return false
	}
	k := key(a)
	return k != "" && k == key(b)
}
