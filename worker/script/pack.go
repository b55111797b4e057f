package script

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp/syntax"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"lector/worker/script/lang"
)

// packFiles are the languages' folders of data. Each has the same files.
//
//go:embed lang/*/language.txt lang/*/months.txt lang/*/abbreviations.txt lang/*/units.txt lang/*/currencies.txt lang/*/scales.txt
//go:embed lang/*/names.txt lang/*/letters.txt lang/*/initialisms.txt lang/*/lists.txt lang/*/grammar.txt lang/*/shapes.txt
var packFiles embed.FS

// pack is what a language's folder says.
type pack struct {
	tag           string
	checked       bool
	settings      map[string]string
	months        [12]month
	abbreviations map[string][]abbreviation // by their first run of letters, in lower case
	nouns         map[string]map[string]noun
	letters       map[rune]string
	initialisms   map[string]string // "" where it is read as a word
	lists         map[string][]string
	grammar       grammar
	shapes        shapes
	kinds         map[string]*wordlist      // of the types of fields; nil for one that is no list
	types         map[string]*syntax.Regexp // those that are no list
	signs         signs
	numbers       *lang.Spellout
}

// month has the name that stands in a date, and all ways to write it.
type month struct {
	name    string
	written []string
}

// packs are the languages that were asked for, each read once.
type packs struct {
	files fs.FS
	read  sync.Map // tag → *language, nil for what has no folder
}

// language returns what the folder of a language says, and nil where there is
// none. A folder that cannot be read is a mistake of its author: a test reads
// all of them.
func (p *packs) language(tag string) *language {
	if found, ok := p.read.Load(tag); ok {
		return found.(*language)
	}
	var l *language
	if k, err := readPack(p.files, path.Join("lang", tag), false); err == nil {
		l = k.language()
	}
	found, _ := p.read.LoadOrStore(tag, l)
	return found.(*language)
}

// readPack reads the folder of a language. Where it is checked all of it is parsed: else
// what most articles have no use for is parsed when it is first used.
func readPack(files fs.FS, dir string, checked bool) (*pack, error) {
	p := &pack{tag: path.Base(dir), checked: checked, nouns: map[string]map[string]noun{}, kinds: map[string]*wordlist{}, types: map[string]*syntax.Regexp{}}
	for _, read := range []func(fs.FS, string) error{
		p.readSettings, p.readMonths, p.readAbbreviations, p.readNouns, p.readLetters, p.readInitialisms, p.readLists, p.readGrammar, p.readShapes,
	} {
		if err := read(files, dir); err != nil {
			return nil, err
		}
	}
	if p.numbers = lang.Numbers(p.tag); p.numbers == nil {
		return nil, fmt.Errorf("%s: %w", dir, errors.New("no numbers"))
	}
	return p, nil
}

// settingNames are what language.txt must say, in any order.
var settingNames = strings.Fields("byline and date ordinal-stop decimal point groups minus plus range half vowels apostrophe unit-end at dot slash dash underscore address-plus www colon")

// ownSettings are what it may say besides.
var ownSettings = strings.Fields("whole month-case leading-zero number-plural letters-joined initialism-plural short-initialisms vowel-share equals percent")

func (p *pack) readSettings(files fs.FS, dir string) error {
	rows, err := readRows(files, path.Join(dir, "language.txt"), 2, 1)
	if err != nil {
		return err
	}
	p.settings = map[string]string{}
	for _, r := range rows {
		if !slices.Contains(settingNames, r.columns[0]) && !slices.Contains(ownSettings, r.columns[0]) {
			return r.refuse("unknown setting %q", r.columns[0])
		}
		p.settings[r.columns[0]] = r.column(1)
	}
	for _, name := range settingNames {
		if _, ok := p.settings[name]; !ok {
			return fmt.Errorf("%s: no setting %q", path.Join(dir, "language.txt"), name)
		}
	}
	s := p.settings
	p.signs = signs{
		at: s["at"], dot: s["dot"], slash: s["slash"], dash: s["dash"], underscore: s["underscore"], plus: s["address-plus"], www: s["www"], colon: s["colon"],
		equals: s["equals"], and: s["and"], percent: s["percent"], piece: p.piece,
	}
	return nil
}

