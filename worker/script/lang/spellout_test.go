package lang

import (
	"io/fs"
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestEveryLanguageReads reads all data, so that a mistake in it is found here
// and not as a language that is not there.
func TestEveryLanguageReads(t *testing.T) {
	t.Parallel()
	folders, err := fs.Glob(files, "*")
	if err != nil || len(folders) < 10 {
		t.Fatalf("%d languages, %v", len(folders), err)
	}
	for _, tag := range folders {
		if _, err := readLanguage(files, tag); err != nil {
			t.Error(err)
		}
	}
}

func TestCardinal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tag  string
		n    int64
		form Form
		want string
	}{
		{"en", 1234567, Form{}, "one million two hundred thirty-four thousand five hundred sixty-seven"},
		{"en-GB", -21, Form{}, "minus twenty-one"},
		{"de", 1, Form{}, "eins"},
		{"de", 121001, Form{}, "einhunderteinundzwanzigtausendeins"},
		{"de", 21, Form{Gender: "feminine"}, "einundzwanzig"},
		{"fr", 80, Form{}, "quatre-vingts"},
		{"fr", 200000, Form{}, "deux cent mille"},
		{"es", 21, Form{}, "veintiuno"},
		{"es", 21, Form{Gender: "masculine"}, "veintiún"},
		{"es", 500, Form{Gender: "feminine"}, "quinientas"},
		{"it", 2023, Form{}, "duemilaventitré"},
		{"pl", 22, Form{Gender: "feminine"}, "dwadzieścia dwie"},
		{"pl", 5, Form{Case: "instrumental"}, "pięcioma"},
		{"ru", 2000, Form{Case: "genitive"}, "двух тысяч"},
		{"ru", 41, Form{Gender: "feminine", Case: "instrumental"}, "сорока одной"},
		{"uk", 1000002, Form{Gender: "feminine"}, "один мільйон дві"},
		{"pt", 1101, Form{}, "mil cento e um"},
		{"nl", 22, Form{}, "tweeëntwintig"},
	} {
		if got, ok := Numbers(c.tag).Cardinal(c.n, c.form); !ok || got != c.want {
			t.Errorf("%s %d %v: %q, %v, want %q", c.tag, c.n, c.form, got, ok, c.want)
		}
	}
	if Numbers("xx") != nil {
		t.Error("a language without data has numbers")
	}
}

func TestPlural(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tag, digits, want string
	}{
		{"uk", "1", "one"}, {"uk", "11", "many"}, {"uk", "22", "few"}, {"uk", "1,5", "other"},
		{"pl", "21", "many"}, {"pl", "22", "few"}, {"en", "1", "one"}, {"en", "1.0", "other"},
		{"fr", "1,9", "one"}, {"fr", "1000000", "many"}, {"es", "1.0", "one"}, {"es", "1.1", "other"},
		{"xx", "1", "other"}, {"en", "one", "other"},
	} {
		if got := PluralDecimal(c.tag, c.digits); got != c.want {
			t.Errorf("%s %s: %s, want %s", c.tag, c.digits, got, c.want)
		}
	}
	if got := Plural("ru", -3); got != "few" {
		t.Errorf("ru -3: %s", got)
	}
}

// TestNumbers says what stands in testdata/numbers.txt.
func TestNumbers(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/numbers.txt")
	if err != nil {
		t.Fatal(err)
	}
	cases := 0
	for row := range dataLines(string(data)) {
		cases++
		input, want, _ := strings.Cut(row, " = ")
		fields := strings.Fields(input)
		if got, ok := spoken(fields[0], fields[1], formOf(fields[2:len(fields)-1]), fields[len(fields)-1]); !ok || got != want {
			t.Errorf("%s = %s, %v; want %s", input, got, ok, want)
		}
	}
	if cases < 200 {
		t.Errorf("%d cases only", cases)
	}
}

func spoken(tag, kind string, form Form, digits string) (string, bool) {
	numbers := Numbers(tag)
	n, _ := strconv.ParseInt(digits, 10, 64)
	switch kind {
	case "cardinal":
		return numbers.Cardinal(n, form)
	case "ordinal":
		return numbers.Ordinal(n, form)
	case "year":
		return numbers.Year(int(n), form)
	case "decimal":
		return numbers.Decimal(digits, form)
	}
	return "", false
}

func formOf(words []string) Form {
	var form Form
	for _, word := range words {
		switch word {
		case "masculine", "feminine", "neuter", "animate", "personal":
			form.Gender = word
		case "plural":
			form.Number = other
		case "attributive", "bare":
			form.Place = word
		case "-":
		default:
			form.Case = word
		}
	}
	return form
}
