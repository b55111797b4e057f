package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"lector"
	"lector/infra/store/transfer"
)

const storeHelp = `Moves what Lector keeps from one store into another: clips, answers of voices
whose clips are not made yet, pronunciations, renditions, articles that were too
large for an event (claims), and the names of files that were withdrawn. What else
lies there is not touched.

  lector store copy disk s3            this machine's files into the configured bucket
  lector store copy -plan disk s3      only say what that would do
  lector store copy s3 disk:/mnt/copy  and back, or to another disk
  lector store copy s3:old@http://10.0.0.7:9000 s3:new@eu-west-1

A store is disk (in the data directory) or disk:DIR, s3 (as configured) or
s3:BUCKET, with @ADDRESS of another server or @REGION of Amazon behind it. Keys
come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; where the two stores want
different ones, LECTOR_FROM_ACCESS_KEY_ID and LECTOR_FROM_SECRET_ACCESS_KEY (or
its _FILE), LECTOR_TO_… likewise.

The files of an article come before what points to them, so the copy may be
interrupted, and run again: then it does the rest. It may run while lector
works. To move: copy, stop lector, copy once more, set the new store, start.

Contents are compared by their sums, and what was written is looked at. An
article that was withdrawn goes from the target too, if its job says so. What
only the target has, or has newer, stays and is told: somebody has worked with
it. Exit code 0 when the target has all that the source has, 1 otherwise.`

// storeFlags say what a copy may do.
type storeFlags struct {
	plan, exact, bucket, asJSON bool
	parallel                    int
}

func (a *app) storeCommand(ctx context.Context, args []string) error {
	fs := a.flags("store")
	set := a.settings(fs)
	var f storeFlags
	fs.BoolVar(&f.plan, "plan", false, "change nothing: only say what a copy would do")
	fs.BoolVar(&f.exact, "exact", false, "make renditions and pronunciations of the target those of the source: "+
		"overwrite what is newer there, delete what only it has")
	fs.BoolVar(&f.bucket, "create-bucket", false, "create the bucket of the target if there is none")
	fs.BoolVar(&f.asJSON, "json", false, "print JSON")
	fs.IntVar(&f.parallel, "parallel", 8, "work on `N` articles or clips at once")
	words, err := a.parse(fs, args)
	if err != nil {
		return err
	}
	if len(words) != 3 || words[0] != "copy" {
		return usageError{lector.Hint(fmt.Errorf("store: %q is not understood", strings.Join(words, " ")),
			"lector store copy FROM TO, for example: lector store copy disk s3")}
	}
	if f.parallel < 1 || f.parallel > maxParallel {
		return usageErrorf("-parallel: %d is not between 1 and %d", f.parallel, maxParallel)
	}
	c, err := a.load(set)
	if err != nil {
		return err
	}
	from, err := a.storeLocation(c, "FROM", words[1])
	if err != nil {
		return err
	}
	to, err := a.storeLocation(c, "TO", words[2])
	if err != nil {
		return err
	}
	return a.storeCopy(ctx, c, from, to, f)
}

// storeCopy opens both stores, copies and prints the report.
func (a *app) storeCopy(ctx context.Context, c *config, from, to storeLocation, f storeFlags) (err error) {
	if from.same(to) {
		return usageErrorf("store copy: %s is both FROM and TO", from)
	}
	h := a.resources(c)
	defer h.close(&err)
	source, err := h.source(ctx, from)
	if err != nil {
		return err
	}
	target, err := h.target(ctx, to, f)
	if err != nil {
		return err
	}
	jobs, err := h.jobRecords(ctx, f)
	if err != nil {
		return err
	}
	progress := a.copyProgress()
	job := transfer.Copy{
		From: source, To: target, Jobs: jobs, Exact: f.exact, Parallel: f.parallel, OnStep: progress.step,
	}
	if f.plan {
		job.Rounds = 1
	}
	report, failure := job.Run(ctx)
	progress.end()
	if err := a.printCopy(copyReport{from.String(), to.String(), f.plan, report}, f.asJSON); err != nil {
		return err
	}
	return copyOutcome(report, failure)
}

// copyOutcome is the error with which a copy ends, or nil.
func copyOutcome(r transfer.Report, failure error) error {
	switch {
	case errors.Is(failure, context.Canceled):
		return lector.Hint(errors.New("store copy: interrupted"), "run it again: it goes on where it stopped")
	case failure != nil:
		return fmt.Errorf("store copy: %w", failure)
	case len(r.Problems) > 0:
		return fmt.Errorf("store copy: not all is as in the source: see the %s above", lector.Plural(len(r.Problems), "problem"))
	}
	return nil
}
