package release

import (
	"encoding/xml"
	"time"
)

// The feed's document: RSS 2.0 with the namespaces of Apple (itunes), Podcasting
// 2.0 (podcast) and Atom. Names carry their prefix, because readers exist that
// know the prefixes only.
type rss struct {
	XMLName xml.Name `xml:"rss"`
	Version string   `xml:"version,attr"`
	Itunes  string   `xml:"xmlns:itunes,attr"`
	Podcast string   `xml:"xmlns:podcast,attr"`
	Atom    string   `xml:"xmlns:atom,attr"`
	Channel channel  `xml:"channel"`
}

type channel struct {
	Title       string      `xml:"title"`
	Link        string      `xml:"link"`
	Self        atomLink    `xml:"atom:link"`
	Description string      `xml:"description"`
	Language    string      `xml:"language"`
	Generator   string      `xml:"generator"`
	BuildDate   string      `xml:"lastBuildDate,omitempty"`
	Author      string      `xml:"itunes:author"`
	Owner       *owner      `xml:"itunes:owner"`
	Image       *hypertext  `xml:"itunes:image"`
	Category    category    `xml:"itunes:category"`
	Explicit    string      `xml:"itunes:explicit"`
	Type        string      `xml:"itunes:type"`
	GUID        string      `xml:"podcast:guid"`
	Locked      string      `xml:"podcast:locked"`
	AI          podcastText `xml:"podcast:txt"`
	Items       []item      `xml:"item"`
}

type item struct {
	Title       string      `xml:"title"`
	Link        string      `xml:"link,omitempty"`
	Description string      `xml:"description"`
	GUID        guid        `xml:"guid"`
	Date        string      `xml:"pubDate"`
	Enclosure   enclosure   `xml:"enclosure"`
	Author      string      `xml:"itunes:author,omitempty"`
	Duration    int         `xml:"itunes:duration"`
	Explicit    string      `xml:"itunes:explicit"`
	AI          podcastText `xml:"podcast:txt"`
	Transcript  *reference  `xml:"podcast:transcript"`
	Chapters    *reference  `xml:"podcast:chapters"`
}

type atomLink struct {
	Href string `xml:"href,attr"`
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
}

type owner struct {
	Name  string `xml:"itunes:name"`
	Email string `xml:"itunes:email"`
}

type hypertext struct {
	Href string `xml:"href,attr"`
}

type category struct {
	Text string `xml:"text,attr"`
}

type guid struct {
	Permanent bool   `xml:"isPermaLink,attr"`
	ID        string `xml:",chardata"`
}

type enclosure struct {
	URL    string `xml:"url,attr"`
	Length int64  `xml:"length,attr"`
	Type   string `xml:"type,attr"`
}

type podcastText struct {
	Purpose string `xml:"purpose,attr"`
	Text    string `xml:",chardata"`
}

type reference struct {
	URL  string `xml:"url,attr"`
	Type string `xml:"type,attr"`
}

// madeByAI is how a feed says that a machine speaks.
var madeByAI = podcastText{Purpose: "ai-content", Text: "true"}

func rssDate(t time.Time) string { return t.UTC().Format(time.RFC1123Z) }
