package extract

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"lector"
)

// longest is how long a line of furniture can be, in bytes; longer text is
// never dropped for its words alone.
const longest = 420

// line returns the rule by which a line of text is not read, or nil. linked is
// the share of the text that stands in links.
func (k rulebook) line(text string, kind lector.SegmentKind, linked float64) *rule {
	if !speakable(text) {
		return k.get("text.nothing")
	}
	if len(text) > longest {
		return nil
	}
	plain := fold(text)
	if r := k.on(data().whole[plain]); r != nil && (kind != lector.Heading || !slices.Contains([]Reason{control, live}, r.reason)) {
		return r
	}
	for _, find := range [...]func(k rulebook, text, plain string, linked float64) *rule{ // what no phrase and no pattern can say
		rulebook.shortcode, rulebook.controls, rulebook.lead, rulebook.linkedLead, rulebook.clock, rulebook.ask,
	} {
		if r := find(k, text, plain, linked); r != nil {
			return r
		}
	}
	for _, r := range data().lines {
		if r.holds(text, plain) && k.on(r) != nil {
			return r
		}
	}
	return nil
}

// speakable reports whether a voice could say anything of s.
func speakable(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}

// controls finds lines that consist of phrases only, such as "Previous | Next".
func (k rulebook) controls(_, plain string, _ float64) *rule {
	if len(plain) > 120 || !strings.ContainsAny(plain, "|·•/") {
		return nil
	}
	var found *rule
	for part := range strings.FieldsFuncSeq(plain, func(r rune) bool { return strings.ContainsRune("|·•/", r) }) {
		if found = k.on(data().whole[fold(part)]); found == nil {
			return nil
		}
	}
	return found
}

// lead finds "Read also: …" and "Photo: …".
func (k rulebook) lead(text, plain string, linked float64) *rule {
	head, rest, found := cutLead(plain)
	if !found || len(rest) >= 200 && linked < 0.5 {
		return nil
	}
	if r := k.on(data().leads[head]); r != nil && allowed(r.reason, head, rest, text, linked) {
		return r
	}
	if r := k.on(data().whole[head]); r != nil && has("leading", string(r.reason)) && utf8.RuneCountInString(head) > 5 {
		return r
	}
	return nil
}

// linkedLead finds what is a link after the words that lead to one.
func (k rulebook) linkedLead(_, plain string, linked float64) *rule {
	if linked <= 0.5 {
		return nil
	}
	for n, words := 4, strings.Fields(plain); n > 1; n-- {
		if len(words) <= n {
			continue
		}
		head := strings.Join(words[:n], " ")
		for _, r := range [...]*rule{data().whole[head], data().leads[head]} {
			if r != nil && r.reason == related {
				return k.on(r)
			}
		}
	}
	return nil
}

// cutLead splits "read also: the headline" at its mark.
func cutLead(plain string) (head, rest string, found bool) {
	at := strings.IndexFunc(plain[:min(len(plain), 60)], func(r rune) bool {
		return strings.ContainsRune(":：|｜︱–—»>→▶►】］", r) || r == '\uFFFD'
	})
	if at < 0 {
		return "", "", false
	}
	_, size := utf8.DecodeRuneInString(plain[at:])
	return strings.TrimSpace(plain[:at]), strings.TrimSpace(plain[at+size:]), true
}

// allowed reports whether a short lead counts: "More: he left." is a sentence, "More:
// Russia's army in figures" is a link.
func allowed(kind Reason, head, rest, text string, linked float64) bool {
	switch {
	case kind != related:
		return len(rest) < 200
	case strings.Contains(head, " ") || spaceless(head) || linked > 0.4:
		return true
	case len(rest) <= 12 || len(rest) >= 160:
		return false
	}
	return !ended(text) || strings.HasSuffix(text, ":")
}

// dateWords is how many spaces a line of dates and times has at most.
const dateWords = 13

// clock finds a line that holds a date or a time and nothing else.
func (k rulebook) clock(text, plain string, _ float64) *rule {
	if len(plain) > 90 || strings.Count(text, " ") > dateWords {
		return nil
	}
	if !strings.ContainsFunc(plain, unicode.IsDigit) && !has("clock words", plain) {
		return nil
	}
	if expr("clock line").MatchString(plain) || onlyDate(text) {
		return k.get("text.clock")
	}
	return nil
}

// ask finds lines such as "Subscribe to our newsletter": they begin with a request and name
// what is wanted.
func (k rulebook) ask(_, plain string, _ float64) *rule {
	if len(plain) > 400 || !beginsAny(plain, listed("asks")) || !containsAny(plain, listed("wants")) {
		return nil
	}
	return k.get("text.ask")
}

func beginsAny(s string, list []string) bool {
	return slices.ContainsFunc(list, func(p string) bool { return strings.HasPrefix(s, p) })
}

// ended reports whether s ends as a sentence does.
func ended(s string) bool {
	s = strings.TrimRightFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.In(r, unicode.So, unicode.Sk, unicode.Cf, unicode.Mn) || strings.ContainsRune(`"'”’»)]“›`, r)
	})
	r, _ := utf8.DecodeLastRuneInString(s)
	return strings.ContainsRune(".!?…。！？:;", r) && r != utf8.RuneError
}

// prose reports whether s is long enough and ended like running text.
func prose(s string) bool {
	n := utf8.RuneCountInString(s)
	switch {
	case n < 15 || !ended(s):
		return false
	case n >= 60:
		return true
	case n >= 25 && len(strings.Fields(s)) >= 5:
		return true
	}
	return len(s) >= 40 && spaceless(s)
}

// spaceless reports whether s is in a script that sets no spaces between
// words.
func spaceless(s string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, "「『“\"（《"))
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai)
}
