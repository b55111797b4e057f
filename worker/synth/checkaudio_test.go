package synth

import (
	"testing"

	"lector"
)

// A text that ends with the same words twice may sound so.
func TestTextThatEndsTwice(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"The people will win. The people will win!": true,
		"They called: “Не пройдуть! НЕ ПРОЙДУТЬ!”":  true,
		"Row, row": true,
		"The people will win. The people will not.": false,
		"Nobody spoke; nobody had to.":              false,
		"One, two, one, two, three.":                false,
		"":                                          false,
		"The council voted. The council voted, it was said": false,
	} {
		e := expect(lector.Utterance{Text: text}, lector.Capabilities{})
		if e.EndsTwice != want {
			t.Errorf("%q: %v", text, e.EndsTwice)
		}
	}
}

func TestTextThatSaysThrice(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"Merrily, merrily, merrily, life is but a dream.":            true,
		"We want more! We want more! We want more! they shouted.":    true,
		"Call 555 0123 or see www.example.org.":                      true,
		"“Hahaha!”":                                                  true,
		"The number is 5 5 5.":                                       true,
		"No, no: it was the best of times, the worst of times.":      false,
		"See each of them; they said they had had it in 2020.":       false,
		"Three thousand, four thousand, five thousand, six thousand": false,
		"": false,
	} {
		if got := !expect(lector.Utterance{Text: text}, lector.Capabilities{}).NeverThrice; got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
