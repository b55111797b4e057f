package script

import (
	"fmt"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"lector"
)

// ipaSigns are the characters of shared/ipa.txt. A mark stands there on a ◌, which is
// none of them.
var ipaSigns = sync.OnceValue(func() map[rune]bool {
	signs := map[rune]bool{}
	lists, _ := wordLists(packFiles, "shared/ipa.txt") // a test finds a mistake in the file
	for _, words := range lists {
		for _, r := range strings.Join(words, "") {
			signs[r] = r != '◌'
		}
	}
	return signs
})

// checkIPA reports the first character that is no sign of the International Phonetic
// Alphabet. A letter with a mark counts as the two. The error has a hint.
func checkIPA(s string) error {
	for _, r := range s {
		if ipaSigns()[r] || unicode.IsSpace(r) {
			continue
		}
		for _, part := range norm.NFD.String(string(r)) {
			if !ipaSigns()[part] {
				return lector.Hint(fmt.Errorf("%q is no sign of the International Phonetic Alphabet", r),
					"IPA stands without slashes and brackets, as ˈkɪjiu: stress is ˈ or ˌ, length is ː; what is written in common letters is an alias")
			}
		}
	}
	return nil
}
