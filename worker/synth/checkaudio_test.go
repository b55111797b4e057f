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
