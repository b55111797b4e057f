package extract

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"lector"
)

// line is one line of a page saved as text.
type line struct {
	text   string
	number int
	group  int  // lines without an empty line between them are a group
	below  bool // not the first of its group
	rule   *rule
	prose  bool
	words  int
	byline *byline
	marks  string // of notes, that stood in it
}

// fromPlain splits plain text into blocks: an article, or a page saved with its
// chrome. Where nothing looks like chrome, every line is read.
func fromPlain(src string, known lector.Article, book rulebook) Page {
	lines := book.cut(src)
	if !saved(lines) {
		return article(lines, known, book)
	}
	p := stated(known, book)
	start := firstProse(lines)
	title := pickTitleLine(lines, start, p.Title)
	if title >= 0 && p.Title == "" {
		p.Title = lines[title].text
	}
	p.headLines(lines, title, start)
	p.bodyLines(lines, max(start, 0))
	sift(&p)
	return p
}

// stated is a page of which only that is known what the event says.
func stated(known lector.Article, book rulebook) Page {
	return Page{book: book, Title: collapse(known.Title), Subtitle: collapse(known.Subtitle), Authors: known.Authors, Published: known.PublishedAt, Language: known.Language, URL: known.URL}
}

// saved reports whether lines are a page with what stands around its article: a
// rule knows one of them, or one signs it.
func saved(lines []line) bool {
	for _, l := range lines {
		if l.byline != nil || l.rule != nil && l.rule.id != "text.nothing" {
			return true
		}
	}
	return len(lines) < 2
}

// article takes lines that are an article and nothing else: a title, if it
// stands first, and paragraphs, whatever they end in.
func article(lines []line, known lector.Article, book rulebook) Page {
	p := stated(known, book)
	if p.Title == "" && beginsWithTitle(lines) {
		p.Title = lines[0].text
	}
	for i, l := range lines {
		b := l.block()
		b.below = l.below
		switch {
		case i == 0 && same(l.text, p.Title):
			continue
		case b.below && p.goesOn(l):
			continue
		case l.rule != nil:
			b.drop(l.rule)
		case l.item():
			b.itemise(l.text)
		case l.heading() && !strings.ContainsAny(l.text, "/@#") && paragraphBelow(lines, i):
			b.Kind, b.Rank = lector.Heading, 2
		}
		p.add(b, l)
	}
	p.Blocks = append(p.titled(lines[0]), p.Blocks...)
	sift(&p)
	return p
}

// beginsWithTitle reports whether the first of lines is a title: short, without an end, and
// apart from the next.
func beginsWithTitle(lines []line) bool {
	if len(lines) < 2 || lines[1].below {
		return false
	}
	return len(lines[0].text) < longest/2 && !ended(lines[0].text)
}

// paragraphBelow reports whether a paragraph follows line i, apart from it.
func paragraphBelow(lines []line, i int) bool {
	return i+1 < len(lines) && lines[i+1].prose && !lines[i+1].below
}

// block returns a line as a paragraph that is read.
func (l line) block() Block {
	return Block{Kind: lector.Paragraph, Text: l.text, Keep: true, Rule: "text", Path: l.path()}
}

// item reports whether a line is an item of a list.
func (l line) item() bool { return l.words > 2 && expr("bullet").MatchString(l.text) }

// itemise makes an item of a line that begins with a bullet or a number. Numbers are read.
func (b *Block) itemise(text string) {
	b.Kind = lector.Item
	if expr("numbered").MatchString(text) {
		return
	}
	b.Text = expr("bullet").ReplaceAllString(text, "")
	b.bullet = strings.TrimSpace(strings.TrimSuffix(text, b.Text))
}

// heading reports whether a line can be a heading: short, without an end, beginning with a
// capital letter.
func (l line) heading() bool { return l.words <= 12 && !ended(l.text) && startsUpper(l.text) }

// add takes a line's block, and one for the marks of notes that stood in it.
func (p *Page) add(b Block, l line) {
	p.Blocks = append(p.Blocks, b)
	if l.marks == "" {
		return
	}
	marks := l.block()
	marks.Text = l.marks
	marks.drop(p.book.get("note.mark"))
	p.Blocks = append(p.Blocks, marks)
}

