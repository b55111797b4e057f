package feed_test

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"
	"time"

	"lector"
	"lector/publisher/intake/feed"
)

const origin = "https://paper.example/feeds/all.xml"

func rss(items string) string {
	return `<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>` +
		`<title>The Paper</title><link>https://paper.example/</link>` + items + `</channel></rss>`
}

func urlset(urls string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">` + urls + `</urlset>`
}

func packed(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return b.String()
}

func TestParse(t *testing.T) {
	t.Parallel()
	morning := time.Date(2026, 11, 2, 8, 4, 5, 0, time.UTC)
	for name, tc := range map[string]struct {
		data string
		kind string
		want feed.Entry // the first
		n    int
	}{
		"guid and link": {
			rss(`<item><guid isPermaLink="false"> 4711 </guid><link> https://paper.example/a?utm_source=rss&amp;x=1#top
			</link><title>A &amp;amp; &lt;i&gt;B&lt;/i&gt;</title><pubDate>Mon, 02 Nov 2026 10:04:05 +0200</pubDate><category>Sport</category></item>`),
			feed.RSS, feed.Entry{ID: "4711", URL: "https://paper.example/a?x=1", Title: "A & B", Tags: []string{"Sport"}, Published: morning}, 1,
		},
		"guid alone":     {rss(`<item><guid>https://paper.example/a</guid></item>`), feed.RSS, feed.Entry{ID: "https://paper.example/a", URL: "https://paper.example/a"}, 1},
		"link alone":     {rss(`<item><link>/a</link></item>`), feed.RSS, feed.Entry{ID: "https://paper.example/a", URL: "https://paper.example/a"}, 1},
		"no address":     {rss(`<item><guid>7</guid></item><item><link>mailto:a@b.c</link></item><item><link>https://paper.example/b</link></item>`), feed.RSS, feed.Entry{ID: "https://paper.example/b", URL: "https://paper.example/b"}, 1},
		"less than":      {rss(`<item><link>https://paper.example/b</link><title>Profit &lt; 5 % &amp; more</title></item>`), feed.RSS, feed.Entry{ID: "https://paper.example/b", URL: "https://paper.example/b", Title: "Profit < 5 % & more"}, 1},
		"byte order":     {"\ufeff" + rss(`<item><link>https://paper.example/b</link></item>`), feed.RSS, feed.Entry{ID: "https://paper.example/b", URL: "https://paper.example/b"}, 1},
		"windows-1251":   {"<?xml version=\"1.0\" encoding=\"windows-1251\"?><rss version=\"2.0\"><channel><item><link>https://paper.example/b</link><title>\xca\xe8\xbf\xe2</title></item></channel></rss>", feed.RSS, feed.Entry{ID: "https://paper.example/b", URL: "https://paper.example/b", Title: "Київ"}, 1},
		"Atom":           {`<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>tag:paper.example,2026:1</id><link rel="self" href="https://paper.example/self"/><link href="https://paper.example/b"/><updated>2026-11-02T08:04:05Z</updated></entry></feed>`, feed.Atom, feed.Entry{ID: "tag:paper.example,2026:1", URL: "https://paper.example/b", Published: morning, Updated: morning}, 1},
		"JSON":           {`{"version":"https://jsonfeed.org/version/1.1","title":"T","items":[{"id":7,"url":"https://paper.example/b","date_modified":"2026-11-02T08:04:05Z","tags":["x"]}]}`, feed.JSON, feed.Entry{ID: "7", URL: "https://paper.example/b", Updated: morning, Tags: []string{"x"}}, 1},
		"sitemap":        {urlset(`<url><image:image><image:loc>https://cdn.example/p.jpg</image:loc></image:image><loc>https://paper.example/b</loc><lastmod>2026-11-02</lastmod></url><url/>`), feed.Sitemap, feed.Entry{ID: "https://paper.example/b", URL: "https://paper.example/b", Updated: morning.Truncate(24 * time.Hour)}, 1},
		"zone by name":   {urlset(`<url><loc>https://paper.example/b</loc><lastmod>Mon, 02 Nov 2026 03:04:05 EST</lastmod></url>`), feed.Sitemap, feed.Entry{ID: "https://paper.example/b", URL: "https://paper.example/b", Updated: morning}, 1},
		"no namespace":   {`<urlset><url><loc>https://paper.example/b</loc></url></urlset>`, feed.Sitemap, feed.Entry{ID: "https://paper.example/b", URL: "https://paper.example/b"}, 1},
		"packed sitemap": {packed(urlset(`<url><loc>https://paper.example/b</loc></url>`)), feed.Sitemap, feed.Entry{ID: "https://paper.example/b", URL: "https://paper.example/b"}, 1},
		"news": {
			urlset(`<url><loc>https://paper.example/b</loc><news:news><news:publication><news:name>P</news:name><news:language>en</news:language></news:publication><news:publication_date>2026-11-02T10:04:05+02:00</news:publication_date><news:title>Rain&amp;nbsp;again</news:title><news:keywords>rain, west ,</news:keywords></news:news></url>`),
			feed.NewsSitemap, feed.Entry{ID: "https://paper.example/b", URL: "https://paper.example/b", Title: "Rain again", Published: morning, Tags: []string{"rain", "west"}}, 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := feed.Parse([]byte(tc.data), origin)
			if err != nil || d.Kind != tc.kind || len(d.Entries) != tc.n {
				t.Fatalf("got %+v, %v", d, err)
			}
			got := d.Entries[0]
			if got.ID != tc.want.ID || got.URL != tc.want.URL || got.Title != tc.want.Title || strings.Join(got.Tags, "|") != strings.Join(tc.want.Tags, "|") {
				t.Errorf("got %+v", got)
			}
			if !got.Published.Equal(tc.want.Published) || !got.Updated.Equal(tc.want.Updated) {
				t.Errorf("published %v, updated %v", got.Published, got.Updated)
			}
			if !feed.Is([]byte(tc.data)) {
				t.Error("not taken for a feed")
			}
		})
	}
}

