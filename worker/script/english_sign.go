package script

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"

	"lector/worker/pattern"
)

var (
	tradePhone = pattern.New(`^\(0\) ?\d{2,4}(?: \d{3,4}){1,3}\b`)
	plusPhone  = pattern.New(`^\+\d{1,3}(?:[ \x{a0}.-]?\(?\d{1,4}\)?){2,6}\b`)
	parenPhone = pattern.New(`^\(0\d{2,4}\) ?\d{5,8}\b|^\(\d{2,4}\) ?\d{2,4}(?:[-. ]\d{2,4}){1,3}\b`)
	hashtag    = pattern.New(`^#(\p{L}[\p{L}\d_]*)`)
	handle     = pattern.New(`^@([A-Za-z0-9_]{2,30})`)
	handleHost = pattern.New(`^@[A-Za-z0-9_-]{1,30}(?:\.[A-Za-z0-9-]{1,30})*(?:@[A-Za-z0-9-]{1,30})?(?:\.[A-Za-z0-9-]{1,30})*\.([a-z]{2,8})\b`)
	minusShape = pattern.New(`^[-−–](?:[$€£¥₴₽₹])?(\d)`)
	pointShape = pattern.New(`^\.(\d+)\b`)
	decades    = pattern.New(`^['’‘](\d0)s\b`)
	shortYear  = pattern.New(`^['’‘](\d\d)\b`)
)

// englishSign knows what begins with a sign.
func englishSign(r *reader) bool {
	c, n := utf8.DecodeRuneInString(r.src[r.pos:])
	switch c {
	case ' ':
		return dashed(r)
	case '—', '–', '―':
		if c == '–' && englishMonths[strings.ToLower(firstWord(r.after(n)))] != "" && r.numberBefore() {
			return r.say(" to ", n)
		}
		return dash(r, n)
	case '“', '”', '„', '«', '»', '‟', '‹', '›':
		return r.say(`"`, n)
	case '‘', '’', '‚', '′', 'ʼ':
		if decadeShort(r) {
			return true
		}
		return r.say("'", n)
	case '\'':
		return decadeShort(r)
	case '…':
		return r.say("...", n)
	case '‐', '‑':
		return r.say("-", n)
	case '™', '®', '©', '•', '*', '→', '▪', '◦', '·', '†', '‡', '^', '`', '{', '}', '¶', '~':
		return sayMark(r, c, n)
	case '|', '\\', '_':
		return r.say(" ", n)
	}
	if drawn(c) {
		return r.gap(n)
	}
	return signBeforeNumber(r, c, n)
}

// sayMark drops signs that only the eye reads.
func sayMark(r *reader, c rune, n int) bool {
	if c == '*' && keys(r) {
		return true
	}
	if c == '~' && digitRun(strings.TrimLeft(r.after(n), "$€£")) > 0 {
		return r.say("about ", n)
	}
	return r.gap(n)
}

// gap leaves the next n bytes out: say keeps the words apart that they stood
// between.
func (r *reader) gap(n int) bool { return r.say("", n) }

func signBeforeNumber(r *reader, c rune, n int) bool {
	window := r.rest(view)
	full := r.level == full
	switch {
	case unicode.Is(unicode.Sc, c):
		return money(r)
	case c == '+' && full:
		return plus(r, window, n)
	case plainSigns[c] != "":
		return r.say(plainSigns[c], n)
	case small[c] != "" && r.pos > 0:
		return r.say(small[c], n)
	case raised[c] != "":
		return power(r)
	case c == '(' && full:
		m := cmp.Or(parenPhone.FindString(window), tradePhone.FindString(window))
		return m != "" && r.say(sayTelephone(r, []string{m}))
	case c == '#':
		return hash(r, window)
	case c == '@':
		return at(r, window, n)
	case (c == '-' || c == '−') && full:
		return minus(r, window, c, n)
	case c == '.' && full:
		return point(r, window)
	case c == '×' && full && product.MatchString(window):
		return r.say("times", n)
	case c == '×' && full:
		return r.say("by", n)
	case c == '§' && strings.HasPrefix(r.after(n), "§"):
		return r.say("sections", 2*n)
	case c == '§':
		return r.say("section", n)
	case (c == '<' || c == '>') && full:
		if digitRun(strings.TrimLeft(r.after(n), " $€£")) > 0 {
			return r.say(map[rune]string{'<': "less than ", '>': "more than "}[c], n)
		}
		return r.say(" ", n)
	case c == '<' || c == '>':
		return r.say(" ", n)
	case vulgar[c] != "" && full:
		return r.say(r.measured(vulgar[c], n, true))
	case c == '/':
		return slash(r, n)
	}
	return false
}