// goesOn joins a line to the one above it, which broke off in a sentence.
func (p *Page) goesOn(l line) bool {
	first, _ := utf8.DecodeRuneInString(l.text)
	if len(p.Blocks) == 0 || !unicode.IsLower(first) {
		return false
	}
	above := &p.Blocks[len(p.Blocks)-1]
	if !above.Keep || ended(above.Text) {
		return false
	}
	above.Text += " " + l.text
	return true
}

// titled returns what stands above an article in plain text.
func (p *Page) titled(first line) []Block {
	head := p.header(strings.Join(p.Authors, ", "), "", "", "")
	for i := range head {
		if same(first.text, head[i].Text) {
			head[i].Path = first.path()
		}
	}
	return head
}

// PlainLines takes each line of a text as one paragraph and drops nothing.
func PlainLines(data []byte) (Page, error) {
	data, note, err := decode(data)
	if err == nil {
		data, err = check(data)
	}
	if err != nil {
		return Page{}, err
	}
	p := Page{Note: note}
	for i, text := range strings.Split(string(data), "\n") {
		if text = collapse(text); text != "" {
			p.Blocks = append(p.Blocks, Block{Kind: lector.Paragraph, Text: text, Keep: true, Rule: "plain: every line", Path: fmt.Sprintf("line %d", i+1)})
		}
	}
	return p, nil
}

// cut splits the text into lines and classifies each. Text that is wrapped at a
// column is joined into paragraphs first.
func (k rulebook) cut(src string) []line {
	src = strings.ReplaceAll(strings.ReplaceAll(src, "\r\n", "\n"), "\r", "\n")
	raw := unwrap(undump(strings.Split(src, "\n")))
	lines := make([]line, 0, len(raw))
	group, empty := 0, true
	for i, text := range raw {
		text, marks := k.noteMarks(collapse(text))
		if text == "" {
			empty = true
			continue
		}
		if empty {
			group++
		}
		l := line{text: text, number: i + 1, group: group, below: !empty, words: len(strings.Fields(trim(text, 400))), prose: prose(text), marks: marks}
		empty = false
		l.rule = k.line(text, lector.Paragraph, 0)
		if l.words < 30 && (!l.prose || expr("by word").MatchString(text)) {
			if b, ok := parseByline(text); ok {
				l.byline = &b
			}
		}
		lines = append(lines, l)
	}
	for i := range lines[:max(0, len(lines)-1)] {
		if lines[i].captionOf(lines[i+1]) {
			lines[i].rule = lines[i+1].rule
		}
	}
	return lines
}

// captionOf reports whether a line is the caption above a credit.
func (l line) captionOf(next line) bool {
	if l.rule != nil || len(l.text) >= 250 {
		return false
	}
	return next.below && next.words < 9 && next.is(credit)
}

// headline reports whether a line could be a title: several words, not ended
// like a sentence, and no furniture.
func (l line) headline() bool {
	if l.rule != nil || l.byline != nil || len(l.text) >= 260 {
		return false
	}
	several := l.words >= 3 || spaceless(l.text) && len(l.text) > 24
	return several && (!ended(l.text) || endsIn(l.text, "?!"))
}

// endsIn reports whether a text ends in one of the marks, or in one and quotation marks.
func endsIn(s, marks string) bool {
	last, _ := utf8.DecodeLastRuneInString(strings.TrimRight(s, `"'”’»`))
	return strings.ContainsRune(marks, last)
}

// paragraph reports whether a line is running text that no rule drops.
func (l line) paragraph() bool { return l.prose && l.rule == nil }

// signed reports whether a line names who wrote the article.
func (l line) signed() bool { return l.byline != nil && len(l.byline.authors) > 0 }

// timed reports whether a line is a byline or says when it was written or how long it is.
func (l line) timed() bool { return l.byline != nil || l.is(when) || l.is(readTime) }

// firstProse returns where running text begins: the first line of prose that
// is followed by more, or -1.
func firstProse(lines []line) int {
	best := -1
	for i, l := range lines {
		if !l.paragraph() || l.byline != nil {
			continue
		}
		if besideByline(lines, i) || alone(lines, i) {
			continue
		}
		if !standfirstLine(lines, i) {
			return i
		}
		if best < 0 {
			best = i
		}
	}
	return best
}

