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
		for at := l.innerStart(text, it.Start(), it.End()); at > 0; at = l.innerStart(text, at, it.End()) {
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
	if exchange(left, right) || dotsOfRange(left, right) {
		return false
	}
	left = strings.TrimRightFunc(left[max(0, len(left)-window):], unicode.IsSpace)
	right = right[:min(len(right), window)]
	bare := strings.TrimRight(left, "\"'”’»)]“›")
	if strings.HasSuffix(left, " »") { // as the French write it
		bare = strings.TrimRight(bare, " \u00a0\u202f")
	}
	next := firstWord(right)
	switch {
	case next == "" || !speakable(left) || goesOn(right):
		return false
	case lowerStart(next) && !strings.HasSuffix(bare, ":") && !l.unusualStart(right):
		return false
	case strings.HasSuffix(bare, "?") || strings.HasSuffix(bare, "!"):
		return l.endsCalled(bare, left, right, next)
	case !strings.HasSuffix(bare, "."):
		return true
	case strings.HasSuffix(bare, "..") || strings.HasSuffix(bare, ". ."):
		return !(hesitates(bare) && l.in("first-person", beforeApostrophe(next)))
	case len(bare) < len(left) && !strings.HasSuffix(left, ")"): // a closing quote: the stop belongs to what was said
		return true
	}
	return l.stop(bare, right, next)
}

// exchange reports whether the sign of a share goes on with the letters of its
// exchange behind a number and a full stop: "1211.HK".
func exchange(left, right string) bool {
	number, stopped := strings.CutSuffix(left, ".")
	if !stopped || !unicode.IsDigit(lastRune(number)) {
		return false
	}
	rest := strings.TrimLeftFunc(right, unicode.IsUpper)
	letters := len(right) - len(rest)
	return (letters == 1 || letters == 2) && !unicode.IsLetter(firstRune(rest))
}

// dotsOfRange reports whether dots between two numbers are those of a range: "+23...+25", "+16°...+22°".
func dotsOfRange(left, right string) bool {
	number := strings.TrimRight(left, ".…")
	return len(number) < len(left) && unicode.IsDigit(lastRune(strings.TrimSuffix(number, "°"))) && unicode.IsDigit(firstRune(strings.TrimLeft(right, "+-−")))
}

// goesOn reports whether a sentence goes on by the sign that follows: a source
// in brackets or the end of a quotation.
func goesOn(right string) bool { return cited(right) || strings.HasPrefix(right, "»") }

// endsCalled reports whether a sentence ends behind a question or a call: not
// where its speaker is named next, nor behind a name with a mark, as "Yahoo!".
func (l *language) endsCalled(bare, left, right, next string) bool {
	named := l.in("exclaimed", bare[strings.LastIndexAny(bare, " \u00a0\"“")+1:])
	if named && !l.starts(next) {
		return false
	}
	quoted := len(bare) < len(left)
	return !quoted || opensQuote(right) || !l.says(right)
}

// opensQuote reports whether another quotation begins.
func opensQuote(right string) bool {
	return strings.HasPrefix(right, `"`) || strings.HasPrefix(right, "“") || strings.HasPrefix(right, "«")
}

// stop decides about a full stop by the word before it.
func (l *language) stop(left, right, next string) bool {
	word := l.lastAbbreviation(left)
	lower := strings.ToLower(word)
	end := l.endings[lower]
	if l.acronym(left, word) {
		end = ""
	}
	digit := romanShape.MatchString(next) && next != "" || unicode.IsDigit(firstRune(strings.TrimLeft(right, " \"'“‘«(№#$€£")))
	switch {
	case listNumber(left) || lone(left, word):
		return false
	case l.zoneBehind(left, word):
		return true
	case l.pair(left, lower):
		return unicode.IsUpper(firstRune(next))
	case counting(word) && l.setting("ordinal-stop", "") == "yes":
		return l.numbered(left) || l.starts(next) && !isMonth(l, next)
	case counting(word) && l.decade(left):
		return l.starts(next)
	case l.weekday(word) && isMonth(l, next):
		return false
	case digit && l.shortMonth(word), counting(word) && len(next) > 1 && romanShape.MatchString(next): // "90. XX w."
		return false
	case l.lettered(left, word):
		return true
	case end == "no" || l.endedBy(lower):
		return false
	case end == "clock":
		return l.closes(left, end, right, next)
	case end == "body":
		return unicode.IsUpper(firstRune(next)) && !l.in("city-bodies", next)
	case initial(word):
		return l.starts(next) && !initialNext(right) && !initials(left)
	case end == "number":
		return !digit && !l.dated(word, next)
	case end != "":
		return l.closes(left, end, right, next)
	}
	return true
}

