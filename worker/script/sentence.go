package script

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/sentences"
)

// split splits a paragraph into sentences, in the way of the language. The
// sentences are parts of the text; only white space is lost between them. It
// takes the boundaries of Unicode (UAX 29) and joins again what a reader
// would not part: abbreviations, initials, quotes that go on.
func (l *language) split(text string) []string {
	var out []string
	start, end := 0, 0
	emit := func() {
		if s := strings.TrimSpace(text[start:end]); s != "" {
			out = append(out, s)
		}
	}
	it := sentences.FromString(text)
	for it.Next() {
		if end > start && l.ends(text[start:end], text[it.Start():]) {
			emit()
			start = it.Start()
		}
		for at := inner(text, it.Start(), it.End()); at > 0; at = inner(text, at, it.End()) {
			if l.ends(text[start:at], text[at:]) {
				end = at
				emit()
				start = at
			}
		}
		end = it.End()
	}
	emit()
	return out
}

// window is how many bytes on each side of a boundary are looked at.
const window = 80

// ends reports whether a sentence ends between left and right.
func (l *language) ends(left, right string) bool {
	left = strings.TrimRightFunc(left[max(0, len(left)-window):], unicode.IsSpace)
	right = right[:min(len(right), window)]
	bare := strings.TrimRight(left, "\"'”’»)]“›")
	if strings.HasSuffix(left, " »") { // as the French write it
		bare = strings.TrimRight(bare, " \u00a0\u202f")
	}
	next := firstWord(right)
	switch {
	case next == "" || !speakable(left) || cited(right) || strings.HasPrefix(right, "»"):
		return false
	case lowerStart(next) && !strings.HasSuffix(bare, ":") && !unusualStart(right):
		return false
	case strings.HasSuffix(bare, "?") || strings.HasSuffix(bare, "!"):
		return !(len(bare) < len(left) && l.says(right) && !opensQuote(right)) && !(exclaimed[bare[strings.LastIndexAny(bare, " \u00a0\"“")+1:]] && !l.starts(next))
	case !strings.HasSuffix(bare, "."):
		return true
	case strings.HasSuffix(bare, "…") || strings.HasSuffix(bare, "..") || strings.HasSuffix(bare, ". ."):
		return !(hesitates(bare) && (next == "I" || strings.HasPrefix(next, "I'") || strings.HasPrefix(next, "I’")))
	case len(bare) < len(left) && !strings.HasSuffix(left, ")"): // a closing quote: the stop belongs to what was said
		return !l.says(right) || true
	}
	return l.stop(bare, right, next)
}

// exclaimed are names that end with a mark.
var exclaimed = set(`Yahoo! E! Jeopardy! Wham! Panic! Joomla! Mamma! Oklahoma!`)

// opensQuote reports whether another quotation begins.
func opensQuote(right string) bool {
	return strings.HasPrefix(right, `"`) || strings.HasPrefix(right, "“") || strings.HasPrefix(right, "«")
}

// stop decides about a full stop by the word before it.
func (l *language) stop(left, right, next string) bool {
	word := lastWord(left)
	lower := strings.ToLower(word)
	digit := romanShape.MatchString(next) && next != "" || unicode.IsDigit(firstRune(strings.TrimLeft(right, " \"'“‘«(№#$€£")))
	switch {
	case listNumber(left) || len(left) == 2 && (initial(word) || left[0] >= 'a' && left[0] <= 'z'):
		return false
	case zoneBehind(left, word):
		return true
	case l.areaUnit(left, lower):
		return unicode.IsUpper(firstRune(next))
	case l.ordinalDot && counting(word):
		return l.starts(next) && !isMonth(l, next)
	case l.lists(left, lower):
		return unicode.IsUpper(firstRune(next))
	case l.beforeNumber[lower] && weekdayStop[lower] && isMonth(l, next):
		return false
	case digit && isMonth(l, word) && !slices.ContainsFunc(l.months[:], func(m string) bool { return strings.EqualFold(m, word) }):
		return false
	case l.abbreviations[lower] || l.tag == "de" && strings.HasSuffix(lower, "str"):
		return false
	case l.maybe[lower] && (lower == "a.m" || lower == "p.m"):
		return l.closes(left, lower, right, next)
	case lower == "d.c" && l.tag == "en":
		return unicode.IsUpper(firstRune(next)) && !capitalOf[next]
	case initial(word):
		return l.starts(next) && !initialNext(right) && !initials(left) || len(word) == 1 && genericLetter(left)
	case l.beforeNumber[lower]:
		return !digit && !(isMonth(l, word) && shortNumber(next))
	case l.maybe[lower]:
		return l.closes(left, lower, right, next)
	}
	return true
}

