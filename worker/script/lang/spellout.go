package lang

import (
	"strings"

	"lector/worker/script/rbnf"
)

// Form says how a number agrees with what it counts. Empty fields are the form
// that is used in counting: masculine, nominative, singular.
type Form struct {
	// Gender is masculine, feminine, neuter, or, in Slavic languages, animate
	// (masculine, living: its accusative is the genitive) or personal
	// (masculine, persons in Polish).
	Gender string
	// Case is nominative, genitive, dative, accusative, instrumental or
	// locative (the prepositional of Russian).
	Case string
	// Number is the plural category of what an ordinal belongs to; all but "" and
	// one are the plural: "дев'яності роки". A cardinal does not look at it.
	Number string
	// Place is where a word changes by what stands around it: "attributive"
	// before its noun (Spanish primer, tercer), "bare" without an article
	// before it (German erster Mai, not der erste Mai), "compound" before the
	// rest of a word (Russian пяти-, as in пятилетний).
	Place string
}

// Spellout writes the numbers of one language in words. Its methods return
// false where the language has no words for the number in any form.
type Spellout struct {
	rules   *rbnf.Rules
	plurals *pluralRules
}

// Numbers returns the numbers of a language, nil where there is no data.
func Numbers(tag string) *Spellout {
	if l := known(tag); l != nil {
		return l.numbers
	}
	return nil
}

// Cardinal returns "двадцять один", "двадцятьма одною", "minus drei".
func (s *Spellout) Cardinal(n int64, f Form) (string, bool) {
	return s.write(rbnf.Int(n), setNames("cardinal", f)...)
}

// Ordinal returns "двадцять перший", "двадцять першого", "erster".
func (s *Spellout) Ordinal(n int64, f Form) (string, bool) {
	return s.write(rbnf.Int(n), setNames("ordinal", f)...)
}

// Year returns a year as it is said. Where years are ordinals (Ukrainian,
// Russian, Polish) it is in the case of f: "у дві тисячі двадцять шостому"; an
// empty case is the genitive there, as in a date.
func (s *Spellout) Year(n int, f Form) (string, bool) {
	return s.write(rbnf.Int(int64(n)), "%spellout-year-"+f.Case, "%spellout-numbering-year")
}

// Decimal returns a number with a fraction, from its digits as they are written
// with a point or a comma: "три цілих п'ять десятих", "three point five". What
// has no fraction is a cardinal.
func (s *Spellout) Decimal(digits string, f Form) (string, bool) {
	n, err := rbnf.ParseNumber(digits)
	if err != nil {
		return "", false
	}
	return s.write(n, setNames("cardinal", f)...)
}

// Digits returns the names of digits one after the other: "нуль нуль сім".
func (s *Spellout) Digits(digits string) (string, bool) {
	words := make([]string, 0, len(digits))
	for _, digit := range []byte(digits) {
		if digit < '0' || digit > '9' {
			return "", false
		}
		word, ok := s.Cardinal(int64(digit-'0'), Form{})
		if !ok {
			return "", false
		}
		words = append(words, word)
	}
	return strings.Join(words, " "), len(words) > 0
}

// write uses the first of the rule sets that the language has.
func (s *Spellout) write(n rbnf.Number, sets ...string) (string, bool) {
	for _, set := range sets {
		if s.rules.Has(set) {
			text, err := s.rules.Format(set, n, s.plurals)
			return text, err == nil
		}
	}
	return "", false
}

// setNames returns the names that a rule set for the form may have, the one that
// says most first: "%spellout-ordinal-feminine-plural-genitive".
func setNames(kind string, f Form) []string {
	var all []string
	for _, grammatical := range cases(f.Case) {
		for _, plural := range plurality(kind, f.Number) {
			for _, gender := range genders(f) {
				all = append(all, "%spellout-"+kind+gender+plural+grammatical)
			}
		}
	}
	all = withPlace(all, f.Place)
	for _, plural := range plurality(kind, f.Number) { // where the language lacks the gender
		all = append(all, "%spellout-"+kind+"-masculine"+plural)
	}
	if kind == "cardinal" && f.Gender+f.Place == "" && len(cases(f.Case)) == 1 {
		return append([]string{"%spellout-numbering"}, all...)
	}
	return all
}

func withPlace(names []string, place string) []string {
	if place == "" {
		return names
	}
	var placed []string
	for _, name := range names {
		placed = append(placed, name+"-"+place)
	}
	return append(placed, names...)
}

// genders returns the genders that a name may have: that of the form, masculine
// where it has none. A plural mostly has no gender, and then none is asked for
// first.
func genders(f Form) []string {
	switch f.Gender {
	case "personal", "animate":
		return []string{"-masculine-" + f.Gender, "-masculine", ""}
	case "":
		return []string{"-masculine", ""}
	}
	return []string{"-" + f.Gender, ""}
}

func plurality(kind, number string) []string {
	if kind == "cardinal" || number == "" || number == "one" {
		return []string{""}
	}
	return []string{"-plural", ""}
}

func cases(name string) []string {
	if name == "" || name == "nominative" {
		return []string{""}
	}
	return []string{"-" + name, ""}
}
