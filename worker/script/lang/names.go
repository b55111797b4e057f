package lang

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// UnitName returns what a unit or a currency is called beside a number of that
// plural category: "кілометрами" for "kilometer", "long", "few", "instrumental".
// A unit has its name from CLDR without the class before it, a currency its code
// of ISO 4217, the hundredth part of one the code and "-cent". The width is long
// or short, an empty case is the nominative. It is false where the language lacks
// the form; of currencies only those that its news name most have cases.
func UnitName(tag, unit, width, plural, grammaticalCase string) (string, bool) {
	l := known(tag)
	if l == nil {
		return "", false
	}
	return l.names.find(unit+" "+width, plural, grammaticalCase)
}

// names are what things are called by plural category and case.
type names struct {
	forms map[string]map[string]string // by "kilometer long few", then by case; "" is the nominative
	cases bool                         // the language has them
}

// find falls back to the category other, and to the nominative in a language
// without cases.
func (n names) find(key, plural, grammaticalCase string) (string, bool) {
	forms := n.forms[key+" "+plural]
	if forms == nil {
		forms = n.forms[key+" "+other]
	}
	if grammaticalCase == "nominative" || !n.cases {
		grammaticalCase = ""
	}
	name, found := forms[grammaticalCase]
	return name, found
}

// join adds the names of other things.
func (n *names) join(others names) {
	maps.Copy(n.forms, others.forms)
	n.cases = n.cases || others.cases
}

// parseNames reads rows "kilometer long few: кілометри; genitive кілометрів". At
// the end "; =" says that the cases that are not named are as the nominative,
// "; few" that they are those of the row few, with the accusative as the
// nominative. A later row replaces an earlier one for the same thing.
func parseNames(texts ...string) (names, error) {
	n := names{forms: map[string]map[string]string{}}
	for row := range dataLines(texts...) {
		key, value, found := strings.Cut(row, ": ")
		if !found || value == "" || !strings.Contains(key, " ") {
			return n, fmt.Errorf("%q: not a row of names", row)
		}
		forms, err := n.parseForms(key, strings.Split(value, "; "))
		if err != nil {
			return n, fmt.Errorf("%q: %w", row, err)
		}
		n.forms[key] = forms
		n.cases = n.cases || len(forms) > 1
	}
	return n, nil
}

var grammaticalCases = strings.Fields("genitive dative accusative instrumental locative")

func (n names) parseForms(key string, parts []string) (map[string]string, error) {
	nominative := parts[0]
	forms := map[string]string{}
	for _, part := range parts[1:] {
		grammaticalCase, name, _ := strings.Cut(part, " ")
		switch {
		case part == "=":
			for _, name := range grammaticalCases {
				forms[name] = cmp.Or(forms[name], nominative)
			}
		case part == "few":
			forms["accusative"] = cmp.Or(forms["accusative"], nominative)
			few := n.forms[key[:strings.LastIndex(key, " ")]+" few"]
			for _, name := range grammaticalCases {
				forms[name] = cmp.Or(forms[name], few[name])
			}
		case name == "" || !slices.Contains(grammaticalCases, grammaticalCase):
			return nil, fmt.Errorf("case %q", part)
		default:
			forms[grammaticalCase] = name
		}
	}
	forms[""] = nominative
	return forms, nil
}
