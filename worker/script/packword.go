package script

import (
	"cmp"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"lector/worker/script/lang"
)

// abbreviation is one line of abbreviations.txt.
type abbreviation struct {
	written string
	forms   []string // what is said; six where it changes by case, "" for what is said as it is written
	gender  string
	end     string // may a sentence end behind it, an endKind
	follow  string // what must follow: any, digit, upper, lower, or before=digit
}

var sixCases = []string{"nominative", "genitive", "dative", "accusative", "instrumental", "locative"}

// endKind reports whether a name says when a sentence ends behind an abbreviation.
func endKind(name string) bool {
	return slices.Contains(strings.Fields("no number starter upper year clock body"), name)
}

// readAbbreviations reads one row for each: written, spoken (six forms parted by
// / where it changes by case, ~ as it is written), end, follow, and the gender
// for which adjectives before it tell the case.
func (p *pack) readAbbreviations(files fs.FS, dir string) error {
	rows, err := readRows(files, path.Join(dir, "abbreviations.txt"), 4, 1)
	if err != nil {
		return err
	}
	p.abbreviations = map[string][]abbreviation{}
	for _, r := range rows {
		a := abbreviation{written: r.columns[0], end: r.columns[2], follow: r.columns[3], gender: shortForms[r.column(4)].Gender}
		if r.columns[1] != "~" {
			a.forms = strings.Split(r.columns[1], "/")
		}
		switch {
		case !endKind(a.end):
			return r.refuse("a sentence ends behind it: %q", a.end)
		case !slices.Contains([]string{"any", "digit", "upper", "lower", "behind-digit"}, a.follow):
			return r.refuse("what follows: %q", a.follow)
		case len(a.forms) > 1 && len(a.forms) != len(sixCases):
			return r.refuse("%d forms, not 6", len(a.forms))
		}
		key := strings.ToLower(firstRunOf(a.written))
		p.abbreviations[key] = append(p.abbreviations[key], a)
	}
	for _, list := range p.abbreviations {
		slices.SortFunc(list, func(a, b abbreviation) int {
			return cmp.Or(len(b.written)-len(a.written), strings.Compare(a.written, b.written))
		})
	}
	return nil
}

// spell says what stands at the current place: it classifies what stands at the current place and
// says it. The shapes go before single words.
func (p *pack) spell(r *reader) bool {
	c := firstRune(r.src[r.pos:])
	if n := r.tally(); n > 0 && r.level == full {
		said, _ := p.numbers.Digits(r.src[r.pos : r.pos+n])
		return r.tell("verbatim", "tally", said, n)
	}
	m := r.classify(nil)
	if unicode.IsLetter(c) && !m.beforeAbbreviations() && p.abbreviation(r) {
		return true
	}
	if wordRune(c) && !m.abbreviates() && p.address(r) {
		return true
	}
	for but := []*shape(nil); m != nil; m = r.classify(but) {
		said, ok := r.verbalise(m)
		switch {
		case !ok:
			but = append(but, m.shape)
			continue
		case said == m.text[:m.length()]:
			return r.keep(m.length())
		}
		return r.tell(m.shape.class, m.shape.rule, r.stopped(said, m.length()), m.length())
	}
	switch {
	case !wordRune(c):
		return spellCommon(r)
	case !unicode.IsLetter(c):
		return false
	}
	return p.initialism(r)
}

// beforeAbbreviations reports whether a match goes before the abbreviations.
func (m *match) beforeAbbreviations() bool { return m != nil && m.shape.cost < lateCost }

// abbreviates reports whether a match is an abbreviation.
func (m *match) abbreviates() bool { return m != nil && m.shape.class == "abbreviation" }

// address says an address of the web or of e-mail.
func (p *pack) address(r *reader) bool {
	if r.level != full || r.src[r.pos] >= utf8.RuneSelf {
		return false
	}
	spoken, n := electronicAt(r, p.signs)
	return n > 0 && r.tell("electronic", "address", spoken, n)
}

