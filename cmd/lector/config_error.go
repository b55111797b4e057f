package main

import (
	"errors"
	"regexp"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

// yamlMessage says what is wrong with a settings file without the names of our Go
// types.
func yamlMessage(err error) string {
	var t *yaml.TypeError
	if !errors.As(err, &t) {
		return strings.TrimPrefix(err.Error(), "yaml: ")
	}
	lines := make([]string, len(t.Errors))
	for i, l := range t.Errors {
		lines[i] = yamlLine(l)
	}
	return strings.Join(lines, "; ")
}

var errSecondDocument = errors.New("there is a second document behind ---")

// yamlHint says what to do about a settings file that cannot be read.
func yamlHint(err error) string {
	var t *yaml.TypeError
	if errors.As(err, &t) || errors.Is(err, errSecondDocument) {
		return "lector config shows all keys; lector config -h says how they are set"
	}
	return "the file is no YAML at that line or the one above: keys of a group are indented alike, by spaces; " +
		"a text with ': ', '#' or a bracket in it stands in quotes"
}

// typeMismatch is how the parser says that a value is of the wrong kind.
var typeMismatch = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile("^(line \\d+: )cannot unmarshal !!(\\w+) (?:`(.*)` )?into (.+)$")
})

// unknownKey is how the parser says that a group has no such key.
var unknownKey = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(line \d+: )field (.+) not found in type (\S+)$`) })

func yamlLine(line string) string {
	if m := unknownKey().FindStringSubmatch(line); m != nil {
		return m[1] + "unknown key " + m[2] + didYouMean(m[2], configKeys(m[3]))
	}
	m := typeMismatch().FindStringSubmatch(line)
	if m == nil {
		return line
	}
	got := "\"" + m[3] + "\""
	switch m[2] {
	case "seq":
		got = "a list"
	case "map":
		got = "a group of keys"
	}
	return m[1] + got + " is not " + typeName(m[4])
}

// typeName names the kind of value that a Go type stands for.
func typeName(name string) string {
	switch {
	case name == "string":
		return "a text"
	case name == "int":
		return "a whole number"
	case name == "float64":
		return "a number"
	case name == "bool":
		return "true or false"
	case name == "time.Duration":
		return "a time such as 30s"
	case strings.HasPrefix(name, "[]"):
		return "a list"
	}
	return "a group of keys"
}
