package main

import "strings"

// nearest returns the one of names that was probably meant by a word with a slip in it,
// or "". Case, hyphens and underscores do not count.
func nearest(word string, names []string) string {
	word = plainName(word)
	allowed := 1
	if len(word) > 4 {
		allowed = 2
	}
	best := ""
	for _, name := range names {
		if d := slips(word, plainName(name)); d <= allowed {
			best, allowed = name, d-1
		}
	}
	return best
}

// didYouMean is what to say behind an unknown word: " (did you mean language?)", or "".
func didYouMean(word string, names []string) string {
	if name := nearest(word, names); name != "" {
		return " (did you mean " + name + "?)"
	}
	return ""
}

func plainName(s string) string {
	return strings.NewReplacer("_", "", "-", "").Replace(strings.ToLower(s))
}

// slips is how many bytes must be put in, left out, changed or swapped with the next
// to make b of a (the optimal string alignment distance).
func slips(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row = last, row, before
		row[0] = i
		for j := 1; j <= len(b); j++ {
			changed := last[j-1]
			if a[i-1] != b[j-1] {
				changed++
			}
			row[j] = min(last[j]+1, row[j-1]+1, changed)
			if i > 1 && j > 1 && swapped(a[i-2:i], b[j-2:j]) {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(b)]
}

func swapped(a, b string) bool { return a[0] == b[1] && a[1] == b[0] }
