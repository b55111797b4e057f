package script

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/sentences"
)

// Sentences splits a paragraph into sentences, in the way of the language. The
// sentences are parts of the text; only white space is lost between them.
func Sentences(text, lang string) []string {
	return languageOf(Language(lang)).split(clean(text))
}

// split takes the boundaries of Unicode (UAX 29) and joins again what a reader
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
		for at := brand(text, it.Start(), it.End()); at > 0; at = brand(text, at, it.End()) {
			end = at
			emit()
			start = at
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
	next := firstWord(right)
	switch {
	case next == "" || cited(right):
		return false
	case lowerStart(next) && !strings.HasSuffix(bare, ":"):
		return false
	case strings.HasSuffix(bare, "?") || strings.HasSuffix(bare, "!"):
		return !(len(bare) < len(left) && l.says(right)) && !strings.HasSuffix(bare, "Yahoo!")
	case !strings.HasSuffix(bare, "."):
		return true
	case strings.HasSuffix(bare, ".."):
		return true
	case len(bare) < len(left) && !strings.HasSuffix(left, ")"): // a closing quote: the stop belongs to what was said
		return !l.says(right) || true
	}
	return l.stop(bare, right, next)
}

// stop decides about a full stop by the word before it.
func (l *language) stop(left, right, next string) bool {
	word := lastWord(left)
	lower := strings.ToLower(word)
	digit := romanShape.MatchString(next) && next != "" || unicode.IsDigit(firstRune(strings.TrimLeft(right, " \"'“‘«(№#$€£")))
	switch {
	case listNumber(left):
		return false
	case l.ordinalDot && shortNumber(word):
		return l.starters[next] && !isMonth(l, next)
	case l.abbreviations[lower] || l.tag == "de" && strings.HasSuffix(lower, "str"):
		return false
	case initial(word):
		return l.starters[next] && !initialNext(right) || genericLetter(left)
	case l.beforeNumber[lower]:
		return !digit && !(isMonth(l, word) && shortNumber(next))
	case l.maybe[lower]:
		return l.closes(left, lower, right, next)
	}
	return true
}

// initialNext reports whether another initial follows: "B. I. Koval".
func initialNext(right string) bool {
	right = strings.TrimLeft(right, " ")
	_, n := utf8.DecodeRuneInString(right)
	return strings.HasPrefix(right[n:], ".")
}

// closes decides about abbreviations that stand in mid-sentence and at its end.
func (l *language) closes(left, lower, right, next string) bool {
	if l.starters[next] {
		return true
	}
	switch lower {
	case "a.m", "p.m", "am", "pm":
		if opening := firstWord(left); len(left) < 32 && openings[opening] {
			return false
		}
		return !timeZone[next] && !strings.Contains(firstWords(right, 3), " time")
	case "u.s", "u.k", "u.n", "e.u", "d.c", "u.s.a", "u.a.e":
		the := strings.HasSuffix(strings.ToLower(strings.TrimSuffix(left, lastWord(left)+".")), "the ")
		return the && !institution[next] && !strings.HasPrefix(right, "\"") && unicode.IsUpper(firstRune(next)) || lower == "d.c" && !strings.HasPrefix(next, "Circuit")
	case "etc", "al", "тощо", "др", "т.д", "т.п", "грн", "дол", "руб", "долл", "коп", "zł", "кг", "км", "хв", "сек", "мин", "min", "hr", "ft", "lb", "oz", "usw", "uvm", "ecc", "itd", "itp":
		return unicode.IsUpper(firstRune(next))
	}
	return false
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

// brand finds a sentence that begins with a small letter: ". iPhone".
func brand(text string, from, to int) int {
	for i := from; i+4 < to; i++ {
		if text[i] == '.' && text[i+1] == ' ' && (text[i+2] == 'i' || text[i+2] == 'e') && text[i+3] >= 'A' && text[i+3] <= 'Z' {
			return i + 2
		}
	}
	return 0
}
