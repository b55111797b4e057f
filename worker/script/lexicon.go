package script

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"lector"
)

// Entry says how one word or phrase is spoken.
type Entry struct {
	Match    string `json:"match" yaml:"match"`                           // the word or phrase, as written
	Alias    string `json:"alias,omitempty" yaml:"alias,omitempty"`       // say this instead
	IPA      string `json:"ipa,omitempty" yaml:"ipa,omitempty"`           // these sounds, which PLS carries; no voice is sent them
	Language string `json:"language,omitempty" yaml:"language,omitempty"` // BCP 47; "" for all
	Prefix   bool   `json:"prefix,omitempty" yaml:"prefix,omitempty"`     // match the beginning of words, not whole ones
	Case     bool   `json:"case,omitempty" yaml:"case,omitempty"`         // match the case as well
	Section  string `json:"section,omitempty" yaml:"section,omitempty"`   // only in this section
	Article  string `json:"article,omitempty" yaml:"article,omitempty"`   // only in this article
	Site     string `json:"site,omitempty" yaml:"site,omitempty"`         // only on this site
}

// Canonical writes an entry as it stands in a clip's hash and in manifests.
func (e Entry) Canonical() string {
	said := e.Alias
	if said == "" {
		said = "/" + e.IPA + "/"
	}
	match := e.Match
	if e.Prefix {
		match += "*"
	}
	if !e.Case && !allUpper(e.Match) {
		match = strings.ToLower(match)
	}
	return match + " → " + said
}

// Check reports why an entry cannot be taken into a lexicon.
func (e Entry) Check() error {
	if err := e.usable(); err != nil {
		return err
	}
	if err := checkIPA(e.IPA); err != nil {
		return lector.Permanent(fmt.Errorf("lexicon entry %q: %w", e.Match, err))
	}
	return nil
}

// usable reports what makes an entry unusable that is in a lexicon.
func (e Entry) usable() error {
	switch {
	case !speakable(e.Match):
		return refuseEntry(e, errors.New("nothing to match"))
	case len(e.Match) > 200 || len(e.Alias) > 400 || len(e.IPA) > 400:
		return refuseEntry(e, errors.New("too long"))
	case e.Alias == "" && e.IPA == "":
		return refuseEntry(e, errors.New("neither alias nor IPA"))
	case clean(e.Match) != e.Match || clean(e.Alias) != e.Alias || clean(e.IPA) != e.IPA:
		return refuseEntry(e, errors.New("control or invisible characters"))
	case e.Alias != "" && !speakable(e.Alias):
		return refuseEntry(e, errors.New("the alias cannot be spoken"))
	}
	return nil
}

func refuseEntry(e Entry, err error) error {
	return lector.Hint(lector.Permanent(fmt.Errorf("lexicon entry %q: %w", e.Match, err)), `an entry says what is spoken for a word: Kyiv → Keeyiv`)
}

// scope is where a script will stand: entries may be for one site, section or
// article only.
type scope struct{ Site, Section, Article string }

// Lexicon is a list of entries. Later entries win over earlier ones of the same
// word, so that a site's own stand behind the ones it starts with.
type Lexicon []Entry

// matcher finds entries in a text, by the first word of each.
type matcher struct {
	whole  map[string][]Entry // by the first word, in lower case
	prefix map[string][]Entry // by the first two letters
}

// matcherFor returns what of the lexicon holds for a language and a place.
func (x Lexicon) matcherFor(language string, scope scope) *matcher {
	if len(x) == 0 {
		return nil
	}
	m := &matcher{whole: map[string][]Entry{}, prefix: map[string][]Entry{}}
	seen := map[string]bool{}
	for _, e := range slices.Backward(x) {
		if !e.holds(language, scope) {
			continue
		}
		id := strings.ToLower(e.Match)
		if e.Prefix {
			id += "*"
		}
		if seen[id] || e.usable() != nil {
			continue
		}
		seen[id] = true
		key := strings.ToLower(firstRunOf(e.Match))
		if e.Prefix {
			m.prefix[head(key)] = append(m.prefix[head(key)], e)
			continue
		}
		m.whole[key] = append(m.whole[key], e)
	}
	for _, table := range []map[string][]Entry{m.whole, m.prefix} {
		for _, list := range table { // the longest first
			slices.SortStableFunc(list, func(a, b Entry) int { return cmp.Compare(len(b.Match), len(a.Match)) })
		}
	}
	return m
}

// holds reports whether the entry is meant for a text in a language, and for the place
// where the text is. What the entry leaves out holds everywhere.
func (e Entry) holds(language string, s scope) bool {
	switch {
	case e.Site != "" && e.Site != s.Site:
		return false
	case e.Section != "" && !strings.EqualFold(e.Section, s.Section):
		return false
	case e.Article != "" && e.Article != s.Article:
		return false
	}
	return e.holdsIn(language)
}

