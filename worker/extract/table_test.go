package extract_test

import (
	"slices"
	"testing"

	"lector"
	"lector/worker/extract"
)

// TestTables: where a site wants tables of data to be read, each row is one item; what a
// rule drops stays dropped, and tables that only lay out text are read as text.
func TestTables(t *testing.T) {
	t.Parallel()
	const text = "<p>The minister opened the bridge on Monday.</p>"
	const read = "paragraph: The minister opened the bridge on Monday."
	ships := func(row string) string {
		return text + "<table><thead><tr><th>Year</th><th>Ships</th><th>Port</th></tr></thead><tbody><tr>" + row + "</tr></tbody></table>"
	}
	rows := func(all ...string) []string { return append([]string{read, "item: Year, Ships, Port"}, all...) }
	tests := map[string]struct {
		body string
		want []string
		rule string // of the first dropped block
	}{
		"numbers alone":      {ships("<td>2025</td><td>412</td><td>7</td>"), rows("item: 2025, 412, 7"), ""},
		"paragraphs in one":  {ships("<td><p>2025</p><p>(half)</p></td><td>412</td>"), rows("item: 2025 (half), 412"), ""},
		"an empty one":       {ships("<td>2025</td><td> </td><td>Odesa</td>"), rows("item: 2025, Odesa"), ""},
		"one that ends":      {ships("<td>In all:</td><td>412</td>"), rows("item: In all: 412"), ""},
		"marks and links":    {ships(`<td><b>20</b>25</td><td><a href="/x">412</a></td>`), rows("item: 2025, 412"), ""},
		"hidden":             {ships("<td>2025</td><td hidden>0</td><td>Odesa</td>"), rows("item: 2025, Odesa"), "hidden"},
		"skipped":            {ships(`<td>2025</td><td data-audio="skip">412</td>`), rows("item: 2025"), `markup: data-audio="skip"`},
		"a table in one":     {ships("<td>2025</td><td><table><tr><td>a</td><td>b</td><td>c</td><td>d</td></tr></table></td>"), rows("item: 2025, a, b, c, d"), ""},
		"layout":             {text + "<table><tr><td><p>The keeper kept a diary of every storm.</p></td></tr></table>", []string{read, "paragraph: The keeper kept a diary of every storm."}, ""},
		"in what is dropped": {text + `<nav><table><tr><th>Sport</th><th>Weather</th></tr></table></nav>`, []string{read}, "tag: nav"},
		"members only":       {text + "<!--members-only-->" + "<table><tr><th>Year</th></tr></table>", []string{read}, "members only"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := lector.Article{Visibility: lector.Public, Body: lector.Body{ContentType: lector.HTML, Content: test.body}}
			p, err := extract.Article(a, extract.Rules{Tables: true})
			if err != nil {
				t.Fatal(err)
			}
			if got := kept(p); !slices.Equal(got, test.want) {
				t.Errorf("read %q, want %q", got, test.want)
			}
			if dropped := p.Dropped(); (test.rule == "") != (len(dropped) == 0) || test.rule != "" && dropped[0].Rule != test.rule {
				t.Errorf("dropped %+v, want the rule %q", dropped, test.rule)
			}
		})
	}
}

// TestTablesAreLeftOut: where a site wants none, a table of data is one dropped block.
func TestTablesAreLeftOut(t *testing.T) {
	t.Parallel()
	a := lector.Article{Visibility: lector.Public, Body: lector.Body{
		ContentType: lector.HTML,
		Content:     "<p>The minister opened the bridge on Monday.</p><table><tr><th>Year</th><td>2025</td></tr></table>",
	}}
	p, err := extract.Article(a, extract.Rules{})
	if err != nil {
		t.Fatal(err)
	}
	if dropped := p.Dropped(); len(kept(p)) != 1 || len(dropped) != 1 || dropped[0].Text != "Year · 2025" {
		t.Errorf("read %q, dropped %+v", kept(p), dropped)
	}
}
