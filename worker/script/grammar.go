package script

import (
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
	governs map[string]string // "class word" → case: what a preposition asks for
	endings map[string][]ending
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
	"pl": {Number: "other"}, "attr": {Place: "attributive"}, "bare": {Place: "bare"}, "alone": {Place: placeAlone},
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

// readGrammar reads lines of four kinds: "governs CLASS CASE WORDS" (what a
// preposition asks for), "many|one|two|adjective FORM ENDINGS" (how a word
// behind such a number, or an adjective, ends), "noun GENDER WORDS", and "none"
// for languages whose words do not change.
func (p *pack) readGrammar(files fs.FS, dir string) error {
	rows, err := readRows(files, path.Join(dir, "grammar.txt"), 1, 3)
	if err != nil {
		return err
	}
	p.grammar = grammar{governs: map[string]string{}, endings: map[string][]ending{}, nouns: map[string]string{}}
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

// governed returns the case that the word before a token of a class asks for.
func (g *grammar) governed(class, word string) string {
	if found := g.governs[class+" "+word]; found != "" {
		return found
	}
	return g.governs["* "+word]
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

// wordBefore returns the word in front of the current place, in lower case,
// without signs but for the stop of an abbreviation; "" where another sign
// stands between.
func (r *reader) wordBefore() string {
	s := strings.TrimRight(r.src[max(0, r.pos-64):r.pos], " \u00a0\u202f\"“„«(")
	bare := strings.TrimSuffix(s, ".")
	at := strings.LastIndexFunc(bare, func(c rune) bool { return !wordRune(c) && !strings.ContainsRune("'’ʼ-", c) })
	if at >= 0 {
		_, n := utf8.DecodeRuneInString(bare[at:])
		at += n
	}
	return strings.ToLower(s[max(0, at):])
}

// wordAfter returns the word behind the next n bytes, in lower case; "" where a
// sign stands between.
func (r *reader) wordAfter(n int) string {
	s := strings.TrimLeft(r.src[min(len(r.src), r.pos+n):min(len(r.src), r.pos+n+64)], " \u00a0\u202f")
	end := strings.IndexFunc(s, func(c rune) bool { return !unicode.IsLetter(c) && !strings.ContainsRune("'’ʼ-", c) })
	if end >= 0 {
		s = s[:end]
	}
	return strings.ToLower(s)
}
