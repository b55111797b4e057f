package script

import (
	"strings"
	"time"
)

// language is what the script must know about one: how its sentences end, how
// a byline is said, what is spelled out. Its pack says all of it.
type language struct {
	tag string // primary subtag

	// A full stop behind these words does not end a sentence; behind those of
	// open it does when what follows begins with a capital that is no name.
	abbreviations map[string]bool
	beforeNumber  map[string]bool   // "No. 5", "Jan. 13": only before a digit
	maybe         map[string]bool   // "U.S.", "a.m.", "etc.": ends if a new sentence begins
	starters      map[string]bool   // words that begin a sentence and no name
	endsBehind    map[string]string // "upper", "year": what a sentence's end behind one of maybe asks for
	ordinalDot    bool              // "13. Januar": a number's full stop is no end

	by     string // "By %s."
	and    string
	months [12]string
	dated  func(t time.Time, l *language) string

	spell speller
	pack  *pack // the folder of data; nil for languages without one
}

// speller is a language's own verbalisation. Nil leaves digits to the voice.
type speller func(r *reader) bool

// languages are those that have a folder of data.
var languages = &packs{files: packFiles}

// unknown serves languages without tables.
var unknown = &language{tag: "", by: "%s.", and: ",", dated: isoDate}

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
	return unknown
}

// authors says who wrote the article.
func (l *language) authors(names []string) string {
	if len(names) == 0 {
		return ""
	}
	list := names[0]
	for i, name := range names[1:] {
		if i == len(names)-2 && l.and != "," {
			list += " " + l.and + " " + name
		} else {
			list += ", " + name
		}
	}
	return strings.Replace(l.by, "%s", list, 1)
}

func (l *language) date(t time.Time) string { return l.dated(t, l) }

func isoDate(t time.Time, _ *language) string { return t.Format("2006-01-02") + "." }

// set makes a table of words that are separated by spaces.
func set(list string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		m[w] = true
	}
	return m
}

// pairs makes a table of lines "source = spoken".
func pairs(list string) map[string]string {
	m := map[string]string{}
	for line := range strings.SplitSeq(list, "\n") {
		if from, to, ok := strings.Cut(line, " = "); ok {
			m[strings.TrimSpace(from)] = strings.TrimSpace(to)
		}
	}
	return m
}
