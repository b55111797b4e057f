package rbnf

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Rules are rule sets by name.
type Rules struct {
	sets map[string]*ruleSet
}

// ruleSet holds the rules of one name. Those for whole numbers are sorted by
// base value.
type ruleSet struct {
	name     string
	whole    []rule
	negative *rule // -x
	decimal  *rule // x.x, text in brackets written
	proper   *rule // 0.x: the same without it
	comma    *rule // x,x
}

// rule writes the numbers from base up to the next rule's.
type rule struct {
	base    uint64
	divisor uint64
	parts   []part
}

// part is one piece of a rule's text.
type part struct {
	kind   partKind
	text   string            // of a literal; the rule set of a substitution, "" is the rule's own
	zeros  bool              // a numerator says the zeros before it, too
	plural map[string]string // by category
}

type partKind byte

const (
	literal   partKind = 0
	quotient  partKind = '<'
	remainder partKind = '>'
	same      partKind = '='
	cardinal  partKind = 'c' // a plural by the categories of cardinals
	ordinal   partKind = 'o'
	digits    partKind = '0' // a decimal format
)

func (k partKind) substitutes() bool {
	return k == quotient || k == remainder || k == same
}

// Parse reads rule sets as CLDR's text files have them: a line "%name:" begins a
// set, a line "base/radix: text;" is a rule, a line with # is a comment. A set
// in a later text replaces the set of that name in an earlier one; with a plus,
// "%name: +", its rules replace those with the same base value or join them.
func Parse(texts ...string) (*Rules, error) {
	lines := map[string][]line{}
	for _, text := range texts {
		if err := readLines(text, lines); err != nil {
			return nil, err
		}
	}
	rules := &Rules{sets: map[string]*ruleSet{}}
	for name, rows := range lines {
		set, err := newSet(name, rows)
		if err != nil {
			return nil, err
		}
		rules.sets[name] = set
	}
	return rules, rules.check()
}

// Has reports whether there is a rule set of that name.
func (r *Rules) Has(set string) bool {
	return r.sets[set] != nil
}

// line is a rule before it is read.
type line struct {
	number     int // in its text
	head, text string
}

func (l line) wrap(set string, err error) error {
	return fmt.Errorf("line %d: %s %s: %w", l.number, set, l.head, err)
}

// key is what a rule replaces another by: its base value without the radix.
func (l line) key() string {
	base, _, _ := strings.Cut(strings.TrimRight(l.head, ">"), "/")
	return base
}

func readLines(text string, sets map[string][]line) error {
	name := ""
	for i, row := range strings.Split(text, "\n") {
		row = strings.TrimRight(row, "\r")
		head, after, found := strings.Cut(row, ":")
		after = strings.TrimLeft(after, " ")
		switch {
		case row == "" || row[0] == '#':
		case row[0] == '%':
			if name = head; after != "+" {
				sets[name] = nil
			}
		case name == "" || !found || !strings.HasSuffix(after, ";"):
			return fmt.Errorf("line %d: %q: not a rule of a set", i+1, row)
		default:
			sets[name] = joined(sets[name], line{i + 1, head, strings.TrimSuffix(after, ";")})
		}
	}
	return nil
}

// joined replaces the rule with the same key, or appends the rule.
func joined(rows []line, added line) []line {
	at := slices.IndexFunc(rows, func(l line) bool { return l.key() == added.key() })
	if at < 0 {
		return append(rows, added)
	}
	rows[at] = added
	return rows
}

func newSet(name string, rows []line) (*ruleSet, error) {
	set := &ruleSet{name: name}
	for _, row := range rows {
		if err := set.read(row); err != nil {
			return nil, row.wrap(name, err)
		}
	}
	slices.SortStableFunc(set.whole, func(a, b rule) int { return cmp.Compare(a.base, b.base) })
	return set, nil
}

// check finds substitutions by sets that are not there, and two rules for one
// number.
func (r *Rules) check() error {
	for name, set := range r.sets {
		for i := 1; i < len(set.whole); i++ {
			if set.whole[i-1].base == set.whole[i].base {
				return fmt.Errorf("%s: two rules for %d", name, set.whole[i].base)
			}
		}
		for _, p := range set.parts() {
			if p.kind.substitutes() && p.text != "" && r.sets[p.text] == nil {
				return fmt.Errorf("%s: no rule set %s", name, p.text)
			}
		}
	}
	return nil
}

func (s *ruleSet) parts() []part {
	var all []part
	for _, rule := range s.whole {
		all = append(all, rule.parts...)
	}
	for _, rule := range []*rule{s.negative, s.decimal, s.proper, s.comma} {
		if rule != nil {
			all = append(all, rule.parts...)
		}
	}
	return all
}

// read adds a rule. Text in brackets makes two rules of it, as in ICU: one for
// the base value itself without that text, one for the numbers above it.
func (s *ruleSet) read(l line) error {
	with, without, err := brackets(strings.TrimPrefix(l.text, "'"))
	if err != nil {
		return err
	}
	full, err := parseParts(with)
	if err != nil {
		return err
	}
	short, err := parseParts(without)
	if err != nil {
		return err
	}
	return s.add(l.head, full, short, with != without)
}

