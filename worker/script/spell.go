package script

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// passes bounds how often a text is gone through until nothing changes. One
// pass does it for nearly all; what a replacement brings together is seen by
// the next.
const passes = 4

// spell returns the spoken form of one sentence.
func (w *writer) spell(source string) (string, []Span, []string, []Token) {
	if w.options.Normalise != light && w.options.Normalise != off {
		w.options.Normalise = full
	}
	r := &reader{src: source, language: w.language, level: w.options.Normalise, lexicon: w.lexicon, shouting: w.language.shouting(source), writing: ownWriting(w.options.Language)}
	r.run()
	text, spans, matched := trimmed(string(r.out), r.spans), r.spans, r.matched
	if w.language.pack != nil { // what a pack says is never read again
		return text, spans, matched, r.tokens
	}
	for range passes - 1 {
		if r.level == off || len(r.spans) == 0 {
			break
		}
		again := &reader{src: text, language: w.language, level: w.options.Normalise, shouting: r.shouting, writing: r.writing}
		again.run()
		if string(again.out) == text {
			break
		}
		spans = compose(spans, again.spans)
		text = trimmed(string(again.out), spans)
	}
	return text, spans, matched, nil
}

// trimmed cuts the space that a dropped sign leaves at the end, and the spans
// with it.
func trimmed(text string, spans []Span) string {
	text = strings.TrimRight(text, " ")
	for i := range spans {
		spans[i].At, spans[i].To = min(spans[i].At, len(text)), min(spans[i].To, len(text))
	}
	return text
}

// reader goes through a text once, from left to right. At each place the first
// rule that knows the place says what is spoken and how much of the source
// that takes.
type reader struct {
	src      string
	pos      int
	out      []byte
	spans    []Span
	language *language
	level    Level
	lexicon  *matcher
	matched  []string
	tokens   []Token
	shouting bool    // the text is in capitals
	writing  Writing // what the voice reads; "" for any
	plain    int     // what is before this place in src is copied
}

func (r *reader) run() {
	for r.pos < len(r.src) {
		if !r.boundary() {
			r.pos += r.letterRun()
			continue
		}
		if r.lexicon != nil && r.lookUp() {
			continue
		}
		if r.level != off && r.rule() {
			continue
		}
		_, n := utf8.DecodeRuneInString(r.src[r.pos:])
		r.pos += n
	}
	r.copy(r.pos)
}

// boundary reports whether a word, a number or a sign begins here, or letters
// that the voice cannot read.
func (r *reader) boundary() bool {
	if r.pos == 0 {
		return true
	}
	if r.language.pack != nil && r.inside() {
		return false
	}
	c := r.src[r.pos-1]
	here := r.src[r.pos]
	if c < utf8.RuneSelf && here < utf8.RuneSelf {
		return !(alnum(c) && alnum(here)) && !(c == '\'' && r.language.pack == nil && alnum(here) && r.pos > 1 && alnum(r.src[r.pos-2]))
	}
	before, _ := utf8.DecodeLastRuneInString(r.src[:r.pos])
	after, _ := utf8.DecodeRuneInString(r.src[r.pos:])
	return !(wordRune(before) && wordRune(after)) || r.foreign(after) && !r.foreign(before)
}

// inside reports whether an apostrophe before this place joins the letters of
// one word, as it does where no article is written with one: "сім'я", not
// "l'article".
func (r *reader) inside() bool {
	mark, n := utf8.DecodeLastRuneInString(r.src[:r.pos])
	if !strings.ContainsRune("'’ʼ", mark) || r.language.pack.settings["apostrophe"] != "joins" {
		return false
	}
	before, _ := utf8.DecodeLastRuneInString(r.src[:r.pos-n])
	return unicode.IsLetter(before) && unicode.IsLetter(firstRune(r.src[r.pos:]))
}

// letterRun returns how many bytes of the word are left here up to letters that
// the voice cannot read, at least one.
func (r *reader) letterRun() int {
	n := 0
	for i, c := range r.src[r.pos:] {
		if i > 0 && (!wordRune(c) || r.foreign(c)) {
			break
		}
		n = i + utf8.RuneLen(c)
		if c == utf8.RuneError {
			n = i + 1
		}
	}
	return n
}

