package script_test

import (
	"testing"

	"lector"
	"lector/worker/script"
)

// TestTokens holds the class, the rule and the place of what a pack spells out.
func TestTokens(t *testing.T) {
	t.Parallel()
	const text = "Die CDU tagt. Am 5. Mai kamen 3 Mio. Euro und ca. 15 % mehr, um 14:30 Uhr unter www.cdu.de, 1/3 an Karl V. in der Goethestr. 5."
	s, err := script.Build(page(lector.Paragraph, text), script.Options{Language: "de"})
	if err != nil {
		t.Fatal(err)
	}
	want := []script.Token{
		{Class: "initialism", Rule: "letters", Source: "CDU", Text: "ce-de-u"},
		{Class: "date", Rule: "day-month-after", Source: "5. Mai", Text: "fünften Mai"},
		{Class: "money", Rule: "scaled", Source: "3 Mio. Euro", Text: "drei Millionen Euro"},
		{Class: "abbreviation", Rule: "ca.", Source: "ca.", Text: "circa"},
		{Class: "measure", Rule: "unit", Source: "15 %", Text: "fünfzehn Prozent"},
		{Class: "time", Rule: "clock", Source: "14:30 Uhr", Text: "vierzehn Uhr dreißig"},
		{Class: "electronic", Rule: "address", Source: "www.cdu.de", Text: "we we we Punkt cdu Punkt de"},
		{Class: "fraction", Rule: "third", Source: "1/3", Text: "ein Drittel"},
		{Class: "roman", Rule: "king", Source: "Karl V.", Text: "Karl der fünfte"},
		{Class: "abbreviation", Rule: "street", Source: "Goethestr.", Text: "Goethestraße"},
		{Class: "cardinal", Rule: "number", Source: "5", Text: "fünf"},
	}
	got := s.Segments[0].Tokens()
	if len(got) != len(want) {
		t.Fatalf("%d tokens, want %d: %+v", len(got), len(want), got)
	}
	for i, token := range got {
		if text[token.Start:token.End] != token.Source {
			t.Errorf("%+v stands for %q", token, text[token.Start:token.End])
		}
		token.Start, token.End = 0, 0
		if token != want[i] {
			t.Errorf("got %+v, want %+v", token, want[i])
		}
	}
}
