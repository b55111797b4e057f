package extract

import (
	"strings"
	"unicode"
)

// furniture names, by one word of a class or an id, what stands around the
// text on news sites. It is a guess: a part that turns out to hold most of the
// page's text is read all the same.
var furniture = map[string]string{
	"related": "related", "recommended": "related", "recommendation": "related", "recommendations": "related",
	"recirc": "related", "recirculation": "related", "readnext": "related", "upnext": "related", "relacionadas": "related",
	"readalso": "related", "alsoread": "related", "seealso": "related", "morenews": "related", "morestories": "related",
	"relatedposts": "related", "relatedarticles": "related", "relatedstories": "related", "relatedcontent": "related",
	"relatednews": "related", "related_posts": "related", "similar": "related", "moreon": "related", "morefrom": "related",
	"outbrain": "related", "taboola": "related", "teaser": "teaser", "teasers": "teaser", "crosslink": "related", "linkbox": "related",
	"popular": "popular", "trending": "popular", "mostread": "popular", "mostviewed": "popular", "mostpopular": "popular", "toplist": "popular",
	"share": "share bar", "sharing": "share bar", "sharebar": "share bar", "shares": "share bar", "sharetools": "share bar", "sharebuttons": "share bar",
	"social": "share bar", "socials": "share bar", "socialmedia": "share bar", "addthis": "share bar", "sharethis": "share bar", "addtoany": "share bar",
	"newsletter": "newsletter", "newsletters": "newsletter", "subscribe": "subscribe", "subscription": "subscribe", "subscriptions": "subscribe",
	"signup": "subscribe", "optin": "subscribe", "mailchimp": "subscribe", "paywall": "paywall", "regwall": "paywall", "piano": "paywall",
	"donate": "donate", "donation": "donate", "donations": "donate", "membership": "membership", "support-us": "donate",
	"comment": "comments", "comments": "comments", "disqus": "comments", "respond": "comments", "commentlist": "comments", "discussion": "comments",
	"sidebar": "sidebar", "rail": "sidebar", "widget": "widget", "widgets": "widget",
	"promo": "promotion", "promos": "promotion", "promotion": "promotion", "promoted": "promotion", "sponsor": "promotion", "sponsored": "promotion",
	"advert": "advertisement", "adverts": "advertisement", "advertisement": "advertisement", "advertising": "advertisement", "adslot": "advertisement",
	"ad": "advertisement", "ads": "advertisement", "adunit": "advertisement", "dfp": "advertisement", "adbox": "advertisement", "werbung": "advertisement", "anzeige": "advertisement",
	"cookie": "cookie notice", "cookies": "cookie notice", "consent": "cookie notice", "gdpr": "cookie notice", "onetrust": "cookie notice",
	"breadcrumb": "breadcrumb", "breadcrumbs": "breadcrumb", "pagination": "pagination", "pager": "pagination",
	"nav": "navigation", "navigation": "navigation", "navbar": "navigation", "menu": "navigation", "submenu": "navigation", "skiplink": "navigation", "toc": "table of contents",
	"masthead": "page header", "ticker": "ticker", "newsfeed": "ticker", "livefeed": "ticker",
	"tags": "tags", "taglist": "tags", "tagcloud": "tags", "topics": "tags", "hashtags": "tags", "keywords": "tags",
	"caption": "caption", "captions": "caption", "figcaption": "caption", "imagecaption": "caption", "credit": "credit", "credits": "credit", "photocredit": "credit", "copyright": "credit",
	"footer": "footer", "colophon": "footer", "footnotes": "footnotes", "footnote": "footnotes",
	"bio": "author box", "authorbox": "author box", "authorbio": "author box", "aboutauthor": "author box", "contributor": "author box", "contributors": "author box",
	"pullquote": "pull quote", "pullquotes": "pull quote",
	"popup": "overlay", "modal": "overlay", "overlay": "overlay", "lightbox": "overlay", "toast": "overlay", "tooltip": "tooltip",
	"login": "login", "signin": "login", "register": "login",
	"poll": "poll", "quiz": "poll", "weather": "widget", "infobox": "info box", "factbox": "info box",
	"slideshow": "gallery", "gallery": "gallery", "carousel": "gallery",
	"visuallyhidden": "hidden", "screenreader": "hidden", "sronly": "hidden", "offscreen": "hidden", "a11y": "hidden", "noprint": "not in print",
	"meta": "details of the article", "metadata": "details of the article", "postmeta": "details of the article", "entrymeta": "details of the article", "timestamp": "details of the article", "readtime": "reading time", "readingtime": "reading time",
	"byline": "byline", "bylines": "byline", "author": "byline", "authors": "byline", "postauthor": "byline", "vcard": "byline", "postedon": "details of the article", "pubdate": "details of the article", "datetime": "details of the article", "publishdate": "details of the article", "postdate": "details of the article", "entrydate": "details of the article",
	"ai2html": "graphic", "artboard": "graphic", "infographic": "graphic", "chart": "graphic", "charts": "graphic", "dataviz": "graphic", "graphic": "graphic", "datawrapper": "graphic", "flourish": "graphic",
	"keypoints": "summary", "takeaways": "summary", "keytakeaways": "summary", "tldr": "summary", "aisummary": "summary",
	"rating": "rating", "ratings": "rating", "ratingbox": "rating", "scorebox": "rating", "stars": "rating",
	"photographer": "credit", "imagecredit": "credit", "disclaimer": "legal notice",
	"didomi": "cookie notice", "usercentrics": "cookie notice", "cmpbox": "cookie notice", "cybotcookiebotdialog": "cookie notice", "truste": "cookie notice", "cmp": "cookie notice", "rodo": "cookie notice",
	"affiliate": "promotion", "affiliatebox": "promotion",
	"editlink": "edit link", "audioplayer": "player", "player": "player", "listen": "player",
}

