package script

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

func allUpper(s string) bool {
	for _, c := range s {
		if !unicode.IsUpper(c) {
			return false
		}
	}
	return s != ""
}

// initialism spells names of capitals that are no words: "NIS", "POWs".
func initialism(r *reader, word string) bool {
	if r.shouting && !strings.Contains(word, ".") {
		return false
	}
	if core, ok := strings.CutSuffix(word, ".s"); ok && dotted(core+".") {
		return r.say(letters(core)+"s", len(word))
	}
	if r.pos+len(word) < len(r.src) && small[firstRune(r.src[r.pos+len(word):])] != "" && allUpper(word) && len(word) < 4 {
		return r.say(letters(word), len(word))
	}
	if dotted(word) {
		return r.abbreviated(word, letters(word))
	}
	bare := strings.TrimRight(word, ".")
	core := strings.TrimSuffix(bare, "s")
	if core == "" || utf8.RuneCountInString(core) < 2 && bare == core || !allUpper(core) || strings.ContainsAny(bare, "&.") && bare != core {
		return ampersand(r, bare)
	}
	if len(core) == 1 || readAsWord(core) || !ascii(core) {
		return false
	}
	return r.say(letters(bare), len(bare))
}

// ampersand knows "AT&T" and "Q&A".
func ampersand(r *reader, bare string) bool {
	left, right, found := strings.Cut(bare, "&")
	if !found || !allUpper(left) || !allUpper(right) || len(bare) > 7 {
		return false
	}
	return r.say(letters(left)+" and "+letters(right), len(bare))
}

// dotted reports whether word is letters with a full stop behind each: "D.C.".
func dotted(word string) bool {
	if len(word) < 4 || len(word)%2 != 0 {
		return false
	}
	for i := 0; i < len(word); i += 2 {
		if word[i] < 'A' || word[i] > 'Z' || word[i+1] != '.' {
			return false
		}
	}
	return true
}

func ascii(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// readAsWord reports whether capitals are said as a word. Three letters are
// spelled unless known; longer ones are said when they can be.
func readAsWord(core string) bool {
	switch {
	case spelledAnyway[core]:
		return false
	case spokenAsWords[core] || plainCapitals[core]:
		return true
	case len(core) <= 3:
		return false
	case len(core) > 8:
		return true
	case len(core) > 6:
		return longestRun(core) < 5
	}
	return pronounceable(core)
}

// longestRun returns how many consonants stand side by side at most.
func longestRun(s string) int {
	longest, run := 0, 0
	for _, c := range s {
		if run++; strings.ContainsRune("AEIOUY", c) {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}

// pronounceable reports whether vowels and consonants alternate enough for a
// word: at most two consonants in a row at the start, three within.
func pronounceable(s string) bool {
	vowels, run := 0, 0
	for i, c := range s {
		if strings.ContainsRune("AEIOUY", c) {
			vowels++
			run = 0
			continue
		}
		if run++; run > 2 && i < 4 || run > 3 {
			return false
		}
	}
	return vowels*3 >= len(s) && !(len(s) == 4 && vowels < 2 && !strings.ContainsRune("AEIOU", rune(s[1])) && !strings.ContainsRune("AEIOU", rune(s[2])))
}
