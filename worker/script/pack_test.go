package script

import (
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// packFileNames are the files of every pack; cases.txt is read by tests only.
var packFileNames = strings.Fields("abbreviations.txt cases.txt currencies.txt grammar.txt initialisms.txt language.txt letters.txt lists.txt months.txt scales.txt shapes.txt units.txt")

// packTags are the languages that have a pack.
func packTags(t *testing.T) []string {
	t.Helper()
	entries, err := packFiles.ReadDir("lang")
	if err != nil {
		t.Fatal(err)
	}
	var tags []string
	for _, e := range entries {
		tags = append(tags, e.Name())
	}
	return tags
}

// TestPacks reads every pack: the same files in each, and each good.
func TestPacks(t *testing.T) {
	t.Parallel()
	tags := packTags(t)
	if want := strings.Fields("de en es fr it nl pl pt ru uk"); !slices.Equal(tags, want) {
		t.Errorf("packs of %q, want %q", tags, want)
	}
	for _, tag := range tags {
		if _, err := readPack(packFiles, "lang/"+tag, true); err != nil {
			t.Error(err)
		}
		for _, name := range packFileNames {
			if _, err := os.Stat("lang/" + tag + "/" + name); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestBadPacks holds that a pack with a mistake is refused by file and line.
func TestBadPacks(t *testing.T) {
	t.Parallel()
	tests := []struct{ file, from, to, want string }{
		{"months.txt", "", "", "months.txt: file does not exist"},
		{"shapes.txt", "<day>\\.", "<day>(", "lang/de/shapes.txt:2: "},
		{"shapes.txt", "<day>", "<dax>", `unknown type "dax"`},
		{"shapes.txt", "<day>", "<d:@dates>", `lang/de/shapes.txt:2: no list "dates" in lists.txt`},
		{"shapes.txt", "date ", "dates ", `lang/de/shapes.txt:2: unknown class "dates"`},
		{"shapes.txt", "{month}", "{moth}", `no field "moth" in the pattern`},
		{"shapes.txt", "{day ordinal}", "{day ordinal xyz}", `unknown form "xyz"`},
		{"abbreviations.txt", "Prof.  ", "Dr.  ", `lang/de/abbreviations.txt:3: "Dr." stands in lang/de/abbreviations.txt:2 already`},
		{"abbreviations.txt", "  no  ", "  never  ", `lang/de/abbreviations.txt:2: a sentence ends behind it: "never"`},
		{"abbreviations.txt", "Doktor       no      any", "Doktor", "lang/de/abbreviations.txt:2: 2 columns, at least 4 are needed"},
		{"language.txt", "decimal       ,\n", "", `lang/de/language.txt: no setting "decimal"`},
		{"language.txt", "decimal  ", "decimals ", `lang/de/language.txt:6: unknown setting "decimals"`},
		{"months.txt", "Mai\n", "", "lang/de/months.txt: 11 lines, not 12"},
		{"units.txt", "kilometer-per-hour  m  Kilometer pro Stunde", "-  m", "neither a CLDR name nor"},
		{"lists.txt", "starters ", "beginners ", `lang/de/lists.txt: no list "starters"`},
		{"grammar.txt", "noun     n", "nouns    n", `lang/de/grammar.txt:2: unknown kind "nouns"`},
	}
	for _, tc := range tests {
		files := fstest.MapFS{}
		for _, name := range packFileNames {
			if name == "cases.txt" || name == tc.file && tc.from == "" {
				continue
			}
			data, err := fs.ReadFile(packFiles, "lang/de/"+name)
			if err != nil {
				t.Fatal(err)
			}
			if name == tc.file {
				changed := strings.Replace(string(data), tc.from, tc.to, 1)
				if changed == string(data) {
					t.Fatalf("%s has no %q", name, tc.from)
				}
				data = []byte(changed)
			}
			files["lang/de/"+name] = &fstest.MapFile{Data: data}
		}
		if _, err := readPack(files, "lang/de", true); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s with %q: %v, want %q", tc.file, tc.to, err, tc.want)
		}
	}
}

// TestEndings holds which ending a word keeps that stands in two rows, in
// whatever order they are read.
func TestEndings(t *testing.T) {
	t.Parallel()
	tests := []struct {
		kinds []string
		want  string
	}{
		{[]string{"upper", "no"}, "no"},
		{[]string{"no", "upper"}, "no"},
		{[]string{"no", "number"}, "no"},
		{[]string{"number", "no"}, "no"},
		{[]string{"number", "starter"}, "number"},
		{[]string{"starter", "number"}, "number"},
		{[]string{"upper", "clock"}, "clock"},
	}
	for _, tc := range tests {
		l := &language{endings: map[string]string{}}
		for _, kind := range tc.kinds {
			l.end("x", kind)
		}
		if got := l.endings["x"]; got != tc.want {
			t.Errorf("%q: %q, want %q", tc.kinds, got, tc.want)
		}
	}
}
