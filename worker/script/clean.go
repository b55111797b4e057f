package script

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// marksAllowed is how many combining marks one letter may have. No language needs more.
const marksAllowed = 3

// clean makes text safe to be spoken: NFC, white space collapsed, no control,
// bidi, zero-width, private-use or unassigned characters, no piles of combining marks.
func clean(s string) string {
	if plainASCII(s) {
		return strings.TrimSpace(s)
	}
	if !norm.NFC.IsNormalString(s) {
		s = norm.NFC.String(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	marks, space := 0, true
	for i, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"), unwanted(r):
			continue
		case unicode.IsSpace(r):
			if !space {
				b.WriteByte(' ')
			}
			space = true
			continue
		case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r):
			if marks++; marks > marksAllowed || !carries(b.String()) {
				continue
			}
		case disguised(r):
			marks, space = 0, false
			b.WriteString(plainForm(r))
			continue
		default:
			marks = 0
		}
		space = false
		b.WriteRune(r)
	}
	s = norm.NFC.String(b.String()) // what was left out may have parted a letter and its mark
	return norm.NFC.String(oneWriting(strings.TrimSpace(s)))
}

// carries reports whether a combining mark may follow s: on a letter or on another mark.
// On anything else, such as a digit, it would move to the character before when that one
// is not read.
func carries(s string) bool {
	c, _ := utf8.DecodeLastRuneInString(s)
	return unicode.In(c, unicode.L, unicode.M)
}

// plainASCII reports whether s is printable ASCII without two spaces in a row.
func plainASCII(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return !strings.Contains(s, "  ")
}

// unwanted are invisible characters that some voices read aloud or stop at.
func unwanted(r rune) bool {
	switch {
	case r < ' ' && !unicode.IsSpace(r), r >= 0x7f && r < 0xa0 && r != 0x85, r == 0xad, r == utf8.RuneError:
		return true
	case r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2060 && r <= 0x206f, r == 0xfeff, r == 0x61c, r == 0x180e, r == 0x34f, r == 0x115f, r == 0x1160, r == 0x3164:
		return true
	case r >= 0xe000 && r <= 0xf8ff, r >= 0xf0000, r >= 0xfe00 && r <= 0xfe0f, r >= 0xe0000 && r <= 0xe0fff, r >= 0xfff0 && r <= 0xfffb:
		return true
	}
	return r > unicode.MaxLatin1 && !unicode.IsGraphic(r) && !unicode.IsSpace(r)
}

func cleanAll(list []string) []string {
	out := make([]string, 0, len(list))
	for _, s := range list {
		if s = clean(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// speakable reports whether a voice could say anything of s.
func speakable(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) })
}

// ended reports whether s ends as a sentence does, quotes and brackets aside.
func ended(s string) bool {
	s = strings.TrimRight(s, "\"'”’»)]“›")
	r, _ := utf8.DecodeLastRuneInString(s)
	return strings.ContainsRune(".!?…。！？:;", r) && r != utf8.RuneError
}