// counting reports whether a word before a stop is an ordinal of digits or a
// Roman one of two letters and more: "3.", "II.".
func counting(word string) bool {
	if digits := digitRun(word); digits > 0 {
		return digits == len(word) && digits < 4
	}
	return len(word) > 1 && romanShape.MatchString(word)
}

// zoneBehind reports whether left ends with a zone of time behind its hour, in
// capitals as no abbreviation of a word is: "6 a.m. EST."
func zoneBehind(left, word string) bool {
	if len(word) < 2 || !allUpper(word) || !timeZone[word] {
		return false
	}
	before := strings.ToLower(strings.TrimSuffix(left, " "+word+"."))
	return strings.HasSuffix(before, "m.") || strings.HasSuffix(before, "m") || before != "" && unicode.IsDigit(rune(before[len(before)-1]))
}

// initialNext reports whether another initial follows: "B. I. Koval".
func initialNext(right string) bool {
	right = strings.TrimLeft(right, " ")
	_, n := utf8.DecodeRuneInString(right)
	return strings.HasPrefix(right[n:], ".")
}

// closes decides about abbreviations that stand in mid-sentence and at its end.
func (l *language) closes(left, lower, right, next string) bool {
	switch {
	case strings.HasPrefix(right, "(") && !wholeSentence(right):
		return false
	case l.starts(next):
		return true
	}
	switch lower {
	case "a.m", "p.m", "am", "pm":
		if opening := firstWord(left); len(left) < 32 && openings[opening] {
			return false
		}
		return !timeZone[next] && !strings.Contains(firstWords(right, 3), " time")
	case "u.s", "u.k", "u.n", "e.u", "u.s.a", "u.a.e":
		the := strings.HasSuffix(strings.ToLower(strings.TrimSuffix(left, lastWord(left)+".")), "the ")
		return the && !institution[next] && !strings.HasPrefix(right, "\"") && unicode.IsUpper(firstRune(next))
	case "etc", "al", "min", "hr", "ft", "lb", "oz":
		return unicode.IsUpper(firstRune(next))
	}
	switch l.endsBehind[lower] {
	case "year":
		return len(left) > opening && unicode.IsUpper(firstRune(next)) && afterYear(left)
	case "upper":
		return unicode.IsUpper(firstRune(next))
	}
	return false
}

// wholeSentence reports whether the bracket that s begins with holds one.
func wholeSentence(s string) bool {
	end := strings.IndexByte(s, ')')
	return end < 0 || strings.ContainsRune(".!?", rune(s[end-1]))
}

// openings begin a phrase of time: "At 5 a.m. Mr. Smith left."
var openings = set(`At By Around About Before After Since Until From Between`)

// cited reports whether the text goes on with a source: "(Smith 55)."
func cited(right string) bool {
	right = strings.TrimLeft(right, " ")
	if !strings.HasPrefix(right, "(") {
		return false
	}
	end := strings.Index(right[:min(len(right), 48)], ").")
	return end > 0 && !strings.ContainsAny(right[1:end], ".!?")
}

