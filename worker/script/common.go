package script

import (
	"strings"
	"unicode/utf8"

	"lector/worker/pattern"
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
	return joined(r, word) || yearWord(r, word) || r.abbreviation(word) || spelledOut(r, word)
}

// initialsApart are abbreviations whose letters a space parts: "z. B.",
// "EE. UU.", "т. е.".
var initialsApart = pattern.New(`^(\p{L}{1,2}\.) ?(\p{L}{1,2}\.)(?: ?(\p{L}\.))?`)

// joined says abbreviations of several pieces: "z. B.", "km/h".
func joined(r *reader, word string) bool {
	if rest := r.rest(len(word) + 12); strings.HasPrefix(rest[len(word):], "/") {
		long := rest[:len(word)+1+len(firstRunOf(rest[len(word)+1:]))]
		if spoken := r.language.words[strings.ToLower(long)]; spoken != "" {
			return r.abbreviated(long, spoken)
		}
	}
	if !strings.HasSuffix(word, ".") || len(word) > 12 {
		return false
	}
	m := initialsApart.FindStringSubmatch(r.rest(32))
	if m == nil {
		return false
	}
	if spoken := r.language.words[strings.ToLower(m[1]+m[2]+m[3])]; spoken != "" {
		return r.abbreviated(m[0], spoken)
	}
	n := len(m[0]) - len(m[3])
	if spoken := r.language.words[strings.ToLower(m[1]+m[2])]; spoken != "" && m[3] == "" {
		return r.abbreviated(m[0][:n], spoken)
	}
	return false
}

// yearEnds are what "1950 г." says, behind a preposition of place and else.
var yearEnds = map[string][2]string{"uk": {"році", "року"}, "ru": {"году", "года"}, "pl": {"roku", "roku"}}

// yearWord says the abbreviated year behind four digits.
func yearWord(r *reader, word string) bool {
	ends, ok := yearEnds[r.language.tag]
	before := r.before()
	if !ok || word != "р." && word != "г." && word != "r." || len(before) != 4 || digitRun(before) != 4 {
		return false
	}
	fields := strings.Fields(r.src[max(0, r.pos-16):r.pos])
	spoken := ends[1]
	if n := len(fields); n > 1 && (strings.EqualFold(fields[n-2], "в") || strings.EqualFold(fields[n-2], "у") || strings.EqualFold(fields[n-2], "во")) {
		spoken = ends[0]
	}
	return r.abbreviated(word, spoken)
}
