package extract

import (
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
		if r < utf8.RuneSelf {
			if 'A' <= r && r <= 'Z' {
				r += 'a' - 'A'
			}
			if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' {
				b.WriteByte(byte(r))
			}
			continue
		}
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
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
		if !b.Keep || !body(b.Kind) {
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
		if !b.Keep || !body(b.Kind) || len(b.Text) > 60 {
			continue
		}
		for _, name := range p.Authors {
			if same(b.Text, name) {
				b.drop(p.book.get("author.name"))
			}
		}
	}
}

// pulled drops quotes that the body holds as well. The work is bounded: an
// article has few quotes.
func pulled(p *Page, text string) {
	quotes, boxed := 0, boxedBody(p.Blocks)
	for i := range p.Blocks {
		b := &p.Blocks[i]
		aside := b.Kind == lector.Paragraph && !b.home && boxed && len(b.Text) < 250 && !strings.Contains(b.Text, "…")
		if !b.Keep || b.Kind != lector.Quote && !aside || b.insisted() {
			continue
		}
		if quotes++; quotes > 40 {
			return
		}
		if aside {
			if k := key(b.Text); len(k) > 20 && strings.Count(text, k) > 1 {
				b.drop(p.book.get("repeat.quote"))
			}
			continue
		}
		if k := key(b.Text); len(k) > 20 && (strings.Contains(text, k) || pieces(k, text)) {
			b.drop(p.book.get("repeat.quote"))
		}
	}
}

// boxedBody reports whether most of what is read stands in one box, so that
// what does not is no part of the text itself.
func boxedBody(blocks []Block) bool {
	home, all := 0, 0
	for _, b := range blocks {
		if !b.Keep || !body(b.Kind) {
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
	if b.home && f.aside {
		return true
	}
	if b.joined && f.list == i-1 {
		f.list = i
	} else if b.below && f.list == i-1 && f.state == related && !prose(b.Text) {
		return false
	} else if f.list == i-1 && !blocks[i-1].Keep && blocks[i-1].joined && prose(b.Text) && (f.state == related || f.state == signup || f.state == appeal) {
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
	r := data().whole[fold(b.Text)]
	switch b.Reason {
	case feed, comments, author:
		if b.Kind == lector.Item || b.Reason == comments && strings.ContainsFunc(b.Text, unicode.IsDigit) {
			return ""
		}
		if b.Reason == comments && b.home && b.Kind == lector.Paragraph && strings.Contains(b.Text, " ") {
			return "" // a button in the text, not the head of what readers wrote
		}
		if b.Reason == author && b.home && r == nil {
			return "" // who reported; the text can go on
		}
		return b.Reason
	case tags:
		if b.Kind == lector.Paragraph && strings.HasPrefix(b.Path, "line ") {
			return tags
		}
	case related, signup, appeal:
		if r != nil || b.Reason == signup && len(b.Text) < 60 {
			return b.Reason
		}
	}
	return ""
}

// resumes reports whether the article goes on with the first of the blocks. A
// list of headlines with excerpts alternates; an article has paragraphs in a
// row.
func resumes(blocks []Block, state Reason, headlined bool) bool {
	question := !blocks[0].joined && len(blocks[0].Text) < 60 && strings.HasSuffix(blocks[0].Text, "?")
	if !prose(blocks[0].Text) && blocks[0].Kind != lector.Heading && !question {
		return false
	}
	if headlined && blocks[0].joined {
		return false
	}
	run, chars := 0, 0
	for i, b := range blocks {
		if !b.Keep {
			if i > 12 || marker(b) != "" {
				break
			}
			continue
		}
		if b.Kind == lector.Heading && (run > 0 || i == 0 && (utf8.RuneCountInString(b.Text) < 60 && state != feed)) {
			continue
		}
		if i == 0 && question {
			continue
		}
		if !prose(b.Text) && b.Kind != lector.Item {
			break
		}
		run++
		chars += len(b.Text)
		if run == 4 {
			break
		}
	}
	switch state {
	case author, comments:
		return run >= 4 && chars > 900
	case feed, tags:
		return run >= 3
	default:
		if question {
			return run >= 2
		}
		if blocks[0].Kind == lector.Heading && !blocks[0].followed(blocks[1:]) {
			return false
		}
		return run >= 2 || run == 1 && !headlined || run == 1 && chars > 150
	}
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
		if !b.Keep || !body(b.Kind) {
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
		if n := len(out); n > 0 && !b.Keep && !out[n-1].Keep && b.Rule == out[n-1].Rule && !b.worded() && near(b.Path, out[n-1].Path) && len(out[n-1].Text) < 400 {
			out[n-1].Text += " · " + b.Text
			continue
		}
		out = append(out, b)
	}
	return out
}

// near reports whether two places begin alike.
func near(a, b string) bool {
	i, j := strings.IndexByte(a, '>'), strings.IndexByte(b, '>')
	return i > 0 && j > 0 && a[:i] == b[:j]
}
