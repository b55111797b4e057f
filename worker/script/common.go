package script

import "unicode/utf8"

// spellCommon serves languages without tables: only signs that any voice may
// stumble over are changed.
func spellCommon(r *reader) bool {
	c, n := utf8.DecodeRuneInString(r.src[r.pos:])
	switch c {
	case ' ':
		return dashed(r)
	case '—', '―':
		return dash(r, n)
	case '™', '®', '©', '•', '*', '→', '▪', '◦', '†', '‡', '^', '`', '{', '}', '¶':
		return sayMark(r, c, n)
	case '|', '\\', '_', '<', '>':
		return r.say(" ", n)
	}
	return drawn(c) && r.gap(n)
}

// spellEuropean spells out abbreviations, months, initialisms and signs, and
// leaves digits to the voice.
func spellEuropean(r *reader) bool {
	if wordRune(firstRune(r.src[r.pos:])) {
		return europeanWord(r)
	}
	return spellCommon(r)
}

func europeanWord(r *reader) bool {
	word := r.word()
	if word == "" {
		return false
	}
	return r.abbreviation(word) || spelledOut(r, word)
}
