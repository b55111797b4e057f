package script

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// expressions are those of a pack, by what they stand in.
func (p *pack) expressions() map[string]*expression {
	all := map[string]*expression{}
	for s := range p.shapes.first {
		name := s.class + " " + s.rule
		all[name] = s.pattern
		if s.never != nil {
			all[name+" never"] = s.never
		}
		for i, c := range s.behind {
			if c.text != nil {
				all[fmt.Sprint(name, " behind ", i)] = c.text
			}
		}
	}
	return all
}

// regexp returns the expression as package regexp reads it.
func (e *expression) regexp(tb testing.TB) *regexp.Regexp {
	tb.Helper()
	source := e.tree.String()
	for i, l := range e.lists {
		quoted := make([]string, len(l.words))
		for i, w := range l.words {
			quoted[i] = strings.ReplaceAll(regexp.QuoteMeta(w), " ", `[ \x{a0}]?`)
		}
		flags := "(?-i:"
		if l.fold {
			flags = "(?i:"
		}
		all := flags + strings.Join(quoted, "|") + ")"
		source = strings.ReplaceAll(source, string([]rune{listBase + rune(i), listEnd}), all)
		source = strings.ReplaceAll(source, fmt.Sprintf(`\x{%x}\x{f8ff}`, listBase+i), all)
	}
	re, err := regexp.Compile(source)
	if err != nil {
		tb.Fatal(err)
	}
	return re
}

// TestExpressions holds that every expression of every pack finds what package
// regexp finds, at the words of the pack's cases and of an article.
func TestExpressions(t *testing.T) {
	t.Parallel()
	article, err := os.ReadFile("../extract/testdata/articles.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, tag := range packTags(t) {
		t.Run(tag, func(t *testing.T) {
			t.Parallel()
			k, err := readPack(packFiles, "lang/"+tag, true)
			if err != nil {
				t.Fatal(err)
			}
			cases, err := os.ReadFile("lang/" + tag + "/cases.txt")
			if err != nil {
				t.Fatal(err)
			}
			texts := views(string(cases[:min(len(cases), 6000)])+"\n"+string(article[:2000]), view)
			for name, e := range k.expressions() {
				k.compare(t, name, e, texts)
			}
		})
	}
}

// views are the beginnings of a text's words and numbers, of n bytes at most.
func views(text string, n int) []string {
	var all []string
	for at := range text {
		if at == 0 || wordRune(firstRune(text[at:])) != wordRune(lastRune(text[:at])) {
			all = append(all, text[at:min(at+n, len(text))])
		}
	}
	return all
}

func (p *pack) compare(t *testing.T, name string, e *expression, texts []string) {
	t.Helper()
	re := e.regexp(t)
	var try trial
	found := 0
	for _, text := range texts {
		if want, got := re.MatchString(text), try.finds(e, text); want != got {
			t.Fatalf("%s in %q: %v, regexp %v", name, text, got, want)
		}
		want, got := re.FindStringSubmatchIndex(text), try.match(e, text)
		if want == nil || want[0] > 0 {
			continue
		}
		found++
		if len(want) > 2 && !slices.Equal(want[2:], got[2:]) || got == nil {
			t.Fatalf("%s at %q: %v, regexp %v", name, text, got, want)
		}
	}
	t.Logf("%s: %d of %d", name, found, len(texts))
}

// TestPacksAreReadInTwoWays: what is parsed when it is first used is the same as what is
// parsed at once.
func TestPacksAreReadInTwoWays(t *testing.T) {
	t.Parallel()
	for _, tag := range packTags(t) {
		lazy, err := readPack(packFiles, "lang/"+tag, false)
		if err != nil {
			t.Fatal(err)
		}
		checked, err := readPack(packFiles, "lang/"+tag, true)
		if err != nil {
			t.Fatal(err)
		}
		later, want := lazy.expressions(), checked.expressions()
		if len(later) != len(want) {
			t.Errorf("%s: %d expressions, want %d", tag, len(later), len(want))
		}
		for name, e := range want {
			later[name].program()
			if got := later[name].tree; !got.Equal(e.tree) {
				t.Errorf("%s: %s: %v, want %v", tag, name, got, e.tree)
			}
		}
	}
}
