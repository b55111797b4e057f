package polly

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/polly/types"

	"lector"
)

// voicesByLanguage lists Polly's voices by language, as its documentation has them: the
// SDK knows their names only.
var voicesByLanguage = map[string]string{
	"ar": "Zeina Hala Zayd",
	"ca": "Arlet",
	"cs": "Jitka",
	"cy": "Gwyneth",
	"da": "Naja Mads Sofie",
	"de": "Marlene Vicki Hans Daniel Hannah Sabrina",
	"en": "Nicole Olivia Russell Amy Emma Brian Arthur Geraint Aditi Raveena Kajal Niamh Aria Ayanda Jasmine Ivy Joanna " +
		"Kendra Kimberly Salli Joey Justin Kevin Matthew Ruth Stephen Danielle Gregory",
	"es":  "Conchita Lucia Enrique Sergio Mia Andres Lupe Penelope Miguel Pedro",
	"fi":  "Suvi",
	"fr":  "Celine Lea Mathieu Remi Isabelle Chantal Gabrielle Liam",
	"hi":  "Aditi Kajal",
	"is":  "Dora Karl",
	"it":  "Carla Bianca Giorgio Adriano",
	"ja":  "Mizuki Takumi Kazuha Tomoko",
	"ko":  "Seoyeon Jihye",
	"nb":  "Liv Ida",
	"no":  "Liv Ida",
	"nl":  "Laura Lotte Ruben Lisa",
	"pl":  "Ewa Maja Jacek Jan Ola",
	"pt":  "Camila Vitoria Ricardo Thiago Ines Cristiano",
	"ro":  "Carmen",
	"ru":  "Tatyana Maxim",
	"sv":  "Astrid Elin",
	"tr":  "Filiz Burcu",
	"yue": "Hiujin",
	"zh":  "Zhiyu",
}

// languagesOf lists the languages of a voice. One that is newer than the list above
// may be asked for any language that Polly has; languages: of the voice says it
// better.
func languagesOf(voice string) []string {
	var own []string
	for language, names := range voicesByLanguage {
		if slices.Contains(strings.Fields(names), voice) {
			own = append(own, language)
		}
	}
	slices.Sort(own)
	if len(own) > 0 {
		return own
	}
	return allLanguages()
}

func allLanguages() []string {
	var all []string
	for _, code := range types.LanguageCode("").Values() {
		all = append(all, lector.Primary(string(code)))
	}
	slices.Sort(all)
	return slices.Compact(all)
}