func (s *ruleSet) add(head string, full, short []part, bracketed bool) error {
	switch head {
	case "-x":
		s.negative = &rule{parts: full}
		return nil
	case "x.x":
		s.decimal, s.proper = &rule{parts: full}, &rule{parts: short}
		return nil
	case "x,x":
		s.comma = &rule{parts: full}
		return nil
	}
	base, divisor, err := baseValue(head)
	if err != nil {
		return err
	}
	if bracketed && base > 0 && base%divisor == 0 {
		s.whole = append(s.whole, rule{base, divisor, short})
		base++
	}
	s.whole = append(s.whole, rule{base, divisor, full})
	return nil
}

// baseValue reads "1100/100": base value and radix. The divisor is the highest
// power of the radix that is not above the base value; each > lowers it by one.
func baseValue(head string) (base, divisor uint64, err error) {
	lowered := strings.TrimRight(head, ">")
	number, radixText, hasRadix := strings.Cut(lowered, "/")
	radix := uint64(10)
	if hasRadix {
		if radix, err = strconv.ParseUint(radixText, 10, 64); err != nil {
			return 0, 0, fmt.Errorf("radix: %w", err)
		}
	}
	if base, err = strconv.ParseUint(number, 10, 63); err != nil {
		return 0, 0, fmt.Errorf("base value: %w", err)
	}
	if radix < 2 {
		return 0, 0, errors.New("radix below two")
	}
	divisor = highestPower(radix, base)
	for range len(head) - len(lowered) {
		divisor = max(divisor/radix, 1)
	}
	return base, divisor, nil
}

func highestPower(radix, limit uint64) uint64 {
	power := uint64(1)
	for power <= math.MaxUint64/radix && power*radix <= limit {
		power *= radix
	}
	return power
}

// brackets returns the text with what stands in [brackets] and without it. In
// "[a|b]" b is written in place of a.
func brackets(text string) (with, without string, err error) {
	before, rest, found := strings.Cut(text, "[")
	inside, after, closed := strings.Cut(rest, "]")
	switch {
	case !found && !strings.Contains(text, "]"):
		return text, text, nil
	case !found || !closed || strings.ContainsAny(after, "[]"):
		return "", "", errors.New("brackets do not match")
	}
	inside, instead, _ := strings.Cut(inside, "|")
	return before + inside + after, before + instead + after, nil
}

// parseParts splits a rule's text at its substitutions and plurals.
func parseParts(text string) ([]part, error) {
	var parts []part
	for text != "" {
		start := nextPart(text)
		if start > 0 {
			parts = append(parts, part{text: text[:start]})
		}
		if text = text[start:]; text == "" {
			break
		}
		p, size, err := parsePart(text)
		if err != nil {
			return nil, err
		}
		parts, text = append(parts, p), text[size:]
	}
	return parts, nil
}

// nextPart returns where the next substitution or plural begins.
func nextPart(text string) int {
	for i := range text {
		following := text[i+1:]
		if following == "" {
			break
		}
		switch text[i] {
		case '<', '>', '=':
			if following[0] == text[i] || strings.ContainsAny(following[:1], "%#0") {
				return i
			}
		case '$':
			if following[0] == '(' {
				return i
			}
		}
	}
	return len(text)
}

func parsePart(text string) (p part, size int, err error) {
	if text[0] == '$' {
		return parsePlural(text)
	}
	end := strings.IndexByte(text[1:], text[0])
	if end < 0 {
		return part{}, 0, errors.New("substitution without its end")
	}
	p = part{kind: partKind(text[0]), text: text[1 : 1+end]}
	size = end + 2
	switch {
	case p.kind == same && p.text == "":
		return part{}, 0, errors.New("a substitution by itself")
	case strings.HasPrefix(text, ">>>"):
		return part{}, 0, errors.New("the substitution >>> is not supported")
	case strings.HasPrefix(p.text, "#") || strings.HasPrefix(p.text, "0"):
		return part{kind: digits}, size, nil
	case p.kind == quotient && end > 0 && strings.HasPrefix(text[size:], "<"):
		p.zeros = true
		size++
	}
	return p, size, nil
}

// parsePlural reads "$(cardinal,one{text}other{text})$".
func parsePlural(text string) (p part, size int, err error) {
	inside, _, closed := strings.Cut(text[2:], ")$")
	kind, choices, hasChoices := strings.Cut(inside, ",")
	if !closed || !hasChoices {
		return part{}, 0, errors.New("plural without its end")
	}
	p = part{plural: map[string]string{}}
	switch kind {
	case "cardinal":
		p.kind = cardinal
	case "ordinal":
		p.kind = ordinal
	default:
		return part{}, 0, fmt.Errorf("plural of kind %q", kind)
	}
	for choices != "" {
		name, rest, opened := strings.Cut(choices, "{")
		form, after, ended := strings.Cut(rest, "}")
		if !opened || !ended {
			return part{}, 0, errors.New("braces of a plural do not match")
		}
		p.plural[name], choices = form, after
	}
	if _, there := p.plural["other"]; !there {
		return part{}, 0, errors.New("plural without other")
	}
	return p, len("$(") + len(inside) + len(")$"), nil
}
