// Package release holds the public doors of the house: the objects of a
// rendition and the page that plays it.
package release

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"lector"
)

// Store is where renditions lie.
type Store interface {
	// Open returns the object with the given key, or an error that is
	// lector.ErrNotFound. The caller closes the reader.
	Open(ctx context.Context, key string) (io.ReadSeekCloser, lector.Object, error)
}

// Site is a publication as its listeners see it.
type Site struct {
	Title    string   // of the publication
	URL      string   // its front page
	Language string   // BCP 47; empty counts as en
	Frames   []string // origins that may frame the embed page; empty: any
}

// maxManifest bounds the manifest that is read into memory, in bytes.
const maxManifest = 16 << 20

// Manifest returns the manifest of the article's public rendition. The error
// is lector.ErrNotFound when the article has no audio, or has it no more.
func Manifest(ctx context.Context, s Store, site, id string) (lector.Manifest, error) {
	key := lector.PointerKey(site, lector.Key(site, id))
	f, _, err := s.Open(ctx, key)
	if err != nil {
		return lector.Manifest{}, fmt.Errorf("open manifest: %w", err)
	}
	defer f.Close()
	var m lector.Manifest
	if err := json.NewDecoder(io.LimitReader(f, maxManifest)).Decode(&m); err != nil {
		return lector.Manifest{}, fmt.Errorf("read manifest %s: %w", key, err)
	}
	if m.Site != site || m.Article != id {
		return lector.Manifest{}, fmt.Errorf("manifest %s is of %s/%s", key, m.Site, m.Article)
	}
	return m, nil
}
