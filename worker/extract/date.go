package extract

import (
	"strconv"
	"strings"
	"time"
)

// date is a date found in a text, and where.
type date struct {
	time       time.Time
	start, end int
}

// findDate returns the first date with a year that stands in s.
func findDate(s string) (date, bool) {
	if !hasYear(s) {
		return date{}, false
	}
	for _, m := range expr("date dmy").FindAllStringSubmatchIndex(s, 4) {
		if d, ok := written(s, m, m[4:6], m[2:4], m[6:8]); ok {
			return d, true
		}
	}
	for _, m := range expr("date mdy").FindAllStringSubmatchIndex(s, 4) {
		if d, ok := written(s, m, m[2:4], m[4:6], m[6:8]); ok {
			return d, true
		}
	}
	if m := expr("date iso").FindStringSubmatchIndex(s); m != nil {
		return numeric(m, number(s, m[2:4]), number(s, m[4:6]), number(s, m[6:8]))
	}
	if m := yearFirst(s); m != nil {
		return numeric(m, number(s, m[2:4]), number(s, m[4:6]), number(s, m[6:8]))
	}
	if m := expr("date num").FindStringSubmatchIndex(s); m != nil {
		day, month := number(s, m[2:4]), number(s, m[6:8])
		if s[m[4]] == '/' && day <= 12 && month > 12 { // month first
			day, month = month, day
		}
		return numeric(m, number(s, m[8:10]), month, day)
	}
	return date{}, false
}

func yearFirst(s string) []int {
	for i := 4; i < len(s); i++ { // a mark behind four digits; the pattern is slow
		mark := s[i] == '.' || s[i] == '/' || s[i] >= 0x80
		if mark && hasYear(s[i-4:i]) {
			return expr("date ymd").FindStringSubmatchIndex(s)
		}
	}
	return nil
}

// hasYear reports whether four digits stand together, as in each form of date
// that is known here.
func hasYear(s string) bool {
	run := 0
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			run = 0
			continue
		}
		if run++; run == 4 {
			return true
		}
	}
	return false
}

func written(s string, m, month, day, year []int) (date, bool) {
	name := data().months[strings.ToLower(s[month[0]:month[1]])]
	if name == 0 {
		return date{}, false
	}
	return numeric(m, number(s, year), name, number(s, day))
}

func numeric(m []int, year, month, day int) (date, bool) {
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	exists := t.Day() == day && t.Month() == time.Month(month) // else it is a day of the next month
	return date{t, m[0], m[1]}, exists && year > 1800 && year < 2200
}

func number(s string, at []int) int {
	n, _ := strconv.Atoi(s[at[0]:at[1]]) // the pattern holds digits only
	return n
}

// onlyDate reports whether s holds a date, a time, and the words that go with
// them, and nothing else.
func onlyDate(s string) bool {
	d, ok := findDate(s)
	if !ok {
		return false
	}
	rest := expr("date time").ReplaceAllString(s[:d.start]+" "+s[d.end:], " ")
	if again, ok := findDate(rest); ok {
		rest = rest[:again.start] + " " + rest[again.end:]
	}
	rest = expr("lapse").ReplaceAllString(rest, " ")
	for w := range strings.FieldsFuncSeq(strings.ToLower(rest), func(r rune) bool { return strings.ContainsRune(" ,.;:|·•–—-()/\u00a0", r) }) {
		if !has("beside date", w) {
			return false
		}
	}
	return true
}
