package script

import (
	"cmp"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"lector/worker/script/lang"
)

// grammar is what a language's words say about the form of a number or an
// abbreviation beside them.
type grammar struct {
	governs map[string]string // "class word" → case: what a preposition, or two words joined by _, ask for
	between map[string]bool   // words between a preposition and its number, as "more than"
	endings map[string][]ending
	passed  []string          // endings of adjectives between a number and its noun
	nouns   map[string]string // word → gender, where its ending does not tell
}

// ending tells the form by how a word ends.
type ending struct {
	suffix string
	form   lang.Form
}

// shortForms are the names of genders, cases and numbers in the packs.
var shortForms = map[string]lang.Form{
	"m": {Gender: "masculine"}, "f": {Gender: "feminine"}, "n": {Gender: "neuter"}, "mp": {Gender: "personal"}, "ma": {Gender: "animate"},
	"nom": {Case: "nominative"}, "gen": {Case: "genitive"}, "dat": {Case: "dative"}, "acc": {Case: "accusative"}, "ins": {Case: "instrumental"}, "loc": {Case: "locative"},
	"pl": {Number: "other"}, "attr": {Place: "attributive"}, "bare": {Place: "bare"}, "alone": {Place: placeAlone}, "comp": {Place: "compound"},
}

// placeAlone is the place of a number that counts no word behind it, as in a score.
const placeAlone = "alone"

// addForm puts what b says over a.
func addForm(a, b lang.Form) lang.Form {
	for _, part := range []struct {
		to   *string
		from string
	}{{&a.Gender, b.Gender}, {&a.Case, b.Case}, {&a.Number, b.Number}, {&a.Place, b.Place}} {
		if part.from != "" {
			*part.to = part.from
		}
	}
	return a
}

// parseForm reads "f acc".
func parseForm(names []string) (lang.Form, bool) {
	var f lang.Form
	for _, name := range names {
		more, ok := shortForms[name]
		if !ok {
			return f, false
		}
		f = addForm(f, more)
	}
	return f, true
}

// readGrammar reads lines of six kinds: "governs CLASS CASE WORDS" (what a
// preposition asks for), "between WORDS" (what may stand behind it), "passed ENDINGS" (of
// adjectives before the noun that a number counts), "many|one|two|adjective FORM ENDINGS" (how a word
// behind such a number, or an adjective, ends), "noun GENDER WORDS", and "none"
// for languages whose words do not change.
func (p *pack) readGrammar(files fs.FS, dir string) error {
	rows, err := readRows(files, path.Join(dir, "grammar.txt"), 1, 3)
	if err != nil {
		return err
	}
	p.grammar = grammar{governs: map[string]string{}, between: map[string]bool{}, endings: map[string][]ending{}, nouns: map[string]string{}}
	for _, r := range rows {
		if err := p.grammar.add(r); err != nil {
			return err
		}
	}
	for _, list := range p.grammar.endings { // the longest first
		slices.SortStableFunc(list, func(a, b ending) int { return len(b.suffix) - len(a.suffix) })
	}
	return nil
}

func (g *grammar) add(r row) error {
	kind := r.columns[0]
	switch kind {
	case "none":
		return nil
	case "governs":
		form, ok := shortForms[r.column(2)]
		if !ok || form.Case == "" {
			return r.refuse("no case: %q", r.column(2))
		}
		for _, word := range strings.Fields(r.column(3)) {
			if _, twice := g.governs[r.column(1)+" "+word]; twice {
				return r.refuse("%q stands twice", word)
			}
			g.governs[r.column(1)+" "+word] = form.Case
		}
	case "between":
		for _, word := range strings.Fields(r.column(1)) {
			g.between[word] = true
		}
	case "passed":
		g.passed = strings.Fields(r.column(1))
	case "noun":
		for _, word := range strings.Fields(r.column(2)) {
			g.nouns[word] = shortForms[r.column(1)].Gender
		}
	case "many", "one", "two", "adjective":
		form, ok := parseForm(strings.Fields(r.column(1)))
		if !ok {
			return r.refuse("unknown form %q", r.column(1))
		}
		for _, suffix := range strings.Fields(r.column(2)) {
			g.endings[kind] = append(g.endings[kind], ending{suffix, form})
		}
	default:
		return r.refuse("unknown kind %q", kind)
	}
	return nil
}

