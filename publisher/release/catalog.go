package release

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path"
	"slices"
	"sync"
	"time"

	"lector"
)

// How many of a site's renditions its catalog holds, and how old it may get.
const (
	catalogSize = 300
	catalogAge  = 30 * time.Second
)

// Catalog knows the newest renditions of each site, for feeds and for finding
// an article by its address. It lists the store again when it is older than
// half a minute, and reads only the manifests that have changed. Older
// renditions stay reachable by site and id.
type Catalog struct {
	store Store
	log   *slog.Logger

	mu    sync.Mutex
	sites map[string]*siteCatalog
}

// NewCatalog returns the catalog of a store. A manifest that cannot be read is
// logged and left out: it must not hide the others.
func NewCatalog(s Store, log *slog.Logger) *Catalog {
	return &Catalog{store: s, log: log, sites: make(map[string]*siteCatalog)}
}

// siteCatalog is one site's part of the catalog.
type siteCatalog struct {
	mu        sync.Mutex
	checked   time.Time
	manifests map[string]cachedManifest // by pointer key
	newest    []lector.Manifest
	check     pointerCheck
}

// cachedManifest is a manifest, without its segments, as it lay in the store.
type cachedManifest struct {
	lector.Manifest
	object lector.Object
}

// upToDate reports whether a listing shows the pointer unchanged. The time alone
// would not do: S3 tells it in whole seconds.
func (v cachedManifest) upToDate(o lector.Object) bool {
	return v.object.Modified.Equal(o.Modified) && v.object.Size == o.Size && v.object.ETag == o.ETag
}

// Newest returns the manifests of the site's renditions, the newest article
// first, without their segments.
func (c *Catalog) Newest(ctx context.Context, site string) ([]lector.Manifest, error) {
	s := c.siteCatalog(site)
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Since(s.checked) < catalogAge {
		return s.newest, nil
	}
	if err := s.refresh(ctx, c, site); err != nil {
		return nil, fmt.Errorf("list renditions of %s: %w", site, err)
	}
	s.checked = time.Now()
	return s.newest, nil
}

func (c *Catalog) siteCatalog(site string) *siteCatalog {
	c.mu.Lock()
	defer c.mu.Unlock()
	s, ok := c.sites[site]
	if !ok {
		s = &siteCatalog{check: pointerCheck{sem: make(chan struct{}, 1)}}
		c.sites[site] = s
	}
	return s
}

func (s *siteCatalog) refresh(ctx context.Context, c *Catalog, site string) error {
	pointers, err := pointersOf(ctx, c.store, site)
	if err != nil {
		return err
	}
	known := make(map[string]cachedManifest, len(pointers))
	for _, p := range pointers {
		v, ok := s.manifests[p.Key]
		if !ok || !v.upToDate(p) {
			v, err = loadManifest(ctx, c.store, p)
			switch {
			case errors.Is(err, lector.ErrNotFound):
				continue // taken down since the listing
			case lector.IsPermanent(err):
				c.log.Error("manifest left out of the catalog", "error", err)
				continue
			case err != nil:
				return err
			}
		}
		known[p.Key] = v
	}
	s.manifests, s.newest = known, newestFirst(known)
	return nil
}

// pointersOf returns the site's pointers, the last changed first.
func pointersOf(ctx context.Context, store Store, site string) ([]lector.Object, error) {
	var all []lector.Object
	for o, err := range store.List(ctx, "a/"+site+"/") {
		if err != nil {
			return nil, err
		}
		if path.Base(o.Key) == pointer && isPublicKey(o.Key) {
			all = append(all, o)
		}
	}
	slices.SortFunc(all, func(a, b lector.Object) int { return b.Modified.Compare(a.Modified) })
	return all[:min(len(all), catalogSize)], nil
}

func loadManifest(ctx context.Context, store Store, o lector.Object) (cachedManifest, error) {
	m, err := readManifest(ctx, store, o.Key)
	if err == nil && lector.PointerKey(m.Site, m.Key) != o.Key {
		err = lector.Permanent(fmt.Errorf("manifest %s is of %s/%s", o.Key, m.Site, m.Key))
	}
	m.Segments = nil
	return cachedManifest{m, o}, err
}

func newestFirst(known map[string]cachedManifest) []lector.Manifest {
	all := make([]lector.Manifest, 0, len(known))
	for _, v := range known {
		all = append(all, v.Manifest)
	}
	slices.SortFunc(all, func(a, b lector.Manifest) int {
		return cmp.Or(b.PublicationDate().Compare(a.PublicationDate()), cmp.Compare(a.Article, b.Article))
	})
	return all
}
