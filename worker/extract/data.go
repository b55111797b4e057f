package extract

import (
	"embed"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"lector/worker/pattern"
)

// dataFiles are the rules and the words that their conditions name. The head of each file
// explains its format.
//
//go:embed data
var dataFiles embed.FS

var data = sync.OnceValue(func() *tables { return must(loadOwn(false)) })

// loadOwn reads the files of this package.
func loadOwn(checked bool) (*tables, error) {
	return load(dataFile("rules.txt"), dataFile("words.txt"), dataFile("patterns.txt"), checked)
}

// dataFile returns a file of dataFiles; a test reads them all.
func dataFile(name string) string {
	text, _ := dataFiles.ReadFile("data/" + name)
	return string(text)
}

func must(t *tables, err error) *tables {
	if err != nil {
		panic(err) // a test reads the files
	}
	return t
}

// tables are the files, ready for use.
type tables struct {
	checked bool
	rules   map[string]*rule
	order   []string         // the IDs, as they stand in the file
	lines   []*rule          // the rules for lines of text
	classes map[string]*rule // by a word of a class, or two joined by a plus
	cards   map[string]*rule // by a whole class name
	whole   map[string]*rule // by a line
	leads   map[string]*rule // by what stands before a mark
	lists   map[string][]string
	sets    map[string]map[string]bool
	bids    tongues
	goods   tongues
	months  map[string]int
	find    map[string]*pattern.Pattern
}

// load reads the files. Where they are checked, each pattern is compiled: else that is
// done when one is first used, for most articles have no use for most of them.
func load(rules, words, patterns string, checked bool) (*tables, error) {
	t := &tables{
		checked: checked,
		rules:   map[string]*rule{}, classes: map[string]*rule{}, cards: map[string]*rule{}, whole: map[string]*rule{}, leads: map[string]*rule{},
		lists: map[string][]string{}, sets: map[string]map[string]bool{}, months: map[string]int{}, find: map[string]*pattern.Pattern{},
	}
	if err := t.readWords(words); err != nil {
		return nil, err
	}
	if err := t.readPatterns(patterns); err != nil {
		return nil, err
	}
	var r *rule
	for n, line := range strings.Split(rules, "\n") {
		var err error
		switch name, rest, _ := strings.Cut(strings.TrimPrefix(line, "  "), " "); {
		case line == "" || line[0] == '#':
		case name == "rule":
			r, err = t.newRule(rest)
		case r == nil || line[0] != ' ':
			err = fmt.Errorf("%q belongs to no rule", line)
		default:
			err = t.condition(r, name, rest)
		}
		if err != nil {
			return nil, fmt.Errorf("rules.txt:%d: %w", n+1, err)
		}
	}
	return t, nil
}

// newRule reads "ID REASON [FORCE]".
func (t *tables) newRule(head string) (*rule, error) {
	f := append(strings.Fields(head), "guess")
	if len(f) < 3 || t.rules[f[0]] != nil {
		return nil, fmt.Errorf("rule %q: want a new ID and a reason", head)
	}
	r := &rule{id: f[0], reason: Reason(f[1]), sure: f[2] != "guess", fixed: f[2] == "fixed"}
	t.rules[r.id] = r
	t.order = append(t.order, r.id)
	return r, nil
}

// condition adds a line of the file to its rule.
func (t *tables) condition(r *rule, name, rest string) (err error) {
	switch name {
	case "says":
		r.says, r.words = rest, strings.HasPrefix(rest, "text: ")
	case "class":
		err = enter(t.classes, r, strings.Fields(rest))
	case "card":
		err = enter(t.cards, r, strings.Fields(rest))
	case "whole":
		err = enter(t.whole, r, strings.Split(rest, "|"))
	case "lead":
		err = enter(t.leads, r, strings.Split(rest, "|"))
	default:
		if !r.onLines {
			r.onLines = true
			t.lines = append(t.lines, r)
		}
		err = t.lineCondition(r, name, rest)
	}
	return err
}

