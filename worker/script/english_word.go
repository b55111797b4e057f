package script

import (
	"strings"
	"unicode"
	"unicode/utf8"

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
	case (word == "x86" || word == "x64") && r.level == Full:
		return r.say("x "+cardinal(word[1:]), len(word))
	case r.level == Full && (word == "kr" || word == "zł") && money(r) || word[0] == 'v' && released(r) || prefixed(r, word):
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
	return r.level == Full && (near && (money(r) || offset(r)) || len(word) < 4 && direction(r, word) || near && designation(r))
}

var (
	monthDay   = pattern.New(`^([A-Z][a-z]{2,8})\.?[ \x{a0}](\d{1,2})(?:st|nd|rd|th)?(?:( ?[-–—] ?| and | or )(\d{1,2})(?:st|nd|rd|th)?)?(?:,?[ \x{a0}](\d{4}))?\b`)
	monthShort = pattern.New(`^[A-Z][a-z]{2,8}\.? ?['’‘](\d\d)\b`)
	monthYear  = pattern.New(`^([A-Z][a-z]{2,8})\.?,?[ \x{a0}](1[5-9]\d\d|20\d\d)\b`)
	monthCheck = pattern.New(`^(?:[ \x{a0}]?[:/%]|[.,]\d|-\d)`)
)

// monthFirst says "Jan. 13, 2025" as "January thirteenth, twenty twenty-five".
func monthFirst(r *reader, word string) bool {
	name := englishMonths[strings.ToLower(strings.TrimRight(word, "."))]
	if name == "" {
		return false
	}
	window := r.rest(view)
	if before := r.src[:r.pos]; (strings.HasSuffix(before, "-") || strings.HasSuffix(before, "–")) && englishMonths[strings.Trim(lastMonth(before), ".")] != "" && !monthDay.MatchString(window) && !monthYear.MatchString(window) {
		return r.abbreviated(word, name)
	}
	if rest := window[len(word):]; strings.HasPrefix(rest, "-") || strings.HasPrefix(rest, "–") {
		if englishMonths[strings.ToLower(firstWord(rest))] != "" {
			return r.say(name+" to ", len(word)+len(string(firstRune(rest))))
		}
	}
	if m := monthDay.FindStringSubmatch(window); m != nil && atoi(m[2]) >= 1 && atoi(m[2]) <= 31 && (m[4] == "" || atoi(m[4]) <= 31) {
		n := len(m[0])
		if m[5] != "" && (m[5] < "1000" || m[5] > "2199") {
			m[5], n = "", strings.LastIndex(m[0], m[5])
			n = len(strings.TrimRight(m[0][:n], ", \u00a0"))
		}
		if !monthCheck.MatchString(r.after(n)) && !r.glued(n) {
			return r.say(r.monthDay(name, m), n)
		}
	}
	if m := monthShort.FindStringSubmatch(window); r.level == Full && m != nil {
		century := "20"
		if m[1] > "60" {
			century = "19"
		}
		return r.say(name+" "+year(century+m[1]), len(m[0]))
	}
	if m := monthYear.FindStringSubmatch(window); m != nil && !r.glued(len(m[0])) {
		if r.level == Light {
			return r.abbreviated(word, name)
		}
		return r.say(name+" "+year(m[2]), len(m[0]))
	}
	return false
}

