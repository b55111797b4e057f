package extract_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
)

// story is one article of the corpus: what is to be read, and the furniture
// that sites put around it.
type story struct {
	lang, title, sub, author, date, heading, quote     string
	paragraphs, related                                []string
	caption, excerpt, readAlso, subscribe, donate, bio string
	cookie, comments, share, minRead                   string
}

// stories reads testdata/articles.txt.
func stories(t testing.TB) []story {
	t.Helper()
	data, err := os.ReadFile("testdata/articles.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out []story
	for _, part := range strings.Split(string(data), "\n--\n") {
		var s story
		for line := range strings.Lines(part) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
			s.set(name, value)
		}
		out = append(out, s)
	}
	return out
}

func (s *story) set(name, value string) {
	fields := map[string]*string{
		"lang": &s.lang, "title": &s.title, "sub": &s.sub, "author": &s.author, "date": &s.date, "q": &s.quote, "caption": &s.caption, "excerpt": &s.excerpt,
		"readalso": &s.readAlso, "subscribe": &s.subscribe, "donate": &s.donate, "bio": &s.bio, "cookie": &s.cookie, "comments": &s.comments, "share": &s.share, "minread": &s.minRead,
	}
	switch name {
	case "p":
		s.paragraphs = append(s.paragraphs, value)
	case "h":
		s.heading = value
		s.paragraphs = append(s.paragraphs, "## "+value)
	case "related":
		s.related = append(s.related, value)
	default:
		if f := fields[name]; f != nil {
			*f = value
		}
	}
}

// body is the text that is to be read, without title and byline.
func (s story) body() string { return strings.ReplaceAll(strings.Join(s.paragraphs, "\n"), "## ", "") }

// junk is what must never be read.
func (s story) junk() []string {
	return append([]string{s.caption, s.excerpt, s.readAlso, s.subscribe, s.donate, s.bio, s.cookie, s.comments, s.share, s.minRead}, s.related...)
}

// html writes the paragraphs with what stands between them: between gets the
// number of the paragraph before it.
func (s story) html(p string, between func(i int) string) string {
	var b strings.Builder
	for i, text := range s.paragraphs {
		if h, ok := strings.CutPrefix(text, "## "); ok {
			fmt.Fprintf(&b, "<h2>%s</h2>\n", h)
		} else {
			fmt.Fprintf(&b, p+"\n", text)
		}
		if between != nil {
			b.WriteString(between(i))
		}
	}
	return b.String()
}

func (s story) linkedData(extra map[string]any) string {
	v := map[string]any{"@context": "https://schema.org", "@type": "NewsArticle", "headline": s.title, "datePublished": "2025-01-14T08:00:00Z", "author": []any{map[string]any{"@type": "Person", "name": s.author}}, "inLanguage": s.lang}
	for k, x := range extra {
		v[k] = x
	}
	data, _ := json.Marshal(v)
	return `<script type="application/ld+json">` + string(data) + `</script>`
}