var timeZone = set(`ET EST EDT CT CST CDT MT MST MDT PT PST PDT GMT UTC BST CET CEST EET EEST MSK Eastern Central Pacific Mountain Greenwich Monday Tuesday Wednesday Thursday Friday Saturday Sunday Jan Feb March April May June July Aug Sept Oct Nov Dec January February August September October November December`)

// institution are words behind "the U.S." that go on with the name.
var institution = set(`President Vice Army Navy Air Marine Marines Coast Space Congress Senate House Capitol Supreme State Secretary Treasury Department Embassy Ambassador Federal National Central Justice Special Senator Senators Sen Rep Representative Gen General Attorney Food Centers Environmental Geological Open District Circuit Court Commerce Energy Defense Defence Homeland Customs Immigration Secret Securities Forces Military Government Congressman Congresswoman Trade Agency Bureau Postal Census Fish Forest Drug Chamber Steel Soccer Olympic Dollar Constitution Civil Mission Consulate Strategic European Africa Indo-Pacific Cyber Bank Institute Security Council Human Charter Secretary-General Climate High General-Assembly Development Children`)

// says reports whether the text goes on with who said it: Zelensky asked.
func (l *language) says(right string) bool {
	for i, w := range strings.Fields(firstWords(right, 4)) {
		w = strings.ToLower(strings.Trim(w, ",.;:"))
		if i == 0 && nobody[w] {
			return false
		}
		if i > 0 && saidVerbs[w] {
			return true
		}
	}
	return false
}

// nobody are words that begin a new sentence even where a verb of saying
// follows.
var nobody = set(`nobody no none he she they it we i everyone someone that this niemand er sie niemand personne nadie nessuno nikt ніхто никто він она вона они вони`)

var saidVerbs = set(`said says asked asks told wrote writes added replied answered shouted cried tweeted exclaimed wondered continued insisted demanded quipped sagte fragte schrieb rief erklärte сказав сказала запитав запитала заявив заявила написав спросил спросила сказал заявил написал dijo preguntó demandé dit disse chiese powiedział zapytał powiedziała`)

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// firstWord returns the first word of s, without what opens it.
func firstWord(s string) string {
	s = strings.TrimLeftFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	end := strings.IndexFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '\'' && r != '’'
	})
	if end >= 0 {
		s = s[:end]
	}
	return strings.TrimSuffix(strings.TrimSuffix(s, "'s"), "’s")
}

func firstWords(s string, n int) string {
	fields := strings.Fields(s)
	return strings.Join(fields[:min(n, len(fields))], " ")
}

// lastWord returns the word before the full stop that ends s: "U.S" of "the
// U.S.".
func lastWord(s string) string {
	s = strings.TrimSuffix(s, ".")
	at := strings.LastIndexFunc(s, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("(\"“«[„‘/'’", r) })
	if at >= 0 {
		_, n := utf8.DecodeRuneInString(s[at:])
		s = s[at+n:]
	}
	if at := strings.LastIndexAny(s, "-–"); at >= 0 && at+1 < len(s) && !strings.Contains(s, ".") {
		_, n := utf8.DecodeRuneInString(s[at:])
		s = s[at+n:]
	}
	return s
}

func lowerStart(word string) bool {
	r, n := utf8.DecodeRuneInString(word)
	return unicode.IsLower(r) && !unicode.IsUpper(firstRune(word[n:]))
}

// initial reports whether word is one capital letter, or several with stops.
func initial(word string) bool {
	if at := strings.LastIndexByte(word, '.'); at >= 0 {
		word = word[at+1:]
	}
	r, n := utf8.DecodeRuneInString(word)
	return n == len(word) && unicode.IsUpper(r)
}

var generics = set(`plan vitamin group class type section phase team grade hepatitis appendix part point option category act level exhibit schedule`)

