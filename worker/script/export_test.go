package script

// The levels of normalisation, for the tests outside of the package.
const (
	Full  = full
	Light = light
	Off   = off
)

// Normalise spells a text out at the given level and says, span by span, what
// stands for what. Done twice it changes nothing more.
func Normalise(text, lang string, level Level) (string, []Span) {
	w := writer{options: Options{Language: Language(lang), Normalise: level}, language: languageOf(Language(lang))}
	out, spans, _, _ := w.spell(clean(text))
	return out, spans
}

// Sentences splits a paragraph into sentences, in the way of the language.
func Sentences(text, lang string) []string {
	return languageOf(Language(lang)).split(clean(text))
}

// OnePass reports whether what is said in a language is never read again.
func OnePass(lang string) bool { return languageOf(Language(lang)).pack != nil }

// ReadPack reads a language's pack anew.
func ReadPack(lang string) error {
	_, err := readPack(packFiles, "lang/"+lang, false)
	return err
}
