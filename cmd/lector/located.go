package main

import (
	"context"
	"iter"

	"lector"
)

// located is a ledger whose jobs name their manifests by the addresses that the
// settings give them: a record keeps the one that held when it was written.
type located struct {
	ledger
	config *config
}

func (l located) Job(ctx context.Context, site, key string) (lector.Job, uint64, error) {
	j, version, err := l.ledger.Job(ctx, site, key)
	return l.config.located(j), version, err
}

func (l located) Jobs(ctx context.Context) iter.Seq2[lector.Job, error] {
	return l.config.locateAll(l.ledger.Jobs(ctx))
}

func (l located) Watch(ctx context.Context, site, key string) iter.Seq2[lector.Job, error] {
	return l.config.locateAll(l.ledger.Watch(ctx, site, key))
}

func (c *config) locateAll(jobs iter.Seq2[lector.Job, error]) iter.Seq2[lector.Job, error] {
	return func(yield func(lector.Job, error) bool) {
		for j, err := range jobs {
			if !yield(c.located(j), err) {
				return
			}
		}
	}
}

// located returns the job with its manifest's address of today. Where the
// settings here do not say how the doors are reached, the record's stands.
func (c *config) located(j lector.Job) lector.Job {
	if j.Manifest != "" && (c.PublicURL != "" || c.Store.PublicURL != "") {
		j.Manifest = c.addresses().Object(lector.PointerKey(j.Site, j.ID))
	}
	return j
}