// plainSigns are said in one way wherever they stand.
var plainSigns = map[rune]string{
	'±': "plus or minus ", '∓': "plus or minus ", '‰': "per mille", '&': "and", '%': "percent", '°': "degrees", '=': "equals",
	'≥': "at least ", '⩾': "at least ", '≤': "at most ", '⩽': "at most ", '≈': "about", '№': "number",
}

// plus says "+380 44 123-45-67" and "+5".
func plus(r *reader, window string, n int) bool {
	if m := plusPhone.FindString(window); len(m) > 8 {
		spoken, n := sayTelephone(r, []string{m})
		return r.say("plus "+spoken, n)
	}
	return (digitRun(strings.TrimLeft(r.after(n), " $€£")) > 0 || r.signed("+")) && r.say("plus ", n)
}

// at says "@name" and "@name@host.example".
func at(r *reader, window string, n int) bool {
	if m := handleHost.FindStringSubmatch(window); m != nil {
		if tops[m[1]] {
			return r.say("at "+englishSigns.address(m[0][1:]), len(m[0]))
		}
	} else if m := handle.FindStringSubmatch(window); m != nil {
		return r.say("at "+unjoin(m[1]), len(m[0]))
	}
	return r.say("at", n)
}

// point says ".5", ".22 caliber" and ".com".
func point(r *reader, window string) bool {
	m := pointShape.FindStringSubmatch(window)
	switch {
	case m == nil || r.pos > 0 && r.src[r.pos-1] != ' ' && r.src[r.pos-1] != '(':
		return domain(r)
	case bore[firstWord(r.after(len(m[0])))] && len(m[1]) < 4:
		return r.say(code(strings.TrimLeft(m[1], "0")), len(m[0]))
	}
	return r.say(decimal("", m[1]), len(m[0]))
}

// bore are words behind the width of a barrel: a .22-caliber rifle.
var bore = set(`caliber calibre cal rifle rifles pistol pistols handgun handguns revolver revolvers magnum Magnum round rounds bullet bullets ammunition ACP Winchester Remington`)

// minus says a dash before a number where nothing stands before it.
func minus(r *reader, window string, c rune, n int) bool {
	if r.numberBefore() && r.src[r.pos-1] != ' ' && englishMonths[strings.ToLower(firstWord(window[n:]))] != "" {
		return r.say(" to ", n)
	}
	if !minusShape.MatchString(window) {
		return false
	}
	if c == '−' || r.pos == 0 || strings.ContainsRune(" (\"", rune(r.src[r.pos-1])) {
		return r.say("minus ", n)
	}
	return false
}

// slash parts words: "and/or". Numbers and addresses have gone before.
func slash(r *reader, n int) bool {
	if r.pos > r.plain && r.src[r.pos-1] == '/' { // seen with the first of them
		return false
	}
	run := len(r.src[r.pos:]) - len(strings.TrimLeft(r.src[r.pos:], "/"))
	if len(r.out) == 0 && r.plain == r.pos || r.pos+run >= len(r.src) { // nothing on one side
		return r.say("", run)
	}
	before, _ := utf8.DecodeLastRuneInString(r.src[:r.pos])
	if name := per(r.after(n)); name != "" && (unicode.IsDigit(before) || coins[r.before()] || units[name].one != "" && r.countedBefore()) {
		return r.say(" per "+cmp.Or(units[name].one, shortSpans[name], name), n+len(name))
	}
	if unicode.IsLetter(before) && unicode.IsLetter(firstRune(r.src[r.pos+n:])) {
		return r.say(" ", n)
	}
	return false
}

