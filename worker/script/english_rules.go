package script

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"lector/worker/pattern"
)

// spellEnglish knows what may begin at the current place: a word, a number or
// a sign.
func spellEnglish(r *reader) bool {
	c := r.src[r.pos]
	switch {
	case c >= '0' && c <= '9':
		return r.level == full && englishNumber(r)
	case c >= utf8.RuneSelf && !unicode.IsLetter(firstRune(r.src[r.pos:])), c < utf8.RuneSelf && !alnum(c):
		return englishSign(r)
	}
	return electronic(r, englishSigns) || englishWord(r)
}

// view is how far ahead a rule looks, in bytes.
const view = 96

// numberView is how far the shapes of numbers reach: none is longer, and the
// time to look for one grows with it.
const numberView = 56

// numberRule is one shape of numbers. say gets the match and returns what is
// spoken and how much of the match that takes, or "" when the shape is not
// meant.
type numberRule struct {
	shape *pattern.Pattern
	say   func(r *reader, m []string) (spoken string, n int)
	needs string // one of these must stand near, so that most shapes need not be tried; "" for no such sign
}

const (
	reN = `(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:[\x{a0}\x{202f}\x{2009}]\d{3})+|\d{1,3}(?: \d{3}){2,}\b|\d{1,3} 000\b|\d+(?:\.\d+)?)`
	reD = ` ?[-–—] ?`
	reM = `([aApP])(?:\.?[mM]\b\.?)`
)

