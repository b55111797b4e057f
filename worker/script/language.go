package script

import (
	"strings"
	"time"
)

// language is what the script must know about one: how its sentences end, how
// a byline is said, what is spelled out. Its pack says all of it.
type language struct {
	tag      string                     // primary subtag
	endings  map[string]string          // word before a full stop → whether a sentence ends there, an endKind
	capitals map[string]bool            // abbreviations in capitals, without their full stop
	lists    map[string]map[string]bool // those of sentenceLists
	pack     *pack                      // the folder of data; nil for languages without one
}

// languages are those that have a folder of data.
var languages = &packs{files: packFiles}

// Language reduces a tag to the form that is used here: "en-us" and "en_US"
// become "en-US", "" becomes "en".
func Language(tag string) string {
	tag = strings.TrimSpace(strings.ReplaceAll(tag, "_", "-"))
	primary, rest, _ := strings.Cut(tag, "-")
	primary = strings.ToLower(primary)
	switch {
	case primary == "" || len(primary) > 8 || strings.ContainsFunc(primary, func(r rune) bool { return r < 'a' || r > 'z' }):
		return "en"
	case primary == "ua": // a country's code, often found where the language is meant
		primary = "uk"
	}
	if len(rest) == 2 {
		return primary + "-" + strings.ToUpper(rest)
	}
	return primary
}

// primary returns the first subtag of a language tag.
func primary(tag string) string {
	p, _, _ := strings.Cut(tag, "-")
	return p
}

func languageOf(tag string) *language {
	if l := languages.language(primary(tag)); l != nil {
		return l
	}
	return &language{} // one without tables
}

// setting returns what the language's folder says of a thing, and for a language
// without one what is usual.
func (l *language) setting(name, usual string) string {
	if l.pack == nil {
		return usual
	}
	return l.pack.settings[name]
}

// authors says who wrote the article.
func (l *language) authors(names []string) string {
	if len(names) == 0 {
		return ""
	}
	list, and := names[0], l.setting("and", ",")
	for i, name := range names[1:] {
		if i == len(names)-2 && and != "," {
			list += " " + and + " " + name
		} else {
			list += ", " + name
		}
	}
	return strings.Replace(l.setting("byline", "%s."), "%s", list, 1)
}

// date writes a day as articles of the language do.
func (l *language) date(t time.Time) string {
	if l.pack == nil {
		return t.Format("2006-01-02") + "."
	}
	return strings.NewReplacer("{day}", t.Format("2"), "{month}", l.pack.months[t.Month()-1].name, "{year}", t.Format("2006")).Replace(l.pack.settings["date"])
}

// in reports whether a word stands in a list of the language, or in one that
// holds for every language.
func (l *language) in(list, word string) bool { return l.lists[list][word] || shared()[list][word] }

// setOf returns the set of some words.
func setOf(words []string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, w := range words {
		m[w] = true
	}
	return m
}
