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
	plurals, err := readFile(files, tag, "cldr-plurals.txt", parsePlurals)
	if err != nil {
		return nil, err
	}
	own, err := optional(files, path.Join(tag, "cldr-numbers-own.txt"))
	if err != nil {
		return nil, err
	}
	rules, err := readFile(files, tag, "cldr-numbers.txt", func(text string) (*rbnf.Rules, error) { return rbnf.Parse(text, own) })
	if err != nil {
		return nil, err
	}
	return &language{plurals: plurals, numbers: &Spellout{rules: rules, plurals: plurals}}, nil
}

func readFile[T any](files fs.FS, tag, name string, parse func(string) (T, error)) (T, error) {
	data, err := fs.ReadFile(files, path.Join(tag, name))
	if err != nil {
		var none T
		return none, err
	}
	parsed, err := parse(string(data))
	if err != nil {
		return parsed, fmt.Errorf("%s/%s: %w", tag, name, err)
	}
	return parsed, nil
}

func optional(files fs.FS, name string) (string, error) {
	data, err := fs.ReadFile(files, name)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return string(data), err
}

// dataLines returns the lines that are neither empty nor comments.
func dataLines(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for line := range strings.Lines(text) {
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
