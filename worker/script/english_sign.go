package script

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"

	"lector/worker/pattern"
)

// currency names the money of a sign, and its hundredth.
var currencies = map[string][4]string{
	"$": {"dollar", "dollars", "cent", "cents"}, "US$": {"U S dollar", "U S dollars", "cent", "cents"}, "C$": {"Canadian dollar", "Canadian dollars", "cent", "cents"}, "CA$": {"Canadian dollar", "Canadian dollars", "cent", "cents"},
	"A$": {"Australian dollar", "Australian dollars", "cent", "cents"}, "AU$": {"Australian dollar", "Australian dollars", "cent", "cents"}, "NT$": {"Taiwan dollar", "Taiwan dollars", "cent", "cents"}, "S$": {"Singapore dollar", "Singapore dollars", "cent", "cents"}, "MX$": {"Mexican peso", "Mexican pesos", "centavo", "centavos"}, "NZ$": {"New Zealand dollar", "New Zealand dollars", "cent", "cents"}, "HK$": {"Hong Kong dollar", "Hong Kong dollars", "cent", "cents"}, "R$": {"real", "reais", "centavo", "centavos"},
	"€": {"euro", "euros", "cent", "cents"}, "£": {"pound", "pounds", "penny", "pence"}, "¥": {"yen", "yen", "sen", "sen"}, "₴": {"hryvnia", "hryvnias", "kopiyka", "kopiykas"},
	"₽": {"ruble", "rubles", "kopeck", "kopecks"}, "₹": {"rupee", "rupees", "paisa", "paise"}, "₩": {"won", "won", "jeon", "jeon"}, "₺": {"lira", "lira", "kurus", "kurus"}, "₪": {"shekel", "shekels", "agora", "agorot"}, "₿": {"bitcoin", "bitcoins", "", ""}, "₸": {"tenge", "tenge", "", ""}, "₾": {"lari", "lari", "", ""}, "₦": {"naira", "naira", "kobo", "kobo"},
	"CN¥": {"yuan", "yuan", "", ""}, "JP¥": {"yen", "yen", "", ""},
	"Rs.": {"rupee", "rupees", "paisa", "paise"}, "RM": {"ringgit", "ringgit", "sen", "sen"}, "kr": {"krone", "kroner", "", ""}, "฿": {"baht", "baht", "", ""}, "₱": {"peso", "pesos", "centavo", "centavos"}, "₫": {"dong", "dong", "", ""}, "₵": {"cedi", "cedis", "", ""}, "₼": {"manat", "manat", "", ""}, "֏": {"dram", "drams", "", ""}, "₮": {"tugrik", "tugriks", "", ""},
	"NZD": {"New Zealand dollar", "New Zealand dollars", "cent", "cents"}, "SGD": {"Singapore dollar", "Singapore dollars", "cent", "cents"}, "HKD": {"Hong Kong dollar", "Hong Kong dollars", "cent", "cents"}, "ZAR": {"rand", "rand", "cent", "cents"}, "BRL": {"real", "reais", "centavo", "centavos"}, "MXN": {"Mexican peso", "Mexican pesos", "centavo", "centavos"}, "ILS": {"shekel", "shekels", "agora", "agorot"}, "THB": {"baht", "baht", "", ""}, "AED": {"dirham", "dirhams", "", ""}, "SAR": {"Saudi riyal", "Saudi riyals", "", ""}, "KZT": {"tenge", "tenge", "", ""}, "GEL": {"lari", "lari", "", ""}, "MDL": {"Moldovan leu", "Moldovan lei", "", ""}, "NGN": {"naira", "naira", "kobo", "kobo"}, "EGP": {"Egyptian pound", "Egyptian pounds", "", ""}, "PKR": {"Pakistani rupee", "Pakistani rupees", "", ""},
	"R": {"rand", "rand", "cent", "cents"}, "Rs": {"rupee", "rupees", "paisa", "paise"}, "EUR": {"euro", "euros", "cent", "cents"}, "USD": {"U S dollar", "U S dollars", "cent", "cents"}, "GBP": {"pound", "pounds", "penny", "pence"}, "UAH": {"hryvnia", "hryvnias", "kopiyka", "kopiykas"},
}

var moneyShape = pattern.New(`^((?:US|CA|C|AU|A|NZ|NT|HK|R|S|MX)?\$|R|CN¥|JP¥|[€£¥₴₽₹₩₺₪₿₸₾₦฿₱₫₵₼֏₮]|Rs\.?|RM|(?:Kč|kr|zł|EUR|USD|GBP|UAH|CHF|PLN|CZK|HUF|RON|SEK|NOK|DKK|TRY|INR|KRW|JPY|CNY|RMB|RUB|CAD|AUD|NZD|SGD|HKD|ZAR|BRL|MXN|ILS|THB|AED|SAR|KZT|GEL|MDL|NGN|EGP|PKR))[ \x{a0}]?` + reSum + reScale + `(?:(?: ?[-–—] ?| to )(?:(?:US|C|A)?\$|[€£¥₴₽₹])?` + reSum + reScale + `)?(\+)?`)

