package script

import (
	"strings"

	"lector/worker/pattern"
)

func sayMixed(r *reader, m []string) (string, int) {
	f := fraction(m[2], m[3])
	if f == "" {
		return "", 0
	}
	if m[2] == "1" {
		f = strings.Replace(f, "one ", "a ", 1)
	}
	return r.measured(cardinal(m[1])+" and "+f, len(m[0]), false)
}

func sayFraction(r *reader, m []string) (string, int) {
	switch m[0] {
	case "24/7":
		return "twenty-four seven", 4
	case "9/11":
		return "nine eleven", 4
	case "50/50":
		return "fifty-fifty", 5
	case "20/20", "60/40", "70/30", "80/20", "90/10":
		return cardinal(m[1]) + " " + cardinal(m[2]), 5
	}
	ordinals := strings.TrimRight(m[0], "hnrdst") != m[0]
	if r.glued(len(m[0])) || strings.HasPrefix(r.after(len(m[0])), "/") {
		return "", 0
	}
	if s := r.stroke(m[1], m[2]); s != "" && !ordinals {
		return s, len(m[0])
	}
	if f := fraction(m[1], m[2]); f != "" {
		if in := partInch.FindString(r.after(len(m[0]))); in != "" {
			return f + " inch", len(m[0]) + len(in)
		}
		if m[1] != "1" && measures[firstWord(r.after(len(m[0])))] {
			f += " of a"
			if next := firstWord(r.after(len(m[0]))); strings.HasPrefix(next, "i") || strings.HasPrefix(next, "o") || next == "hour" || next == "acre" {
				f += "n"
			}
		}
		return r.measured(f, len(m[0]), true)
	}
	switch num, den := atoi(m[1]), atoi(m[2]); {
	case num == den:
		return cardinal(m[1]) + " out of " + cardinal(m[2]), len(m[0])
	case den > 2 && den <= 20 && len(m[1]) < 4:
		return cardinal(m[1]) + " " + ordinal(m[2]) + "s", len(m[0])
	}
	return cardinal(m[1]) + " over " + cardinal(m[2]), len(m[0])
}

// partInch is the inch of "1/4 in."
var partInch = pattern.New(`^[ -]in\.(?:$| )`)

// measures are what a part is taken of: three quarters of a mile.
var measures = set(`mile inch cup teaspoon tablespoon pound ounce pint gallon acre hour meter metre yard point percent second`)

// fraction says a proper fraction: "three quarters".
func fraction(n, d string) string {
	num, den := atoi(n), atoi(d)
	if num == 0 || den < 2 || num >= den || den > 100 {
		return ""
	}
	var name string
	switch den {
	case 2:
		name = "half"
	case 4:
		name = "quarter"
	default:
		name = ordinal(d)
	}
	if num > 1 {
		name += "s"
	}
	return cardinal(n) + " " + name
}

var vulgar = map[rune]string{'⅖': "two fifths", '⅗': "three fifths", '⅘': "four fifths", '⅙': "one sixth", '⅚': "five sixths", '⅐': "one seventh", '⅑': "one ninth", '⅒': "one tenth", '½': "one half", '⅓': "one third", '⅔': "two thirds", '¼': "one quarter", '¾': "three quarters", '⅕': "one fifth", '⅛': "one eighth", '⅜': "three eighths", '⅝': "five eighths", '⅞': "seven eighths"}

func sayVulgar(r *reader, m []string) (string, int) {
	return r.measured(cardinal(m[1])+" and "+strings.Replace(vulgar[firstRune(m[2])], "one ", "a ", 1), len(m[0]), false)
}
