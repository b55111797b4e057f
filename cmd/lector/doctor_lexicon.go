package main

import (
	"context"
	"maps"
	"path/filepath"
	"slices"

	"lector"
)

// checkLexicons reads the pronunciations of all sites: articles of a site wait while its
// lexicon cannot be read. There is no finding where there is no store yet, or none answers.
func (a *app) checkLexicons(ctx context.Context, c *config) []finding {
	if c.Store.Kind == "disk" && !exists(filepath.Join(c.Data, "store")) {
		return nil
	}
	h := a.resources(c)
	var closing error
	defer h.close(&closing)
	s, err := h.store(ctx)
	if err != nil || s.Ping(ctx) != nil {
		return nil // the check of the store says so
	}
	entries := 0
	for _, site := range append([]string{allSites}, slices.Sorted(maps.Keys(c.Sites))...) {
		f, err := readLexicon(ctx, s, site)
		if err != nil {
			return []finding{{what: "lexicon of " + site, err: err}}
		}
		entries += len(f.Entries)
	}
	return []finding{{what: "lexicons", detail: lector.Plural(entries, "entry")}}
}
