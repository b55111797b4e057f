package release

import (
	"net/http"
	"strings"

	"lector"
)

// Site is a publication as its listeners see it.
type Site struct {
	Title       string   // of the publication
	URL         string   // its front page
	Language    string   // BCP 47; empty counts as en
	Description string   // of the feed; empty: made from the title
	Image       string   // address of the feed's picture, square, 1400 to 3000 px
	Email       string   // of the feed's owner, whom directories write to
	Category    string   // of the feed in Apple's list; empty counts as News
	Frames      []string // origins that may frame the embed page; empty: any
	Listening   bool     // it is counted how articles are listened to
}

// Options are shared by all handlers of the package.
type Options struct {
	Store        Store
	ServeObjects bool   // this process serves the files of renditions under /a/
	PublicURL    string // of this process, without a slash at its end
	AudioURL     string // where the files of renditions are, unless ServeObjects is set
	Sites        map[string]Site
}

// base is the address that listeners know this process by.
func (h Options) base(r *http.Request) string {
	if h.PublicURL != "" {
		return strings.TrimSuffix(h.PublicURL, "/")
	}
	return "http://" + r.Host
}

// addresses is where somebody elsewhere finds things.
func (h Options) addresses(r *http.Request) lector.Addresses {
	a := lector.Addresses{Public: h.base(r), Files: h.AudioURL}
	if h.ServeObjects || a.Files == "" {
		a.Files = a.Public
	}
	return a
}

// absolute returns the address of one of the manifest's relative links for
// somebody elsewhere.
func (h Options) absolute(r *http.Request, m lector.Manifest, link string) string {
	return h.addresses(r).File(m, link)
}

// embed returns the address of the article's embed page.
func (h Options) embed(r *http.Request, m lector.Manifest) string {
	return h.addresses(r).Embed(m.Site, m.Article)
}