// alone reports whether line i is a stray sentence of the chrome: it is short
// or asks something, and no other prose follows soon.
func alone(lines []line, i int) bool {
	if len(lines[i].text) >= 120 && !strings.HasSuffix(lines[i].text, "?") {
		return false
	}
	if slices.ContainsFunc(lines[i+1:min(len(lines), i+9)], line.paragraph) {
		return false
	}
	return slices.ContainsFunc(lines[i+1:], func(l line) bool { return len(l.text) >= 60 && l.paragraph() })
}

// standfirstLine reports whether the byline still comes, within a few lines
// and before any other prose.
func standfirstLine(lines []line, i int) bool {
	for _, l := range lines[i+1 : min(len(lines), i+7)] {
		if l.timed() {
			return true
		}
		if l.paragraph() {
			return false
		}
	}
	return false
}

// besideByline reports whether line i stands in one group with a byline above it:
// captions and labels do, while paragraphs stand alone.
func besideByline(lines []line, i int) bool {
	l := lines[i]
	size, byline := 0, false
	for _, m := range lines[max(0, i-4):min(len(lines), i+5)] {
		if m.group == l.group {
			size++
			byline = byline || m.byline != nil && m.number < l.number
		}
	}
	if !byline || size > 4 || len(l.text) >= 90 {
		return false
	}
	return lines[len(lines)-1].group > l.group+3 && nextProseApart(lines, i)
}

func nextProseApart(lines []line, i int) bool {
	for _, m := range lines[i+1:] {
		if m.paragraph() {
			return m.group != lines[i].group
		}
	}
	return false
}

// pickTitleLine returns the line of the title, or -1: the one that the event
// names, else the last headline above the byline, else above the text.
func pickTitleLine(lines []line, start int, known string) int {
	if start < 0 {
		start = len(lines)
	}
	end, signed := start, false
	for i, l := range lines[:start] {
		if known != "" && same(l.text, known) {
			return i
		}
		by := l.signed() || l.timed() && end == start
		if by && !signed && slices.ContainsFunc(lines[max(0, i-4):i], line.headline) {
			end, signed = i, l.signed()
		}
	}
	if known != "" {
		return -1
	}
	best := -1
	for i := end - 1; i >= 0; i-- {
		if lines[i].headline() && (best < 0 || titleAbove(lines, i, best)) {
			best = i
		}
	}
	return best
}

// titleAbove reports whether the headline in line i is the title and not the one at best,
// below it: that is too short, or stands right below it and is its standfirst.
func titleAbove(lines []line, i, best int) bool {
	l, under := lines[i], lines[best]
	switch {
	case l.words >= 6 && under.words < 5:
		return i >= best-3
	case i != best-1 || !under.below:
		return false
	}
	return l.words >= 5 && len(under.text) < 200
}

// headLines sorts the lines above the text: title, byline, standfirst, and
// the chrome that is left.
func (p *Page) headLines(lines []line, title, start int) {
	if start < 0 {
		start = 0
		if title >= 0 {
			start = title + 1
		}
	}
	if title >= 0 {
		p.nameAbove(lines[title+1 : start])
	}
	var above []Block
	titlePath, bylinePath, standfirstPath := "", "", ""
	for i, l := range lines[:start] {
		switch {
		case i == title:
			titlePath = l.path()
		case l.byline != nil && i > title && p.Byline == "":
			bylinePath = l.path()
			above = append(above, p.takeByline(l)...)
		case p.Subtitle == "" && standfirstBelow(lines, i, title):
			p.Subtitle, standfirstPath = l.text, l.path()
		default:
			above = append(above, p.aboveText(l, i, title))
		}
	}
	byline := cmp.Or(p.Byline, strings.Join(p.Authors, ", "))
	p.Blocks = append(p.header(byline, titlePath, bylinePath, standfirstPath), above...)
}

// aboveText drops line i, which stands above the text and is no part of the article's head;
// a date between title and text is the article's.
func (p *Page) aboveText(l line, i, title int) Block {
	b := l.block()
	switch {
	case l.rule != nil:
		b.drop(l.rule)
	case i > title && title >= 0:
		b.drop(p.book.get("saved.note"))
	default:
		b.drop(p.book.get("saved.above"))
	}
	if l.is(when) && p.Published.IsZero() && i > title {
		if d, ok := findDate(l.text); ok {
			p.Published = d.time
		}
	}
	return b
}

