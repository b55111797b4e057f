package extract

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"lector"
)

// Corrections says where the corrections and updates of an article are read.
type Corrections string

// The places of corrections.
const (
	correctionsInPlace Corrections = "place" // where they stand; so is ""
	correctionsFirst   Corrections = "start" // before the text
	correctionsOff     Corrections = "off"   // nowhere
)

// Valid reports whether it is one of the places, or "".
func (c Corrections) Valid() bool {
	return slices.Contains([]Corrections{"", correctionsInPlace, correctionsFirst, correctionsOff}, c)
}

// isCorrection reports whether a paragraph corrects the article or brings it up to
// date: it begins by saying so, as in "Correction: …" or "Update, 3 p.m.: …".
func isCorrection(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	if !unicode.IsUpper(first) {
		return false
	}
	head := strings.ToLower(trim(text, 120))
	for _, label := range listed("corrections") {
		if rest, begins := strings.CutPrefix(head, label); begins && expr("after label").MatchString(rest) {
			return true
		}
	}
	return false
}

// WithCorrections returns the page with its corrections where they are to be read.
func (p Page) WithCorrections(where Corrections) Page {
	if where == "" || where == correctionsInPlace {
		return p
	}
	var found, rest []Block
	for _, b := range p.Blocks {
		switch {
		case !b.droppable() || !b.ofKind(lector.Paragraph, lector.Quote) || !isCorrection(b.Text):
			rest = append(rest, b)
		case where == correctionsOff:
			b.Keep, b.Rule, b.ID, b.Reason = false, "site: corrections are not read", "corrections", notes
			rest = append(rest, b)
		default:
			b.Rule = "site: corrections are read first"
			found = append(found, b)
		}
	}
	at := slices.IndexFunc(rest, Block.running)
	if at < 0 {
		at = len(rest)
	}
	p.Blocks = slices.Insert(rest, at, found...)
	return p
}