// letterRunAt returns how many bytes of a word stand at a place; none is 0.
func (r *reader) letterRunAt(at int) int {
	n := 0
	for _, c := range r.src[at:] {
		if !wordRune(c) {
			break
		}
		n += utf8.RuneLen(c)
	}
	return n
}

func alnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func wordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r)
}

func (r *reader) rule() bool {
	if foreignWord(r) {
		return true
	}
	if r.language.spell != nil {
		return r.language.spell(r)
	}
	return spellCommon(r)
}

// say replaces the next n bytes of the source by what is spoken. Spaces are
// put where two words would touch. Nothing cannot be replaced: the reader would
// stand still.
func (r *reader) say(spoken string, n int) bool {
	if n <= 0 {
		return false
	}
	r.copy(r.pos)
	n += marksOn(r.src[r.pos+n:])
	if strings.HasPrefix(r.src[r.pos+n:], " ") {
		spoken = strings.TrimRight(spoken, " ")
	}
	if strings.HasSuffix(string(r.out[max(0, len(r.out)-1):]), " ") || len(r.out) == 0 {
		spoken = strings.TrimLeft(spoken, " ")
	}
	if spoken == "" && strings.HasPrefix(r.src[r.pos+n:], " ") && (len(r.out) == 0 || r.out[len(r.out)-1] == ' ') {
		n++ // nothing between two spaces: one of them goes too
	}
	at := len(r.out) // the span covers the spaces that are put around it
	if len(r.out) > 0 && spoken != "" {
		last, _ := utf8.DecodeLastRune(r.out)
		if first := firstRune(spoken); wordRune(last) && wordRune(first) {
			r.out = append(r.out, ' ')
		}
	}
	r.out = append(r.out, spoken...)
	start := r.pos
	r.pos += n
	r.plain = r.pos
	if r.pos < len(r.src) && len(r.out) > 0 {
		next := firstRune(r.src[r.pos:])
		last, _ := utf8.DecodeLastRune(r.out)
		if wordRune(next) && (wordRune(last) || last == ',' && spoken != "") {
			r.out = append(r.out, ' ')
		}
	}
	r.spans = append(r.spans, Span{Start: start, End: r.pos, At: at, To: len(r.out)})
	return true
}

// marksOn returns how many bytes of combining marks s begins with: they belong
// to what stands before them and go with it.
func marksOn(s string) int {
	if s == "" || s[0] < utf8.RuneSelf {
		return 0
	}
	return len(s) - len(strings.TrimLeftFunc(s, unicode.IsMark))
}

// copy takes the source as it is, up to the given place.
func (r *reader) copy(to int) {
	r.out = append(r.out, r.src[r.plain:to]...)
	r.plain = to
}

// keep leaves the next n bytes as they are and goes on behind them.
func (r *reader) keep(n int) bool {
	r.pos += n
	return true
}

// rest returns the source from here on, at most n bytes.
func (r *reader) rest(n int) string { return r.src[r.pos:min(len(r.src), r.pos+n)] }

// word returns the run of letters, digits and inner stops, apostrophes and
// signs that begins here: "U.S.", "Lt.", "POWs".
func (r *reader) word() string {
	s := r.src[r.pos:]
	end := 0
	for i := 0; i < len(s); {
		c, n := utf8.DecodeRuneInString(s[i:])
		if !wordRune(c) && !(c == '.' && i > 0) && c != '&' {
			break
		}
		if c == '&' && (i == 0 || i+1 >= len(s) || !alnum(s[i+1])) {
			break
		}
		if i += n; i > 64 {
			return ""
		}
		end = i
	}
	return s[:end]
}

// before returns the word in front of the current place, in lower case,
// without signs.
func (r *reader) before() string {
	s := strings.TrimRight(r.src[max(0, r.pos-24):r.pos], " \"'“‘«(,")
	at := strings.LastIndexFunc(s, func(c rune) bool { return unicode.IsSpace(c) || strings.ContainsRune("(\"“«-–—/", c) })
	return strings.ToLower(s[at+1:])
}

// after returns what stands behind the next n bytes.
func (r *reader) after(n int) string {
	return r.src[min(len(r.src), r.pos+n):min(len(r.src), r.pos+n+40)]
}

