package release

// Catalog is what a feed and oEmbed share, for the tests of its reads.
type Catalog = catalog
