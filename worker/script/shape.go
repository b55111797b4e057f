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
	"sync"
	"unicode"
	"unicode/utf8"

	"lector/worker/pattern"
)

// shape is one line of shapes.txt: how a token of a class is written, and what
// is said for it.
type shape struct {
	class, rule string
	cost        int
	behind      []condition // what must stand before it
	pattern     *expression
	never       *expression // what must not follow it; nil for no such thing
	guards      []guardRule // how the numbers of its fields must relate
	fields      map[string]field
	needs       string         // one of these must stand near, so that most shapes need not be tried; "" for no such sign
	literal     string         // and this text
	need        asciiSet       // the ASCII characters of needs
	letter      asciiSet       // and those of literal
	beyond      bool           // needs has others too
	letters     bool           // and a letter
	digits      bool           // and a digit
	units       bool           // and a letter or a sign that counts, as % and €
	signed      bool           // it may begin with the sign of a number
	spoken      func() []piece // what is said
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
	for _, list := range append(p.shapes.ascii[:], p.shapes.other) {
		slices.SortStableFunc(list, func(a, b *shape) int { return a.cost - b.cost })
	}
	return nil
}

func (p *pack) parseShape(r row) (*shape, error) {
	s := &shape{class: r.columns[0], rule: r.columns[1], cost: usualCost, fields: map[string]field{}}
	if known, _ := classOf(s.class); !known {
		return nil, r.refuse("unknown class %q", s.class)
	}
	if cost := r.column(4); cost != "" {
		n, err := strconv.Atoi(cost)
		if err != nil {
			return nil, r.refuse("cost %q", cost)
		}
		s.cost = n
	}
	err := p.expand(s, r.columns[2])
	if err != nil {
		return nil, r.refuse("%w", err)
	}
	if err := s.checkGuards(); err != nil {
		return nil, r.refuse("%w", err)
	}
	for i, name := range s.pattern.tree.CapNames() {
		if f, ok := s.fields[name]; ok {
			f.group = i
			s.fields[name] = f
		}
	}
	e := s.pattern
	s.needs, s.literal = string(e.mandatory(e.tree)), e.literal(e.tree)
	s.letters, s.digits, s.units = e.holdsAny(e.tree, unicode.IsLetter), e.holdsAny(e.tree, unicode.IsDigit), e.holdsAny(e.tree, counts)
	for _, f := range s.fields {
		s.signed = s.signed || f.kind == "num"
		if strings.HasPrefix(f.kind, "roman") {
			s.needs = "IVXLCDMІХ"
		}
	}
	only := false
	s.need, only = asciiOf(s.needs)
	s.letter, _ = asciiOf(s.literal)
	s.beyond = !only
	s.spoken = sync.OnceValue(func() []piece { return must(parseTemplate(r.columns[3], s.fields)) })
	if p.checked {
		if _, err := parseTemplate(r.columns[3], s.fields); err != nil {
			return nil, r.refuse("%w", err)
		}
	}
	return s, nil
}

func must(pieces []piece, err error) []piece {
	if err != nil {
		panic("template: " + err.Error()) // a test checks all packs
	}
	return pieces
}

// placeholder is a typed field of a pattern: <n>, <a:n>, <w:@people> of a list,
// <w:/expression/>.
var placeholder = pattern.New(`<(?:(\w+):)?(@?[a-z0-9-]+|/[^/]+/)>`)

// expand turns a pattern into a regular expression. What stands before " << " is
// a condition; "… >> rest" stands before the rest, "… !> rest" does not, and what
// stands behind " ?? " is a guard; a space, or _, is any space.
func (p *pack) expand(s *shape, pattern string) (err error) {
	parts := strings.Split(pattern, " << ")
	for _, behind := range parts[:len(parts)-1] {
		c, err := p.condition(behind)
		if err != nil {
			return err
		}
		s.behind = append(s.behind, c)
	}
	pattern, guards, _ := strings.Cut(parts[len(parts)-1], " ?? ")
	s.readGuards(guards)
	pattern, never, found := strings.Cut(pattern, " !> ")
	if found {
		if s.never, err = p.expression("^(?:", never, ")"); err != nil {
			return err
		}
	}
	body, ahead, _ := strings.Cut(pattern, " >> ")
	s.pattern = &expression{}
	whole, err := p.expandPart(s.pattern, s.fields, body)
	if err != nil {
		return err
	}
	then, err := p.expandPart(s.pattern, s.fields, ahead)
	if err != nil {
		return err
	}
	return s.pattern.parse("^(?P<body>" + whole + ")(?:" + then + ")")
}

var anySpace = strings.NewReplacer(" ", `[ \x{a0}\x{202f}]`, "_", `[ \x{a0}\x{202f}]`)

