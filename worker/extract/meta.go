package extract

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"lector"
)

// meta is what a page says about itself outside its text.
type meta struct {
	title, subtitle, language, url, publication string
	authors                                     []string
	published                                   time.Time
	body                                        string   // JSON-LD articleBody
	free                                        bool     // false: JSON-LD says isAccessibleForFree false
	gated                                       []string // CSS selectors of what is not free
	pageTitle, social                           string   // <title>, og:title
	description                                 string
	times                                       []shownTime       // the time elements that stand in no sentence
	frontPage                                   string            // what its first link to the front page says
	graph                                       []any             // the JSON-LD of the page
	names                                       map[string]string // what it calls whom it identifies
}

// readMeta collects JSON-LD first, then meta elements.
func readMeta(doc *html.Node) meta {
	m := meta{free: true, names: map[string]string{}}
	tags := map[string]string{}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.DataAtom {
		case atom.Html:
			m.language = attr(n, "lang")
		case atom.Title:
			if m.pageTitle == "" && n.Namespace == "" {
				m.pageTitle = collapse(textOf(n))
			}
		case atom.Link:
			if attr(n, "rel") == "canonical" {
				m.url = attr(n, "href")
			}
		case atom.Meta:
			m.tag(tags, n)
		case atom.A:
			if m.frontPage == "" && attr(n, "href") == "/" {
				m.frontPage = trim(collapse(textOf(n)), longest)
			}
		case atom.Time:
			m.times = append(m.times, readTimeElement(n)...)
		case atom.Script:
			if strings.Contains(attr(n, "type"), "ld+json") && n.FirstChild != nil {
				m.linked(n.FirstChild.Data)
			}
		}
	}
	for _, v := range m.graph {
		m.identify(v, 0)
	}
	for _, v := range m.graph {
		m.search(v, 0)
	}
	m.fill(tags)
	return m
}

func (m *meta) tag(tags map[string]string, n *html.Node) {
	name := strings.ToLower(attr(n, "property"))
	if name == "" {
		name = strings.ToLower(attr(n, "name"))
	}
	value := collapse(attr(n, "content"))
	if name == "" || value == "" {
		return
	}
	if _, there := tags[name]; !there {
		tags[name] = value
	}
}

// fill takes from the meta elements what JSON-LD does not say.
func (m *meta) fill(tags map[string]string) {
	m.social = trim(firstOf(tags, "og:title", "twitter:title", "dc.title", "title"), longest)
	m.pageTitle = trim(m.pageTitle, longest)
	m.description = firstOf(tags, "og:description", "description", "twitter:description")
	if len(m.authors) == 0 {
		if name := cleanAuthor(firstOf(tags, "author", "article:author", "dc.creator", "byl", "parsely-author", "sailthru.author")); name != "" && !same(name, firstOf(tags, "og:site_name", "application-name")) {
			m.authors = splitAuthors(name)
		}
	}
	if m.published.IsZero() {
		m.published = parseTime(firstOf(tags, "article:published_time", "og:article:published_time", "datepublished", "date", "dc.date.issued", "dc.date", "pubdate", "publishdate", "parsely-pub-date", "sailthru.date"))
	}
	if m.publication == "" {
		m.publication = firstOf(tags, "og:site_name", "application-name")
	}
	if m.language == "" {
		m.language = strings.ReplaceAll(firstOf(tags, "og:locale", "content-language", "language"), "_", "-")
	}
	if m.url == "" {
		m.url = firstOf(tags, "og:url")
	}
}

func firstOf(tags map[string]string, names ...string) string {
	for _, name := range names {
		if v := tags[name]; v != "" {
			return v
		}
	}
	return ""
}

// calls are the names by which the site calls itself, in small letters.
func (m meta) calls() []string {
	var out []string
	parts := expr("title mark").Split(m.pageTitle, 6)
	for _, name := range []string{m.publication, m.frontPage, parts[len(parts)-1]} {
		if n := len(name); n <= 3 || n >= 40 || same(name, m.title) {
			continue
		}
		if len(parts) > 1 || name != parts[0] { // one part alone is the title
			out = append(out, strings.ToLower(name))
		}
	}
	return out
}

