package feed

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"
	"golang.org/x/time/rate"

	"lector"
	"lector/publisher/intake/reconcile"
)

// HTTPClient makes requests over HTTP. It bounds redirects, sizes and times, refuses what
// nobody may fetch for us, and hands out pages in UTF-8.
type HTTPClient interface {
	Do(req *http.Request) (*http.Response, error)
}

// Source lists the articles of a feed or a sitemap, and fetches their pages.
type Source struct {
	Web  HTTPClient
	URL  string // of the feed, the sitemap or the index
	Site string // the site's own address: pages of other sites are not read; "" is that of the feed
	// Limit bounds the requests of Changed for the sitemaps of an index; nil does not.
	Limit *rate.Limiter
	Log   *slog.Logger // of sitemaps that cannot be read; nil: nothing is said

	documents []string        // that a pass goes through, as they were at its beginning
	unread    map[string]bool // sitemaps of which it was said that they cannot be read
}

var _ reconcile.Source = (*Source)(nil)

// answer is what a server has answered.
type answer struct {
	status  int
	address string // after redirects
	header  http.Header
	body    []byte
}

// get makes one request. What may be better in a while is a transient or a throttled
// error; what is not there is lector.ErrNotFound.
func (s *Source) get(ctx context.Context, method, address string, header http.Header) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, method, address, nil)
	if err != nil {
		return answer{}, lector.Permanent(err)
	}
	for name, values := range header {
		req.Header[name] = values
	}
	resp, err := s.Web.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return answer{}, err
	}
	a := answer{status: resp.StatusCode, address: address, header: resp.Header, body: body}
	if resp.Request != nil && resp.Request.URL != nil {
		a.address = resp.Request.URL.String()
	}
	return a, a.fault(address)
}

// fault is why an answer is no document.
func (a answer) fault(address string) error {
	err := fmt.Errorf("fetch %s: the server answered %d %s", address, a.status, http.StatusText(a.status))
	switch {
	case a.status == http.StatusOK, a.status == http.StatusNotModified:
		return nil
	case a.status == http.StatusNotFound, a.status == http.StatusGone:
		return fmt.Errorf("%w: %w", err, lector.ErrNotFound)
	case a.status == http.StatusTooManyRequests, a.status == http.StatusServiceUnavailable:
		return lector.Throttled(err, reconcile.RetryAfter(a.header, time.Now()))
	case a.status >= http.StatusInternalServerError:
		return err
	}
	return lector.Permanent(err)
}

// validators are what a conditional request states of a document.
type validators struct {
	ETag     string `json:"etag,omitempty"`
	Modified string `json:"modified,omitempty"`
	Updated  string `json:"updated,omitempty"` // as the index stated it
}

func (v validators) header() http.Header {
	h := http.Header{"Accept": {"application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"}}
	if v.ETag != "" {
		h.Set("If-None-Match", v.ETag)
	}
	if v.Modified != "" {
		h.Set("If-Modified-Since", v.Modified)
	}
	return h
}

// document fetches one; ok is false when it has not changed.
func (s *Source) document(ctx context.Context, address string, v validators) (d Document, now validators, ok bool, err error) {
	a, err := s.get(ctx, http.MethodGet, address, v.header())
	switch {
	case errors.Is(err, lector.ErrNotFound): // of a document it says nothing of the articles
		return d, v, false, lector.Hint(lector.Permanent(errors.New(strings.TrimSuffix(err.Error(),
			": "+lector.ErrNotFound.Error()))), "is sites.NAME.source_feed right?")
	case err != nil:
		return d, v, false, err
	case a.status == http.StatusNotModified:
		return d, v, false, nil
	}
	if d, err = Parse(asSent(a.body, a.header.Get("Content-Type")), a.address); err != nil {
		return d, v, false, lector.Hint(fmt.Errorf("%s: %w", address, err),
			"sites.NAME.source_feed takes RSS, Atom, a JSON feed, a sitemap or an index of sitemaps")
	}
	return d, validators{ETag: a.header.Get("ETag"), Modified: a.header.Get("Last-Modified"), Updated: v.Updated}, true, nil
}

// maxDocuments bounds of how many documents is kept how they were.
const maxDocuments = 2000

// Changed fetches what has changed of the feed, or of the sitemaps that the index names.
// The mark holds how each was the last time.
func (s *Source) Changed(ctx context.Context, mark string) (items []reconcile.Item, next string, err error) {
	seen := map[string]validators{}
	_ = json.Unmarshal([]byte(mark), &seen) // without it everything is fetched
	now := map[string]validators{}
	d, v, ok, err := s.document(ctx, s.URL, withoutUpdated(seen[s.URL]))
	if err != nil {
		return nil, mark, err
	}
	if !ok && len(seen) <= 1 { // of an index the sitemaps may still have changed
		return nil, mark, nil
	}
	if !ok {
		return s.changedChildren(ctx, seen)
	}
	now[s.URL] = v
	items = s.items(d)
	for _, c := range d.Children[:min(len(d.Children), maxChildren)] {
		was, known := seen[c.URL]
		if known && c.Updated != "" && was.Updated == c.Updated {
			now[c.URL] = was
			continue
		}
		found, is, err := s.changedChild(ctx, c.URL, was, c.Updated)
		if err != nil {
			return nil, mark, err
		}
		items = append(items, found...)
		if len(now) < maxDocuments {
			now[c.URL] = is
		}
	}
	return items, encode(now), nil
}

