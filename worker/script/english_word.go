package script

import (
	"strings"
	"unicode"

	"lector/worker/pattern"
)

// englishWord knows abbreviations, dates that begin with a month, initialisms,
// Roman numerals and the names of things with numbers.
func englishWord(r *reader) bool {
	word := r.word()
	if word == "" {
		return false
	}
	first := firstRune(word)
	switch {
	case unicode.IsUpper(first):
		if capitalWord(r, word) {
			return true
		}
	case (word == "x86" || word == "x64") && r.level == full:
		return r.say("x "+cardinal(word[1:]), len(word))
	case r.level == full && (word == "kr" || word == "zł") && money(r) || word[0] == 'v' && released(r) || prefixed(r, word):
		return true
	}
	if (word == "noon" || word == "midnight") && untilHour.MatchString(r.after(len(word))) {
		return r.say(word+" to ", len(word)+len(string(firstRune(r.after(len(word))))))
	}
	if len(word) <= 5 && (loneUnit(r, word) || slashedWord(r, word) || between(r, word)) {
		return true
	}
	return r.abbreviation(word) || numberedAbbreviation(r, word) || roman(r, word) || initialism(r, word)
}

// untilHour is the end of "noon-3pm".
var untilHour = pattern.New(`^[-–]\d`)

// capitalWord knows what begins with a capital. What takes a digit to be meant
// is tried only where one is near.
func capitalWord(r *reader, word string) bool {
	if monthFirst(r, word) || weekday(r, word) {
		return true
	}
	near := strings.ContainsAny(r.rest(12), "0123456789$¥")
	return r.level == full && (near && (money(r) || offset(r)) || len(word) < 4 && direction(r, word) || near && designation(r))
}

// abbreviated says an abbreviation and keeps the full stop of a sentence that
// ends with it.
func (r *reader) abbreviated(word, spoken string) bool {
	if spoken == strings.TrimSuffix(word, ".") && !strings.HasSuffix(word, ".") {
		return r.keep(len(word))
	}
	n := len(word)
	if !strings.HasSuffix(word, ".") && r.pos+n < len(r.src) && r.src[r.pos+n] == '.' {
		n++
	}
	if strings.HasSuffix(r.src[r.pos:r.pos+n], ".") && r.last(n) {
		spoken += "."
	}
	return r.say(spoken, n)
}

// abbreviation knows the words of the language's table.
func (r *reader) abbreviation(word string) bool {
	lower := strings.ToLower(word)
	spoken, ok := r.language.words[lower]
	if !ok {
		if s, special := saintOrStreet(r, lower); special && r.before() != "dot" {
			return r.abbreviated(word, s)
		}
		return false
	}
	if r.before() == "dot" { // the end of an address: "x dot co."
		return false
	}
	next := r.after(len(word))
	switch {
	case r.language.tag == "en" && stateShort[lower] && !r.stateHere(word, next):
		return false
	case r.language.tag != "en":
	case lower == "vs" && word != "vs": // the end of "UAVs"
		return false
	case armyShort[lower] && ordinalTailOf(r.before()) == "":
		return false
	case weekdays[lower] && !unicode.IsUpper(firstRune(word)):
		return false
	case lower == "est." && allUpper(word[:3]): // the time zone, at the end of a sentence
		return false
	case titlesOnly[lower] && !titled(next) && !r.titleAlone(lower, next) && !strings.HasPrefix(next, " and M") && !strings.HasPrefix(next, " & M"):
		return false
	case (lower == "co." || lower == "v.") && !unicode.IsUpper(firstRune(strings.TrimPrefix(r.before(), ""))) && r.pos == 0:
		return false
	case (lower == "a.m." || lower == "p.m.") && r.level == light:
		return r.keep(len(word))
	case word == "V.":
		return false
	}
	if unicode.IsUpper(firstRune(word)) && unicode.IsLower(firstRune(spoken)) && r.pos == 0 {
		spoken = strings.ToUpper(spoken[:1]) + spoken[1:]
	}
	return r.abbreviated(word, spoken)
}

// armyShort are bodies of troops behind their number: "1st Bn.".
var armyShort = set(`bn. regt. sqn. bde.`)

