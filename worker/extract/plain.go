package extract

import (
	"cmp"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"lector"
)

// line is one line of a page saved as text.
type line struct {
	text   string
	number int
	group  int // lines without an empty line between them are a group
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
	p := Page{book: book, Title: collapse(known.Title), Subtitle: collapse(known.Subtitle), Authors: known.Authors, Published: known.PublishedAt, Language: known.Language, URL: known.URL}
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
	p := Page{book: book, Title: collapse(known.Title), Subtitle: collapse(known.Subtitle), Authors: known.Authors, Published: known.PublishedAt, Language: known.Language, URL: known.URL}
	if first := lines[0]; p.Title == "" && !ended(first.text) && len(first.text) < longest/2 && len(lines) > 1 && lines[1].group != first.group {
		p.Title = first.text
	}
	for i, l := range lines {
		b := Block{Kind: lector.Paragraph, Text: l.text, Keep: true, Rule: "text", Path: l.path()}
		b.below = i > 0 && lines[i-1].group == l.group
		switch {
		case i == 0 && same(l.text, p.Title):
			continue
		case b.below && p.goesOn(l):
			continue
		case l.rule != nil:
			b.drop(l.rule)
		case expr("bullet").MatchString(l.text) && l.words > 2:
			b.itemise(l.text)
		case l.words <= 12 && !ended(l.text) && startsUpper(l.text) && i+1 < len(lines) && lines[i+1].prose && lines[i+1].group != l.group && !strings.ContainsAny(l.text, "/@#"):
			b.Kind, b.Rank = lector.Heading, 2
		}
		p.add(b, l)
	}
	p.Blocks = append(p.titled(lines[0]), p.Blocks...)
	sift(&p)
	return p
}

// itemise makes an item of a line that begins with a bullet or a number. Numbers are read.
func (b *Block) itemise(text string) {
	b.Kind = lector.Item
	if expr("numbered").MatchString(text) {
		return
	}
	b.Text = expr("bullet").ReplaceAllString(text, "")
	b.bullet = strings.TrimSpace(strings.TrimSuffix(text, b.Text))
}

// add takes a line's block, and one for the marks of notes that stood in it.
func (p *Page) add(b Block, l line) {
	p.Blocks = append(p.Blocks, b)
	if l.marks == "" {
		return
	}
	marks := Block{Kind: lector.Paragraph, Text: l.marks, Keep: true, Path: l.path()}
	marks.drop(p.book.get("note.mark"))
	p.Blocks = append(p.Blocks, marks)
}

// goesOn joins a line to the one above it, which broke off in a sentence.
func (p *Page) goesOn(l line) bool {
	n := len(p.Blocks) - 1
	first, _ := utf8.DecodeRuneInString(l.text)
	if n < 0 || !p.Blocks[n].Keep || ended(p.Blocks[n].Text) || !unicode.IsLower(first) {
		return false
	}
	p.Blocks[n].Text += " " + l.text
	return true
}

// titled returns what stands above an article in plain text.
func (p *Page) titled(first line) []Block {
	var head []Block
	add := func(kind lector.SegmentKind, text string) {
		if text == "" {
			return
		}
		b := Block{Kind: kind, Text: text, Keep: true, Rule: string(kind)}
		if same(first.text, text) {
			b.Path = first.path()
		}
		head = append(head, b)
	}
	add(lector.Title, p.Title)
	add(lector.Byline, strings.Join(p.Authors, ", "))
	add(lector.Standfirst, p.Subtitle)
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
		empty = false
		l := line{text: text, number: i + 1, group: group, words: len(strings.Fields(trim(text, 400))), prose: prose(text), marks: marks}
		l.rule = k.line(text, lector.Paragraph, 0)
		if l.words < 30 && (!l.prose || expr("by word").MatchString(text)) {
			if b, ok := parseByline(text); ok {
				l.byline = &b
			}
		}
		lines = append(lines, l)
	}
	for i := range lines[:max(0, len(lines)-1)] { // a caption stands above its credit
		if next := lines[i+1]; lines[i].rule == nil && next.is(credit) && next.group == lines[i].group && next.words < 9 && len(lines[i].text) < 250 {
			lines[i].rule = next.rule
		}
	}
	return lines
}

