package system

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// punctuation maps what flite, which knows bytes only, would read as garbage.
var punctuation = strings.NewReplacer(
	"‘", "'", "’", "'", "‚", "'", "‛", "'", "′", "'",
	"“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`, "″", `"`,
	"–", " - ", "—", ", ", "―", ", ", "‐", "-", "‑", "-", "−", "-",
	"…", "...", "\u00a0", " ", "\u202f", " ", "\u2009", " ",
	"ß", "ss", "æ", "ae", "Æ", "Ae", "œ", "oe", "Œ", "Oe", "ø", "o", "Ø", "O", "đ", "d", "Đ", "D",
	"ł", "l", "Ł", "L", "ð", "d", "þ", "th", "ı", "i",
	"€", " euros ", "£", " pounds ", "¥", " yen ", "₴", " hryvnias ", "°", " degrees ", "½", " one half ",
	"×", " times ", "•", ", ", "·", ", ", "§", " section ", "©", " ", "®", " ", "™", " ",
)

// ascii writes text in the bytes that flite can read: accented letters lose
// their accents, and letters of other scripts are left out, because flite would
// spell their bytes.
func ascii(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r < utf8.RuneSelf:
			return r
		case unicode.Is(unicode.Mn, r):
			return -1
		default:
			return ' '
		}
	}, norm.NFD.String(punctuation.Replace(text)))
}