// ordinalTailOf returns the letters behind the digits of "1st".
func ordinalTailOf(word string) string {
	n := digitRun(word)
	if tail := word[n:]; n > 0 && (tail == "st" || tail == "nd" || tail == "rd" || tail == "th") {
		return tail
	}
	return ""
}

// stateShort are names of states that mean something else in other places.
var stateShort = set(`ore. mass. pa. ga. ala. ark. kan. ky. mo. mont. neb. miss. ill. ind. va. wash. del. md. la.`)

// stateHere reports whether a state is meant: behind a comma, or before an
// office.
func (r *reader) stateHere(word, next string) bool {
	before := strings.TrimRight(r.src[max(0, r.pos-4):r.pos], " ")
	return unicode.IsUpper(firstRune(word)) && (strings.HasSuffix(before, ",") || strings.HasSuffix(before, "-") || offices[firstWord(next)])
}

var offices = set(`Gov Sen Sens Rep Reps Lt Attorney Secretary Democrat Republican House Senate`)

// titleAlone reports whether a title stands for who bears it: "the 2nd Lt. was
// killed".
func (r *reader) titleAlone(lower, next string) bool {
	return unicode.IsUpper(firstRune(r.src[r.pos:])) && bearers[r.before()] && lower != "v." && lower != "mt." && lower != "fr." && lower != "det." &&
		strings.HasPrefix(next, " ") && lowerStart(firstWord(next))
}

var bearers = set(`the a his her their our former 1st 2nd first second`)

// titled reports whether a name follows a title.
func titled(next string) bool {
	return strings.HasPrefix(next, " ") && len(next) > 1 && (unicode.IsUpper(firstRune(next[1:])) || strings.HasPrefix(next, " 1st Class"))
}

// saintOrStreet decides about "St." and "Dr." by what stands around them.
func saintOrStreet(r *reader, lower string) (string, bool) {
	if r.language.tag != "en" || lower != "st." && lower != "ste." && lower != "ft." {
		return "", false
	}
	next := r.after(len(lower))
	name := strings.HasPrefix(next, " ") && unicode.IsUpper(firstRune(next[1:]))
	before := r.before()
	street := before != "" && (before[0] >= '0' && before[0] <= '9' || r.capitalBefore())
	switch {
	case lower == "ft." && name:
		return "Fort", true
	case lower == "ft.":
		return "feet", true
	case lower == "ste.":
		return "Sainte", name
	case street && !(name && !englishStarter[firstWord(next)] && !r.numberBefore()):
		return "Street", true
	case name:
		return "Saint", true
	}
	return "Street", true
}

var englishStarter = set(`The A In On At It He She They We And But`)

func (r *reader) numberBefore() bool {
	b := r.before()
	return b != "" && b[0] >= '0' && b[0] <= '9'
}

func (r *reader) capitalBefore() bool {
	s := strings.TrimRight(r.src[max(0, r.pos-24):r.pos], " ")
	at := strings.LastIndexByte(s, ' ')
	return unicode.IsUpper(firstRune(s[at+1:])) && !strings.HasSuffix(s, ".") && !strings.HasSuffix(s, ",")
}

// numbered are abbreviations that mean something before a number only.
var numbered = map[string]string{"no.": "number", "nos.": "numbers", "nr.": "number", "p.": "page", "pp.": "pages", "vol.": "volume", "fig.": "figure", "figs.": "figures", "ch.": "chapter", "sec.": "section", "art.": "article", "pt.": "part", "para.": "paragraph", "ver.": "version", "v.": "version", "c.": "circa", "ext.": "extension", "rt.": "route", "apt.": "apartment", "b.": "born", "d.": "died", "sect.": "section", "ste.": "suite", "cap.": "chapter", "tel.": "telephone", "sq.": "square"}

func numberedAbbreviation(r *reader, word string) bool {
	spoken, ok := numbered[strings.ToLower(word)]
	next := r.after(len(word))
	if !ok || r.language.tag != "en" || digitRun(strings.TrimLeft(next, " \u00a0+(")) == 0 || spoken == "square" {
		return false
	}
	if unicode.IsUpper(firstRune(word)) && r.pos == 0 {
		spoken = strings.ToUpper(spoken[:1]) + spoken[1:]
	}
	return r.say(spoken, len(word))
}

