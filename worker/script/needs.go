package script

import (
	"regexp/syntax"
	"slices"
	"unicode"
)

// firstRunes returns the ranges of characters that a match may begin with, and
// whether it may be empty.
func (e *expression) firstRunes(re *syntax.Regexp) (ranges []rune, empty bool) {
	switch re.Op {
	case syntax.OpLiteral:
		c := re.Rune[0]
		if list := e.listOf(c); list != nil {
			return list.firstRunes(), false
		}
		if re.Flags&syntax.FoldCase != 0 {
			return []rune{unicode.ToUpper(c), unicode.ToUpper(c), unicode.ToLower(c), unicode.ToLower(c)}, false
		}
		return []rune{c, c}, false
	case syntax.OpCharClass:
		return re.Rune, false
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return []rune{0, unicode.MaxRune}, false
	case syntax.OpStar, syntax.OpQuest:
		ranges, _ = e.firstRunes(re.Sub[0])
		return ranges, true
	case syntax.OpCapture, syntax.OpPlus, syntax.OpRepeat:
		ranges, empty = e.firstRunes(re.Sub[0])
		return ranges, empty || re.Op == syntax.OpRepeat && re.Min == 0
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			more, nothing := e.firstRunes(sub)
			ranges = append(slices.Clip(ranges), more...)
			if !nothing {
				return ranges, false
			}
		}
		return ranges, true
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			more, nothing := e.firstRunes(sub)
			ranges, empty = append(slices.Clip(ranges), more...), empty || nothing
		}
		return ranges, empty
	}
	return nil, true
}

// repeated reports whether an expression is its part, once or more.
func repeated(re *syntax.Regexp) bool {
	if re.Op == syntax.OpRepeat {
		return re.Min > 0
	}
	return re.Op == syntax.OpCapture || re.Op == syntax.OpPlus
}

// mandatory returns the smallest set of characters one of which any match has;
// digits and letters are nearly everywhere, so they do not count.
func (e *expression) mandatory(re *syntax.Regexp) []rune {
	switch {
	case re.Op == syntax.OpLiteral:
		return e.signIn(re.Rune)
	case re.Op == syntax.OpCharClass:
		return signsOf(re.Rune)
	case repeated(re):
		return e.mandatory(re.Sub[0])
	case re.Op == syntax.OpConcat:
		var best []rune
		for _, sub := range re.Sub {
			if found := e.mandatory(sub); len(found) > 0 && (best == nil || len(found) < len(best)) {
				best = found
			}
		}
		return best
	case re.Op == syntax.OpAlternate:
		var all []rune
		for _, sub := range re.Sub {
			found := e.mandatory(sub)
			if len(found) == 0 {
				return nil
			}
			all = append(all, found...)
		}
		return all
	}
	return nil
}

// signIn returns the first sign of a literal, or the signs one of which a list
// in it begins with.
func (e *expression) signIn(text []rune) []rune {
	var signs []rune
	for _, c := range text {
		switch list := e.listOf(c); {
		case list != nil && signs == nil:
			signs = signsOf(list.firstRunes())
		case list != nil, c == listEnd, unicode.IsLetter(c), unicode.IsDigit(c), c == ' ':
		default:
			return []rune{c}
		}
	}
	return signs
}

// signsOf returns the characters of a small class of signs.
func signsOf(ranges []rune) []rune {
	var all []rune
	for i := 0; i+1 < len(ranges); i += 2 {
		if ranges[i+1]-ranges[i] > 8 {
			return nil
		}
		for c := ranges[i]; c <= ranges[i+1]; c++ {
			if unicode.IsLetter(c) || unicode.IsDigit(c) || unicode.IsSpace(c) {
				return nil
			}
			all = append(all, c)
		}
	}
	return all
}

// holdsAny reports whether any match of an expression has a character of a kind.
func (e *expression) holdsAny(re *syntax.Regexp, kind func(rune) bool) bool {
	some := func(sub *syntax.Regexp) bool { return e.holdsAny(sub, kind) }
	switch {
	case re.Op == syntax.OpLiteral:
		return slices.ContainsFunc(re.Rune, func(c rune) bool {
			if list := e.listOf(c); list != nil {
				return allOf(list.firstRunes(), kind)
			}
			return kind(c)
		})
	case re.Op == syntax.OpCharClass:
		return allOf(re.Rune, kind)
	case repeated(re):
		return some(re.Sub[0])
	case re.Op == syntax.OpConcat:
		return slices.ContainsFunc(re.Sub, some)
	case re.Op == syntax.OpAlternate:
		return !slices.ContainsFunc(re.Sub, func(sub *syntax.Regexp) bool { return !some(sub) })
	}
	return false
}

// allOf reports whether the characters of a class are all of a kind, by the ends
// of its ranges.
func allOf(class []rune, kind func(rune) bool) bool {
	if len(class) == 0 || within(class, '0') && !kind('0') {
		return false
	}
	return !slices.ContainsFunc(class, func(c rune) bool { return !kind(c) })
}

// literal returns the longest text that any match of an expression has.
func (e *expression) literal(re *syntax.Regexp) string {
	best := ""
	switch {
	case re.Op == syntax.OpLiteral && re.Flags&syntax.FoldCase == 0:
		best = e.literalIn(re.Rune)
	case repeated(re):
		best = e.literal(re.Sub[0])
	case re.Op == syntax.OpConcat:
		for _, sub := range re.Sub {
			if found := e.literal(sub); len(found) > len(best) {
				best = found
			}
		}
	}
	return best
}

// literalIn returns the longest piece of a literal between the lists in it.
func (e *expression) literalIn(text []rune) string {
	best, from := "", 0
	for i := 0; i <= len(text); i++ {
		if i < len(text) && text[i] != listEnd && e.listOf(text[i]) == nil {
			continue
		}
		if piece := string(text[from:i]); len(piece) > len(best) {
			best = piece
		}
		from = i + 1
	}
	return best
}