// countedBefore reports whether things that are counted stand before this
// place: "300 grains".
func (r *reader) countedBefore() bool {
	fields := strings.Fields(r.src[max(0, r.pos-32):r.pos])
	n := len(fields)
	return n > 1 && strings.HasSuffix(fields[n-1], "s") && (digitRun(fields[n-2]) > 0 || fields[n-2] == "million" || numberWord(fields[n-2]))
}

// per returns the unit or span of time that follows a stroke: "$5/kg".
func per(s string) string {
	end := strings.IndexFunc(s, func(c rune) bool { return !unicode.IsLetter(c) })
	if end < 0 {
		end = len(s)
	}
	if power := firstRune(s[end:]); power == '²' || power == '³' || power == '2' || power == '3' {
		end += utf8.RuneLen(power)
	}
	if _, ok := units[s[:end]]; ok && end > 0 || spansOfTime[s[:end]] || shortSpans[s[:end]] != "" {
		return s[:end]
	}
	return ""
}

// coins are words of money before "per": "15 cents/kWh".
var coins = set(`cents cent dollars euros pounds pence`)

var shortSpans = map[string]string{"yr": "year", "mo": "month", "wk": "week", "hr": "hour", "h": "hour", "d": "day", "sec": "second", "s": "second", "bbl": "barrel"}

var spansOfTime = set(`day week month year hour minute second person barrel ton tonne gallon head piece night`)

// small are the digits below the line, as in CO₂.
var small = map[rune]string{'₀': "zero", '₁': "one", '₂': "two", '₃': "three", '₄': "four", '₅': "five", '₆': "six", '₇': "seven", '₈': "eight", '₉': "nine"}

// signed reports whether a sign closes a name: "OPEC+", "C++", "TV+".
func (r *reader) signed(sign string) bool {
	if r.pos == 0 || r.pos+1 < len(r.src) && wordRune(firstRune(r.src[r.pos+1:])) {
		return false
	}
	before, _ := utf8.DecodeLastRuneInString(r.src[:r.pos])
	return unicode.IsLetter(before) || unicode.IsDigit(before) || before == '%' || sign == "+" && before == '+'
}

var product = pattern.New(`^× ?[\d.,]+ ?=`)

var domainShape = pattern.New(`^\.([A-Za-z]{2,5})\b`)

// domain says the end of a name where it stands alone: ".com", ".NET".
func domain(r *reader) bool {
	if r.pos > 0 && !strings.ContainsRune(" (\"'/", rune(r.src[r.pos-1])) {
		return false
	}
	m := domainShape.FindStringSubmatch(r.rest(view))
	if m == nil || !tops[strings.ToLower(m[1])] && !fileTypes[strings.ToLower(m[1])] {
		return false
	}
	return r.say("dot "+englishSigns.piece(strings.ToLower(m[1])), len(m[0]))
}

// raised are the digits above the line.
var raised = map[rune]string{'⁰': "0", '¹': "1", '²': "2", '³': "3", '⁴': "4", '⁵': "5", '⁶': "6", '⁷': "7", '⁸': "8", '⁹': "9", '⁻': "-"}

