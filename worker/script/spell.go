package script

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// spell returns the spoken form of one sentence.
func (w *writer) spell(source string) (string, []Span, []string, []Token) {
	if w.options.Normalise != light && w.options.Normalise != off {
		w.options.Normalise = full
	}
	r := &reader{src: source, language: w.language, level: w.options.Normalise, lexicon: w.lexicon, shouting: w.language.shouting(source), writing: ownWriting(w.options.Language), trial: &w.trial}
	r.run()
	text, spans, matched := trimmed(string(r.out), r.spans), r.spans, r.matched
	return text, spans, matched, r.tokens
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

// reader reads a text once, from left to right. At each place the first rule that matches
// says what is spoken, and for how many bytes of the source.
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
	behind   string  // the word before the place behindAt-1
	behindAt int
	trial    *trial
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
		return !(alnum(c) && alnum(here))
	}
	before, after := lastRune(r.src[:r.pos]), firstRune(r.src[r.pos:])
	if !wordRune(before) || !wordRune(after) {
		return true
	}
	return r.foreign(after) && !r.foreign(before)
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

func alnum(c byte) bool {
	return c-'0' < 10 || (c|0x20)-'a' < 26 // a byte below wraps to a large one
}

func wordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r)
}

func (r *reader) rule() bool {
	if foreignWord(r) {
		return true
	}
	if p := r.language.pack; p != nil {
		return p.spell(r)
	}
	return spellCommon(r)
}

// say replaces the next n bytes of the source by what is spoken. Spaces are
// put where two words would touch. n must not be 0, or the reader would never advance.
func (r *reader) say(spoken string, n int) bool {
	if n <= 0 {
		return false
	}
	r.copy(r.pos)
	n += marksOn(r.src[r.pos+n:])
	spaceAhead := strings.HasPrefix(r.src[r.pos+n:], " ")
	if spaceAhead {
		spoken = strings.TrimRight(spoken, " ")
	}
	spaceBehind := len(r.out) == 0 || r.out[len(r.out)-1] == ' '
	if spaceBehind {
		spoken = strings.TrimLeft(spoken, " ")
	}
	if spoken == "" && spaceAhead && spaceBehind {
		n++ // nothing between two spaces: one of them goes too
	}
	span := Span{Start: r.pos, End: r.pos + n, At: len(r.out)} // it covers the spaces that are put around it
	r.part(spoken)
	r.out = append(r.out, spoken...)
	r.pos += n
	r.plain = r.pos
	if spoken != "" && bytes.HasSuffix(r.out, []byte(",")) && wordRune(firstRune(r.src[r.pos:])) {
		r.out = append(r.out, ' ')
	}
	r.part(r.src[r.pos:])
	span.To = len(r.out)
	r.spans = append(r.spans, span)
	return true
}

// part puts a space where a word that was said would touch the next.
func (r *reader) part(next string) {
	last, _ := utf8.DecodeLastRune(r.out)
	if next != "" && wordRune(last) && wordRune(firstRune(next)) {
		r.out = append(r.out, ' ')
	}
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

// after returns what stands behind the next n bytes.
func (r *reader) after(n int) string {
	return r.src[min(len(r.src), r.pos+n):min(len(r.src), r.pos+n+40)]
}

// last reports whether nothing but closing signs follow the next n bytes.
func (r *reader) last(n int) bool {
	return strings.Trim(r.src[min(len(r.src), r.pos+n):min(len(r.src), r.pos+n+8)], "\"'”’»)] ") == "" && r.pos+n+8 >= len(r.src)
}

// shouting reports whether most words are in capitals, as in some headlines, where capitals
// do not mean an initialism. A text of initialisms only does not count.
func (l *language) shouting(s string) bool {
	upper, lower, plain := 0, 0, false
	own := ownWriting(l.tag)
	foreign := func(c rune) bool { return own != "" && unicode.IsLetter(c) && writing(c) != own }
	for w := range strings.FieldsSeq(s[:min(len(s), 400)]) {
		w = strings.Trim(w, ".,:;!?\"'()“”‘’")
		switch {
		case len(w) < 2 || !unicode.IsLetter(firstRune(w)):
		case strings.ContainsFunc(w, noWordSign) || strings.ContainsFunc(w, foreign):
		case strings.ToUpper(w) != w:
			lower++
		case !romanShape.MatchString(w): // else a number by now, or later
			upper++
			plain = plain || l.plainWord(w)
		}
	}
	return plain && upper >= 3 && upper > 2*lower
}

// noWordSign reports whether a character is a digit, a stroke or a stop, with which a run
// of letters is not a plain word.
func noWordSign(c rune) bool {
	return !unicode.IsLetter(c) && !unicode.IsMark(c) && !strings.ContainsRune("-'’", c)
}

// plainWord reports whether a word of capitals is one that small letters could
// have been used for.
func (l *language) plainWord(w string) bool {
	if n := utf8.RuneCountInString(w); n > 5 || l.pack == nil || l.pack.lists["plain-capitals"] == nil {
		return n > 5
	}
	if slices.Contains(l.pack.lists["plain-capitals"], w) {
		return true
	}
	return len(w) > 3 && l.pack.initials(w) == w && l.pack.unlisted(w)
}

// unlisted reports whether no initialism of the language is written so.
func (p *pack) unlisted(w string) bool {
	_, known := p.initialisms[w]
	return !known
}

// Try spells out one text as a script with these options would.
func Try(text string, o Options) Sentence {
	o.Language = Language(o.Language)
	w := writer{options: o, language: languageOf(o.Language)}
	w.lexicon = o.Lexicon.matcherFor(o.Language, scope{o.Site, o.Section, o.Article})
	return w.sentence(clean(text))
}
