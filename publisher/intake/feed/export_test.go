package feed

// What a document consists of, for the tests of Parse.
type (
	Kind  = kind
	Entry = articleEntry
)

const (
	RSS         = rssFeed
	Atom        = atomFeed
	JSON        = jsonFeed
	Sitemap     = sitemap
	NewsSitemap = newsSitemap
)