func (t *tables) lineCondition(r *rule, name, rest string) (err error) {
	switch name {
	case "begin":
		r.begin = append(r.begin, strings.Split(rest, "|")...)
	case "any":
		r.any = append(r.any, strings.Split(rest, "|")...)
	case "need":
		r.need = append(r.need, strings.Split(rest, "|")...)
	case "plain":
		r.plain = append(r.plain, nil)
		err = t.pattern(&r.plain[len(r.plain)-1], rest)
	case "text":
		r.text = append(r.text, nil)
		err = t.pattern(&r.text[len(r.text)-1], rest)
	case "not":
		err = t.pattern(&r.not, rest)
	case "under":
		r.under, err = strconv.Atoi(rest)
	case "open":
		r.open = true
	case "unquoted":
		r.unquoted = true
	default:
		err = fmt.Errorf("%q is no condition", name)
	}
	return err
}

// pattern makes a pattern of an expression with the lists that it names: {list}.
func (t *tables) pattern(p **pattern.Pattern, s string) error {
	if strings.ContainsRune(s, '{') {
		s = listName.ReplaceAllStringFunc(s, func(name string) string {
			if list, known := t.lists[name[1:len(name)-1]]; known {
				return strings.Join(list, "|")
			}
			return name
		})
	}
	*p = pattern.New(s)
	if !t.checked {
		return nil
	}
	if _, err := regexp.Compile(s); err != nil {
		return fmt.Errorf("pattern: %w", err)
	}
	return nil
}

// listName is the name of a list in an expression.
var listName = pattern.New(`\{[a-z][a-z -]*\}`)

// enter files a rule under its names. Each name has one rule.
func enter(m map[string]*rule, r *rule, names []string) error {
	for _, name := range names {
		if old := m[name]; old != nil && old != r {
			return fmt.Errorf("%q stands at %s already", name, old.id)
		}
		m[name] = r
	}
	return nil
}

// languages are those of the lists that differ by language, line by line.
const languages = "en uk ru de fr es it pl"

func (t *tables) readWords(file string) error {
	lines := map[string][]string{}
	name := ""
	for n, line := range strings.Split(file, "\n") {
		head, isHead := strings.CutPrefix(line, "list ")
		switch {
		case line == "" || line[0] == '#':
		case isHead && lines[head] == nil:
			name = head
		case name == "" || !strings.HasPrefix(line, "  "):
			return fmt.Errorf("words.txt:%d: %q belongs to no list", n+1, line)
		default:
			lines[name] = append(lines[name], line[2:])
		}
	}
	for name, list := range lines {
		t.lists[name] = strings.Split(strings.Join(list, "|"), "|")
		t.sets[name] = map[string]bool{}
		for _, w := range t.lists[name] {
			t.sets[name][w] = true
		}
	}
	for i, line := range lines["months"] {
		for _, name := range strings.Split(line, "|") {
			t.months[name] = i + 1
		}
	}
	t.bids, t.goods = byLanguage(lines["bids"]), byLanguage(lines["goods"])
	return nil
}

// readPatterns reads the patterns that conditions in Go name. They are compiled
// when they are first used; a test compiles all.
func (t *tables) readPatterns(file string) error {
	for n, line := range strings.Split(file, "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		name, expression, found := strings.Cut(line, " = ")
		if !found || t.find[name] != nil {
			return fmt.Errorf("patterns.txt:%d: %q: want a new name, an equals sign and a pattern", n+1, line)
		}
		t.find[name] = pattern.New(expression)
	}
	return nil
}

// expr returns a pattern of data/patterns.txt.
func expr(name string) *pattern.Pattern {
	p := data().find[name]
	if p == nil {
		panic("no pattern " + name) // a test looks for each
	}
	return p
}

// tongues are lexemes by language, parsed when they are first used.
type tongues map[string]func() lexemes

// of returns the lexemes of a language, none where the file has no line for it.
func (t tongues) of(lang string) lexemes {
	if l := t[lang]; l != nil {
		return l()
	}
	return lexemes{}
}

func byLanguage(lines []string) tongues {
	m := tongues{"": sync.OnceValue(func() lexemes { return lexemesOf(strings.Join(lines, "|")) })}
	for i, lang := range strings.Fields(languages) {
		if i < len(lines) {
			m[lang] = sync.OnceValue(func() lexemes { return lexemesOf(lines[i]) })
		}
	}
	return m
}
