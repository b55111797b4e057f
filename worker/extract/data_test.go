package extract_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"lector"
	"lector/worker/extract"
)

// TestPatterns: each pattern that the code names is there and compiles, and each
// that is there is named.
func TestPatterns(t *testing.T) {
	t.Parallel()
	there, err := os.ReadFile("data/patterns.txt")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for _, file := range files {
		code, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`\bexpr\("([^"]+)"\)`).FindAllStringSubmatch(string(code), -1) {
			named[m[1]] = true
		}
	}
	for line := range strings.Lines(string(there)) {
		name, expression, found := strings.Cut(strings.TrimSuffix(line, "\n"), " = ")
		if strings.HasPrefix(line, "#") || !found {
			continue
		}
		if _, err := regexp.Compile(expression); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !named[name] {
			t.Errorf("no code names the pattern %q", name)
		}
		delete(named, name)
	}
	for name := range named {
		t.Errorf("no pattern %q", name)
	}
}

// TestRuleIDs: each ID that the code names is a rule's, and each rule without
// conditions of its own is named in the code.
func TestRuleIDs(t *testing.T) {
	t.Parallel()
	named := regexp.MustCompile(`(?:get|origin|dropAll)\((?:[^"()]*, )?"([a-z.-]+[a-z])"|"([a-z]+\.[a-z-]+)"`)
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	code := ""
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		code += string(data)
		for _, m := range named.FindAllStringSubmatch(string(data), -1) {
			if m[1] != "" && !slices.Contains(extract.RuleIDs(), m[1]) {
				t.Errorf("%s: no rule %q", file, m[1])
			}
		}
	}
	rules, err := os.ReadFile("data/rules.txt")
	if err != nil {
		t.Fatal(err)
	}
	coded, _, _ := strings.Cut(string(rules), "# 2. ")
	for _, id := range extract.RuleIDs() {
		if strings.Contains(coded, "rule "+id+" ") && !strings.Contains(code, `"`+id+`"`) && !strings.HasPrefix(id, "tag.") {
			t.Errorf("no code names the rule %q", id)
		}
	}
}

// TestOff: a rule that a site switches off drops nothing; what is not for
// everybody stays so.
func TestOff(t *testing.T) {
	t.Parallel()
	const text = "<p>The minister opened the bridge on Monday.</p>"
	tests := map[string]struct{ id, body, read string }{
		"table":  {"tag.table", "<table><tr><th>Year</th><th>Cars</th></tr><tr><td>2024</td><td>a dozen</td></tr></table>", "a dozen"},
		"phrase": {"phrase.tags", "<p>Keywords</p>", "Keywords"},
		"class":  {"class.info-box", `<div class="infobox"><p>A fact worth hearing.</p></div>`, "A fact worth hearing."},
		"card":   {"card.bookmark", `<figure class="kg-bookmark-card"><p>A bridge too far.</p></figure>`, ""},
	}
	for name, tc := range tests {
		a := lector.Article{Visibility: lector.Public, Body: lector.Body{ContentType: lector.HTML, Content: text + tc.body}}
		on, err := extract.Article(a, extract.Rules{})
		if err != nil {
			t.Fatal(name, err)
		}
		dropped := on.Dropped()
		if len(dropped) == 0 || dropped[0].ID != tc.id || dropped[0].Reason == "" {
			t.Errorf("%s: dropped %+v, want the rule %s", name, dropped, tc.id)
		}
		off, err := extract.Article(a, extract.Rules{Off: []string{tc.id}})
		if err != nil {
			t.Fatal(name, err)
		}
		for _, b := range off.Dropped() {
			if b.ID == tc.id {
				t.Errorf("%s: %s dropped %q all the same", name, tc.id, b.Text)
			}
		}
		if !strings.Contains(spoken(off), tc.read) {
			t.Errorf("%s: read %q", name, spoken(off))
		}
	}
	for _, id := range []string{"members.cut", "markup.skip", "no.such"} {
		err := extract.Rules{Off: []string{id}}.Check()
		if err == nil || !strings.Contains(err.Error(), id) || lector.HintOf(err) == "" {
			t.Errorf("%s: %v, hint %q", id, err, lector.HintOf(err))
		}
	}
}

// TestWithOff: what is switched off besides the settings holds only where those say
// nothing of the rule, and what nobody can switch off stays on.
func TestWithOff(t *testing.T) {
	t.Parallel()
	site := extract.Rules{Off: []string{"tag.table"}, On: []string{"phrase.tags"}}
	if err := site.Check(); err != nil {
		t.Fatal(err)
	}
	with := site.WithOff([]string{"class.info-box", "phrase.tags", "members.cut", "gone.since"})
	if got := strings.Join(with.Off, " "); got != "tag.table class.info-box" || len(site.Off) != 1 {
		t.Errorf("off %q, of the site %q", got, site.Off)
	}
	if err := with.Check(); err != nil {
		t.Error(err)
	}
	for _, wrong := range []extract.Rules{{On: []string{"no.such"}}, {On: []string{"tag.table"}, Off: []string{"tag.table"}}} {
		if err := wrong.Check(); err == nil || lector.HintOf(err) == "" {
			t.Errorf("%+v: %v", wrong, err)
		}
	}
	if extract.CanSwitchOff("members.cut") || extract.CanSwitchOff("no.such") || !extract.CanSwitchOff("tag.table") {
		t.Error("what can be switched off")
	}
}

// TestOwnRules: the files of this package are as they must be, each pattern too.
func TestOwnRules(t *testing.T) {
	t.Parallel()
	if err := extract.LoadOwn(true); err != nil {
		t.Error(err)
	}
}

// TestRulesFile: a file that is not as it must be is refused with its line.
func TestRulesFile(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ rules, words, patterns, want string }{
		"no reason":         {"rule a.b\n", "", "", "rules.txt:1"},
		"twice":             {"rule a.b related\nrule a.b feed\n", "", "", "rules.txt:2"},
		"phrase twice":      {"rule a.b related\n  whole see also\nrule a.c feed\n  whole see also\n", "", "", "rules.txt:4"},
		"bad pattern":       {"rule a.b related\n  plain (\n", "", "", "rules.txt:2"},
		"unknown condition": {"rule a.b related\n  wohle see also\n", "", "", "rules.txt:2"},
		"no rule":           {"  whole see also\n", "", "", "rules.txt:1"},
		"bad number":        {"rule a.b related\n  under many\n", "", "", "rules.txt:2"},
		"list twice":        {"", "list a\n  b\nlist a\n  c\n", "", "words.txt:3"},
		"no list":           {"", "  b\n", "", "words.txt:1"},
		"pattern twice":     {"", "", "a = b\na = c\n", "patterns.txt:2"},
		"no pattern":        {"", "", "\n# a\na\n", "patterns.txt:3"},
	}
	for name, tc := range tests {
		if err := extract.Load(tc.rules, tc.words, tc.patterns); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %s", name, err, tc.want)
		}
	}
}
