package main

import (
	"context"
	"maps"
	"slices"
	"time"

	"lector"
)

// checkWriteBacks looks whether the CMSs take what sites want to write back. It writes
// nothing.
func (a *app) checkWriteBacks(ctx context.Context, c *config) []finding {
	var found []finding
	for _, name := range slices.Sorted(maps.Keys(c.Sites)) {
		if site := c.Sites[name]; site.CMS.WriteBack {
			err := a.checkWriteBack(ctx, site)
			if lector.HintOf(err) == "" && err != nil {
				err = lector.Hint(err, "the address and the key are those of sites.%s.cms; allow_private is for a CMS of your own network", name)
			}
			found = append(found, finding{what: "write-back to the CMS of " + name, detail: "it may be written to", err: err})
		}
	}
	return found
}

func (a *app) checkWriteBack(ctx context.Context, site siteConfig) error {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	cms, err := a.writableCMS(site)
	if err != nil {
		return err
	}
	return cms.CheckWrite(ctx)
}