// governed returns the case that the words at the end of a text ask for in a token of a
// class behind it: the last two, the one before a word that may stand between, or the last.
func (g *grammar) governed(class, text string) string {
	word, before := wordAtEnd(text)
	second, _ := wordAtEnd(before)
	outer := ""
	if g.between[word] {
		outer = g.governed(class, before)
	}
	return cmp.Or(g.asked(class, second+"_"+word), outer, g.asked(class, word))
}

func (g *grammar) asked(class, words string) string {
	return cmp.Or(g.governs[class+" "+words], g.governs["* "+words])
}

// byEnding returns the form that a word's ending tells.
func (g *grammar) byEnding(kind, word string) lang.Form {
	shortest := 3
	if kind == "adjective" { // shorter ones are pronouns
		shortest = 5
	}
	if utf8.RuneCountInString(word) < shortest {
		return lang.Form{}
	}
	for _, e := range g.endings[kind] {
		if strings.HasSuffix(word, e.suffix) {
			return e.form
		}
	}
	return lang.Form{}
}

// counting returns the form of a number by the word that it counts.
func (g *grammar) counting(n int64, next string) lang.Form {
	form := g.byEnding("many", next)
	tail, teen := n%10, n%100/10 == 1
	switch {
	case teen:
	case tail == 1:
		form = addForm(form, g.byEnding("one", next))
	case tail == 2 || tail == 3 || tail == 4:
		form = addForm(form, g.byEnding("two", next))
	}
	if gender := g.nouns[next]; gender != "" {
		form.Gender = gender
	}
	return form
}

// agreeing returns the form of an ordinal before a word: by the ending of an
// adjective, else by the noun.
func (g *grammar) agreeing(next string) lang.Form {
	form := g.byEnding("adjective", next)
	if form.Gender == "" {
		form = g.byEnding("one", next)
	}
	if gender := g.nouns[next]; gender != "" {
		form.Gender = gender
	}
	return form
}

// before is the text in front of the current place, as far as words are looked for in it.
func (r *reader) before() string { return r.src[max(0, r.pos-behindView):r.pos] }

// wordBefore returns the word in front of the current place.
func (r *reader) wordBefore() string {
	word, _ := wordAtEnd(r.before())
	return word
}

// wordAtEnd returns the word that a text ends with, in lower case, without signs
// but for the stop of an abbreviation, and what stands before it. The word is ""
// where another sign stands behind it.
func wordAtEnd(text string) (word, before string) {
	s := strings.TrimRight(text, " \u00a0\u202f\"“„«(")
	bare := strings.TrimSuffix(s, ".")
	at := len(bare) - len(behindLast(bare, func(c rune) bool { return !wordRune(c) && !strings.ContainsRune("'’ʼ-", c) }))
	return strings.ToLower(s[at:]), s[:at]
}

// nounAfter returns the noun that a number of n bytes counts, in lower case: the word behind
// it, or behind adjectives.
func (r *reader) nounAfter(n int) string {
	word, rest := wordAtStart(r.src[min(len(r.src), r.pos+n):min(len(r.src), r.pos+n+2*view)])
	for noun := word; noun != ""; noun, rest = wordAtStart(rest) {
		if !r.language.pack.grammar.passes(noun) {
			return noun
		}
	}
	return word
}

// passes reports whether a word is an adjective that may stand before the noun that a
// number counts.
func (g *grammar) passes(word string) bool {
	return g.nouns[word] == "" && slices.ContainsFunc(g.passed, func(ending string) bool { return strings.HasSuffix(word, ending) })
}

// wordAfter returns the word behind the next n bytes, in lower case.
func (r *reader) wordAfter(n int) string {
	word, _ := wordAtStart(r.src[min(len(r.src), r.pos+n):min(len(r.src), r.pos+n+view)])
	return word
}

// wordAtStart returns the word that a text begins with, in lower case, and what stands
// behind it. The word is "" where a sign stands before it.
func wordAtStart(text string) (word, rest string) {
	s := strings.TrimLeft(text, " \u00a0\u202f")
	end := strings.IndexFunc(s, func(c rune) bool { return !unicode.IsLetter(c) && !strings.ContainsRune("'’ʼ-", c) })
	if end < 0 {
		end = len(s)
	}
	return strings.ToLower(s[:end]), s[end:]
}
