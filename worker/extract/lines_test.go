package extract_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"lector/worker/extract"
)

// TestNothingDisappears: each word that a page shows stands in a block, kept or
// dropped, with its rule and its place.
func TestNothingDisappears(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/pages/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no pages", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range strings.Split(string(data), "=== ")[1:] {
			name, page, _ := strings.Cut(part, "\n")
			page = strings.NewReplacer(goldOpen, "", goldShut, "").Replace(page)
			p, err := extract.File(name, []byte(page), extract.Rules{})
			if err != nil {
				t.Fatal(name, err)
			}
			var there strings.Builder // words may meet: pages set them apart by their style
			for _, b := range p.Blocks {
				if b.Rule == "" || !b.Keep && b.Path == "" {
					t.Errorf("%s: no rule or no place: %+v", name, b)
				}
				there.WriteString(strings.Join(tokens(b.Text), ""))
			}
			for _, w := range tokens(shown(t, page)) {
				if !strings.Contains(there.String(), w) {
					t.Errorf("%s: %q is in no block", name, w)
				}
			}
		}
	}
}

// shown is the text of a page that a reader can see.
func shown(t *testing.T, page string) string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	var visit func(n *html.Node)
	visit = func(n *html.Node) {
		switch n.DataAtom {
		case atom.Head, atom.Script, atom.Style, atom.Noscript, atom.Svg, atom.Iframe, atom.Template:
			return
		}
		if n.Type == html.TextNode {
			b.WriteString(n.Data + " ")
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			visit(c)
		}
	}
	visit(doc)
	return b.String()
}
