package lector

import (
	"encoding/json"
	"net/url"
	"path"
	"strings"
)

// Links are the addresses of a rendition's files. In a stored manifest they are
// relative to it: the names of the files beside it, and Embed is empty. Who
// serves or announces the rendition makes them absolute by Addresses. Article
// is the article's own page, which is always absolute.
type Links struct {
	MP3      string `json:"mp3"`                // the audio
	VTT      string `json:"vtt"`                // the captions
	Chapters string `json:"chapters,omitempty"` // where there are any
	Manifest string `json:"manifest"`           // the pointer
	Embed    string `json:"embed,omitempty"`    // the player page
	Article  string `json:"article,omitempty"`  // the article's own page
}

// NewLinks returns the relative links of the rendition with the given hash.
func NewLinks(hash string) Links {
	return Links{MP3: hash + ".mp3", VTT: hash + ".vtt", Manifest: pointerName}
}

// ReadManifest reads a manifest as it lies in a store. Its links are relative,
// those of a manifest that was stored with absolute ones too. What is no http
// or https address is left out.
func ReadManifest(data []byte) (Manifest, error) {
	var m Manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return Manifest{}, err
	}
	m.Links = m.Links.relative(Prefix(m.Site, m.Key))
	return m, nil
}

// relative returns the links of a manifest that lies under prefix.
func (l Links) relative(prefix string) Links {
	for _, link := range []*string{&l.MP3, &l.VTT, &l.Chapters, &l.Manifest} {
		*link = fileName(prefix, *link)
	}
	l.Embed, l.Article = "", WebAddress(l.Article)
	return l
}

// fileName returns the name of the file under prefix that link leads to, under
// whatever public address it was made. What leads elsewhere is returned as it
// is if it is a web address, else "".
func fileName(prefix, link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	name := path.Base(u.Path)
	beside := link == name || strings.HasSuffix(u.Path, "/"+prefix+name)
	if beside && ValidKey(prefix+name) {
		return name
	}
	return WebAddress(link)
}

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