var englishNumbers = []numberRule{
	{pattern.New(`^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::\d{2})?(Z)?)?`), sayISODate, "-"},
	{pattern.New(`^(\d{4})/(\d{1,2})/(\d{1,2})()()()\b`), sayISODate, "/"},
	{pattern.New(`^(\d{1,2})([./])(\d{1,2})([./])(\d{4}|\d{2})\b`), sayNumericDate, "./"},
	{pattern.New(`^\d[\d-]{8,16}[\dX]\b`), sayBookNumber, "-"},
	{pattern.New(`^(\d{5})(?:-\d{4})?\b`), sayZIP, ""},
	{pattern.New(`^(\d{1,3}(?:\.\d+)?)°(?: ?(\d{1,2}) ?['’′])?(?: ?(\d{1,2}(?:\.\d+)?) ?["”″])? ?` + reQuarter), sayCoordinate, "°"},
	{pattern.New(`^(\d+)/(\d+)(?:th|rd|nd|st)s?\b`), sayFraction, "/⁄"},
	{pattern.New(`^(\d{1,2})/(\d{1,2})c\b`), func(_ *reader, m []string) (string, int) {
		return cardinal(m[1]) + ", " + cardinal(m[2]) + " Central", len(m[0])
	}, "/"},
	{pattern.New(`^(\d{1,3}(?:\.\d+)?)["”″] ?[-–] ?(\d{1,3}(?:\.\d+)?)["”″]`), func(_ *reader, m []string) (string, int) {
		return amount(m[1]) + " to " + amount(m[2]) + " inches", len(m[0])
	}, `"”″`},
	{pattern.New(`^(\d{1,3}(?:\.\d+)?)(["”″'’′]) ?[x×] ?(\d{1,3}(?:\.\d+)?)["”″'’′]`), sayByMarks, "x×"},
	{pattern.New(`^(\d{3,4})[xX×](\d{3,4})\b`), sayPixels, "xX×"},
	{pattern.New(`^([3-8]) ?ft\.?,? (\d{1,2}) ?in\b\.?`), sayFeet, "f"},
	{pattern.New(`^(?:1[-. ])?\d{3}[-. ]\d{3}[-. ]\d{4}\b|^1?-?8\d\d(?:-[A-Z]{2,7}|-\d{1,3}){0,2}-[A-Z]{2,8}\b|^\d{3}/\d{3}-\d{4}\b|^\d{3}-\d{4}\b|^\d{3} 0\d{3}\b|^1[38]00 \d{3} \d{3}\b|^1[ -]?\(\d{3}\) ?\d{3}[-. ]\d{4}\b|^\d{1,4}(?:-\d{2,4}){2,4}\b`), sayTelephone, "-. ("},
	{pattern.New(`^(\d{1,2})(?:[:.](\d{2}))? ?(?:` + reM + `)?` + reD + `(\d{1,2})(?:[:.](\d{2}))? ?` + reM), sayClockRange, "-–—"},
	{pattern.New(`^(\d{1,2})(?:[:.](\d{2}))?(?::(\d{2}))? ?` + reM), sayClock, "aApP"},
	{pattern.New(`^([01]\d|2[0-3])([0-5]\d)\b`), sayHundred, ""},
	{pattern.New(`^([01]?\d|2[0-4])[hH]([0-5]\d)\b`), sayHourAndMinutes, "hH"},
	{pattern.New(`^(\d{1,2}) ?h ?([0-5]?\d) ?m(?:ins?)?\b(?: ?([0-5]?\d) ?s\b)?`), sayDuration, "h"},
	{pattern.New(`^(\d{1,2}):([0-5]\d)\.(\d{1,3})\b`), sayRaceTime, ":"},
	{pattern.New(`^([1-4])([QH]) ?(\d{4}\b|\d{2}\b)?`), sayQuarter, "QH"},
	{pattern.New(`^\d{1,2}(?:[-–]\d{1,2}){2,4}\b`), sayFormation, "-–"},
	{pattern.New(`^(\d+\.\d+)/(10|5|100|20)\b`), sayRating, "/"},
	{pattern.New(`^([01]?\d|2[0-4]):([0-5]\d)(?::([0-5]\d))?(?:` + reD + `([01]?\d|2[0-4]):([0-5]\d))?`), sayClock24, ":"},
	{pattern.New(`^(480|720|1080|1440|2160)([pi])\b`), func(_ *reader, m []string) (string, int) { return code(m[1]) + " " + m[2], len(m[0]) }, "pi"},
	{pattern.New(`^116 \d{3}\b`), sayTelephone, "-. ("},
	{pattern.New(`^(\d{1,3}),(\d\d)[ \x{a0}]?€`), func(_ *reader, m []string) (string, int) {
		return cents(m[1]+"."+m[2], currencies["€"], "euros"), len(m[0])
	}, "€"},
	{pattern.New(`^0-for-`), func(*reader, []string) (string, int) { return "oh-for-", 6 }, "f"},
	{pattern.New(`^(\d{1,3}):(\d{1,3}(?:,\d{3})*)\b`), sayRatio, ":"},
	{pattern.New(`^([3-8])['’′] ?(\d|1[01])(?:"|”|″|''|\b)`), sayHeight, "'’′"},
	{pattern.New(`^\d+(?:\.\d+){2,}`), sayVersion, "."},
	{pattern.New(`^(1[1-9]\d\d|20\d\d) ?[-–—/] ?(1[1-9]\d\d|20\d\d|\d\d)\b`), sayYears, "-–—/"},
	{pattern.New(`^(\d{4}|[2-9]0)['’]?s\b`), sayDecade, "s"},
	{pattern.New(`^(\d{1,2})(?:st|nd|rd|th)?( ?[-–—/] ?| and | or | to )(\d{1,2})(?:st|nd|rd|th)? (?:of )?([A-Z][a-z]{2,8}\.?)(?:,? (\d{4})\b)?`), sayDaysMonth, "JFMASOND"},
	{pattern.New(`^(\d{1,2})(?:st|nd|rd|th)? (?:of )?([A-Z][a-z]{2,8}\.?)(?:,? (\d{4})\b)?`), sayDayMonth, "JFMASOND"},
	{pattern.New(`^(\d{1,4})(?:st|nd|rd|th) ?[-–] ?(\d{1,4})(?:st|nd|rd|th)\b`), sayOrdinals, "-–"},
	{pattern.New(`^` + reN + `(?:st|nd|rd|th|ST|ND|RD|TH)\b`), sayOrdinal, "stndrhSTNDRH"},
	{pattern.New(`^(\d{0,2}[23])d\b`), sayArmy, "d"},
	{pattern.New(`^(\d+)[ \x{a0}-](\d+)[/⁄](\d+)\b`), sayMixed, "/⁄"},
	{pattern.New(`^(\d+)[/⁄](\d+)\b`), sayFraction, "/⁄"},
	{pattern.New(`^(\d+)[ \x{a0}]?([½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞⅐⅑⅒])`), sayVulgar, "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞⅐⅑⅒"},
	{pattern.New(`^` + reN + `( ?%)?` + reD + `(?:[$€£₴])?` + reN), sayRange, "-–—"},
	{pattern.New(`^` + reN), sayNumber, ""},
}

