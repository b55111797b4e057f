package extract_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lector"
	"lector/worker/extract"
)

// goldOpen and goldShut enclose, in the pages of testdata/pages, what is to be
// read.
const (
	goldOpen = "⟦"
	goldShut = "⟧"
)

// TestPages reads whole pages in the manner of many systems and houses, each
// made as it is made there, and scores what is read.
func TestPages(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/pages/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no pages", err)
	}
	var sum, precision, recall float64
	pages, junk := 0, 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range strings.Split(string(data), "=== ")[1:] {
			name, page, _ := strings.Cut(part, "\n")
			gold := goldOf(page)
			p, err := extract.File(name, []byte(strings.NewReplacer(goldOpen, "", goldShut, "").Replace(page)), extract.Rules{})
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			pr, re, f := score(heard(p, gold), gold)
			pages, precision, recall, sum = pages+1, precision+pr, recall+re, sum+f
			if f < 0.85 {
				t.Errorf("%s: F1 %.3f, precision %.3f, recall %.3f", name, f, pr, re)
			}
			for _, b := range p.Kept() {
				if running(b) && !strings.Contains(" "+letters(gold)+" ", " "+letters(b.Text)+" ") {
					if x, _, _ := score(b.Text, gold); x < 0.9 || len(tokens(b.Text)) < 7 {
						junk++
						t.Logf("%s: reads %q, %s", name, b.Text, b.Rule)
					}
				}
			}
		}
	}
	n := float64(pages)
	t.Logf("SCORE pages F1 %.4f precision %.4f recall %.4f on %d pages, %d pieces of furniture read", sum/n, precision/n, recall/n, pages, junk)
	if pages < 80 || sum/n < 0.985 || precision/n < 0.985 || recall/n < 0.985 || junk*20 > pages {
		t.Errorf("F1 %.4f, precision %.4f, recall %.4f on %d pages, %d pieces of furniture", sum/n, precision/n, recall/n, pages, junk)
	}
}

// goldOf returns what is to be read of a page.
func goldOf(page string) string {
	var b strings.Builder
	for _, part := range strings.Split(page, goldOpen)[1:] {
		text, _, _ := strings.Cut(part, goldShut)
		b.WriteString(text + "\n")
	}
	return b.String()
}

func running(b extract.Block) bool {
	return b.Kind != lector.Title && b.Kind != lector.Byline && b.Kind != lector.Standfirst
}

// heard is the running text that is read, with the standfirst where the page
// has it in its text.
func heard(p extract.Page, gold string) string {
	text := spoken(p)
	if p.Subtitle != "" && strings.Contains(letters(gold), letters(p.Subtitle)) {
		text = p.Subtitle + "\n" + text
	}
	return text
}
