package feed_test

import (
	"testing"

	"lector/publisher/intake/feed"
)

// TestBase completes addresses by xml:base as RFC 3986 has it.
func TestBase(t *testing.T) {
	t.Parallel()
	atom := func(feedBase, entryBase, href string) string {
		return `<feed xmlns="http://www.w3.org/2005/Atom"` + feedBase + `><title>T</title><entry` + entryBase + `><id>1</id><link href="` + href + `"/></entry></feed>`
	}
	for name, tc := range map[string]struct{ data, want string }{
		"a file":           {atom(` xml:base="https://reader.example/news/atom.xml"`, "", "a.html"), "https://reader.example/news/a.html"},
		"a file, upwards":  {atom(` xml:base="https://reader.example/news/atom.xml"`, "", "../a.html"), "https://reader.example/a.html"},
		"a file, root":     {atom(` xml:base="https://reader.example/news/atom.xml"`, "", "/a.html"), "https://reader.example/a.html"},
		"a folder":         {atom(` xml:base="https://reader.example/news/"`, "", "a.html"), "https://reader.example/news/a.html"},
		"a host":           {atom(` xml:base="https://reader.example"`, "", "a.html"), "https://reader.example/a.html"},
		"with a query":     {atom(` xml:base="https://reader.example/feed?of=/all/x"`, "", "a.html"), "https://reader.example/a.html"},
		"single quotes":    {atom(` xml:base = 'https://reader.example/news/atom.xml'`, "", "a.html"), "https://reader.example/news/a.html"},
		"of the entry":     {atom(` xml:base="https://reader.example/news/atom.xml"`, ` xml:base="2026/index.html"`, "a.html"), "https://reader.example/news/2026/a.html"},
		"a file name":      {atom(` xml:base="atom.xml"`, "", "a.html"), "https://paper.example/feeds/a.html"},
		"whole address":    {atom(` xml:base="https://reader.example/news/atom.xml"`, "", "https://other.example/a.html"), "https://other.example/a.html"},
		"an RSS feed":      {`<rss version="2.0" xml:base="https://reader.example/news/rss.xml"><channel><item><link>a.html</link></item></channel></rss>`, "https://reader.example/news/a.html"},
		"in a description": {rss(`<item><link>https://paper.example/a</link><description><![CDATA[ xml:base="x" ]]></description></item>`), "https://paper.example/a"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := feed.Parse([]byte(tc.data), origin)
			if err != nil || len(d.Entries) != 1 || d.Entries[0].URL != tc.want {
				t.Errorf("got %+v, %v, want %s", d.Entries, err, tc.want)
			}
		})
	}
}
