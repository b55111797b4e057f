package extract

import (
	"cmp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"lector"
)

// fromHTML takes a page or a fragment apart. Of a whole page only the article
// is read, of a fragment all that no rule drops.
func fromHTML(src string, sel selectors, known lector.Article) (Page, error) {
	doc, err := parse(src)
	if err != nil {
		return Page{}, err
	}
	m := readMeta(doc)
	for _, s := range m.gated {
		if gate, err := cascadia.Compile(s); err == nil {
			sel.gates = append(sel.gates, gate)
		}
	}
	w := walk(doc, sel)
	settle(w.blocks)
	g := ground{rule: "text"}
	whole := isPage(src)
	if whole {
		g = find(doc, w)
	}
	p := Page{Blocks: decide(w.blocks, g, whole)}
	if whole {
		reconsider(doc, src, w.blocks, p.Blocks)
	}
	head(&p, m, known, w.blocks, whole)
	sift(&p)
	return p, nil
}

// isPage tells a whole page from the HTML of a CMS field.
func isPage(src string) bool {
	start := strings.ToLower(trim(src, 4096))
	for _, mark := range []string{"<!doctype", "<html", "<head>", "<head ", "<body", "<title>", "<meta "} {
		if strings.Contains(start, mark) {
			return true
		}
	}
	lower := strings.ToLower(src)
	return strings.Contains(lower, "<nav") && (strings.Contains(lower, "<article") || strings.Contains(lower, "<main") || strings.Contains(lower, "<footer"))
}

// decide says of each block whether it is read, and why.
func decide(raws []raw, g ground, whole bool) []Block {
	out := make([]Block, len(raws))
	other := teasers(raws, g)
	for i, r := range raws {
		b := r.Block
		b.Keep, b.Rule = verdictOf(r, g, whole)
		if b.Keep && r.speak == "" && other[frame(r.node, g)] {
			b.Keep, b.Rule = false, "teaser of another article"
		}
		out[i] = b
	}
	return out
}

func verdictOf(r raw, g ground, whole bool) (keep bool, rule string) {
	if r.speak != "" && !gatedChain(r) {
		return true, r.speak
	}
	if o := r.dropped(); o != nil {
		return false, o.rule
	}
	if whole && !g.holds(r.node) {
		return false, "outside the article"
	}
	if rule := judge(r.Text, r.Kind, r.share()); rule != "" {
		return false, rule
	}
	if rule := links(r); rule != "" {
		return false, rule
	}
	return true, g.rule
}

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
		if f != nil && r.Kind == lector.Heading && r.Rank > 1 && r.share() > 0.9 && len(r.Text) > 15 {
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
	for _, o := range r.chain {
		if strings.HasPrefix(o.rule, "members only") {
			return true
		}
	}
	return false
}

// links drops what is nothing but a link: a list of them, or a headline.
func links(r raw) string {
	share := r.share()
	switch {
	case r.Kind == lector.Item && share > 0.8 && !(ended(r.Text) && len(r.Text) > 80):
		return "link list"
	case r.Kind == lector.Paragraph && share > 0.9 && len(r.Text) < 250 && !ended(r.Text):
		return "link alone"
	case r.Kind == lector.Heading && share > 0.9 && r.Rank > 1 && utf8.RuneCountInString(r.Text) > 30:
		return "link alone"
	}
	return ""
}

// head finds the title, the byline and the standfirst: in the event, in
// JSON-LD, in the page, in this order.
func head(p *Page, m meta, known lector.Article, raws []raw, whole bool) {
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
	titleBlock := p.pickTitle(m, known, raws)
	if whole && titleBlock < 0 {
		p.supersede()
	}
	bylineBlock := p.pickByline(raws, titleBlock, whole)
	if p.Published.IsZero() {
		p.Published = m.clock
	}
	if p.Published.IsZero() {
		p.Published = shownDate(raws, titleBlock)
	}
	standfirst := p.pickStandfirst(known, raws, titleBlock)
	p.front(titleBlock, bylineBlock, standfirst)
}

// supersede drops a page's own title where the event states another one.
func (p *Page) supersede() {
	for i := range p.Blocks {
		if b := &p.Blocks[i]; b.Keep && b.Kind == lector.Heading && b.Rank == 1 {
			b.Keep, b.Rule = false, "the page's title: another one is read"
			return
		}
	}
}

// shownDate returns the first date that stands near the title.
func shownDate(raws []raw, title int) time.Time {
	for _, r := range raws[title+1 : min(len(raws), title+12)] {
		if len(r.Text) > 160 || prose(r.Text) || title < 0 {
			continue
		}
		if d, ok := findDate(r.Text); ok {
			return d.time
		}
	}
	return time.Time{}
}

// pickTitle sets the title and returns the block that shows it, or -1.
func (p *Page) pickTitle(m meta, known lector.Article, raws []raw) int {
	p.Title = collapse(known.Title)
	if p.Title == "" {
		p.Title = m.title
	}
	shown := -1
	for i, r := range raws {
		if r.Kind == lector.Heading && r.Rank == 1 && shown < 0 && !sectionName(r) {
			shown = i
		}
		if p.Title != "" && same(r.Text, p.Title) && r.Kind != lector.Caption {
			shown = i
			break
		}
	}
	if shown < 0 {
		if p.Title == "" {
			p.Title = withoutSite(cmp.Or(m.social, m.pageTitle), m.publication)
			for i, r := range raws {
				if same(r.Text, p.Title) {
					return i
				}
			}
		}
		return -1
	}
	text := raws[shown].Text
	switch {
	case p.Title == "":
		p.Title = text
	case known.Title == "" && extends(text, p.Title):
		p.Title = text
	}
	if !same(text, p.Title) {
		return -1
	}
	return shown
}

