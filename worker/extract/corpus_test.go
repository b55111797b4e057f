package extract_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"lector"
	"lector/worker/extract"
)

// TestCorpus reads every story in every shape and scores what is read against
// what should be: token F1, and pieces of furniture read aloud.
func TestCorpus(t *testing.T) {
	t.Parallel()
	var sum, precision, recall float64
	pages, junk := 0, 0
	for _, name := range slices.Sorted(maps.Keys(shapes)) {
		for _, s := range stories(t) {
			p, err := extract.File(name, []byte(shapes[name](s)), extract.Rules{})
			if err != nil {
				t.Errorf("%s, %s: %v", name, s.lang, err)
			}
			if again, _ := extract.File(name, []byte(shapes[name](s)), extract.Rules{}); !reflect.DeepEqual(again, p) {
				t.Errorf("%s, %s: read in another way the second time", name, s.lang)
			}
			got := spoken(p)
			pr, re, f := score(got, s.body())
			pages, precision, recall, sum = pages+1, precision+pr, recall+re, sum+f
			if f < 0.97 {
				t.Logf("%s, %s: F1 %.3f, read %q", name, s.lang, f, got)
			}
			if !strings.HasSuffix(name, "body") && letters(p.Title) != letters(s.title) {
				t.Errorf("%s, %s: the title is %q", name, s.lang, p.Title)
			}
			for _, j := range s.junk() {
				if strings.Contains(letters(got), letters(j)) {
					junk++
					t.Logf("%s, %s: reads %q", name, s.lang, j)
				}
			}
		}
	}
	n := float64(pages)
	t.Logf("SCORE extraction F1 %.4f precision %.4f recall %.4f on %d pages, %d pieces of furniture read", sum/n, precision/n, recall/n, pages, junk)
	if pages < 60 || sum/n < 0.985 || junk*20 > pages {
		t.Errorf("F1 %.4f on %d pages, %d pieces of furniture", sum/n, pages, junk)
	}
}

// spoken is the running text that is read.
func spoken(p extract.Page) string {
	var b strings.Builder
	for _, x := range p.Kept() {
		switch x.Kind {
		case lector.Title, lector.Byline, lector.Standfirst:
		default:
			b.WriteString(x.Text + "\n")
		}
	}
	return b.String()
}

// tokens are the words of a text; raised and lowered digits count as digits, as
// in notes that were written by hand.
func tokens(s string) []string {
	return strings.FieldsFunc(strings.ToLower(norm.NFKC.String(s)), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

func letters(s string) string { return strings.Join(tokens(s), " ") }

// score compares two texts as bags of words.
func score(got, want string) (precision, recall, f1 float64) {
	there := map[string]int{}
	g, w := tokens(got), tokens(want)
	for _, x := range w {
		there[x]++
	}
	hit := 0
	for _, x := range g {
		if there[x] > 0 {
			there[x]--
			hit++
		}
	}
	if hit == 0 {
		return 0, 0, 0
	}
	precision, recall = float64(hit)/float64(len(g)), float64(hit)/float64(len(w))
	return precision, recall, 2 * precision * recall / (precision + recall)
}
