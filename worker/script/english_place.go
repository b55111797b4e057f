package script

import (
	"strings"

	"lector/worker/pattern"
)

// Where things are: coordinates, streets, codes of the post.

const reQuarter = `([NSEW])\b`

var compass = map[string]string{"N": "north", "S": "south", "E": "east", "W": "west", "NW": "Northwest", "NE": "Northeast", "SW": "Southwest", "SE": "Southeast"}

// sayCoordinate says "50.45° N" and `48°51′24″N`.
func sayCoordinate(_ *reader, m []string) (string, int) {
	s := amount(m[1]) + " degrees"
	if strings.TrimLeft(m[1], "0") == "1" {
		s = "one degree"
	}
	if m[2] != "" {
		s += " " + counted(m[2], "minute")
	}
	if m[3] != "" {
		s += " " + amount(m[3]) + " seconds"
	}
	return s + " " + compass[m[4]], len(m[0])
}

// direction says the letter of a street: "W. 42nd St.", "Pennsylvania Ave. NW".
func direction(r *reader, word string) bool {
	if m := streetSide.FindStringSubmatch(r.rest(view)); m != nil {
		name := compass[m[1]]
		return r.say(strings.ToUpper(name[:1])+name[1:], len(m[1])+1)
	}
	bare := strings.TrimRight(word, ".")
	if len(bare) == 2 && compass[bare] != "" && streets[strings.TrimRight(r.before(), ".,")] {
		return r.abbreviated(bare, compass[bare])
	}
	return false
}

var streetSide = pattern.New(`^([NSEW])\. (?:\d+(?:st|nd|rd|th)\b|(?:[A-Z][a-z]+ ){1,2}(?:St|Ave|Blvd|Rd|Dr|Street|Avenue|Boulevard|Road|Drive)\b)`)

var streets = set(`st street ave avenue blvd boulevard rd road dr drive ln lane pl place ct court`)

// states are the postal codes of the United States' states.
var states = set(`AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC PR`)

// spelledBefore are words behind which a number is read digit by digit.
var spelledBefore = set(`zip zipcode postcode pin passcode password isbn issn isbn-13 isbn-10 iban imei ssn`)

// digits reports whether a number of some length is read digit by digit: codes
// of the post behind a state, numbers of messages, of books.
func (r *reader) spellsDigits(n string) bool {
	if digitRun(n) != len(n) || len(n) < 3 {
		return false
	}
	before := strings.Fields(r.src[max(0, r.pos-24):r.pos])
	if len(before) == 0 {
		return false
	}
	last := strings.Trim(before[len(before)-1], ",:.()")
	switch lower := strings.ToLower(last); {
	case states[last] && len(n) == 5, spelledBefore[lower] && len(n) > 3, (lower == "text" || lower == "texting" || lower == "sms") && len(n) > 3:
		return true
	case lower == "code" || lower == "hotline" || lower == "helpline":
		return true
	case lower == "number" && len(before) > 1 && strings.EqualFold(before[len(before)-2], "emergency"):
		return true
	case len(n) < 5 || len(before) < 3 || last != "to":
		return false
	}
	for _, w := range before {
		if strings.EqualFold(w, "text") || strings.EqualFold(w, "SMS") {
			return true
		}
	}
	return false
}

// sayZIP says "62701-1234" behind a state.
func sayZIP(r *reader, m []string) (string, int) {
	if !r.spellsDigits(m[1]) || r.glued(len(m[0])) {
		return "", 0
	}
	return telephone(m[0]), len(m[0])
}

// sayBookNumber says the digits of "ISBN 978-3-16-148410-0".
func sayBookNumber(r *reader, m []string) (string, int) {
	if before := strings.TrimRight(r.before(), ":"); before != "isbn" && before != "issn" && before != "10" && before != "13" || r.glued(len(m[0])) {
		return "", 0
	}
	return telephone(m[0]), len(m[0])
}