// headline reports whether a line could be a title: several words, not ended
// like a sentence, and no furniture.
func (l line) headline() bool {
	return l.rule == nil && l.byline == nil && (l.words >= 3 || spaceless(l.text) && len(l.text) > 24) && len(l.text) < 260 && (!ended(l.text) || strings.HasSuffix(trimQuotes(l.text), "?") || strings.HasSuffix(trimQuotes(l.text), "!"))
}

func trimQuotes(s string) string { return strings.TrimRight(s, `"'”’»`) }

// firstProse returns where running text begins: the first line of prose that
// is followed by more, or -1.
func firstProse(lines []line) int {
	best := -1
	for i, l := range lines {
		if l.rule != nil || l.byline != nil || !l.prose || besideByline(lines, i) || alone(lines, i) {
			continue
		}
		if best < 0 {
			best = i
		}
		if standfirstLine(lines, i) {
			continue
		}
		return i
	}
	return best
}

// alone reports whether line i is a stray sentence of the chrome: it is short
// or asks something, and no other prose follows soon.
func alone(lines []line, i int) bool {
	if len(lines[i].text) >= 120 && !strings.HasSuffix(lines[i].text, "?") {
		return false
	}
	for _, l := range lines[i+1 : min(len(lines), i+9)] {
		if l.prose && l.rule == nil {
			return false
		}
	}
	for _, l := range lines[i+1:] {
		if l.prose && l.rule == nil && len(l.text) >= 60 {
			return true
		}
	}
	return false
}

