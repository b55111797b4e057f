// Package plain keeps text data: what a voice is given holds nothing that a
// synthesizer takes for a command.
package plain

import (
	"strings"
	"unicode"
)

// Line returns text on one line, without control and format characters (soft
// hyphens, joiners, byte order marks) and without broken UTF-8.
func Line(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Cf, r):
			return -1
		case unicode.IsControl(r) || r == unicode.ReplacementChar:
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, " "))
	return strings.Join(strings.Fields(text), " ")
}

var doubleBrackets = strings.NewReplacer("[[", " ", "]]", " ")

// Unbracketed returns Line without the double brackets by which espeak-ng
// switches to phonemes and say to commands.
func Unbracketed(text string) string {
	text = Line(text)
	for strings.Contains(text, "[[") || strings.Contains(text, "]]") {
		text = doubleBrackets.Replace(text)
	}
	return strings.Join(strings.Fields(text), " ")
}

var tags = strings.NewReplacer("[", "(", "]", ")", "{", "(", "}", ")", "<", " ", ">", " ", "|", " ")

// Untagged returns Line without the marks by which neural voices take stage
// directions, pauses, phonemes or markup: [laughs], [pause:2s], [word](/IPA/),
// <break/>, <|speaker|>. What stood in brackets is read as if in parentheses.
func Untagged(text string) string {
	return strings.Join(strings.Fields(tags.Replace(Line(text))), " ")
}
