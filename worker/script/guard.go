package script

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"lector"
)

// Writing is a system of writing, as far as voices are told apart by it, such
// as "Latin", "Cyrillic" or "Chinese or Japanese".
type Writing string

// The writings that the guard knows.
const (
	writingLatin    Writing = "Latin"
	writingCyrillic Writing = "Cyrillic"
	writingGreek    Writing = "Greek"
	writingHebrew   Writing = "Hebrew"
	writingArabic   Writing = "Arabic"
	writingHan      Writing = "Chinese or Japanese"
	writingHangul   Writing = "Korean"
	writingIndic    Writing = "Indic"
	writingOther    Writing = "another writing"
)

// WritingOf returns the writing that most letters of a text belong to; "" when
// it has none.
func WritingOf(text string) Writing {
	counts := map[Writing]int{}
	for _, c := range text {
		if c < 0x80 {
			if alnum(byte(c)) && c > '9' {
				counts[writingLatin]++
			}
			continue
		}
		if unicode.IsLetter(c) {
			counts[writing(c)]++
		}
	}
	var best Writing
	for _, w := range []Writing{writingLatin, writingCyrillic, writingGreek, writingHebrew, writingArabic, writingHan, writingHangul, writingIndic, writingOther} {
		if counts[w] > counts[best] {
			best = w
		}
	}
	return best
}

func writing(c rune) Writing {
	switch {
	case unicode.Is(unicode.Latin, c):
		return writingLatin
	case unicode.Is(unicode.Cyrillic, c):
		return writingCyrillic
	case unicode.Is(unicode.Greek, c):
		return writingGreek
	case unicode.Is(unicode.Hebrew, c):
		return writingHebrew
	case unicode.Is(unicode.Arabic, c):
		return writingArabic
	case unicode.In(c, unicode.Han, unicode.Hiragana, unicode.Katakana):
		return writingHan
	case unicode.Is(unicode.Hangul, c):
		return writingHangul
	case unicode.In(c, unicode.Devanagari, unicode.Bengali, unicode.Tamil, unicode.Telugu):
		return writingIndic
	}
	return writingOther
}

// writingsOf returns the writings of a language, by its primary tag.
func writingsOf(tag string) []Writing {
	switch tag {
	case "uk", "ru", "be", "bg", "mk", "ky", "mn":
		return []Writing{writingCyrillic}
	case "sr", "kk":
		return []Writing{writingCyrillic, writingLatin}
	case "el":
		return []Writing{writingGreek}
	case "he":
		return []Writing{writingHebrew}
	case "ar", "fa", "ur":
		return []Writing{writingArabic}
	case "zh", "ja":
		return []Writing{writingHan}
	case "ko":
		return []Writing{writingHangul, writingHan}
	case "hi", "bn", "ta", "te":
		return []Writing{writingIndic}
	case "ka", "hy", "th":
		return []Writing{writingOther}
	}
	return []Writing{writingLatin}
}

// canRead reports whether a voice of a language can read a writing.
func canRead(language string, w Writing) bool {
	return w == "" || slices.Contains(writingsOf(primary(Language(language))), w)
}

// Foreign says what becomes of paragraphs in a writing that the language's
// voice cannot read.
type Foreign string

// The ways with foreign paragraphs. The default refuses a script that is
// mostly foreign, and leaves single foreign paragraphs out.
const (
	SkipForeign   Foreign = "skip"
	RefuseForeign Foreign = "refuse"
)

// guard refuses a script whose text is mostly in a writing that its language
// does not have, and names the language that it looks like.
func guard(segments []Segment, language string) error {
	wrong, all := 0, 0
	var text strings.Builder
	for _, s := range segments {
		n := len(s.Source)
		all += n
		if !canRead(language, WritingOf(s.Source)) {
			wrong += n
			if text.Len() < 4000 {
				text.WriteString(s.Source + " ")
			}
		}
	}
	if wrong*2 <= all {
		return nil
	}
	err := fmt.Errorf("the text is in %s letters, which a voice for %q cannot read", WritingOf(text.String()), language)
	if guess := languageByLetters(text.String()); guess != "" {
		return lector.Hint(lector.Permanent(err), "it looks like %q: set the article's language, or give -language %s, which is -lang for lector script", guess, guess)
	}
	return lector.Hint(lector.Permanent(err), "set the article's language, or give -language, which is -lang for lector script")
}

// languageByLetters guesses a language by its writing and by letters that others lack; ""
// when nothing speaks for one.
func languageByLetters(text string) string {
	switch WritingOf(text) {
	case writingCyrillic:
		return cyrillic(strings.ToLower(text))
	case writingGreek:
		return "el"
	case writingHebrew:
		return "he"
	case writingArabic:
		return "ar"
	case writingHangul:
		return "ko"
	case writingHan:
		if strings.ContainsFunc(text, func(c rune) bool { return unicode.In(c, unicode.Hiragana, unicode.Katakana) }) {
			return "ja"
		}
		return "zh"
	case writingLatin:
		return latin(text)
	}
	return ""
}

// commonWords returns for some languages in Latin letters their short words that
// hardly any other of them has.
var commonWords = listsOnce("shared/common-words.txt")

// latin guesses a language by its short words; it wants a clear lead.
func latin(text string) string {
	counts, words, common := map[string]int{}, 0, commonWords()
	for w := range strings.FieldsSeq(strings.ToLower(text[:min(len(text), 6000)])) {
		words++
		for lang, set := range common {
			if set[w] {
				counts[lang]++
			}
		}
	}
	best, second := "", ""
	for lang := range counts {
		switch {
		case counts[lang] > counts[best]:
			best, second = lang, best
		case counts[lang] > counts[second]:
			second = lang
		}
	}
	if counts[best] < 4 || counts[best]*100 < words*5 || counts[best]*2 < counts[second]*3 {
		return ""
	}
	return best
}

func cyrillic(text string) string {
	uk, ru, be := 0, 0, 0
	for _, c := range text {
		switch c {
		case 'ї', 'є', 'ґ':
			uk++
		case 'і':
			uk++
			be++
		case 'ы', 'э', 'ё':
			ru++
			be++
		case 'ъ':
			ru++
		case 'ў':
			be += 5
		}
	}
	switch {
	case be > uk && be > ru:
		return "be"
	case uk > ru:
		return "uk"
	case ru > 0:
		return "ru"
	}
	return "bg"
}
