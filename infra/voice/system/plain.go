package system

import (
	"strings"
	"unicode"
)

// commands are the marks by which espeak-ng and say take what follows for
// phonemes or commands. An article that holds them is read without them.
var commands = strings.NewReplacer("[[", " ", "]]", " ")

// plain makes text that no program takes for anything but text: without
// command marks, control characters or broken UTF-8, and on one line, because
// espeak-ng reads a blank line as a pause.
func plain(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Cf, r): // soft hyphens, joiners, byte order marks
			return -1
		case unicode.IsControl(r) || r == unicode.ReplacementChar:
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, " "))
	for strings.Contains(text, "[[") || strings.Contains(text, "]]") {
		text = commands.Replace(text)
	}
	return strings.Join(strings.Fields(text), " ")
}
