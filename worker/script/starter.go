package script

import "strings"

// Starter returns the list that a newsroom may begin with: names and terms of
// Ukraine and of world news for English voices that read letters as they
// stand. It is applied only where it is imported, since better voices know
// many of these names.
func Starter() Lexicon {
	file, _ := packFiles.ReadFile("lexicon/en.txt") // a test reads it
	var out Lexicon
	for line := range strings.SplitSeq(string(file), "\n") {
		match, alias, found := strings.Cut(line, " = ")
		if !found || strings.HasPrefix(line, "#") {
			continue
		}
		match, prefix := strings.CutSuffix(match, "*")
		out = append(out, Entry{Match: match, Alias: alias, Prefix: prefix, Language: "en"})
	}
	return out
}
