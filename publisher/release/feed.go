package release

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // RFC 9562 names it for version 5; nothing is protected by it
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"lector"
)

// feedSize is how many articles a feed holds.
const feedSize = 100

// cacheFeed lets a cache keep the feed, but makes it ask each time whether it
// still holds: what has been taken down must not be served again.
const cacheFeed = "public, no-cache"

// Feed serves /feed/{site}.xml: the newest articles of a site as a podcast. An
// article keeps its guid when it is narrated anew, so that nobody hears it
// twice; the enclosure's address changes with its bytes.
type Feed struct {
	Options
	Catalog *Catalog
	Log     *slog.Logger
}

// ServeHTTP reads the path value file.
func (f Feed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	shareWithAll(w.Header())
	name, ok := strings.CutSuffix(r.PathValue("file"), ".xml")
	site, known := f.Sites[name]
	if !ok || !known {
		notFound(w)
		return
	}
	newest, err := f.Catalog.Public(r.Context(), name)
	if err != nil {
		unavailable(w, r, f.Log, err)
		return
	}
	data, err := f.document(r, name, site, newest)
	if err != nil {
		unavailable(w, r, f.Log, err)
		return
	}
	sum := sha256.Sum256(data)
	h := w.Header()
	h.Set("Content-Type", "application/rss+xml; charset=utf-8")
	h.Set("Cache-Control", cacheFeed)
	h.Set("ETag", `"`+hex.EncodeToString(sum[:])+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
}

func (f Feed) document(r *http.Request, name string, site Site, newest []lector.Manifest) ([]byte, error) {
	doc := rss{
		Version: "2.0",
		Itunes:  "http://www.itunes.com/dtds/podcast-1.0.dtd",
		Podcast: "https://podcastindex.org/namespace/1.0",
		Atom:    "http://www.w3.org/2005/Atom",
		Channel: f.channel(f.base(r)+"/feed/"+name+".xml", name, site),
	}
	var changed time.Time
	for _, m := range newest {
		doc.Channel.Items = append(doc.Channel.Items, f.item(r, m))
		if m.Created.After(changed) {
			changed = m.Created
		}
	}
	if !changed.IsZero() {
		doc.Channel.BuildDate = rssDate(changed)
	}
	body, err := xml.MarshalIndent(doc, "", " ")
	if err != nil {
		return nil, fmt.Errorf("write feed: %w", err)
	}
	return append([]byte(xml.Header), body...), nil
}

func (f Feed) channel(self, name string, site Site) channel {
	title := firstNonEmpty(site.Title, name)
	c := channel{
		Title: title, Link: firstNonEmpty(lector.WebAddress(site.URL), self), Language: firstNonEmpty(site.Language, "en"),
		Self:        atomLink{Href: self, Rel: "self", Type: "application/rss+xml"},
		Description: firstNonEmpty(site.Description, "The articles of "+title+", read aloud. "+lector.DisclosureText+"."),
		Generator:   "Lector", Author: title, Category: category{firstNonEmpty(site.Category, "News")},
		Explicit: "false", Type: "episodic", GUID: podcastGUID(self), Locked: "no", AI: madeByAI,
	}
	if site.Email != "" {
		c.Owner = &owner{Name: title, Email: site.Email}
	}
	if image := lector.WebAddress(site.Image); image != "" {
		c.Image = &hypertext{image}
	}
	return c
}

func (f Feed) item(r *http.Request, m lector.Manifest) item {
	i := item{
		Title: m.Title, Link: m.Links.Article, Description: disclosureText(m) + ".",
		GUID:      guid{ID: "lector:" + m.Site + "/" + m.Key},
		Date:      rssDate(m.PublicationDate()),
		Enclosure: enclosure{URL: f.absolute(r, m, m.Links.MP3), Length: m.Bytes, Type: "audio/mpeg"},
		Author:    strings.Join(m.Authors, ", "), Duration: int(m.Duration + 0.5), Explicit: "false", AI: madeByAI,
	}
	if vtt := f.absolute(r, m, m.Links.VTT); vtt != "" {
		i.Transcript = &reference{vtt, "text/vtt"}
	}
	if chapters := f.absolute(r, m, m.Links.Chapters); chapters != "" {
		i.Chapters = &reference{chapters, "application/json+chapters"}
	}
	return i
}

// podcastGUID is the channel's identity: a UUID version 5 of the feed's address
// without its scheme, in the namespace of podcastindex.org.
func podcastGUID(address string) string {
	_, bare, _ := strings.Cut(address, "://")
	space, _ := hex.DecodeString("ead4c236bf5858c6a2c6a6b28d128cb6")
	name := strings.TrimSuffix(bare, "/")
	sum := sha1.Sum(append(space, name...)) //nolint:gosec // as above
	sum[6] = sum[6]&0x0f | 0x50
	sum[8] = sum[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

func firstNonEmpty(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