// lastAbbreviation returns the word before the full stop that ends left, with what
// stands before its stroke where that is a unit: "м/с".
func (l *language) lastAbbreviation(left string) string {
	fields := strings.Fields(left)
	last := strings.TrimLeft(strings.TrimSuffix(fields[len(fields)-1], "."), "0123456789,.+-–—−")
	if strings.Contains(last, "/") && l.endings[strings.ToLower(last)] != "" {
		return last
	}
	return lastWord(left)
}

// acronym reports whether a word that ends left is in capitals as no abbreviation is
// written, nor the word before it: "system POS." does not end with "pos.".
func (l *language) acronym(left, word string) bool {
	if utf8.RuneCountInString(word) < 2 || !allUpper(word) || l.capitals[word] {
		return false
	}
	fields := strings.Fields(left)
	return len(fields) > 1 && strings.ContainsFunc(fields[len(fields)-2], unicode.IsLower)
}

// dated reports whether a date goes on behind an abbreviation that a number
// follows: "Oct. 5", "d. Oct. 5".
func (l *language) dated(word, next string) bool {
	if len(word) == 1 {
		return isMonth(l, next)
	}
	return isMonth(l, word) && shortNumber(next)
}

// numbered reports whether left ends with what a number names and its number: "auf Platz 4."
func (l *language) numbered(left string) bool {
	fields := strings.Fields(left)
	return len(fields) > 1 && l.in("before-letter", strings.ToLower(fields[len(fields)-2]))
}

// decade reports whether left ends with the years of a decade: "lat 60.", "lat 60. i 70."
func (l *language) decade(left string) bool {
	fields := strings.Fields(left)
	return slices.ContainsFunc(fields[max(0, len(fields)-4):], func(w string) bool { return l.in("years", strings.ToLower(w)) })
}

// lone reports whether left is nothing but a letter and its stop.
func lone(left, word string) bool {
	return len(left) == 2 && (initial(word) || smallLetter(left[0]))
}

// weekday reports whether a word is the short name of a day before which a month
// may stand: "Tues. Feb. 3".
func (l *language) weekday(word string) bool {
	if l.endings[strings.ToLower(word)] != "number" {
		return false
	}
	_, known := l.pack.nouns["weekday"][upperFirst(strings.ToLower(word))]
	return known
}

// shortMonth reports whether a word is the name of a month and cut short.
func (l *language) shortMonth(word string) bool {
	return isMonth(l, word) && !slices.ContainsFunc(l.pack.months[:], func(m month) bool { return strings.EqualFold(m.name, word) })
}