func (p *pack) readMonths(files fs.FS, dir string) error {
	name := path.Join(dir, "months.txt")
	rows, err := readRows(files, name, 1, 1)
	if err != nil {
		return err
	}
	if len(rows) != 12 {
		return fmt.Errorf("%s: %d lines, not 12", name, len(rows))
	}
	for i, r := range rows {
		p.months[i] = month{name: r.columns[0], written: r.columns}
	}
	return nil
}

func (p *pack) readLetters(files fs.FS, dir string) error {
	rows, err := readRows(files, path.Join(dir, "letters.txt"), 2, 1)
	p.letters = map[rune]string{}
	for _, r := range rows {
		p.letters[firstRune(r.columns[0])] = r.columns[1]
	}
	return err
}

// readInitialisms reads what initialisms are said as: a word as it stands (~),
// letters by their names (abc), or other words.
func (p *pack) readInitialisms(files fs.FS, dir string) error {
	rows, err := readRows(files, path.Join(dir, "initialisms.txt"), 2, 1)
	p.initialisms = map[string]string{}
	for _, r := range rows {
		p.initialisms[r.columns[0]] = strings.Trim(r.columns[1], "~")
	}
	return err
}

// listNames are the lists that every language has; shapes may use more.
var listNames = []string{"starters"}

func (p *pack) readLists(files fs.FS, dir string) error {
	name := path.Join(dir, "lists.txt")
	rows, err := readRows(files, name, 2, 1)
	if err != nil {
		return err
	}
	p.lists = map[string][]string{}
	for _, r := range rows {
		p.lists[r.columns[0]] = strings.Fields(strings.Join(r.columns[1:], " "))
	}
	for _, list := range listNames {
		if len(p.lists[list]) == 0 {
			return fmt.Errorf("%s: no list %q", name, list)
		}
	}
	return nil
}

// language makes of a pack what the parts of the script that are the same for
// all languages ask for.
func (p *pack) language() *language {
	l := &language{
		tag: p.tag, by: p.settings["byline"], and: p.settings["and"], ordinalDot: p.settings["ordinal-stop"] == "yes",
		starters: map[string]bool{}, abbreviations: map[string]bool{}, beforeNumber: map[string]bool{}, maybe: map[string]bool{}, endsBehind: map[string]string{},
		dated: func(t time.Time, _ *language) string { return p.date(t) }, spell: p.spell, pack: p,
	}
	for i, m := range p.months {
		l.months[i] = m.name
	}
	for _, word := range p.lists["starters"] {
		l.starters[word] = true
	}
	for _, kind := range nounKinds {
		for _, written := range p.written(kind) {
			if unicode.IsLetter(firstRune(written)) && !allUpper(lastWord(written)) {
				l.stops(abbreviation{written: strings.TrimSuffix(written, ".") + ".", end: p.nouns[kind][written].end})
			}
		}
	}
	for _, list := range p.abbreviations {
		for _, a := range list {
			l.stops(a)
		}
	}
	for _, list := range p.abbreviations {
		for _, a := range list {
			l.inner(a)
		}
	}
	return l
}

// stops notes how a sentence ends behind an abbreviation: by its last piece.
func (l *language) stops(a abbreviation) {
	if !strings.HasSuffix(a.written, ".") {
		return
	}
	pieces := strings.Fields(strings.ToLower(a.written))
	last := strings.TrimSuffix(pieces[len(pieces)-1], ".")
	joined := strings.TrimSuffix(strings.Join(pieces, ""), ".")
	for _, word := range []string{last, joined} {
		switch a.end {
		case "no":
			l.abbreviations[word] = true
		case "number":
			l.beforeNumber[word] = true
		default:
			l.maybe[word] = true
			l.endsBehind[word] = a.end
		}
	}
}

// inner notes the pieces of an abbreviation before its last, behind which no
// sentence ends, unless they are abbreviations by themselves.
func (l *language) inner(a abbreviation) {
	pieces := strings.Fields(strings.ToLower(a.written))
	for _, piece := range pieces[:len(pieces)-1] {
		word, stopped := strings.CutSuffix(piece, ".")
		if stopped && !l.maybe[word] && !l.beforeNumber[word] {
			l.abbreviations[word] = true
		}
	}
}

// date writes a day as articles of the language do.
func (p *pack) date(t time.Time) string {
	return strings.NewReplacer("{day}", t.Format("2"), "{month}", p.months[t.Month()-1].name, "{year}", t.Format("2006")).Replace(p.settings["date"])
}
