package script

import (
	"strings"

	"lector/worker/pattern"
)

// Hours that are not written as a clock shows them: 1430 GMT, 17h30, 2:01:09,
// 1h 20m.

var zonesOfTime = set(`hours hrs GMT UTC BST CET CEST EET EEST EST EDT CST CDT MST MDT PST PDT ET CT PT MSK IST JST AEST AEDT Zulu local`)

// sayHundred says "0900 GMT" as "oh nine hundred" and "1430 hours" as
// "fourteen thirty".
func sayHundred(r *reader, m []string) (string, int) {
	zoned := zonesOfTime[firstWord(r.after(4))] && strings.HasPrefix(r.after(4), " ")
	if r.glued(4) || !zoned && !(m[1][0] == '0' && clockWords[r.before()] && !strings.HasPrefix(r.after(4), "-")) {
		return "", 0
	}
	hour := cardinal(m[1])
	if m[1][0] == '0' {
		hour = "oh " + ones[m[1][1]-'0']
	}
	if m[2] == "00" {
		return hour + " hundred", 4
	}
	return hour + " " + minutes(m[2]), 4
}

// sayHourAndMinutes says "17h30".
func sayHourAndMinutes(r *reader, m []string) (string, int) {
	if r.glued(len(m[0])) || atoi(m[1]) > 24 {
		return "", 0
	}
	if lasting[r.before()] {
		return counted(m[1], "hour") + " " + counted(m[2], "minute"), len(m[0])
	}
	return clock24(m[1], m[2]), len(m[0])
}

// lasting are words before how long something took.
var lasting = set(`lasted lasts last took takes take taking for in within after ran runs`)

// sayDuration says "1h 20m" and "2h05m10s".
func sayDuration(r *reader, m []string) (string, int) {
	if r.glued(len(m[0])) {
		return "", 0
	}
	s := counted(m[1], "hour") + " " + counted(m[2], "minute")
	if m[3] != "" {
		s += " " + counted(m[3], "second")
	}
	return s, len(m[0])
}

// sayRaceTime says "3:43.13", what a runner took.
func sayRaceTime(r *reader, m []string) (string, int) {
	if r.glued(len(m[0])) {
		return "", 0
	}
	return counted(m[1], "minute") + " " + amount(m[2]+"."+m[3]) + " seconds", len(m[0])
}

// clockWords stand before a time of day, so that 3:07:42 is one and no span.
var clockWords = set(`at by around about before after since until till from to between of and is was it's utc gmt`)

// seconds says a clock with seconds: a time of day behind "at", else how long
// something took.
func (r *reader) seconds(h, m, s string) string {
	if clockWords[r.before()] {
		return cardinal(h) + " " + minutes(m) + " and " + counted(s, "second")
	}
	return counted(h, "hour") + ", " + counted(m, "minute") + " and " + counted(s, "second")
}

// sayQuarter says "4Q24" and "1H 2025".
func sayQuarter(r *reader, m []string) (string, int) {
	if r.glued(len(m[0])) {
		return "", 0
	}
	part := "quarter"
	if m[2] == "H" {
		part = "half"
	}
	if part == "half" && m[1] > "2" || m[3] == "" && part == "half" {
		return "", 0
	}
	s := ordinal(m[1]) + " " + part
	switch len(m[3]) {
	case 2:
		s += " of " + year("20"+m[3])
	case 4:
		s += " of " + year(m[3])
	}
	return s, len(m[0])
}

// clock12 says hours and minutes before "A M" or "P M".
func clock12(h, m string) string {
	s := cardinal(h)
	switch {
	case m == "" || m == "00":
	case m[0] == '0':
		s += " oh " + ones[m[1]-'0']
	default:
		s += " " + cardinal(m)
	}
	return s
}

func half(letter string) string { return strings.ToUpper(letter) + " M" }

func sayClockRange(r *reader, m []string) (string, int) {
	if atoi(m[1]) > 12 || atoi(m[4]) > 12 || atoi(m[2]) > 59 || atoi(m[5]) > 59 || r.glued(len(m[0])) {
		return "", 0
	}
	from := clock12(m[1], m[2])
	if m[3] != "" {
		from += " " + half(m[3])
	}
	return from + " to " + clock12(m[4], m[5]) + " " + half(m[6]), len(m[0])
}

func sayClock(r *reader, m []string) (string, int) {
	if atoi(m[1]) > 24 || atoi(m[2]) > 59 || r.glued(len(m[0])) {
		return "", 0
	}
	s := clock12(m[1], m[2])
	if m[3] != "" {
		s += " and " + cardinal(m[3]) + " seconds"
	}
	s += " " + half(m[4])
	if until := untilNoon.FindStringSubmatch(r.after(len(m[0]))); until != nil {
		return s + " to " + until[1], len(m[0]) + len(until[0])
	}
	return s, len(m[0])
}

// untilNoon is the end of "9am-noon".
var untilNoon = pattern.New(`^ ?[-–—] ?(noon|midnight)\b`)

func sayClock24(r *reader, m []string) (string, int) {
	if r.glued(len(m[0])) {
		return "", 0
	}
	s := clock24(m[1], m[2])
	if m[3] != "" {
		s = r.seconds(m[1], m[2], m[3])
	}
	if m[4] != "" {
		s += " to " + clock24(m[4], m[5])
	}
	return s, len(m[0])
}

func minutes(m string) string {
	if m[0] == '0' {
		return "oh " + ones[m[1]-'0']
	}
	return cardinal(m)
}

// clock24 says "14:30" as "fourteen thirty" and "10:00" as "ten o'clock".
func clock24(h, m string) string {
	hour := atoi(h)
	switch {
	case m == "00" && hour == 0:
		return "midnight"
	case m == "00" && hour <= 12:
		return cardinal(h) + " o'clock"
	case m == "00":
		return cardinal(h) + " hundred"
	}
	return cardinal(h) + " " + minutes(m)
}

// dottedClock says "19.45 GMT", as some papers write the time.
func (r *reader) dottedClock(n string) string {
	h, m, found := strings.Cut(n, ".")
	if !found || len(h) > 2 || len(m) != 2 || h > "23" && len(h) > 1 || m > "59" {
		return ""
	}
	rest := r.after(len(n))
	next := firstWord(rest)
	if strings.HasPrefix(rest, " ") && (len(next) > 2 && zonesOfTime[next] && next != "local" || r.before() == "at" && strings.HasPrefix(rest, " on ") && strings.Contains(firstWords(rest, 2), "day")) {
		return clock24(h, m)
	}
	return ""
}

var offsetShape = pattern.New(`^(UTC|GMT) ?([-−–+]) ?(\d{1,2})(?::(\d\d))?\b`)

// offset says "GMT-5" and "UTC+5:30".
func offset(r *reader) bool {
	m := offsetShape.FindStringSubmatch(r.rest(view))
	if m == nil {
		return false
	}
	sign := "minus"
	if m[2] == "+" {
		sign = "plus"
	}
	s := letters(m[1]) + " " + sign + " " + cardinal(m[3])
	if m[4] != "" && m[4] != "00" {
		s += " " + minutes(m[4])
	}
	return r.say(s, len(m[0]))
}
