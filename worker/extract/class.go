package extract

import (
	"slices"
	"strings"
	"unicode"
)

// card returns the rule for the first class of a card in a class attribute, and
// the plugin's name where it is one of many.
func (k rulebook) card(classes string) (r *rule, detail string) {
	for name := range strings.FieldsSeq(classes) {
		if r := k.on(data().cards[name]); r != nil {
			return r, ""
		}
		for _, plugin := range [...]string{"wp-block-jetpack-", "jetpack-", "jp-", "wp-block-newspack-", "wp-block-embed-", "wp-block-woocommerce-"} {
			if strings.HasPrefix(name, plugin) {
				return k.get("block.plugin"), ": " + strings.TrimPrefix(name, "wp-block-")
			}
		}
	}
	return nil, ""
}

// guess returns the rule that the words of a class, an id or a data attribute
// name. It is a guess: what turns out to hold the text is read all the same.
func (k rulebook) guess(value string) *rule {
	for name := range strings.FieldsSeq(value) {
		if r := k.guessOne(name); r != nil {
			return r
		}
	}
	return nil
}

func (k rulebook) guessOne(name string) *rule {
	if len(name) > 120 {
		return nil
	}
	classes := data().classes
	if r := k.on(classes[strings.ToLower(name)]); r != nil {
		return r
	}
	words := classWords(name)
	if len(words) > 0 && has("exempt", words[0]) {
		return nil
	}
	for i, w := range words {
		last := i == len(words)-1
		if r := k.on(classes[w]); r != nil && (last || !has("tail words", w)) {
			return r
		}
		if !last {
			if r := k.on(classes[w+"+"+words[i+1]]); r != nil {
				return r
			}
		}
	}
	return nil
}

// classWords splits "relatedArticles--big_box" into its lower-case words.
func classWords(name string) []string {
	var words []string
	start, upper := 0, false
	cut := func(end int) {
		if end > start {
			words = append(words, strings.ToLower(name[start:end]))
		}
	}
	for i, r := range name {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			cut(i)
			start = i + len(string(r))
			upper = true
		case unicode.IsUpper(r) && !upper:
			cut(i)
			start, upper = i, true
		default:
			upper = unicode.IsUpper(r)
		}
	}
	cut(len(name))
	return words
}

// home reports whether the class or id attribute names the text's element.
func home(value string) bool {
	for name := range strings.FieldsSeq(value) {
		lower := strings.ToLower(name)
		plain := strings.ReplaceAll(strings.ReplaceAll(lower, "-", ""), "_", "")
		if plain == "econtent" || plain == "prose" {
			return true
		}
		if containsAny(plain, listed("homes")) && !containsAny(lower, listed("not homes")) {
			return true
		}
	}
	return false
}

func containsAny(s string, list []string) bool {
	return slices.ContainsFunc(list, func(x string) bool { return strings.Contains(s, x) })
}
