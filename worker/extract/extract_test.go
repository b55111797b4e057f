package extract_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"lector"
	"lector/worker/extract"
)

// kept returns the kinds and texts that are read.
func kept(p extract.Page) []string {
	var out []string
	for _, b := range p.Kept() {
		out = append(out, string(b.Kind)+": "+b.Text)
	}
	return out
}

func TestSavedPage(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../../shared/samples/article-page.txt")
	if err != nil {
		t.Skip("the sample is not here: ", err)
	}
	p, err := extract.File("article-page.txt", data, extract.Rules{})
	if err != nil {
		t.Fatal(err)
	}
	got := kept(p)
	if len(got) != 10 || !strings.HasPrefix(got[0], "title: ") || !strings.HasPrefix(got[1], "byline: ") {
		t.Fatalf("kept %d blocks: %q", len(got), got)
	}
	if first, last := got[2], got[9]; !strings.HasPrefix(first, "paragraph: At least 300 North Korean soldiers") || !strings.HasSuffix(last, "remain in Ukraine.") {
		t.Errorf("the body is %q … %q", first, last)
	}
	for _, b := range p.Dropped() {
		if b.Rule == "" || b.Path == "" {
			t.Errorf("dropped without rule or place: %+v", b)
		}
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		data string
		want error
	}{
		"empty":          {"", extract.ErrEmpty},
		"white space":    {" \n\t", extract.ErrEmpty},
		"mark alone":     {"\ufeff", extract.ErrEmpty},
		"NUL":            {"text\x00text", extract.ErrBinary},
		"PDF":            {"%PDF-1.7\n…", extract.ErrBinary},
		"too large":      {strings.Repeat("word ", extract.MaxSize/5+1), extract.ErrTooLarge},
		"no article":     {"<html><body><nav><a href=/>Home</a><a href=/x>World</a></nav></body></html>", extract.ErrNothing},
		"form alone":     {"<!doctype html><form><label>Your email</label><button>Subscribe</button></form>", extract.ErrNothing},
		"foreign JSON":   {`{"a": 1}`, extract.ErrNothing},
		"members' event": {`{"visibility":"paid","body":{"content":"<p>Secret text for those who pay.</p>"}}`, extract.ErrNotPublic},
		"gated ANS":      {`{"content_restrictions":{"content_code":"premium"},"content_elements":[{"type":"text","content":"Secret."}]}`, extract.ErrNotPublic},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := extract.File(name, []byte(tc.data), extract.Rules{})
			if !errors.Is(err, tc.want) {
				t.Fatalf("got %v, want %v", err, tc.want)
			}
			if !lector.IsPermanent(err) || lector.HintOf(err) == "" {
				t.Errorf("not permanent or without a hint: %v", err)
			}
		})
	}
}

// TestZoneOfADate: a date of a page has the zone that it names, wherever this runs.
func TestZoneOfADate(t *testing.T) {
	t.Parallel()
	p, err := extract.Article(lector.Article{Visibility: lector.Public, Body: lector.Body{ContentType: lector.HTML, Content: `<!doctype html><html lang="en"><head>
		<meta property="article:published_time" content="Sun, 29 Nov 2026 14:00:00 EST"></head><article><h1>The bridge</h1>
		<p>The minister opened the bridge on Monday, and everybody came to look at it.</p></article></html>`}}, extract.Rules{})
	if want := time.Date(2026, 11, 29, 19, 0, 0, 0, time.UTC); err != nil || !p.Published.Equal(want) {
		t.Errorf("%v, %v, want %v", p.Published, err, want)
	}
}

// TestPrecedence: what the event states wins over JSON-LD, and that over the
// page.
func TestPrecedence(t *testing.T) {
	t.Parallel()
	const head = `<!doctype html><html lang="de"><head><script type="application/ld+json">{"@type":"NewsArticle","headline":"Headline of the data","author":{"name":"Data Author"},"datePublished":"2025-02-03T04:05:06Z","inLanguage":"en"}</script></head>`
	const text = `<article><h1>Headline of the page</h1><p class="byline">By Page Author</p><p>The minister opened the bridge on Monday, and everybody came to look at it.</p></article></html>`
	event := lector.Article{Title: "Headline of the event", Authors: []string{"Event Author"}, Language: "fr", Visibility: lector.Public}
	tests := map[string]struct {
		article                 lector.Article
		body                    string
		title, author, language string
	}{
		"event": {event, head + text, "Headline of the event", "Event Author", "fr"},
		"data":  {lector.Article{Visibility: lector.Public}, head + text, "Headline of the data", "Data Author", "en"},
		"page":  {lector.Article{Visibility: lector.Public}, `<!doctype html><html lang="de">` + text, "Headline of the page", "Page Author", "de"},
	}
	for name, tc := range tests {
		tc.article.Body = lector.Body{ContentType: lector.HTML, Content: tc.body}
		p, err := extract.Article(tc.article, extract.Rules{})
		if err != nil {
			t.Fatal(name, err)
		}
		if p.Title != tc.title || len(p.Authors) != 1 || p.Authors[0] != tc.author || p.Language != tc.language {
			t.Errorf("%s: %q by %q in %q", name, p.Title, p.Authors, p.Language)
		}
		for _, b := range p.Kept() {
			if b.Kind == lector.Heading {
				t.Errorf("%s: reads the heading %q too", name, b.Text)
			}
		}
	}
}

// What an event says beside the body is text: its character references are decoded, and
// the heading of the body that repeats the title is known by that. Tags stay.
func TestHeadReferences(t *testing.T) {
	t.Parallel()
	a := lector.Article{
		Title: "Tom &amp; Jerry say &lt;no&gt;", Subtitle: "It&#8217;s raining", Authors: []string{"Ren&eacute; Lima"}, Visibility: lector.Public,
		Body: lector.Body{ContentType: lector.HTML, Content: "<h1>Tom &amp; Jerry say &lt;no&gt;</h1><p>It rained at AT&amp;T all through the night.</p>"},
	}
	p, err := extract.Article(a, extract.Rules{})
	if err != nil || p.Title != "Tom & Jerry say <no>" || p.Subtitle != "It’s raining" || !slices.Equal(p.Authors, []string{"René Lima"}) {
		t.Errorf("%q, %q, %q, %v", p.Title, p.Subtitle, p.Authors, err)
	}
	if a.Authors[0] != "Ren&eacute; Lima" {
		t.Error("the event was changed")
	}
	if n := strings.Count(strings.Join(kept(p), "\n"), "Jerry"); n != 1 {
		t.Errorf("the title is read %d times: %q", n, kept(p))
	}
}
