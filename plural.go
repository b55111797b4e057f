package lector

import (
	"strconv"
	"strings"
)

// Plural writes a number and an English noun with it: "1 entry", "2 entries", "0 replays".
func Plural(n int, noun string) string {
	stem, ends := strings.CutSuffix(noun, "y")
	switch {
	case n == 1:
	case ends && strings.TrimRight(stem, "aeou") == stem && stem != "":
		noun = stem + "ies"
	default:
		noun += "s"
	}
	return strconv.Itoa(n) + " " + noun
}
