package player

import (
	_ "embed"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"
)

//go:embed words.json
var wordsSource []byte

// words are the texts of the player by primary language subtag, the same in
// the page and in the script.
var words = sync.OnceValue(func() map[string]map[string]string {
	var table map[string]map[string]string
	if err := json.Unmarshal(wordsSource, &table); err != nil {
		panic("player: words.json: " + err.Error()) // it is a part of the program
	}
	return table
})

// Languages returns the languages that the player speaks, sorted.
func Languages() []string { return slices.Sorted(maps.Keys(words())) }

// tongue returns the player's language for a BCP 47 tag: its own or English.
func tongue(tag string) string {
	primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
	if _, ok := words()[primary]; ok {
		return primary
	}
	return "en"
}

// say returns the text in the language, or in English.
func say(tag, key string) string { return words()[tongue(tag)][key] }