// standfirstBelow reports whether line i is the standfirst below the title.
func standfirstBelow(lines []line, i, title int) bool {
	l := lines[i]
	if title < 0 || i <= title || i > title+2 {
		return false
	}
	if l.rule != nil || l.byline != nil || !standfirstLine(lines, i) {
		return false
	}
	return l.prose || l.words >= 6 && l.group == lines[title].group
}

// nameAbove finds the author in a line of his own between title and text, where a time
// stands too.
func (p *Page) nameAbove(lines []line) {
	timed, name := false, ""
	for _, l := range lines {
		if l.signed() {
			return
		}
		timed = timed || l.timed()
		if n, ok := nameOnly(l.text); ok && name == "" && l.rule == nil {
			name = n
		}
	}
	if timed && name != "" && len(p.Authors) == 0 {
		p.Authors = []string{name}
	}
}

// is reports whether the line is dropped for a reason.
func (l line) is(why Reason) bool { return l.rule != nil && l.rule.reason == why }

func (l line) path() string { return fmt.Sprintf("line %d", l.number) }

// takeByline uses a byline and returns what of it is not read.
func (p *Page) takeByline(l line) []Block {
	p.sign(*l.byline)
	if !speakable(l.byline.rest) {
		return nil
	}
	rest := Block{Kind: lector.Byline, Text: l.byline.rest, Keep: true, Path: l.path()}
	rest.drop(p.book.get("byline.time"))
	return []Block{rest}
}

// bodyLines decides which lines are read, from the first paragraph on.
func (p *Page) bodyLines(lines []line, start int) {
	single := oneLineParagraphs(lines[min(start, len(lines)):])
	for i := start; i < len(lines); i++ {
		l := lines[i]
		b := l.block()
		b.below, b.joined = l.below, single && l.below
		switch {
		case l.rule != nil:
			b.drop(l.rule)
		case l.item():
			b.itemise(l.text)
		case l.prose:
			if b.joined && teased(lines, i-1) {
				b.drop(p.book.get("saved.excerpt"))
			}
		case l.byline != nil && i > start+2:
			b.drop(p.book.get("saved.byline"))
		case teased(lines, i):
			b.drop(p.book.get("saved.headline"))
		case b.joined && len(p.Blocks) > 0 && strings.HasPrefix(p.Blocks[len(p.Blocks)-1].ID, "saved."):
			b.drop(p.book.get("saved.label"))
		case l.below && lines[i-1].is(credit):
			b.drop(p.book.get("caption.line"))
		case l.heading():
			b.Kind, b.Rank = lector.Heading, 2
		}
		p.add(b, l)
	}
}

// oneLineParagraphs reports whether paragraphs stand apart by empty lines, so
// that two lines in one group mean something.
func oneLineParagraphs(lines []line) bool {
	alone, together := 0, 0
	for i, l := range lines {
		if !l.paragraph() {
			continue
		}
		if i > 0 && l.below && lines[i-1].prose {
			together++
		} else {
			alone++
		}
	}
	return alone > 2*together
}

// teased reports whether line i is the headline of another article that stands
// in the text: longer than a heading, without an end, often with its excerpt
// in the same group.
func teased(lines []line, i int) bool {
	l := lines[i]
	if l.rule != nil || l.words < 7 || expr("bullet").MatchString(l.text) {
		return false
	}
	if !ended(l.text) {
		return l.words >= 9 || quoteBelow(lines, i)
	}
	return endsIn(l.text, "?") && quoteBelow(lines, i)
}

// quoteBelow reports whether a paragraph that begins with a quote stands right below line i.
func quoteBelow(lines []line, i int) bool {
	if i+1 >= len(lines) {
		return false
	}
	next := lines[i+1]
	return next.below && next.prose && strings.ContainsAny(next.text[:min(4, len(next.text))], `"“«„`)
}

func startsUpper(s string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, `"'“‘«„¿¡`))
	return unicode.IsUpper(r) || unicode.IsDigit(r) || !unicode.IsLower(r)
}