func englishNumber(r *reader) bool {
	if run := digitRun(r.src[r.pos:]); run > 18 {
		return r.say(digitByDigit(r.src[r.pos:r.pos+run]), run)
	}
	if n := r.tally(); n > 0 {
		return r.say(cardinal(r.src[r.pos:r.pos+n]), n)
	}
	if r.calling() && sayCalled(r) {
		return true
	}
	window := r.rest(numberView)
	if window[0] == '0' {
		if m := trunkPhone.FindString(window); m != "" && !strings.HasPrefix(window[len(m):], "-") && r.say(sayTelephone(r, []string{m})) {
			return true
		}
	}
	near := window[:min(len(window), 32)]
	for _, rule := range englishNumbers {
		if rule.needs != "" && !strings.ContainsAny(near, rule.needs) {
			continue
		}
		m := rule.shape.FindStringSubmatch(window)
		if m == nil {
			continue
		}
		if spoken, n := rule.say(r, m); spoken != "" && n > 0 {
			if strings.HasSuffix(r.rest(n), ".") && !strings.HasSuffix(m[0], "..") && r.last(n) && !strings.HasSuffix(spoken, ".") {
				spoken += "."
			}
			return r.say(spoken, n)
		}
	}
	return false
}

// tally returns the length of a number that stands in a long run of numbers
// and signs without a space, and 0 for any other. Such a run is no shape that
// anybody writes, so that none has to be looked for.
func (r *reader) tally() int {
	rest := r.src[r.pos:]
	if len(rest) < view {
		return 0
	}
	for i := range view {
		if c := rest[i]; (c < '0' || c > '9') && strings.IndexByte("-/.,:;|+*=_", c) < 0 {
			return 0
		}
	}
	return digitRun(rest)
}

func digitRun(s string) int {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return i
		}
	}
	return len(s)
}

// glued reports whether letters follow the next n bytes without a space.
func (r *reader) glued(n int) bool {
	return r.pos+n < len(r.src) && wordRune(firstRune(r.src[r.pos+n:]))
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s) // digits only, by the patterns
	return n
}

func counted(digits, noun string) string {
	s := cardinal(digits) + " " + noun
	if atoi(digits) != 1 {
		s += "s"
	}
	return s
}

// sayRatio says "16:9", which is no time of day.
func sayRatio(r *reader, m []string) (string, int) {
	if r.glued(len(m[0])) || strings.HasPrefix(r.after(len(m[0])), ":") {
		return "", 0
	}
	return cardinal(m[1]) + " to " + amount(m[2]), len(m[0])
}

// sayByMarks says 8"x10" and 9' x 12'.
func sayByMarks(r *reader, m []string) (string, int) {
	u := unit{one: "inch", many: "inches"}
	if strings.Contains("'’′", m[2]) {
		u = unit{one: "foot", many: "feet"}
	}
	n := len(m[0])
	return amount(m[1]) + " by " + amount(m[3]) + " " + u.word(m[3], attributive(r.after(n))), n
}

// sayHeight says 6'2".
func sayHeight(_ *reader, m []string) (string, int) {
	return cardinal(m[1]) + " foot " + cardinal(m[2]), len(m[0])
}