const (
	reSum   = `(\d{1,2}(?:,\d\d)+,\d{3}\b|\d{1,3},\d{1,2}\b|\d{1,3}(?:[ \x{a0}\x{202f}]000\b)+|\d[\d,]*(?:\.\d+)?|\.\d\d)`
	reScale = `(?:[ \x{a0}-]?(thousand|million|billion|trillion|quadrillion|lakh crore|lakhs?|crores?|Mio|Mrd|mn|mln|bn|bln|tn|trn|k|K|m|M|b|B|T)\b)?`
)

var moneyScales = map[string]string{"quadrillion": "quadrillion", "lakh": "lakh", "lakhs": "lakh", "crore": "crore", "crores": "crore", "lakh crore": "lakh crore", "Mio": "million", "Mrd": "billion", "thousand": "thousand", "k": "thousand", "K": "thousand", "million": "million", "mn": "million", "mln": "million", "m": "million", "M": "million", "billion": "billion", "bn": "billion", "bln": "billion", "b": "billion", "B": "billion", "trillion": "trillion", "tn": "trillion", "trn": "trillion", "T": "trillion"}

// money says "$1.5 million" as "one point five million dollars".
func money(r *reader) bool {
	if r.level != Full {
		return false
	}
	m := moneyShape.FindStringSubmatch(r.rest(view))
	if m == nil {
		return false
	}
	n := len(m[0])
	if m[1] == "R" && !r.rand(m) {
		return false
	}
	if at := strings.Index(m[0], " to "); at > 0 && r.before() == "by" { // it rose by £1 to £12
		n, m[4], m[5], m[6] = at, "", "", ""
	}
	if strings.HasSuffix(m[2], ",") && m[4] == "" {
		n, m[2], m[3], m[5], m[6] = strings.Index(m[0], m[2])+len(m[2])-1, strings.TrimSuffix(m[2], ","), "", "", ""
	}
	if r.glued(n) {
		return false
	}
	m[2], m[4] = pointed(m[2]), pointed(m[4])
	scale := cmp.Or(m[5], m[3])
	c := currency(strings.Trim(strings.TrimSuffix(strings.TrimSpace(m[1]), "."), "\u00a0"))
	name := c[1]
	if r.adjective(n) || strings.Contains(m[0], "-"+scale) && scale != "" || m[4] == "" && scale == "" && bare(m[2]) == "1" {
		name = c[0]
	}
	spoken := amount(m[2])
	if m[4] != "" && scale == "" && strings.Contains(m[2]+m[4], ".") && c[2] != "" {
		from, to := cents(m[2]+".00", c, name), cents(m[4], c, name)
		if strings.Contains(m[2], ".") {
			from = cents(m[2], c, name)
		}
		if from != "" && to != "" {
			return r.say(from+" to "+to, n)
		}
	}
	if m[4] == "" && scale == "" && c[2] != "" {
		if s := cents(m[2], c, name); s != "" {
			return r.say(s, n)
		}
	}
	if m[4] != "" {
		if m[3] != "" {
			spoken += " " + moneyScales[m[3]]
			scale = m[5]
		}
		spoken += " to " + amount(m[4])
	}
	if scale != "" {
		spoken += " " + moneyScales[scale]
	}
	if m[6] != "" {
		spoken = "more than " + spoken
	}
	return r.say(spoken+" "+name, n)
}

// rand reports whether an R before a number is South African money, not the
// name of a thing: an amount that names have not, or one that is paid.
func (r *reader) rand(m []string) bool {
	if m[0][1] == ' ' || m[0][1] == '.' {
		return false
	}
	before := r.before()
	return m[3] != "" && len(m[3]) > 1 || strings.Contains(m[2], ",") && !strings.HasSuffix(m[2], ",") || m[3] == "m" || len(m[2]) > 1 && paid[before] || len(m[2]) > 2 && owed[before]
}

var (
	paid = set(`cost costs costing paid pay pays paying charge charges charged fined earn earns earned earning worth spend spends spent spending price priced fee fine save saves saved raise raised win wins won`)
	owed = set(`for to than least about only almost nearly another extra over under between`)
)

// pointed writes the comma of "€1,2" as a point.
func pointed(n string) string {
	whole, frac, found := strings.Cut(n, ",")
	if found && digitRun(frac) == len(frac) && len(frac) > 0 && len(frac) < 3 {
		return whole + "." + frac
	}
	return n
}

// currency names the money of a sign or a code.
func currency(sign string) [4]string {
	if c, ok := currencies[sign]; ok {
		return c
	}
	u := units[sign]
	return [4]string{u.one, u.many, "", ""}
}

