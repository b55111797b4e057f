package main

import (
	"fmt"
	"strconv"

	"lector/audio/mpeg"
)

// warning is a line about something that went well all the same. Those of one kind
// say the same of different places.
type warning struct{ kind, text string }

// shownOfKind is how many warnings of one kind people are shown.
const shownOfKind = 10

// summedUp returns the texts, of each kind the first few and how many more there are.
func summedUp(all []warning) []string {
	count := map[string]int{}
	for _, w := range all {
		count[w.kind]++
	}
	seen := map[string]int{}
	var lines []string
	for _, w := range all {
		seen[w.kind]++
		switch n := seen[w.kind]; {
		case n <= shownOfKind:
			lines = append(lines, w.text)
		case n == shownOfKind+1:
			lines = append(lines, fmt.Sprintf("… and %s more of this kind: %s", thousands(count[w.kind]-shownOfKind), w.kind))
		}
	}
	return lines
}

// problemKind names what problems have in common that lie at different places.
func problemKind(p mpeg.Problem) string {
	if p.Kind == mpeg.LostData || p.Kind == mpeg.BadSideInfo {
		return string(p.Kind) + ": " + p.Detail
	}
	return string(p.Kind)
}

// thousands writes a number that is not negative as 1,190.
func thousands(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}
