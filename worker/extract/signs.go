package extract

import (
	"maps"
	"slices"
	"strings"
	"unicode"
)

// signs are the properties of a text that pitches have.
type signs struct {
	bids      int      // sentences that begin with what the reader shall do
	goods     int      // things that he shall do it with
	reader    int      // words for the reader
	publisher int      // and for the publisher
	persons   int      // both, where the article does not speak so itself
	things    []string // the goods
	contact   bool
	mail      bool // the contact is an e-mail address
	loud      bool // an exclamation mark
	quotes    bool // somebody is quoted
}

func (s signs) weight() int {
	n := min(s.bids, 2) + min(s.goods, 2) + min(s.persons, 2) + count(s.bids > 0, s.goods > 0, s.contact, s.mail, s.loud)
	if s.quotes {
		n -= 3
	}
	return n
}

const quotationMarks = "\"“„”«»"

// quotes reports whether a text quotes somebody: more than a name or a title.
func quotes(text string) bool {
	if !strings.ContainsAny(text, quotationMarks) {
		return false
	}
	for _, q := range expr("quoted").FindAllString(text, -1) {
		if len(strings.Fields(q)) > 5 {
			return true
		}
	}
	return false
}

// hear finds the signs of a pitch in a text. Text in quotation marks does not count.
func hear(text, lang string) signs {
	bids, goods := data().bids.of(lang), data().goods.of(lang)
	var s signs
	plain := text
	if strings.ContainsAny(text, quotationMarks) {
		plain = expr("quoted").ReplaceAllStringFunc(text, func(q string) string {
			if len(strings.Fields(q)) > 5 {
				s.quotes = true
				return " "
			}
			return q
		})
	}
	if lang == "de" { // in small letters these are others
		s.reader = len(expr("polite").FindAllString(plain, -1))
	}
	s.mail = mailed(plain)
	s.contact, s.loud = s.mail || contact(plain), strings.Contains(plain, "!")
	plain = strings.ReplaceAll(strings.ToLower(plain), "’", "'")
	for part := range strings.FieldsFuncSeq(plain, func(r rune) bool { return strings.ContainsRune(".!?:;|•—–…(", r) }) {
		if bids.begin(fold(part)) {
			s.bids++
		}
	}
	found := map[string]bool{}
	words := strings.FieldsFunc(plain, notOfWord)
	for i, w := range words {
		if has("reader", w) {
			s.reader++
		}
		if has("house", w) {
			s.publisher++
		}
		if g := goods.at(words[i:]); g != "" {
			found[g] = true
		}
	}
	s.things = slices.Collect(maps.Keys(found))
	s.goods, s.persons = len(found), s.reader+s.publisher
	return s
}

// notOfWord reports whether a rune stands between words.
func notOfWord(r rune) bool {
	switch {
	case r == '\'', '0' <= r && r <= '9', 'a' <= r && r <= 'z':
		return false
	case r < unicode.MaxASCII:
		return !unicode.IsLetter(r)
	}
	return !unicode.IsLetter(r) && !unicode.IsDigit(r)
}

// contact reports whether a text has a domain or a telephone number in it. Most
// have neither a stop in a word nor digits in groups, and are not searched.
func contact(text string) bool {
	domain, phone := false, false
	for i := 1; i+1 < len(text); i++ {
		if strings.IndexByte(" .-", text[i]) < 0 {
			continue
		}
		domain = domain || text[i] == '.' && lowercase(text[i+1])
		phone = phone || digit(text[i-1]) && digit(text[i+1])
	}
	if domain && expr("domain mark").MatchString(text) {
		return true
	}
	return phone && expr("phone mark").MatchString(text)
}

func mailed(text string) bool {
	return strings.Contains(text, "@") && expr("mail mark").MatchString(text)
}

func digit(c byte) bool     { return c >= '0' && c <= '9' }
func lowercase(c byte) bool { return c >= 'a' && c <= 'z' }

// listened returns the signs of block i, which are found once.
func (x *pitches) listened(i int) signs {
	if x.said[i] == nil {
		s := hear(x.blocks[i].Text, x.lang)
		x.said[i] = &s
	}
	return *x.said[i]
}

// hear finds the signs of block i, without the things that the article is
// about.
func (x *pitches) hear(i int) signs {
	s := x.listened(i)
	if x.told {
		s.persons -= s.reader
	}
	if x.ours {
		s.persons -= s.publisher
	}
	for _, g := range s.things {
		if x.theme[g] >= topical {
			s.goods--
		}
	}
	return s
}
