package lang

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"path"
	"strings"
	"sync"

	"lector/worker/script/rbnf"
)

//go:embed */cldr-*.txt
var files embed.FS

// languages holds what was read, by tag.
var languages sync.Map

// language is the data of one language.
type language struct {
	plurals *pluralRules
	numbers *Spellout
	names   names // of units and currencies
}

// known returns the language of a tag, nil where there is no data. Data that
// cannot be read is a mistake of those who wrote it: a test reads all of it.
func known(tag string) *language {
	tag, _, _ = strings.Cut(strings.ToLower(tag), "-")
	if found, ok := languages.Load(tag); ok {
		return found.(*language)
	}
	read, err := readLanguage(files, tag)
	if err != nil {
		return nil
	}
	found, _ := languages.LoadOrStore(tag, read)
	return found.(*language)
}

// readLanguage reads the folder of a language.
func readLanguage(files fs.FS, tag string) (*language, error) {
	plurals, err := readFile(files, tag, "cldr-plurals", parsePlurals)
	if err != nil {
		return nil, err
	}
	rules, err := readFile(files, tag, "cldr-numbers", rbnf.Parse)
	if err != nil {
		return nil, err
	}
	all, err := readFile(files, tag, "cldr-units", parseNames)
	if err != nil {
		return nil, err
	}
	currencies, err := readFile(files, tag, "cldr-currencies", parseNames)
	if err != nil {
		return nil, err
	}
	all.join(currencies)
	return &language{plurals: plurals, numbers: &Spellout{rules: rules, plurals: plurals}, names: all}, nil
}

// readFile reads a file and, after it, the one of our own that stands beside it.
func readFile[T any](files fs.FS, tag, name string, parse func(texts ...string) (T, error)) (T, error) {
	var none T
	copied, err := fs.ReadFile(files, path.Join(tag, name+".txt"))
	if err != nil {
		return none, err
	}
	own, err := fs.ReadFile(files, path.Join(tag, name+"-own.txt"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return none, err
	}
	parsed, err := parse(string(copied), string(own))
	if err != nil {
		return none, fmt.Errorf("%s/%s: %w", tag, name, err)
	}
	return parsed, nil
}

// dataLines returns the lines that are neither empty nor comments.
func dataLines(texts ...string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for line := range strings.Lines(strings.Join(texts, "\n")) {
			line = strings.TrimRight(line, "\r\n")
			if line == "" || line[0] == '#' {
				continue
			}
			if !yield(line) {
				return
			}
		}
	}
}
