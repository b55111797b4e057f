package extract

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// phrases parses a list.
func phrases(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == '|' || r == '\n' })
}

// fold makes a line comparable: lower case, straight apostrophes, no marks
// around it.
func fold(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	s = strings.ReplaceAll(s, "’", "'")
	return strings.TrimFunc(s, ornament)
}

// ornament reports whether a rune at the edge of a line says nothing: a space, an arrow
// or a bullet, a pictogram, a sign of private use.
func ornament(r rune) bool {
	if unicode.IsSpace(r) || strings.ContainsRune("›»→▶►▸•·|<>«:：｜…–—-↓↑+✕×✖⟩❯[]（）【】［］〈〉《》■▼▲●◆※★☆\ufe0f", r) {
		return true
	}
	return r > 0x1F000 || unicode.Is(unicode.Co, r)
}

// trim returns at most n bytes of s, in whole runes.
func trim(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
