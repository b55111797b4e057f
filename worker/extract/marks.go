package extract

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// noteMarks takes the marks of notes out of a text, as in "by monks.[4]", and
// returns them.
func (k rulebook) noteMarks(text string) (rest, marks string) {
	if !strings.Contains(text, "[") || k.get("note.mark") == nil {
		return text, ""
	}
	var found []string
	rest = expr("note mark").ReplaceAllStringFunc(text, func(m string) string {
		at := strings.IndexByte(m, '[')
		found = append(found, m[at:])
		return m[:at]
	})
	return rest, strings.Join(found, " ")
}

// footnoteMark reports whether a sup element is a number or sign that points at
// a note: it is a link, or a small number behind a word, a stop or a long number.
// Behind a short number it is a power, before a letter the mass of an isotope.
func footnoteMark(n *html.Node) bool {
	mark := strings.Trim(strings.TrimSpace(textOf(n)), "[]()")
	switch {
	case len(mark) > 6:
		return false
	case holds(n, atom.A):
		return true
	case mark == "" || strings.Trim(mark, "0123456789*†‡,–-") != "" || len(mark) > 3:
		return false
	}
	before, after := beside(n.PrevSibling), beside(n.NextSibling)
	if next, _ := utf8.DecodeRuneInString(after); unicode.IsLetter(next) {
		return false
	}
	word := before[strings.LastIndexAny(before, " \u00a0")+1:]
	number := strings.TrimLeft(word, "$€£")
	if strings.Trim(number, "0123456789.,") == "" && number != "" {
		return strings.HasSuffix(number, ".") || len(number) > 4
	}
	return utf8.RuneCountInString(word) > 2
}

// beside returns the text of a neighbour.
func beside(n *html.Node) string {
	switch {
	case n == nil:
		return ""
	case n.Type == html.TextNode:
		return n.Data
	}
	return textOf(n)
}

// addMarks gives the marks of notes, which are not read, a block of their own.
func (w *walker) addMarks(b raw, marks string) {
	if marks == "" {
		return
	}
	b.Text = marks
	b.shares = shares{}
	b.chain = append(b.chain[:len(b.chain):len(b.chain)], w.origin("note.mark"))
	w.blocks = append(w.blocks, b)
}

// longestAmount is how much of a text is looked at for an amount at its end, in bytes.
const longestAmount = 12

// The signs of a number on the line, above it and below it.
const (
	onLine  = "0123456789+-−–"
	raised  = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻"
	lowered = "₀₁₂₃₄₅₆₇₈₉₊₋₋₋"
)

// shifted writes each sign of onLine as the one at its place in signs.
func shifted(s, signs string) string {
	return strings.Map(func(c rune) rune {
		if at := strings.IndexRune(onLine, c); at >= 0 {
			return []rune(signs)[utf8.RuneCountInString(onLine[:at])]
		}
		return c
	}, s)
}

// shift writes the digits of a sup or sub element as Unicode has them, so that
// what they mean is not lost with the element: a power, a charge, an isotope.
// Two raised digits behind an amount are its cents.
func (w *walker) shift(n *html.Node, s string) string {
	switch {
	case strings.Trim(strings.TrimSpace(s), onLine) != "":
		return s
	case n.DataAtom == atom.Sub:
		return shifted(s, lowered)
	case n.DataAtom != atom.Sup:
		return s
	case len(strings.TrimSpace(s)) == 2 && expr("amount before").MatchString(string(w.text[max(0, len(w.text)-longestAmount):])):
		return "." + strings.TrimSpace(s)
	}
	return shifted(s, raised)
}

// spokenAid reports whether an element that is hidden from the eye stands beside
// one that is hidden from the ear and begins it: it holds the word as it is said,
// as sites do whose first letter is an element of its own.
func spokenAid(n *html.Node) bool {
	said := key(textOf(n))
	for _, sib := range []*html.Node{siblingElement(n, previous), siblingElement(n, next)} {
		if sib == nil || attr(sib, "aria-hidden") != "true" {
			continue
		}
		if shown := key(textOf(sib)); shown != "" && strings.HasPrefix(said, shown) {
			return true
		}
	}
	return false
}

func previous(n *html.Node) *html.Node { return n.PrevSibling }
func next(n *html.Node) *html.Node     { return n.NextSibling }

// siblingElement returns the element beside n, or nil where text or nothing is.
func siblingElement(n *html.Node, beside func(*html.Node) *html.Node) *html.Node {
	for n = beside(n); n != nil; n = beside(n) {
		switch {
		case n.Type == html.ElementNode:
			return n
		case n.Type == html.TextNode && strings.TrimSpace(n.Data) != "":
			return nil
		}
	}
	return nil
}

// initial returns the letter that a picture shows at the beginning of a word.
func initial(img *html.Node) string {
	letter := strings.TrimSpace(attr(img, "alt"))
	if utf8.RuneCountInString(letter) != 1 || img.NextSibling == nil || img.NextSibling.Type != html.TextNode {
		return ""
	}
	first, _ := utf8.DecodeRuneInString(letter)
	behind, _ := utf8.DecodeRuneInString(img.NextSibling.Data)
	if !unicode.IsUpper(first) || !unicode.IsLower(behind) {
		return ""
	}
	return letter
}

// wordOfSentence reports whether a button is part of a sentence, as terms are that
// explain themselves: words stand before it and behind it.
func wordOfSentence(n *html.Node) bool {
	if !hasAttr(n, "class") && !hasAttr(n, "onclick") {
		return true
	}
	before, behind := strings.TrimSpace(beside(n.PrevSibling)), strings.TrimSpace(beside(n.NextSibling))
	if before == "" || behind == "" {
		return false
	}
	return !ended(before) && len(strings.Fields(textOf(n))) <= 4
}

// setApart reports whether the style of an inline element makes a block of it.
func setApart(n *html.Node) bool {
	return inline(n.DataAtom) && containsAny(styleOf(n), []string{"display:block", "display:flex", "display:grid"})
}
