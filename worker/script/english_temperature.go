package script

import (
	"strings"

	"lector/worker/pattern"
)

var (
	thermal = pattern.New(`^ ?([CF])(?:$|[^\p{L}\d'’.-]|\.(?:$|[ ”"]))`)
	// bothScales is how the other scale follows in brackets.
	bothScales = pattern.New(`^ ?[CF],? \(?-?\d{1,3}(?:\.\d+)? ?°?[CF]\b`)
)

// weather stands near a number that is a temperature, cooking included.
var weather = set(`temperature temperatures degrees celsius fahrenheit centigrade heat hot hotter hottest heatwave heatwaves cold colder coldest
	warm warmer warmest warming warmed cool cooler cooled highs lows mercury thermometer thermometers frost freezing freeze fever climate
	oven bake baked preheat preheated preheating roast simmer boil boils boiled weather forecast forecasters sunny snow`)

// temperature reads the letter of a scale that has lost its sign, "45.8C" and
// "20 F", where something else says that it is one.
func temperature(r *reader, n int, rest string) (unit, int) {
	m := thermal.FindStringSubmatch(rest)
	if m == nil {
		return unit{}, 0
	}
	number, from := r.src[r.pos:r.pos+n], r.pos
	near := r.src[max(0, from-120):from] + " " + r.after(n+len(m[0]))
	decimal := strings.Contains(number, ".") && rest[0] != ' '
	if !decimal && !bothScales.MatchString(rest) && !anyOf(near, weather) {
		return unit{}, 0
	}
	scale := map[string]string{"C": "Celsius", "F": "Fahrenheit"}[m[1]]
	return unit{one: "degree " + scale, many: "degrees " + scale}, strings.Index(rest, m[1]) + 1
}

// anyOf reports whether a word of the text is in the set.
func anyOf(text string, words map[string]bool) bool {
	for word := range strings.FieldsFuncSeq(strings.ToLower(text), func(c rune) bool { return c < 'a' || c > 'z' }) {
		if words[word] {
			return true
		}
	}
	return false
}
