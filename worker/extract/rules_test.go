package extract_test

import (
	"slices"
	"strings"
	"testing"

	"lector"
	"lector/worker/extract"
)

const (
	opening = "<p>The minister opened the bridge on Monday, and everybody came to look at it.</p>"
	closing = "<p>A second bridge is to follow in the spring, the minister said, if the money lasts.</p>"
)

// framed is a page with something between the two paragraphs of its text.
func framed(inside string) string {
	return `<!doctype html><html><head><link rel="canonical" href="https://paper.example/bridge"><title>The bridge is open | Paper</title></head><body><article><h1>The bridge is open</h1><div class="text">` + opening + inside + closing + `</div></article></body></html>`
}

// TestPageRules: what stands in the text of a page and is no part of it is
// dropped, by the rule that fits; what only looks like it is read.
func TestPageRules(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ inside, text, rule string }{ // no rule: it is read
		"caption in a box":          {`<div><img src=a><div>Crowds at the north end.</div></div>`, "Crowds at the north end.", "caption: in one box with a picture"},
		"caption like its picture":  {`<img src=a alt="Crowds wait at the north end of the bridge."><ul><li>Crowds wait at the north end of the bridge</li></ul>`, "Crowds wait at the north end of the bridge", "caption: the picture's own description"},
		"caption like its source":   {`<picture><source><img alt="Crowds wait at the north end of the bridge."></picture><ul><li>Crowds wait at the north end of the bridge</li></ul>`, "Crowds wait at the north end of the bridge", "caption: the picture's own description"},
		"cookies of the page":       {`<div class="c7"><h3>Cookies</h3><p>This website stores cookies on your device. Some are needed, and others help us to count visits.</p></div>`, "Cookies", "cookie notice: most of the box"},
		"heading of a gallery":      {`<div><h3>News in pictures</h3><ul><li><h3>1/12 North</h3></li><li><h3>2/12 South</h3></li></ul></div>`, "News in pictures", "gallery"},
		"caption of an agency":      {`<p>FILE - The old bridge, seen from the north in 2011.</p>`, "FILE - The old bridge, seen from the north in 2011.", "text: credit"},
		"comments in German":        {`<div class="KommentarListe"><p>I have seen better bridges, and cheaper ones.</p></div>`, "I have seen better bridges", "class: comments"},
		"list of others in Italian": {`<div class="leggi-anche"><p>The ferry goes to the museum next week, they say.</p></div>`, "The ferry goes", "class: related"},
		"licence in German":         {`<p>Sofern nicht anders angegeben, stehen alle Texte unter einer freien Lizenz.</p>`, "Sofern nicht anders", "text: legal notice"},
		"contract in German":        {`<p>Soweit nicht anders vereinbart, gilt die alte Frist bis zum Herbst weiter.</p>`, "Soweit nicht anders", ""},
		"opinion in German":         {`<div class="kommentar"><p>The bridge is a mistake, and we shall all pay for it.</p></div>`, "The bridge is a mistake", ""},
		"component of a CMS":        {`<div class="cmp cmp-text"><p>It took nine years, two contractors and a court.</p></div>`, "It took nine years", ""},
		"caption in the paragraph":  {`<p><span class="caption">Crowds.</span>People waited for an hour.</p>`, "Crowds.", "class: caption"},
		"form without form":         {`<div><b>The city, explained</b><input type=email></div>`, "The city, explained", "form"},
		"credit in brackets":        {`<p>(Photo by Jane Doe/Getty Images)</p>`, "(Photo by Jane Doe/Getty Images)", "text: credit"},
		"gallery":                   {`<ul><li><h3>1/12 North</h3><p>The north end at dawn.</p></li><li><h3>2/12 South</h3><p>The south end at dusk.</p></li></ul>`, "The south end at dusk.", "gallery"},
		"member's offer":            {`<p>Enjoying this? <a href="#/portal/signup">Join them</a>.</p>`, "Enjoying this? Join them.", "text: appeal"},
		"box with a link":           {`<div>Knives that forgive. <a href="https://x.example/k">Get 20% off</a></div>`, "Knives that forgive. Get 20% off", "box with a link"},
		"republished":               {`<p>This article first appeared in The Lantern.</p>`, "This article first appeared in The Lantern.", "text: note about the article"},
		"quote in pieces":           {`<p>"We came early to the river," she said, "and saw nothing at all."</p><blockquote>We came early to the river and saw nothing at all.</blockquote>`, "We came early to the river and saw nothing at all.", "pull quote repeats the body"},
		"question as a link":        {`<div><p><a href="/old">Why did the old bridge fall?</a></p></div>`, "Why did the old bridge fall?", "link alone"},
		"shortcodes":                {`<p>[caption id="a" width="3"] North.[/caption] [gallery ids="1"]</p>`, `[caption id="a" width="3"] North.[/caption] [gallery ids="1"]`, "text: shortcode"},
		"leia também":               {`<p>Leia também: <a href="/x">A ponte velha</a></p>`, "Leia também: A ponte velha", "text: read also"},
		"関連記事":                      {`<p>【関連記事】<a href="/x">古い橋</a></p>`, "【関連記事】古い橋", "text: read also"},
		"اقرأ أيضا":                 {`<p>اقرأ أيضا: <a href="/x">الجسر القديم</a></p>`, "اقرأ أيضا: الجسر القديم", "text: read also"},
		"heading that is an anchor": {`<h2><a href="#north">The north end, where it all began</a></h2><p>It is the older one, and the steeper.</p>`,
			"The north end, where it all began", ""},
		"heading that links abroad": {`<h2><a href="https://shop.example/a">“Bridges of the North” by A. Marlowe ($50)</a></h2><p>It is the better one of the two books.</p>`,
			"“Bridges of the North” by A. Marlowe ($50)", ""},
		"item that is a link":      {`<ul><li>It is long.</li><li><a href="/x">It is steep</a></li><li>It is blue.</li></ul>`, "It is steep", ""},
		"text around a shortcode":  {`<p>Entry is [b color="x"]free[/b] on Sundays, she said.</p>`, "Entry is free on Sundays, she said.", ""},
		"sentence with a link":     {`<div><p>The plans are shown on <a href="/plans">the city's own page</a>, she said.</p></div>`, "The plans are shown on the city's own page, she said.", ""},
		"words that meet":          {`<p><b>North</b><i>East of the bridge stands a mill, which is older.</i></p>`, "North East of the bridge stands a mill, which is older.", ""},
		"short step among longer":  {`<div class="step"><img src=a><p>It runs for nine miles along the coast, over two rivers and a marsh, and whoever walks it in one day has earned his supper and a good night, as the people say who live at its northern end and have never once been seen to walk any of it. It runs for nine miles along the coast, over two rivers and a marsh, and whoever walks it in one day has earned his supper and a good night, as the people say who live at its northern end and have never once been seen to walk any of it. </p></div><div class="step"><img src=b><p>Then it ends, quite suddenly.</p></div>`, "Then it ends, quite suddenly.", ""},
		"quote that is discussed":  {`<blockquote>Fares rise, and drivers come online at once.</blockquote><div><p>“… and drivers come online …”</p></div>`, "“… and drivers come online …”", ""},
		"cookies in a quote":       {`<p>“We use cookies because we have no other income,” said a publisher from Lyon.</p>`, "“We use cookies because we have no other income,” said a publisher from Lyon.", ""},
		"column beside a picture":  {`<div class="wp-block-media-text"><figure class="wp-block-media-text__media"><img src=a></figure><div class="wp-block-media-text__content"><p>The keeper kept a diary of every storm.</p></div></div>`, "The keeper kept a diary of every storm.", ""},
		"heading on a picture":     {`<div class="wp-block-cover"><img src=a><div class="wp-block-cover__inner-container"><h2>The second winter</h2></div></div><p>In the second winter the ice came early.</p>`, "The second winter", ""},
		"correction":               {`<p><em>Correction: Jane Doe is an engineer, not a minister.</em></p>`, "Correction: Jane Doe is an engineer, not a minister.", ""},
		"short text beside a text": {`<div><p>It is blue.</p></div>`, "It is blue.", ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := extract.File(name, []byte(framed(tc.inside)), extract.Rules{})
			if err != nil {
				t.Fatal(err)
			}
			at := slices.IndexFunc(p.Blocks, func(b extract.Block) bool { return strings.Contains(b.Text, tc.text) })
			if at < 0 {
				t.Fatalf("no block %q in %+v", tc.text, p.Blocks)
			}
			if b := p.Blocks[at]; b.Keep != (tc.rule == "") || tc.rule != "" && b.Rule != tc.rule {
				t.Errorf("kept: %v, by %q; want %q", b.Keep, b.Rule, tc.rule)
			}
			if !strings.HasPrefix(spoken(p), "The minister opened") || !strings.HasSuffix(spoken(p), "if the money lasts.\n") {
				t.Errorf("read %q", spoken(p))
			}
		})
	}
}

