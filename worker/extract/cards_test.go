package extract_test

import (
	"slices"
	"testing"

	"lector"
	"lector/worker/extract"
)

// TestRules holds single rules of bodies: what is kept of a fragment, and by
// which rule the rest is dropped.
func TestRules(t *testing.T) {
	t.Parallel()
	const text = "<p>The minister opened the bridge on Monday.</p>"
	const read = "paragraph: The minister opened the bridge on Monday."
	tests := map[string]struct {
		body  string
		rules extract.Rules
		want  []string
		rule  string // of the first dropped block
	}{
		"members only":               {text + "<!--members-only--><p>Secret text for members.</p>", extract.Rules{}, []string{read}, "members only"},
		"gated block":                {text + `<!--kg-gated-block:begin nonMember:false memberSegment:"status:-free" --><p>Secret text.</p><!--kg-gated-block:end-->`, extract.Rules{}, []string{read}, "members only: gated block"},
		"gate for visitors":          {text + `<!--kg-gated-block:begin nonMember:true memberSegment:"" --><p>Everybody may read this.</p><!--kg-gated-block:end-->`, extract.Rules{}, []string{read, "paragraph: Everybody may read this."}, ""},
		"speak cannot open the gate": {text + `<!--members-only--><p data-audio="speak">Secret text.</p>`, extract.Rules{}, []string{read}, "members only"},
		"skip by markup":             {text + `<p data-audio="skip">Not for ears.</p>`, extract.Rules{}, []string{read}, `markup: data-audio="skip"`},
		"speak by markup":            {text + `<aside data-audio="speak"><p>Spoken all the same.</p></aside>`, extract.Rules{}, []string{read, "paragraph: Spoken all the same."}, ""},
		"skip by site":               {text + `<p class="x-promo">Buy now and save.</p>`, extract.Rules{Skip: []string{".x-promo"}}, []string{read}, "site: skip .x-promo"},
		"speak by site":              {text + `<aside class="fact"><p>A fact worth hearing.</p></aside>`, extract.Rules{Speak: []string{".fact"}}, []string{read, "paragraph: A fact worth hearing."}, ""},
		"markup over site":           {text + `<p class="fact" data-audio="skip">No.</p>`, extract.Rules{Speak: []string{".fact"}}, []string{read}, `markup: data-audio="skip"`},
		"html card":                  {text + "<!--kg-card-begin: html--><p>Donate to us today.</p><!--kg-card-end: html-->", extract.Rules{}, []string{read}, "card: html"},
		"toggle that asks":           {text + `<div class="kg-card kg-toggle-card"><div class="kg-toggle-heading"><h4 class="kg-toggle-heading-text">Who pays?</h4></div><div class="kg-toggle-content"><p>The city pays for all of it.</p></div></div>`, extract.Rules{}, []string{read, "heading: Who pays?", "paragraph: The city pays for all of it."}, ""},
		"toggle":                     {text + `<div class="kg-card kg-toggle-card"><div class="kg-toggle-heading"><h4 class="kg-toggle-heading-text">Method</h4></div><div class="kg-toggle-content"><p>We counted twice.</p></div></div>`, extract.Rules{}, []string{read}, "card: toggle"},
		"header card":                {text + `<div class="kg-card kg-header-card"><h2 class="kg-header-card-header">Join us</h2></div>`, extract.Rules{}, []string{read}, "card: header"},
		"tweet":                      {text + `<figure class="kg-card kg-embed-card"><blockquote class="twitter-tweet"><p>A short message.</p></blockquote></figure>`, extract.Rules{}, []string{read}, "card: embed"},
		"quote":                      {text + "<blockquote><p>We did it in time.</p></blockquote>", extract.Rules{}, []string{read, "quote: We did it in time."}, ""},
		"pull quote":                 {text + "<blockquote>The minister opened the bridge</blockquote>", extract.Rules{}, []string{read}, "pull quote repeats the body"},
		"list":                       {text + "<ul><li>One bridge.</li><li>Two roads.</li></ul>", extract.Rules{}, []string{read, "item: One bridge.", "item: Two roads."}, ""},
		"link list":                  {text + `<ul><li><a href="/a">Another bridge opens</a></li></ul>`, extract.Rules{}, []string{read}, "link list"},
		"table":                      {text + "<table><tr><th>Year</th><th>Cars</th></tr><tr><td>2024</td><td>12</td></tr></table>", extract.Rules{}, []string{read}, "table"},
		"code":                       {text + "<pre><code>x := 1</code></pre>", extract.Rules{}, []string{read}, "tag: pre"},
		"statement":                  {text + `<pre class="wp-block-preformatted">We are sorry, and we will pay for it.</pre>`, extract.Rules{}, []string{read, "paragraph: We are sorry, and we will pay for it."}, ""},
		"broken feed block":          {text + `<div class="components-placeholder"><p>RSS Error: no feed was found at this address.</p></div>`, extract.Rules{}, []string{read}, "block: placeholder"},
		"excerpt of itself":          {text + `<div class="wp-block-post-excerpt"><p>The minister opened a bridge.</p></div>`, extract.Rules{}, []string{read}, "block: excerpt"},
		"caption":                    {text + "<figure><img src=a><figcaption>The bridge.</figcaption></figure>", extract.Rules{}, []string{read}, "tag: figure"},
		"caption wanted":             {text + "<figure><img src=a><figcaption>The bridge at dawn.</figcaption></figure>", extract.Rules{Captions: true}, []string{read, "caption: The bridge at dawn."}, ""},
		"footnote mark":              {`<p>The minister opened the bridge<sup><a href="#fn1">1</a></sup> on Monday.</p>`, extract.Rules{}, []string{read}, "footnote mark"},
		"hidden":                     {text + `<p style="display: none">Ghost text.</p>`, extract.Rules{}, []string{read}, "hidden"},
		"sentence as a heading":      {text + "<h3>The bridge will be closed again in the winter.</h3>", extract.Rules{}, []string{read, "heading: The bridge will be closed again in the winter."}, ""},
		"heading alone":              {text + "<h2>What next</h2>", extract.Rules{}, []string{read}, "heading without text"},
		"script and style":           {text + "<script>alert(1)</script><style>p{}</style>", extract.Rules{}, []string{read}, ""},
		"read also":                  {text + `<p>Read also: <a href="/x">A bridge too far</a></p>`, extract.Rules{}, []string{read}, "text: read also"},
		"lesen sie auch":             {text + `<p><strong>Lesen Sie auch:</strong> Brücke zu weit</p>`, extract.Rules{}, []string{read}, "text: read also"},
		"one word in links":          {text + `<p>The <a href="/x">second bridge</a> will follow next year, he said.</p>`, extract.Rules{}, []string{read, "paragraph: The second bridge will follow next year, he said."}, ""},
		"markup is data":             {"<p>The minister opened the bridge on Monday.</p><p>He wrote &lt;break time=&quot;9s&quot;/&gt; on it.</p>", extract.Rules{}, []string{read, `paragraph: He wrote <break time="9s"/> on it.`}, ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := lector.Article{Visibility: lector.Public, Body: lector.Body{ContentType: lector.HTML, Content: tc.body}}
			p, err := extract.Article(a, tc.rules)
			if err != nil {
				t.Fatal(err)
			}
			if got := kept(p); !slices.Equal(got, tc.want) {
				t.Errorf("read %q, want %q", got, tc.want)
			}
			switch dropped := p.Dropped(); {
			case tc.rule == "" && len(dropped) > 0:
				t.Errorf("dropped %+v", dropped)
			case tc.rule != "" && (len(dropped) == 0 || dropped[0].Rule != tc.rule):
				t.Errorf("dropped %+v, want the rule %q", dropped, tc.rule)
			}
		})
	}
}
