package script

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"lector/worker/pattern"
)

// condition is what must, or must not, stand before a shape: one of some words
// right before it, one of them somewhere near, or a text that ends there.
type condition struct {
	not   bool
	near  bool
	name  bool // among the words with capitals right before it, three at most
	words map[string]bool
	text  *pattern.Pattern // nil for words
}

// behindView is how far before a shape is looked for words near, textView for a
// text: an expression takes longer.
const (
	behindView = 64
	textView   = 40
)

// condition reads "words", "~words" (near), "^words" (in the name before it), "/expression/" (the text before ends
// so), each with "!" before it for what must not be.
func (p *pack) condition(source string) (condition, error) {
	var c condition
	source, c.not = strings.CutPrefix(source, "!")
	if len(source) > 1 && source[0] == '/' && source[len(source)-1] == '/' {
		expression, err := p.expression(source[1 : len(source)-1])
		if err != nil {
			return c, err
		}
		c.text = patternOf("(?:" + expression + ")$")
		return c, err
	}
	source, c.near = strings.CutPrefix(source, "~")
	source, c.name = strings.CutPrefix(source, "^")
	c.words = map[string]bool{}
	for _, w := range p.words(source) {
		c.words[strings.ToLower(w)] = true
	}
	return c, nil
}

// expression is a regular expression with the types of fields in it.
func (p *pack) expression(source string) (string, error) {
	whole, sketch, err := p.expandPart(nil, source)
	if err != nil {
		return "", err
	}
	_, err = syntax.Parse(sketch, syntax.Perl)
	return whole, err
}

// stands reports whether the conditions of a shape hold at the current place:
// those of words first, and those of text, which take longer, where it matches.
func (r *reader) stands(s *shape, text bool) bool {
	for _, c := range s.behind {
		if (c.text != nil) == text && r.meets(c) == c.not {
			return false
		}
	}
	return true
}

func (r *reader) meets(c condition) bool {
	switch {
	case c.text != nil:
		return c.text.MatchString(r.src[max(0, r.pos-textView):r.pos])
	case c.near:
		for w := range strings.FieldsFuncSeq(r.src[max(0, r.pos-behindView):r.pos], func(c rune) bool { return !unicode.IsLetter(c) }) {
			if c.words[strings.ToLower(w)] {
				return true
			}
		}
		return false
	case c.name:
		return r.named(c.words)
	}
	if r.behindAt != r.pos+1 {
		r.behindAt, r.behind = r.pos+1, r.wordBefore()
	}
	return c.words[r.behind]
}

// named reports whether one of the words is among the words with capitals right
// before this place: "Martin Luther King III".
func (r *reader) named(words map[string]bool) bool {
	before := strings.Fields(r.src[max(0, r.pos-textView):r.pos])
	for i := len(before) - 1; i >= max(0, len(before)-3); i-- {
		w := strings.Trim(before[i], ",()\"“”")
		if !unicode.IsUpper(firstRune(w)) {
			return false
		}
		if words[strings.ToLower(w)] {
			return true
		}
	}
	return false
}

// guardRule is a relation of two numbers: "a<b", "a%100<b", "a=b-1".
type guardRule struct {
	left, right  string
	modulo, plus int
	relation     byte
}

var guardShape = regexp.MustCompile(`^(\w+?)(?:%(\d+))?([<=>])(\w+?)([+-]\d+)?$`)

func (s *shape) readGuards(source string) {
	for g := range strings.FieldsSeq(source) {
		m := guardShape.FindStringSubmatch(g)
		if m == nil {
			s.guards = append(s.guards, guardRule{left: g})
			continue
		}
		modulo, _ := strconv.Atoi(m[2])
		plus, _ := strconv.Atoi(m[5])
		s.guards = append(s.guards, guardRule{left: m[1], modulo: modulo, relation: m[3][0], right: m[4], plus: plus})
	}
}

func (s *shape) checkGuards() error {
	for _, g := range s.guards {
		if _, known := s.fields[g.left]; !known {
			return fmt.Errorf("guard: no field %q in the pattern", g.left)
		}
		if _, number := strconv.Atoi(g.right); number == nil {
			continue
		}
		if _, known := s.fields[g.right]; !known {
			return fmt.Errorf("guard: no field %q in the pattern", g.right)
		}
	}
	return nil
}

// holds reports whether a match's guards hold, and nothing follows it that must
// not.
func (m *match) holds() bool {
	for _, g := range m.shape.guards {
		if !g.holds(m) {
			return false
		}
	}
	return m.shape.never == nil || !m.shape.never.MatchString(m.text[m.length():])
}

func (g guardRule) holds(m *match) bool {
	left, _ := strconv.Atoi(onlyDigits(m.field(g.left)))
	right, err := strconv.Atoi(g.right)
	if err != nil {
		right, _ = strconv.Atoi(onlyDigits(m.field(g.right)))
	}
	right += g.plus
	if g.modulo > 0 {
		left %= g.modulo
	}
	switch g.relation {
	case '<':
		return left < right
	case '>':
		return left > right
	}
	return left == right
}

// mandatory returns the smallest set of characters one of which any match has;
// digits and letters are nearly everywhere, so they do not count.
func mandatory(re *syntax.Regexp) []rune {
	switch re.Op {
	case syntax.OpLiteral:
		for _, c := range re.Rune {
			if !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != ' ' {
				return []rune{c}
			}
		}
	case syntax.OpCharClass:
		return signsOf(re.Rune)
	case syntax.OpCapture, syntax.OpPlus:
		return mandatory(re.Sub[0])
	case syntax.OpConcat:
		var best []rune
		for _, sub := range re.Sub {
			if found := mandatory(sub); len(found) > 0 && (best == nil || len(found) < len(best)) {
				best = found
			}
		}
		return best
	case syntax.OpAlternate:
		var all []rune
		for _, sub := range re.Sub {
			found := mandatory(sub)
			if len(found) == 0 {
				return nil
			}
			all = append(all, found...)
		}
		return all
	}
	return nil
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
func holdsAny(re *syntax.Regexp, kind func(rune) bool) bool {
	some := func(sub *syntax.Regexp) bool { return holdsAny(sub, kind) }
	switch re.Op {
	case syntax.OpLiteral:
		return slices.ContainsFunc(re.Rune, kind)
	case syntax.OpCharClass:
		return len(re.Rune) > 0 && !slices.ContainsFunc(re.Rune, func(c rune) bool { return !kind(c) }) && (kind('0') || !within(re.Rune, '0'))
	case syntax.OpCapture, syntax.OpPlus:
		return some(re.Sub[0])
	case syntax.OpConcat:
		return slices.ContainsFunc(re.Sub, some)
	case syntax.OpAlternate:
		return !slices.ContainsFunc(re.Sub, func(sub *syntax.Regexp) bool { return !some(sub) })
	}
	return false
}

// literal returns the longest text that any match of an expression has.
func literal(re *syntax.Regexp) string {
	best := ""
	switch re.Op {
	case syntax.OpLiteral:
		if re.Flags&syntax.FoldCase == 0 {
			best = string(re.Rune)
		}
	case syntax.OpCapture, syntax.OpPlus:
		best = literal(re.Sub[0])
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if found := literal(sub); len(found) > len(best) {
				best = found
			}
		}
	}
	return best
}
