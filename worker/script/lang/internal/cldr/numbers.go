package main

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
)

// unused are rule sets that nobody asks for: the second name of a case, and
// what is for reading numbers.
var unused = regexp.MustCompile(`^%(spellout-.*-ablative|spellout-.*-prepositional|spellout-.*-verbose|spellout-cardinal-plural.*|%lenient-parse)$`)

const numbersFile = "cldr-numbers.txt"

// numbers copies the rules that spell numbers out.
func (c copier) numbers(tag string) error {
	data, err := os.ReadFile(c.path("cldr-rbnf", "rbnf/"+tag+"-SpelloutRules.txt"))
	if err != nil {
		return err
	}
	own, err := c.own(tag, numbersFile)
	if err != nil {
		return err
	}
	sets := ruleSets(string(data))
	var out bytes.Buffer
	for _, set := range sets.needed(replaced(own)) {
		out.WriteString(set + ":\n" + sets.rules[set])
	}
	return c.write(tag, numbersFile, &out)
}

type rules struct {
	order []string
	rules map[string]string
}

func ruleSets(text string) rules {
	all := rules{rules: map[string]string{}}
	name := ""
	text = strings.NewReplacer("\u00ad", "", "\u02bc", "'").Replace(text)
	for line := range strings.Lines(text) {
		switch {
		case strings.HasPrefix(line, "%"):
			name = strings.TrimSuffix(strings.TrimSpace(line), ":")
			all.order = append(all.order, name)
		case strings.HasPrefix(line, "Inf:"), strings.HasPrefix(line, "NaN:"), strings.Contains(line, " =#"):
			// digits, which are no words
		default:
			all.rules[name] += line
		}
	}
	return all
}

var reference = regexp.MustCompile(`%+[a-z0-9-]+`)

// replaced returns the sets that a file of our own has in whole.
func replaced(own string) []string {
	var sets []string
	for line := range strings.Lines(own) {
		name, after, _ := strings.Cut(strings.TrimSpace(line), ":")
		if strings.HasPrefix(name, "%") && after == "" {
			sets = append(sets, name)
		}
	}
	return sets
}

// needed returns the sets that are used, and those that they write with.
func (r rules) needed(replaced []string) []string {
	marked := map[string]bool{}
	var mark func(string)
	mark = func(set string) {
		if marked[set] || slices.Contains(replaced, set) {
			return
		}
		marked[set] = true
		for _, next := range reference.FindAllString(r.rules[set], -1) {
			mark(next)
		}
	}
	for _, set := range r.order {
		if !strings.HasPrefix(set, "%%") && !unused.MatchString(set) {
			mark(set)
		}
	}
	var needed []string
	for _, set := range r.order {
		if marked[set] {
			needed = append(needed, set)
		}
	}
	return needed
}

var categories = strings.Fields("zero one two few many")

// plurals copies the conditions of the plural categories: "cardinal one: i = 1
// and v = 0".
func (c copier) plurals(tag string) error {
	var out bytes.Buffer
	for _, kind := range []string{"cardinal", "ordinal"} {
		var file struct {
			Supplemental map[string]any
		}
		name := map[string]string{"cardinal": "plurals", "ordinal": "ordinals"}[kind]
		if err := c.read("cldr-core", "supplemental/"+name+".json", &file); err != nil {
			return err
		}
		table, _ := file.Supplemental["plurals-type-"+kind].(map[string]any)
		conditions, _ := table[tag].(map[string]any)
		if conditions == nil {
			return fmt.Errorf("no plurals of type %s", kind)
		}
		for _, category := range categories {
			condition, _ := conditions["pluralRule-count-"+category].(string)
			condition, _, _ = strings.Cut(condition, "@")
			if condition = strings.TrimSpace(condition); condition != "" {
				fmt.Fprintf(&out, "%s %s: %s\n", kind, category, condition)
			}
		}
	}
	return c.write(tag, "cldr-plurals.txt", &out)
}
