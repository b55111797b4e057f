package script

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// shape is one line of shapes.txt: how a token of a class is written, and what
// is said for it.
type shape struct {
	class, rule string
	cost        int
	behind      []string // the words that it must stand behind; none: any
	pattern     *regexp.Regexp
	body        int // the group of what is taken
	fields      map[string]field
	needs       string // one of these must stand near, so that most shapes need not be tried; "" for no such sign
	spoken      []piece
}

// field is a typed group of a shape.
type field struct {
	kind  string
	group int
}

// shapes are a language's, by what they may begin with.
type shapes struct {
	ascii [utf8.RuneSelf][]*shape
	other []*shape // those that may begin with a letter or sign beyond ASCII
	first map[*shape][]rune
}

// The cost of a shape, by which it is chosen before the others; from the late
// one on, an abbreviation goes before it, as "MM." before a Roman numeral.
const (
	usualCost = 10
	lateCost  = 40
)

// readShapes reads shapes.txt: class, rule, pattern, what is said, and the cost
// where it is not the usual one.
func (p *pack) readShapes(files fs.FS, dir string) error {
	rows, err := readRows(files, path.Join(dir, "shapes.txt"), 4, 3)
	if err != nil {
		return err
	}
	p.shapes.first = map[*shape][]rune{}
	for _, r := range rows {
		s, err := p.parseShape(r)
		if err != nil {
			return err
		}
		p.shapes.add(s)
	}
	return nil
}

func (p *pack) parseShape(r row) (*shape, error) {
	s := &shape{class: r.columns[0], rule: r.columns[1], cost: usualCost, fields: map[string]field{}}
	if _, known := classes[s.class]; !known {
		return nil, r.refuse("unknown class %q", s.class)
	}
	if cost := r.column(4); cost != "" {
		n, err := strconv.Atoi(cost)
		if err != nil {
			return nil, r.refuse("cost %q", cost)
		}
		s.cost = n
	}
	source, err := p.expand(s, r.columns[2])
	if err != nil {
		return nil, r.refuse("%w", err)
	}
	if s.pattern, err = regexp.Compile(source); err != nil {
		return nil, r.refuse("%w", err)
	}
	s.body = s.pattern.SubexpIndex("body")
	for name, f := range s.fields {
		f.group = s.pattern.SubexpIndex(name)
		s.fields[name] = f
		if strings.HasPrefix(f.kind, "roman") {
			s.needs = "IVXLCDMІХ"
		}
	}
	if s.spoken, err = parseTemplate(r.columns[3], s.fields); err != nil {
		return nil, r.refuse("%w", err)
	}
	return s, nil
}

// placeholder is a typed field of a pattern: <n>, <a:n>, <w:@people> of a list,
// <w:/expression/>.
var placeholder = regexp.MustCompile(`<(?:(\w+):)?(@?[a-z0-9-]+|/[^/]+/)>`)

// expand turns a pattern into a regular expression. "words << …" stands behind
// one of the words, "… >> rest" before the rest; a space, or _, is any space.
func (p *pack) expand(s *shape, pattern string) (string, error) {
	if behind, rest, found := strings.Cut(pattern, " << "); found {
		s.behind, pattern = p.words(behind), rest
	}
	body, ahead, _ := strings.Cut(pattern, " >> ")
	var source strings.Builder
	source.WriteString("^(?P<body>")
	for i, part := range []string{body, ahead} {
		if i == 1 {
			source.WriteString(")")
		}
		if err := p.expandInto(&source, s, part); err != nil {
			return "", err
		}
	}
	return source.String(), nil
}

var anySpace = strings.NewReplacer(" ", `[ \x{a0}\x{202f}]`, "_", `[ \x{a0}\x{202f}]`)

// expandInto writes a part of a pattern with its fields' types.
func (p *pack) expandInto(out *strings.Builder, s *shape, pattern string) error {
	at := 0
	for _, m := range placeholder.FindAllStringSubmatchIndex(pattern, -1) {
		out.WriteString(anySpace.Replace(pattern[at:m[0]]))
		at = m[1]
		kind := pattern[m[4]:m[5]]
		name := strings.TrimPrefix(kind, "@")
		if m[2] >= 0 {
			name = pattern[m[2]:m[3]]
		}
		expression := p.kind(kind)
		if expression == "" {
			return fmt.Errorf("unknown type %q", kind)
		}
		s.fields[name] = field{kind: kind}
		out.WriteString("(?P<" + name + ">" + expression + ")")
	}
	out.WriteString(anySpace.Replace(pattern[at:]))
	return nil
}

