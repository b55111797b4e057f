package lector

import (
	"net/url"
	"strings"
)

// Addresses is where listeners find things. Both are without a slash at their
// end; the zero value makes addresses that are relative to the host.
type Addresses struct {
	Public string // of the public HTTP server: embed pages, player, feeds
	Files  string // of the store's objects, by their keys
}

// Links returns the absolute links of a rendition, whose manifest was read by
// ReadManifest or is about to be stored.
func (a Addresses) Links(m Manifest) Links {
	l := m.Links
	for _, link := range []*string{&l.MP3, &l.VTT, &l.Chapters, &l.Manifest} {
		*link = a.File(m, *link)
	}
	l.Embed = a.Embed(m.Site, m.Article)
	return l
}

// File returns the absolute address of one of the manifest's relative links;
// "" and absolute ones are returned as they are.
func (a Addresses) File(m Manifest, link string) string {
	if link == "" || WebAddress(link) != "" {
		return link
	}
	return a.Object(Prefix(m.Site, m.Key) + link)
}

// Object returns the address of the object with the given key.
func (a Addresses) Object(key string) string { return joinURL(a.Files, key) }

// Embed returns the address of an article's embed page. An id may hold
// anything, slashes among it.
func (a Addresses) Embed(site, article string) string {
	return joinURL(a.Public, "embed/"+url.PathEscape(site)+"/"+url.PathEscape(article))
}

// joinURL puts a path behind a base address, before its query.
func joinURL(base, path string) string {
	place, query, found := strings.Cut(base, "?")
	address := strings.TrimSuffix(place, "/") + "/" + path
	if found {
		address += "?" + query
	}
	return address
}
