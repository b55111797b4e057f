package extract_test

import (
	"strings"
	"testing"

	"lector/worker/extract"
)

// The text that the pages below have in common.
const (
	leadLine = "The old mill by the river will be a school from autumn on, the town council decided last night."
	mainText = "<p>Seven members voted for the plan, two against it, and one was ill at home with a cold.</p>" +
		"<p>The roof is to be mended first, the mayor said, because the rain has come through it for years.</p>" +
		"<p>Parents had asked for the school since the last one was closed, and some of them cried with joy.</p>"
)

// whole is a page whose title stands outside the text's own box.
func whole(title, above, around string) string {
	return `<!doctype html><html><head><title>` + title + ` | The Reader</title></head><body><nav><a href="/">Home</a></nav><main><h1>The mill becomes a school</h1>` +
		above + around + `</main></body></html>`
}

func text(inside string) string { return `<div class="article-body">` + inside + `</div>` }

// described is a page that says of itself what it is about.
func described(above, description string) string {
	return strings.Replace(whole("The mill becomes a school", above, text(mainText)), "<title>", `<meta name="description" content="`+description+`"><title>`, 1)
}

// TestWhatIsLost: what stands between the title and the text, and what a name
// hides that cannot be meant so, is read; what only stands there is not.
func TestWhatIsLost(t *testing.T) {
	t.Parallel()
	unended := strings.TrimSuffix(leadLine, ".")
	asking := "Sign up for our newsletter, and you get all that we know of the mill each day in your inbox, for free!"
	letter := strings.Repeat("Dear friends, we have come over the pass at last. The mules are well, and so is Marta.\nNobody met us on the way down. We hope to be home by the end of May.\n\n", 3)
	code := strings.Repeat("for (i = 0; i < n; i++) { sum += a[i]; }\nprintf(\"%d\\n\", sum); // the sum. It is. Here.\n", 6)
	tests := map[string]struct {
		page, text string
		read       bool
	}{
		"lead under another title":            {whole("Mill to become a school", "<p>"+leadLine+"</p>", text(mainText)), leadLine, true},
		"lead far below its title":            {whole("The mill becomes a school", strings.Repeat("<nav><a href=/a>One</a></nav>", 40)+"<p>"+leadLine+"</p>", text(mainText)), leadLine, true},
		"lead as a list":                      {whole("The mill becomes a school", "<ul class=teaser><li>"+leadLine+"</li></ul>", text(mainText)), leadLine, true},
		"lead as a heading":                   {whole("The mill becomes a school", "<h3>"+leadLine+"</h3>", text(mainText)), leadLine, true},
		"lead as a quote":                     {whole("The mill becomes a school", "<blockquote class=teaser>"+leadLine+"</blockquote>", text(mainText)), leadLine, true},
		"teaser without a stop":               {whole("The mill becomes a school", "<p class=teaser>"+unended+"</p>", text(mainText)), unended, true},
		"line without a stop":                 {whole("The mill becomes a school", "<p>"+unended+"</p>", text(mainText)), unended, false},
		"heading that is a link":              {whole("The mill becomes a school", `<h3><a href="/b">`+leadLine+`</a></h3>`, text(mainText)), leadLine, false},
		"description that is cut":             {described("<h3>For members</h3><p>"+unended+"</p>", strings.TrimSuffix(unended, " night")+" …"), unended, true},
		"description in a box with a picture": {described("<div class=byline><img src=a><p>"+leadLine+"</p></div>", leadLine), leadLine, true},
		"description without such a title":    {strings.Replace(described("<p>"+leadLine+"</p>", leadLine), "<h1>", "<h1>In the county: ", 1), leadLine, true},
		"description as a caption":            {described("<figure><img src=a><figcaption>"+leadLine+"</figcaption></figure>", leadLine), leadLine, false},
		"description that is hidden":          {described("<p hidden>"+leadLine+"</p>", leadLine), leadLine, false},
		"description that asks":               {strings.Replace(described("", asking), mainText, "<p>"+asking+"</p>"+mainText, 1), asking, true},
		"what asks in the text":               {whole("The mill becomes a school", "", text("<p>"+asking+"</p>"+mainText)), asking, false},
		"lead with a form above":              {whole("Mill to become a school", "<p>Please accept all cookies, or read our privacy policy before you go on to the text.</p>", text(mainText)), "Please accept", false},
		"lead of another article":             {whole("Mill to become a school", `<p><a href="/b">`+leadLine+`</a></p>`, text(mainText)), leadLine, false},
		"page without such a title": {`<!doctype html><title>Weather</title><main><h2>The Reader</h2><p>` + leadLine + `</p>` + text(mainText) + `</main>`,
			leadLine, false},
		"title in what is called comments": {`<!doctype html><title>The mill becomes a school</title><div class="page comments-open"><h1>The mill becomes a school</h1>` + mainText + `</div><div class="x"><p>` +
			strings.Repeat("Another text of this page, which is about the weather and longer than the one above. ", 6) + `</p></div>`, "Seven members voted", true},
		"comments that have a title": {`<!doctype html><title>The mill becomes a school</title><article><h1>The mill becomes a school</h1>` + mainText + `<p>` + leadLine + `</p></article><div class="comments"><h1>What do you say?</h1><p>` +
			strings.Repeat("I was a pupil there myself, and it was cold. ", 12) + `</p></div>`, "I was a pupil", false},
		"letter in preformatted lines":  {whole("The mill becomes a school", "", text(mainText+"<pre>"+letter+"</pre>")), "Nobody met us", true},
		"program in preformatted lines": {whole("The mill becomes a school", "", text(mainText+"<pre>"+code+"</pre>")), "printf", false},
		"letter of code":                {whole("The mill becomes a school", "", text(mainText+"<pre><code>"+letter+"</code></pre>")), "Nobody met us", false},
		"quote that is a link":          {whole("The mill becomes a school", "", text(mainText+`<blockquote><a href="/b">New roof for the church of Saint Anne</a></blockquote>`)), "New roof", false},
		"quote with a link":             {whole("The mill becomes a school", "", text(mainText+`<blockquote>“It is <a href="/b">the best day</a> of my life,” said the teacher of the old school.</blockquote>`)), "the best day", true},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := extract.File(name, []byte(tc.page), extract.Rules{})
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Contains(spoken(p)+p.Subtitle, tc.text); got != tc.read {
				t.Errorf("read: %v, want %v: %q; dropped %+v", got, tc.read, spoken(p), p.Dropped())
			}
		})
	}
}
