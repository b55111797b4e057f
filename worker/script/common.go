package script

import (
	"unicode/utf8"
)

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