// genericLetter finds "Plan B.", "vitamin C." and "5 C.", which are no initials.
func genericLetter(left string) bool {
	fields := strings.Fields(left)
	if len(fields) < 2 {
		return false
	}
	before := fields[len(fields)-2]
	return generics[strings.ToLower(before)] || unicode.IsDigit(rune(before[len(before)-1]))
}

// listNumber reports whether left is nothing but "3." or "a)".
func listNumber(left string) bool {
	left = strings.TrimSpace(left)
	return len(left) <= 4 && shortNumber(strings.TrimRight(left, ".)"))
}

func shortNumber(word string) bool {
	if word == "" || len(word) > 2 {
		return false
	}
	for i := 0; i < len(word); i++ {
		if word[i] < '0' || word[i] > '9' {
			return false
		}
	}
	return true
}

func isMonth(l *language, word string) bool {
	lower := strings.ToLower(word)
	for _, m := range l.months {
		if m == "" {
			return false
		}
		if strings.EqualFold(m, word) || len(lower) >= 3 && strings.HasPrefix(strings.ToLower(m), lower) {
			return true
		}
	}
	return false
}

// starts reports whether a word begins a sentence and no name, as "C'est" does
// by what stands before its apostrophe.
func (l *language) starts(word string) bool {
	head, _, _ := strings.Cut(strings.ReplaceAll(word, "’", "'"), "'")
	return l.starters[word] || l.starters[head]
}

// opening is how long a phrase of time is that begins a sentence: "В 2020 г."
// goes on with a name, and the same words at the end are an end.
const opening = 26

// afterYear reports whether the abbreviation that ends left stands behind a
// number or a Roman one: "1950 г.", "XIX в.".
func afterYear(left string) bool {
	fields := strings.Fields(left)
	if len(fields) < 2 {
		return false
	}
	before := fields[len(fields)-2]
	return unicode.IsDigit(rune(before[len(before)-1])) || romanShape.MatchString(strings.NewReplacer("Х", "X", "І", "I").Replace(before))
}

// lists reports whether left ends with "and so on" in two stopped letters.
func (l *language) lists(left, lower string) bool {
	return (lower == "д" || lower == "п" || lower == "ін") && strings.HasSuffix(strings.TrimRight(strings.TrimSuffix(left, lastWord(left)+"."), " "), "т.")
}

// areaUnit reports whether the letter that ends left is a metre, not a town:
// "60 кв. м."
func (l *language) areaUnit(left, lower string) bool {
	if lower != "м" {
		return false
	}
	before := strings.TrimRight(strings.TrimSuffix(left, lastWord(left)+"."), " ")
	return strings.HasSuffix(before, "кв.") || strings.HasSuffix(before, "куб.")
}

// initials reports whether left ends with two or more initials, so that a name
// follows: "C. A. Dalla Chiesa".
func initials(left string) bool {
	fields := strings.Fields(left)
	n := len(fields)
	return n > 1 && initial(strings.TrimSuffix(fields[n-1], ".")) && strings.HasSuffix(fields[n-2], ".") && len(fields[n-2]) <= 3 && initial(strings.TrimSuffix(fields[n-2], "."))
}

// hesitates reports whether three dots with a space before them end left: a
// speaker stumbles and goes on.
func hesitates(left string) bool {
	words := strings.TrimRight(left, ".… ")
	dots := left[len(words):]
	return strings.HasPrefix(dots, " ") && strings.Count(dots, ".") <= 3
}

// weekdayStop are days before which a month may stand: "Tues. Feb. 3".
var weekdayStop = set(`mon tue tues wed thu thur thurs fri sat sun`)

// capitalOf are words behind "D.C." that go on with a name.
var capitalOf = set(`Circuit Council Councilmember Mayor Attorney Police Court Superior National Superintendent Public Metro United Department Guard Board Fire Water Statehood`)

