package rbnf

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// plurals tells the plural category of a number: zero, one, two, few, many or
// other.
type plurals interface {
	Cardinal(Number) string
	Ordinal(Number) string
}

// Errors of Format.
var (
	errDigits = errors.New("the rules write this number in digits")
	errNoRule = errors.New("no rule for this number")
	errTooFar = errors.New("the rules do not come to an end")
)

// Bounds of one call of Format. The longest number of the rules of CLDR takes
// about 60 steps.
const (
	deepest   = 64
	mostSteps = 5000
)

// Format writes n by the rule set of that name.
func (r *Rules) Format(set string, n Number, plurals plurals) (string, error) {
	if r.sets[set] == nil {
		return "", fmt.Errorf("no rule set %s", set)
	}
	w := &writer{rules: r, plurals: plurals}
	if err := w.number(r.sets[set], n, 0); err != nil {
		return "", fmt.Errorf("%s: %w", set, err)
	}
	return w.out.String(), nil
}

// writer writes one number.
type writer struct {
	rules   *Rules
	plurals plurals
	out     strings.Builder
	steps   int
}

// values are what the substitutions of one rule stand for.
type values struct {
	set      *ruleSet
	number   Number // ==
	above    Number // <<
	below    Number // >>
	fraction string // >> in a decimal rule
	zeros    int    // zeros before a numerator
	counted  Number // what a plural looks at
}

func (w *writer) number(set *ruleSet, n Number, depth int) error {
	if w.steps++; w.steps > mostSteps || depth > deepest {
		return errTooFar
	}
	v := values{set: set, number: n}
	switch {
	case n.Negative && set.negative != nil:
		v.below = n
		v.below.Negative = false
		v.counted = v.below
		return w.parts(set.negative.parts, v, depth)
	case n.Fraction != "" && set.decimalRule(n) != nil:
		v.above = Number{Whole: n.Whole}
		v.fraction = n.Fraction
		v.counted = v.above
		return w.parts(set.decimalRule(n).parts, v, depth)
	}
	rule := set.wholeRule(n.Whole)
	if rule == nil || !n.whole() && !rule.passesOn() {
		return errNoRule
	}
	v.above, v.below = Number{Whole: n.Whole / rule.divisor}, Number{Whole: n.Whole % rule.divisor}
	v.counted = v.above
	return w.parts(rule.parts, v, depth)
}

// decimalRule returns the rule for a number with a fraction: by its separator
// where the set knows both, without the whole part where that is zero.
func (s *ruleSet) decimalRule(n Number) *rule {
	switch {
	case n.Comma && s.comma != nil:
		return s.comma
	case n.Whole == 0:
		return s.proper
	}
	return s.decimal
}

// wholeRule returns the rule with the highest base value that is not above n.
// A rule that would write a remainder of nothing gives way to the one before
// it, unless its own base value leaves none either (ICU calls it rollback).
func (s *ruleSet) wholeRule(n uint64) *rule {
	after, _ := slices.BinarySearchFunc(s.whole, n, func(r rule, n uint64) int {
		if r.base <= n {
			return -1
		}
		return 1
	})
	if after == 0 {
		return nil
	}
	found := &s.whole[after-1]
	if after > 1 && found.rollsBack(n) {
		return &s.whole[after-2]
	}
	return found
}

func (r *rule) rollsBack(n uint64) bool {
	if n%r.divisor != 0 || r.base%r.divisor == 0 {
		return false
	}
	return slices.ContainsFunc(r.parts, func(p part) bool { return p.kind == remainder })
}

// passesOn reports whether the rule only calls another set, which may have rules for
// fractions as well.
func (r *rule) passesOn() bool {
	return slices.ContainsFunc(r.parts, func(p part) bool { return p.kind == same })
}

func (w *writer) parts(parts []part, v values, depth int) error {
	for _, p := range parts {
		if err := w.part(p, v, depth); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) part(p part, v values, depth int) error {
	target := v.set
	if p.kind.substitutes() && p.text != "" {
		target = w.rules.sets[p.text]
	}
	switch p.kind {
	case literal:
		w.out.WriteString(p.text)
	case cardinal:
		w.out.WriteString(chosen(p.plural, w.plurals.Cardinal(v.counted)))
	case ordinal:
		w.out.WriteString(chosen(p.plural, w.plurals.Ordinal(v.counted)))
	case digits:
		return errDigits
	case same:
		return w.number(target, v.number, depth+1)
	case quotient:
		return w.above(p, target, v, depth)
	case remainder:
		return w.below(target, v, depth)
	}
	return nil
}

func chosen(plural map[string]string, category string) string {
	if form, there := plural[category]; there {
		return form
	}
	return plural["other"]
}

func (w *writer) above(p part, target *ruleSet, v values, depth int) error {
	if p.zeros {
		for range v.zeros {
			if err := w.number(target, Number{}, depth+1); err != nil {
				return err
			}
			w.out.WriteByte(' ')
		}
	}
	return w.number(target, v.above, depth+1)
}

// below writes a remainder, or a fraction: digit by digit in the set of the
// rule itself, as numerator and denominator in another.
func (w *writer) below(target *ruleSet, v values, depth int) error {
	switch {
	case v.fraction == "":
		return w.number(target, v.below, depth+1)
	case target != v.set:
		return w.quotient(target, v.fraction, depth+1)
	}
	for i, digit := range []byte(v.fraction) {
		if i > 0 {
			w.out.WriteByte(' ')
		}
		if err := w.number(target, Number{Whole: uint64(digit - '0')}, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// quotient writes the digits after the separator by the rule whose base value
// is their denominator.
func (w *writer) quotient(set *ruleSet, fraction string, depth int) error {
	denominator := uint64(1)
	for range fraction {
		if denominator > 1e18 {
			return errNoRule
		}
		denominator *= 10
	}
	at := slices.IndexFunc(set.whole, func(r rule) bool { return r.base == denominator })
	numerator, err := strconv.ParseUint(fraction, 10, 64)
	if at < 0 || err != nil {
		return errNoRule
	}
	v := values{set: set, above: Number{Whole: numerator}, counted: Number{Whole: numerator}}
	v.number = v.above
	v.zeros = len(fraction) - len(strconv.FormatUint(numerator, 10))
	return w.parts(set.whole[at].parts, v, depth)
}
