package main

import (
	_ "embed"
	"fmt"
	"math/rand/v2"
	"strings"
)

//go:embed words.txt
var wordList string

// writer makes texts that nobody has read before, the same ones for the same seed.
type writer struct {
	rng   *rand.Rand
	words map[string][]string
}

func newWriter(rng *rand.Rand) *writer {
	w := &writer{rng: rng, words: map[string][]string{}}
	for line := range strings.Lines(wordList) {
		kind, words, _ := strings.Cut(line, ":")
		w.words[kind] = strings.Fields(words)
	}
	return w
}

// word is one of a kind.
func (w *writer) word(kind string) string { return w.words[kind][w.rng.IntN(len(w.words[kind]))] }

// sentence is one of several hundred million.
func (w *writer) sentence() string {
	return fmt.Sprintf("The %s who %s the %s %s near the %s %s it again before the %s.",
		w.word("person"), w.word("verb"), w.word("quality"), w.word("thing"), w.word("place"), w.word("verb"), w.word("time"))
}

// title is short.
func (w *writer) title() string {
	return fmt.Sprintf("The %s %s by the %s and the %s", w.word("quality"), w.word("thing"), w.word("place"), w.word("person"))
}

// paragraphs are n of two or three sentences.
func (w *writer) paragraphs(n int) []string {
	var all []string
	for range n {
		p := []string{w.sentence(), w.sentence()}
		if w.rng.IntN(2) == 0 {
			p = append(p, w.sentence())
		}
		all = append(all, strings.Join(p, " "))
	}
	return all
}

// body is paragraphs as a CMS sends them.
func body(paragraphs []string) string {
	return "<p>" + strings.Join(paragraphs, "</p>\n<p>") + "</p>"
}
