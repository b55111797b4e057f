package script

import (
	"strings"
	"unicode"
)

var ones = strings.Fields("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
var tens = strings.Fields("_ _ twenty thirty forty fifty sixty seventy eighty ninety")
var scales = strings.Fields("_ thousand million billion trillion quadrillion")

// cardinal says a whole number: "2700" is "two thousand seven hundred". Longer
// ones than anybody counts are read digit by digit.
func cardinal(digits string) string {
	if digitRun(digits) < len(digits) { // a point or a comma has come along
		return digitByDigit(digits)
	}
	trimmed := strings.TrimLeft(digits, "0")
	if trimmed == "" {
		return "zero"
	}
	if len(trimmed) > 18 {
		return digitByDigit(digits)
	}
	var parts []string
	for len(trimmed)%3 != 0 {
		trimmed = "0" + trimmed
	}
	for i := 0; i < len(trimmed); i += 3 {
		group := below1000(int(trimmed[i]-'0')*100 + int(trimmed[i+1]-'0')*10 + int(trimmed[i+2]-'0'))
		if group == "" {
			continue
		}
		if scale := (len(trimmed)-i)/3 - 1; scale > 0 {
			group += " " + scales[scale]
		}
		parts = append(parts, group)
	}
	return strings.Join(parts, " ")
}

func below1000(n int) string {
	if n < 100 {
		return below100(n)
	}
	s := ones[n/100] + " hundred"
	if rest := below100(n % 100); rest != "" {
		s += " " + rest
	}
	return s
}

func below100(n int) string {
	switch {
	case n == 0:
		return ""
	case n < 20:
		return ones[n]
	case n%10 == 0:
		return tens[n/10]
	}
	return tens[n/10] + "-" + ones[n%10]
}

// digitByDigit reads 007 as "zero zero seven".
func digitByDigit(digits string) string {
	var parts []string
	for _, d := range digits {
		if d >= '0' && d <= '9' {
			parts = append(parts, ones[d-'0'])
		}
	}
	return strings.Join(parts, " ")
}

// decimal says "3.07" as "three point zero seven".
func decimal(whole, fraction string) string {
	if fraction == "" {
		return cardinal(whole)
	}
	if whole == "" {
		return "point " + digitByDigit(fraction)
	}
	return cardinal(whole) + " point " + digitByDigit(fraction)
}

var ordinals = map[string]string{
	"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth", "twelve": "twelfth", "zero": "zeroth",
}

// ordinal says "21" as "twenty-first".
func ordinal(digits string) string { return toOrdinal(cardinal(digits)) }

func toOrdinal(words string) string {
	at := strings.LastIndexAny(words, " -") + 1
	last := words[at:]
	switch {
	case ordinals[last] != "":
		last = ordinals[last]
	case strings.HasSuffix(last, "y"):
		last = strings.TrimSuffix(last, "y") + "ieth"
	default:
		last += "th"
	}
	return words[:at] + last
}

// year says "1905" as "nineteen oh five" and "2025" as "twenty twenty-five".
func year(digits string) string {
	if len(digits) != 4 || digitRun(digits) != 4 || digits[0] == '0' {
		return cardinal(digits)
	}
	high, low := int(digits[0]-'0')*10+int(digits[1]-'0'), int(digits[2]-'0')*10+int(digits[3]-'0')
	switch {
	case high%10 == 0 && low < 10:
		return cardinal(digits)
	case low == 0:
		return below100(high) + " hundred"
	case low < 10:
		return below100(high) + " oh " + ones[low]
	}
	return below100(high) + " " + below100(low)
}

// decade says "1990" as "nineteen nineties".
func decade(digits string) string {
	if digitRun(digits) == 2 && len(digits) == 2 {
		return plural(below100(int(digits[0]-'0')*10 + int(digits[1]-'0')))
	}
	return plural(year(digits))
}

// plural puts the last word of a number into the plural: "nineties".
func plural(words string) string {
	if strings.HasSuffix(words, "y") {
		return strings.TrimSuffix(words, "y") + "ies"
	}
	if strings.HasSuffix(words, "x") {
		return words + "es"
	}
	return words + "s"
}

// code says the number of a thing as people do: 737 is "seven thirty-seven",
// 300 "three hundred", 101 "one oh one".
func code(digits string) string {
	n := len(digits)
	switch {
	case digitRun(digits) < n:
		return amount(digits)
	case n == 3 && digits[0] != '0' && digits[1:] != "00":
		low := int(digits[1]-'0')*10 + int(digits[2]-'0')
		if low < 10 {
			return ones[digits[0]-'0'] + " oh " + ones[low]
		}
		return ones[digits[0]-'0'] + " " + below100(low)
	case n == 4 && digits[0] != '0' && digits[2:] != "00":
		return year(digits)
	case n > 4 || digits[0] == '0':
		return digitByDigit(digits)
	}
	return cardinal(digits)
}

// letters spells a word: "NIS" is "N I S", "POWs" is "P O Ws".
func letters(word string) string {
	var b strings.Builder
	for i, c := range word {
		switch {
		case c == '.':
			continue
		case c >= '0' && c <= '9':
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(ones[c-'0'])
			continue
		case unicode.IsMark(c): // stands on the letter before
		case i > 0 && b.Len() > 0 && !(c == 's' && i == len(word)-1):
			b.WriteByte(' ')
		}
		b.WriteRune(c)
	}
	return b.String()
}