// sectionName finds an h1 that holds the site's name or the section.
func sectionName(r raw) bool {
	o := r.dropped()
	return o != nil && (o.certain || strings.Contains(o.rule, "nav") || strings.Contains(o.rule, "banner")) || r.share() > 0.9 && len(strings.Fields(r.Text)) < 4
}

// extends reports whether the page shows more of a title than its metadata,
// which are often cut for search engines.
func extends(shown, stated string) bool {
	s, t := key(shown), key(strings.TrimRight(stated, ".… "))
	return len(s) > len(t) && len(t) > 15 && strings.HasPrefix(s, t)
}

// withoutSite cuts " | The Daily" off a page's title.
func withoutSite(title, site string) string {
	for _, mark := range []string{" | ", " – ", " — ", " - ", " :: ", " » ", " · "} {
		if at := strings.LastIndex(title, mark); at > 15 && (len(title)-at < 40 || site != "" && strings.Contains(title[at:], site)) {
			return strings.TrimSpace(title[:at])
		}
	}
	return title
}

// pickByline looks at the blocks around the title for one that names the
// author, and returns it or -1.
func (p *Page) pickByline(raws []raw, title int, whole bool) int {
	from, to := title+1, min(len(raws), title+14)
	if !whole {
		to = min(len(raws), from+3)
	}
	for i := from; i < to; i++ {
		r := raws[i]
		o := r.dropped()
		if o != nil && (o.certain || strings.Contains(o.rule, "nav") || strings.Contains(o.rule, "related")) {
			continue
		}
		if len(r.Text) > 300 || !byWord.MatchString(r.Text) && (o == nil || !strings.Contains(o.rule, "byline")) {
			continue
		}
		b, ok := parseByline(r.Text)
		if !ok || len(b.authors) == 0 {
			continue
		}
		if len(p.Authors) == 0 {
			p.Authors = b.authors
		}
		if p.Published.IsZero() {
			p.Published = b.time
		}
		p.Byline = b.source
		return i
	}
	return -1
}

// pickStandfirst returns the block that the page marks as its standfirst, or
// -1. The event's own subtitle wins.
func (p *Page) pickStandfirst(known lector.Article, raws []raw, title int) int {
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
		if title >= 0 && i > title && standfirst(r) {
			p.Subtitle = r.Text
			return i
		}
	}
	return -1
}

var standfirstNames = []string{"standfirst", "subtitle", "subheadline", "sub-headline", "subhead", "article-dek", "article__dek", "headline-dek", "deck", "article-summary", "article__summary", "article-excerpt", "post-excerpt", "custom-excerpt", "entry-subtitle", "article-lead", "article__lead", "article-intro", "article__intro", "chapo", "entradilla", "bajada", "vorspann", "sottotitolo", "occhiello", "summary"}

func standfirst(r raw) bool {
	if len(r.Text) < 30 || len(r.Text) > 600 || r.linked*2 > len(r.Text) {
		return false
	}
	for n, depth := r.node, 0; n != nil && depth < 3; n, depth = n.Parent, depth+1 {
		if class := strings.ToLower(attr(n, "class") + " " + attr(n, "data-testid")); class != " " && containsAny(class, standfirstNames) {
			return true
		}
	}
	return false
}

// front sets the header's blocks at the head of the page.
func (p *Page) front(title, byline, standfirst int) {
	var first, rest []Block
	add := func(kind lector.SegmentKind, text, rule string, at int) {
		if text == "" {
			return
		}
		b := Block{Kind: kind, Text: text, Keep: true, Rule: rule}
		if at >= 0 {
			b.Path = p.Blocks[at].Path
		}
		first = append(first, b)
	}
	add(lector.Title, p.Title, "title", title)
	if byline >= 0 || len(p.Authors) > 0 || !p.Published.IsZero() {
		add(lector.Byline, cmp.Or(p.Byline, strings.Join(p.Authors, ", "), p.Published.Format("2006-01-02")), "byline", byline)
	}
	add(lector.Standfirst, p.Subtitle, "standfirst", standfirst)
	for i, b := range p.Blocks {
		switch i {
		case title, standfirst:
			continue
		case byline:
			if tail := strings.TrimSpace(strings.TrimPrefix(b.Text, p.Byline)); tail != b.Text && speakable(tail) {
				b.Text, b.Keep, b.Rule = tail, false, "byline: not read"
				rest = append(rest, b)
			}
			continue
		}
		rest = append(rest, b)
	}
	p.Blocks = append(first, rest...)
}

// same compares two texts by their letters and digits.
func same(a, b string) bool {
	if len(a) > 2*len(b)+8 || len(b) > 2*len(a)+8 {
		return false
	}
	k := key(a)
	return k != "" && k == key(b)
}
