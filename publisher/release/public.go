package release

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"lector"
)

// stats is how many pointers of one site are looked at side by side.
const stats = 16

// pointerCheck is the last look at the pointers of a site's newest renditions. Who has
// sent into turn may use the rest.
type pointerCheck struct {
	sem     chan struct{}
	started time.Time
	public  []lector.Manifest
}

// Public returns the first feedSize of Newest without what has been taken down
// since the catalog was listed: each pointer is looked at once more. Callers at
// the same time share one check that began after they had asked, so that many of
// them cost the store no more than one.
func (c *Catalog) Public(ctx context.Context, site string) ([]lector.Manifest, error) {
	asked := time.Now()
	newest, err := c.Newest(ctx, site)
	if err != nil {
		return nil, err
	}
	last := &c.siteCatalog(site).check
	select {
	case last.sem <- struct{}{}:
		defer func() { <-last.sem }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if last.started.After(asked) {
		return last.public, nil
	}
	began := time.Now()
	public, err := c.withPointer(ctx, newest[:min(len(newest), feedSize)])
	if err != nil {
		return nil, fmt.Errorf("look for takedowns of %s: %w", site, err)
	}
	last.started, last.public = began, public
	return public, nil
}

// withPointer returns those whose pointer is there.
func (c *Catalog) withPointer(ctx context.Context, all []lector.Manifest) ([]lector.Manifest, error) {
	errs := make([]error, len(all))
	slots := make(chan struct{}, stats)
	var wait sync.WaitGroup
	for i, m := range all {
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			_, errs[i] = c.store.Stat(ctx, lector.PointerKey(m.Site, m.Key))
		})
	}
	wait.Wait()
	var standing []lector.Manifest
	for i, err := range errs {
		switch {
		case err == nil:
			standing = append(standing, all[i])
		case !errors.Is(err, lector.ErrNotFound):
			return nil, err
		}
	}
	return standing, nil
}