// endedBy reports whether a word ends as abbreviations of the language do, as
// "Hauptstr.".
func (l *language) endedBy(lower string) bool {
	for ending := range l.lists["ended-by"] {
		if strings.HasSuffix(lower, ending) {
			return true
		}
	}
	return false
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
func (l *language) zoneBehind(left, word string) bool {
	if len(word) < 2 || !allUpper(word) || !l.in("zones-and-days", word) {
		return false
	}
	hour := strings.ToLower(strings.TrimSuffix(strings.TrimSuffix(left, " "+word+"."), "."))
	return strings.HasSuffix(hour, "m") || unicode.IsDigit(lastRune(hour))
}

// initialNext reports whether another initial follows: "B. I. Koval".
func initialNext(right string) bool {
	right = strings.TrimLeft(right, " ")
	_, n := utf8.DecodeRuneInString(right)
	return strings.HasPrefix(right[n:], ".")
}

// closes decides about abbreviations that stand in mid-sentence and at its end.
func (l *language) closes(left, end, right, next string) bool {
	switch {
	case strings.HasPrefix(right, "(") && !wholeSentence(right):
		return false
	case l.starts(next):
		return true
	}
	switch end {
	case "clock":
		return !l.timed(left, right, next)
	case "year":
		return len(left) > opening && unicode.IsUpper(firstRune(next)) && afterYear(left)
	case "upper":
		return unicode.IsUpper(firstRune(next))
	}
	return false
}

// timed reports whether a sentence goes on behind an hour: its zone, its day or
// a service of worship follows, or it has just begun with the time, as in "At
// 5 a.m. Mr. Smith left."
func (l *language) timed(left, right, next string) bool {
	day, _, _ := strings.Cut(next, "-")
	switch {
	case len(left) < 32 && l.in("openings", firstWord(left)):
		return true
	case l.in("zones-and-days", day) || l.in("worship", day):
		return true
	}
	words := strings.Fields(firstWords(right, 3))
	return len(words) > 1 && slices.ContainsFunc(words[1:], func(w string) bool { return l.in("time-words", strings.TrimRight(w, ".,;:!?")) })
}

// wholeSentence reports whether the bracket that s begins with holds one.
func wholeSentence(s string) bool {
	end := strings.IndexByte(s, ')')
	return end < 0 || strings.ContainsRune(".!?", rune(s[end-1]))
}

// cited reports whether the text goes on with a source: "(Smith 55)."
func cited(right string) bool {
	right = strings.TrimLeft(right, " ")
	if !strings.HasPrefix(right, "(") {
		return false
	}
	end := strings.Index(right[:min(len(right), 48)], ").")
	return end > 0 && !strings.ContainsAny(right[1:end], ".!?")
}

// says reports whether the text goes on with who said it: Zelensky asked.
func (l *language) says(right string) bool {
	for i, w := range strings.Fields(firstWords(right, 4)) {
		w = strings.ToLower(strings.Trim(w, ",.;:"))
		if i == 0 && l.in("no-speakers", w) {
			return false
		}
		if i > 0 && l.in("saying", w) {
			return true
		}
	}
	return false
}

func smallLetter(c byte) bool { return c >= 'a' && c <= 'z' }

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// firstWord returns the first word of s, without what opens it.
func firstWord(s string) string {
	noWord := func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) }
	s = strings.TrimLeftFunc(s, noWord)
	end := strings.IndexFunc(s, func(c rune) bool { return noWord(c) && !strings.ContainsRune("-'’", c) })
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
	s = behindLast(strings.TrimSuffix(s, "."), func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("(\"“«[„‘/'’", r) })
	part := behindLast(s, func(r rune) bool { return r == '-' || r == '–' })
	if part == "" || strings.Contains(s, ".") && digitRun(part) < len(part) {
		return s
	}
	return part
}

