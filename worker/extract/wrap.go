package extract

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// undump takes out what a text browser adds to a page: the numbers of links,
// and names of pictures and frames. The list of the links stays, to be dropped
// with its reason.
func undump(raw []string) []string {
	listed := 0
	for _, l := range raw {
		if expr("listed link").MatchString(l) {
			listed++
		}
	}
	if listed < 2 {
		return raw
	}
	out := make([]string, len(raw))
	for i, l := range raw {
		out[i] = expr("link number").ReplaceAllString(l, "")
	}
	return out
}

// The width of a column in which text is wrapped.
const (
	narrowest = 40
	widest    = 120
)

// unwrap joins lines that end at a column instead of at a paragraph. A group of
// lines is such a paragraph when all but its last are of nearly the same length
// and most of them end in mid-sentence; the file is wrapped when most of its
// groups of lines are such.
func unwrap(raw []string) []string {
	longest := 0
	for _, l := range raw {
		longest = max(longest, utf8.RuneCountInString(strings.TrimRight(l, " \t\r")))
	}
	if longest < narrowest || longest > widest {
		return raw
	}
	groups := groupsOf(raw)
	full, other := 0, 0
	for _, g := range groups {
		switch {
		case g.end-g.start < 2 || expr("listed link").MatchString(raw[g.end-1]):
		case filled(raw[g.start:g.end], longest):
			full += g.end - g.start
		case !listing(raw[g.start:g.end]):
			for _, l := range raw[g.start:g.end] {
				if utf8.RuneCountInString(l) >= narrowest { // short ones say nothing
					other++
				}
			}
		}
	}
	if full < 4 || full < 2*other {
		return raw
	}
	out := make([]string, len(raw)) // each line keeps its number
	for _, g := range groups {
		lines := raw[g.start:g.end]
		if len(lines) < 2 || !filled(lines, longest) && !listing(lines) {
			copy(out[g.start:], lines)
			continue
		}
		at := g.start
		var part []string
		for i, l := range lines {
			if expr("bullet").MatchString(strings.TrimSpace(l)) && len(part) > 0 {
				out[at] = joined(part)
				part, at = part[:0], g.start+i
			}
			part = append(part, l)
		}
		out[at] = joined(part)
	}
	return out
}

type span struct{ start, end int }

// groupsOf returns the stretches of lines without an empty one.
func groupsOf(raw []string) []span {
	var out []span
	start := -1
	for i := 0; i <= len(raw); i++ {
		empty := i == len(raw) || strings.TrimSpace(raw[i]) == ""
		switch {
		case empty && start >= 0:
			out = append(out, span{start, i})
			start = -1
		case !empty && start < 0:
			start = i
		}
	}
	return out
}

// filled reports whether all lines but the last reach near the column, and
// most of them end in mid-sentence.
func filled(lines []string, longest int) bool {
	broken := 0
	for _, l := range lines[:len(lines)-1] {
		if utf8.RuneCountInString(strings.TrimRight(l, " \t\r"))*4 < longest*3 {
			return false
		}
		if !ended(l) {
			broken++
		}
	}
	return broken*10 >= (len(lines)-1)*6
}

// listing reports whether a group of lines is a list.
func listing(lines []string) bool { return expr("bullet").MatchString(strings.TrimSpace(lines[0])) }

// joined makes one of the lines of a paragraph. A hyphen that breaks a word at
// the line's end goes.
func joined(lines []string) string {
	var b strings.Builder
	for i, l := range lines {
		l = strings.TrimSpace(l)
		if i+1 < len(lines) && hyphenated(l, strings.TrimSpace(lines[i+1])) {
			b.WriteString(strings.TrimRight(l, "-\u00ad"))
			continue
		}
		b.WriteString(l + " ")
	}
	return b.String()
}

// hyphenated reports whether a line ends in the middle of a word.
func hyphenated(line, next string) bool {
	stem := strings.TrimRight(line, "-\u00ad")
	last, _ := utf8.DecodeLastRuneInString(stem)
	first, _ := utf8.DecodeRuneInString(next)
	return len(stem) < len(line) && unicode.IsLower(last) && unicode.IsLower(first)
}
