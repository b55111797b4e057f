package extract_test

import (
	"strings"
	"testing"

	"lector/worker/extract"
)

// TestPlace: what a short block is depends on what stands beside it.
func TestPlace(t *testing.T) {
	t.Parallel()
	const (
		text    = `<div class="text">` + opening + closing + `</div>`
		subline = "Sixty years after it was planned, the bridge at last"
		lines   = "The bridge is open\nBy Jane Doe, 3 May 2025\n\nThe minister opened the bridge on Monday, and everybody came to look at it.\n\nIt took nine years, two contractors and a court, and the county paid for it.\n\n"
		ask     = `<p>Sign up for our newsletter and have it in your inbox each day. Subscribe <a href="/newsletter">here</a>!</p>`
	)
	page := func(inside string) string {
		return `<!doctype html><html lang="en"><title>The bridge is open</title><article>` + inside + `</article>`
	}
	tests := map[string]struct{ page, block, id string }{
		"below a picture in its box":       {page(`<h1>The bridge is open</h1>` + text + `<div class="k"><img src="a.jpg"><p>` + subline + `</p></div>`), subline, "caption.box"},
		"below a picture, with the title":  {page(`<div class="k"><h1>The bridge is open</h1><img src="a.jpg"><p>` + subline + `</p></div>` + text), subline, ""},
		"heading of what asks, at the end": {page(`<h1>The bridge is open</h1><div class="text">` + opening + closing + `<h3>Want more of it?</h3>` + ask + `</div>`), "Want more of it?", "pitch.heading"},
		"heading of the text":              {page(`<h1>The bridge is open</h1><div class="text">` + opening + `<h3>Want more of it?</h3>` + closing + "<p>It took nine years, two contractors and a court, and the county has paid for it all.</p>" + `</div>`), "Want more of it?", ""},
		"headline in a group with a list":  {lines + "Read also:\nThe ferry goes to the museum\n\nThe ferry sails on Sundays, as it did before.\n", "The ferry goes to the museum", "follows"},
		"paragraph behind that group":      {lines + "Read also:\nThe ferry goes to the museum\n\nThe ferry sails on Sundays, as it did before.\n", "The ferry sails on Sundays, as it did before.", ""},
		"excerpt below a headline":         {lines + "Read also:\n\nThe ferry goes to the museum\n\nThe ferry sails on Sundays, as it did before.\n", "The ferry sails on Sundays, as it did before.", "follows"},
	}
	for name, tc := range tests {
		p, err := extract.File(name, []byte(tc.page), extract.Rules{})
		if err != nil {
			t.Fatal(name, err)
		}
		found := false
		for _, b := range p.Blocks {
			if !strings.HasPrefix(b.Text, tc.block) {
				continue
			}
			found = true
			if b.ID != tc.id || b.Keep != (tc.id == "") {
				t.Errorf("%s: %s, %s; want %q", name, b.ID, b.Rule, tc.id)
			}
		}
		if !found {
			t.Errorf("%s: %q stands in no block", name, tc.block)
		}
	}
}