// inner finds where a sentence begins inside of what Unicode takes for one:
// behind an ellipsis, before a number, a brand in small letters, a hashtag, or
// behind a guillemet with its space.
func inner(text string, from, to int) int {
	for i := from; i < to; i++ {
		if text[i] != '.' && !strings.HasPrefix(text[i:], "…") && !strings.HasPrefix(text[i:], "»") {
			continue
		}
		at, closed := pastMark(text, i, to)
		if at == 0 || at >= to {
			continue
		}
		right := text[at:to]
		switch {
		case text[i] == '.' && (unusualStart(right) || numberStart(right) && wholeWord(text[from:i], right, closed) || speaks(text) && speaks(right) && upperStart(strings.TrimLeft(right, "—–- "))):
			return at
		case text[i] != '.' && upperStart(right):
			return at
		}
	}
	return 0
}

// pastMark returns where the word behind a mark begins, or 0 when no space
// parts them, and whether a quote or bracket was closed between.
func pastMark(text string, i, to int) (at int, closed bool) {
	c, n := utf8.DecodeRuneInString(text[i:])
	if c == '»' {
		said := strings.TrimRight(text[:i], "\u00a0\u202f ")
		before, _ := utf8.DecodeLastRuneInString(said)
		if len(said) == i || !strings.ContainsRune(".!?…", before) {
			return 0, false
		}
	}
	i += n
	rest := strings.TrimLeft(text[i:to], "\"'”’»)]")
	word := strings.TrimLeft(rest, " ")
	if len(word) == len(rest) {
		return 0, false
	}
	return to - len(word), len(rest) < to-i
}

// wholeWord reports whether left ends with what is hardly an abbreviation, so
// that a number behind its full stop begins a sentence: "Sumy. 12 people".
func wholeWord(left, right string, closed bool) bool {
	if closed || strings.HasSuffix(left, "%") {
		return true
	}
	word := lastWord(left[max(0, len(left)-window):])
	counted := lowerStart(strings.TrimLeft(right, "0123456789,.$€£₴ "))
	if digitRun(word) == len(word) {
		return len(word) == 4 && counted
	}
	if counted && utf8.RuneCountInString(word) == 3 && allUpper(word) { // an initialism: "США. 1 мільйон"
		return true
	}
	return utf8.RuneCountInString(word) > 3 && (counted || lowerStart(word)) && strings.ContainsAny(strings.ToLower(word), "aeiouyаеёиіїоуыэюя") && !strings.ContainsAny(word, ".0123456789")
}

// speaks reports whether a text begins with the dash of a dialogue.
func speaks(s string) bool {
	return strings.HasPrefix(s, "—") || strings.HasPrefix(s, "–") || strings.HasPrefix(s, "- ")
}

func upperStart(s string) bool {
	return unicode.IsUpper(firstRune(strings.TrimLeft(s, "\"'“‘„«([¿¡ \u00a0\u202f")))
}

func numberStart(s string) bool {
	return unicode.IsDigit(firstRune(strings.TrimLeft(s, "\"'“‘„«([$€£₴¥#")))
}

// brand reports whether a word is a name that begins with a small letter:
// "iPhone", "easyJet", "adidas".
func brand(word string) bool {
	if smallNames[word] {
		return true
	}
	at := strings.IndexFunc(word, unicode.IsUpper)
	return at > 0 && !strings.ContainsAny(word[:at], "-'’")
}

var smallNames = set(`adidas thyssenkrupp gov.uk bhp esure lululemon amfAR`)

// unusualStart reports whether a sentence may begin here although no capital
// does: "iPhone", "#MeToo", "@name", "b) the second".
func unusualStart(s string) bool {
	if len(s) < 3 {
		return false
	}
	switch {
	case s[0] >= 'a' && s[0] <= 'z' && brand(firstWord(s)):
		return true
	case s[0] == '#' || s[0] == '@':
		return unicode.IsLetter(firstRune(s[1:]))
	}
	return s[0] >= 'a' && s[0] <= 'z' && s[1] == ')' && s[2] == ' '
}
