package lang

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestUnitName(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tag, unit, width, plural, grammaticalCase, want string
	}{
		{"uk", "kilometer", "long", "one", "", "кілометр"},
		{"uk", "kilometer", "long", "few", "nominative", "кілометри"},
		{"uk", "kilometer", "long", "many", "accusative", "кілометрів"},
		{"uk", "kilometer", "long", "many", "instrumental", "кілометрами"},
		{"uk", "kilometer", "long", "other", "dative", "кілометра"},
		{"uk", "tonne", "long", "many", "", "тонн"},
		{"uk", "percent", "long", "many", "genitive", "відсотків"},
		{"uk", "barrel", "long", "few", "instrumental", "барелями"},
		{"uk-UA", "kilometer", "short", "few", "", "км"},
		{"ru", "hour", "long", "few", "accusative", "часа"},
		{"ru", "light-year", "long", "many", "", "световых лет"},
		{"ru", "square-meter", "long", "many", "locative", "квадратных метрах"},
		{"pl", "kilometer", "long", "one", "instrumental", "kilometrem"},
		{"pl", "tonne", "long", "few", "instrumental", "tonami"},
		{"pl", "percent", "long", "many", "", "procent"},
		{"pl", "square-meter", "long", "many", "locative", "metrach kwadratowych"},
		{"de", "kilometer", "long", "other", "dative", "Kilometern"},
		{"de", "hour", "long", "one", "genitive", "Stunde"},
		{"fr", "kilometer", "long", "other", "dative", "kilomètres"},
		{"nl", "kilogram", "long", "other", "", "kilogram"},
		{"en", "mile", "long", "few", "", "miles"},
	} {
		got, ok := UnitName(c.tag, c.unit, c.width, c.plural, c.grammaticalCase)
		if !ok || got != c.want {
			t.Errorf("%+v: %q, %v", c, got, ok)
		}
	}
	for _, unknown := range [][2]string{{"xx", "kilometer"}, {"uk", "parasang"}} {
		if got, ok := UnitName(unknown[0], unknown[1], "long", "one", ""); ok {
			t.Errorf("%v: %q", unknown, got)
		}
	}
}

func TestUnitNameOfCurrencies(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tag, code, plural, grammaticalCase, want string
	}{
		{"uk", "UAH", "many", "", "гривень"},
		{"uk", "USD", "few", "instrumental", "доларами"},
		{"uk", "UAH-cent", "many", "", "копійок"},
		{"ru", "RUB", "few", "", "рубля"},
		{"pl", "PLN", "many", "", "złotych"},
		{"pl", "USD", "few", "dative", "dolarom"},
		{"de", "CHF-cent", "other", "", "Rappen"},
		{"es", "EUR", "many", "", "euros"},
		{"en", "GBP-cent", "other", "", "pence"},
	} {
		if got, ok := UnitName(c.tag, c.code, "long", c.plural, c.grammaticalCase); !ok || got != c.want {
			t.Errorf("%+v: %q, %v", c, got, ok)
		}
	}
}

// alternates are forms in which a vowel or consonant of the stem changes.
var alternates = strings.Fields("węźle miesięcy stóp końmi лет копеек")

// TestStems finds a form that is spelled unlike all others of its word, as some
// are in CLDR: without it they would have two letters more in common.
func TestStems(t *testing.T) {
	t.Parallel()
	words := 0
	for _, tag := range []string{"de", "pl", "ru", "uk"} {
		for thing, forms := range oblique(known(tag).names) {
			words++
			if odd := misspelled(forms); odd != "" && !slices.Contains(alternates, odd) {
				t.Errorf("%s %s: %s beside %v", tag, thing, odd, forms)
			}
		}
	}
	if words < 400 {
		t.Errorf("%d words only", words)
	}
}

// TestStemsCanFail shows it what CLDR 48.2 has.
func TestStemsCanFail(t *testing.T) {
	t.Parallel()
	if odd := misspelled([]string{"kilometra", "kilometrowi", "kilomentrem", "kilometrze"}); odd != "kilomentrem" {
		t.Errorf("%q", odd)
	}
}

// oblique returns the forms of each word of each name but the nominative
// singular, whose vowel may go in the others.
func oblique(table names) map[string][]string {
	all := map[string][]string{}
	for key, forms := range table.forms {
		thing, rest, _ := strings.Cut(key, " ")
		for _, form := range forms {
			if rest == "short other" || rest == "long one" && form == forms[""] {
				continue
			}
			words := strings.Fields(form)
			for i, word := range words {
				column := fmt.Sprint(thing, " word ", i+1, " of ", len(words))
				all[column] = append(all[column], word)
			}
		}
	}
	return all
}

// misspelled looks at words with so many forms that an odd one stands out.
func misspelled(forms []string) string {
	slices.Sort(forms)
	forms = slices.Compact(forms)
	if len(forms) < 4 {
		return ""
	}
	for i := range forms {
		rest := slices.Delete(slices.Clone(forms), i, i+1)
		if len(common(rest)) > len(common(forms))+1 {
			return forms[i]
		}
	}
	return ""
}

func common(forms []string) []rune {
	stem := []rune(forms[0])
	for _, form := range forms[1:] {
		letters := []rune(form)
		n := 0
		for n < min(len(stem), len(letters)) && stem[n] == letters[n] {
			n++
		}
		stem = stem[:n]
	}
	return stem
}
