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
		"power":                  {"It held 10<sup>4</sup> barrels.", "It held 10⁴ barrels."},
		"isotope":                {"The mud held <sup>90</sup>Sr.", "The mud held ⁹⁰Sr."},
		"cents":                  {"It cost $4<sup>99</sup> a piece.", "It cost $4.99 a piece."},
		"charge":                 {"It gives off SO<sub>4</sub><sup>2−</sup> at night.", "It gives off SO₄²⁻ at night."},
		"ordinal":                {"It is the 21<sup>st</sup> of them.", "It is the 21st of them."},
		"mark in brackets":       {"It fell.[4] It rose,[5] and it fell again.[6][note 7]", "It fell. It rose, and it fell again."},
		"no mark in brackets":    {"The list [4] names “th[e] man”.", "The list [4] names “th[e] man”."},
		"term that is a button":  {"They call it a <button class=term>revetment</button> because it slopes.", "They call it a revetment because it slopes."},
		"drop cap, heard whole":  {"<span aria-hidden=true>T</span><span class=sr-only>They</span><span aria-hidden=true>hey</span> came.", "They came."},
		"drop cap, one element":  {"<span class=visually-hidden>They</span><span aria-hidden=true><b>T</b>hey</span> came.", "They came."},
		"drop cap, a picture":    {"<img src=t alt=T>hey came.", "They came."},
		"anchor for the ear":     {"They came.<a href=#a><span aria-hidden=true>#</span><span class=sr-only>Link</span></a>", "They came."},
		"times side by side":     {"<time>14:20</time><span>5 boats</span> came.", "14:20 5 boats came."},
		"sentences side by side": {"<span>They came.</span><span>They went.</span>", "They came. They went."},
		"hover card":             {"She met Ann Lee<span class=hover-card>Ann Lee, 54</span> there.", "She met Ann Lee there."},
		"hover card by its role": {"She met Ann Lee<span role=tooltip>Ann Lee, 54</span> there.", "She met Ann Lee there."},
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
}

// TestTimeElement: a time inside a sentence is no date of the article, one in its
// head is.
func TestTimeElement(t *testing.T) {
	t.Parallel()
	for text, dated := range map[string]bool{
		`The river rose on <time datetime="1962-02-17">17 February 1962</time>, and did not fall for two weeks, as the older people tell.`: false,
		`It rose on <time datetime="1962-02-17">17 February 1962</time> and fell again.`:                                                   false,
		`<time datetime="2026-02-17">17 February 2026</time>`:                                                                              true,
		`By Ann Lee, <time datetime="2026-02-17">17 February 2026</time>`:                                                                  true,
	} {
		p, err := extract.File("time", []byte(`<!doctype html><article><h1>A flood</h1><p>`+text+`</p>`+opening+`</article>`), extract.Rules{})
		if err != nil || p.Published.IsZero() == dated {
			t.Errorf("%s: published %v, %v", text, p.Published, err)
		}
	}
}

// TestTimesOfEntries: where each entry has a time of its own, none of them is the date
// of the article.
func TestTimesOfEntries(t *testing.T) {
	t.Parallel()
	entry := func(at, shown string) string {
		return `<div><time datetime="` + at + `">` + shown + `</time><h3>Polls closed</h3><p>The first polling stations have closed in the east.</p></div>`
	}
	hours := entry("2026-11-28T21:14:00Z", "21:14") + entry("2026-11-28T20:02:00Z", "8.02 p.m. GMT")
	days := entry("2026-11-28T21:14:00Z", "28 November 2026") + entry("2026-11-27T20:02:00Z", "27 November 2026")
	page := func(body string) string {
		return `<!doctype html><article><h1>A flood</h1>` + body + opening + `</article>`
	}
	tests := map[string]struct {
		body  string
		dated bool
	}{
		"live blog as a page":   {page(hours), false},
		"live blog as a field":  {hours, false},
		"chronicle as a field":  {days, false},
		"other articles beside": {page(days), true},
		"one hour":              {page(entry("2026-11-28T21:14:00Z", "21:14")), true},
		"the same time twice":   {entry("2026-11-28T21:14:00Z", "21:14") + entry("2026-11-28T22:14:00+01:00", "22:14"), true},
		"chronicle in a list":   {page(`<ul><li>The river rose over the wall on <time datetime="1962-02-17">17 February 1962</time>, as the older people tell.</li></ul>`), false},
	}
	for name, tc := range tests {
		p, err := extract.File("live", []byte(tc.body), extract.Rules{})
		if err != nil || p.Published.IsZero() == tc.dated {
			t.Errorf("%s: published %v, %v", name, p.Published, err)
		}
	}
}