// power says "x²" and "10⁶"; a raised digit behind anything else is a note's
// mark, which is not read.
func power(r *reader) bool {
	exponent, n := "", 0
	for _, c := range r.rest(24) {
		if raised[c] == "" {
			break
		}
		exponent, n = exponent+raised[c], n+utf8.RuneLen(c)
	}
	before, _ := utf8.DecodeLastRuneInString(r.src[:r.pos])
	digits := strings.TrimPrefix(exponent, "-")
	switch {
	case exponent == "2" && wordRune(before):
		return r.say("squared", n)
	case exponent == "3" && wordRune(before):
		return r.say("cubed", n)
	case unicode.IsDigit(before) && digits != "" && digitRun(digits) == len(digits) && len(exponent) > len(digits):
		return r.say("to the power of minus "+cardinal(digits), n)
	case unicode.IsDigit(before) && digits == exponent:
		return r.say("to the power of "+cardinal(digits), n)
	}
	return r.gap(n)
}

func hash(r *reader, window string) bool {
	if r.pos > 0 && unicode.IsUpper(rune(r.src[r.pos-1])) && r.signed("#") && len(r.before()) == 1 {
		return r.say("sharp", 1)
	}
	if keys(r) {
		return true
	}
	if digits := digitRun(window[1:]); digits > 0 {
		return r.say("number ", 1)
	}
	if m := hashtag.FindStringSubmatch(window); m != nil {
		if r.before() == "hashtag" {
			return r.say(r.tag(m[1]), len(m[0]))
		}
		return r.say("hashtag "+r.tag(m[1]), len(m[0]))
	}
	return r.say("", 1)
}

// tag says the words of a hashtag, and the year that it may end with.
func (r *reader) tag(s string) string {
	words := strings.Fields(unjoin(s))
	for i, w := range words {
		if r.level == full && len(w) == 4 && digitRun(w) == 4 && (w[:2] == "19" || w[:2] == "20") {
			words[i] = year(w)
		}
	}
	return strings.Join(words, " ")
}

// unjoin parts the words of a hashtag or handle: "StandWithUkraine".
func unjoin(s string) string {
	var b strings.Builder
	runes := []rune(s)
	for i, c := range runes {
		switch {
		case c == '_':
			b.WriteByte(' ')
			continue
		case i > 0 && unicode.IsUpper(c) && (unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1]) && runes[i-1] != '_'):
			b.WriteByte(' ')
		case i > 0 && unicode.IsDigit(c) != unicode.IsDigit(runes[i-1]) && runes[i-1] != '_':
			b.WriteByte(' ')
		}
		b.WriteRune(c)
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// dashed knows the dash between spaces, which is a pause.
func dashed(r *reader) bool {
	s := r.rest(12)
	rest := strings.TrimLeft(s[1:], " ")
	c, n := utf8.DecodeRuneInString(rest)
	if !strings.ContainsRune("—–―-−", c) || rest == "" {
		return false
	}
	run := len(rest) - len(strings.TrimLeft(rest[n:], "—–―-"))
	tail := rest[run:]
	if !strings.HasPrefix(tail, " ") {
		return c == '—' && r.pause(len(s)-len(tail))
	}
	return r.pause(len(s) - len(tail) + 1)
}

// dash knows the dash without spaces.
func dash(r *reader, n int) bool {
	before, _ := utf8.DecodeLastRuneInString(r.src[:r.pos])
	after := firstRune(r.after(n))
	if r.src[r.pos:r.pos+n] == "–" && wordRune(before) && wordRune(after) {
		return r.say("-", n)
	}
	for strings.HasPrefix(r.src[r.pos+n:], " ") {
		n++
	}
	return r.pause(n)
}

// pause says n bytes as a comma, unless a mark stands there already.
func (r *reader) pause(n int) bool {
	if r.pos == 0 {
		return r.say("", n)
	}
	if r.pos+n >= len(r.src) {
		return r.say("", n)
	}
	before, _ := utf8.DecodeLastRuneInString(r.src[:r.pos])
	if wordRune(before) || strings.ContainsRune(`"'”’)»%`, before) {
		return r.say(", ", n)
	}
	return r.say(" ", n)
}