func sayVersion(r *reader, m []string) (string, int) {
	parts := strings.Split(m[0], ".")
	word := " point "
	if len(parts) == 4 {
		word = " dot "
	}
	for i, p := range parts {
		parts[i] = cardinal(p)
	}
	n := len(m[0])
	if port := digitRun(strings.TrimPrefix(r.after(n), ":")); len(parts) == 4 && port > 0 && strings.HasPrefix(r.after(n), ":") && !r.glued(n+1+port) {
		return strings.Join(parts, word) + " colon " + code(r.after(n)[1:1+port]), n + 1 + port
	}
	return strings.Join(parts, word), n
}

func currencyBefore(r *reader) bool {
	c, _ := utf8.DecodeLastRuneInString(r.src[:r.pos])
	return unicode.Is(unicode.Sc, c)
}

// sayOrdinals says "12th-13th".
func sayOrdinals(r *reader, m []string) (string, int) {
	return ordinal(m[1]) + " to " + ordinal(m[2]), len(m[0])
}

func sayOrdinal(r *reader, m []string) (string, int) {
	if strings.Contains(m[1], ".") || r.glued(len(m[0])) {
		return "", 0
	}
	n := len(m[0])
	if rest := r.after(n); strings.HasPrefix(rest, " c.") && !r.glued(n+3) || strings.HasPrefix(rest, " C. ") && lowerStart(firstWord(rest[4:])) {
		return ordinal(bare(m[1])) + " century", n + 3
	}
	return ordinal(bare(m[1])), n
}

// sayArmy says "3d Infantry" and "2d Cir.", as armies and courts of the United
// States write.
func sayArmy(r *reader, m []string) (string, int) {
	if !ordered[firstWord(r.after(len(m[0])))] {
		return "", 0
	}
	return ordinal(m[1]), len(m[0])
}

var ordered = set(`Infantry Armored Cavalry Division Brigade Battalion Regiment Marine Marines Airborne Bomb Fighter Wing Corps Army Circuit Cir Squadron Street District`)

// bare strips what groups digits.
func bare(n string) string {
	return strings.Map(func(c rune) rune {
		if c == ',' || c == ' ' || c > 0x7f {
			return -1
		}
		return c
	}, n)
}

// amount says a number with or without decimals.
func amount(n string) string {
	whole, frac, _ := strings.Cut(bare(n), ".")
	return decimal(whole, frac)
}

func sayRange(r *reader, m []string) (string, int) {
	n := len(m[0])
	if strings.HasPrefix(r.after(n), "-") && digitRun(r.after(n)[1:]) > 0 {
		return "", 0
	}
	first, second := amount(m[1]), amount(m[3])
	switch {
	case m[0] == "50-50":
		return "fifty-fifty", n
	case crafts[r.before()] || digitRun(m[1]) == 3 && len(m[1]) == 3 && m[1][0] == '7' && m[1][2] == '7' && len(m[3]) < 4 && (m[3][len(m[3])-1:] == "0" || len(m[3]) == 1) && strings.HasPrefix(m[0][3:], "-"): // a 737-800
		return code(m[1]) + " " + code(m[3]), n
	}
	if strings.HasPrefix(m[1], "0") && len(m[1]) > 1 && !strings.Contains(m[1], ".") {
		return "", 0
	}
	if strings.HasPrefix(m[0][len(m[1]):], " - ") && strings.HasPrefix(r.after(n), " =") {
		return first + " minus " + second, n
	}
	u, took := unitAfter(r, n)
	if r.glued(n + took) {
		if s, end := suffixed(r, m[3], n); end > n && u.one == "" && !strings.HasSuffix(s, " by") && !r.glued(end) {
			return first + " to " + s, end
		}
		return "", 0
	}
	if u.one == "" && r.plusAfter(n) {
		second, took = second+" plus", 1
	}
	s := first + " to " + second
	if u.one != "" {
		s += " " + u.word(m[3], r.adjective(n+took))
	}
	return s, n + took
}

