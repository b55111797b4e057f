package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"lector"
	"lector/infra/nats"
)

const jobsHelp = `Shows what became of each article.

  lector jobs list                               all jobs, the last changed first
  lector jobs list -state failed -class quota    only those
  lector jobs list -site havana -section sport -text storm -since 7d
  lector jobs show ID                            one, with its attempts and chunks
  lector jobs watch -state failed                each change as it happens, until Ctrl-C

ID is a job's id, the beginning of one, or the CMS's id of the article. Filters
hold all at once; -since and -until are about the last change of the job.

A list comes from the index of a running worker, and where none answers from the
bucket itself, which takes longer. With -json each job is one line.

States are queued, running, parked, ready, failed, removed, refused and cancelled;
classes are input, voice_refused, voice_down, quota, budget, embargo, storage, poison and
bug.`

// jobsFlags select jobs.
type jobsFlags struct {
	filterFlags
	asJSON bool
	limit  int // negative: not given
}

func (a *app) jobs(ctx context.Context, args []string) error {
	fs := a.flags("jobs")
	set := a.settings(fs)
	var f jobsFlags
	f.describe(fs, "jobs", jobFilters()...)
	fs.IntVar(&f.limit, "limit", -1, "list: at most `N` jobs, 0 is all (default 1000, with -json all)")
	fs.BoolVar(&f.asJSON, "json", false, "print JSON, of list and watch one job a line")
	words, err := a.parse(fs, args)
	if err != nil {
		return err
	}
	if err := f.complete("jobs", time.Now()); err != nil {
		return err
	}
	run, err := a.jobsVerb(words, &f)
	if err != nil {
		return err
	}
	c, err := a.load(set)
	if err != nil {
		return err
	}
	return a.asOperator(c, func(conn *nats.Conn) error {
		l, err := conn.JobStore(ctx)
		if err != nil {
			return err
		}
		return run(ctx, addressedJobs{l, c}, conn)
	})
}

// jobsVerb reads list, show ID or watch.
func (a *app) jobsVerb(words []string, f *jobsFlags) (func(context.Context, addressedJobs, *nats.Conn) error, error) {
	verb := "list"
	if len(words) > 0 {
		verb, words = words[0], words[1:]
	}
	switch {
	case verb == "list" && len(words) == 0:
		return func(ctx context.Context, l addressedJobs, conn *nats.Conn) error { return a.listJobs(ctx, l, conn, f) }, nil
	case verb == "show" && len(words) == 1:
		return func(ctx context.Context, l addressedJobs, conn *nats.Conn) error {
			return a.showJob(ctx, l, conn, f, words[0])
		}, nil
	case verb == "watch" && len(words) == 0:
		return func(ctx context.Context, l addressedJobs, _ *nats.Conn) error { return a.watchJobs(ctx, l, f) }, nil
	}
	return nil, usageError{lector.Hint(fmt.Errorf("jobs: what does %q mean?", append([]string{verb}, words...)),
		"lector jobs list, show ID or watch")}
}

// truncate cuts a text at n characters.
func truncate(s string, n int) string {
	if r := []rune(oneLine(s)); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return oneLine(s)
}

// oneLine is a text of an article as a terminal may have it: on one line, and
// without the characters that would tell the terminal what to do.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, s)
}

func (a *app) showJob(ctx context.Context, l jobStore, conn *nats.Conn, f *jobsFlags, id string) error {
	j, err := lookUpJob(ctx, l, conn, f.Site, id)
	if err != nil {
		return err
	}
	if f.asJSON {
		return a.printJSON(j)
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	row := func(name string, value any) { fmt.Fprintf(w, "%s\t%s\n", name, oneLine(fmt.Sprint(value))) }
	row("job", j.ID)
	row("article", j.Site+" / "+j.Article)
	row("title", j.Title)
	row("revision", j.Revision)
	row("state", fmt.Sprintf("%s (stage %s)", j.State, j.Stage))
	if j.Reason != "" {
		row("reason", j.Reason)
	}
	if !j.PublicAt.IsZero() {
		row("public at", j.PublicAt.Local().Format(time.DateTime))
	}
	row("characters", j.Usage.String())
	row("cost", fmt.Sprintf("$%.4f", j.Cost))
	if j.Manifest != "" {
		row("manifest", j.Manifest)
	}
	showAttempts(w, j)
	showChunks(w, j)
	return w.Flush()
}

func showAttempts(w io.Writer, j lector.Job) {
	for i, t := range j.Attempts {
		took := "running"
		switch {
		case !t.Ended.IsZero():
			took = t.Ended.Sub(t.Started).Round(time.Millisecond).String()
		case i+1 < len(j.Attempts):
			took = "its worker was lost"
		}
		started, outcome := t.Started.Local().Format(time.DateTime), firstNonEmpty(t.Outcome, string(t.Stage))
		fmt.Fprintf(w, "attempt %d\t%s by %s: %s, %s\n", t.Number, started, t.Worker, outcome, took)
		if t.Error != "" {
			fmt.Fprintf(w, "\t%s\n", oneLine(t.Error))
		}
		if trace := lector.ParseTraceContext(t.Trace, "").ID(); trace != "" {
			fmt.Fprintf(w, "\ttrace %s\n", trace)
		}
	}
}

func showChunks(w io.Writer, j lector.Job) {
	for i, c := range j.Chunks {
		fmt.Fprintf(w, "chunk %d\t%s  %d characters, %s%s\n", i+1, c.Hash[:min(12, len(c.Hash))], c.Characters, c.State, chunkUsage(c))
	}
}

// chunkUsage is what a chunk cost beside its characters.
func chunkUsage(c lector.ChunkState) (text string) {
	if c.Billed > c.Characters {
		text += fmt.Sprintf(", %d billed", c.Billed)
	}
	if c.Unknown > 0 {
		text += fmt.Sprintf(", %d of unknown outcome", c.Unknown)
	}
	return text
}

func (a *app) watchJobs(ctx context.Context, l jobStore, f *jobsFlags) error {
	for j, err := range l.Watch(ctx, "", "") {
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		if !f.Matches(j) {
			continue
		}
		if f.asJSON {
			if err := printJSONLines(a, []lector.Job{j}); err != nil {
				return err
			}
			continue
		}
		changed, text := j.Changed.Local().Format(time.TimeOnly), oneLine(firstNonEmpty(j.Reason, j.Title))
		fmt.Fprintf(a.stdout, "%s  %s  %-9s %-8s %s\n", changed, j.ID[:min(10, len(j.ID))], j.State, j.Stage, text)
	}
	return nil
}
