package script

import (
	"cmp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// romanised are the Cyrillic and Greek letters in Latin ones, by shared/romanised.txt: as they
// are written at the beginning of a word, and elsewhere.
var romanised = sync.OnceValue(func() map[rune][2]string {
	rows, _ := readRows(packFiles, "shared/romanised.txt", 2, 1) // a test finds a mistake in the file
	letters := map[rune][2]string{}
	for _, r := range rows {
		latin := r.column(1)
		letters[firstRune(r.columns[0])] = [2]string{cmp.Or(r.column(2), latin), latin}
	}
	return letters
})

// foreignWord says a word in letters that the voice cannot read: Cyrillic and
// Greek ones in Latin letters, others not at all. The span keeps what was written.
func foreignWord(r *reader) bool {
	c := firstRune(r.src[r.pos:])
	if !r.foreign(c) {
		return false
	}
	w, n := writing(c), 0
	for i, x := range r.src[r.pos:] {
		if !wordRune(x) || r.own(x) {
			break
		}
		n = i + utf8.RuneLen(x)
	}
	word := r.src[r.pos : r.pos+n]
	switch {
	case r.writing != writingLatin || w != writingCyrillic && w != writingGreek:
		return r.gap(n)
	case utf8.RuneCountInString(word) == 1 && r.language.letterName(word) != "":
		return r.tell("verbatim", "letter", r.language.letterName(word), n)
	}
	if latin := romanise(word); latin != "" {
		return r.tell("verbatim", "romanised", latin, n)
	}
	return r.gap(n)
}

// letterName returns what the language calls a letter of another writing that
// stands alone, "" where it has no name for it.
func (l *language) letterName(letter string) string {
	if l.pack == nil {
		return ""
	}
	return l.pack.nouns["greek"][strings.ToLower(letter)].forms["other"]
}

// own reports whether a character is a letter that the voice can read.
func (r *reader) own(c rune) bool {
	return unicode.IsLetter(c) && (c < utf8.RuneSelf || writing(c) == r.writing)
}

// foreign reports whether a character is a letter that the voice cannot read.
func (r *reader) foreign(c rune) bool {
	if c < 0x250 || r.writing == "" || !unicode.IsLetter(c) {
		return false
	}
	w := writing(c)
	return w != r.writing && w != writingOther && w != writingLatin
}

// romanise writes a Cyrillic or Greek word in Latin letters.
func romanise(word string) string {
	letters := romanised()
	var b strings.Builder
	for i, c := range word {
		lower := unicode.ToLower(c)
		forms, ok := letters[lower]
		latin := forms[min(i, 1)]
		switch {
		case !ok && (unicode.IsLetter(c) || unicode.IsMark(c)): // nothing that the voice could read
		case !ok:
			b.WriteRune(c)
		case c != lower && latin != "":
			b.WriteString(strings.ToUpper(latin[:1]) + latin[1:])
		default:
			b.WriteString(latin)
		}
	}
	return b.String()
}

// ownWriting is what a language's voice reads; "" where several are.
func ownWriting(tag string) Writing {
	list := writingsOf(primary(tag))
	if len(list) > 1 {
		return ""
	}
	return list[0]
}
