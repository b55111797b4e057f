package extract

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"lector"
)

// leastTitle is how long a title is at least, as a key, by which its heading is known.
const leastTitle = 21

// entitled returns what reports whether a heading shows one of the titles that a page
// gives itself.
func (m meta) entitled() func(heading string) bool {
	var titles []string
	for _, stated := range []string{m.subtitle, m.social, m.pageTitle} {
		for _, part := range titleParts(stated) {
			titles = append(titles, key(part))
		}
	}
	titles = slices.DeleteFunc(titles, func(title string) bool { return len(title) < leastTitle })
	return func(heading string) bool { return containsAny(key(heading), titles) }
}

// shownDate returns the first date that stands near the title.
func shownDate(raws []raw, title int) time.Time {
	for _, r := range raws[title+1 : min(len(raws), title+12)] {
		if len(r.Text) > 160 || prose(r.Text) || title < 0 {
			continue
		}
		if d, ok := findDate(r.Text); ok {
			return d.time
		}
	}
	return time.Time{}
}

// pickTitle sets the title and returns the block that shows it, or -1.
func (p *Page) pickTitle(m meta, known lector.Article, raws []raw) int {
	p.Title = cmp.Or(collapse(known.Title), m.title)
	shown := titleBlock(raws, p.Title)
	if p.Title == "" {
		p.Title, shown = m.titleShown(raws, shown)
	}
	if shown < 0 {
		return -1
	}
	text := raws[shown].Text
	if known.Title == "" && extends(text, p.Title) && !titled(text, p.Title) {
		p.Title = text
	}
	if !same(text, p.Title) {
		return -1
	}
	return shown
}

// titleBlock returns the block that shows a stated title, else the first main
// heading, else -1.
func titleBlock(raws []raw, stated string) int {
	shown := -1
	for i, r := range raws {
		if stated != "" && same(r.Text, stated) && r.Kind != lector.Caption {
			return i
		}
		if shown < 0 && r.mainHeading() && !sectionName(r) {
			shown = i
		}
	}
	return shown
}

// nearTop is how many blocks of a page can hold its title; all of a page's head
// and chrome are fewer.
const nearTop = 200

// titleShown finds the title of a page that states none in its data: the
// heading that its title element or og:title agrees with, else the first main
// heading, else what these say themselves.
func (m meta) titleShown(raws []raw, first int) (string, int) {
	stated := cmp.Or(m.social, m.pageTitle)
	if first >= 0 && (stated == "" || m.states(raws[first].Text)) {
		return raws[first].Text, first
	}
	for i, r := range raws[:min(len(raws), nearTop)] {
		if r.Kind != lector.Heading || r.Rank > 3 {
			continue
		}
		if m.states(r.Text) && !same(r.Text, m.publication) {
			return r.Text, i
		}
	}
	if first >= 0 {
		return raws[first].Text, first
	}
	for _, part := range titleParts(stated) {
		if at := titleBlock(raws, part); at >= 0 && same(raws[at].Text, part) {
			return part, at
		}
	}
	for _, part := range titleParts(stated) {
		for i, r := range raws[:min(len(raws), nearTop)] {
			if titled(r.Text, part) && len(part) > 10 {
				return part, i
			}
		}
	}
	return withoutSite(stated, m.publication), -1
}

// states reports whether og:title or the title element agree with a heading.
func (m meta) states(heading string) bool {
	return agrees(heading, m.social) || agrees(heading, m.pageTitle)
}

// agrees reports whether a heading is the title that a page states, or the
// part of it that is not the site's name.
func agrees(shown, stated string) bool {
	k, parts := key(shown), titleParts(stated)
	if len(k) < 8 || len(parts) > 1 && len(k)*2 < len(key(parts[1])) {
		return false
	}
	if slices.ContainsFunc(parts, func(part string) bool { return key(part) == k }) {
		return true
	}
	return strings.HasPrefix(key(stated), k) && len(k)*2 > len(key(stated))
}

// titleParts returns a title and its parts between the marks by which sites
// set off their own name, the longest first.
func titleParts(stated string) []string {
	parts := append([]string{stated}, expr("title mark").Split(stated, 6)...)
	slices.SortStableFunc(parts, func(a, b string) int { return len(b) - len(a) })
	return parts
}

// sectionName finds an h1 that holds the site's name or the section.
func sectionName(r raw) bool {
	return r.droppedFor(navigation) || r.share() > 0.9 && len(strings.Fields(r.Text)) < 4
}

// extends reports whether the page shows more of a title than its metadata,
// which are often cut for search engines.
func extends(shown, stated string) bool {
	s, t := key(shown), key(strings.TrimRight(stated, ".… "))
	return len(s) > len(t) && len(t) > 15 && strings.HasPrefix(s, t)
}

// withoutSite cuts " | The Daily" off a page's title.
func withoutSite(title, site string) string {
	for _, mark := range []string{" | ", " – ", " — ", " - ", " :: ", " » ", " · "} {
		at := strings.LastIndex(title, mark)
		if at <= 15 {
			continue
		}
		if len(title)-at < 40 || site != "" && strings.Contains(title[at:], site) {
			return strings.TrimSpace(title[:at])
		}
	}
	return title
}
