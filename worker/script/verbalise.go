package script

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"lector/worker/pattern"
	"lector/worker/script/lang"
)

// piece is a part of what is said for a shape: words, a field in a form, or
// pieces that are left out when a field in them says nothing.
type piece struct {
	words    string
	field    string
	how      string
	form     lang.Form
	governed bool     // the word before the token asks for the case
	category string   // of a noun, where the number before it does not tell
	agrees   bool     // with the ending of the word behind the token
	plural   bool     // a number in the plural, as in "nineties"
	forms    []string // of a word that the last number counts: for one, for others
	optional []piece
}

// way says a field.
type way func(v *verbaliser, p piece, text string) string

// ofText is a way that asks for nothing but the text.
func ofText(say func(v *verbaliser, text string) string) way {
	return func(v *verbaliser, _ piece, text string) string { return say(v, text) }
}

// ways are the ways to say a field, by their names in shapes.txt.
var ways = map[string]way{
	"cardinal": (*verbaliser).number, "number": (*verbaliser).number, "ordinal": (*verbaliser).ordinal, "year": (*verbaliser).year, "name": (*verbaliser).noun, "hundredth": (*verbaliser).hundredth,
	"digits": ofText((*verbaliser).digits), "pair": ofText((*verbaliser).pair), "dotted": ofText((*verbaliser).dotted), "points": ofText((*verbaliser).points), "groups": ofText((*verbaliser).groups),
	"code": ofText((*verbaliser).code), "zero": ofText((*verbaliser).led), "each": ofText((*verbaliser).each),
	"whole":    func(v *verbaliser, p piece, text string) string { return v.number(p, onlyDigits(text)) }, // no sign in it is a point
	"month":    ofText(func(v *verbaliser, text string) string { return v.p.month(text) }),
	"spelled":  ofText(func(v *verbaliser, text string) string { return v.p.spelled(text) }),
	"initials": ofText(func(v *verbaliser, text string) string { return v.p.initials(text) }),
	"tag":      ofText(func(v *verbaliser, text string) string { return v.p.tagged(text) }),
	"address":  ofText(func(v *verbaliser, text string) string { return v.p.signs.address(text) }),
	"ending":   ofText(func(v *verbaliser, text string) string { return v.p.piece(strings.ToLower(text)) }),
	"text":     ofText(func(_ *verbaliser, text string) string { return text }),
}

var templatePart = pattern.New(`\{([^{}]*)\}|\[([^\[\]]*)\]|[^{}\[\]]+`)

// parseTemplate reads "{day ordinal n @gen} {month}[ {year}]".
func parseTemplate(source string, fields map[string]field) ([]piece, error) {
	var out []piece
	for _, m := range templatePart.FindAllStringSubmatch(source, -1) {
		switch {
		case m[1] != "":
			p, err := parseField(m[1], fields)
			if err != nil {
				return nil, err
			}
			out = append(out, p)
		case m[2] != "":
			optional, err := parseTemplate(m[2], fields)
			if err != nil {
				return nil, err
			}
			out = append(out, piece{optional: optional})
		default:
			out = append(out, piece{words: strings.Trim(m[0], "~")})
		}
	}
	return out, nil
}

func parseField(source string, fields map[string]field) (piece, error) {
	if words, ok := strings.CutPrefix(source, "|"); ok {
		return piece{forms: strings.Split(words, "|")}, nil
	}
	parts := strings.Fields(source)
	p := piece{field: parts[0], how: defaultHow(fields[parts[0]].kind)}
	if _, known := fields[p.field]; !known {
		return p, fmt.Errorf("no field %q in the pattern", p.field)
	}
	for _, part := range parts[1:] {
		form, isForm := shortForms[strings.TrimPrefix(part, "@")]
		switch {
		case ways[part] != nil:
			p.how = part
		case part == "@":
			p.governed = true
		case part == "~":
			p.agrees = true
		case part == "plural":
			p.plural = true
		case isForm:
			p.form = addForm(p.form, form)
			p.governed = p.governed || part[0] == '@'
		case slices.Contains([]string{"one", "few", "many", "other"}, part):
			p.category = part
		default:
			return p, fmt.Errorf("field %q: unknown form %q", p.field, part)
		}
	}
	return p, nil
}

