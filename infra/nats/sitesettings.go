package nats

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nats-io/nats.go/jetstream"

	"lector"
)

// SiteSettings keeps what operators have set for sites in the console. RulesOff answers
// from memory, by what Run has seen last.
type SiteSettings struct{ watched[lector.SiteSettings] }

// SiteSettings binds to the bucket of settings. It makes no request.
func (c *Conn) SiteSettings() *SiteSettings {
	return &SiteSettings{watched[lector.SiteSettings]{conn: c, name: settings, read: readSiteSettings}}
}

func readSiteSettings(entry jetstream.KeyValueEntry) (s lector.SiteSettings, err error) {
	err = json.Unmarshal(entry.Value(), &s)
	s.Site, s.Version = entry.Key(), entry.Revision()
	return s, err
}

// RulesOff returns the IDs of the rules of reading that are off at a site.
func (s *SiteSettings) RulesOff(site string) []string {
	found, _ := s.get(site)
	return found.RuleIDs()
}

// All returns the settings of all sites that have any, ordered by site.
func (s *SiteSettings) All(ctx context.Context) ([]lector.SiteSettings, error) {
	all, err := s.entries(ctx)
	if err != nil {
		return nil, err
	}
	return slices.SortedFunc(maps.Values(all), func(a, b lector.SiteSettings) int { return strings.Compare(a.Site, b.Site) }), nil
}

// Site returns the settings of a site, with version 0 where it has none.
func (s *SiteSettings) Site(ctx context.Context, site string) (lector.SiteSettings, error) {
	all, err := s.entries(ctx)
	if err != nil {
		return lector.SiteSettings{}, err
	}
	found := all[site]
	found.Site = site
	return found, nil
}

// Change writes the settings of a site over the version that they have. It is
// lector.ErrConflict where somebody else has changed them meanwhile.
func (s *SiteSettings) Change(ctx context.Context, change lector.SiteSettings) error {
	ctx, cancel := withDefaultTimeout(ctx)
	defer cancel()
	b, err := s.open(ctx)
	if err != nil {
		return fmt.Errorf("settings of %s: %w", change.Site, err)
	}
	data, err := json.Marshal(change)
	if err != nil {
		return fmt.Errorf("settings of %s: %w", change.Site, err)
	}
	if _, err = b.compareAndSet(ctx, change.Site, data, change.Version); err != nil {
		return brokerError("settings of "+change.Site, err)
	}
	_, _ = s.entries(ctx) // RulesOff knows it at once; else the watch tells it
	return nil
}
