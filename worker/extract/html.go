package extract

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"lector"
	"lector/worker/pattern"
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
	w := walk(doc, sel, hostOf(cmp.Or(m.url, known.URL)))
	settle(w.blocks)
	g := ground{rule: "text"}
	whole := isPage(src)
	if whole {
		g = find(doc, w)
	}
	b := group(w, g)
	p := Page{Blocks: decide(w.blocks, b, whole)}
	slides(w.blocks, p.Blocks)
	if whole {
		b.judge(w.blocks, p.Blocks)
		reconsider(doc, src, w.blocks, p.Blocks)
	}
	head(&p, m, known, w.blocks, b, whole)
	p.agree(m.body)
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
func decide(raws []raw, in boxes, whole bool) []Block {
	out := make([]Block, len(raws))
	other, lists := teasers(raws, in.g), mixed(raws)
	for i, r := range raws {
		b := r.Block
		b.home, b.slant = in.isHome(boxOf(r.node)), r.slant*10 > len(r.Text)*9
		b.Keep, b.Rule = verdictOf(r, in.g, whole)
		if b.Keep && r.speak == "" {
			if rule := links(r, b.home, lists[listOf(r.node)]); rule != "" {
				b.Keep, b.Rule = false, rule
			}
		}
		if b.Keep && r.speak == "" && other[frame(r.node, in.g)] {
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
	if r.solicits() {
		return false, "text: " + appeal
	}
	return true, g.rule
}

// solicits reports whether a short text with a link by which a reader joins,
// subscribes or gives is there for the sake of that link.
func (r raw) solicits() bool {
	if len(r.Text) > longest {
		return false
	}
	if slanted := r.slant*10 > len(r.Text)*9; slanted && (r.offers&mail != 0 || r.offers&channel != 0 && containsAny(fold(r.Text), wants)) {
		return true
	}
	return r.offers&membership != 0 || r.offers&support != 0 && containsAny(fold(r.Text), wants)
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

// links drops what is nothing but a link: a list of them, or a headline. In
// the text itself, a heading that links to another site is the text's own, as
// the names of things are in a review of several.
func links(r raw, home, list bool) string {
	share := r.share()
	switch {
	case r.Kind == lector.Item && share > 0.8 && !list && !(ended(r.Text) && len(r.Text) > 80):
		return "link list"
	case r.Kind == lector.Paragraph && share > 0.9 && len(r.Text) < 250 && (!home || !ended(r.Text)):
		return "link alone"
	case r.Kind == lector.Heading && share > 0.9 && r.Rank > 1 && utf8.RuneCountInString(r.Text) > 30 && !(home && r.abroad*10 > len(r.Text)*9):
		return "link alone"
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
	}
	bylineBlock := p.pickByline(raws, shown, whole)
	if p.Published.IsZero() {
		p.Published = m.clock
	}
	if p.Published.IsZero() {
		p.Published = shownDate(raws, shown)
	}
	standfirst := p.pickStandfirst(m, known, raws, shown)
	if whole {
		in.outskirts(raws, p.Blocks, shown, standfirst)
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
		case i < shown && consents(r.Text):
			p.Blocks[i].Keep, p.Blocks[i].Rule = false, "text: "+cookie
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
		if b := &p.Blocks[i]; b.Keep && raws[i].speak == "" {
			b.Keep, b.Rule = false, "above the title"
		}
	}
}

// supersede drops a page's own title where the event or the data state
// another one: its main heading, or the one that its title element names.
func (p *Page) supersede(m meta) {
	for i := range p.Blocks {
		b := &p.Blocks[i]
		if !b.Keep {
			continue
		}
		if b.Kind == lector.Heading && (b.Rank == 1 || i < nearTop && m.entitles(b.Text)) {
			b.Keep, b.Rule = false, "the page's title: another one is read"
			return
		}
	}
}

// entitles reports whether a heading shows one of the titles that a page gives
// itself.
func (m meta) entitles(heading string) bool {
	k := key(heading)
	for _, stated := range []string{m.subtitle, m.social, m.pageTitle} {
		for _, part := range titleParts(stated) {
			if t := key(part); len(t) > 20 && strings.Contains(k, t) {
				return true
			}
		}
	}
	return false
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
	p.Title = cmp.Or(collapse(known.Title), m.title)
	shown := titleBlock(raws, p.Title)
	if p.Title == "" {
		p.Title, shown = m.titleShown(raws, shown)
	}
	if shown < 0 {
		return -1
	}
	text := raws[shown].Text
	if known.Title == "" && extends(text, p.Title) && !titled(text, p.Title) {
		p.Title = text
	}
	if !same(text, p.Title) {
		return -1
	}
	return shown
}

// titleBlock returns the block that shows a stated title, else the first main
// heading, else -1.
func titleBlock(raws []raw, stated string) int {
	shown := -1
	for i, r := range raws {
		if stated != "" && same(r.Text, stated) && r.Kind != lector.Caption {
			return i
		}
		if r.Kind == lector.Heading && r.Rank == 1 && shown < 0 && !sectionName(r) {
			shown = i
		}
	}
	return shown
}

// nearTop is how many blocks of a page can hold its title; all of a page's head
// and chrome are fewer.
const nearTop = 200

// titleShown finds the title of a page that states none in its data: the
// heading that its title element or og:title agrees with, else the first main
// heading, else what these say themselves.
func (m meta) titleShown(raws []raw, first int) (string, int) {
	stated := cmp.Or(m.social, m.pageTitle)
	if first >= 0 && (stated == "" || agrees(raws[first].Text, m.social) || agrees(raws[first].Text, m.pageTitle)) {
		return raws[first].Text, first
	}
	for i, r := range raws[:min(len(raws), nearTop)] {
		if r.Kind == lector.Heading && r.Rank <= 3 && !same(r.Text, m.publication) && (agrees(r.Text, m.social) || agrees(r.Text, m.pageTitle)) {
			return r.Text, i
		}
	}
	if first >= 0 {
		return raws[first].Text, first
	}
	for _, part := range titleParts(stated) {
		if at := titleBlock(raws, part); at >= 0 && same(raws[at].Text, part) {
			return part, at
		}
	}
	for _, part := range titleParts(stated) {
		for i, r := range raws[:min(len(raws), nearTop)] {
			if titled(r.Text, part) && len(part) > 10 {
				return part, i
			}
		}
	}
	return withoutSite(stated, m.publication), -1
}

// agrees reports whether a heading is the title that a page states, or the
// part of it that is not the site's name.
func agrees(shown, stated string) bool {
	k, parts := key(shown), titleParts(stated)
	if len(k) < 8 || len(parts) > 1 && len(k)*2 < len(key(parts[1])) {
		return false
	}
	for _, part := range parts {
		if key(part) == k {
			return true
		}
	}
	return strings.HasPrefix(key(stated), k) && len(k)*2 > len(key(stated))
}

var titleMark = pattern.New(` (?:[|–—·»@-]|::) ?|_| ?[|｜] ?`)

// titleParts returns a title and its parts between the marks by which sites
// set off their own name, the longest first.
func titleParts(stated string) []string {
	parts := append([]string{stated}, titleMark.Split(stated, 6)...)
	slices.SortStableFunc(parts, func(a, b string) int { return len(b) - len(a) })
	return parts
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
		b, ok := bylineAt(raws, i)
		if !ok {
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
	if whole && title >= 0 && len(p.Authors) == 0 {
		p.nameByDate(raws[from:to])
	}
	return -1
}

// bylineAt reads a block as a byline: in words, or by its class. The word "by"
// and the name can be two blocks.
func bylineAt(raws []raw, i int) (byline, bool) {
	r := raws[i]
	o := r.dropped()
	if o != nil && (o.certain || strings.Contains(o.rule, "nav") || strings.Contains(o.rule, "related")) || len(r.Text) > 300 {
		return byline{}, false
	}
	marked, text := o != nil && strings.Contains(o.rule, "byline"), collapse(address.ReplaceAllString(r.Text, ""))
	if len(text) < 24 && byWord.FindString(text+" ") == text+" " && i+1 < len(raws) {
		text += " " + raws[i+1].Text
	}
	if (marked && r.offers&topic == 0 || r.offers&person != 0) && !byWord.MatchString(text) {
		if names := splitNames(text); len(names) > 0 && fullName(names[0]) {
			if _, dated := findDate(text); !dated {
				return byline{authors: names, source: strings.Join(names, ", ")}, true
			}
		}
		if name, role := nameOnly(text); role && marked {
			return byline{authors: []string{name}, source: name}, true
		}
	}
	if at := byInside.FindStringIndex(text); at != nil && len(text) < 120 && !byWord.MatchString(text) {
		if _, dated := findDate(text[:at[0]]); dated {
			text, marked = strings.TrimLeft(text[at[0]:], " ,|·•"), true
		}
	}
	if !marked && !byWord.MatchString(text) {
		return byline{}, false
	}
	b, ok := parseByline(text)
	return b, ok && len(b.authors) > 0
}

var (
	address = pattern.New(`\S+@\S+\.\S+`)
	// byInside finds "By Jane Doe" behind a date.
	byInside = pattern.New(`(?i)[\s|·•,](?:by|written by|автор|автори|авторы|von|par|por|autor|autorka)(?:: ?| )\p{Lu}`)
)

// nameByDate takes a person's name that stands right above a date as the
// author's.
func (p *Page) nameByDate(raws []raw) {
	for i, r := range raws {
		if i+1 == len(raws) || prose(r.Text) {
			return
		}
		if next := raws[i+1].Text; fullName(r.Text) && len(next) < 80 && r.Kind == lector.Paragraph && (r.linked == 0 || r.offers&person != 0) {
			if _, ok := findDate(next); ok {
				p.Authors = []string{r.Text}
				return
			}
		}
	}
}

// pickStandfirst returns the block that is the standfirst, or -1: what the
// event says, what the page marks so, or what it gives as its description
// though it stands outside the text. The event's own subtitle wins.
func (p *Page) pickStandfirst(m meta, known lector.Article, raws []raw, title int) int {
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
		if title >= 0 && i > title && (standfirst(r) || p.deck(i, m, r)) {
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
	if b.home || r.linked > 0 || !b.Keep && b.Rule != "outside the article" {
		return false
	}
	if same(r.Text, m.description) {
		return true
	}
	before := p.Blocks[i-1]
	return r.Kind == lector.Heading && r.Rank == 2 && before.Kind == lector.Heading && before.Rank == 1 && len(r.Text) > 20
}

var standfirstNames = []string{"standfirst", "subtitle", "subheadline", "sub-headline", "subhead", "dek", "deck", "perex", "article__desc", "ingress", "lede", "article-summary", "article__summary", "article-excerpt", "post-excerpt", "custom-excerpt", "entry-subtitle", "article-lead", "article__lead", "article-intro", "article__intro", "chapo", "chapeau", "opener", "preamble", "entradilla", "bajada", "vorspann", "sottotitolo", "occhiello", "summary"}

func standfirst(r raw) bool {
	if len(r.Text) < 30 || len(r.Text) > 600 || r.linked*2 > len(r.Text) || r.Kind == lector.Item || r.Kind == lector.Caption {
		return false
	}
	if o := r.dropped(); o != nil && (o.certain || o.rule == "class: summary" || o.rule == "class: caption") {
		return false
	}
	for n, depth := r.node, 0; n != nil && depth < 3 && homeRank(n) == 0; n, depth = n.Parent, depth+1 {
		if class := strings.ToLower(attr(n, "class") + " " + attr(n, "id") + " " + attr(n, "data-testid")); len(class) > 2 && containsAny(class, standfirstNames) {
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
			if tail := collapse(strings.Replace(b.Text, p.Byline, " ", 1)); speakable(tail) && !strings.HasPrefix(p.Byline, b.Text) {
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