// defaultHow is how a field of a type is said when nothing else is asked for.
func defaultHow(kind string) string {
	switch kind {
	case "n", "day", "h", "min", "d", "cents", "m", "digits":
		return "cardinal"
	case "num", "dec", "amount":
		return "number"
	case "year", "year2":
		return "year"
	case "roman", "roman2":
		return "ordinal"
	case "month":
		return "month"
	case "tel", "intl", "free":
		return "groups"
	case "cap", "word", "lower", "caps", "m2", "day2":
		return "text"
	}
	if kind == "" || strings.ContainsRune("@/", rune(kind[0])) {
		return "text"
	}
	return "name"
}

// verbaliser says one match.
type verbaliser struct {
	r        *reader
	p        *pack
	m        *match
	category string // of the last number, for the noun that it counts
	form     lang.Form
	rest     []piece // behind the one that is said
}

// verbalise returns what is said for a match, and whether each field can be said.
func (r *reader) verbalise(m *match) (string, bool) {
	v := &verbaliser{r: r, p: r.language.pack, m: m, category: "other"}
	spoken, ok := v.pieces(m.shape.spoken())
	return strings.Join(strings.Fields(spoken), " "), ok
}

func (v *verbaliser) pieces(list []piece) (string, bool) {
	var b strings.Builder
	for i, p := range list {
		switch {
		case p.field != "":
			v.rest = list[i+1:]
			said := v.say(p)
			if said == "" {
				return "", false
			}
			b.WriteString(said)
		case p.optional != nil:
			said, _ := v.pieces(p.optional)
			b.WriteString(said)
		case p.forms != nil:
			b.WriteString(v.counting(p.forms))
		default:
			b.WriteString(p.words)
		}
	}
	return b.String(), true
}

func (v *verbaliser) say(p piece) string {
	text, kind := v.m.field(p.field), v.m.shape.fields[p.field].kind
	switch {
	case text == "", text == "00" && (kind == "min" || kind == "cents"):
		return ""
	case text[0] == '0' && len(text) == 2 && kind == "min":
		return v.led(text)
	}
	if p.how != "name" {
		text = onTheLine(text)
	}
	said := ways[p.how](v, p, text)
	if p.plural && said != "" {
		return v.p.plural(said)
	}
	return said
}

// onTheLine makes plain digits of those above and below the line.
func onTheLine(text string) string {
	return strings.Map(func(c rune) rune {
		return cmp.Or(lookalike(c, "⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉", "01234567890123456789"), c)
	}, text)
}

// grammatical returns the form of a number: what the template says, else what
// the word before the token asks for.
func (v *verbaliser) grammatical(p piece) lang.Form {
	f := p.form
	if p.agrees {
		f = addForm(f, v.p.grammar.agreeing(v.r.wordAfter(v.m.length())))
	}
	if !p.governed {
		return f
	}
	if asked := v.p.grammar.governed(v.m.shape.class, v.r.before()); asked != "" {
		f.Case = asked
	}
	return f
}

// counted returns the first noun of the rest, which a number before it counts.
func (v *verbaliser) counted() (noun, bool) {
	for _, p := range v.rest {
		if p.how == "name" && p.field != "" {
			return v.p.noun(v.m.shape.fields[p.field].kind, v.m.field(p.field))
		}
	}
	return noun{}, false
}