// shapes are the forms in which articles reach us: CMS bodies, whole pages of
// several makes, plain text, saved pages, ANS.
var shapes = map[string]func(s story) string{
	"ghost body": func(s story) string {
		return s.html("<p>%s</p>", func(i int) string {
			switch i {
			case 0:
				return fmt.Sprintf(`<figure class="kg-card kg-image-card kg-card-hascaption"><img src="a.jpg" class="kg-image" alt="A picture"><figcaption><span style="white-space: pre-wrap;">%s</span></figcaption></figure>`, s.caption)
			case 1:
				return fmt.Sprintf(`<figure class="kg-card kg-bookmark-card"><a class="kg-bookmark-container" href="/x"><div class="kg-bookmark-content"><div class="kg-bookmark-title">%s</div><div class="kg-bookmark-description">%s</div><div class="kg-bookmark-metadata"><span class="kg-bookmark-author">Paper</span></div></div></a></figure><div class="kg-card kg-button-card kg-align-center"><a href="#" class="kg-btn kg-btn-accent">%s</a></div>`, s.related[0], s.excerpt, s.share)
			case 2:
				return fmt.Sprintf(`<div class="kg-card kg-signup-card" style="display:none"><h2 class="kg-signup-card-heading">%s</h2><form><input type="email"><button>OK</button></form></div><!--kg-card-begin: html--><div class="ad">%s</div><!--kg-card-end: html--><div class="kg-card kg-callout-card kg-callout-card-blue"><div class="kg-callout-emoji">💡</div><div class="kg-callout-text">%s</div></div><div class="kg-card kg-audio-card"><div class="kg-audio-title">%s</div><span>0:00</span></div>`, s.subscribe, s.donate, s.donate, s.related[1])
			}
			return ""
		}) + fmt.Sprintf(`<p><strong>%s:</strong> <a href="/y">%s</a></p>`, s.readAlso, s.related[1])
	},
	"wordpress body": func(s story) string {
		return s.html("<p>%s</p>", func(i int) string {
			switch i {
			case 0:
				return fmt.Sprintf(`<figure class="wp-block-image size-large"><img src="a.jpg" alt=""/><figcaption class="wp-element-caption">%s</figcaption></figure>`, s.caption)
			case 2:
				return fmt.Sprintf(`<div class="wp-block-buttons"><div class="wp-block-button"><a class="wp-block-button__link" href="#">%s</a></div></div><ul class="wp-block-latest-posts"><li><a href="/a">%s</a></li><li><a href="/b">%s</a></li></ul><figure class="wp-block-pullquote"><blockquote><p>%s</p></blockquote></figure>`, s.subscribe, s.related[0], s.related[1], string([]rune(s.paragraphs[0])[:30]))
			}
			return ""
		}) + fmt.Sprintf(`<div class="sharedaddy sd-sharing-enabled"><h3 class="sd-title">%s</h3><ul><li><a href="#">Facebook</a></li></ul></div><div id="jp-relatedposts" class="jp-relatedposts"><h3>%s</h3><p>%s</p></div>`, s.share, s.readAlso, s.excerpt)
	},
	"ghost page": func(s story) string {
		return page(s, s.linkedData(nil), fmt.Sprintf(`<div class="gh-viewport"><header id="gh-navigation" class="gh-navigation"><nav><ul class="nav"><li><a href="/">Home</a></li><li><a href="/world">World</a></li></ul></nav></header><main class="gh-main"><article class="gh-article post"><header class="gh-article-header gh-canvas"><h1 class="gh-article-title">%s</h1><p class="gh-article-excerpt">%s</p><div class="gh-article-meta"><a href="/author/x">%s</a><time datetime="2025-01-14">%s</time> <span>%s</span></div><figure class="gh-article-image"><img src="a.jpg"><figcaption>%s</figcaption></figure></header><section class="gh-content gh-canvas">%s</section></article><section class="gh-read-more"><h2>%s</h2><article class="post-card"><h3><a href="/a">%s</a></h3><p>%s</p></article></section></main><footer class="gh-footer"><p>%s</p></footer></div>`,
			s.title, s.sub, s.author, s.date, s.minRead, s.caption, s.html("<p>%s</p>", nil), s.readAlso, s.related[0], s.excerpt, s.subscribe))
	},
	"wordpress page": func(s story) string {
		return page(s, "", fmt.Sprintf(`<a class="skip-link screen-reader-text" href="#content">Skip to content</a><div id="page" class="site has-sidebar"><header class="site-header"><nav class="main-navigation"><a href="/">Home</a></nav></header><div id="primary" class="content-area"><main><article id="post-12" class="post-12 post type-post category-news tag-comments hentry"><header class="entry-header"><h1 class="entry-title">%s</h1><div class="entry-meta"><span class="posted-on">%s</span> <span class="byline">by <span class="author vcard">%s</span></span></div></header><div class="entry-content"><div class="wp-caption aligncenter"><img src="a"><p class="wp-caption-text">%s</p></div>%s<div class="sharedaddy"><a href="#">%s</a></div></div><footer class="entry-footer"><span class="tags-links">Tags: <a href="#">rail</a>, <a href="#">coast</a></span></footer></article><div class="author-box"><h4>%s</h4><p>%s</p></div><div id="comments" class="comments-area"><h2>%s</h2><p class="comment-body">I think that this is a very good idea, and I will take the train myself.</p></div></main></div><aside class="widget-area"><section class="widget"><h2>%s</h2><ul><li><a href="/a">%s</a></li><li><a href="/b">%s</a></li></ul></section></aside><footer><p>%s</p></footer></div>`,
			s.title, s.date, s.author, s.caption, s.html("<p>%s</p>", nil), s.share, s.author, s.bio, s.comments, s.readAlso, s.related[0], s.related[1], s.cookie))
	},
	"hashed classes": func(s story) string {
		return page(s, s.linkedData(nil), fmt.Sprintf(`<div class="css-1a2b"><div class="css-9z"><a href="/">Paper</a><button>Menu</button></div><div role="dialog"><p>%s</p><button>Accept</button></div><main id="main-content"><article><header><div data-component="headline-block"><h1 class="ssrcss-x1">%s</h1></div><div data-component="byline-block"><div>%s</div><span>%s</span></div></header><figure><img src="a"><figcaption>%s</figcaption></figure>%s<section data-component="links-block"><h2>%s</h2><ul><li><a href="/a">%s</a></li><li><a href="/b">%s</a></li></ul></section><div data-component="tags"><h2>Topics</h2><ul><li><a href="/t">Rail</a></li></ul></div></article></main><div class="css-77"><h2>Most read</h2><ol><li><a href="/c">%s</a></li></ol></div></div>`,
			s.cookie, s.title, s.author, s.date, s.caption, s.html(`<div data-component="text-block" class="ssrcss-7u"><p class="ssrcss-1q">%s</p></div>`, nil), s.readAlso, s.related[0], s.related[1], s.related[0]))
	},
	"div soup": func(s story) string {
		text := strings.ReplaceAll(strings.Join(s.paragraphs, "<br><br>\n"), "## ", "")
		return page(s, "", fmt.Sprintf(`<div class="wrap"><div class="top"><a href="/">Home</a> | <a href="/n">News</a> | <a href="/s">Sport</a></div><div class="mid"><div class="left"><a href="/a">%s</a><br><a href="/b">%s</a></div><div class="txt"><h1>%s</h1><div class="d">%s</div>%s</div></div><div class="bot">%s</div></div>`,
			s.related[0], s.related[1], s.title, s.date, text, s.cookie))
	},
	"table layout": func(s story) string {
		return page(s, "", fmt.Sprintf(`<table width="100%%"><tr><td colspan="3"><a href="/">Home</a></td></tr><tr><td><a href="/a">%s</a><br><a href="/b">%s</a></td><td><h1>%s</h1><p><i>%s</i></p>%s</td><td><p><b>%s</b></p><p>%s</p></td></tr></table>`,
			s.related[0], s.related[1], s.title, s.date, s.html("<p>%s</p>", nil), s.readAlso, s.subscribe))
	},
	"split body": func(s story) string {
		half := len(s.paragraphs) / 2
		first, second := s, s
		first.paragraphs, second.paragraphs = s.paragraphs[:half], s.paragraphs[half:]
		return page(s, s.linkedData(nil), fmt.Sprintf(`<header role="banner"><nav><a href="/">Home</a></nav></header><article itemscope itemtype="https://schema.org/NewsArticle"><h1 itemprop="headline">%s</h1><p class="standfirst">%s</p><div class="c-share-bar"><a href="#">%s</a></div><div class="article-body">%s</div><div class="inline-promo newsletter-signup"><h3>%s</h3></div><div class="article-body">%s</div><div class="donation-banner"><p>%s</p></div></article><section class="related-content"><h2>%s</h2><a href="/a"><h3>%s</h3><p>%s</p></a></section>`,
			s.title, s.sub, s.share, first.html("<p>%s</p>", nil), s.subscribe, second.html("<p>%s</p>", nil), s.donate, s.readAlso, s.related[0], s.excerpt))
	},
	"inline links": func(s story) string {
		return page(s, "", fmt.Sprintf(`<nav><a href="/">Home</a></nav><main><h1>%s</h1><div class="post-author">%s</div><div class="story-text">%s<p>%s</p><p>%s</p></div><div class="comments-count"><a href="#c">%s</a></div></main><footer>© 2025 The Paper</footer>`,
			s.title, s.author, s.html("<p>%s</p>", func(i int) string {
				switch i {
				case 1:
					return fmt.Sprintf(`<p><b>%s: <a href="/a">%s</a></b></p>`, s.readAlso, s.related[0])
				case 2:
					return fmt.Sprintf(`<p><a href="/b"><strong>%s</strong></a></p>`, s.related[1])
				}
				return ""
			}), s.subscribe, s.donate, s.comments))
	},
	"drupal page": func(s story) string {
		return page(s, "", fmt.Sprintf(`<div class="dialog-off-canvas-main-canvas"><header class="region region-header"><ul class="menu"><li><a href="/">Home</a></li></ul></header><div class="region region-content"><article class="node node--type-article"><h1 class="page-title">%s</h1><div class="node__meta"><span>%s</span></div><div class="node__content"><div class="field field--name-field-image"><img src="a"><div class="field__item caption">%s</div></div><div class="field field--name-body field__item">%s</div><div class="field field--name-field-tags"><a href="#">rail</a></div></div></article></div><div class="region region-sidebar"><h2>%s</h2><p><a href="/a">%s</a></p></div><footer class="region-footer"><p>%s</p></footer></div>`,
			s.title, s.date, s.caption, s.html("<p>%s</p>", nil), s.readAlso, s.related[0], s.subscribe))
	},
	"plain article": func(s story) string {
		return s.title + "\n\n" + strings.ReplaceAll(strings.Join(s.paragraphs, "\n\n"), "## ", "") + "\n"
	},
	"saved page": func(s story) string {
		half := len(s.paragraphs) / 2
		clean := func(list []string) string { return strings.ReplaceAll(strings.Join(list, "\n\n"), "## ", "") }
		return strings.Join([]string{
			"Skip to content", "Menu", "Search", "", s.cookie, "Accept", "",
			s.title, "", s.author + " " + s.date + " 8:55 AM " + s.minRead, s.caption, "This audio is created with AI assistance", "",
			clean(s.paragraphs[:half]), "", s.readAlso + ": " + s.related[1], "", clean(s.paragraphs[half:]), "",
			s.readAlso, "", s.related[0], s.excerpt, "", s.donate, "", s.subscribe, "", "News Feed", "", "5:04 PM", "", s.related[1], "", s.excerpt, "", s.share, s.comments, "",
		}, "\n")
	},
	"ans": func(s story) string {
		var elements []any
		for i, p := range s.paragraphs {
			if h, ok := strings.CutPrefix(p, "## "); ok {
				elements = append(elements, map[string]any{"type": "header", "level": 2, "content": h})
				continue
			}
			elements = append(elements, map[string]any{"type": "text", "content": p})
			if i == 0 {
				elements = append(elements, map[string]any{"type": "image", "caption": s.caption}, map[string]any{"type": "interstitial_link", "content": s.related[0], "url": "/a"}, map[string]any{"type": "raw_html", "content": "<div>" + s.subscribe + "</div>"})
			}
		}
		data, _ := json.Marshal(map[string]any{"type": "story", "version": "0.10.0", "headlines": map[string]string{"basic": s.title}, "language": s.lang, "content_elements": elements, "first_publish_date": "2025-01-14T08:00:00Z", "credits": map[string]any{"by": []any{map[string]string{"name": s.author}}}})
		return string(data)
	},
}

func page(s story, head, body string) string {
	return fmt.Sprintf("<!DOCTYPE html><html lang=%q><head><meta charset=utf-8><title>%s | The Daily Paper</title><meta property=\"og:title\" content=%q>%s<style>p{color:red}</style></head><body>%s<script>var x = 'not read';</script></body></html>", s.lang, s.title, s.title, head, body)
}
