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
	sites map[string]*shelf
}

// NewCatalog returns the catalog of a store. A manifest that cannot be read is
// logged and left out: it must not hide the others.
func NewCatalog(s Store, log *slog.Logger) *Catalog {
	return &Catalog{store: s, log: log, sites: make(map[string]*shelf)}
}

// shelf is one site's part of the catalog.
type shelf struct {
	mu      sync.Mutex
	checked time.Time
	known   map[string]volume // by pointer key
	newest  []lector.Manifest
	look    look
}

// volume is a manifest, without its segments, as it lay in the store.
type volume struct {
	lector.Manifest
	object lector.Object
}

// same reports whether a listing shows the pointer unchanged. The time alone
// would not do: S3 tells it in whole seconds.
func (v volume) same(o lector.Object) bool {
	return v.object.Modified.Equal(o.Modified) && v.object.Size == o.Size && v.object.ETag == o.ETag
}

// Newest returns the manifests of the site's renditions, the newest article
// first, without their segments.
func (c *Catalog) Newest(ctx context.Context, site string) ([]lector.Manifest, error) {
	s := c.shelf(site)
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

func (c *Catalog) shelf(site string) *shelf {
	c.mu.Lock()
	defer c.mu.Unlock()
	s, ok := c.sites[site]
	if !ok {
		s = &shelf{look: look{turn: make(chan struct{}, 1)}}
		c.sites[site] = s
	}
	return s
}

func (s *shelf) refresh(ctx context.Context, c *Catalog, site string) error {
	pointers, err := pointersOf(ctx, c.store, site)
	if err != nil {
		return err
	}
	known := make(map[string]volume, len(pointers))
	for _, p := range pointers {
		v, ok := s.known[p.Key]
		if !ok || !v.same(p) {
			v, err = open(ctx, c.store, p)
			switch {
			case errors.Is(err, lector.ErrNotFound):
				continue // taken down since the listing
			case lector.IsPermanent(err):
				c.log.Error("leave out of catalog", "error", err)
				continue
			case err != nil:
				return err
			}
		}
		known[p.Key] = v
	}
	s.known, s.newest = known, inOrder(known)
	return nil
}

// pointersOf returns the site's pointers, the last changed first.
func pointersOf(ctx context.Context, store Store, site string) ([]lector.Object, error) {
	var all []lector.Object
	for o, err := range store.List(ctx, "a/"+site+"/") {
		if err != nil {
			return nil, err
		}
		if path.Base(o.Key) == pointer && public(o.Key) {
			all = append(all, o)
		}
	}
	slices.SortFunc(all, func(a, b lector.Object) int { return b.Modified.Compare(a.Modified) })
	return all[:min(len(all), catalogSize)], nil
}

func open(ctx context.Context, store Store, o lector.Object) (volume, error) {
	m, err := read(ctx, store, o.Key)
	if err == nil && lector.PointerKey(m.Site, m.Key) != o.Key {
		err = lector.Permanent(fmt.Errorf("manifest %s is of %s/%s", o.Key, m.Site, m.Key))
	}
	m.Segments = nil
	return volume{m, o}, err
}

func inOrder(known map[string]volume) []lector.Manifest {
	all := make([]lector.Manifest, 0, len(known))
	for _, v := range known {
		all = append(all, v.Manifest)
	}
	slices.SortFunc(all, func(a, b lector.Manifest) int {
		return cmp.Or(b.Appeared().Compare(a.Appeared()), cmp.Compare(a.Article, b.Article))
	})
	return all
}
