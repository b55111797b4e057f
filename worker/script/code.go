package script

import (
	"strconv"
	"strings"
	"unicode"

	"lector/worker/script/lang"
)

// Ways to say a number or a name that is no count: the number of a thing, the
// letters of a name, the words of a tag.

// led says two digits of which the first is zero, with the word that the language uses for
// that zero: "oh five".
func (v *verbaliser) led(text string) string {
	zero := v.p.settings["leading-zero"]
	if zero == "" || len(text) != 2 || text[0] != '0' {
		return v.digits(text)
	}
	return zero + " " + v.digits(text[1:])
}

// code says the number of a thing: in a language that says years in pairs, 737
// is "seven thirty-seven", 101 "one oh one" and 1983 a year.
func (v *verbaliser) code(text string) string { return v.p.code(text) }

func (p *pack) code(text string) string {
	n, err := strconv.Atoi(text)
	zero := p.settings["leading-zero"]
	switch {
	case err != nil, text[0] == '0', len(text) > 4:
		said, _ := p.numbers.Digits(onlyDigits(text))
		return said
	case zero == "" || n%100 == 0 || len(text) < 3:
		said, _ := p.numbers.Cardinal(int64(n), lang.Form{})
		return said
	case len(text) == 4:
		said, _ := p.numbers.Year(n, lang.Form{})
		return said
	}
	first, _ := p.numbers.Cardinal(int64(n/100), lang.Form{})
	rest, _ := p.numbers.Cardinal(int64(n%100), lang.Form{})
	if n%100 < 10 {
		rest = zero + " " + rest
	}
	return first + " " + rest
}

// plural puts the last word of a number into the plural, by the endings that the
// setting names: "y=ies x=xes =s".
func (p *pack) plural(said string) string {
	for rule := range strings.FieldsSeq(p.settings["number-plural"]) {
		ending, plural, _ := strings.Cut(rule, "=")
		if stem, ok := strings.CutSuffix(said, ending); ok {
			return stem + plural
		}
	}
	return said
}

// counting returns the form of a word that the last number counts.
func (v *verbaliser) counting(forms []string) string {
	switch {
	case v.category == "one":
		return forms[0]
	case v.category == "few" && len(forms) > 2:
		return forms[1]
	}
	return forms[len(forms)-1]
}

// hundredth names the hundredth part of a currency, as the last number counts it.
func (v *verbaliser) hundredth(p piece, text string) string {
	n, ok := v.p.noun(v.m.shape.fields[p.field].kind, text)
	if !ok || n.forms["hundredths"] == "" {
		return ""
	}
	if v.category == "one" {
		return n.forms["hundredth"]
	}
	return n.forms["hundredths"]
}

// tagged says the words of a hashtag or a name on a network: "StandWithUkraine".
func (p *pack) tagged(s string) string {
	words := strings.Fields(parted(s))
	for i, w := range words {
		switch {
		case !unicode.IsDigit(firstRune(w)):
			if said := p.initials(w); allUpper(w) && said != "" {
				words[i] = said
			}
		case len(w) == 4 && (w[:2] == "19" || w[:2] == "20"):
			n, _ := strconv.Atoi(w)
			words[i], _ = p.numbers.Year(n, lang.Form{})
		default:
			n, _ := strconv.ParseInt(w, 10, 64)
			words[i], _ = p.numbers.Cardinal(n, lang.Form{})
		}
	}
	return strings.Join(words, " ")
}

// parted puts spaces between the words of a name that is written as one.
func parted(s string) string {
	var b strings.Builder
	runes := []rune(strings.ReplaceAll(s, "_", " "))
	for i, c := range runes {
		if i > 0 && parts(runes[i-1], c, append(runes[i+1:len(runes):len(runes)], ' ')[0]) {
			b.WriteByte(' ')
		}
		b.WriteRune(c)
	}
	return b.String()
}

// parts reports whether a word begins with a character, by its neighbours.
func parts(before, c, after rune) bool {
	switch {
	case before == ' ' || c == ' ':
		return false
	case unicode.IsDigit(before) != unicode.IsDigit(c):
		return true
	case !unicode.IsUpper(c):
		return false
	}
	return unicode.IsLower(before) || unicode.IsLower(after)
}

// each says the keys of a telephone one by one.
func (v *verbaliser) each(text string) string {
	var all []string
	for _, c := range text {
		if n, ok := v.p.noun("key", string(c)); ok {
			all = append(all, n.forms["other"])
		} else {
			all = append(all, v.digits(string(c)))
		}
	}
	return strings.Join(all, " ")
}
