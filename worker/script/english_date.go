package script

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"lector/worker/pattern"
)

func sayISODate(r *reader, m []string) (string, int) {
	s := calendar(m[1], m[2], m[3])
	if s == "" || r.glued(len(m[0])) {
		return "", 0
	}
	if m[4] != "" {
		s += ", " + clock24(m[4], m[5])
	}
	if m[6] != "" {
		s += " U T C"
	}
	return s, len(m[0])
}

// calendar says a date of numbers, or nothing when there is no such day.
func calendar(y, month, day string) string {
	mm, dd := atoi(month), atoi(day)
	yy := atoi(y)
	if len(y) == 2 {
		if yy += 2000; yy > 2060 {
			yy -= 100
		}
	}
	t := time.Date(yy, time.Month(mm), dd, 0, 0, 0, 0, time.UTC)
	if mm < 1 || mm > 12 || t.Day() != dd {
		return ""
	}
	return t.Month().String() + " " + ordinal(strconv.Itoa(dd)) + ", " + year(strconv.Itoa(yy))
}

func sayNumericDate(r *reader, m []string) (string, int) {
	if m[2] != m[4] || r.glued(len(m[0])) {
		return "", 0
	}
	day, month := m[3], m[1]
	if m[2] == "." || atoi(month) > 12 {
		day, month = month, day
	}
	return calendar(m[5], month, day), len(m[0])
}

func sayYears(r *reader, m []string) (string, int) {
	second := m[2]
	if r.glued(len(m[0])) || len(second) == 2 && second[0] != '0' && atoi(second) <= atoi(m[1][2:]) || second[0] == '0' && atoi(second) != atoi(m[1][2:])+1 || currencyBefore(r) {
		return "", 0
	}
	if len(second) == 2 && second[0] == '0' {
		second = m[1][:2] + second
	}
	if len(second) == 2 {
		if strings.Contains(m[0], "/") || atoi(second) == atoi(m[1][2:])+1 {
			return year(m[1]) + " " + cardinal(second), len(m[0])
		}
		return year(m[1]) + " to " + cardinal(second), len(m[0])
	}
	return year(m[1]) + " to " + year(second), len(m[0])
}

func sayDecade(_ *reader, m []string) (string, int) {
	if len(m[1]) == 4 && m[1][3] != '0' {
		return "", 0
	}
	return decade(m[1]), len(m[0])
}

// sayDaysMonth says "3–5 June 2025" as "the third to the fifth of June, …".
func sayDaysMonth(r *reader, m []string) (string, int) {
	name, ok := englishMonths[strings.ToLower(strings.TrimSuffix(m[4], "."))]
	if !ok || atoi(m[1]) < 1 || atoi(m[1]) > 31 || atoi(m[3]) < 1 || atoi(m[3]) > 31 {
		return "", 0
	}
	link := strings.TrimSpace(m[2])
	if strings.ContainsAny(link, "-–—/") {
		link = "to"
	}
	s := ordinal(m[1]) + " " + link + " the " + ordinal(m[3]) + " of " + name
	if b := r.before(); b != "the" && b != "a" {
		s = "the " + s
	}
	n := len(m[0])
	if m[5] != "" && !r.glued(n) {
		return s + ", " + year(m[5]), n
	}
	n = strings.LastIndex(m[0], m[4]) + len(m[4])
	return s, n
}

// untilDay is the dash of "28 June – 2 July".
var untilDay = pattern.New(`^( ?[-–—] ?)\d{1,2} ([A-Z][a-z]{2,8})`)

