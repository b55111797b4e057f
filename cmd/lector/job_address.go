package main

import (
	"context"
	"iter"

	"lector"
)

// addressedJobs is a job store whose jobs carry the manifest address of the present
// settings: a record holds the address that was valid when it was written.
type addressedJobs struct {
	jobStore
	config *config
}

// Job returns an article's job with the present address of its manifest.
func (l addressedJobs) Job(ctx context.Context, site, key string) (lector.Job, uint64, error) {
	j, version, err := l.jobStore.Job(ctx, site, key)
	return l.config.withCurrentAddress(j), version, err
}

// Jobs yields all jobs with the present addresses of their manifests.
func (l addressedJobs) Jobs(ctx context.Context) iter.Seq2[lector.Job, error] {
	return l.config.withCurrentAddresses(l.jobStore.Jobs(ctx))
}

// Watch yields an article's job after each change, with the present address of its manifest.
func (l addressedJobs) Watch(ctx context.Context, site, key string) iter.Seq2[lector.Job, error] {
	return l.config.withCurrentAddresses(l.jobStore.Watch(ctx, site, key))
}

func (c *config) withCurrentAddresses(jobs iter.Seq2[lector.Job, error]) iter.Seq2[lector.Job, error] {
	return func(yield func(lector.Job, error) bool) {
		for j, err := range jobs {
			if !yield(c.withCurrentAddress(j), err) {
				return
			}
		}
	}
}

// withCurrentAddress returns the job with its manifest's present address. Where the
// settings have no public address, the address in the record is kept.
func (c *config) withCurrentAddress(j lector.Job) lector.Job {
	if j.Manifest != "" && (c.PublicURL != "" || c.Store.PublicURL != "") {
		j.Manifest = c.addresses().Object(lector.PointerKey(j.Site, j.ID))
	}
	return j
}
