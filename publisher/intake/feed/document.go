// Package feed reads what a site says of its articles without a CMS: RSS, Atom and
// JSON feeds, news sitemaps, sitemaps and their indexes. It lists the articles, and
// fetches their pages.
package feed

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"lector"
)

// The kinds of documents.
const (
	rssFeed      = "RSS feed"
	atomFeed     = "Atom feed"
	jsonFeed     = "JSON feed"
	sitemap      = "sitemap"
	newsSitemap  = "news sitemap"
	SitemapIndex = "sitemap index"
)

// Document is a feed, a sitemap or an index of sitemaps.
type Document struct {
	Kind     string // such as SitemapIndex
	Title    string // of the publication; "" where none is stated
	Link     string // the publication's own address; "" where none is stated
	Entries  []Entry
	Children []Child // sitemaps that an index names
	Skipped  int     // entries without a usable address
}

// Entry is an article as a document lists it. ID names it for ever; of a sitemap it
// is the address.
type Entry struct {
	ID, URL   string
	Title     string
	Tags      []string
	Published time.Time // zero where none is stated
	Updated   time.Time // zero where none is stated
	content   string    // what else the document says of it: a change of it is one of the article
}

// Child is a sitemap that an index names.
type Child struct {
	URL     string
	Updated string // as the index states it
}

// The bounds of a document.
const (
	maxUnpacked = 50 << 20 // bytes; the bound of the sitemap protocol
	maxEntries  = 50_000   // the bound of the sitemap protocol
)

// errNoFeed is returned for what is none of the kinds.
var errNoFeed = errors.New("neither a feed nor a sitemap")

// Parse reads a document that came from an address, by which relative addresses are
// completed. It may be compressed with gzip. Its errors are permanent.
func Parse(data []byte, address string) (Document, error) {
	data, err := unpack(data)
	if err != nil {
		return Document{}, lector.Permanent(err)
	}
	data = inUTF8(data)
	base, err := url.Parse(address)
	if err != nil {
		base = &url.URL{}
	}
	d, err := parse(data, base)
	if err != nil {
		return d, lector.Permanent(err)
	}
	d.Entries = d.Entries[:min(len(d.Entries), maxEntries)]
	return d, nil
}

func parse(data []byte, base *url.URL) (Document, error) {
	switch rootElement(data) {
	case "urlset", "sitemapindex":
		return parseSitemap(data, base)
	case "rss", "RDF", "feed":
		return parseSyndication(data, base)
	}
	if isJSON(data) {
		return parseSyndication(trimBOM(data), base)
	}
	return Document{}, errNoFeed
}

// isJSON reports whether data is a JSON feed, which its version tells.
func isJSON(data []byte) bool {
	head := trimBOM(data[:min(len(data), 1<<12)])
	return bytes.HasPrefix(bytes.TrimSpace(head), []byte("{")) &&
		bytes.Contains(bytes.ReplaceAll(head, []byte(`\/`), []byte("/")), []byte("jsonfeed.org/version/"))
}

// Is reports whether a file looks like one of the documents: its root element is
// theirs, or it is JSON with the version of a JSON feed.
func Is(data []byte) bool {
	data, err := unpack(data)
	if err != nil {
		return false
	}
	data = inUTF8(data)
	switch rootElement(data) {
	case "urlset", "sitemapindex", "rss", "RDF", "feed":
		return true
	}
	return isJSON(data)
}

// unpack undoes gzip, within the bound of a sitemap.
func unpack(data []byte) ([]byte, error) {
	if !bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		return data, nil
	}
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	data, err = io.ReadAll(io.LimitReader(r, maxUnpacked+1))
	if err != nil {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	if len(data) > maxUnpacked {
		return nil, fmt.Errorf("unpack: more than %d MB", maxUnpacked>>20)
	}
	return data, nil
}

func trimBOM(data []byte) []byte { return bytes.TrimPrefix(data, []byte("\ufeff")) }

// absolute completes an address, and returns "" for what is no address of the web.
// A login and a fragment are no part of an article's address.
func absolute(base *url.URL, address string) string {
	address = strings.TrimSpace(address)
	u, err := base.Parse(address)
	if err != nil || address == "" || u.Host == "" {
		return ""
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	u.Fragment, u.RawFragment, u.User = "", "", nil
	if u.RawQuery != "" {
		u.RawQuery = withoutTracking(u.RawQuery)
	}
	text := u.String()
	if len(text) > maxAddress || strings.ContainsAny(text, " \\") {
		return ""
	}
	return text
}

// maxAddress is the longest address that an event may have.
const maxAddress = 2048

// withoutTracking leaves out what tells campaigns apart, and not articles.
func withoutTracking(query string) string {
	var kept []string
	for part := range strings.SplitSeq(query, "&") {
		if name := strings.ToLower(part); !strings.HasPrefix(name, "utm_") && !strings.HasPrefix(name, "at_") && part != "" {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, "&")
}