// standfirstLine reports whether the byline still comes, within a few lines
// and before any other prose.
func standfirstLine(lines []line, i int) bool {
	for _, l := range lines[i+1 : min(len(lines), i+7)] {
		if l.byline != nil || l.is(when) || l.is(readTime) {
			return true
		}
		if l.prose && l.rule == nil {
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
	return byline && size <= 4 && len(l.text) < 90 && lines[len(lines)-1].group > l.group+3 && i+1 < len(lines) && nextProseApart(lines, i)
}

func nextProseApart(lines []line, i int) bool {
	for _, m := range lines[i+1:] {
		if m.prose && m.rule == nil {
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
		by := l.byline != nil && len(l.byline.authors) > 0
		timed := l.byline != nil || l.is(when) || l.is(readTime)
		if !signed && (by || timed && end == start) && anyHeadline(lines[max(0, i-4):i]) {
			end, signed = i, by
		}
	}
	if known != "" {
		return -1
	}
	best := -1
	for i := end - 1; i >= 0; i-- {
		l := lines[i]
		if !l.headline() {
			continue
		}
		switch {
		case best < 0:
			best = i
		case l.words >= 6 && lines[best].words < 5 && i >= best-3:
			best = i
		case l.words >= 5 && i == best-1 && l.group == lines[best].group && len(lines[best].text) < 200:
			best = i // what stands right below a headline is its standfirst
		}
	}
	return best
}

func anyHeadline(lines []line) bool {
	for _, l := range lines {
		if l.headline() {
			return true
		}
	}
	return false
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
	p.nameAbove(lines[:start], title)
	var above []Block
	titlePath, bylinePath, sub := "", "", -1
	for i, l := range lines[:start] {
		b := Block{Kind: lector.Paragraph, Text: l.text, Keep: true, Path: l.path()}
		switch {
		case i == title:
			titlePath = b.Path
			continue
		case l.byline != nil && i > title && p.Byline == "":
			bylinePath = b.Path
			above = append(above, p.takeByline(l)...)
			continue
		case title >= 0 && i > title && i <= title+2 && l.rule == nil && p.Subtitle == "" && l.byline == nil && standfirstLine(lines, i) &&
			(l.prose || l.words >= 6 && l.group == lines[title].group):
			p.Subtitle, sub = l.text, i
			continue
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
		above = append(above, b)
	}
	var first []Block
	if p.Title != "" {
		first = append(first, Block{Kind: lector.Title, Text: p.Title, Keep: true, Rule: "title", Path: titlePath})
	}
	if p.Byline != "" || len(p.Authors) > 0 {
		first = append(first, Block{Kind: lector.Byline, Text: cmp.Or(p.Byline, strings.Join(p.Authors, ", ")), Keep: true, Rule: "byline", Path: bylinePath})
	}
	if p.Subtitle != "" {
		b := Block{Kind: lector.Standfirst, Text: p.Subtitle, Keep: true, Rule: "standfirst"}
		if sub >= 0 {
			b.Path = lines[sub].path()
		}
		first = append(first, b)
	}
	p.Blocks = append(first, above...)
}

// nameAbove finds the author in a line of his own, where a time stands between
// title and text too.
func (p *Page) nameAbove(lines []line, title int) {
	timed, name := false, ""
	for i, l := range lines {
		if i <= title || title < 0 {
			continue
		}
		if l.byline != nil && len(l.byline.authors) > 0 {
			return
		}
		timed = timed || l.is(when) || l.is(readTime) || l.byline != nil
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
	b := l.byline
	p.Byline = b.source
	if len(p.Authors) == 0 {
		p.Authors = b.authors
	}
	if p.Published.IsZero() {
		p.Published = b.time
	}
	if !speakable(b.rest) {
		return nil
	}
	rest := Block{Kind: lector.Byline, Text: b.rest, Keep: true, Path: l.path()}
	rest.drop(p.book.get("byline.time"))
	return []Block{rest}
}

// bodyLines decides which lines are read, from the first paragraph on.
func (p *Page) bodyLines(lines []line, start int) {
	single := oneLineParagraphs(lines[min(start, len(lines)):])
	for i := start; i < len(lines); i++ {
		l := lines[i]
		b := Block{Kind: lector.Paragraph, Text: l.text, Keep: true, Rule: "text", Path: l.path()}
		b.below = i > 0 && lines[i-1].group == l.group
		b.joined = single && b.below
		switch {
		case l.rule != nil:
			b.drop(l.rule)
		case expr("bullet").MatchString(l.text) && (l.words > 2):
			b.itemise(l.text)
		case l.prose:
			if i > 0 && single && lines[i-1].group == l.group && teased(lines, i-1) {
				b.drop(p.book.get("saved.excerpt"))
			}
		case l.byline != nil && i > start+2:
			b.drop(p.book.get("saved.byline"))
		case teased(lines, i):
			b.drop(p.book.get("saved.headline"))
		case b.joined && len(p.Blocks) > 0 && strings.HasPrefix(p.Blocks[len(p.Blocks)-1].ID, "saved."):
			b.drop(p.book.get("saved.label"))
		case i > 0 && lines[i-1].group == l.group && lines[i-1].is(credit) && !l.prose:
			b.drop(p.book.get("caption.line"))
		case l.words <= 12 && !ended(l.text) && startsUpper(l.text):
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
		if !l.prose || l.rule != nil {
			continue
		}
		if i > 0 && lines[i-1].group == l.group && lines[i-1].prose {
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
	if l.rule != nil || l.prose && !strings.HasSuffix(trimQuotes(l.text), "?") || ended(l.text) && !strings.HasSuffix(trimQuotes(l.text), "?") || expr("bullet").MatchString(l.text) {
		return false
	}
	attached := i+1 < len(lines) && lines[i+1].group == l.group && lines[i+1].prose
	switch {
	case l.words >= 9 && !ended(l.text):
		return true
	case l.words >= 7 && attached && strings.ContainsAny(lines[i+1].text[:min(4, len(lines[i+1].text))], `"“«„`):
		return true
	}
	return false
}

func startsUpper(s string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, `"'“‘«„¿¡`))
	return unicode.IsUpper(r) || unicode.IsDigit(r) || !unicode.IsLower(r)
}