// behindLast returns what stands behind the last character of s that is so, s where none is.
func behindLast(s string, so func(rune) bool) string {
	at := strings.LastIndexFunc(s, so)
	if at < 0 {
		return s
	}
	_, n := utf8.DecodeRuneInString(s[at:])
	return s[at+n:]
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

// lettered finds "Plan B.", "vitamin C." and "5 C.", which are no initials, nor
// the side of a street: "12 N. Main St."
func (l *language) lettered(left, word string) bool {
	if len(word) != 1 || !initial(word) {
		return false
	}
	before := strings.TrimRight(strings.TrimSuffix(left, word+"."), " \u00a0")
	return l.numbered(left) || unicode.IsDigit(lastRune(before)) && !l.side(word)
}

// side reports whether a letter is the side of a street: "N".
func (l *language) side(letter string) bool {
	if l.pack == nil {
		return false
	}
	_, known := l.pack.nouns["side"][letter+"."]
	return known
}

// listNumber reports whether left is nothing but "3." or "a)".
func listNumber(left string) bool {
	left = strings.TrimSpace(left)
	return len(left) <= 4 && shortNumber(strings.TrimRight(left, ".)"))
}

func shortNumber(word string) bool {
	return word != "" && len(word) <= 2 && digitRun(word) == len(word)
}

func isMonth(l *language, word string) bool {
	if l.pack == nil {
		return false
	}
	lower := strings.ToLower(word)
	return slices.ContainsFunc(l.pack.months[:], func(m month) bool {
		return strings.EqualFold(m.name, word) || len(lower) >= 3 && strings.HasPrefix(strings.ToLower(m.name), lower)
	})
}

// starts reports whether a word begins a sentence and no name, as "C'est" does
// by what stands before its apostrophe.
func (l *language) starts(word string) bool {
	return l.in("starters", word) || l.in("starters", beforeApostrophe(word))
}

func beforeApostrophe(word string) string {
	head, _, _ := strings.Cut(strings.ReplaceAll(word, "’", "'"), "'")
	return head
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

// pair reports whether left ends with an abbreviation of two words behind which
// a sentence ends before any capital: "т. д.", "60 кв. м."
func (l *language) pair(left, lower string) bool {
	before := lastWord(strings.TrimRight(strings.TrimSuffix(left, lastWord(left)+"."), " \u00a0"))
	return before != "" && l.endings[strings.ToLower(before)+"."+lower] == "upper"
}

// initials reports whether left ends with two or more initials, so that a name
// follows: "C. A. Dalla Chiesa".
func initials(left string) bool {
	fields := strings.Fields(left)
	n := len(fields)
	return n > 1 && initial(strings.TrimSuffix(fields[n-1], ".")) && stoppedInitial(fields[n-2])
}

// stoppedInitial reports whether a word is a capital letter and its stop.
func stoppedInitial(word string) bool {
	letter, stopped := strings.CutSuffix(word, ".")
	return stopped && len(word) <= 3 && initial(letter)
}

// hesitates reports whether three dots with a space before them end left: a
// speaker stumbles and goes on.
func hesitates(left string) bool {
	words := strings.TrimRight(left, ".… ")
	dots := left[len(words):]
	return strings.HasPrefix(dots, " ") && strings.Count(dots, ".") <= 3
}

// innerStart finds where a sentence begins inside of what Unicode takes for one:
// behind an ellipsis, before a number, a brand in small letters, a hashtag, or
// behind a guillemet with its space.
func (l *language) innerStart(text string, from, to int) int {
	for i := from; i < to; i++ {
		dot := text[i] == '.'
		if !dot && !strings.HasPrefix(text[i:], "…") && !strings.HasPrefix(text[i:], "»") {
			continue
		}
		at, closed := pastMark(text, i, to)
		switch {
		case at == 0 || at >= to:
		case dot && l.beginsBehindStop(text, from, i, text[at:to], closed), !dot && upperStart(text[at:to]):
			return at
		}
	}
	return 0
}

// beginsBehindStop reports whether right, which follows the stop at i, begins a
// sentence although Unicode sees none.
func (l *language) beginsBehindStop(text string, from, i int, right string, closed bool) bool {
	switch {
	case l.unusualStart(right):
		return true
	case numberStart(right) && l.wholeWord(text[from:i], right, closed):
		return true
	case speaks(text) && speaks(right), strings.HasPrefix(right, "— "), strings.HasPrefix(right, "– "):
		return upperStart(strings.TrimLeft(right, "—–- "))
	}
	return false
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
func (l *language) wholeWord(left, right string, closed bool) bool {
	if closed || strings.HasSuffix(left, "%") || strings.HasSuffix(left, ")") {
		return true
	}
	word := lastWord(left[max(0, len(left)-window):])
	counted := lowerStart(strings.TrimLeft(right, "0123456789,.$€£₴-^ºª° "))
	switch {
	case digitRun(word) == len(word):
		return len(word) == 4 && counted
	case counted && (namesBody(word) || strings.ContainsAny(word, "№:")): // "США. 1 мільйон", "№4. 25 мая", "6:45. 1 muerto"
		return true
	case utf8.RuneCountInString(word) < 4:
		return counted && lowerStart(word) && l.starts(upperFirst(word)) // "ging de cel in. 15 maanden"
	case strings.ContainsAny(word, ".0123456789"):
		return false
	}
	return (counted || lowerStart(word)) && strings.ContainsAny(strings.ToLower(word), "aeiouyаеёиіїоуыэюя")
}

// namesBody reports whether a word is in capitals as the short name of a body is: "ДТП", "НАТО".
func namesBody(word string) bool {
	if letters := utf8.RuneCountInString(word); letters < 3 || letters > 5 {
		return false
	}
	return allUpper(word) && !romanShape.MatchString(word)
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
func (l *language) brand(word string) bool {
	if l.in("brands", word) {
		return true
	}
	at := strings.IndexFunc(word, unicode.IsUpper)
	return at > 0 && !strings.ContainsAny(word[:at], "-'’")
}

// unusualStart reports whether a sentence may begin here although no capital
// does: "iPhone", "#MeToo", "@name", "b) the second".
func (l *language) unusualStart(s string) bool {
	if len(s) < 3 {
		return false
	}
	small := smallLetter(s[0])
	switch {
	case small && l.brand(firstWord(s)):
		return true
	case s[0] == '#' || s[0] == '@':
		return unicode.IsLetter(firstRune(s[1:]))
	}
	return small && s[1] == ')' && s[2] == ' '
}
