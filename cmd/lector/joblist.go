package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"text/tabwriter"
	"time"

	"golang.org/x/sync/errgroup"

	"lector"
	"lector/infra/nats"
)

// defaultListed is how many jobs a list shows a person.
const defaultListed = 1000

// listJobs lists jobs as a worker's index has them; where none answers the bucket is
// read. Programs get the whole records.
func (a *app) listJobs(ctx context.Context, l addressedJobs, conn *nats.Conn, f *jobsFlags) error {
	limit := f.limit
	if limit < 0 && !f.asJSON {
		limit = defaultListed
	}
	total, jobs, err := selectJobs(ctx, l, conn, f.JobFilter, max(0, limit), f.asJSON)
	if err != nil {
		return err
	}
	if f.asJSON {
		return printJSONLines(a, jobs)
	}
	if len(jobs) == 0 {
		fmt.Fprintln(a.stdout, "no jobs")
		return nil
	}
	if err := a.printJobs(jobs); err != nil {
		return err
	}
	if left := total - len(jobs); left > 0 {
		fmt.Fprintf(a.stderr, "%d of %s shown, the last changed; -limit 0 shows all\n", len(jobs), lector.Plural(total, "job"))
	}
	return nil
}

func (a *app) printJobs(jobs []lector.Job) error {
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "JOB\tSITE\tARTICLE\tSTATE\tCHANGED\tBILLED\tREUSED\tTITLE")
	for _, j := range jobs {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%d\t%d\t%s\n", j.ID[:min(10, len(j.ID))], j.Site, truncate(j.Article, 24), j.Status(),
			j.Changed.Local().Format(time.DateTime), j.Usage.Billed, j.Usage.Reused, truncate(j.Title, 48))
	}
	return w.Flush()
}

// selectJobs returns the jobs that a filter selects, the last changed first and at
// most limit, and how many there are; 0 is no limit. Only whole records are sure to
// have attempts and chunks.
func selectJobs(ctx context.Context, l addressedJobs, conn *nats.Conn, f lector.JobFilter, limit int, whole bool) (int,
	[]lector.Job, error) {
	if whole && f == (lector.JobFilter{}) && limit == 0 {
		return scanJobs(ctx, l, f, limit)
	}
	total, jobs, err := conn.FindJobs(ctx, f, limit)
	switch {
	case errors.Is(err, nats.ErrNoAnswer), err == nil && whole && len(jobs) > readSingly:
		return scanJobs(ctx, l, f, limit)
	case err != nil:
		return 0, nil, err
	case whole:
		err = readRecords(ctx, l, jobs)
	}
	return total, jobs, err
}

// readSingly is how many records are read one by one at most: of more, reading the
// whole bucket is faster.
const readSingly = 2000

// readRecords puts the whole records in place of those of the index.
func readRecords(ctx context.Context, l addressedJobs, jobs []lector.Job) error {
	readers, ctx := errgroup.WithContext(ctx)
	readers.SetLimit(16)
	for i, j := range jobs {
		readers.Go(func() error {
			whole, _, err := l.Job(ctx, j.Site, j.ID)
			if err == nil {
				jobs[i] = whole
			}
			return err
		})
	}
	return readers.Wait()
}

// scanJobs reads the whole bucket.
func scanJobs(ctx context.Context, l addressedJobs, f lector.JobFilter, limit int) (int, []lector.Job, error) {
	var jobs []lector.Job
	for j, err := range l.Jobs(ctx) {
		if err != nil {
			return 0, nil, err
		}
		if f.Matches(j) {
			jobs = append(jobs, j)
		}
	}
	slices.SortFunc(jobs, func(x, y lector.Job) int {
		return cmp.Or(y.Changed.Compare(x.Changed), cmp.Compare(x.ID, y.ID))
	})
	total := len(jobs)
	if limit > 0 {
		jobs = jobs[:min(limit, total)]
	}
	return total, jobs, nil
}
