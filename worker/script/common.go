package script

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// spellCommon serves languages without data: it changes only the signs that voices of any
// language misread.
func spellCommon(r *reader) bool {
	c, n := utf8.DecodeRuneInString(r.src[r.pos:])
	switch c {
	case ' ':
		return dashed(r)
	case '—', '―':
		return dash(r, n)
	case '™', '®', '©', '•', '*', '→', '▪', '◦', '†', '‡', '^', '`', '{', '}', '¶':
		return r.gap(n)
	case '|', '\\', '_', '<', '>':
		return r.tell("symbol", "space", " ", n)
	}
	return drawn(c) && r.gap(n)
}

// gap leaves the next n bytes out: say keeps the words apart that they stood
// between.
func (r *reader) gap(n int) bool { return r.tell("symbol", "left-out", "", n) }

// dashed reads a dash between spaces as a pause.
func dashed(r *reader) bool {
	s := r.rest(12)
	rest := strings.TrimLeft(s[1:], " ")
	c, n := utf8.DecodeRuneInString(rest)
	if !strings.ContainsRune("—–―-−", c) || rest == "" {
		return false
	}
	run := len(rest) - len(strings.TrimLeft(rest[n:], "—–―-"))
	tail := rest[run:]
	if !strings.HasPrefix(tail, " ") {
		return c == '—' && r.pause(len(s)-len(tail))
	}
	return r.pause(len(s) - len(tail) + 1)
}

// dash reads a dash without spaces.
func dash(r *reader, n int) bool {
	before, _ := utf8.DecodeLastRuneInString(r.src[:r.pos])
	after := firstRune(r.after(n))
	if r.src[r.pos:r.pos+n] == "–" && wordRune(before) && wordRune(after) {
		return r.tell("symbol", "hyphen", "-", n)
	}
	for strings.HasPrefix(r.src[r.pos+n:], " ") {
		n++
	}
	return r.pause(n)
}

// pause says n bytes as a comma, unless a mark is said there already. The full stop
// of an abbreviation is written and not said: "at 6 p.m. – he left" has a pause.
func (r *reader) pause(n int) bool {
	if r.pos == 0 || r.pos+n >= len(r.src) {
		return r.gap(n)
	}
	if strings.ContainsRune(",;:.!?…([{", r.lastSaid()) {
		return r.tell("symbol", "dash", " ", n)
	}
	return r.tell("symbol", "dash", ", ", n)
}

// lastSaid is the last character before this place as it is said, without spaces.
func (r *reader) lastSaid() rune {
	if copied := strings.TrimRight(r.src[r.plain:r.pos], " "); copied != "" {
		return lastRune(copied)
	}
	c, _ := utf8.DecodeLastRune(bytes.TrimRight(r.out, " "))
	return c
}
