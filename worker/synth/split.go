package synth

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// shortest is how many characters a part of a text has at least: neural voices
// say sounds that are no words when they get a single word.
const shortest = 20

// middle finds where to cut a text in two: behind the end of a sentence, else
// behind a comma, colon or dash, else between words; of several places of one
// kind, at the nearest to the middle.
func middle(text string) (int, bool) {
	return near(text, len(text)/2, 0, len(text))
}

// cut finds where to cut a text so that what stands before is of most
// characters at most, in parts of about one length.
func cut(text string, most int) (int, bool) {
	n := utf8.RuneCountInString(text)
	if n <= most {
		return 0, false
	}
	count := (n + most - 1) / most
	return near(text, index(text, n/count), index(text, n/count/2), index(text, most))
}

// cuts returns where a text is cut behind from, so that no part has more than
// most characters; a part without a place to cut is left as it is.
func cuts(text string, from, most int) []int {
	var all []int
	for {
		at, ok := cut(text[from:], most)
		if !ok {
			return all
		}
		from += at
		all = append(all, from)
	}
}

// near finds the best place for a cut between two bytes of a text: the one of the
// greatest weight, and of several the nearest to the byte goal.
func near(text string, goal, from, to int) (int, bool) {
	best, kind := 0, 0
	previous := rune(0)
	for i, r := range text {
		if i > to {
			break
		}
		space := i >= from && unicode.IsSpace(r)
		if space && roomy(text[:i]) && roomy(text[i:]) {
			k := weight(previous)
			if k > kind || k == kind && abs(i-goal) < abs(best-goal) {
				best, kind = i, k
			}
		}
		previous = r
	}
	return best, kind > 0
}

// index returns the byte at which the character of a number begins.
func index(text string, n int) int {
	for i := range text {
		if n == 0 {
			return i
		}
		n--
	}
	return len(text)
}

// indent is how many bytes of white space a text begins with.
func indent(text string) int {
	return len(text) - len(strings.TrimLeftFunc(text, unicode.IsSpace))
}

// roomy reports whether a part is long enough to be spoken alone.
func roomy(text string) bool { return utf8.RuneCountInString(strings.TrimSpace(text)) >= shortest }

// weight is how well a text may be cut behind a character: 3 is the end of a
// sentence, 2 other punctuation, 1 all else.
func weight(r rune) int {
	switch r {
	case '.', '!', '?', '…':
		return 3
	case ';', ':', ',', '—', '–':
		return 2
	}
	return 1
}

func abs(n int) int { return max(n, -n) }
