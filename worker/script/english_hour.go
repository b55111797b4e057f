package script

import (
	"strings"
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