var designationShape = pattern.New(`^([A-Z]{1,5}|[A-Z][a-z]{1,3}[A-Z]?)(-?)(\d{1,4})([A-Z]{0,3}\d?)(s?)\b`)

// magnitude is that of an earthquake: "M4.7".
var magnitude = pattern.New(`^M\d\.\d\b`)

// designation says the names of things: "F-16", "MH17", "Su-35", "COVID-19".
func designation(r *reader) bool {
	if m := magnitude.FindString(r.rest(view)); m != "" {
		if r.before() == "an" {
			return r.say("M "+digitByDigit(m[1:2])+" point "+digitByDigit(m[3:]), len(m))
		}
		return r.say("magnitude "+digitByDigit(m[1:2])+" point "+digitByDigit(m[3:]), len(m))
	}
	if released(r) {
		return true
	}
	if strings.HasPrefix(r.src[r.pos:], "FY") {
		if m := fiscal.FindStringSubmatch(r.rest(view)); m != nil && !r.glued(len(m[0])) {
			return r.say("fiscal "+fiscalYear(m), len(m[0]))
		}
	}
	m := designationShape.FindStringSubmatch(r.rest(view))
	if m == nil || r.glued(len(m[0])) || r.language.words[strings.ToLower(m[0])] != "" {
		return false
	}
	if m[2] == "" && !allUpper(m[1]) || strings.HasPrefix(r.after(len(m[0])), ".") && digitRun(r.after(len(m[0]))[1:]) > 0 {
		return false
	}
	name := m[1]
	if allUpper(name) && (!readAsWord(name) || m[2] == "" && len(name) < 3) {
		name = letters(name)
	}
	number := code(m[3])
	if m[5] != "" && m[4] == "" {
		number = plural(number)
	}
	spoken := name + " " + number
	if m[4] != "" {
		spoken += " " + letters(m[4])
	}
	return r.say(spoken, len(m[0]))
}

var releaseShape = pattern.New(`^([A-Z]{1,6}|v)(-?)(\d{1,4}(?:\.\d{1,3}){1,3})\b`)

// released says names with a number that has a point: "v1.5", "PM2.5",
// "GPT-4.1".
func released(r *reader) bool {
	m := releaseShape.FindStringSubmatch(r.rest(view))
	if m == nil || r.level != full || r.glued(len(m[0])) {
		return false
	}
	name, number := m[1], amount(m[3])
	switch {
	case name == "v":
		name = "version"
	case !readAsWord(name):
		name = letters(name)
	}
	if strings.Count(m[3], ".") > 1 {
		number, _ = sayVersion(r, []string{m[3]})
	}
	return r.say(name+" "+number, len(m[0]))
}

var prefixedShape = pattern.New(`^([a-z]{1,2})([A-Z]{2,4})(s?)$`)

// prefixed says capitals behind a small letter: "mRNA", "eSIM", "iOS".
func prefixed(r *reader, word string) bool {
	if len(word) < 3 || word[1] >= 'a' && word[2] >= 'a' {
		return false
	}
	m := prefixedShape.FindStringSubmatch(strings.TrimRight(word, "."))
	if m == nil || units[m[0]].one != "" {
		return false
	}
	core := m[2]
	if !readAsWord(core) {
		core = letters(core)
	}
	return r.say(letters(m[1])+" "+core+m[3], len(m[0]))
}

var slashed = map[string]string{"w/o": "without", "c/o": "care of", "n/a": "not applicable", "w/": "with", "b/c": "because", "y/y": "year on year", "m/m": "month on month", "q/q": "quarter on quarter"}

// slashedWord says "w/o" and "N/A".
func slashedWord(r *reader, word string) bool {
	rest := r.rest(len(word) + 8)
	if len(word) != 1 || !strings.HasPrefix(rest[1:], "/") {
		return false
	}
	for n := min(3, len(rest)); n > 1; n-- {
		if spoken := slashed[strings.ToLower(rest[:n])]; spoken != "" && !r.glued(n) {
			return r.say(spoken, n)
		}
	}
	return false
}

func itoa(n int) string {
	if n == 0 {
		return "0"
	}
	var b []byte
	for ; n > 0; n /= 10 {
		b = append([]byte{byte('0' + n%10)}, b...)
	}
	return string(b)
}