// stopped adds the full stop of a sentence that ends with an abbreviation's.
func (r *reader) stopped(said string, n int) string {
	if strings.HasSuffix(r.src[r.pos:r.pos+n], ".") && r.last(n) {
		return said + "."
	}
	return said
}

func (p *pack) abbreviation(r *reader) bool {
	word := firstRunOf(r.rest(64))
	for _, a := range p.abbreviations[strings.ToLower(word)] {
		n := a.at(r.rest(64))
		if n == 0 || !a.follows(r, n) {
			continue
		}
		if len(a.forms) == 0 {
			return r.keep(n)
		}
		said := p.inCase(a, r)
		if r.pos == 0 && unicode.IsUpper(firstRune(word)) {
			said = upperFirst(said)
		}
		return r.tell("abbreviation", a.written, r.stopped(said, n), n)
	}
	return false
}

// at returns how many bytes of s are the abbreviation. Spaces behind its stops
// may lack; its first letter may be a capital, its others are as written; it
// may end without the full stop only where it is written so.
func (a abbreviation) at(s string) int {
	i := 0
	for at, want := range a.written {
		got, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case want == ' ' && unicode.IsSpace(got):
		case want == ' ':
			n = 0
		case want != got && (at > 0 || !a.asCapital(want, got)):
			return 0
		}
		i += n
	}
	if unicode.IsLetter(firstRune(s[i:] + " ")) {
		return 0
	}
	return i
}

// asCapital reports whether a capital may stand for its first letter: not where the
// abbreviation would look like an initial. "s. Zorya" is a village, "S. Koval" is not.
func (a abbreviation) asCapital(want, got rune) bool {
	initial := a.follow == "upper" && strings.HasSuffix(a.written, ".") && utf8.RuneCountInString(a.written) == 2
	return !initial && unicode.ToUpper(want) == got
}

// follows reports whether what the abbreviation asks for follows it.
func (a abbreviation) follows(r *reader, n int) bool {
	next := firstRune(strings.TrimLeft(r.after(n), " \u00a0\u202f„“«\"("))
	switch a.follow {
	case "digit":
		return unicode.IsDigit(next) || romanOf(firstWord(r.after(n))) > 0
	case "upper":
		return unicode.IsUpper(next)
	case "lower":
		return unicode.IsLower(next)
	case "behind-digit":
		return r.pos > 0 && unicode.IsDigit(lastRune(strings.TrimRight(r.src[:r.pos], " \u00a0\u202f")))
	}
	return true
}

// inCase returns the abbreviation in the case that the words before it ask for:
// an adjective by its ending, else a preposition.
func (p *pack) inCase(a abbreviation, r *reader) string {
	if len(a.forms) == 1 {
		return a.forms[0]
	}
	form := p.grammar.byEnding("adjective", r.wordBefore())
	if form.Case == "" || form.Gender != a.gender {
		form = lang.Form{Case: p.grammar.governed("abbreviation", r.before())}
	}
	return a.forms[max(0, slices.Index(sixCases, form.Case))]
}

func upperFirst(s string) string {
	c, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(c)) + s[n:]
}

// initialism says words of capitals, and words of the pack's list: as the list
// says, else by letters where they cannot be said as a word. Where the language's
// plural is a letter behind them, it stays.
func (p *pack) initialism(r *reader) bool {
	word := firstRunOf(r.rest(64))
	core, plural := word, ""
	if s := p.settings["initialism-plural"]; s != "" && len(word) > len(s)+1 && strings.HasSuffix(word, s) {
		core, plural = strings.TrimSuffix(word, s), s
	}
	if r.shouting || !p.capitals(core) || utf8.RuneCountInString(word) < 2 {
		return false
	}
	said := p.initials(core)
	switch said {
	case core:
		_, known := p.initialisms[core]
		return known && r.keep(len(word))
	case "":
		return false
	}
	rule := "letters"
	if p.initialisms[core] != "" {
		rule = "list"
	}
	return r.tell("initialism", rule, said+plural, len(word))
}