// cents says "$3.50" as "three dollars and fifty cents".
func cents(n string, c [4]string, name string) string {
	whole, frac, found := strings.Cut(bare(n), ".")
	if !found || len(frac) > 2 {
		return ""
	}
	if len(frac) == 1 {
		frac += "0"
	}
	small := c[3]
	if frac == "01" {
		small = c[2]
	}
	switch {
	case frac == "00" && strings.TrimLeft(whole, "0") == "1":
		return "one " + c[0]
	case frac == "00":
		return cardinal(whole) + " " + name
	case strings.Trim(whole, "0") == "":
		return cardinal(frac) + " " + small
	}
	if strings.TrimLeft(whole, "0") == "1" {
		name = c[0]
	}
	return cardinal(whole) + " " + name + " and " + cardinal(frac) + " " + small
}

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

// keyShape are the signs and digits of a telephone's keys: "*67", "*123#".
var keyShape = pattern.New(`^[*#]\d{1,4}(?:[*#]\d*){0,4}`)

// keys says the keys that are dialled, where somebody dials.
func keys(r *reader) bool {
	if digitRun(r.after(1)) == 0 || !emergencies[r.before()] {
		return false
	}
	m := keyShape.FindString(r.rest(view))
	if m == "" || r.glued(len(m)) {
		return false
	}
	var said []string
	for i := range len(m) {
		switch m[i] {
		case '*':
			said = append(said, "star")
		case '#':
			said = append(said, "pound")
		default:
			said = append(said, ones[m[i]-'0'])
		}
	}
	return r.say(strings.Join(said, " "), len(m))
}

// gap leaves n bytes out, and a space where two words would touch.
func (r *reader) gap(n int) bool {
	before, _ := utf8.DecodeLastRuneInString(r.src[:r.pos])
	if r.pos > 0 && wordRune(before) && r.pos+n < len(r.src) && wordRune(firstRune(r.src[r.pos+n:])) {
		return r.say(" ", n)
	}
	return r.say("", n)
}

func signBeforeNumber(r *reader, c rune, n int) bool {
	window := r.rest(view)
	full := r.level == Full
	switch {
	case unicode.Is(unicode.Sc, c):
		return money(r)
	case c == '+' && full:
		if m := plusPhone.FindString(window); len(m) > 8 {
			spoken, n := sayTelephone(r, []string{m})
			return r.say("plus "+spoken, n)
		}
		return (digitRun(strings.TrimLeft(r.after(n), " $€£")) > 0 || r.signed("+")) && r.say("plus ", n)
	case c == '±' || c == '∓':
		return r.say("plus or minus ", n)
	case c == '‰':
		return r.say("per mille", n)
	case small[c] != "" && r.pos > 0:
		return r.say(small[c], n)
	case raised[c] != "":
		return power(r)
	case c == '(' && full:
		m := cmp.Or(parenPhone.FindString(window), tradePhone.FindString(window))
		return m != "" && r.say(sayTelephone(r, []string{m}))
	case c == '#':
		return hash(r, window)
	case c == '@' && handleHost.MatchString(window):
		m := handleHost.FindStringSubmatch(window)
		if tops[m[1]] {
			return r.say("at "+englishSigns.address(m[0][1:]), len(m[0]))
		}
		return r.say("at", n)
	case c == '@':
		if m := handle.FindStringSubmatch(window); m != nil {
			return r.say("at "+unjoin(m[1]), len(m[0]))
		}
		return r.say("at", n)
	case c == '&':
		return r.say("and", n)
	case (c == '-' || c == '−') && full:
		return minus(r, window, c, n)
	case c == '.' && full:
		if m := pointShape.FindStringSubmatch(window); m != nil && (r.pos == 0 || r.src[r.pos-1] == ' ' || r.src[r.pos-1] == '(') {
			if bore[firstWord(r.after(len(m[0])))] && len(m[1]) < 4 {
				return r.say(code(strings.TrimLeft(m[1], "0")), len(m[0]))
			}
			return r.say(decimal("", m[1]), len(m[0]))
		}
		return domain(r)
	case c == '%':
		return r.say("percent", n)
	case c == '°':
		return r.say("degrees", n)
	case c == '=':
		return r.say("equals", n)
	case c == '≥' || c == '⩾':
		return r.say("at least ", n)
	case c == '≤' || c == '⩽':
		return r.say("at most ", n)
	case c == '≈':
		return r.say("about", n)
	case c == '×' && full && product.MatchString(window):
		return r.say("times", n)
	case c == '×' && full:
		return r.say("by", n)
	case c == '№':
		return r.say("number", n)
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
		if r.level == Full && len(w) == 4 && digitRun(w) == 4 && (w[:2] == "19" || w[:2] == "20") {
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

func decadeShort(r *reader) bool {
	if r.level != Full || r.pos > 0 && wordRune(firstRune(r.src[r.pos-1:])) {
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
