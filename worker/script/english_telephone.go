package script

import (
	"strings"
	"unicode"

	"lector/worker/pattern"
)

// trunkPhone is a number of the telephone that begins with a zero, as in most
// lands.
var trunkPhone = pattern.New(`^0\d{2,4} \d{3,4} \d{3,4}\b|^0\d{1,4}(?: \d{2,4}){2,4}\b|^00\d{1,3}(?: \d{2,6}){2,4}\b|^0\d{2,4}(?:-\d{3,4}){1,2}\b|^0(?:8[04]\d|3\d\d|87[01]) \d{4}\b|^0\d{1,4} \d{5,8}\b`)

func sayTelephone(r *reader, m []string) (string, int) {
	n := len(m[0])
	extra := extension.FindStringSubmatch(r.after(n))
	if n == 8 && m[0][3] == '-' && m[0][4] != '0' && extra == nil && !telephoneWords[r.before()] && lowerStart(firstWord(r.after(8))) {
		return "", 0
	}
	if extra != nil {
		return telephone(m[0]) + ", extension " + digitByDigit(extra[1]), n + len(extra[0])
	}
	return telephone(m[0]), n
}

// sayCalled says groups of digits that are a telephone number only where
// somebody is called: "call 13 11 14", "text FOOD to 304-304".
func sayCalled(r *reader) bool {
	m := calledShape.FindString(r.rest(view))
	if m == "" || r.glued(len(m)) || goesOn.MatchString(r.after(len(m))) || countable(r.after(len(m))) || len(m) == 4 && m > "1900" && m < "2100" {
		return false
	}
	if u, _ := unitAfter(r, len(m)); u.one != "" {
		return false
	}
	return r.say(sayTelephone(r, []string{m}))
}

// goesOn is what makes more of a number than its groups.
var goesOn = pattern.New(`^(?:[-–/ ,.:]\(?\d|%)`)

var calledShape = pattern.New(`^\d{3}\.\d{4}\b|^\d{3}-\d{3}\b|^\d{3}-[A-Z]{4}\b|^\d{2,4}(?: \d{2,4}){1,4}\b|^\d{4,12}\b`)

// calling reports whether a number is called or texted here: a verb of
// telephoning stands before it, or stands near and is tied to it by a
// preposition.
func (r *reader) calling() bool {
	before := strings.TrimRight(r.before(), ":.")
	if emergencies[before] {
		return true
	}
	if before == "is" && lines[lastWord(strings.TrimRight(strings.TrimSuffix(strings.TrimRight(r.src[max(0, r.pos-24):r.pos], " "), "is"), " "))] {
		return true
	}
	if before != "on" && before != "to" && before != "at" {
		return false
	}
	for w := range strings.FieldsSeq(strings.ToLower(r.src[max(0, r.pos-48):r.pos])) {
		if w = strings.Trim(w, ",:.()"); emergencies[w] && before != "at" || w == "contact" || w == "contacted" || w == "reached" || w == "reach" {
			return true
		}
	}
	return false
}

// called reports whether three digits are a number of those that help:
// "dial 112", "a 911 call", "NHS 111".
func (r *reader) called(n string) bool {
	next := firstWord(r.after(3))
	switch {
	case helplines[n] && callers[strings.ToLower(next)], r.before() == "nhs":
		return true
	case services[n] && r.before() == "the" && (callers[next] || next == "line" || next == "number" || next == "app"):
		return true
	}
	return (r.calling() || r.alsoCalled()) && !countable(r.after(3)) && !strings.HasPrefix(r.after(3), "-") && next != "percent"
}

// alsoCalled finds the second number of "call 999 or 112".
func (r *reader) alsoCalled() bool {
	if b := r.before(); b != "or" && b != "and" {
		return false
	}
	fields := strings.Fields(strings.ToLower(r.src[max(0, r.pos-24):r.pos]))
	n := len(fields)
	return n > 2 && len(fields[n-2]) == 3 && digitRun(fields[n-2]) == 3 && emergencies[fields[n-3]]
}

var (
	emergencies = set(`dial dials dialed dialled dialing dialling call calls called calling text texts texted texting ring rings rang ringing phone phones phoned phoning sms tel telephone fax whatsapp`)
	lines       = set(`line hotline helpline lifeline telephone`)
	helplines   = set(`911 999 988 000`)
	services    = set(`211 311 411 511 811 101 111 112 115`)
	callers     = set(`call calls caller callers dispatcher dispatchers operator operators emergency lifeline hotline helpline tape tapes recording recordings system response services center centre suicide`)
)

var extension = pattern.New(`^,? ?(?:x|ext\.?|extension) ?(\d{1,5})\b`)

var telephoneWords = set(`call phone tel tel. telephone dial at number hotline fax mobile ring`)

// telephone reads digits one by one, with a breath between the groups.
func telephone(s string) string {
	var groups []string
	for g := range strings.FieldsFuncSeq(s, func(c rune) bool { return !unicode.IsDigit(c) && !unicode.IsLetter(c) }) {
		if unicode.IsLetter(firstRune(g)) {
			groups = append(groups, letters(g))
			continue
		}
		groups = append(groups, digitByDigit(g))
	}
	return strings.Join(groups, ", ")
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
