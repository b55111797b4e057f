package feed

// The kinds of documents, for the tests of Parse.
const (
	RSS         = rssFeed
	Atom        = atomFeed
	JSON        = jsonFeed
	Sitemap     = sitemap
	NewsSitemap = newsSitemap
)
