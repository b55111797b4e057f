package script

import (
	"regexp/syntax"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// expression is a regular expression of package regexp whose lists of words are
// looked up and not compiled: a pack has hundreds of expressions, and most of
// them hold a list of up to two hundred words. It finds what regexp finds: the
// same leftmost-first match. It is compiled when it is first tried.
type expression struct {
	lists   []*wordlist
	types   []*syntax.Regexp
	source  string // until it is parsed
	tree    *syntax.Regexp
	compile sync.Once
	prog    *syntax.Prog
}

// A list stands in an expression as two characters of Unicode's private use:
// its own, which says where it is in lists, and the sign that ends it, without
// which the parser would make one class of two lists. A type stands there so while the
// expression is parsed: hundreds of expressions share a few types, each parsed once.
const (
	listBase = '\ue000'
	typeBase = '\uf000'
	listEnd  = '\uf8ff'
)

// list adds a list and returns what stands for it.
func (e *expression) list(words *wordlist) string {
	e.lists = append(e.lists, words)
	return string([]rune{listBase + rune(len(e.lists)-1), listEnd})
}

// listOf returns the list that a character stands for, nil for any other.
func (e *expression) listOf(c rune) *wordlist {
	if i := int(c - listBase); i >= 0 && i < len(e.lists) {
		return e.lists[i]
	}
	return nil
}

// parse reads the source, in which lists stand as list returned them.
func (e *expression) parse(source string) error {
	tree, err := syntax.Parse(source, syntax.Perl)
	if err == nil {
		e.tree = e.withTypes(tree)
	}
	return err
}

// typed adds a type and returns what stands for it.
func (e *expression) typed(re *syntax.Regexp) string {
	e.types = append(e.types, re)
	return string([]rune{typeBase + rune(len(e.types)-1), listEnd})
}

// withTypes puts the types where their signs stand.
func (e *expression) withTypes(re *syntax.Regexp) *syntax.Regexp {
	if re.Op == syntax.OpLiteral {
		return e.withTypesIn(re)
	}
	for i, sub := range re.Sub {
		re.Sub[i] = e.withTypes(sub)
	}
	return re
}

// withTypesIn does so in a literal.
func (e *expression) withTypesIn(re *syntax.Regexp) *syntax.Regexp {
	var parts []*syntax.Regexp
	from := 0
	literal := func(to int) {
		if from < to {
			parts = append(parts, &syntax.Regexp{Op: syntax.OpLiteral, Flags: re.Flags, Rune: re.Rune[from:to]})
		}
	}
	for i, c := range re.Rune {
		if n := int(c - typeBase); n >= 0 && n < len(e.types) {
			literal(i)
			parts = append(parts, e.types[n])
			from = i + 2
		}
	}
	switch {
	case from == 0: // there is none
		return re
	case from == len(re.Rune) && len(parts) == 1:
		return parts[0]
	}
	literal(len(re.Rune))
	return &syntax.Regexp{Op: syntax.OpConcat, Flags: re.Flags, Sub: parts}
}

// parseLater notes the source, to be parsed when the expression is first tried. Where it
// is checked it is parsed at once.
func (e *expression) parseLater(source string, checked bool) error {
	if checked {
		return e.parse(source)
	}
	e.source = source
	return nil
}

func (e *expression) program() *syntax.Prog {
	e.compile.Do(func() {
		var err error
		if e.tree == nil {
			err = e.parse(e.source)
		}
		var prog *syntax.Prog
		if err == nil {
			prog, err = syntax.Compile(e.tree.Simplify())
		}
		if err != nil {
			panic("expression: " + err.Error()) // a test checks all packs
		}
		e.prog = prog
	})
	return e.prog
}

// wordlist is the words of a list in the order in which they are tried. A space
// in a word may lack where it is written.
type wordlist struct {
	fold   bool // capitals and small letters are the same
	words  []string
	starts map[rune][]string
}

func newWordlist(words []string, fold bool) *wordlist {
	l := &wordlist{fold: fold, starts: map[rune][]string{}}
	for _, w := range words {
		w = strings.ReplaceAll(w, "_", " ")
		l.words = append(l.words, w)
		first := firstRune(w)
		l.starts[first] = append(l.starts[first], w)
		for c := unicode.SimpleFold(first); fold && c != first; c = unicode.SimpleFold(c) {
			l.starts[c] = append(l.starts[c], w)
		}
	}
	return l
}

// at returns how many bytes of text one of the list's words takes, -1 for none.
func (l *wordlist) at(word, text string) int {
	n := 0
	for _, want := range word {
		got, size := utf8.DecodeRuneInString(text[n:])
		switch {
		case size > 0 && l.same(want, got):
			n += size
		case want != ' ':
			return -1
		}
	}
	return n
}

func (l *wordlist) same(want, got rune) bool {
	switch {
	case want == got, want == ' ' && got == '\u00a0':
		return true
	case !l.fold:
		return false
	}
	for c := unicode.SimpleFold(want); c != want; c = unicode.SimpleFold(c) {
		if c == got {
			return true
		}
	}
	return false
}

// firstRunes are the ranges of the characters that the list's words begin with.
func (l *wordlist) firstRunes() []rune {
	ranges := make([]rune, 0, 2*len(l.starts))
	for c := range l.starts {
		ranges = append(ranges, c, c)
	}
	return ranges
}

// trial tries expressions. It steps through a program as the backtracker of
// package regexp does, and notes each instruction and place that it has been
// at, so that no text takes longer than their number.
type trial struct {
	e       *expression
	text    string
	prog    *syntax.Prog
	visited []uint64
	groups  []int
}

// match returns the groups of the match at the text's beginning as
// FindStringSubmatchIndex does, nil for none.
func (t *trial) match(e *expression, text string) []int {
	t.start(e, text)
	if !t.step(uint32(t.prog.Start), 0) {
		return nil
	}
	return slices.Clone(t.groups)
}

// matches reports whether the text begins with a match.
func (t *trial) matches(e *expression, text string) bool {
	t.start(e, text)
	return t.step(uint32(t.prog.Start), 0)
}

// finds reports whether there is a match anywhere.
func (t *trial) finds(e *expression, text string) bool {
	t.start(e, text)
	for at := range text {
		if t.step(uint32(t.prog.Start), at) {
			return true
		}
	}
	return t.step(uint32(t.prog.Start), len(text))
}

func (t *trial) start(e *expression, text string) {
	t.e, t.text, t.prog = e, text, e.program()
	words := (len(t.prog.Inst)*(len(text)+1) + 63) / 64
	t.visited = slices.Grow(t.visited[:0], words)[:words]
	clear(t.visited)
	t.groups = slices.Grow(t.groups[:0], t.prog.NumCap)[:t.prog.NumCap]
	for i := range t.groups {
		t.groups[i] = -1
	}
}

// seen reports whether this instruction was tried at this place, and notes it.
func (t *trial) seen(pc uint32, at int) bool {
	n := int(pc)*(len(t.text)+1) + at
	old := t.visited[n/64]
	t.visited[n/64] = old | 1<<(n%64)
	return old>>(n%64)&1 != 0
}

func (t *trial) step(pc uint32, at int) bool {
	for {
		i := &t.prog.Inst[pc]
		switch i.Op {
		case syntax.InstMatch:
			return true
		case syntax.InstFail:
			return false
		case syntax.InstAlt, syntax.InstAltMatch:
			if t.seen(pc, at) {
				return false
			}
			if t.step(i.Out, at) {
				return true
			}
			pc = i.Arg
		case syntax.InstCapture:
			return t.capture(i, at)
		case syntax.InstEmptyWidth:
			if syntax.EmptyOp(i.Arg)&^t.context(at) != 0 {
				return false
			}
			pc = i.Out
		case syntax.InstNop:
			pc = i.Out
		default:
			if list := t.listAt(i); list != nil {
				return !t.seen(pc, at) && t.word(list, i, at)
			}
			c, size := rune(0), 0
			if at < len(t.text) {
				if c, size = rune(t.text[at]), 1; c >= utf8.RuneSelf {
					c, size = utf8.DecodeRuneInString(t.text[at:])
				}
			}
			if size == 0 || !i.MatchRune(c) {
				return false
			}
			at += size
			pc = i.Out
		}
	}
}

func (t *trial) capture(i *syntax.Inst, at int) bool {
	old := t.groups[i.Arg]
	t.groups[i.Arg] = at
	if t.step(i.Out, at) {
		return true
	}
	t.groups[i.Arg] = old
	return false
}

// listAt returns the list that an instruction stands for, nil for none.
func (t *trial) listAt(i *syntax.Inst) *wordlist {
	if i.Op != syntax.InstRune1 || i.Rune[0] < listBase {
		return nil
	}
	return t.e.listOf(i.Rune[0])
}

// word goes on behind each word of a list that stands here.
func (t *trial) word(list *wordlist, i *syntax.Inst, at int) bool {
	behind := t.prog.Inst[i.Out].Out // behind the sign that ends the list
	for _, w := range list.starts[firstRune(t.text[at:])] {
		if n := list.at(w, t.text[at:]); n >= 0 && t.step(behind, at+n) {
			return true
		}
	}
	return false
}

// context returns what may be asserted of a place, as \b and $.
func (t *trial) context(at int) syntax.EmptyOp {
	before, after := rune(-1), rune(-1)
	if at > 0 {
		before = lastRune(t.text[:at])
	}
	if at < len(t.text) {
		after = firstRune(t.text[at:])
	}
	return syntax.EmptyOpContext(before, after)
}
