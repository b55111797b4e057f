package ghost

import (
	"strings"
	"time"

	"lector"
	"lector/publisher/intake/strip"
)

// Post is a post or a page, in what Lector wants of the Admin API's fields. In a
// webhook's previous state a field that did not change is missing.
type Post struct {
	ID            string    `json:"id"`
	Title         string    `json:"title"`
	HTML          string    `json:"html"`
	Status        string    `json:"status"`     // published, draft, scheduled; or sent, by e-mail only
	Visibility    string    `json:"visibility"` // public, members, paid or tiers
	URL           string    `json:"url"`
	CustomExcerpt string    `json:"custom_excerpt"` // the standfirst; Ghost's excerpt may be the text's beginning
	FeatureImage  string    `json:"feature_image"`
	PublishedAt   time.Time `json:"published_at"`
	UpdatedAt     time.Time `json:"updated_at"`
	Authors       []named   `json:"authors"`
	PrimaryTag    *named    `json:"primary_tag"`
	Tags          []named   `json:"tags"`
}

// named is an author or a tag.
type named struct {
	Name string `json:"name"`
}

// postFields are those of a post.
var postFields = strip.Keep{
	"id": nil, "title": nil, "html": nil, "status": nil, "visibility": nil, "url": nil, "custom_excerpt": nil, "feature_image": nil,
	"published_at": nil, "updated_at": nil, "authors": {"name": nil}, "primary_tag": {"name": nil}, "tags": {"name": nil},
}

// IsPublic reports whether the post stands on the site: for whom, its visibility says.
func (p Post) IsPublic() bool { return p.Status == "published" }

// Article returns the article of a post. Of one that is not for everybody the text
// ends at the cut that its editor has placed, and is left out where there is none.
func (p Post) Article(site string) lector.Article {
	a := lector.Article{
		Site: site, ID: p.ID, URL: p.URL, Title: p.Title, Subtitle: p.CustomExcerpt, Image: p.FeatureImage,
		PublishedAt: p.PublishedAt, UpdatedAt: p.UpdatedAt, Authors: names(p.Authors), Tags: names(p.Tags),
		Visibility: visibility(p.Visibility), Body: lector.Body{ContentType: lector.HTML, Content: p.HTML},
	}
	if p.PrimaryTag != nil {
		a.Section = p.PrimaryTag.Name
	}
	if a.Visibility != lector.Public {
		a.Body.Content = teaser(p.HTML)
	}
	return a
}

// visibility takes what Ghost does not say for the narrowest.
func visibility(of string) lector.Visibility {
	switch of {
	case "public":
		return lector.Public
	case "members":
		return lector.Members
	}
	return lector.Paid
}

// cut is where an editor lets the free part of a post end.
const cut = "<!--members-only-->"

// teaser returns the HTML up to and with the cut.
func teaser(html string) string {
	free, _, found := strings.Cut(html, cut)
	if !found {
		return ""
	}
	return free + cut
}

func names(of []named) (all []string) {
	for _, n := range of {
		all = append(all, n.Name)
	}
	return all
}