// holdsIn reports whether the entry is meant for a language. "en" and "en-GB" hold for
// each other, "en-GB" and "en-US" do not.
func (e Entry) holdsIn(language string) bool {
	switch {
	case e.Language == "":
		return true
	case primary(e.Language) != primary(language):
		return false
	case strings.Contains(e.Language, "-") && strings.Contains(language, "-"):
		return strings.EqualFold(e.Language, language)
	}
	return true
}

// firstRunOf returns the first run of letters and digits.
func firstRunOf(s string) string {
	for i, c := range s {
		if !wordRune(c) {
			if i == 0 {
				_, n := utf8.DecodeRuneInString(s)
				return s[:n]
			}
			return s[:i]
		}
	}
	return s
}

func head(key string) string {
	n := 0
	for i := range key {
		if n == 2 {
			return key[:i]
		}
		n++
	}
	return key
}

// lookUp applies the lexicon at the current place.
func (r *reader) lookUp() bool {
	c := firstRune(r.src[r.pos:])
	if unicode.IsSpace(c) {
		return false
	}
	word := firstRunOf(r.src[r.pos:min(len(r.src), r.pos+120)])
	lower := strings.ToLower(word)
	for _, e := range r.lexicon.whole[lower] {
		if n := e.at(r.src[r.pos:]); n > 0 && !wordRune(firstRune(r.after(n)+" ")) {
			return r.use(e, n)
		}
	}
	for _, e := range r.lexicon.prefix[head(lower)] {
		if n := e.at(r.src[r.pos:]); n > 0 {
			return r.use(e, n)
		}
	}
	return false
}

// at returns how much of s the entry matches.
func (e Entry) at(s string) int {
	if len(s) < len(e.Match) {
		return foldedAt(s, e)
	}
	if s[:len(e.Match)] == e.Match {
		return len(e.Match)
	}
	return foldedAt(s, e)
}

// matchesRune reports whether two characters count as the same one for the entry.
func (e Entry) matchesRune(x, y rune) bool {
	switch {
	case x == y, apostrophe(x) && apostrophe(y), unicode.IsSpace(x) && unicode.IsSpace(y):
		return true
	case e.Case:
		return false
	}
	return unicode.ToLower(x) == unicode.ToLower(y)
}

// foldedAt compares without regard to case and to the form of apostrophes.
func foldedAt(s string, e Entry) int {
	i := 0
	for _, want := range e.Match {
		got, n := utf8.DecodeRuneInString(s[i:])
		if n == 0 || !e.matchesRune(got, want) {
			return 0
		}
		i += n
	}
	if !e.Case && !e.capitals(s[:i]) {
		return 0
	}
	return i
}

// capitals reports whether a word has the capitals that an entry of capitals
// asks for even without a case rule: US is not us, and NATO may be Nato.
func (e Entry) capitals(got string) bool {
	switch {
	case !allUpper(e.Match):
		return true
	case utf8.RuneCountInString(e.Match) <= 3:
		return got == e.Match
	}
	return unicode.IsUpper(firstRune(got))
}

func apostrophe(c rune) bool { return strings.ContainsRune("'’ʼ‘", c) }

func (r *reader) use(e Entry, n int) bool {
	if e.Alias == "" { // no voice is sent sounds: the word is read as it is written, and the clip is the same
		return r.keep(n)
	}
	r.matched = append(r.matched, e.Canonical())
	if !e.Prefix {
		return r.say(e.Alias, n)
	}
	word := r.src[r.pos+n:]
	rest := len(word) - len(strings.TrimLeftFunc(word, wordRune)) // it belongs to the same word
	return r.say(e.Alias+word[:rest], n+rest)
}

// With returns the lexicon with an entry set, replacing the one for the same
// word, language and scope.
func (x Lexicon) With(e Entry) Lexicon {
	out := x.Without(e)
	return append(out, e)
}

// Merge returns the lexicon with all entries of another set, in time that grows
// with their number.
func (x Lexicon) Merge(more Lexicon) Lexicon {
	last := make(map[Entry]int, len(more))
	for i, e := range more {
		last[e.name()] = i
	}
	out := make(Lexicon, 0, len(x)+len(more))
	for _, old := range x {
		if _, replaced := last[old.name()]; !replaced {
			out = append(out, old)
		}
	}
	for i, e := range more {
		if last[e.name()] == i {
			out = append(out, e)
		}
	}
	return out
}

// name identifies an entry: two entries with the same name replace each other.
func (e Entry) name() Entry {
	return Entry{Match: strings.ToLower(e.Match), Language: e.Language, Site: e.Site, Section: e.Section, Article: e.Article, Prefix: e.Prefix}
}

// Without returns the lexicon without the entry for the same word, language
// and scope.
func (x Lexicon) Without(e Entry) Lexicon {
	var out Lexicon
	for _, old := range x {
		if !old.same(e) {
			out = append(out, old)
		}
	}
	return out
}

func (e Entry) same(o Entry) bool { return e.name() == o.name() }
