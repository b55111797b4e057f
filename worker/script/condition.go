package script

import (
	"fmt"
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
	text  *expression // nil for words
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
		var err error
		c.text, err = p.expression("(?:", source[1:len(source)-1], ")$")
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
func (p *pack) expression(open, source, shut string) (*expression, error) {
	e := &expression{}
	whole, err := p.expandPart(e, nil, source)
	if err != nil {
		return nil, err
	}
	return e, e.parseLater(open+whole+shut, p.checked)
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
		return r.trial.finds(c.text, r.src[max(0, r.pos-textView):r.pos])
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

var guardShape = pattern.New(`^(\w+?)(?:%(\d+))?([<=>])(\w+?)([+-]\d+)?$`)

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
func (r *reader) holds(m *match) bool {
	for _, g := range m.shape.guards {
		if !g.holds(m) {
			return false
		}
	}
	return m.shape.never == nil || !r.trial.matches(m.shape.never, m.text[m.length():])
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
