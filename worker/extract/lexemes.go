package extract

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// lexemes are phrases by their first word, or by what it begins with.
type lexemes struct {
	whole, stems map[string][][]string
	longest      int // bytes of the longest stem
}

// lexemesOf parses a list. A word with a star at its end is a prefix.
func lexemesOf(list string) lexemes {
	l := lexemes{whole: map[string][][]string{}, stems: map[string][][]string{}}
	for _, p := range phrases(list) {
		words := strings.Fields(p)
		if stem, open := strings.CutSuffix(words[0], "*"); open {
			l.stems[stem] = append(l.stems[stem], words)
			l.longest = max(l.longest, len(stem))
		} else {
			l.whole[words[0]] = append(l.whole[words[0]], words)
		}
	}
	return l
}

// tongue returns the table's name for the language of a page: that of another
// language, or of none, is English, as furniture often is, or all of them where
// the title is in Cyrillic letters.
func (p *Page) tongue() string {
	lang, _, _ := strings.Cut(strings.ToLower(p.Language), "-")
	switch {
	case data().bids[lang] != nil && lang != "":
		return lang
	case strings.ContainsFunc(p.Title, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }):
		return ""
	}
	return "en"
}

// begin reports whether a sentence begins with one of the phrases.
func (l lexemes) begin(sentence string) bool {
	words := strings.FieldsFunc(sentence, func(r rune) bool { return r != '-' && notOfWord(r) })
	for skip := 0; skip < 2 && skip < len(words); skip++ {
		if l.at(words[skip:]) != "" {
			return true
		}
		if !has("openers", words[skip]) {
			break
		}
	}
	return false
}

// at returns the first word of the phrase that the words begin with, or "".
func (l lexemes) at(words []string) string {
	first := words[0]
	if p := agreeing(words, l.whole[first]); p != "" {
		return p
	}
	for end := len(trim(first, l.longest)); end >= 3; {
		if p := agreeing(words, l.stems[first[:end]]); p != "" {
			return p
		}
		_, size := utf8.DecodeLastRuneInString(first[:end])
		end -= size
	}
	return ""
}

func agreeing(words []string, list [][]string) string {
	for _, p := range list {
		if agree(words, p) {
			return p[0]
		}
	}
	return ""
}

func agree(words, p []string) bool {
	if len(words) < len(p) {
		return false
	}
	for i, w := range p {
		if stem, open := strings.CutSuffix(w, "*"); open && strings.HasPrefix(words[i], stem) || words[i] == w {
			continue
		}
		return false
	}
	return true
}