func withoutUpdated(v validators) validators { v.Updated = ""; return v }

func encode(v map[string]validators) string {
	data, err := json.Marshal(v)
	if err != nil { // texts only
		panic(err)
	}
	return string(data)
}

// items are the entries of a document, each once. The site's front page is no article.
func (s *Source) items(d Document) (all []reconcile.Item) {
	seen := map[string]bool{}
	for _, e := range d.Entries {
		if seen[e.ID] || frontPage(e.URL) {
			continue
		}
		seen[e.ID] = true
		all = append(all, reconcile.Item{
			ID: e.ID, URL: e.URL, Title: e.Title, Revision: e.revision(), UpdatedAt: e.Updated, PublishedAt: e.Published,
			Visibility: lector.Public, Tags: e.Tags, Page: d.Kind == sitemap,
		})
	}
	return all
}

func frontPage(address string) bool {
	u, err := url.Parse(address)
	return err != nil || u.RawQuery == "" && strings.Trim(u.Path, "/") == ""
}

// revision names the state of an article as the document describes it.
func (e Entry) revision() string {
	sum := sha256.Sum256([]byte(e.ID + "\x00" + e.URL + "\x00" + e.content))
	return "feed-" + hex.EncodeToString(sum[:8])
}

// Article fetches the page of an article. What has gone from its address, or leads to
// another site, is lector.ErrNotFound.
func (s *Source) Article(ctx context.Context, i reconcile.Item) (lector.Article, error) {
	a, err := s.get(ctx, http.MethodGet, i.URL, http.Header{"Accept": {"text/html, application/xhtml+xml, text/plain;q=0.8"}})
	if err != nil {
		return lector.Article{}, err
	}
	address := absolute(&url.URL{}, a.address)
	if !s.ownPage(address) {
		return lector.Article{}, lector.Permanent(fmt.Errorf("%s is a page of another site", address))
	}
	if frontPage(address) {
		return lector.Article{}, fmt.Errorf("%s leads to the front page: %w", i.URL, lector.ErrNotFound)
	}
	contentType, _, _ := mime.ParseMediaType(a.header.Get("Content-Type"))
	kind := lector.HTML
	switch contentType {
	case "text/html", "application/xhtml+xml", "":
	case "text/plain":
		kind = lector.Plain
	default:
		return lector.Article{}, lector.Permanent(fmt.Errorf("%s is %s, not a page", address, contentType))
	}
	return lector.Article{
		ID: i.ID, URL: address, Revision: i.Revision, Tags: i.Tags, PublishedAt: i.PublishedAt, UpdatedAt: i.UpdatedAt,
		Visibility: lector.Public, Body: lector.Body{ContentType: kind, Content: strings.ToValidUTF8(string(a.body), "\ufffd")},
	}, nil
}

// Exists asks whether the page of an article is there, at its address. An article
// without an address counts as there: nobody knows.
func (s *Source) Exists(ctx context.Context, i reconcile.Item) error {
	if i.URL == "" {
		return nil
	}
	a, err := s.get(ctx, http.MethodHead, i.URL, nil)
	if a.status == http.StatusMethodNotAllowed || a.status == http.StatusNotImplemented {
		a, err = s.get(ctx, http.MethodGet, i.URL, nil)
	}
	if err != nil {
		return err
	}
	if !sameAddress(i.URL, a.address) {
		return fmt.Errorf("%s leads to %s: %w", i.URL, a.address, lector.ErrNotFound)
	}
	return nil
}

// ownPage reports whether an address belongs to the site, or to a domain below the
// one that somebody has registered for it.
func (s *Source) ownPage(address string) bool {
	own := s.Site
	if own == "" {
		own = s.URL
	}
	return registered(own) == registered(address)
}

// registered returns the domain that somebody has registered; of an IP address
// itself.
func registered(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	host := strings.ToLower(u.Hostname())
	domain, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil || net.ParseIP(host) != nil {
		return host
	}
	return domain
}

// sameAddress reports whether two addresses are of one page: they may differ in
// their scheme, in www., in a closing slash, in letter case and in their query.
func sameAddress(a, b string) bool { return pageOf(a) == pageOf(b) }

func pageOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	page := strings.TrimSuffix(strings.TrimSuffix(u.Path, "index.html"), "/")
	return strings.TrimPrefix(strings.ToLower(u.Hostname()+page), "www.")
}
