package lang

import (
	"io/fs"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// TestWholeRange says numbers between minus and plus 10^15 in all forms: always
// in words, with single spaces and no sign that only paper needs.
func TestWholeRange(t *testing.T) {
	t.Parallel()
	folders, err := fs.Glob(files, "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, tag := range folders {
		t.Run(tag, func(t *testing.T) {
			t.Parallel()
			numbers := Numbers(tag)
			for _, n := range sample() {
				for _, form := range allForms() {
					text, ok := numbers.Cardinal(n, form)
					checkWords(t, "cardinal", n, form, text, ok)
					text, ok = numbers.Ordinal(n, form)
					checkWords(t, "ordinal", n, form, text, ok)
				}
				text, ok := numbers.Decimal(strconv.FormatInt(n, 10)+",075", Form{})
				checkWords(t, "decimal", n, Form{}, text, ok)
			}
			for year := range 3001 {
				text, ok := numbers.Year(year, Form{Case: "locative"})
				checkWords(t, "year", int64(year), Form{}, text, ok)
			}
		})
	}
}

func checkWords(t *testing.T, kind string, n int64, form Form, text string, ok bool) {
	t.Helper()
	if !ok || text == "" || strings.Join(strings.Fields(text), " ") != text || strings.ContainsAny(text, "0123456789\u00ad\u02bc%<>=[]|$") {
		t.Errorf("%s %d %+v: %q, %v", kind, n, form, text, ok)
	}
}

func sample() []int64 {
	random := rand.New(rand.NewPCG(1, 15))
	numbers := []int64{0, 1e15, -1e15}
	for power := int64(10); power <= 1e15; power *= 10 {
		numbers = append(numbers, power, power+1, -power, random.Int64N(power), random.Int64N(power), 7*power/10)
	}
	return numbers
}

func allForms() []Form {
	var all []Form
	for _, gender := range []string{"", "masculine", "feminine", "neuter", "animate", "personal"} {
		for _, grammaticalCase := range append([]string{""}, grammaticalCases...) {
			for _, number := range []string{"", other} {
				all = append(all, Form{Gender: gender, Case: grammaticalCase, Number: number})
			}
		}
	}
	return all
}
