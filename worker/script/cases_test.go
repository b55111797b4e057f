package script_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"lector/worker/script"
)

// caseStretch is "{as written|as said|another way to say it}" in a case.
var caseStretch = regexp.MustCompile(`\{([^{}|]*)\|([^{}]*)\}`)

// spokenCase is one line of a pack's cases: what is written, and for each of its
// sentences what may be said for it.
type spokenCase struct {
	line, written string
	sentences     []string
	said          *regexp.Regexp
}

func parseCase(line string) spokenCase {
	c := spokenCase{line: line}
	written := caseStretch.ReplaceAllString(line, "$1")
	c.sentences = strings.Split(written, " ¦ ")
	c.written = strings.Join(c.sentences, " ")
	var said strings.Builder
	at := 0
	line = strings.ReplaceAll(line, " ¦ ", " ")
	for _, m := range caseStretch.FindAllStringSubmatchIndex(line, -1) {
		said.WriteString(regexp.QuoteMeta(voiced(line[at:m[0]])))
		ways := strings.Split(line[m[4]:m[5]], "|")
		for i, way := range ways {
			ways[i] = regexp.QuoteMeta(voiced(way))
		}
		said.WriteString("(?:" + strings.Join(ways, "|") + ")")
		at = m[1]
	}
	said.WriteString(regexp.QuoteMeta(voiced(line[at:])))
	c.said = regexp.MustCompile("^" + strings.ReplaceAll(said.String(), " ", "") + "$")
	return c
}

// voiced leaves of a text what a voice tells apart: no case, no spaces, hyphens
// and stops, one apostrophe.
func voiced(s string) string {
	return strings.NewReplacer("-", "", "–", "", "—", "", ",", "", ".", "", " ", "", "\u00a0", "", "\u00ad", "", "ʼ", "'", "’", "'", "ё", "е").Replace(strings.ToLower(s))
}

// wrong says what is wrong with a case, "" for nothing.
func (c spokenCase) wrong(lang string) string {
	sentences := script.Sentences(c.written, lang)
	if strings.Join(sentences, " ¦ ") != strings.Join(c.sentences, " ¦ ") {
		return "split as " + strings.Join(sentences, " ¦ ")
	}
	var said []string
	for _, s := range sentences {
		text, _ := script.Normalise(s, lang, script.Full)
		said = append(said, text)
	}
	if text := strings.Join(said, " "); !c.said.MatchString(voiced(text)) {
		return "said as " + text
	}
	return ""
}

func readCases(t *testing.T, file string) []spokenCase {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var cases []spokenCase
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			cases = append(cases, parseCase(line))
		}
	}
	return cases
}

// TestCases holds what each language's pack says on its own cases.
func TestCases(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("lang/*/cases.txt")
	if err != nil || len(files) < 9 {
		t.Fatalf("the cases are not all there: %v, %v", files, err)
	}
	for _, file := range files {
		lang := filepath.Base(filepath.Dir(file))
		if _, err := os.Stat(filepath.Join(filepath.Dir(file), "language.txt")); err != nil {
			t.Errorf("%s is no pack yet, so that its cases are not tried: %v", lang, err)
			continue
		}
		cases := readCases(t, file)
		for i, c := range cases {
			if wrong := c.wrong(lang); wrong != "" {
				t.Errorf("%s: case %d: %s\n%s", lang, i+1, c.line, wrong)
			}
		}
		if len(cases) < 120 {
			t.Errorf("%s: only %d cases", lang, len(cases))
		}
	}
}
