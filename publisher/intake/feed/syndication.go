package feed

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/mmcdole/gofeed"
)

// parseSyndication reads RSS, Atom and JSON feeds.
func parseSyndication(data []byte, base *url.URL) (Document, error) {
	f, err := gofeed.NewParser().Parse(bytes.NewReader(folderBases(data)))
	if err != nil {
		return Document{}, fmt.Errorf("feed: %w", err)
	}
	d := Document{Kind: kindOf(f.FeedType), Title: plain(f.Title), Link: absolute(base, f.Link)}
	for _, item := range f.Items {
		if e := entry(base, item); e.URL != "" {
			d.Entries = append(d.Entries, e)
		} else {
			d.Skipped++
		}
	}
	return d, nil
}

func kindOf(feedType string) string {
	switch feedType {
	case "atom":
		return atomFeed
	case "json":
		return jsonFeed
	}
	return rssFeed
}

// entry reads an item. Many feeds have the address in the guid alone.
func entry(base *url.URL, item *gofeed.Item) Entry {
	e := Entry{
		URL: absolute(base, item.Link), Title: plain(item.Title), Published: moment(item.PublishedParsed, item.Published),
		Updated: moment(item.UpdatedParsed, item.Updated),
		content: strings.Join([]string{item.Title, item.Link, item.Published, item.Updated, item.Description, item.Content}, "\x00"),
	}
	guid := strings.TrimSpace(item.GUID)
	if e.URL == "" || item.Link == "" {
		e.URL = absolute(&url.URL{}, guid)
	}
	if asAddress := absolute(&url.URL{}, guid); asAddress != "" {
		guid = asAddress
	}
	e.ID = identifier(guid)
	if guid == "" {
		e.ID = identifier(e.URL)
	}
	for _, c := range item.Categories {
		if c = plain(c); c != "" {
			e.Tags = append(e.Tags, c)
		}
	}
	return e
}

// moment is a time as the parser has read it, or else as it is written.
func moment(t *time.Time, written string) time.Time {
	if t != nil {
		return t.UTC()
	}
	if at := rfc822Time(written); !at.IsZero() {
		return at
	}
	return w3cTime(written)
}

var tag = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`</?[a-zA-Z][^<>]*>`) })

// plain turns a title, which may be HTML, into text.
func plain(text string) string {
	return strings.Join(strings.Fields(tag().ReplaceAllString(html.UnescapeString(text), " ")), " ")
}

// maxID is the longest id that an event may have.
const maxID = 512

// identifier is an id as an event may have it.
func identifier(id string) string {
	if len(id) <= maxID {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:])
}