// sayDayMonth says "13 January 2025" as "the thirteenth of January, …".
func sayDayMonth(r *reader, m []string) (string, int) {
	name, ok := englishMonths[strings.ToLower(strings.TrimSuffix(m[2], "."))]
	if !ok || atoi(m[1]) < 1 || atoi(m[1]) > 31 {
		return "", 0
	}
	s := ordinal(m[1]) + " of " + name
	if b := r.before(); b != "the" && b != "a" {
		s = "the " + s
	}
	n := len(m[0])
	if m[3] == "" || r.glued(n) {
		n = strings.Index(m[0], m[2]) + len(m[2])
	}
	if dash := untilDay.FindStringSubmatch(r.after(n)); dash != nil && englishMonths[strings.ToLower(dash[2])] != "" {
		return s + " to", n + len(dash[1])
	}
	if m[3] != "" && !r.glued(len(m[0])) {
		return s + ", " + year(m[3]), n
	}
	if n = strings.Index(m[0], m[2]) + len(m[2]); strings.HasSuffix(m[2], ".") && r.last(n) {
		s += "."
	}
	return s, n
}

var englishMonths = func() map[string]string {
	out := map[string]string{}
	for m := time.January; m <= time.December; m++ {
		name := m.String()
		out[strings.ToLower(name)], out[strings.ToLower(name[:3])] = name, name
	}
	out["sept"] = "September"
	return out
}()

// isYear decides about four digits without a comma.
func isYear(r *reader, n string, size int) bool {
	if len(n) == 4 && digitRun(n) == 4 && n >= "1000" && n < "1100" && dated[r.before()] && !countable(r.after(size)) {
		return true
	}
	if len(n) != 4 || digitRun(n) != 4 || n < "1100" || n > "2099" || currencyBefore(r) {
		return false
	}
	if n >= "2100" || quantity[r.before()] {
		return false
	}
	if b := r.before(); len(b) == 2 && (b[0] == 'q' || b[0] == 'h') && b[1] >= '1' && b[1] <= '4' {
		return true
	}
	if yearWords[r.before()] || r.pos > 3 && r.src[r.pos-1] == '-' && eras[lastWord(r.src[max(0, r.pos-8):r.pos-1])] || englishMonths[strings.TrimSuffix(r.before(), ".")] != "" {
		return true
	}
	return !countable(r.after(size)) && firstWord(r.after(size)) != "of"
}

// dated are words that make a year of 1066.
var dated = set(`a.d. ad in since until year of circa by`)

var yearWords = set(`in since by until till from of to during after before year early late mid through spring summer autumn fall winter the and january-`)

var eras = set(`pre post mid late early Pre Post Mid`)

func decadeShort(r *reader) bool {
	if r.level != full || r.pos > 0 && wordRune(firstRune(r.src[r.pos-1:])) {
		return false
	}
	if m := decades.FindStringSubmatch(r.rest(view)); m != nil {
		return r.say(decade(m[1]), len(m[0]))
	}
	if m := shortYear.FindStringSubmatch(r.rest(view)); m != nil && m[1] != "00" {
		if m[1][0] == '0' {
			return r.say("oh "+ones[m[1][1]-'0'], len(m[0]))
		}
		return r.say(cardinal(m[1]), len(m[0]))
	}
	return false
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
	if m := monthShort.FindStringSubmatch(window); r.level == full && m != nil {
		century := "20"
		if m[1] > "60" {
			century = "19"
		}
		return r.say(name+" "+year(century+m[1]), len(m[0]))
	}
	if m := monthYear.FindStringSubmatch(window); m != nil && !r.glued(len(m[0])) {
		if r.level == light {
			return r.abbreviated(word, name)
		}
		return r.say(name+" "+year(m[2]), len(m[0]))
	}
	return false
}

func (r *reader) monthDay(name string, m []string) string {
	say, sayYear := ordinal, year
	if r.level == light {
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

// lastMonth returns the word before a dash at the end of s, in lower case.
func lastMonth(s string) string {
	s = strings.TrimRight(s[max(0, len(s)-16):], "-–")
	return strings.ToLower(s[strings.LastIndexAny(s, " (,")+1:])
}

var weekdays = set(`mon. tue. tues. wed. thu. thur. thurs. fri. sat. mar.`)

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
