// Package release holds the public HTTP handlers of renditions: their files, the
// embed page, feeds, oEmbed and structured data.
package release

import (
	"context"
	"fmt"
	"io"
	"iter"

	"lector"
)

// Store is where renditions lie.
type Store interface {
	// Open returns the object with the given key, or an error that is
	// lector.ErrNotFound. The caller closes the reader.
	Open(ctx context.Context, key string) (io.ReadSeekCloser, lector.Object, error)

	// Stat returns the object with the given key without its content, or an
	// error that is lector.ErrNotFound.
	Stat(ctx context.Context, key string) (lector.Object, error)

	// List walks over the objects whose keys begin with prefix. Of an object
	// at least the key, the size and the time of its last change are known.
	List(ctx context.Context, prefix string) iter.Seq2[lector.Object, error]
}

// maxManifest bounds the manifest that is read into memory, in bytes.
const maxManifest = 16 << 20

// manifestOf returns the manifest of the article's public rendition. The error
// is lector.ErrNotFound when the article has no audio, or has it no more.
func manifestOf(ctx context.Context, s Store, site, id string) (lector.Manifest, error) {
	key := lector.PointerKey(site, lector.Key(site, id))
	m, err := readManifest(ctx, s, key)
	if err != nil {
		return m, err
	}
	if m.Site != site || m.Article != id || lector.PointerKey(site, m.Key) != key {
		return lector.Manifest{}, fmt.Errorf("manifest %s is of %s/%s", key, m.Site, m.Article)
	}
	return m, nil
}

// readManifest returns the manifest under key. One that is no manifest is a permanent
// error.
func readManifest(ctx context.Context, s Store, key string) (lector.Manifest, error) {
	data, err := readObject(ctx, s, key)
	if err != nil {
		return lector.Manifest{}, err
	}
	m, err := lector.ReadManifest(data)
	if err != nil {
		return lector.Manifest{}, lector.Permanent(fmt.Errorf("read manifest %s: %w", key, err))
	}
	return m, nil
}

// readObject returns the bytes of the manifest under key.
func readObject(ctx context.Context, s Store, key string) ([]byte, error) {
	f, _, err := s.Open(ctx, key)
	if err != nil {
		return nil, fmt.Errorf("open manifest: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxManifest))
	if err != nil {
		return nil, fmt.Errorf("read manifest %s: %w", key, err)
	}
	return data, nil
}
