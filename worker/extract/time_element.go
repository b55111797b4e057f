package extract

import (
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// shownTime is what a time element states.
type shownTime struct {
	at       time.Time
	hourOnly bool // what it shows is a time of the day without a date
}

// readTimeElement returns the time that an element states, unless it states none or
// belongs to what the article tells.
func readTimeElement(n *html.Node) []shownTime {
	v := attr(n, "datetime")
	if v == "" || inSentence(n) {
		return nil
	}
	at := parseTime(v)
	if at.IsZero() {
		return nil
	}
	return []shownTime{{at, expr("hour alone").MatchString(strings.ToLower(collapse(textOf(n))))}}
}

// firstTime returns when the article was published by the first time element of the
// page, or zero. Where each entry of a live blog or a chronicle has a time of its own,
// none of them is the article's. In a field of a CMS (whole is false) several times are
// entries; on a whole page only those that show the hour alone are, since the times of
// other articles stand there too.
func (m meta) firstTime(whole bool) time.Time {
	if len(m.times) == 0 {
		return time.Time{}
	}
	first := m.times[0]
	for _, t := range m.times[1:] {
		entries := !whole || first.hourOnly && t.hourOnly
		if entries && !t.at.Equal(first.at) {
			return time.Time{}
		}
	}
	return first.at
}

// inSentence reports whether a time belongs to what the article tells: it stands
// inside a sentence that is no byline.
func inSentence(n *html.Node) bool {
	for p := n.Parent; p != nil && inline(p.DataAtom); p = p.Parent {
		n = p
	}
	if n.Parent == nil || n.Parent.DataAtom != atom.P && n.Parent.DataAtom != atom.Li {
		return false
	}
	text, own := collapse(textOf(n.Parent)), collapse(textOf(n))
	if !ended(text) {
		return false
	}
	before, behind, _ := strings.Cut(text, own)
	if len(text) > 2*len(own)+40 {
		return true
	}
	_, byline := parseByline(text)
	return !byline && len(strings.Fields(before)) > 1 && len(strings.Fields(behind)) > 1
}
