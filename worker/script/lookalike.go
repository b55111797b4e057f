package script

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Letters of one writing that look like those of another: "Кyiv" with a
// Cyrillic К, "Cвобода" with a Latin C. Neither a voice nor the lexicon knows
// such a word.
const (
	latinOfCyrillic = "ABCEHIJKMOPSTXYaceijopsxy"
	cyrillicLooks   = "АВСЕНІЈКМОРЅТХУасеіјорѕху"
	latinOfGreek    = "ABEZHIKMNOPTYXov"
	greekLooks      = "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧον"
)

func toLatin(c rune) rune {
	return lookalike(c, cyrillicLooks+greekLooks, latinOfCyrillic+latinOfGreek)
}

func toCyrillic(c rune) rune { return lookalike(c, latinOfCyrillic, cyrillicLooks) }

// lookalike returns the character of others at the place that c has in letters, or 0.
func lookalike(c rune, letters, others string) rune {
	at := strings.IndexRune(letters, c)
	if at < 0 {
		return 0
	}
	return []rune(others)[utf8.RuneCountInString(letters[:at])]
}

// oneWriting gives a word that mixes writings back the letters of one, where
// all that are out of place look like letters of the other.
func oneWriting(s string) string {
	if !mixes(s) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		n := strings.IndexFunc(s, func(c rune) bool { return !mixable(c) })
		if n < 0 {
			n = len(s)
		}
		b.WriteString(unmixed(s[:n]))
		s = s[n:]
		if s != "" {
			_, size := utf8.DecodeRuneInString(s)
			b.WriteString(s[:size])
			s = s[size:]
		}
	}
	return b.String()
}

// mixable reports whether a character is a letter of a writing that is taken
// for another one. Any other letter parts words, as it may not be read at all.
func mixable(c rune) bool {
	return unicode.IsLetter(c) && unicode.In(c, unicode.Latin, unicode.Cyrillic, unicode.Greek)
}

// mixes reports whether letters of two writings stand side by side anywhere.
func mixes(s string) bool {
	last := Writing("")
	for _, c := range s {
		if !mixable(c) {
			last = ""
			continue
		}
		w := writing(c)
		if last != "" && w != last {
			return true
		}
		last = w
	}
	return false
}

func unmixed(word string) string {
	if !mixes(word) {
		return word
	}
	latin, cyrillic := swapped(word, writingLatin, toLatin), swapped(word, writingCyrillic, toCyrillic)
	if latin != "" && (cyrillic == "" || 2*strings.Count(strings.Map(onlyLatin, word), "x") >= utf8.RuneCountInString(word)) {
		return latin
	}
	if cyrillic != "" {
		return cyrillic
	}
	return word
}

func onlyLatin(c rune) rune {
	if unicode.Is(unicode.Latin, c) {
		return 'x'
	}
	return '-'
}

// swapped returns the word in one writing, or nothing when a letter has no
// match there.
func swapped(word string, to Writing, like func(rune) rune) string {
	var b strings.Builder
	for _, c := range word {
		if writing(c) != to {
			if c = like(c); c == 0 {
				return ""
			}
		}
		b.WriteRune(c)
	}
	return b.String()
}

// disguised reports whether a character is a plain letter, digit or unit in
// another form: full width, bold of mathematics, a ligature, a Roman number or
// a square of one piece.
func disguised(c rune) bool {
	switch {
	case c >= 0xff01 && c <= 0xff5e, // full width
		c >= 0xfb00 && c <= 0xfb06,   // ligatures
		c >= 0x1d400 && c <= 0x1d7ff, // bold and italic of mathematics
		c >= 0x2160 && c <= 0x217f,   // Roman numbers
		c >= 0x3371 && c <= 0x33df,   // units in a square
		c >= 0x2460 && c <= 0x2473,   // numbers in a circle
		c >= 0x249c && c <= 0x24e9:   // letters in brackets or a circle
		return true
	}
	return false
}

func plainForm(c rune) string { return norm.NFKC.String(string(c)) }

// drawn reports whether a character is a picture: an emoji, an arrow, a star.
func drawn(c rune) bool {
	switch {
	case c >= 0x1f000 && c <= 0x1faff, // emoji
		c >= 0x2190 && c <= 0x21ff, // arrows
		c >= 0x2300 && c <= 0x23ff, // technical signs, such as an hourglass
		c >= 0x2500 && c <= 0x27bf, // lines, boxes, stars, dingbats
		c >= 0x2b00 && c <= 0x2bff, // more arrows and stars
		c == 0x20e3:                // the key around a digit: "1⃣"
		return true
	}
	return false
}
