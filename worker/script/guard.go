package script

import (
	"fmt"
	"strings"
	"unicode"

	"lector"
)

// Writing is a system of writing, as far as voices are told apart by it.
type Writing string

// The writings that the guard knows.
const (
	Latin    Writing = "Latin"
	Cyrillic Writing = "Cyrillic"
	Greek    Writing = "Greek"
	Hebrew   Writing = "Hebrew"
	Arabic   Writing = "Arabic"
	Han      Writing = "Chinese or Japanese"
	Hangul   Writing = "Korean"
	Indic    Writing = "Indic"
	Other    Writing = "another writing"
)

// WritingOf returns the writing that most letters of a text belong to; "" when
// it has none.
func WritingOf(text string) Writing {
	counts := map[Writing]int{}
	for _, c := range text {
		if c < 0x80 {
			if alnum(byte(c)) && c > '9' {
				counts[Latin]++
			}
			continue
		}
		if unicode.IsLetter(c) {
			counts[writing(c)]++
		}
	}
	var best Writing
	for _, w := range []Writing{Latin, Cyrillic, Greek, Hebrew, Arabic, Han, Hangul, Indic, Other} {
		if counts[w] > counts[best] {
			best = w
		}
	}
	return best
}

func writing(c rune) Writing {
	switch {
	case unicode.Is(unicode.Latin, c):
		return Latin
	case unicode.Is(unicode.Cyrillic, c):
		return Cyrillic
	case unicode.Is(unicode.Greek, c):
		return Greek
	case unicode.Is(unicode.Hebrew, c):
		return Hebrew
	case unicode.Is(unicode.Arabic, c):
		return Arabic
	case unicode.In(c, unicode.Han, unicode.Hiragana, unicode.Katakana):
		return Han
	case unicode.Is(unicode.Hangul, c):
		return Hangul
	case unicode.In(c, unicode.Devanagari, unicode.Bengali, unicode.Tamil, unicode.Telugu):
		return Indic
	}
	return Other
}

// writings of languages that are not written in Latin letters.
var writings = map[string][]Writing{
	"uk": {Cyrillic}, "ru": {Cyrillic}, "be": {Cyrillic}, "bg": {Cyrillic}, "mk": {Cyrillic}, "sr": {Cyrillic, Latin}, "kk": {Cyrillic, Latin}, "ky": {Cyrillic}, "mn": {Cyrillic},
	"el": {Greek}, "he": {Hebrew}, "ar": {Arabic}, "fa": {Arabic}, "ur": {Arabic}, "zh": {Han}, "ja": {Han}, "ko": {Hangul, Han}, "hi": {Indic}, "bn": {Indic}, "ta": {Indic}, "te": {Indic}, "ka": {Other}, "hy": {Other}, "th": {Other},
}

// Reads reports whether a voice of a language can read a writing.
func Reads(language string, w Writing) bool {
	list, ok := writings[primary(Language(language))]
	if !ok {
		list = []Writing{Latin}
	}
	for _, x := range list {
		if x == w {
			return true
		}
	}
	return w == ""
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
		if !Reads(language, WritingOf(s.Source)) {
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
	if guess := Looks(text.String()); guess != "" {
		return lector.Hint(lector.Permanent(err), "it looks like %q: set the article's language, or -lang %s", guess, guess)
	}
	return lector.Hint(lector.Permanent(err), "set the article's language, or -lang")
}

// Looks guesses a language by its writing and by letters that others lack; ""
// when nothing speaks for one.
func Looks(text string) string {
	switch WritingOf(text) {
	case Cyrillic:
		return cyrillic(strings.ToLower(text))
	case Greek:
		return "el"
	case Hebrew:
		return "he"
	case Arabic:
		return "ar"
	case Hangul:
		return "ko"
	case Han:
		if strings.ContainsFunc(text, func(c rune) bool { return unicode.In(c, unicode.Hiragana, unicode.Katakana) }) {
			return "ja"
		}
		return "zh"
	case Latin:
		return latin(text)
	}
	return ""
}

// common are short words that hardly any other of the languages has.
var common = map[string]map[string]bool{
	"en": set("the of and to is was that for with by has have were from said"),
	"de": set("der die und nicht ist das den von mit sich auf wird einen eine dem"),
	"fr": set("le les des et est une dans du qui pour sur avec pas été cette"),
	"es": set("el los las que y del una por con para está fue sus este también"),
	"it": set("il che di è della per non sono una gli nel dei alla anche ha"),
	"pl": set("się nie że jest na oraz przez został ich jak także który po dla był"),
	"nl": set("het een van niet dat voor zijn aan ook werd door naar heeft bij deze"),
	"pt": set("não uma os com são foi pelo mais também dos das ao pela seu está"),
}

// latin guesses a language by its short words; it wants a clear lead.
func latin(text string) string {
	counts, words := map[string]int{}, 0
	for w := range strings.FieldsSeq(strings.ToLower(text[:min(len(text), 6000)])) {
		words++
		for lang, set := range common {
			if set[w] {
				counts[lang]++
			}
		}
	}
	best, second := "", ""
	for _, lang := range []string{"en", "de", "fr", "es", "it", "pl", "nl", "pt"} {
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