// number says a cardinal or a decimal in the form that its noun and the word
// before it ask for.
func (v *verbaliser) number(p piece, text string) string {
	if roman := romanOf(strings.ToUpper(text)); roman > 0 {
		text = strconv.Itoa(roman)
	}
	sign, digits := v.p.plainNumber(text)
	if v.m.shape.class == "money" {
		digits = withoutZeroCents(digits)
	}
	n, err := strconv.ParseInt(whole(digits), 10, 64)
	led := p.how == "number" && len(whole(digits)) > 1 && digits[0] == '0'
	if err != nil || len(digits) > 15 || led {
		return v.digits(text)
	}
	p.governed = p.governed || p.form.Case == ""
	form := v.grammatical(p)
	counted, found := v.counted()
	switch {
	case found && form.Gender == "":
		form.Gender = counted.gender
	case p.form.Place != placeAlone && len(v.rest) == 0 && digits == whole(digits):
		form = addForm(form, v.p.grammar.counting(n, v.r.nounAfter(v.m.length())))
		form = addForm(form, p.fixed())
	}
	if form.Place == placeAlone {
		form.Place = ""
	}
	if found {
		if said := v.half(n, digits, form); said != "" {
			return sign + said
		}
	}
	v.form, v.category = form, lang.PluralDecimal(v.p.tag, digits)
	return sign + v.decimal(n, digits, form)
}

// fixed returns what a template says of the form, whatever stands around it.
func (p piece) fixed() lang.Form {
	f := p.form
	if p.governed {
		f.Case = ""
	}
	return f
}

// half says "one and a half" where the language has a word for it.
func (v *verbaliser) half(n int64, digits string, form lang.Form) string {
	words := strings.Fields(v.p.settings["half"])
	if len(words) < 4 || !strings.HasSuffix(digits, ".5") || n == 0 {
		return ""
	}
	v.form, v.category = form, "other"
	switch {
	case n == 1 && form.Gender == "feminine":
		return words[1]
	case n == 1:
		return words[0]
	case words[2] == "whole":
		v.category = lang.Plural(v.p.tag, n)
	}
	said, ok := v.p.numbers.Cardinal(n, form)
	if !ok {
		return ""
	}
	return said + " " + strings.Join(words[3:], " ")
}

func (v *verbaliser) decimal(n int64, digits string, form lang.Form) string {
	fraction := strings.TrimPrefix(digits[len(whole(digits)):], ".")
	if fraction != "" && v.p.settings["point"] == "" {
		said, _ := v.p.numbers.Decimal(digits, form)
		return said
	}
	if fraction != "" {
		form = lang.Form{}
	}
	said, ok := v.p.numbers.Cardinal(n, form)
	if !ok || fraction == "" {
		return said
	}
	return said + " " + v.fraction(fraction)
}

// fraction says what stands behind the point: digit by digit, or as a number
// where the language does so and there are few digits.
func (v *verbaliser) fraction(digits string) string {
	point, way, _ := strings.Cut(v.p.settings["point"], " ")
	if way == "number" && digits[0] != '0' && len(digits) <= 2 {
		n, _ := strconv.ParseInt(digits, 10, 64)
		said, _ := v.p.numbers.Cardinal(n, lang.Form{})
		return point + " " + said
	}
	return point + " " + v.digits(digits)
}

// plainNumber returns the words of the sign, and the digits with a point before
// the fraction.
func (p *pack) plainNumber(text string) (sign, digits string) {
	switch firstRune(text) {
	case '−', '-':
		sign = p.settings["minus"] + " "
	case '+':
		sign = p.settings["plus"] + " "
	}
	whole, fraction, found := strings.Cut(text, p.settings["decimal"])
	if at := strings.LastIndexByte(text, '.'); !found && at > 0 && len(text)-at <= 3 { // as English writes it
		whole, fraction, found = text[:at], text[at+1:], true
	}
	if !found {
		return sign, onlyDigits(text)
	}
	return sign, onlyDigits(whole) + "." + onlyDigits(fraction)
}

// withoutZeroCents returns an amount of money without a fraction that is nothing:
// nobody says the cents of "12,00".
func withoutZeroCents(digits string) string {
	if w := whole(digits); strings.Trim(digits[len(w):], ".0") == "" {
		return w
	}
	return digits
}

