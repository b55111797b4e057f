package lector

import "strings"

// DisclosureText is the label that no rendition may be without.
const DisclosureText = "This audio is created with AI assistance"

// disclosures is the label in other languages, by primary subtag.
var disclosures = map[string]string{
	"de": "Dieses Audio wurde mit Unterstützung von KI erstellt",
	"es": "Este audio se ha creado con ayuda de inteligencia artificial",
	"fr": "Cet audio a été créé avec l’aide de l’intelligence artificielle",
	"it": "Questo audio è stato creato con l’aiuto dell’intelligenza artificiale",
	"pl": "To nagranie powstało z pomocą sztucznej inteligencji",
	"ru": "Эта аудиозапись создана с помощью искусственного интеллекта",
	"uk": "Це аудіо створено за допомогою штучного інтелекту",
}

// DisclosureIn returns the label in the given language, in English where there
// is no translation, and the language that it is in.
func DisclosureIn(language string) (text, in string) {
	primary := Primary(language)
	if text, ok := disclosures[primary]; ok {
		return text, primary
	}
	return DisclosureText, "en"
}

// Primary returns the primary subtag of a language tag in lower case: "en" for
// "en-GB".
func Primary(language string) string {
	primary, _, _ := strings.Cut(strings.ReplaceAll(language, "_", "-"), "-")
	return strings.ToLower(primary)
}

// Disclosure is the one record of how the audio was made; every channel (player,
// spoken label, tags, feed, events) shows this record.
type Disclosure struct {
	Text       string `json:"text"`                // what it says
	Language   string `json:"language"`            // that it says it in
	SourceType string `json:"digital_source_type"` // IPTC URI
	Spoken     string `json:"spoken"`              // off, start or both
}