func (r *reader) monthDay(name string, m []string) string {
	say, sayYear := ordinal, year
	if r.level == Light {
		same := func(s string) string { return s }
		say, sayYear = same, same
	}
	s := name + " " + say(m[2])
	switch {
	case m[4] != "" && strings.ContainsAny(m[3], "-–—"):
		s += " to " + say(m[4])
	case m[4] != "":
		s += m[3] + say(m[4])
	}
	if m[5] != "" {
		s += ", " + sayYear(m[5])
	}
	return s
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
	case (lower == "a.m." || lower == "p.m.") && r.level == Light:
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

// lastMonth returns the word before a dash at the end of s, in lower case.
func lastMonth(s string) string {
	s = strings.TrimRight(s[max(0, len(s)-16):], "-–")
	return strings.ToLower(s[strings.LastIndexAny(s, " (,")+1:])
}

var weekdays = set(`mon. tue. tues. wed. thu. thur. thurs. fri. sat. mar.`)

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

// fiscal is "FY2025-26" and "FY25".
var fiscal = pattern.New(`^FY ?'?(20\d\d|\d\d)(?:[-–/](20\d\d|\d\d))?\b`)

func fiscalYear(m []string) string {
	first := m[1]
	if len(first) == 2 {
		first = "20" + first
	}
	switch len(m[2]) {
	case 4:
		return year(first) + " to " + year(m[2])
	case 2:
		return year(first) + " " + cardinal(m[2])
	}
	return year(first)
}

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
	if m == nil || r.level != Full || r.glued(len(m[0])) {
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

var offsetShape = pattern.New(`^(UTC|GMT) ?([-−–+]) ?(\d{1,2})(?::(\d\d))?\b`)

// offset says "GMT-5" and "UTC+5:30".
func offset(r *reader) bool {
	m := offsetShape.FindStringSubmatch(r.rest(view))
	if m == nil {
		return false
	}
	sign := "minus"
	if m[2] == "+" {
		sign = "plus"
	}
	s := letters(m[1]) + " " + sign + " " + cardinal(m[3])
	if m[4] != "" && m[4] != "00" {
		s += " " + minutes(m[4])
	}
	return r.say(s, len(m[0]))
}

var (
	dayShape = pattern.New(`^(Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)(?:\.|\b)`)
	dayLink  = pattern.New(`(?:Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)\.? (?:to|through|until) $`)
	dayTail  = pattern.New(`^(?: (?:to|through|until) (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)|,? (?:\d|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)|[-–/](?:Mon|Tue|Wed|Thu|Fri|Sat|Sun))`)
	dayNames = map[string]string{"Mon": "Monday", "Tue": "Tuesday", "Wed": "Wednesday", "Thu": "Thursday", "Fri": "Friday", "Sat": "Saturday", "Sun": "Sunday"}
)

// weekday says "Wed 12 March" and "Mon-Fri".
func weekday(r *reader, word string) bool {
	if len(word) < 3 || dayNames[word[:3]] == "" {
		return false
	}
	m := dayShape.FindStringSubmatch(r.rest(view))
	if m == nil {
		return false
	}
	n := len(m[0])
	name := dayNames[m[1][:3]]
	dash, _ := utf8.DecodeLastRuneInString(r.src[:r.pos])
	tail := dayTail.FindString(r.after(n))
	switch {
	case strings.ContainsAny(tail, "-–"):
		return r.say(name+" to ", n+len(string(firstRune(tail))))
	case tail != "" || dayLink.MatchString(r.src[max(0, r.pos-16):r.pos]) || r.pos > 3 && strings.ContainsRune("-–/", dash):
		return r.say(name, n)
	}
	return false
}

var slashed = map[string]string{"w/o": "without", "c/o": "care of", "n/a": "not applicable", "w/": "with", "b/c": "because"}

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

func allUpper(s string) bool {
	for _, c := range s {
		if !unicode.IsUpper(c) {
			return false
		}
	}
	return s != ""
}

// initialism spells names of capitals that are no words: "NIS", "POWs".
func initialism(r *reader, word string) bool {
	if r.shouting && !strings.Contains(word, ".") {
		return false
	}
	if core, ok := strings.CutSuffix(word, ".s"); ok && dotted(core+".") {
		return r.say(letters(core)+"s", len(word))
	}
	if r.pos+len(word) < len(r.src) && small[firstRune(r.src[r.pos+len(word):])] != "" && allUpper(word) && len(word) < 4 {
		return r.say(letters(word), len(word))
	}
	if dotted(word) {
		return r.abbreviated(word, letters(word))
	}
	bare := strings.TrimRight(word, ".")
	core := strings.TrimSuffix(bare, "s")
	if core == "" || utf8.RuneCountInString(core) < 2 && bare == core || !allUpper(core) || strings.ContainsAny(bare, "&.") && bare != core {
		return ampersand(r, bare)
	}
	if len(core) == 1 || readAsWord(core) || !ascii(core) {
		return false
	}
	return r.say(letters(bare), len(bare))
}

// ampersand knows "AT&T" and "Q&A".
func ampersand(r *reader, bare string) bool {
	left, right, found := strings.Cut(bare, "&")
	if !found || !allUpper(left) || !allUpper(right) || len(bare) > 7 {
		return false
	}
	return r.say(letters(left)+" and "+letters(right), len(bare))
}

// dotted reports whether word is letters with a full stop behind each: "D.C.".
func dotted(word string) bool {
	if len(word) < 4 || len(word)%2 != 0 {
		return false
	}
	for i := 0; i < len(word); i += 2 {
		if word[i] < 'A' || word[i] > 'Z' || word[i+1] != '.' {
			return false
		}
	}
	return true
}

func ascii(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// readAsWord reports whether capitals are said as a word. Three letters are
// spelled unless known; longer ones are said when they can be.
func readAsWord(core string) bool {
	switch {
	case spelledAnyway[core]:
		return false
	case spokenAsWords[core] || plainCapitals[core]:
		return true
	case len(core) <= 3:
		return false
	case len(core) > 8:
		return true
	case len(core) > 6:
		return longestRun(core) < 5
	}
	return pronounceable(core)
}

// longestRun returns how many consonants stand side by side at most.
func longestRun(s string) int {
	longest, run := 0, 0
	for _, c := range s {
		if run++; strings.ContainsRune("AEIOUY", c) {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}

// pronounceable reports whether vowels and consonants alternate enough for a
// word: at most two consonants in a row at the start, three within.
func pronounceable(s string) bool {
	vowels, run := 0, 0
	for i, c := range s {
		if strings.ContainsRune("AEIOUY", c) {
			vowels++
			run = 0
			continue
		}
		if run++; run > 2 && i < 4 || run > 3 {
			return false
		}
	}
	return vowels*3 >= len(s) && !(len(s) == 4 && vowels < 2 && !strings.ContainsRune("AEIOU", rune(s[1])) && !strings.ContainsRune("AEIOU", rune(s[2])))
}

var romanShape = pattern.New(`^M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})$`)

// romanNouns stand before a number that counts, romanNames before one that
// orders.
var (
	romanNouns = set(`wrestlemania auto fantasy creed survivor war wars chapter article title part volume act phase stage type class bowl level section book scene appendix tier apollo mark category group annex schedule rocky season episode final world olympiad gemini iphone playstation windows corps division zone grade page vatican vol vol. ch. art. pt. sec.`)
	romanNames = set(`sixtus gustav gustavus celestine clemens callixtus adrian hadrian sergius stephen pedro afonso manuel luis alfonso enrique fernando sancho jaime victor emmanuel humbert farouk hamid suleiman mahmud osman bayezid mustafa ahmed ptolemy cleopatra antiochus seleucus artaxerxes cyrus thutmose tuthmose amenhotep seti menelik rama carol boris simeon petar olaf haakon hakon canute knut magnus erik eric valdemar sweyn rainier guillaume henri philippe wilhelmina maximilian matthias rudolph augustus wladyslaw boleslaw mieszko kazimierz zygmunt bela andras istvan laszlo mircea stefan radu lothair edmund theodosius justinian valentinian leonid gerontius alexios romanos tutankhamun shapur sargon nebuchadnezzar agha pahlavi bagrat erekle tamar king queen pope emperor tsar czar louis charles elizabeth henry george william edward richard james john paul pius benedict leo francis nicholas alexander peter catherine philip felipe carlos juan frederick friedrich wilhelm napoleon harald gustaf carl albert leopold baudouin margrethe christian frederik haakon olav willem mary innocent gregory clement urban boniface ivan vladimir yaroslav sigismund casimir stanislaw ladislaus mehmed selim murad abdullah hussein mohammed hassan ramses rameses darius xerxes constantine theodore michael basil filaret bartholomew kirill adolf otto rudolf ferdinand joseph franz francois umberto vittorio emanuel`)
)

var centuries = set(`century centuries Olympic Olympics Olympiad Legion`)

// ordinalTail returns the numeral of "XIVth", or nothing for other words.
func ordinalTail(word string) string {
	if len(word) < 3 || strings.IndexByte("IVXLC", word[0]) < 0 {
		return ""
	}
	switch n := len(word) - 2; word[n:] {
	case "st", "nd", "rd", "th":
		return word[:n]
	}
	return ""
}

func roman(r *reader, word string) bool {
	bare := strings.TrimRight(word, ".")
	if r.level != Full || r.language.tag != "en" {
		return false
	}
	if m := ordinalTail(bare); m != "" && romanShape.MatchString(m) {
		the := ""
		if r.person() {
			the = "the "
		}
		return r.say(the+ordinal(itoa(romanValue(m))), len(bare))
	}
	if strings.Trim(bare, "ivx") == "" && romanNouns[r.before()] && (len(bare) > 1 || r.before() != "book" && r.before() != "section") {
		if upper := strings.ToUpper(bare); romanShape.MatchString(upper) {
			return r.say(cardinal(itoa(romanValue(upper))), len(bare))
		}
	}
	if r.level != Full || bare == "" || len(bare) > 8 || strings.IndexByte("IVXLCDM", bare[0]) < 0 || !romanShape.MatchString(bare) || r.language.tag != "en" {
		return false
	}
	before, next := r.before(), firstWord(r.after(len(bare)))
	if len(bare) == 1 && len(word) > 1 && unicode.IsUpper(firstRune(next)) { // an initial: "Richard V. Smith"
		return false
	}
	value := cardinal(itoa(romanValue(bare)))
	switch {
	case len(bare) > 1 && centuries[next]:
		return r.say(toOrdinal(value), len(bare))
	case (next == "Corps" || next == "Airborne") && romanValue(bare) < 40:
		return r.say(toOrdinal(value), len(bare))
	case romanNames[strings.TrimSuffix(before, "'s")] && romanValue(bare) < 40 && r.capitalBefore() && !(bare == "I" && !r.nameEnds(len(bare)) && !r.crowned()):
		return r.say("the "+toOrdinal(value), len(bare))
	case romanNouns[before] && (len(bare) > 1 || bare == "V" || bare == "X" || bare == "I" && r.capitalBefore() && r.nameEnds(1) || bare == "I" && (before == "war" || before == "part" || before == "act" || before == "phase" || before == "chapter" || before == "title" || before == "type")):
		return r.say(value, len(bare))
	case (bare == "IV" || bare == "VI" || bare == "IX") && r.capitalBefore() && r.person():
		return r.say("the "+toOrdinal(value), len(bare))
	case bare == "V" && r.capitalBefore() && len(before) > 1 && !unicode.IsUpper(firstRune(next)) && !strings.HasPrefix(r.after(1), "."):
		if r.person() {
			return r.say("the fifth", 1)
		}
		return r.say(value, 1)
	case plainNumeral[bare] && r.capitalBefore():
		if r.person() {
			return r.say("the "+toOrdinal(value), len(bare))
		}
		return r.say(value, len(bare))
	}
	return false
}

// plainNumeral are Roman numbers that hardly mean anything else: "Final
// Fantasy VII".
var plainNumeral = set(`II III VII VIII XII XIII XIV XVI XVII XVIII XIX XXI XXII XXIII XXIV`)

// person reports whether a given name stands within the three words before, so
// that a numeral orders: "Hank Williams III".
func (r *reader) person() bool {
	fields := strings.Fields(r.src[max(0, r.pos-40):r.pos])
	for i := len(fields) - 1; i >= max(0, len(fields)-3); i-- {
		w := strings.Trim(fields[i], ",()\"“”")
		if !unicode.IsUpper(firstRune(w)) {
			return false
		}
		if givenNames[strings.ToLower(w)] || romanNames[strings.ToLower(w)] {
			return true
		}
	}
	return false
}

var givenNames = set(`thurston quincy james john robert michael william david davis richard joseph thomas charles christopher daniel matthew anthony mark donald steven paul andrew joshua kenneth kevin brian george timothy ronald edward jason jeffrey ryan jacob gary nicholas eric jonathan stephen larry justin scott brandon benjamin samuel gregory alexander frank patrick raymond jack dennis jerry tyler aaron jose adam nathan henry douglas zachary peter kyle noah ethan jeremy walter christian keith roger terry austin sean gerald carl harold dylan arthur lawrence jordan jesse bryan billy bruce gabriel joe logan alan juan albert willie elijah wayne randy vincent mason roy ralph bobby russell bradley philip eugene hank cornelius winthrop nelson tom jim bob bill ted steve mike dan ron ken greg jeff harry fred ernest theodore ulysses gus trey cale lamar calvin clay clarence lloyd grant marcus earl otis reggie luther franklin potter prescott adlai strom mitt sonny ken griffey floyd evander cal dale odell marvin karl bernard leonard martin hugh oliver edgar ezra jay forrest rex royce sterling walker warren wendell wesley wyatt`)

// between says the x that stands alone in a measure: "10 cm x 15 cm".
func between(r *reader, word string) bool {
	if word != "x" && word != "X" || r.level != Full || r.pos < 2 || r.src[r.pos-1] != ' ' || digitRun(strings.TrimPrefix(r.after(1), " ")) == 0 {
		return false
	}
	fields := strings.Fields(r.src[max(0, r.pos-24):r.pos])
	if n := len(fields); n > 0 && (digitRun(fields[n-1]) > 0 || n > 1 && digitRun(fields[n-2]) > 0 && units[fields[n-1]].one != "") {
		return r.say("by", 1)
	}
	return false
}

// crowned reports whether a title stands before the name before this place:
// "Pope Francis I was".
func (r *reader) crowned() bool {
	fields := strings.Fields(r.src[max(0, r.pos-40):r.pos])
	return len(fields) > 1 && crowns[fields[len(fields)-2]]
}

var crowns = set(`King Queen Pope Emperor Empress Tsar Czar Kaiser Shah Sultan Patriarch Prince`)

// nameEnds reports whether a lone I can be a numeral: no verb follows it.
func (r *reader) nameEnds(n int) bool {
	next := firstWord(r.after(n))
	return !set(`am was have had will would do did think know saw can could said want feel believe`)[next]
}

func romanValue(s string) int {
	values := map[byte]int{'I': 1, 'V': 5, 'X': 10, 'L': 50, 'C': 100, 'D': 500, 'M': 1000}
	sum := 0
	for i := 0; i < len(s); i++ {
		v := values[s[i]]
		if i+1 < len(s) && values[s[i+1]] > v {
			sum -= v
		} else {
			sum += v
		}
	}
	return sum
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