// last reports whether nothing but closing signs follow the next n bytes.
func (r *reader) last(n int) bool {
	return strings.Trim(r.src[min(len(r.src), r.pos+n):min(len(r.src), r.pos+n+8)], "\"'”’»)] ") == "" && r.pos+n+8 >= len(r.src)
}

// compose joins the spans of two passes: first leads from the source to a
// middle text, second from there to the spoken one. Where spans of both meet in
// the middle they become one. The time is linear in their number.
func compose(first, second []Span) []Span {
	out := make([]Span, 0, len(first)+len(second))
	var done meeting
	for done.i < len(first) || done.j < len(second) {
		m := done.next(first, second)
		out = append(out, Span{
			Start: m.from - grown(first, done.i), End: m.to - grown(first, m.i),
			At: m.from + grown(second, done.j), To: m.to + grown(second, m.j),
		})
		done = m
	}
	return out
}

// meeting is a stretch of the middle text, and how many spans of both passes
// end with it.
type meeting struct{ from, to, i, j int }

// next returns the stretch behind this one: the spans of both that meet.
func (m meeting) next(first, second []Span) meeting {
	m.from, m.to = -1, -1
	for {
		i, j := m.i < len(first), m.j < len(second)
		switch {
		case i && !(j && second[m.j].Start < first[m.i].At):
			if !m.meets(first[m.i].At, first[m.i].To) {
				return m
			}
			m.to = max(m.to, first[m.i].To)
			m.i++
		case j && m.meets(second[m.j].Start, second[m.j].End):
			m.to = max(m.to, second[m.j].End)
			m.j++
		default:
			return m
		}
	}
}

// meets reports whether a span belongs to the stretch, which it may begin. An
// empty one belongs to what it touches.
func (m *meeting) meets(from, to int) bool {
	if m.from < 0 {
		m.from = from
		return true
	}
	return from < m.to || from == m.to && (from == to || m.from == m.to)
}

// grown says by how much the first n spans make a text longer.
func grown(spans []Span, n int) int {
	if n == 0 {
		return 0
	}
	return spans[n-1].To - spans[n-1].End
}

// shouting reports whether most words are in capitals, as in some headlines:
// there capitals say nothing about initialisms. A list of initialisms alone is
// none.
func (l *language) shouting(s string) bool {
	upper, lower, plain := 0, 0, false
	own := ownWriting(l.tag)
	foreign := func(c rune) bool { return own != "" && unicode.IsLetter(c) && writing(c) != own }
	for w := range strings.FieldsSeq(s[:min(len(s), 400)]) {
		w = strings.Trim(w, ".,:;!?\"'()“”‘’")
		if len(w) < 2 || !unicode.IsLetter(firstRune(w)) || strings.ContainsFunc(w, noWordSign) || strings.ContainsFunc(w, foreign) || numberWord(w) {
			continue
		}
		if strings.ToUpper(w) == w {
			if romanShape.MatchString(w) { // a number by now, or later
				continue
			}
			upper++
			plain = plain || l.plainWord(w)
		} else {
			lower++
		}
	}
	return plain && upper >= 3 && upper > 2*lower
}

// noWordSign reports whether a character makes more of a word, or less: a
// digit, a stroke, a stop.
func noWordSign(c rune) bool {
	return !unicode.IsLetter(c) && !unicode.IsMark(c) && !strings.ContainsRune("-'’", c)
}

// plainWord reports whether a word of capitals is one that small letters could
// have been used for.
func (l *language) plainWord(w string) bool {
	if n := utf8.RuneCountInString(w); n > 5 || l.tag != "en" {
		return n > 5
	}
	return plainCapitals[w] || len(w) > 3 && !spokenAsWords[w] && readAsWord(w)
}

// numberWord reports whether a word is what a number is said with: a headline
// shouts or not whether its numbers are in digits or in words.
func numberWord(w string) bool {
	first, _, _ := strings.Cut(w, "-")
	return numberWords[first]
}

var numberWords = set("hundred point percent " + strings.Join(slices.Concat(ones, tens, scales), " "))

// Try spells out one text as a script with these options would.
func Try(text string, o Options) Sentence {
	o.Language = Language(o.Language)
	w := writer{options: o, language: languageOf(o.Language)}
	w.lexicon = o.Lexicon.matcherFor(o.Language, scope{o.Site, o.Section, o.Article})
	return w.sentence(clean(text))
}
