package worker

import (
	"slices"
	"strings"

	"lector"
)

// BreakingRule says which articles of a site are in the breaking lane although their
// events name no lane.
type BreakingRule struct {
	Sections []string // in any case of letters
	Tags     []string
}

func (b BreakingRule) matches(a lector.Article) bool {
	return containsFold(b.Sections, a.Section) || slices.ContainsFunc(a.Tags, func(tag string) bool { return containsFold(b.Tags, tag) })
}

func containsFold(all []string, word string) bool {
	return slices.ContainsFunc(all, func(s string) bool { return strings.EqualFold(s, word) })
}

// Urgent reports whether an event goes before others that wait: it withdraws an
// article, or is in the breaking lane.
func (n *Narrator) Urgent(e lector.ArticleEvent) bool {
	return withdraws(e) || n.lane(e) == lector.Breaking
}

// lane returns the lane of an event: the one that it names, or breaking by the site's
// rule. A replay says itself where it belongs.
func (n *Narrator) lane(e lector.ArticleEvent) lector.Lane {
	if e.Lane == lector.Normal && e.Replay == "" && n.Sites[e.Article.Site].Breaking.matches(e.Article) {
		return lector.Breaking
	}
	return e.Lane
}

// withdraws reports whether an event may only take audio away: no voice is called for
// it.
func withdraws(e lector.ArticleEvent) bool {
	return e.Type.Withdraws() || e.Article.Visibility != lector.Public
}

// longText is from which text on an article is long, in bytes: about twelve minutes of
// audio. Most news articles have a third of it; what is longer keeps a slot for
// minutes.
const longText = 10_000

// isLong reports whether an article is long. One that is too large for an event is.
func isLong(a lector.Article) bool {
	return a.Body.Ref != "" || len(a.Body.Content) > longText && textLength(a.Body.Content) > longText
}

// textLength is about how many bytes of a page are text: what stands outside of tags,
// scripts and styles. It is for a choice between queues; what is read is found by
// extract.
func textLength(page string) (n int) {
	for page != "" {
		text, rest, tag := strings.Cut(page, "<")
		n += len(strings.TrimSpace(text))
		if !tag {
			return n
		}
		page = afterTag(rest)
	}
	return n
}

// afterTag returns what follows a tag whose "<" was read, and a script or style
// element's end where it begins one.
func afterTag(page string) string {
	for _, element := range []string{"script", "style"} {
		if len(page) > len(element) && strings.EqualFold(page[:len(element)], element) {
			_, page, _ = strings.Cut(page, "</")
		}
	}
	_, page, _ = strings.Cut(page, ">")
	return page
}