// TestHead: title, author and standfirst as pages show them when their data
// does not state them.
func TestHead(t *testing.T) {
	t.Parallel()
	const text = `<div class="text">` + opening + closing + `</div>`
	tests := map[string]struct{ page, title, author, subtitle string }{
		"heading that the page names":    {`<title>The bridge is open | News | Paper</title><h1>Paper of the Coast</h1><h2>The bridge is open</h2>` + text, "The bridge is open", "", ""},
		"site's name in front":           {`<title>Paper - The bridge is open today</title><p>The bridge is open today<br>By Jane Doe</p>` + text, "The bridge is open today", "", ""},
		"name behind its word":           {`<h1>The bridge is open</h1><span>Written By</span> <a class="author" href="/a">Jane Doe</a>` + text, "The bridge is open", "Jane Doe", ""},
		"name by its link":               {`<h1>The bridge is open</h1><ul><li><a href="/author/jane/">Jane Doe</a></li></ul>` + text, "The bridge is open", "Jane Doe", ""},
		"name above a date":              {`<h1>The bridge is open</h1><div>Jane Doe</div><div>March 3, 2025 · 4 min read</div>` + text, "The bridge is open", "Jane Doe", ""},
		"topic above a date":             {`<h1>The bridge is open</h1><div><a href="/topics/roads/">Public Roads</a></div><div>March 3, 2025</div>` + text, "The bridge is open", "", ""},
		"name behind a date":             {`<h1>The bridge is open</h1><div>18:22, 14.03.2025 By Jane Doe 1 902</div>` + text, "The bridge is open", "Jane Doe", ""},
		"part named by a data attribute": {`<h1>The bridge is open</h1><div data-testid="byline">Jane Doe, author of Paper AM</div>` + text, "The bridge is open", "Jane Doe", ""},
		"author by reference": {`<script type="application/ld+json">{"@graph":[{"@type":"NewsArticle","headline":"The bridge is open","author":{"@id":"#j"}},{"@type":"Person","@id":"#j","name":"Jane Doe"}]}</script><h1>The bridge is open</h1>` + text,
			"The bridge is open", "Jane Doe", ""},
		"user that is nobody":      {`<meta name="author" content="admin"><h1>The bridge is open</h1><p class="byline">By Jane Doe</p>` + text, "The bridge is open", "Jane Doe", ""},
		"description as a deck":    {`<meta property="og:description" content="It took nine years"><h1>The bridge is open</h1><p class="x1">It took nine years</p><article>` + text + `</article>`, "The bridge is open", "", "It took nine years"},
		"second heading as a deck": {`<article><h1>The bridge is open</h1><h2>Nine years, three ministers and a flood</h2>` + text + `</article>`, "The bridge is open", "", "Nine years, three ministers and a flood"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := extract.File(name, []byte("<!doctype html>"+tc.page), extract.Rules{})
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(p.Authors, ", "); p.Title != tc.title || got != tc.author || p.Subtitle != tc.subtitle {
				t.Errorf("%q by %q, %q", p.Title, got, p.Subtitle)
			}
			for _, b := range p.Kept() {
				if b.Kind == lector.Heading || b.Kind == lector.Item {
					t.Errorf("reads %q too", b.Text)
				}
			}
		})
	}
}

