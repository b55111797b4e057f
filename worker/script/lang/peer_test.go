package lang

import (
	"cmp"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"lector/worker/script/rbnf"
)

// TestAsICU formats by the copied rules alone and compares with what ICU wrote
// by the same rules.
func TestAsICU(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/icu.txt")
	if err != nil {
		t.Fatal(err)
	}
	rules, rows := map[string]*rbnf.Rules{}, 0
	for row := range dataLines(string(data)) {
		fields := strings.Split(row, "\t")
		tag, set, number, want := fields[0], fields[1], fields[2], fields[3]
		if rules[tag] == nil {
			rules[tag] = copiedRules(t, tag)
		}
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		rows++
		if got, err := rules[tag].Format(set, rbnf.Int(n), plurals(tag)); got != want || err != nil {
			t.Errorf("%s %s %d: %q, %v; ICU: %q", tag, set, n, got, err, want)
		}
	}
	if rows < 500 {
		t.Errorf("%d rows only", rows)
	}
}

// copiedRules reads the copied rules after our own, which so keep only the sets
// that the copy leaves to them.
func copiedRules(t *testing.T, tag string) *rbnf.Rules {
	t.Helper()
	own, err := fs.ReadFile(files, tag+"/cldr-numbers-own.txt")
	if err != nil && tag != "en" {
		t.Fatal(err)
	}
	copied, err := fs.ReadFile(files, tag+"/cldr-numbers.txt")
	if err != nil {
		t.Fatal(err)
	}
	rules, err := rbnf.Parse(string(own), string(copied))
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

// verbalised are the files of shared/measure/verbalise that say bare numbers,
// which side is spoken, and how many may differ, with the reason.
var verbalised = []struct {
	tag, kind   string
	spokenFirst bool
	differ      int
}{
	{tag: "de", kind: "cardinal", spokenFirst: true, differ: 1}, // dreihunderteine Milliarden, dreihunderteins there
	{tag: "de", kind: "ordinal", spokenFirst: true, differ: 2},  // tausendster and millionster, with ein there
	{tag: "de", kind: "decimal", spokenFirst: true},
	{tag: "es", kind: "cardinal"},
	{tag: "es", kind: "decimal", differ: 6}, // una coma there, and digits in pairs
	{tag: "fr", kind: "cardinal"},
	{tag: "fr", kind: "ordinal"},
	{tag: "fr", kind: "decimal", differ: 1},  // digits in pairs there
	{tag: "it", kind: "cardinal", differ: 1}, // tre miliardi, tremila milioni there
	{tag: "it", kind: "decimal", differ: 1},  // trentatré, without its accent there
	{tag: "pt", kind: "cardinal"},
	{tag: "pt", kind: "ordinal"},
	{tag: "pt", kind: "decimal"},
	{tag: "ru", kind: "cardinal", spokenFirst: true, differ: 5}, // одна тысяча, тысяча there; both are said
	{tag: "ru", kind: "decimal", spokenFirst: true, differ: 1},  // одними целых there
}

// TestVerbalised says the bare numbers of the tests of NeMo-text-processing.
// Spaces and hyphens, capitals and ё are its own affair and not compared.
func TestVerbalised(t *testing.T) {
	t.Parallel()
	for _, file := range verbalised {
		data, err := os.ReadFile(filepath.Join(measureFolder(), file.tag, "test_cases_"+file.kind+".txt"))
		if err != nil {
			t.Skipf("SKIPPED, not compared with another program's cases: %v", err)
		}
		cases, differ := 0, 0
		for row := range strings.Lines(string(data)) {
			sides := strings.Split(strings.TrimSpace(row), "~")
			if len(sides) < 2 {
				continue
			}
			written, want := sides[0], sides[1]
			if file.spokenFirst {
				written, want = want, written
			}
			got, ok := sayBare(file.tag, file.kind, written)
			if !ok {
				continue
			}
			cases++
			if plain(got) != plain(want) {
				differ++
				t.Logf("%s %s %s: %s; there: %s", file.tag, file.kind, written, got, want)
			}
		}
		t.Logf("%s %s: %d of %d alike", file.tag, file.kind, cases-differ, cases)
		if differ > file.differ {
			t.Errorf("%s %s: %d differ", file.tag, file.kind, differ)
		}
	}
}

// measureFolder is where other people's cases lie.
func measureFolder() string {
	return filepath.Join(cmp.Or(os.Getenv("LECTOR_MEASURE"), "../../../../shared/measure"), "verbalise")
}

// sayBare says what is a number and nothing else; ok is false for the rest.
func sayBare(tag, kind, written string) (string, bool) {
	number := strings.TrimRight(written, ".ºªeéè°r")
	if kind != "ordinal" {
		number = written
	}
	n, err := strconv.ParseInt(number, 10, 64)
	switch {
	case kind == "decimal":
		return Numbers(tag).Decimal(written, Form{})
	case err != nil || number != strings.TrimLeft(number, "0") && number != "0":
		return "", false
	case kind == "ordinal":
		return sayOrdinal(tag, n, strings.TrimPrefix(written, number))
	}
	return Numbers(tag).Cardinal(n, Form{})
}

func sayOrdinal(tag string, n int64, mark string) (string, bool) {
	form := Form{Gender: "masculine"}
	if tag == "de" {
		form.Place = "bare"
	}
	if mark == "ª" || mark == "ère" {
		form.Gender = "feminine"
	}
	return Numbers(tag).Ordinal(n, form)
}

func plain(text string) string {
	return strings.NewReplacer(" ", "", "-", "", "ё", "е").Replace(strings.ToLower(text))
}

// TestVerbalisedForms looks for the ordinals of other people's cases among all
// forms that the number has here: 8-го, 1990-е, 3.ª.
func TestVerbalisedForms(t *testing.T) {
	t.Parallel()
	for _, file := range []struct {
		tag         string
		spokenFirst bool
		missing     int
	}{
		{tag: "ru", spokenFirst: true},
		{tag: "es", missing: 6}, // vigesimoprimero in one word there, decimoprimer
	} {
		data, err := os.ReadFile(filepath.Join(measureFolder(), file.tag, "test_cases_ordinal.txt"))
		if err != nil {
			t.Skipf("SKIPPED, not compared with another program's cases: %v", err)
		}
		cases, missing := 0, 0
		for row := range strings.Lines(string(data)) {
			written, want, _ := strings.Cut(strings.TrimSpace(row), "~")
			if file.spokenFirst {
				written, want = want, written
			}
			written = strings.Replace(written, ".0", "0", 1)
			digits := written[:len(written)-len(strings.TrimLeft(written, "0123456789"))]
			n, err := strconv.ParseInt(digits, 10, 64)
			if err != nil || strings.ContainsAny(written, " ") {
				continue
			}
			cases++
			if !slices.ContainsFunc(ordinalForms(file.tag, n), func(got string) bool { return plain(got) == plain(want) }) {
				missing++
				t.Logf("%s %s: %s is none of the forms", file.tag, written, want)
			}
		}
		t.Logf("%s: %d of %d ordinals are there", file.tag, cases-missing, cases)
		if cases < 10 || missing > file.missing {
			t.Errorf("%s: %d of %d missing", file.tag, missing, cases)
		}
	}
}

func ordinalForms(tag string, n int64) []string {
	var all []string
	for _, gender := range strings.Fields("masculine feminine neuter animate") {
		for _, grammaticalCase := range append(grammaticalCases, "") {
			for _, place := range []string{"", "attributive"} {
				for _, number := range []string{"one", other} {
					text, _ := Numbers(tag).Ordinal(n, Form{gender, grammaticalCase, number, place})
					all = append(all, text)
				}
			}
		}
	}
	return all
}
