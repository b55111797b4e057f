package lang

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
)

// TestNoDuplicateRows looks for a row that stands twice in one file, where the
// second would silently win.
func TestNoDuplicateRows(t *testing.T) {
	t.Parallel()
	found, err := fs.Glob(files, "*/cldr-*.txt")
	if err != nil || len(found) < 40 {
		t.Fatalf("%d files, %v", len(found), err)
	}
	for _, file := range found {
		data, err := fs.ReadFile(files, file)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range duplicates(string(data)) {
			t.Errorf("%s:%s", file, row)
		}
	}
}

func TestNoDuplicateRowsCanFail(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want int
	}{
		{"a one: x\nb one: x\na one: y", 1},
		{"%a:\n1: x;\n%b:\n1: x;", 0},
		{"%a:\n1: x;\n1/100: y;\n%a: +\n2: z;", 1},
		{"%a:\n1: x;\n%a:\n2: x;", 1},
	} {
		if got := duplicates(c.text); len(got) != c.want {
			t.Errorf("%q: %v", c.text, got)
		}
	}
}

func duplicates(text string) []string {
	seen, set := map[string]bool{}, ""
	var twice []string
	for i, row := range strings.Split(text, "\n") {
		if row == "" || row[0] == '#' {
			continue
		}
		key, after, _ := strings.Cut(row, ":")
		key, _, _ = strings.Cut(key, "/")
		if row[0] == '%' {
			set, key = key, key+after
		} else {
			key = set + " " + key
		}
		if seen[key] {
			twice = append(twice, fmt.Sprintf("%d: %s stands twice", i+1, key))
		}
		seen[key] = true
	}
	return twice
}

// TestReadLanguageRefuses breaks one file of a language at a time.
func TestReadLanguageRefuses(t *testing.T) {
	t.Parallel()
	good := map[string]string{
		"xx/cldr-plurals.txt":    "cardinal one: i = 1 and v = 0 or n % 10 != 2..4,9\n",
		"xx/cldr-numbers.txt":    "%spellout-numbering:\n0: none;\n1: some;\n",
		"xx/cldr-units.txt":      "meter long one: m; genitive ms; =\nmeter long few: me\nmeter long many: mm; few\n",
		"xx/cldr-currencies.txt": "EUR long other: e\n",
	}
	read := func(file, text string) error {
		folder := fstest.MapFS{}
		for name, data := range good {
			folder[name] = &fstest.MapFile{Data: []byte(data)}
		}
		folder[file] = &fstest.MapFile{Data: []byte(text)}
		if text == "" {
			delete(folder, file)
		}
		_, err := readLanguage(folder, "xx")
		return err
	}
	if err := read("xx/cldr-plurals.txt", good["xx/cldr-plurals.txt"]); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ file, text, want string }{
		{"plurals", "", "cldr-plurals.txt"},
		{"numbers", "", "cldr-numbers.txt"},
		{"units", "", "cldr-units.txt"},
		{"currencies", "", "cldr-currencies.txt"},
		{"plurals", "dual one: i = 1", "neither"},
		{"plurals", "cardinal one: q = 1", `operand "q"`},
		{"plurals", "cardinal one: i = x", "invalid"},
		{"plurals", "cardinal one: i = 1..x", "invalid"},
		{"plurals", "cardinal one: i % x = 1", "invalid"},
		{"numbers", "%a:\n0: =%b=;", "no rule set"},
		{"numbers-own", "0: x;", "line 1"},
		{"units", "meter", "not a row"},
		{"units", "meter: neuter", "not a row"},
		{"units", "meter long one: m; vocative mm", "vocative"},
		{"currencies-own", "EUR long one: e; genitive", "genitive"},
	} {
		err := read("xx/cldr-"+c.file+".txt", c.text)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v", c, err)
		}
		if err != nil && !strings.Contains(err.Error(), "xx/cldr-"+strings.TrimSuffix(c.file, "-own")) {
			t.Errorf("%v does not name its file", err)
		}
	}
}