func sayNumber(r *reader, m []string) (string, int) {
	n := len(m[0])
	if s := r.dottedClock(m[1]); s != "" {
		return s, n
	}
	if (m[1] == "4" || m[1] == "8") && strings.HasPrefix(r.after(n), "K") && !r.glued(n+1) {
		return amount(m[1]) + " K", n + 1
	}
	if s := r.numbers(m[1], n); s != "" {
		return s, n + 1
	}
	if r.spellsDigits(m[1]) {
		return digitByDigit(m[1]), n
	}
	if laps := r.after(n); m[1] != "" && strings.HasPrefix(laps, "k ") && races[firstWord(laps[2:])] {
		return amount(m[1]) + " K", n + 1
	}
	if u, took := unitAfter(r, n); u.one != "" && !r.glued(n+took) {
		if scaled, more := unitAfter(r, n+took); u.scale && scaled.one != "" && !scaled.scale && !r.glued(n+took+more) {
			return amount(m[1]) + " " + u.one + " " + scaled.many, n + took + more
		}
		if second, end := r.sameUnit(u, n+took); end > 0 {
			return amount(m[1]) + " to " + amount(second) + " " + u.word(second, r.adjective(end)), end
		}
		return amount(m[1]) + " " + u.word(m[1], r.adjective(n+took)), n + took
	}
	if x := times.FindStringSubmatch(r.after(n)); x != nil {
		return amount(m[1]) + " to " + amount(x[1]) + " times", n + len(x[0])
	}
	if s, took := suffixed(r, m[1], n); took > 0 {
		return s, took
	}
	if r.plusAfter(n) {
		return amount(m[1]) + " plus", n + 1
	}
	if len(m[1]) > 1 && m[1][0] == '0' && !strings.ContainsAny(m[1], ".,") {
		return digitByDigit(m[1]), n
	}
	if isYear(r, m[1], n) {
		return year(m[1]), n
	}
	if len(m[1]) == 3 && digitRun(m[1]) == 3 && r.called(m[1]) {
		return digitByDigit(m[1]), n
	}
	if crafts[r.before()] || r.jet(m[1], n) {
		return code(m[1]), n
	}
	return amount(m[1]), n
}

// jet reports whether a number with an article is an airliner of Boeing's: "the
// 747 landed".
func (r *reader) jet(n string, size int) bool {
	b := r.before()
	return len(n) == 3 && n[0] == '7' && n[2] == '7' && n[1] <= '8' && (b == "a" || b == "the") && strings.HasPrefix(r.after(size), " ") && !countable(r.after(size))
}

// spansBefore stand before seconds, bands before ages and kinds.
var (
	spansBefore = set(`a an in every for after within per lasted`)
	bands       = set(`under over the all these those two three four five six in-`)
)

// numbers says the plural of a number: "747s", "the over-65s", "100s of". With
// an article it is short for seconds: "a 5s delay".
func (r *reader) numbers(n string, size int) string {
	if !strings.HasPrefix(r.after(size), "s") || r.glued(size+1) || digitRun(n) != len(n) || len(n) > 4 || spansBefore[r.before()] || len(n) == 1 && !bands[r.before()] {
		return ""
	}
	if n[1:] == strings.Repeat("0", len(n)-1) && n[0] == '1' && len(n) > 1 {
		return plural(strings.TrimPrefix(cardinal(n), "one "))
	}
	return plural(code(n))
}

// plusAfter reports whether a plus stands n bytes behind, as in "500+ guests".
func (r *reader) plusAfter(n int) bool {
	s := r.after(n)
	return strings.HasPrefix(s, "+") && (len(s) == 1 || strings.ContainsRune(" -.,;:)", rune(s[1])))
}

var (
	times      = pattern.New(`^x ?[-–] ?(\d+(?:\.\d+)?)x\b`)
	secondUnit = pattern.New(`^ ?[-–—] ?` + reN)
)