// expandPart returns a part of a pattern with its fields' types, whose lists are
// put into the expression. Without fields nothing is captured.
func (p *pack) expandPart(e *expression, fields map[string]field, source string) (string, error) {
	var out strings.Builder
	at := 0
	for _, m := range placeholder.FindAllStringSubmatchIndex(source, -1) {
		out.WriteString(anySpace.Replace(source[at:m[0]]))
		at = m[1]
		kind := source[m[4]:m[5]]
		name := strings.TrimPrefix(kind, "@")
		if m[2] >= 0 {
			name = source[m[2]:m[3]]
		}
		written := p.kind(e, kind)
		switch {
		case written == "" && kind[0] == '@':
			return "", fmt.Errorf("no list %q in lists.txt", kind[1:])
		case written == "":
			return "", fmt.Errorf("unknown type %q", kind)
		}
		open := "(?:"
		if fields != nil && !strings.Contains(name, "-") { // else it is looked at only
			open = "(?P<" + name + ">"
			fields[name] = field{kind: kind}
		}
		out.WriteString(open + written + ")")
	}
	out.WriteString(anySpace.Replace(source[at:]))
	return out.String(), nil
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
	"day2": `(?:0[1-9]|[12]\d|3[01])`, "m2": `(?:0[1-9]|1[0-2])`, "roman2": `(?:[IVXІХ]{2,}|M{1,3}[CDLXVI]{3,})`,
	"free": `8[ -]800(?:[ -]\d{2,3}){2,4}`,
	"intl": `\+\d{1,3}[ \x{a0}-]?(?:\(\d{1,5}\)[ \x{a0}-]?)?(?:\d{2,9}(?:[ \x{a0}-]\d{2,8}){1,5}|\d{5,9})`,
	"tel":  `\+?(?:\(\d{1,5}\) ?)?\d{2,5}(?:[  /-]\d{2,6}){1,5}|\+?\d{6,13}`,
}

// kind returns how a type is written in an expression in this language, where a
// list stands for its words.
func (p *pack) kind(e *expression, name string) string {
	if name[0] == '/' {
		return strings.Trim(name, "/")
	}
	words, known := p.kinds[name]
	if !known {
		words = p.wordsOf(name)
		p.kinds[name] = words
	}
	if words != nil {
		return e.list(words)
	}
	t, known := p.types[name]
	if !known {
		if written := p.number(name); written != "" {
			t, _ = syntax.Parse(written, syntax.Perl) // a test checks all types
		}
		p.types[name] = t
	}
	if t == nil {
		return ""
	}
	return e.typed(t)
}

// wordsOf returns the words that a type may be, nil for a type that is no list.
func (p *pack) wordsOf(name string) *wordlist {
	words, fold := p.written(name), false
	switch {
	case name == "month":
		for _, m := range p.months {
			words = append(words, m.written...)
		}
		slices.SortStableFunc(words, func(a, b string) int { return len(b) - len(a) })
		fold = p.settings["month-case"] != "exact"
	case name[0] == '@':
		words, fold = p.lists[name[1:]], true
	}
	if len(words) == 0 {
		return nil
	}
	return newWordlist(words, fold)
}

// number returns the expression of a type that is no list.
func (p *pack) number(name string) string {
	group := "[" + strings.NewReplacer("space", `  `+"\u2009", "apostrophe", "'’", " ", "").Replace(p.settings["groups"]) + "]"
	whole := `(?:\d{1,3}(?:` + group + `\d{3})+\b|\d+)`
	if own := p.settings["whole"]; own != "" {
		whole = "(?:" + own + ")"
	}
	point := regexp.QuoteMeta(p.settings["decimal"])
	switch name {
	case "n":
		return whole
	case "amount":
		return "(?:" + whole + "(?:" + point + `\d+)?)`
	case "num":
		return `(?:[−+-]?` + whole + `(?:` + point + `\d+|\.\d{1,2}\b)?)`
	case "dec":
		return whole + point + `\d+`
	}
	return kinds[name]
}

func lastRune(s string) rune {
	c, _ := utf8.DecodeLastRuneInString(s)
	return c
}

