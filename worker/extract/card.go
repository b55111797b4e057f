package extract

import "strings"

// cards are the parts that a CMS puts around the text, by their class. What
// Ghost calls a card and WordPress a block is dropped as a whole.
var cards = map[string]string{
	// Ghost
	"kg-image-card":       "card: image",
	"kg-gallery-card":     "card: gallery",
	"kg-bookmark-card":    "card: bookmark",
	"kg-embed-card":       "card: embed",
	"kg-button-card":      "card: button",
	"kg-cta-card":         "card: call to action",
	"kg-signup-card":      "card: signup",
	"kg-header-card":      "card: header",
	"kg-product-card":     "card: product",
	"kg-file-card":        "card: file",
	"kg-email-cta":        "card: email call to action",
	"kg-email-card":       "card: email",
	"kg-cta-email-card":   "card: email call to action",
	"kg-audio-card":       "card: audio",
	"kg-video-card":       "card: video",
	"kg-code-card":        "card: code",
	"kg-nft-card":         "card: embed",
	"kg-collection":       "card: post list",
	"kg-transistor-card":  "card: embed",
	"kg-callout-emoji":    "card: emoji",
	"kg-toggle-card-icon": "card: icon",
	"gh-subscribe":        "card: signup",
	"gh-post-upgrade-cta": "card: upgrade",
	"twitter-tweet":       "card: post of a social network",
	"instagram-media":     "card: post of a social network",
	"tiktok-embed":        "card: post of a social network",
	"fb-post":             "card: post of a social network",
	"bluesky-embed":       "card: post of a social network",
	"mastodon-embed":      "card: post of a social network",
	"reddit-embed-bq":     "card: post of a social network",
	// WordPress
	"wp-block-image":                 "block: image",
	"wp-block-gallery":               "block: gallery",
	"wp-block-embed":                 "block: embed",
	"wp-block-embed__wrapper":        "block: embed",
	"wp-block-button":                "block: button",
	"wp-block-buttons":               "block: buttons",
	"wp-block-code":                  "block: code",
	"wp-block-preformatted":          "block: code",
	"wp-block-table":                 "block: table",
	"wp-block-pullquote":             "block: pull quote",
	"wp-block-latest-posts":          "block: latest posts",
	"wp-block-latest-comments":       "block: latest comments",
	"wp-block-query":                 "block: query",
	"wp-block-social-links":          "block: social links",
	"wp-block-file":                  "block: file",
	"wp-block-audio":                 "block: audio",
	"wp-block-video":                 "block: video",
	"wp-block-html":                  "block: html",
	"wp-block-search":                "block: search",
	"wp-block-tag-cloud":             "block: tag cloud",
	"wp-block-categories":            "block: categories",
	"wp-block-archives":              "block: archives",
	"wp-block-calendar":              "block: calendar",
	"wp-block-rss":                   "block: feed",
	"wp-block-post-author":           "block: author",
	"wp-block-post-author-biography": "block: author",
	"wp-block-table-of-contents":     "block: table of contents",
	"wp-block-post-terms":            "block: tags",
	"wp-block-post-comments":         "block: comments",
	"wp-block-comments":              "block: comments",
	"wp-block-post-navigation-link":  "block: navigation",
	"wp-block-navigation":            "block: navigation",
	"wp-block-loginout":              "block: login",
	"wp-block-cover":                 "block: cover",
	"wp-block-media-text__media":     "block: image",
	"wp-block-footnotes":             "block: footnotes",
	"wp-block-read-more":             "block: read more",
	"wp-caption":                     "block: image",
	"wp-caption-text":                "block: caption",
	"wp-element-caption":             "block: caption",
	"gallery-caption":                "block: caption",
	"sharedaddy":                     "block: share bar",
	"jp-relatedposts":                "block: related posts",
	"addtoany_share_save_container":  "block: share bar",
	"yarpp":                          "block: related posts",
	"yarpp-related":                  "block: related posts",
	"ez-toc-container":               "block: table of contents",
	"lwptoc":                         "block: table of contents",
}

// card returns the rule for the first class of a card in a class attribute.
func card(classes string) string {
	for name := range strings.FieldsSeq(classes) {
		if rule, ok := cards[name]; ok {
			return rule
		}
		switch {
		case strings.HasPrefix(name, "wp-block-jetpack-"), strings.HasPrefix(name, "jetpack-"), strings.HasPrefix(name, "jp-"):
			return "block: " + name
		case strings.HasPrefix(name, "wp-block-newspack-"):
			return "block: " + strings.TrimPrefix(name, "wp-block-")
		case strings.HasPrefix(name, "wp-block-embed-"), strings.HasPrefix(name, "wp-block-woocommerce-"):
			return "block: " + strings.TrimPrefix(name, "wp-block-")
		}
	}
	return ""
}
