package extract_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"lector"
	"lector/worker/extract"
	"lector/worker/growthtest"
)

// FuzzExtract: whatever comes in, each block has its text and its rule, and a
// page is refused only for a reason that a person can act on.
func FuzzExtract(f *testing.F) {
	for name, shape := range shapes {
		for _, s := range stories(f)[:2] {
			f.Add([]byte(shape(s)))
		}
		_ = name
	}
	f.Add([]byte("<p>a<p>b<!--members-only--><p>c"))
	f.Add([]byte("by A B January 1, 2025\n\ntext.\n\nNews Feed\n\n5:04 PM"))
	f.Add([]byte(`{"data":{"body":{"content":"<p>x</p>"},"visibility":"public"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := extract.File("fuzz", data, extract.Rules{})
		if err != nil && (!lector.IsPermanent(err) || lector.HintOf(err) == "") {
			t.Fatalf("%q: %v", data, err)
		}
		behind := false
		for _, b := range p.Blocks {
			if strings.TrimSpace(b.Rule) == "" || !utf8.ValidString(b.Text) || b.Keep && b.Text == "" {
				t.Errorf("block %+v of %q", b, data)
			}
			behind = behind || b.Rule == "members only"
			if behind && b.Keep && b.Kind != lector.Title && b.Kind != lector.Byline && b.Kind != lector.Standfirst {
				t.Errorf("block %+v stands behind the members-only cut", b)
			}
		}
	})
}

// hard are inputs that are made to be slow.
var hard = map[string]func(n int) string{
	"nested divs": func(n int) string {
		return strings.Repeat("<div>", n) + "Text in the depth." + strings.Repeat("</div>", n)
	},
	"nested spans":  func(n int) string { return strings.Repeat("<span class=a>", n) + "Text in the depth." },
	"nested lists":  func(n int) string { return strings.Repeat("<ul><li>x", n) },
	"nested b":      func(n int) string { return strings.Repeat("<p><b><i>x", n) },
	"nested tables": func(n int) string { return strings.Repeat("<table><tr><td>x", n) },
	"unclosed a":    func(n int) string { return strings.Repeat("<a href=/x>x ", n) },
	"no space":      func(n int) string { return strings.Repeat("x", n*10) },
	"digits":        func(n int) string { return "<!doctype html><p>" + strings.Repeat("1234567890", n) + "." },
	"strokes":       func(n int) string { return "<!doctype html><p>" + strings.Repeat("-/|–", n) },
	"stops":         func(n int) string { return "<!doctype html><p>Text" + strings.Repeat(".", n*10) },
	"quotation":     func(n int) string { return "<!doctype html><p>" + strings.Repeat("“a ", n) },
	"preformatted":  func(n int) string { return "<!doctype html><pre>" + strings.Repeat("A line of a letter.\n\n", n) },
	"entities":      func(n int) string { return "<p>" + strings.Repeat("&amp;", n) + "</p>" },
	"lines":         func(n int) string { return strings.Repeat("Line of text\n", n) },
	"paragraphs": func(n int) string {
		return "<!doctype html><body>" + strings.Repeat("<p>This is a paragraph of text, which says little.</p>", n)
	},
	"quotes": func(n int) string {
		return strings.Repeat("<blockquote>This is a quote of some length.</blockquote>", n)
	},
	"headings":        func(n int) string { return strings.Repeat("<h2>Heading</h2>", n) + "<p>Text at the end of it.</p>" },
	"dropped inlines": func(n int) string { return "<p>" + strings.Repeat(`x<sup><a href=#>1</a></sup>`, n) },
	"markers":         func(n int) string { return strings.Repeat("Read also\n\nA headline of something else\n\n", n) },
	"classes": func(n int) string {
		return `<div class="` + strings.Repeat("related-x ", n) + `"><p>Text of the thing.</p></div>`
	},
	"comments": func(n int) string { return strings.Repeat("<!--x-->", n) + "<p>Text of the thing.</p>" },
	"pictures": func(n int) string {
		return "<!doctype html><body>" + strings.Repeat(`<div><p><img alt="A picture of a bridge that was opened on Monday"></p><p align=center>A bridge.</p></div>`, n)
	},
	"slides": func(n int) string {
		return "<!doctype html><ul>" + strings.Repeat("<li><h2>1/50 A picture</h2><p>What it shows, in a sentence.</p></li>", n)
	},
	"titles": func(n int) string {
		return "<!doctype html><title>" + strings.Repeat("A part | ", n) + "</title>" + strings.Repeat("<h2>A heading of some length</h2>", n) + "<p>Text at the end of it.</p>"
	},
	"asides": func(n int) string {
		return "<!doctype html><article>" + strings.Repeat("<p>This is a paragraph of the text, which says little.</p><div><p>A sentence that stands apart.</p></div>", n) + "</article>"
	},
	"wrapped": func(n int) string {
		return strings.Repeat("A line of text that goes on and on until the column ends, and\nthen a rest.\n\n", n)
	},
	"shortcodes": func(n int) string { return "<p>" + strings.Repeat(`[a b="c"]text[/a] [`, n) + "</p>" },
	"items": func(n int) string {
		return "<html><ul>" + strings.Repeat("<li><h3><a href=/>Some other headline</a></h3><p>An excerpt of it.</p></li>", n)
	},
}

// TestBadInput: what no newsroom would publish is read as far as it is text, and
// nothing of it is lost.
func TestBadInput(t *testing.T) {
	t.Parallel()
	const sentence = "The minister opened the bridge on Monday, and everybody came to look at it."
	wrap := func(inside string) string {
		return "<!doctype html><title>The bridge</title><article><h1>The bridge</h1><p>" + sentence + "</p>" + inside + "</article>"
	}
	tests := map[string]struct{ page, text string }{
		"10,000 elements in each other": {wrap(strings.Repeat("<div>", 10_000) + "<p>" + sentence + " Twice." + strings.Repeat("</div>", 10_000)), sentence + " Twice."},
		"10,000 spans in each other":    {wrap("<p>" + strings.Repeat("<span>", 10_000) + sentence + " Twice."), sentence + " Twice."},
		"a megabyte without a space":    {wrap("<p>" + strings.Repeat("x", 1<<20) + "</p>"), strings.Repeat("x", 1<<20)},
		"200 kB of digits":              {wrap("<p>" + strings.Repeat("7", 200<<10) + ".</p>"), strings.Repeat("7", 200<<10)},
		"200 kB of stops":               {wrap("<p>So" + strings.Repeat(".", 200<<10) + "</p>"), "So" + strings.Repeat(".", 200<<10)},
		"200 kB of calls":               {wrap("<p>" + strings.Repeat("call 12 ", 25<<10) + "</p>"), strings.TrimSpace(strings.Repeat("call 12 ", 25<<10))},
		"scripts in one word":           {wrap("<p>The Mоskва river, in lеtters of two kinds, was still frozen on Monday.</p>"), "Mоskва"},
		"no end tag at all":             {"<!doctype html><title>The bridge<body><article><h1>The bridge</h1><p>" + sentence + "<p>" + sentence + " Twice.", sentence + " Twice."},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := extract.File(name, []byte(tc.page), extract.Rules{})
			if err != nil && lector.HintOf(err) == "" {
				t.Fatal(err)
			}
			found := false
			for _, b := range p.Blocks {
				found = found || strings.Contains(b.Text, tc.text)
			}
			if !found {
				t.Error("neither read nor among what is dropped")
			}
			if !strings.Contains(spoken(p), sentence) && !strings.HasPrefix(name, "no end") {
				t.Errorf("the article itself is not read: %.200q", spoken(p))
			}
		})
	}
}

// TestLinear: sixteen times the input takes about sixteen times as long, also
// for input that is made to be slow.
func TestLinear(t *testing.T) {
	t.Parallel()
	for name, make := range hard {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			growthtest.Linear(t, make(300), make(4800), func(src string) {
				_, _ = extract.File("hard", []byte(src), extract.Rules{}) // refused or not: the work counts
			})
		})
	}
}