// sameUnit returns the number behind a dash that counts the same unit, and
// where that ends: "10kg-12kg".
func (r *reader) sameUnit(u unit, n int) (number string, end int) {
	m := secondUnit.FindStringSubmatch(r.after(n))
	if m == nil || u.scale {
		return "", 0
	}
	end = n + len(m[0])
	second, took := unitAfter(r, end)
	if second.one != u.one || r.glued(end+took) {
		return "", 0
	}
	return m[1], end + took
}

var races = set(`run runs runner runners race races road course`)
var crafts = set(`boeing airbus flight airbus boeing-`)

// suffixed knows numbers with letters behind: "5x", "10k", "2D", "9mm" have
// gone to units before.
func suffixed(r *reader, digits string, n int) (string, int) {
	if !r.glued(n) {
		return "", 0
	}
	word := r.src[r.pos+n:]
	end := strings.IndexFunc(word, func(c rune) bool { return !wordRune(c) })
	if end < 0 {
		end = len(word)
	}
	word = word[:end]
	switch {
	case (word[0] == 'x' || word[0] == 'X') && len(word) > 1 && digitRun(word[1:]) > 0:
		return sides(digits, r.src[r.pos+n:], n)
	case word == "X" && len(digits) == 3 && digitRun(digits) == 3: // the 777X
		return code(digits) + " X", n + 1
	case word == "x" || word == "X":
		return amount(digits) + " times", n + 1
	case len(word) <= 3 && strings.ToUpper(word) == word:
		return amount(digits) + " " + letters(word), n + len(word)
	case len(word) > 12:
		return amount(digits), n
	case digitRun(trimLetters(word)) > 0: // 9M729: letters and digits in turn
		return amount(digits), n
	}
	return amount(digits), n
}

// factor is one more side of what has several: "4x4", "2x3x4".
var factor = pattern.New(`^[xX](\d+(?:\.\d+)?)`)

// sides says all of them but the last, which may have a unit: "2x3x4 m".
func sides(digits, rest string, n int) (string, int) {
	spoken := ""
	for m := factor.FindStringSubmatch(rest); m != nil; m = factor.FindStringSubmatch(rest) {
		spoken, n, rest = spoken+amount(digits)+" by ", n+1, rest[len(m[0]):]
		if factor.MatchString(rest) {
			digits, n = m[1], n+len(m[1])
		}
	}
	return strings.TrimSpace(spoken), n
}

func trimLetters(s string) string {
	return strings.TrimLeftFunc(s, unicode.IsLetter)
}

// countable reports whether s goes on with things that can be counted: a noun
// in the plural, as far as its end tells.
func countable(s string) bool {
	next := firstWord(s)
	switch {
	case !strings.HasPrefix(s, " ") || next == "" || unicode.IsUpper(firstRune(next)):
		return false
	case next == "people" || next == "men" || next == "women" || next == "children":
		return true
	}
	return strings.HasSuffix(next, "s") && !strings.HasSuffix(next, "ss") && len(next) > 3 && !notNouns[next]
}

var quantity = set(`about approximately around some nearly almost over exceeding least than only roughly total another to-`)
var notNouns = set(`was has does is as this plus his hers its was sees says sees shows remains marks saw elections has`)

// adjective reports whether the amount stands before its noun: a $5 million
// deal, a 10 km run.
func (r *reader) adjective(n int) bool {
	b, next := r.before(), r.after(n)
	if b == "" && r.pos > 1 && r.src[r.pos-1] == '-' && alnum(r.src[r.pos-2]) { // a multi-$100 million deal
		return attributive(next)
	}
	if strings.HasPrefix(next, " round") && strings.HasSuffix(r.src[:r.pos+n], "mm") { // what a gun fires
		return true
	}
	if determiners[b] && attributive(next) && !pastForm(firstWord(next)) {
		return true
	}
	if b != "a" && b != "an" {
		return false
	}
	return len(next) > 1 && (next[0] == ' ' || next[0] == '-') && unicode.IsLower(firstRune(next[1:]))
}
