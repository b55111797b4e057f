package script

import (
	"unicode/utf8"

	"lector"
)

// Touched is what a change of one entry would read again in one article.
type Touched struct {
	Site       string   `json:"site"`
	Article    string   `json:"article"`
	Title      string   `json:"title"`
	Segments   int      `json:"segments"`
	Characters int      `json:"characters"` // of the clips that hold them
	Examples   []string `json:"examples"`
}

// Impact says what of a rendition a change of the entry would read again: the
// segments whose source holds the word, and those that share a clip with them.
func (e Entry) Impact(m lector.Manifest) (Touched, bool) {
	t := Touched{Site: m.Site, Article: m.Article, Title: m.Title}
	match := Lexicon{e.said()}.matcherFor(m.Language, scope{Site: m.Site, Section: e.Section, Article: m.Article})
	clips := map[string]bool{}
	for _, s := range m.Segments {
		hit := false
		for _, x := range s.Sentences {
			if match.finds(x.Source) {
				hit = true
				if len(t.Examples) < 3 {
					t.Examples = append(t.Examples, x.Source)
				}
			}
		}
		if hit {
			for _, c := range s.Clips {
				clips[c] = true
			}
			if len(s.Clips) == 0 {
				t.Segments++
				t.Characters += utf8.RuneCountInString(s.Text)
			}
		}
	}
	for _, s := range m.Segments {
		for _, c := range s.Clips {
			if clips[c] {
				t.Segments++
				t.Characters += utf8.RuneCountInString(s.Text)
				break
			}
		}
	}
	return t, t.Segments > 0
}

// said gives an entry something to say, so that it can be looked for before
// anybody has decided what.
func (e Entry) said() Entry {
	if e.Alias == "" {
		e.Alias = "x"
	}
	return e
}

// finds reports whether any entry matches in a text.
func (m *matcher) finds(text string) bool {
	if m == nil {
		return false
	}
	r := &reader{src: text, language: &language{}, level: off, lexicon: m}
	r.run()
	return len(r.matched) > 0
}
