package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"lector"
	"lector/infra/fetch"
	"lector/publisher/intake/feed"
	"lector/worker/extract"
)

// allowPrivateHelp is for -allow-private, of all commands that fetch.
const allowPrivateHelp = "fetch addresses of this machine and its network too"

// byFlag is a client for what a command fetches; private is its flag -allow-private.
func byFlag(private bool) fetch.Client {
	return fetch.Client{AllowPrivate: private, PrivateBy: "-allow-private"}
}

// client is a client for what the settings of a site name, within a time.
func (s siteConfig) client(timeout time.Duration) fetch.Client {
	return fetch.Client{AllowPrivate: s.AllowPrivate, PrivateBy: "allow_private: true of the site in lector.yaml", Timeout: timeout}
}

// readSource reads a file, an address of the web or, for -, standard input; no
// more than an article may be large, and one byte, so that a larger one is
// noticed. The client says whether addresses of this machine's own network are
// refused.
func (a *app) readSource(ctx context.Context, name string, web fetch.Client) ([]byte, error) {
	if fetch.Is(name) {
		data, err := web.Get(ctx, name)
		if err != nil {
			return nil, err
		}
		return data, refuseFeed(name, data)
	}
	r := a.stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, lector.Hint(err, "give the path of a file, an address that begins with https://, or - for standard input")
		}
		defer f.Close()
		r = f
	}
	data, err := io.ReadAll(io.LimitReader(r, extract.MaxSize+1))
	if err != nil {
		return nil, lector.Hint(err, "give the path of a file that can be read, an address that begins with https://, or - for standard input")
	}
	return data, refuseFeed(name, data)
}

// refuseFeed says of a list of articles what it is, and what reads it.
func refuseFeed(name string, data []byte) error {
	if !feed.Is(data) {
		return nil
	}
	d, err := feed.Parse(data, name)
	if err != nil {
		return lector.Hint(fmt.Errorf("%s: %w", name, err), "it looks like a feed or a sitemap that is broken")
	}
	count := lector.Plural(len(d.Entries), "article")
	if d.Kind == feed.SitemapIndex {
		count = lector.Plural(len(d.Children), "sitemap")
	}
	example := ""
	if len(d.Entries) > 0 {
		example = "lector script " + d.Entries[0].URL + " shows one of them; "
	}
	return lector.Hint(fmt.Errorf("%s: this is no article, but a list: %s with %s", name, withArticle(d.Kind), count),
		"%sto have all of them read, set sites.NAME.source_feed in lector.yaml to its address and start lector serve", example)
}

// withArticle puts a or an before a name.
func withArticle(name string) string {
	if strings.ContainsAny(name[:1], "AaEeIiOoUuR") { // an RSS feed
		return "an " + name
	}
	return "a " + name
}