func splitAuthors(s string) []string {
	if names := splitNames(s); len(names) > 0 {
		return names
	}
	return []string{s}
}

// parseTime reads the forms of time that pages state.
func parseTime(s string) time.Time {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05-0700", "2006-01-02T15:04-07:00", "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", time.RFC1123Z, time.RFC1123, "20060102"} {
		if t, err := lector.ParseZoned(layout, s); err == nil {
			return t
		}
	}
	if d, ok := findDate(s); ok {
		return d.time
	}
	return time.Time{}
}

// linked reads one JSON-LD block. What is not JSON is skipped: many pages have broken
// blocks.
func (m *meta) linked(text string) {
	var v any
	if json.Unmarshal([]byte(strings.TrimSpace(text)), &v) != nil {
		clean := strings.NewReplacer("\n", " ", "\r", " ", "\t", " ").Replace(text)
		if json.Unmarshal([]byte(strings.TrimSpace(clean)), &v) != nil {
			return
		}
	}
	m.graph = append(m.graph, v)
}

// identify records the names of objects with an @id, by which an article can refer to its
// author.
func (m *meta) identify(v any, depth int) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			m.identify(x, depth+1)
		}
	case map[string]any:
		if id, name := str(v["@id"]), v["name"]; id != "" && name != nil {
			m.names[id] = plainText(str(name))
		}
		if depth < 6 && v["@graph"] != nil {
			m.identify(v["@graph"], depth+1)
		}
	}
}

func (m *meta) search(v any, depth int) {
	if depth > 6 {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			m.search(x, depth+1)
		}
	case map[string]any:
		stated := func(name string) bool { return v[name] != nil }
		if expr("article type").MatchString(str(v["@type"])) && slices.ContainsFunc([]string{"headline", "articleBody", "datePublished"}, stated) {
			m.article(v)
			return
		}
		for _, key := range []string{"@graph", "mainEntity", "mainEntityOfPage"} {
			m.search(v[key], depth+1)
		}
	}
}

// article takes the first article of the page.
func (m *meta) article(v map[string]any) {
	if m.title != "" {
		return
	}
	m.title = plainText(str(v["headline"]))
	m.subtitle = plainText(str(v["alternativeHeadline"]))
	m.body = str(v["articleBody"])
	m.published = parseTime(str(v["datePublished"]))
	m.authors = m.people(v["author"])
	if len(m.authors) == 0 {
		m.authors = m.people(v["creator"])
	}
	if names := m.people(v["publisher"]); len(names) > 0 {
		m.publication = names[0]
	}
	if lang := str(v["inLanguage"]); lang != "" && len(lang) < 12 {
		m.language = lang
	}
	if f := strings.ToLower(str(v["isAccessibleForFree"])); f == "false" {
		m.free = false
		m.gated = gates(v["hasPart"])
	}
}

func gates(v any) (selectors []string) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			selectors = append(selectors, gates(x)...)
		}
	case map[string]any:
		if s := v["cssSelector"]; s != nil && strings.ToLower(str(v["isAccessibleForFree"])) == "false" {
			selectors = append(selectors, str(s))
		}
	}
	return selectors
}

// str returns the first string in v.
func str(v any) string {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v)
	case bool:
		if v {
			return "true"
		}
		return "false"
	case []any:
		for _, x := range v {
			if s := str(x); s != "" {
				return s
			}
		}
	case map[string]any:
		for _, key := range []string{"name", "@value", "@id"} {
			if s := str(v[key]); s != "" {
				return s
			}
		}
	}
	return ""
}

func (m *meta) people(v any) []string {
	var out []string
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			out = append(out, m.people(x)...)
		}
	case map[string]any:
		if name := cleanAuthor(cmp.Or(plainText(str(v["name"])), m.names[str(v["@id"])])); name != "" {
			out = append(out, name)
		}
	case string:
		if name := cleanAuthor(plainText(v)); name != "" {
			out = splitAuthors(name)
		}
	}
	return out
}

// plainText decodes the entities that metadata often holds.
func plainText(s string) string {
	if strings.Contains(s, "&") {
		s = html.UnescapeString(s)
	}
	return collapse(s)
}

// textOf returns the text of n and all below it.
func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}
