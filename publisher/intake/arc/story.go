// Package arc reads the events of Arc XP. Arc calls a function of the newsroom's own
// integration (IFX), which passes the event on, signed as a Standard Webhook; its body
// is a story in ANS, Arc's format.
package arc

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"
	"time"

	"lector"
	"lector/publisher/intake/strip"
)

// story is what matters here of a story in ANS 0.10.
type story struct {
	ID           string    `json:"_id"`
	Type         string    `json:"type"`
	Headlines    basic     `json:"headlines"`
	Subheadlines basic     `json:"subheadlines"`
	URL          string    `json:"canonical_url"` // most often a path
	Language     string    `json:"language"`
	First        time.Time `json:"first_publish_date"`
	Updated      time.Time `json:"last_updated_date"`
	Credits      struct {
		By []named `json:"by"`
	} `json:"credits"`
	Taxonomy struct {
		Section *named  `json:"primary_section"`
		Tags    []named `json:"tags"`
	} `json:"taxonomy"`
	Restrictions struct {
		Code string `json:"content_code"`
	} `json:"content_restrictions"`
	Promo struct {
		Basic struct {
			Type string `json:"type"`
			URL  string `json:"url"`
		} `json:"basic"`
	} `json:"promo_items"`
	Elements []element `json:"content_elements"`
}

type basic struct {
	Basic string `json:"basic"`
}

// named is an author, a section or a tag, which has a text instead of a name.
type named struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// element is a content element. A list has items, a quotation has elements.
type element struct {
	Type     string    `json:"type"`
	Subtype  string    `json:"subtype"`
	Content  string    `json:"content"` // a little HTML
	Level    int       `json:"level"`
	ListType string    `json:"list_type"`
	Items    []element `json:"items"`
	Elements []element `json:"content_elements"`
}

// storyFields are those of story.
func storyFields() strip.Keep {
	text, name := strip.Keep{"basic": nil}, strip.Keep{"name": nil, "text": nil}
	elements := strip.Keep{"type": nil, "subtype": nil, "content": nil, "level": nil, "list_type": nil}
	elements["items"], elements["content_elements"] = elements, elements
	return strip.Keep{
		"_id": nil, "type": nil, "headlines": text, "subheadlines": text, "canonical_url": nil, "language": nil,
		"first_publish_date": nil, "last_updated_date": nil, "credits": {"by": name}, "taxonomy": {"primary_section": name, "tags": name},
		"content_restrictions": {"content_code": nil}, "promo_items": {"basic": {"type": nil, "url": nil}}, "content_elements": elements,
	}
}

// article makes an article of a story. Addresses that are paths are below the site's own.
// Of a story that is not free, no text is taken along.
func (s story) article(site, siteURL string) lector.Article {
	a := lector.Article{
		Site: site, ID: s.ID, URL: absolute(siteURL, s.URL), Title: strip.Markup(s.Headlines.Basic), Subtitle: strip.Markup(s.Subheadlines.Basic), Language: s.Language,
		PublishedAt: s.First, UpdatedAt: s.Updated, Visibility: lector.Public, Authors: names(s.Credits.By), Tags: names(s.Taxonomy.Tags),
		Body: lector.Body{ContentType: lector.HTML},
	}
	if s.Taxonomy.Section != nil {
		a.Section = s.Taxonomy.Section.Name
	}
	if s.Promo.Basic.Type == "image" {
		a.Image = s.Promo.Basic.URL
	}
	switch s.Restrictions.Code {
	case "", "free", "public":
		a.Body.Content = body(s.Elements)
	default:
		a.Visibility = lector.Paid
	}
	return a
}

// absolute completes an address that is a path; "" where that cannot be done.
func absolute(base, address string) string {
	u, err := url.Parse(address)
	if err != nil || address == "" || u.IsAbs() {
		return address
	}
	b, err := url.Parse(base)
	if err != nil || b.Host == "" {
		return ""
	}
	return b.ResolveReference(u).String()
}

func names(of []named) (all []string) {
	for _, n := range of {
		if name := cmp.Or(n.Name, n.Text); name != "" {
			all = append(all, name)
		}
	}
	return all
}

// body writes the elements that are text as HTML. All others (links to other stories,
// embeds, pictures, tables, code, markup by hand) are no part of what is read.
func body(elements []element) string {
	var b strings.Builder
	for _, e := range elements {
		e.write(&b)
	}
	return b.String()
}

func (e element) write(b *strings.Builder) {
	switch {
	case strings.HasSuffix(e.Subtype, "pullquote"): // it stands in the text once more
	case e.Type == "text":
		fmt.Fprintf(b, "<p>%s</p>\n", e.Content)
	case e.Type == "header":
		level := min(max(e.Level, 2), 6)
		fmt.Fprintf(b, "<h%d>%s</h%d>\n", level, e.Content, level)
	case e.Type == "correction" && e.Content != "":
		fmt.Fprintf(b, "<p>Correction: %s</p>\n", strings.TrimPrefix(e.Content, "Correction: "))
	case e.Type == "quote" || e.Type == "blockquote":
		b.WriteString("<blockquote>" + paragraph(e.Content) + body(e.Elements) + "</blockquote>\n")
	case e.Type == "list":
		e.writeList(b)
	case e.Type == "element_group":
		b.WriteString(body(e.Elements))
	case e.Type == "divider":
		b.WriteString("<hr>\n")
	}
}

func paragraph(content string) string {
	if content == "" {
		return ""
	}
	return "<p>" + content + "</p>"
}

func (e element) writeList(b *strings.Builder) {
	tag := "ul"
	if e.ListType == "ordered" {
		tag = "ol"
	}
	fmt.Fprintf(b, "<%s>\n", tag)
	for _, item := range e.Items {
		if item.Type == "list" {
			item.writeList(b)
			continue
		}
		fmt.Fprintf(b, "<li>%s</li>\n", item.Content)
	}
	fmt.Fprintf(b, "</%s>\n", tag)
}
