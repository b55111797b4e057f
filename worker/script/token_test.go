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
	checkTokens(t, "de", text, []script.Token{
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
	})
}

// TestEnglishTokens holds the same for one token of each class in English.
func TestEnglishTokens(t *testing.T) {
	t.Parallel()
	const text = "On May 5 at 7:30 p.m. Dr. Lee of the FBI paid $2.5m – 3% more – for 21st-century rights to 3/4 of .5 " +
		"in pages 10-12 & www.bbc.co.uk, No. 22-451, for King Charles III, call 555-0143, TNF-α, 40 men."
	checkTokens(t, "en", text, []script.Token{
		{Class: "date", Rule: "month-day", Source: "May 5", Text: "May fifth"},
		{Class: "time", Rule: "meridiem", Source: "7:30 p.m.", Text: "seven thirty P M"},
		{Class: "abbreviation", Rule: "Dr.", Source: "Dr.", Text: "Doctor"},
		{Class: "initialism", Rule: "letters", Source: "FBI", Text: "F B I"},
		{Class: "money", Rule: "scaled", Source: "$2.5m", Text: "two point five million dollars"},
		{Class: "symbol", Rule: "dash", Source: " – ", Text: ", "},
		{Class: "measure", Rule: "unit", Source: "3%", Text: "three percent"},
		{Class: "symbol", Rule: "dash", Source: " – ", Text: ", "},
		{Class: "ordinal", Rule: "plain", Source: "21st", Text: "twenty-first"},
		{Class: "fraction", Rule: "quarters", Source: "3/4", Text: "three quarters"},
		{Class: "decimal", Rule: "point", Source: ".5", Text: "point five"},
		{Class: "range", Rule: "numbers", Source: "10-12", Text: "ten to twelve"},
		{Class: "symbol", Rule: "and", Source: "&", Text: "and"},
		{Class: "electronic", Rule: "address", Source: "www.bbc.co.uk", Text: "W W W dot B B C dot co dot U K"},
		{Class: "abbreviation", Rule: "no.", Source: "No.", Text: "number"},
		{Class: "verbatim", Rule: "docket", Source: "22-451", Text: "twenty-two four fifty-one"},
		{Class: "roman", Rule: "crowned", Source: "III", Text: "the third"},
		{Class: "telephone", Rule: "seven-called", Source: "555-0143", Text: "five five five, zero one four three"},
		{Class: "initialism", Rule: "letters", Source: "TNF", Text: "T N F"},
		{Class: "verbatim", Rule: "letter", Source: "α", Text: "alpha"},
		{Class: "cardinal", Rule: "number", Source: "40", Text: "forty"},
	})
}

func checkTokens(t *testing.T, language, text string, want []script.Token) {
	t.Helper()
	s, err := script.Build(page(lector.Paragraph, text), script.Options{Language: language})
	if err != nil {
		t.Fatal(err)
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
