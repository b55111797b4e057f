package feed

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"golang.org/x/text/encoding/htmlindex"
)

// newDecoder reads XML leniently, in any encoding that it states.
func newDecoder(data []byte) *xml.Decoder {
	d := xml.NewDecoder(bytes.NewReader(trimBOM(bytes.TrimSpace(data))))
	d.Strict, d.Entity = false, xml.HTMLEntity
	d.CharsetReader = func(name string, in io.Reader) (io.Reader, error) {
		e, err := htmlindex.Get(name)
		if err != nil {
			return nil, err
		}
		return e.NewDecoder().Reader(in), nil
	}
	return d
}

// rootElement returns the local name of the first element; "" where there is none.
func rootElement(data []byte) string {
	if !bytes.HasPrefix(bytes.TrimSpace(trimBOM(bytes.TrimSpace(data[:min(len(data), 1<<12)]))), []byte("<")) {
		return ""
	}
	d := newDecoder(data[:min(len(data), 1<<16)])
	for {
		t, err := d.Token()
		if err != nil {
			return ""
		}
		if e, is := t.(xml.StartElement); is {
			return e.Name.Local
		}
	}
}

// sitemapEntry is a url or a sitemap element. News stands in a namespace of its own.
type sitemapEntry struct {
	Loc     []namespaced `xml:"loc"`
	LastMod string       `xml:"lastmod"`
	News    *struct {
		Published string `xml:"publication_date"`
		Title     string `xml:"title"`
		Keywords  string `xml:"keywords"`
	} `xml:"http://www.google.com/schemas/sitemap-news/0.9 news"`
}

// namespaced is an element of which the namespace counts: pictures and videos have a
// loc, too.
type namespaced struct {
	XMLName xml.Name
	Text    string `xml:",chardata"`
}

// parseSitemap reads one element after the other. A file that breaks off is an error:
// what is missing in it must not count as gone.
func parseSitemap(data []byte, base *url.URL) (Document, error) {
	d := newDecoder(data)
	doc, open := Document{Kind: sitemap}, 0
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) && open == 0 {
			return doc, nil
		}
		if err != nil {
			return doc, fmt.Errorf("sitemap: %w", err)
		}
		switch e := t.(type) {
		case xml.StartElement:
			if e.Name.Local == "urlset" || e.Name.Local == "sitemapindex" {
				open++
				continue
			}
			if err := doc.read(d, e, base); err != nil {
				return doc, fmt.Errorf("sitemap: %w", err)
			}
		case xml.EndElement:
			open--
		}
	}
}

// read reads a url or a sitemap element, and passes over others.
func (d *Document) read(from *xml.Decoder, e xml.StartElement, base *url.URL) error {
	if e.Name.Local != "url" && e.Name.Local != "sitemap" {
		return from.Skip()
	}
	var s sitemapEntry
	if err := from.DecodeElement(&s, &e); err != nil {
		return err
	}
	address := absolute(base, s.loc())
	switch {
	case address == "":
		d.Skipped++
	case e.Name.Local == "sitemap":
		d.Kind = SitemapIndex
		d.Children = append(d.Children, Child{URL: address, Updated: strings.TrimSpace(s.LastMod)})
	default:
		d.add(s, address)
	}
	return nil
}

// loc returns the address: the one of the sitemap's own namespace, or of none.
func (s sitemapEntry) loc() string {
	for _, l := range s.Loc {
		if l.XMLName.Space == "" || strings.Contains(l.XMLName.Space, "sitemap/0.") {
			return l.Text
		}
	}
	return ""
}

func (d *Document) add(s sitemapEntry, address string) {
	e := Entry{ID: identifier(address), URL: address, Updated: w3cTime(s.LastMod), content: s.LastMod}
	if s.News != nil {
		d.Kind = newsSitemap
		e.Published, e.Title = w3cTime(s.News.Published), plain(s.News.Title)
		e.content += "\x00" + s.News.Title + "\x00" + s.News.Published
		for word := range strings.SplitSeq(s.News.Keywords, ",") {
			if word = strings.TrimSpace(word); word != "" {
				e.Tags = append(e.Tags, word)
			}
		}
	}
	d.Entries = append(d.Entries, e)
}
