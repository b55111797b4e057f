// Command chaos runs an installation of Lector as real processes, breaks it again
// and again by a seeded schedule, and checks that nothing was lost, paid twice or
// stuck. It drives Lector from outside only: by its commands and settings, NATS,
// HTTP. See chaos -h, and docs/reliability.md for what is done and checked.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is the program; it returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if config, found := natsConfig(args); found {
		return status(stderr, serveNATS(ctx, config))
	}
	o, err := parseOptions(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return status(stderr, err)
	case o.Plan && o.Incidents:
		for _, i := range o.incidents() {
			fmt.Fprintln(stdout, i.name)
		}
		return 0
	case o.Plan:
		return status(stderr, printPlan(stdout, o))
	case o.LeaderKills > 0:
		return status(stderr, runLeaderKills(ctx, o, stdout, stderr))
	case o.Takedowns > 0:
		return status(stderr, runTakedowns(ctx, o, stdout, stderr))
	case o.Incidents:
		broken, err := runIncidents(ctx, o, stdout, stderr)
		return max(status(stderr, err), min(broken, 1))
	}
	all, err := runAll(ctx, o, stderr)
	if len(all) > 0 {
		err = errors.Join(err, o.print(stdout, all))
	}
	if err != nil {
		return status(stderr, err)
	}
	for _, r := range all {
		if len(r.Violations) > 0 {
			return 1
		}
	}
	return 0
}

// status is 0, or 2 after a line that says what is wrong.
func status(stderr io.Writer, err error) int {
	if err == nil {
		return 0
	}
	fmt.Fprintln(stderr, "chaos:", err)
	return 2
}

// print writes the results.
func (o options) print(w io.Writer, all []result) error {
	if !o.JSON {
		report(w, all)
		return nil
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(all)
}

// printPlan writes what the first seed would do.
func printPlan(w io.Writer, o options) error {
	l := planLoad(o.Seed, o.Duration, o.Articles, o.Longest)
	for _, f := range planFaults(o.Seed, o.Duration, o.Gap, o.kinds()) {
		fmt.Fprintf(w, "%8.3fs %s: %s for %.3fs\n", f.At.Seconds(), f.Kind, f.Target, f.Lasts.Seconds())
	}
	for _, events := range l.articles {
		for _, e := range events {
			fmt.Fprintf(w, "%8.3fs %s %s %s %s\n", e.at.Seconds(), e.kind, e.article.Site, e.article.ID, e.article.Revision)
		}
	}
	for _, b := range l.bad {
		fmt.Fprintf(w, "%8.3fs bad event %s: %s\n", b.at.Seconds(), b.marker, b.name)
	}
	return nil
}

// runAll runs the seeds one after the other. The directories of runs with
// violations stay, with their logs.
func runAll(ctx context.Context, o options, stderr io.Writer) (all []result, err error) {
	dir, err := workDir(o.Dir)
	if err != nil {
		return nil, err
	}
	log := func(format string, args ...any) { fmt.Fprintf(stderr, format+"\n", args...) }
	r, err := prepare(ctx, o, dir, log)
	if err != nil {
		return nil, err
	}
	keep := o.Keep || o.Dir != ""
	for seed := o.Seed; seed < o.Seed+o.Seeds; seed++ {
		got, err := r.run(ctx, seed, filepath.Join(dir, fmt.Sprintf("seed-%d", seed)))
		if err != nil {
			return all, err
		}
		all = append(all, got)
		keep = keep || len(got.Violations) > 0
	}
	if keep {
		log("data and logs are in %s", dir)
		return all, nil
	}
	return all, os.RemoveAll(dir)
}

// workDir is the named directory, or a new one.
func workDir(name string) (string, error) {
	if name == "" {
		return os.MkdirTemp("", "lector-chaos-")
	}
	if err := os.MkdirAll(name, 0o755); err != nil {
		return "", err
	}
	return filepath.Abs(name)
}