// add puts a shape where those that may begin with a character are looked for.
func (x *shapes) add(s *shape) {
	first, _ := s.pattern.firstRunes(s.pattern.tree)
	x.first[s] = first
	var added asciiSet
	beyond := false
	for i := 0; i+1 < len(first); i += 2 {
		for c := first[i]; c <= min(first[i+1], unicode.MaxASCII); c++ {
			if !added.has(byte(c)) {
				added.add(byte(c))
				x.ascii[c] = append(x.ascii[c], s)
			}
		}
		beyond = beyond || first[i+1] > unicode.MaxASCII
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

func (m *match) length() int { return m.groups[3] }

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

// view is how far ahead a shape looks, in bytes.
const view = 64

// classify returns the best match of the language's shapes at the current
// place but those that cannot say theirs, nil for none.
func (r *reader) classify(but []*shape) *match {
	shapes := r.language.pack.shapes.at(firstRune(r.src[r.pos:]))
	if len(shapes) == 0 {
		return nil
	}
	text := r.rest(view)
	near := look(text)
	joined := strings.ContainsRune("−+-", firstRune(text)) && r.pos > 0 && wordRune(lastRune(r.src[:r.pos]))
	var best *match
	for _, s := range shapes {
		if best != nil && s.cost > best.shape.cost {
			break
		}
		inner := s.signed && joined // its sign is the hyphen of a word
		if inner || !near.may(s) || !r.tries(s, but) {
			continue
		}
		if m := r.found(s, text); m != nil && m.better(best) && r.fits(m) {
			best = m
		}
	}
	return best
}

// tries reports whether a shape is looked for here: not where the voice says such
// classes, nor behind another word than it asks for.
func (r *reader) tries(s *shape, but []*shape) bool {
	if _, digits := classOf(s.class); digits && r.level != full {
		return false
	}
	return !slices.Contains(but, s) && r.stands(s, false)
}

// found returns the match of a shape at the text's beginning, nil for none.
func (r *reader) found(s *shape, text string) *match {
	groups := r.trial.match(s.pattern, text)
	if groups == nil || groups[3] == 0 {
		return nil
	}
	return &match{shape: s, text: text, groups: groups}
}

// fits reports whether what stands around a match, and its numbers, allow it.
func (r *reader) fits(m *match) bool {
	return r.holds(m) && r.whole(m) && r.stands(m.shape, true)
}

// ahead is the text from a place on, and what is in it.
type ahead struct {
	text                   string
	has                    asciiSet
	beyond                 bool // it has others than ASCII characters
	letters, digits, units bool
}

func look(text string) ahead {
	a := ahead{text: text}
	for i, c := range text {
		if c < utf8.RuneSelf {
			a.has.add(text[i])
			continue
		}
		a.beyond = true
		a.letters = a.letters || unicode.IsLetter(c)
		a.units = a.units || counts(c)
	}
	a.letters = a.letters || a.has.meets(asciiLetters())
	a.digits = a.has.meets(asciiDigits())
	a.units = a.units || a.letters || a.has.meets(asciiCounts())
	return a
}

// asciiSet is a set of ASCII characters: bit c%64 of word c/64 stands for c.
type asciiSet [2]uint64

// asciiLetters are A to Z and a to z.
func asciiLetters() asciiSet { return asciiSet{1: (1<<26-1)<<('A'-64) | (1<<26-1)<<('a'-64)} }

// asciiDigits are 0 to 9.
func asciiDigits() asciiSet { return asciiSet{0: (1<<10 - 1) << '0'} }

// asciiCounts are the signs that may stand for what is counted: %$+<=> and ^`|~.
func asciiCounts() asciiSet {
	return asciiSet{1<<'%' | 1<<'$' | 1<<'+' | 7<<'<', 1<<('^'-64) | 1<<('`'-64) | 1<<('|'-64) | 1<<('~'-64)}
}

// asciiOf returns the ASCII characters of a text, and whether it has no others.
func asciiOf(text string) (set asciiSet, only bool) {
	only = true
	for _, c := range text {
		if c >= utf8.RuneSelf {
			only = false
			continue
		}
		set.add(byte(c))
	}
	return set, only
}

func (s *asciiSet) add(c byte) { s[c/64] |= 1 << (c % 64) }

func (s *asciiSet) has(c byte) bool { return s[c/64]>>(c%64)&1 != 0 }

func (s asciiSet) meets(t asciiSet) bool { return s[0]&t[0]|s[1]&t[1] != 0 }

func (s asciiSet) holds(t asciiSet) bool { return t[0]&^s[0]|t[1]&^s[1] == 0 }

// counts reports whether a character may stand for what is counted.
func counts(c rune) bool { return c == '%' || unicode.IsLetter(c) || unicode.IsSymbol(c) }

// may reports whether the text has what any match of a shape must have.
func (a ahead) may(s *shape) bool {
	switch {
	case s.letters && !a.letters, s.digits && !a.digits, s.units && !a.units:
		return false
	case !a.has.holds(s.letter):
		return false
	case s.needs == "" || a.has.meets(s.need):
		return len(s.literal) < 2 || strings.Contains(a.text, s.literal)
	case !s.beyond || !a.beyond:
		return false
	}
	return strings.ContainsAny(a.text, s.needs) && strings.Contains(a.text, s.literal)
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
	signed := strings.ContainsRune("−+-", firstRune(m.text)) && n > len(string(firstRune(m.text)))
	return !signed || r.pos == 0 || !wordRune(lastRune(r.src[:r.pos]))
}

// standsAlone reports whether a token of a class may begin behind what stands
// before it: no measure is part of a designation (F-16s) or of an amount (€20m).
func (r *reader) standsAlone(class string) bool {
	before, n := utf8.DecodeLastRuneInString(r.src[:r.pos])
	switch {
	case !slices.Contains([]string{"measure", "money", "range"}, class), !unicode.IsDigit(firstRune(r.src[r.pos:])):
		return true
	case before == '-':
		return !unicode.IsLetter(lastRune(r.src[:r.pos-n]))
	}
	return !unicode.Is(unicode.Sc, before)
}

// glued reports whether letters follow the next n bytes without a space.
func (r *reader) glued(n int) bool {
	return r.pos+n < len(r.src) && wordRune(firstRune(r.src[r.pos+n:]))
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