func onlyDigits(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' {
			return c
		}
		return -1
	}, s)
}

// whole returns the digits before the point.
func whole(digits string) string {
	w, _, _ := strings.Cut(digits, ".")
	return w
}

// ordinal says a number or a Roman numeral as an ordinal.
func (v *verbaliser) ordinal(p piece, text string) string {
	n := int64(romanOf(text))
	if n == 0 {
		_, digits := v.p.plainNumber(text)
		parsed, err := strconv.ParseInt(digits, 10, 64)
		if err != nil {
			return ""
		}
		n = parsed
	}
	said, _ := v.p.numbers.Ordinal(n, v.grammatical(p))
	return said
}

func (v *verbaliser) year(p piece, text string) string {
	n, err := strconv.Atoi(text)
	if err != nil {
		return ""
	}
	if len(text) == 2 && v.m.shape.fields[p.field].kind == "year2" {
		n = century(n)
	}
	said, _ := v.p.numbers.Year(n, v.grammatical(p))
	return said
}

// century returns the year that two digits stand for.
func century(n int) int {
	if n > 60 {
		return 1900 + n
	}
	return 2000 + n
}

func (v *verbaliser) digits(text string) string {
	said, _ := v.p.numbers.Digits(onlyDigits(text))
	return said
}

// pair says digits as a number, a zero before them by itself.
func (v *verbaliser) pair(text string) string {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || text[0] == '0' {
		return v.digits(text)
	}
	said, _ := v.p.numbers.Cardinal(n, lang.Form{})
	return said
}

// dotted says the numbers of a version or an address: "1.2.3".
func (v *verbaliser) dotted(text string) string { return v.separated(text, v.p.settings["dot"]) }

// points says them with the word for a decimal point.
func (v *verbaliser) points(text string) string { return v.separated(text, v.p.settings["point"]) }

// separated says numbers with a word for each stop between them.
func (v *verbaliser) separated(text, stop string) string {
	var all []string
	for part := range strings.SplitSeq(text, ".") {
		all = append(all, v.pair(part))
	}
	return strings.Join(all, " "+stop+" ")
}

// groups says a telephone number group by group, digit by digit.
func (v *verbaliser) groups(text string) string {
	var all []string
	for group := range strings.FieldsFuncSeq(text, func(c rune) bool { return !unicode.IsDigit(c) && !unicode.IsUpper(c) }) {
		if unicode.IsUpper(firstRune(group)) {
			all = append(all, v.p.spelled(group))
		} else {
			all = append(all, v.digits(group))
		}
	}
	said := strings.Join(all, ", ")
	if strings.HasPrefix(text, "+") {
		said = v.p.settings["plus"] + " " + said
	}
	return said
}

// month returns the name of a month that is written with its name, short or
// long, or with its number.
func (p *pack) month(text string) string {
	if n, err := strconv.Atoi(text); err == nil && n > 0 && n < 13 {
		return p.months[n-1].name
	}
	for _, m := range p.months {
		for _, written := range m.written {
			if strings.EqualFold(written, text) {
				return monthForm(m, written)
			}
		}
	}
	return text
}

// monthForm keeps a full name in the case in which it is written.
func monthForm(m month, written string) string {
	start := strings.HasPrefix(m.name, written) && written != m.name
	short := len([]rune(written)) < 5 && len([]rune(m.name)) > 4
	if start || short || strings.HasSuffix(written, ".") {
		return m.name
	}
	return written
}

func (v *verbaliser) noun(p piece, text string) string {
	n, ok := v.p.noun(v.m.shape.fields[p.field].kind, text)
	if !ok {
		return ""
	}
	category, form := v.category, addForm(v.form, p.form)
	if p.category != "" {
		category, form.Case = p.category, p.form.Case
	}
	if n.inFull(text) {
		return text
	}
	return v.p.name(n, category, form.Case)
}
