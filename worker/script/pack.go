package script

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp/syntax"
	"slices"
	"strings"
	"sync"
	"unicode"

	"lector/worker/script/lang"
)

// packFiles are the languages' folders of data. Each has the same files.
//
//go:embed lang/*/language.txt lang/*/months.txt lang/*/abbreviations.txt lang/*/units.txt lang/*/currencies.txt lang/*/scales.txt
//go:embed shared/*.txt lexicon/en.txt lang/*/names.txt lang/*/letters.txt lang/*/initialisms.txt lang/*/lists.txt lang/*/grammar.txt lang/*/shapes.txt
var packFiles embed.FS

// pack is what a language's folder says.
type pack struct {
	tag           string
	checked       bool
	settings      map[string]string
	months        [12]month
	abbreviations map[string][]abbreviation // by their first run of letters, in lower case
	nouns         map[string]map[string]noun
	letters       map[string]string
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
	p := &pack{tag: path.Base(dir), checked: checked, nouns: map[string]map[string]noun{}, letters: map[string]string{}, initialisms: map[string]string{}, kinds: map[string]*wordlist{}, types: map[string]*syntax.Regexp{}}
	for _, read := range []func(fs.FS, string) error{
		p.readSettings, p.readMonths, p.readAbbreviations, p.readNouns, p.readWords, p.readLists, p.readGrammar, p.readShapes,
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

// readSettings reads language.txt: what it must say, in any order, and what it may say
// besides.
func (p *pack) readSettings(files fs.FS, dir string) error {
	required := strings.Fields("byline and date ordinal-stop decimal point groups minus plus range half vowels apostrophe unit-end at dot slash dash underscore address-plus www colon")
	optional := strings.Fields("whole month-case leading-zero number-plural letters-joined initialism-plural short-initialisms vowel-share equals percent")
	rows, err := readRows(files, path.Join(dir, "language.txt"), 2, 1)
	if err != nil {
		return err
	}
	p.settings = map[string]string{}
	for _, r := range rows {
		if !slices.Contains(required, r.columns[0]) && !slices.Contains(optional, r.columns[0]) {
			return r.refuse("unknown setting %q", r.columns[0])
		}
		p.settings[r.columns[0]] = r.column(1)
	}
	for _, name := range required {
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

// readWords reads the names of letters, and what initialisms are said as: a word as it
// stands (~), letters by their names (abc), or other words.
func (p *pack) readWords(files fs.FS, dir string) error {
	for name, words := range map[string]map[string]string{"letters.txt": p.letters, "initialisms.txt": p.initialisms} {
		rows, err := readRows(files, path.Join(dir, name), 2, 1)
		if err != nil {
			return err
		}
		for _, r := range rows {
			words[r.columns[0]] = strings.Trim(r.columns[1], "~")
		}
	}
	return nil
}

// sentenceLists are the lists by which sentences are split. Every language has
// the first; shapes may use more.
const sentenceLists = "starters zones-and-days worship time-words openings city-bodies before-letter first-person no-speakers saying ended-by years"

func (p *pack) readLists(files fs.FS, dir string) error {
	name := path.Join(dir, "lists.txt")
	var err error
	if p.lists, err = wordLists(files, name); err != nil {
		return err
	}
	if first, _, _ := strings.Cut(sentenceLists, " "); len(p.lists[first]) == 0 {
		return fmt.Errorf("%s: no list %q", name, first)
	}
	return nil
}

// wordLists reads a file of lists: name, words.
func wordLists(files fs.FS, name string) (map[string][]string, error) {
	rows, err := readRows(files, name, 2, 1)
	lists := map[string][]string{}
	for _, r := range rows {
		lists[r.columns[0]] = strings.Fields(strings.Join(r.columns[1:], " "))
	}
	return lists, err
}

// shared returns the lists that hold for every language, by name.
var shared = listsOnce("shared/lists.txt")

// listsOnce returns what reads a file of lists when it is first called. A file
// that cannot be read is a mistake of its author, which a test finds.
func listsOnce(name string) func() map[string]map[string]bool {
	return sync.OnceValue(func() map[string]map[string]bool {
		lists, _ := wordLists(packFiles, name)
		sets := map[string]map[string]bool{}
		for list, words := range lists {
			sets[list] = setOf(words)
		}
		return sets
	})
}

// language makes of a pack what the parts of the script that are the same for
// all languages ask for.
func (p *pack) language() *language {
	l := &language{tag: p.tag, capitals: map[string]bool{}, lists: map[string]map[string]bool{}, endings: map[string]string{}, pack: p}
	for name := range strings.FieldsSeq(sentenceLists) {
		l.lists[name] = setOf(p.lists[name])
	}
	for kind := range strings.FieldsSeq(nounKinds) {
		for _, written := range p.written(kind) {
			if unicode.IsLetter(firstRune(written)) && !allUpper(lastWord(written)) {
				l.stops(abbreviation{written: strings.TrimSuffix(written, ".") + ".", end: p.nouns[kind][written].end})
			}
		}
	}
	all := slices.Concat(slices.Collect(maps.Values(p.abbreviations))...)
	slices.SortFunc(all, func(a, b abbreviation) int { return strings.Compare(a.written, b.written) })
	for _, a := range all {
		l.stops(a)
	}
	for _, a := range all {
		l.inner(a)
	}
	return l
}

// stops notes how a sentence ends behind an abbreviation: by its last piece, and
// by all of them.
func (l *language) stops(a abbreviation) {
	if !strings.HasSuffix(a.written, ".") {
		return
	}
	for piece := range strings.FieldsSeq(a.written) {
		l.capitals[strings.TrimSuffix(piece, ".")] = true
	}
	pieces := strings.Fields(strings.ToLower(a.written))
	l.end(strings.TrimSuffix(pieces[len(pieces)-1], "."), a.end)
	l.end(strings.TrimSuffix(strings.Join(pieces, ""), "."), a.end)
}

// end notes whether a sentence ends behind a word. "no" goes before "number", and
// that before all others.
func (l *language) end(word, kind string) {
	if old := l.endings[word]; old != "no" && (old != "number" || kind == "no") {
		l.endings[word] = kind
	}
}

// inner notes the pieces of an abbreviation before its last, behind which no
// sentence ends, unless they are abbreviations by themselves.
func (l *language) inner(a abbreviation) {
	pieces := strings.Fields(strings.ToLower(a.written))
	for _, piece := range pieces[:len(pieces)-1] {
		if word, stopped := strings.CutSuffix(piece, "."); stopped && l.endings[word] == "" {
			l.endings[word] = "no"
		}
	}
}
