package extract_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"lector"
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

// TestWords: what the markup of a sentence says of its words.
func TestWords(t *testing.T) {
	t.Parallel()
	const end = " It was a long evening for all who sat there."
	tests := map[string]struct{ body, want string }{
		"struck out":             {"The mayor <del>refused</del> signed the <s>draft</s> treaty.", "The mayor signed the treaty."},
		"struck out by style":    {`The gate is <span style="text-decoration: line-through">shut</span> open.`, "The gate is open."},
		"ruby":                   {"They walked to <ruby>Nara<rt>nah-rah</rt></ruby> in the rain.", "They walked to Nara in the rain."},
		"note behind a stop":     {"The dam broke in 1926.<sup>3</sup> Nobody rebuilt it.", "The dam broke in 1926. Nobody rebuilt it."},
		"note behind a word":     {"The dam<sup>*</sup> broke.", "The dam broke."},
		"note behind a number":   {"It held 14,300<sup>2</sup> barrels.", "It held 14,300 barrels."},
		"power":                  {"It held 10<sup>4</sup> barrels.", "It held 104 barrels."},
		"isotope":                {"The mud held <sup>90</sup>Sr.", "The mud held 90Sr."},
		"button in the sentence": {"Press <button>Start</button> and wait.", "Press Start and wait."},
	}
	for name, tc := range tests {
		a := lector.Article{Visibility: lector.Public, Body: lector.Body{ContentType: lector.HTML, Content: "<p>" + tc.body + end + "</p>"}}
		p, err := extract.Article(a, extract.Rules{})
		if err != nil {
			t.Fatal(name, err)
		}
		if got := spoken(p); got != tc.want+end+"\n" {
			t.Errorf("%s: read %q", name, got)
		}
	}
}

// TestArticleInText: plain text that is an article and nothing else is read
// whole, whatever its paragraphs end in.
func TestArticleInText(t *testing.T) {
	t.Parallel()
	const text = "Rowers reach the cape\n\nThe six rowers came round the cape at dawn and were met by half of the town 🚣\n\n" +
		"Their log can be read at https://rowers.example/log\n\nThey had been at sea for forty days, with lit-\ntle to eat, the skipper said, and asked\nfor bread #rowing\n"
	p, err := extract.File("rowers.txt", []byte(text), extract.Rules{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"The six rowers came round the cape at dawn and were met by half of the town 🚣", "Their log can be read at https://rowers.example/log"}
	got := strings.Split(strings.TrimSpace(spoken(p)), "\n")
	if p.Title != "Rowers reach the cape" || len(p.Dropped()) > 0 || len(got) != 3 || !slices.Equal(got[:2], want) || !strings.HasSuffix(got[2], "asked for bread #rowing") {
		t.Errorf("title %q, read %q, dropped %+v", p.Title, got, p.Dropped())
	}
}

// TestUnusualPages: a lead in a box of its own, a caption without an end, a text
// that only the page's data hold, a time in the story.
func TestUnusualPages(t *testing.T) {
	t.Parallel()
	const one = "The two ferries of the valley will be replaced by a cable car, the district said on Tuesday."
	const two = "It is to carry four hundred people an hour, and will cost less than a new ship, the engineers said."
	const three = "Opponents fear for the view, and have called a meeting in the school for the end of the month."
	const four = "The ferrymen were not asked, one of them said while he tied his boat to the pier for the night."
	body := "<p>" + two + "</p><p>" + three + "</p>"
	tests := map[string]struct {
		page  string
		lines int
	}{
		"lead in a teaser":       {`<h1>A cable car</h1><div class="teaser"><p>` + one + `</p></div><div class="article-body">` + body + body + `</div>`, 3},
		"lead beside the text":   {`<h1>A cable car</h1><div><p>` + one + `</p></div><div><div class="x"><article>` + body + `</article></div></div>`, 3},
		"caption without an end": {`<article><h1>A cable car</h1><p>` + one + `</p><figure><img src=a><figcaption>The old ferry.` + body + `<p>` + four + `</p></article>`, 4},
		"text in the data":       {`<script type="application/ld+json">{"@type":"NewsArticle","headline":"A cable car","articleBody":"` + strings.Repeat(one+" "+two+" "+three+" ", 2) + `"}</script><div id="app"></div>`, 1},
	}
	for name, tc := range tests {
		p, err := extract.File(name, []byte("<!doctype html><title>A cable car</title>"+tc.page), extract.Rules{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		got := spoken(p)
		for _, s := range []string{one, two, three} {
			if !strings.Contains(got, s) {
				t.Errorf("%s: does not read %q but %q", name, s, got)
			}
		}
		if n := strings.Count(got, "\n"); n != tc.lines {
			t.Errorf("%s: read %d lines: %q", name, n, got)
		}
	}
	p, err := extract.File("time", []byte(`<!doctype html><article><h1>A flood</h1><p>The river rose on <time datetime="1962-02-17">17 February 1962</time>, and did not fall for two weeks, as the older people tell.</p></article>`), extract.Rules{})
	if err != nil || !p.Published.IsZero() {
		t.Errorf("published %v, %v", p.Published, err)
	}
}
