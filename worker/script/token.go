package script

import "strings"

// Token says that a stretch of a text was read by a rule: its semiotic class,
// the rule's name, what is written, what is said for it, and the bytes
// [Start, End) of the source.
type Token struct {
	Class  string `json:"class"`
	Rule   string `json:"rule"`
	Source string `json:"source"`
	Text   string `json:"text"`
	Start  int    `json:"start"`
	End    int    `json:"end"`
}

// classOf reports whether a name is that of a semiotic class, by the field's names, and
// whether it is one of digits, which are left to the voice at the level "light".
func classOf(name string) (known, digits bool) {
	switch name {
	case "cardinal", "ordinal", "decimal", "fraction", "date", "time", "money", "measure", "range", "telephone", "electronic", "verbatim":
		return true, true
	case "roman", "initialism", "abbreviation", "symbol":
		return true, false
	}
	return false, false
}

// tell says n bytes and notes the token.
func (r *reader) tell(class, rule, spoken string, n int) bool {
	t := Token{Class: class, Rule: rule, Source: r.src[r.pos : r.pos+n], Start: r.pos, End: r.pos + n}
	before := len(r.out) + r.pos - r.plain
	if !r.say(spoken, n) {
		return false
	}
	t.Text = string(r.out[min(before, len(r.out)):])
	r.tokens = append(r.tokens, t)
	return true
}

// Tokens are those of the segment's sentences, by their bytes in its source.
// Those of a sentence that was made for the segment, as a byline's are, keep
// their place in that sentence.
func (s *Segment) Tokens() []Token {
	out := []Token{}
	from := 0
	for _, sentence := range s.Sentences {
		at := strings.Index(s.Source[from:], sentence.Source)
		if at >= 0 {
			from += at
		}
		for _, t := range sentence.Tokens {
			if at >= 0 {
				t.Start, t.End = t.Start+from, t.End+from
			}
			out = append(out, t)
		}
		if at >= 0 {
			from += len(sentence.Source)
		}
	}
	return out
}