// pairs are names of furniture that two words of a class make together.
var pairs = map[[2]string]string{
	{"read", "more"}: "related", {"read", "also"}: "related", {"read", "next"}: "related", {"see", "also"}: "related", {"up", "next"}: "related",
	{"more", "news"}: "related", {"more", "stories"}: "related", {"more", "from"}: "related", {"more", "on"}: "related", {"also", "read"}: "related",
	{"most", "read"}: "popular", {"most", "popular"}: "popular", {"most", "viewed"}: "popular", {"latest", "news"}: "related", {"news", "feed"}: "ticker", {"live", "feed"}: "ticker",
	{"author", "box"}: "author box", {"author", "bio"}: "author box", {"author", "card"}: "author box", {"author", "info"}: "author box", {"author", "description"}: "author box",
	{"about", "author"}: "author box", {"sign", "up"}: "subscribe", {"sign", "in"}: "login", {"call", "action"}: "call to action", {"visually", "hidden"}: "hidden",
	{"screen", "reader"}: "hidden", {"sr", "only"}: "hidden", {"skip", "link"}: "navigation", {"skip", "to"}: "navigation", {"image", "source"}: "credit",
	{"reading", "time"}: "reading time", {"read", "time"}: "reading time", {"back", "top"}: "navigation", {"pull", "quote"}: "pull quote", {"tag", "list"}: "tags", {"post", "tags"}: "tags",
	{"edit", "link"}: "edit link", {"featured", "video"}: "video", {"video", "container"}: "video", {"video", "wrapper"}: "video", {"video", "ct"}: "video", {"video", "embed"}: "video", {"video", "player"}: "player", {"sp", "message"}: "cookie notice", {"fc", "consent"}: "cookie notice", {"ai", "summary"}: "summary", {"key", "points"}: "summary", {"key", "takeaways"}: "summary", {"rich", "link"}: "related", {"link", "list"}: "related", {"link", "box"}: "related", {"in", "article"}: "",
}

// exempt words make a class harmless that holds a word of furniture: page
// builders call everything a widget, and themes say what a page has or lacks.
var exempt = map[string]bool{
	"elementor": true, "has": true, "no": true, "with": true, "without": true, "wp": true, "fusion": true, "vc": true, "is": true, "tag": true, "category": true, "js": true, "format": true,
	"story": false,
}

// guess returns what the class or id attribute says about furniture.
func guess(value string) string {
	for name := range strings.FieldsSeq(value) {
		if rule := guessOne(name); rule != "" {
			return rule
		}
	}
	return ""
}

func guessOne(name string) string {
	if len(name) > 120 {
		return ""
	}
	if rule, ok := furniture[strings.ToLower(name)]; ok {
		return rule
	}
	words := classWords(name)
	if len(words) > 0 && exempt[words[0]] {
		return ""
	}
	for i, w := range words {
		if rule, ok := furniture[w]; ok && !(w == "gallery" || w == "player" || w == "meta" || w == "social") {
			return rule
		}
		if i+1 < len(words) {
			if rule := pairs[[2]string{w, words[i+1]}]; rule != "" {
				return rule
			}
		}
		if (w == "meta" || w == "social" || w == "player" || w == "gallery") && i == len(words)-1 {
			return furniture[w]
		}
	}
	return ""
}

// classWords splits "relatedArticles--big_box" into its lower-case words.
func classWords(name string) []string {
	var words []string
	start, upper := 0, false
	cut := func(end int) {
		if end > start {
			words = append(words, strings.ToLower(name[start:end]))
		}
	}
	for i, r := range name {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			cut(i)
			start = i + len(string(r))
			upper = true
		case unicode.IsUpper(r) && !upper:
			cut(i)
			start, upper = i, true
		default:
			upper = unicode.IsUpper(r)
		}
	}
	cut(len(name))
	return words
}

// homes are the names that sites give to the element that holds the text.
var homes = []string{
	"articlebody", "articlecontent", "articletext", "articlecopy", "entrycontent", "postcontent", "postbody", "posttext", "storybody", "storycontent", "storytext",
	"ghcontent", "newsbody", "newstext", "newscontent", "bodycopy", "bodytext", "contentbody", "fieldnamebody", "nodecontent", "singlecontent", "textbody", "articlefulltext", "richtextbody",
	"detailtext", "maintext", "contenttext", "pagecontentbody", "postarticle", "theiacontent", "articleparagraphs", "paragraphscontainer",
}

// stranger words say that an element with such a name is not the text itself.
var stranger = []string{"related", "header", "footer", "sidebar", "comment", "share", "promo", "more", "meta", "title", "image", "media", "caption", "ad-", "_ad", "list", "item", "link", "teaser", "card", "aside"}

// home reports whether the class or id attribute names the text's element.
func home(value string) bool {
	for name := range strings.FieldsSeq(value) {
		lower := strings.ToLower(name)
		plain := strings.NewReplacer("-", "", "_", "").Replace(lower)
		if plain == "econtent" || plain == "prose" {
			return true
		}
		if containsAny(plain, homes) && !containsAny(lower, stranger) {
			return true
		}
	}
	return false
}

func containsAny(s string, list []string) bool {
	for _, x := range list {
		if strings.Contains(s, x) {
			return true
		}
	}
	return false
}