// words are the words of a list "a|b|@list".
func (p *pack) words(list string) []string {
	var all []string
	for w := range strings.SplitSeq(list, "|") {
		if name, ok := strings.CutPrefix(w, "@"); ok {
			all = append(all, p.lists[name]...)
		} else {
			all = append(all, w)
		}
	}
	return all
}

// kinds are the regular expressions of what fields may hold in any language.
var kinds = map[string]string{
	"day": `(?:3[01]|[12]\d|0?[1-9])`, "m": `(?:1[0-2]|0?[1-9])`, "year": `(?:1\d{3}|20\d{2})`, "year2": `\d{2}`, "h": `(?:2[0-4]|[01]?\d)`, "min": `[0-5]\d`,
	"roman": `[IVXІХ]+`, "cap": `\p{Lu}[\p{L}'’ʼ-]{2,}`, "word": `[\p{L}'’ʼ-]+`, "lower": `\p{Ll}[\p{L}'’ʼ-]*`, "digits": `\d+`, "d": `\d{1,3}`, "cents": `\d{2}`, "caps": `\p{Lu}{1,4}`,
	"day2": `(?:0[1-9]|[12]\d|3[01])`, "m2": `(?:0[1-9]|1[0-2])`, "roman2": `[IVXLCDMІХ]{2,}`,
	"free": `8[ -]800(?:[ -]\d{2,3}){2,4}`,
	"intl": `\+\d{1,3}[ \x{a0}-]?(?:\(\d{1,5}\)[ \x{a0}-]?)?\d{2,9}(?:[ \x{a0}-]\d{2,6}){0,5}`,
	"tel":  `\+?(?:\(\d{1,5}\) ?)?\d{2,5}(?:[  /-]\d{2,6}){1,5}|\+?\d{6,13}`,
}

// kind returns the regular expression of a type in this language.
func (p *pack) kind(name string) string {
	group := "[" + strings.NewReplacer("space", `  `+"\u2009", "apostrophe", "'’", " ", "").Replace(p.settings["groups"]) + "]"
	whole := `(?:\d{1,3}(?:` + group + `\d{3})+\b|\d+)`
	switch {
	case name == "n":
		return whole
	case name == "num":
		return `(?:[−+-]?` + whole + `(?:` + regexp.QuoteMeta(p.settings["decimal"]) + `\d+|\.\d{1,2}\b)?)`
	case name == "dec":
		return whole + regexp.QuoteMeta(p.settings["decimal"]) + `\d+`
	case slices.Contains(nounKinds, name):
		return alternation(p.written(name))
	case name == "month":
		var all []string
		for _, m := range p.months {
			all = append(all, m.written...)
		}
		slices.SortStableFunc(all, func(a, b string) int { return len(b) - len(a) })
		return "(?i:" + alternation(all) + ")"
	case name[0] == '/':
		return strings.Trim(name, "/")
	case name[0] == '@':
		if len(p.lists[name[1:]]) == 0 {
			return ""
		}
		return "(?i:" + alternation(p.lists[name[1:]]) + ")"
	}
	return kinds[name]
}

func alternation(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = strings.ReplaceAll(regexp.QuoteMeta(strings.ReplaceAll(w, "_", " ")), " ", `[  ]?`)
	}
	return "(?:" + strings.Join(quoted, "|") + ")"
}

func lastRune(s string) rune {
	c, _ := utf8.DecodeLastRuneInString(s)
	return c
}

// add puts a shape where those that may begin with a character are looked for.
func (x *shapes) add(s *shape) {
	tree, err := syntax.Parse(s.pattern.String(), syntax.Perl)
	if err != nil { // it was compiled already
		return
	}
	first, _ := firstRunes(tree.Simplify())
	x.first[s] = first
	beyond := false
	for c := range rune(utf8.RuneSelf) {
		if within(first, c) {
			x.ascii[c] = append(x.ascii[c], s)
		}
	}
	for i := 1; i < len(first); i += 2 {
		beyond = beyond || first[i] >= utf8.RuneSelf
	}
	if beyond {
		x.other = append(x.other, s)
	}
}

// at returns the shapes that may begin with a character.
func (x *shapes) at(c rune) []*shape {
	if c < utf8.RuneSelf {
		return x.ascii[c]
	}
	var out []*shape
	for _, s := range x.other {
		if within(x.first[s], c) {
			out = append(out, s)
		}
	}
	return out
}

func within(ranges []rune, c rune) bool {
	for i := 0; i+1 < len(ranges); i += 2 {
		if ranges[i] <= c && c <= ranges[i+1] {
			return true
		}
	}
	return false
}