func TestIndex(t *testing.T) {
	t.Parallel()
	d, err := feed.Parse([]byte(`<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>https://paper.example/1.xml.gz</loc><lastmod>2026-11-02T08:00:00Z</lastmod></sitemap><sitemap><loc>/2.xml</loc></sitemap></sitemapindex>`), origin)
	if err != nil || d.Kind != feed.SitemapIndex || len(d.Children) != 2 || d.Children[0].Updated == "" || d.Children[1].URL != "https://paper.example/2.xml" {
		t.Errorf("got %+v, %v", d, err)
	}
}

// TestBrokenOff: what is missing in half a document must not count as gone.
func TestBrokenOff(t *testing.T) {
	t.Parallel()
	for _, whole := range []string{
		rss(`<item><link>https://paper.example/a</link></item><item><link>https://paper.example/b</link></item>`),
		urlset(`<url><loc>https://paper.example/a</loc></url><url><loc>https://paper.example/b</loc></url>`),
	} {
		for _, cut := range []int{len(whole) - 3, len(whole) - 20, len(whole) - 60} {
			if d, err := feed.Parse([]byte(whole[:cut]), origin); err == nil || !lector.IsPermanent(err) {
				t.Errorf("%q: got %d entries, %v", whole[:cut], len(d.Entries), err)
			}
		}
	}
}

func TestNoFeed(t *testing.T) {
	t.Parallel()
	for _, data := range []string{
		"", "Text.", "<!doctype html><html><body><p>x</p></body></html>", `{"site":"x","id":"1"}`, "\x1f\x8b", "\x1f\x8bbroken", "<?xml version='1.0'?>",
		`<svg xmlns="http://www.w3.org/2000/svg"/>`, `[1]`,
	} {
		if _, err := feed.Parse([]byte(data), origin); err == nil || !lector.IsPermanent(err) {
			t.Errorf("%q: %v", data, err)
		}
		if feed.Is([]byte(data)) {
			t.Errorf("%q is taken for a feed", data)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(rss(`<item><link>/a</link><title>x</title></item>`)))
	f.Add([]byte(rss(`<item><link>/a</link><pubDate>2 Nov 26 03:04 EST</pubDate></item>`)))
	f.Add([]byte("\xff\xfe<\x00?\x00x\x00m\x00l\x00 \x00"))
	f.Add([]byte(urlset(`<url><loc>https://paper.example/a</loc><lastmod>2026</lastmod></url>`)))
	f.Add([]byte(`{"version":"https://jsonfeed.org/version/1.1","items":[{"id":7,"url":"/b"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := feed.Parse(data, origin)
		if err != nil {
			return
		}
		for _, e := range d.Entries {
			if e.ID == "" || len(e.ID) > 512 || !strings.HasPrefix(e.URL, "http") || len(e.URL) > 2048 || strings.ContainsAny(e.URL, " \\\n") {
				t.Errorf("entry %+v", e)
			}
		}
	})
}
