package lang

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"lector/worker/script/rbnf"
)

// Plural returns the CLDR plural category of a whole number: "one", "two",
// "few", "many" or "other"; "other" where the language is not known.
func Plural(tag string, n int64) string {
	return plurals(tag).Cardinal(rbnf.Int(n))
}

// PluralDecimal returns the category of a number as it is written, "1,5" or
// "2.0"; "other" for what is no number.
func PluralDecimal(tag, digits string) string {
	n, err := rbnf.ParseNumber(digits)
	if err != nil {
		return other
	}
	return plurals(tag).Cardinal(n)
}

func plurals(tag string) *pluralRules {
	if l := known(tag); l != nil {
		return l.plurals
	}
	return &pluralRules{}
}

const other = "other"

// pluralRules hold the conditions of UTS #35, part 3, "Language Plural Rules".
type pluralRules struct {
	cardinal, ordinal []pluralRule
}

type pluralRule struct {
	category string
	any      [][]relation // one of them holds: all of its relations hold
}

// relation is "i % 10 = 2..4,9" or its negation.
type relation struct {
	operand byte
	modulus uint64
	not     bool
	ranges  [][2]uint64
}

// Cardinal implements rbnf.Plurals.
func (p *pluralRules) Cardinal(n rbnf.Number) string { return category(p.cardinal, n) }

// Ordinal implements rbnf.Plurals.
func (p *pluralRules) Ordinal(n rbnf.Number) string { return category(p.ordinal, n) }

func category(rules []pluralRule, n rbnf.Number) string {
	for _, rule := range rules {
		if slices.ContainsFunc(rule.any, func(all []relation) bool { return hold(all, n) }) {
			return rule.category
		}
	}
	return other
}

func hold(relations []relation, n rbnf.Number) bool {
	return !slices.ContainsFunc(relations, func(r relation) bool { return !r.holds(n) })
}

func (r relation) holds(n rbnf.Number) bool {
	value, whole := operand(r.operand, n)
	if r.modulus > 0 {
		value %= r.modulus
	}
	within := whole && slices.ContainsFunc(r.ranges, func(b [2]uint64) bool { return b[0] <= value && value <= b[1] })
	return within != r.not
}

// operand returns the value of one of the operands n, i, v, w, f, t, c and e.
// It is not whole where n has a fraction that is not zero.
func operand(name byte, n rbnf.Number) (value uint64, whole bool) {
	significant := strings.TrimRight(n.Fraction, "0")
	switch name {
	case 'n':
		return n.Whole, significant == ""
	case 'i':
		return n.Whole, true
	case 'v':
		return uint64(len(n.Fraction)), true
	case 'w':
		return uint64(len(significant)), true
	case 'f':
		return fractionValue(n.Fraction), true
	case 't':
		return fractionValue(significant), true
	}
	return 0, true // no compact exponent
}

func fractionValue(digits string) uint64 {
	if digits == "" {
		return 0
	}
	value, err := strconv.ParseUint(digits, 10, 64)
	if err != nil {
		return math.MaxUint64
	}
	return value
}

// parsePlurals reads lines "cardinal one: i = 1 and v = 0".
func parsePlurals(texts ...string) (*pluralRules, error) {
	rules := &pluralRules{}
	for line := range dataLines(texts...) {
		head, condition, _ := strings.Cut(line, ": ")
		kind, category, _ := strings.Cut(head, " ")
		rule := pluralRule{category: category}
		for _, alternative := range strings.Split(condition, " or ") {
			var all []relation
			for _, text := range strings.Split(alternative, " and ") {
				relation, err := parseRelation(text)
				if err != nil {
					return nil, fmt.Errorf("%q: %w", line, err)
				}
				all = append(all, relation)
			}
			rule.any = append(rule.any, all)
		}
		switch kind {
		case "cardinal":
			rules.cardinal = append(rules.cardinal, rule)
		case "ordinal":
			rules.ordinal = append(rules.ordinal, rule)
		default:
			return nil, fmt.Errorf("%q: neither cardinal nor ordinal", line)
		}
	}
	return rules, nil
}

func parseRelation(text string) (relation, error) {
	left, right, equal := strings.Cut(text, " = ")
	r := relation{}
	if !equal {
		left, right, r.not = strings.Cut(text, " != ")
	}
	name, modulus, divided := strings.Cut(strings.TrimSpace(left), " % ")
	if len(name) != 1 || !strings.Contains("nivwftce", name) {
		return r, fmt.Errorf("operand %q", name)
	}
	r.operand = name[0]
	if divided {
		value, err := strconv.ParseUint(modulus, 10, 64)
		if err != nil {
			return r, err
		}
		r.modulus = value
	}
	for _, span := range strings.Split(right, ",") {
		from, to, ranged := strings.Cut(strings.TrimSpace(span), "..")
		if !ranged {
			to = from
		}
		low, err := strconv.ParseUint(from, 10, 64)
		if err != nil {
			return r, err
		}
		high, err := strconv.ParseUint(to, 10, 64)
		if err != nil {
			return r, err
		}
		r.ranges = append(r.ranges, [2]uint64{low, high})
	}
	return r, nil
}