// TestClosing: what the article says of its author at its end is not read; what
// it says of others is.
func TestClosing(t *testing.T) {
	t.Parallel()
	const head = `<!doctype html><meta name="author" content="Jane Doe"><article><h1>The bridge is open</h1><div class="text">` + opening + closing
	tests := map[string]struct {
		last string
		read bool
	}{
		"author":             {"<p>Jane Doe is a columnist</p>", false},
		"somebody in italic": {"<p><em>Ann Lee is a fellow at the Institute of Roads.</em></p>", false},
		"somebody else":      {"<p>Ann Lee is survived by two sons and a bridge.</p>", true},
		"thing in italic":    {"<p><em>This is the longest bridge on the coast.</em></p>", true},
		"name alone":         {"<p>Jan Olsen</p>", false},
		"consent":            {"<p>We are very sorry, Jane Doe said, that it took so long.</p>", true},
	}
	for name, tc := range tests {
		p, err := extract.File(name, []byte(head+tc.last+"</div></article>"), extract.Rules{})
		if err != nil {
			t.Fatal(err)
		}
		if read := !strings.HasSuffix(spoken(p), "if the money lasts.\n"); read != tc.read {
			t.Errorf("%s: read %q", name, spoken(p))
		}
	}
}

// TestNotes tells notes about the article from what it tells of another text:
// "the report" is hardly ever the page's own.
func TestNotes(t *testing.T) {
	t.Parallel()
	tests := map[string]bool{ // is it read?
		"The report was written by two retired judges.":                  true,
		"The final report was reviewed by the ministry in May.":          true,
		"The report published on Monday said that the road was safe.":    true,
		"The analysis published in March found no fault with the pumps.": true,
		"The project was funded by the county and a bank.":               true,
		"The series was created by the team behind the film.":            true,
		"The story was translated by her sister in prison.":              true,
		"The video was edited by a neighbour before the trial.":          true,
		"The article was published in a journal of medicine.":            true,
		"The interview was edited by the broadcaster without notice.":    true,
		"This report was written by engineers who had left the firm.":    true,
		"This project was funded by the taxpayers of two counties.":      true,
		"This story was written by Jan Olsen for The Lantern.":           false,
		"This article was reported with two readers of the desk.":        false,
		"This series is part of a partnership of three newsrooms.":       false,
		"This project was supported by the Fund for Local News.":         false,
		"The interview has been edited and condensed for clarity.":       false,
		"The conversation was lightly edited for length and clarity.":    false,
		"The reporting was supported by a grant of the Fund for Water.":  false,
		"The article was originally published by The Lantern.":           false,
		"This article was first published by The Lantern.":               false,
		"The essay originally appeared in a journal.":                    false,
	}
	const head = `<!doctype html><article><h1>The bridge is open</h1><div class="text">` + opening + closing
	for last, read := range tests {
		p, err := extract.File("notes", []byte(head+"<p>"+last+"</p></div></article>"), extract.Rules{})
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(spoken(p), last) != read {
			t.Errorf("%q is read: %v, want %v", last, !read, read)
		}
	}
}