// firstRunes returns the ranges of characters that a match may begin with, and
// whether it may be empty.
func firstRunes(re *syntax.Regexp) (ranges []rune, empty bool) {
	switch re.Op {
	case syntax.OpLiteral:
		c := re.Rune[0]
		if re.Flags&syntax.FoldCase != 0 {
			return []rune{unicode.ToUpper(c), unicode.ToUpper(c), unicode.ToLower(c), unicode.ToLower(c)}, false
		}
		return []rune{c, c}, false
	case syntax.OpCharClass:
		return re.Rune, false
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return []rune{0, unicode.MaxRune}, false
	case syntax.OpStar, syntax.OpQuest:
		ranges, _ = firstRunes(re.Sub[0])
		return ranges, true
	case syntax.OpCapture, syntax.OpPlus, syntax.OpRepeat:
		ranges, empty = firstRunes(re.Sub[0])
		return ranges, empty || re.Op == syntax.OpRepeat && re.Min == 0
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			more, nothing := firstRunes(sub)
			ranges = append(ranges, more...)
			if !nothing {
				return ranges, false
			}
		}
		return ranges, true
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			more, nothing := firstRunes(sub)
			ranges, empty = append(ranges, more...), empty || nothing
		}
		return ranges, empty
	}
	return nil, true
}

// match is a shape at the place where it was found.
type match struct {
	shape  *shape
	text   string
	groups []int
}

// field returns what a field holds.
func (m *match) field(name string) string {
	g := m.shape.fields[name].group
	if m.groups[2*g] < 0 {
		return ""
	}
	return m.text[m.groups[2*g]:m.groups[2*g+1]]
}

func (m *match) length() int { return m.groups[2*m.shape.body+1] }

// better reports whether a match is taken before another: it is cheaper, or as
// cheap and longer, or as long and before it by name.
func (m *match) better(than *match) bool {
	switch {
	case than == nil || m.shape.cost != than.shape.cost:
		return than == nil || m.shape.cost < than.shape.cost
	case m.length() != than.length():
		return m.length() > than.length()
	}
	return m.shape.class+m.shape.rule < than.shape.class+than.shape.rule
}

// classify returns the best match of the language's shapes at the current
// place, nil for none.
func (r *reader) classify() *match {
	shapes := r.language.pack.shapes.at(firstRune(r.src[r.pos:]))
	if len(shapes) == 0 {
		return nil
	}
	text := r.rest(view)
	before, looked := "", false
	var best *match
	for _, s := range shapes {
		if r.level != full && classes[s.class] {
			continue
		}
		if len(s.behind) > 0 && !looked {
			before, looked = r.wordBefore(), true
		}
		if len(s.behind) > 0 && !slices.Contains(s.behind, before) {
			continue
		}
		if s.needs != "" && !strings.ContainsAny(text, s.needs) {
			continue
		}
		groups := s.pattern.FindStringSubmatchIndex(text)
		if groups == nil {
			continue
		}
		m := &match{shape: s, text: text, groups: groups}
		if m.length() > 0 && m.better(best) && r.whole(m) {
			best = m
		}
	}
	return best
}

// whole reports whether a match is no part of a longer word or number.
func (r *reader) whole(m *match) bool {
	n := m.length()
	last, next := lastRune(m.text[:n]), firstRune(m.text[n:]+" ")
	if wordRune(last) && wordRune(next) {
		return false
	}
	if unicode.IsDigit(last) && strings.ContainsRune(",.:", next) && unicode.IsDigit(firstRune(m.text[n+1:]+" ")) {
		return false
	}
	for name, f := range m.shape.fields {
		if strings.HasPrefix(f.kind, "roman") && m.field(name) != "" && romanOf(m.field(name)) == 0 {
			return false
		}
	}
	if r.pos > 0 && !r.standsAlone(m.shape.class) {
		return false
	}
	signed := strings.ContainsRune("−+-", firstRune(m.text))
	return !signed || r.pos == 0 || !wordRune(lastRune(r.src[:r.pos]))
}

// standsAlone reports whether a token of a class may begin behind what stands
// before it: no measure is part of a designation (F-16s) or of an amount (€20m).
func (r *reader) standsAlone(class string) bool {
	before, n := utf8.DecodeLastRuneInString(r.src[:r.pos])
	switch {
	case class != "measure" && class != "money" && class != "range":
		return true
	case before == '-':
		return !unicode.IsLetter(lastRune(r.src[:r.pos-n]))
	}
	return !unicode.Is(unicode.Sc, before)
}

// romanOf returns the value of a Roman numeral, 0 for what is none. Cyrillic
// letters stand for those that look alike.
func romanOf(s string) int {
	s = strings.NewReplacer("І", "I", "Х", "X", "С", "C", "М", "M").Replace(s)
	if s == "" || !romanShape.MatchString(s) {
		return 0
	}
	return romanValue(s)
}