// capitals reports whether a word may be an initialism: it is all in capitals,
// or the pack's list has it as it is written, as "GmbH".
func (p *pack) capitals(word string) bool {
	_, listed := p.initialisms[word]
	return listed || allUpper(word)
}

// initials returns what is said for a word of capitals, which is itself where it
// is read as a word, and "" where it has a letter that has no name.
func (p *pack) initials(word string) string {
	said, known := p.initialisms[word]
	switch {
	case known && said == "":
		return word
	case known && said != "abc":
		return said
	case !known && p.asWord(word):
		return word
	}
	return p.spelled(word)
}

// asWord reports whether a word of capitals that is in no list is left to the
// voice: a long one, a Roman numeral, or one that can be said.
func (p *pack) asWord(word string) bool {
	numeral := romanOf(word) > 0 && p.settings["short-initialisms"] == ""
	return numeral || utf8.RuneCountInString(word) > 5 || p.sayable(word)
}

// spelled returns the names of a word's letters, "" where one has none.
func (p *pack) spelled(word string) string {
	var names []string
	for _, c := range word {
		name := p.letters[string(unicode.ToLower(c))]
		switch {
		case c == '.':
			continue
		case c >= '0' && c <= '9':
			name, _ = p.numbers.Digits(string(c))
		}
		if name == "" {
			return ""
		}
		names = append(names, name)
	}
	return strings.Join(names, cmp.Or(strings.ReplaceAll(p.settings["letters-joined"], "space", " "), "-"))
}

// sayable reports whether a word of capitals is likely said as a word: of four
// letters and more with a vowel in each group, of three with a vowel between.
func (p *pack) sayable(word string) bool {
	kinds := strings.Map(func(c rune) rune {
		if strings.ContainsRune(p.settings["vowels"], unicode.ToLower(c)) {
			return 'v'
		}
		return 'c'
	}, word)
	letters, vowels := len(kinds), strings.Count(kinds, "v")
	switch {
	case letters < 4:
		return kinds == "cvc" && p.settings["short-initialisms"] == ""
	case strings.Contains(kinds, "ccc"):
		return false
	}
	if share, _ := strconv.Atoi(p.settings["vowel-share"]); share > 0 {
		return vowels*share >= letters
	}
	return vowels > 0 && edgesSayable([]rune(strings.ToLower(word)), kinds)
}

// edgesSayable reports whether the two consonants that a word begins or ends with
// can be said together. "VSAV" and "LOPJ" are letters, "CNIL" and "SDIS" are words.
func edgesSayable(word []rune, kinds string) bool {
	last := len(word) - 1
	opens := !strings.HasPrefix(kinds, "cc") || together(word[1], word[0])
	return opens && (!strings.HasSuffix(kinds, "cc") || together(word[last-1], word[last]))
}

// together reports whether two consonants can be said together: the inner one,
// beside the vowel, is the more sonorous, the outer one an s, or both are one sound.
func together(inner, outer rune) bool {
	switch {
	case sonority(inner) > sonority(outer), inner == outer, strings.ContainsRune("sсś", outer):
		return true
	}
	return strings.Contains("ch ph sh th tz ck", string(inner)+string(outer))
}

// sonority ranks consonants: liquids, nasals, fricatives, stops.
func sonority(c rune) int {
	switch {
	case strings.ContainsRune("lrłлр", c):
		return 3
	case strings.ContainsRune("mnмн", c):
		return 2
	case strings.ContainsRune("fsśvzxhwфсвзхшжў", c):
		return 1
	}
	return 0
}

// tally returns the length of a number in a long run of numbers and signs
// without a space, and 0 for any other. Nobody writes a shape so, so that none
// has to be looked for.
func (r *reader) tally() int {
	rest := r.src[r.pos:]
	if len(rest) < view || rest[0] < '0' || rest[0] > '9' {
		return 0
	}
	for i := range view {
		if strings.IndexByte("0123456789-/.,:;|+*=_", rest[i]) < 0 {
			return 0
		}
	}
	return digitRun(rest)
}
