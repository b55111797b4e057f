package extract

import (
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"lector"
)

// sift looks at the kept blocks as a sequence: what repeats, what belongs to a
// list of other articles, what is left over at the end.
func sift(p *Page) {
	p.footnotes()
	repeats(p)
	signed(p)
	p.summaries()
	p.furnish()
	closing(p)
	p.orphans()
	p.Blocks = merge(p.Blocks)
}

// key reduces a text to its letters and digits, for comparison.
func key(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
			b.WriteByte(byte(r))
		case 'A' <= r && r <= 'Z':
			b.WriteByte(byte(r + 'a' - 'A'))
		case r < utf8.RuneSelf:
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// repeats drops what is there twice: the title, the standfirst, pull quotes,
// paragraphs that a template shows again.
func repeats(p *Page) {
	title, sub := key(p.Title), key(p.Subtitle)
	seen := map[string]bool{}
	var bodyText strings.Builder
	for i := range p.Blocks {
		b := &p.Blocks[i]
		if !b.running() {
			continue
		}
		k := key(b.Text)
		switch {
		case k == title && title != "":
			b.drop(p.book.get("repeat.title"))
		case title != "" && strings.HasPrefix(k, title) && titled(b.Text, p.Title):
			b.drop(p.book.get("repeat.title"))
		case k == sub && sub != "":
			b.drop(p.book.get("repeat.standfirst"))
		case len(k) > 40 && seen[k]:
			b.drop(p.book.get("repeat.block"))
		case b.Kind != lector.Quote:
			bodyText.WriteString(k)
			bodyText.WriteByte('\n')
		}
		seen[k] = true
	}
	pulled(p, bodyText.String())
}

// titled reports whether a text is the title and a byline in one.
func titled(text, title string) bool {
	if len(text) < len(title) || !strings.EqualFold(text[:len(title)], title) {
		return false
	}
	rest := strings.TrimSpace(text[len(title):])
	_, ok := parseByline(rest)
	return ok || len(rest) < 80 && expr("by word").MatchString(rest)
}

// signed drops lines in the text that are nothing but an author's name.
func signed(p *Page) {
	for i := range p.Blocks {
		b := &p.Blocks[i]
		named := func(author string) bool { return same(b.Text, author) }
		if b.running() && len(b.Text) <= 60 && slices.ContainsFunc(p.Authors, named) {
			b.drop(p.book.get("author.name"))
		}
	}
}

// pulled drops quotes that the body holds as well. The work is bounded: an
// article has few quotes.
func pulled(p *Page, text string) {
	quotes, boxed := 0, boxedBody(p.Blocks)
	for i := range p.Blocks {
		b := &p.Blocks[i]
		aside := boxed && b.aside()
		if !b.droppable() || b.Kind != lector.Quote && !aside {
			continue
		}
		if quotes++; quotes > 40 {
			return
		}
		if repeated(key(b.Text), text, aside) {
			b.drop(p.book.get("repeat.quote"))
		}
	}
}

// aside reports whether the block is a short paragraph beside the text's own box.
func (b Block) aside() bool {
	if b.home || b.Kind != lector.Paragraph {
		return false
	}
	return len(b.Text) < 250 && !strings.Contains(b.Text, "…")
}

// repeated reports whether the body holds the words of a quote, or holds those of a
// paragraph of its own once more.
func repeated(words, text string, own bool) bool {
	switch {
	case len(words) <= 20:
		return false
	case own:
		return strings.Count(text, words) > 1
	}
	return strings.Contains(text, words) || pieces(words, text)
}

// boxedBody reports whether most of what is read stands in one box, so that
// what does not is no part of the text itself.
func boxedBody(blocks []Block) bool {
	home, all := 0, 0
	for _, b := range blocks {
		if !b.running() {
			continue
		}
		all += len(b.Text)
		if b.home {
			home += len(b.Text)
		}
	}
	return home*10 > all*6
}

// The pieces of a quote, and how long a body may be in which they are looked
// for: to look is not linear.
const (
	mostPieces  = 3
	leastLetter = 12
	longBody    = 200 << 10
)

// pieces reports whether the body holds a quote piece by piece: there, "he
// said" stands between them.
func pieces(quote, text string) bool {
	if len(quote) > 300 || len(text) > longBody {
		return false
	}
	for n := 0; n < mostPieces; n++ {
		// the longest beginning that the body holds: what it holds, it holds in part
		size := sort.Search(len(quote), func(i int) bool { return !strings.Contains(text, quote[:i+1]) })
		if size < leastLetter {
			return false
		}
		if quote = quote[size:]; quote == "" {
			return true
		}
	}
	return false
}

// furnish drops the blocks behind a line that begins a list of other articles: headlines
// and their excerpts, until the article continues.
func (p *Page) furnish() {
	blocks := p.Blocks
	f := follower{}
	for i := range blocks {
		b := &blocks[i]
		if !body(b.Kind) {
			continue
		}
		if b.Keep && !f.begun { // what stands above the text begins no list in it
			f.state, f.begun = "", true
		}
		if !b.Keep {
			if m := marker(*b); m != "" && (f.state == "" || m != related) {
				f = follower{state: m, begun: f.begun, aside: !b.home, list: i}
			}
			continue
		}
		if f.state == "" || b.insisted() {
			continue
		}
		if f.over(blocks, i) {
			f.state = ""
			continue
		}
		f.headlined = !prose(b.Text)
		b.drop(p.book.get("follows"), ": "+string(f.state))
	}
}

// follower is what is known of the list that is being followed.
type follower struct {
	state     Reason // what the list is; "": none
	begun     bool   // the text has begun
	aside     bool   // the list began outside the text's own box
	headlined bool   // a headline stood last
	list      int    // the last line of the group that the list began with
}

// over reports whether the list has ended: the article continues with block i.
func (f *follower) over(blocks []Block, i int) bool {
	b := blocks[i]
	switch {
	case b.home && f.aside:
		return true
	case f.list != i-1:
	case b.joined:
		f.list = i
	case b.below && f.state == related && !prose(b.Text):
		return false
	case blocks[i-1].joined && prose(b.Text) && slices.Contains([]Reason{related, signup, appeal}, f.state):
		return true // the headlines stood in one group with the line that began them
	}
	return !attached(blocks, i) && resumes(blocks[i:], f.state, f.headlined)
}

// attached reports whether a line stands right below the head or the rest of
// a list of other things.
func attached(blocks []Block, i int) bool {
	if !blocks[i].joined || i == 0 || blocks[i-1].Keep {
		return false
	}
	return blocks[i-1].ID == "follows" || marker(blocks[i-1]) == related
}

// marker returns what list a dropped block begins, or "".
func marker(b Block) Reason {
	if !b.worded() && b.Reason != comments {
		return ""
	}
	known, begins := data().whole[fold(b.Text)] != nil, false
	switch b.Reason {
	case feed:
		begins = b.Kind != lector.Item
	case comments:
		begins = b.Kind != lector.Item && b.headsComments()
	case author: // who reported stands in the text, which goes on
		begins = b.Kind != lector.Item && (known || !b.home)
	case tags:
		begins = b.Kind == lector.Paragraph && strings.HasPrefix(b.Path, "line ")
	case signup:
		begins = known || len(b.Text) < 60
	case related, appeal:
		begins = known
	}
	if !begins {
		return ""
	}
	return b.Reason
}

// headsComments reports whether the block is the head of what readers wrote: not their
// number, nor a button in the text.
func (b Block) headsComments() bool {
	if strings.ContainsFunc(b.Text, unicode.IsDigit) {
		return false
	}
	return !b.home || b.Kind != lector.Paragraph || !strings.Contains(b.Text, " ")
}

// resumes reports whether the article goes on with the first of the blocks. A
// list of headlines with excerpts alternates; an article has paragraphs in a
// row.
func resumes(blocks []Block, state Reason, headlined bool) bool {
	first := blocks[0]
	heading, question := first.Kind == lector.Heading, !first.joined && len(first.Text) < 60 && strings.HasSuffix(first.Text, "?")
	if !heading && !question && !prose(first.Text) {
		return false
	}
	if headlined && first.joined {
		return false
	}
	above := heading && state != feed && utf8.RuneCountInString(first.Text) < 60
	run, chars := paragraphRun(blocks, above || question)
	switch {
	case state == author || state == comments:
		return run >= 4 && chars > 900
	case state == feed || state == tags:
		return run >= 3
	case question:
		return run >= 2
	case heading && !first.followed(blocks[1:]):
		return false
	case run == 1:
		return !headlined || chars > 150
	}
	return run >= 2
}

// paragraphRun counts the paragraphs that follow each other, up to four, and their bytes;
// headed tells that the first block stands above them.
func paragraphRun(blocks []Block, headed bool) (run, chars int) {
	for i, b := range blocks {
		switch {
		case !b.Keep && (i > 12 || marker(b) != ""):
			return run, chars
		case !b.Keep || headed && i == 0:
			continue
		case run > 0 && b.Kind == lector.Heading:
			continue
		case !prose(b.Text) && b.Kind != lector.Item:
			return run, chars
		}
		if run, chars = run+1, chars+len(b.Text); run == 4 {
			break
		}
	}
	return run, chars
}

// followed reports whether a heading has paragraphs of its own: at least two,
// none of them right below it.
func (b Block) followed(next []Block) bool {
	n := 0
	for _, x := range next {
		switch {
		case !x.Keep:
			continue
		case n == 0 && x.joined, !prose(x.Text):
			return false
		}
		if n++; n == 2 {
			return true
		}
	}
	return false
}

// orphans drops headings that nothing is read under, and the lists of tags or
// links that are left at the end.
func (p *Page) orphans() {
	blocks := p.Blocks
	level := 99 // of the heading that is next, going up; 0: text
	for i := len(blocks) - 1; i >= 0; i-- {
		b := &blocks[i]
		if !b.running() {
			continue
		}
		if b.Kind != lector.Heading || prose(b.Text) { // some sites set sentences as headings
			level = 0
			continue
		}
		if level == 99 || level != 0 && level <= b.Rank {
			b.drop(p.book.get("heading.empty"))
			continue
		}
		level = b.Rank
	}
}

// merge joins neighbours that one rule dropped at one place into one line.
func merge(blocks []Block) []Block {
	out := blocks[:0]
	for _, b := range blocks {
		if n := len(out); n > 0 && out[n-1].mergeable(b) {
			out[n-1].Text += " · " + b.Text
			continue
		}
		out = append(out, b)
	}
	return out
}

// mergeable reports whether the next block can go on this one's line.
func (b Block) mergeable(next Block) bool {
	if b.Keep || next.Keep || next.worded() {
		return false
	}
	return b.Rule == next.Rule && near(b.Path, next.Path) && len(b.Text) < 400
}

// near reports whether two places begin alike.
func near(a, b string) bool {
	i, j := strings.IndexByte(a, '>'), strings.IndexByte(b, '>')
	return i > 0 && j > 0 && a[:i] == b[:j]
}
