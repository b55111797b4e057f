package rbnf

import (
	"errors"
	"strconv"
	"strings"
)

// Number is a decimal number as it is written.
type Number struct {
	Negative bool
	Whole    uint64
	Fraction string // the digits after the separator, zeros at the end too
	Comma    bool   // the separator is a comma
}

// Int returns n as a Number.
func Int(n int64) Number {
	if n < 0 {
		return Number{Negative: true, Whole: -uint64(n)}
	}
	return Number{Whole: uint64(n)}
}

// whole reports whether n is a whole number that is not below zero.
func (n Number) whole() bool {
	return !n.Negative && n.Fraction == ""
}

var errNumber = errors.New("not a decimal number")

// ParseNumber reads digits with at most one point or comma and a sign before
// them: "12", "-0.50", "−3,5".
func ParseNumber(text string) (Number, error) {
	digits, negative := cutSign(text)
	whole, fraction, separated := strings.Cut(digits, ".")
	comma := false
	if !separated {
		whole, fraction, separated = strings.Cut(digits, ",")
		comma = separated
	}
	if separated && !onlyDigits(fraction) {
		return Number{}, errNumber
	}
	if !onlyDigits(whole) {
		return Number{}, errNumber
	}
	value, err := strconv.ParseUint(whole, 10, 64)
	if err != nil {
		return Number{}, errNumber
	}
	return Number{Negative: negative, Whole: value, Fraction: fraction, Comma: comma}, nil
}

func cutSign(text string) (digits string, negative bool) {
	for _, sign := range []string{"-", "\u2212"} {
		if rest, found := strings.CutPrefix(text, sign); found {
			return rest, true
		}
	}
	return text, false
}

func onlyDigits(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}
