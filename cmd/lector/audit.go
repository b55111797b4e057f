package main

import (
	"context"
	"fmt"
	"iter"
	"os"
	"os/user"
	"slices"
	"text/tabwriter"
	"time"

	"lector"
	"lector/infra/nats"
)

const auditHelp = `Lists what people did by the console and by commands that change something: who
replayed, withdrew, paused, erased, and who made tokens. Articles are named by their
jobs. Entries stay for 400 days, and nobody can change or remove one.

  lector audit                          the newest hundred
  lector audit -who ann -since 24h
  lector audit -action replay -json`

// audit lists the audit.
func (a *app) audit(ctx context.Context, args []string) error {
	fs := a.flags("audit")
	set := a.settings(fs)
	q := lector.AuditQuery{}
	fs.StringVar(&q.Who, "who", "", "only what `NAME` did")
	fs.StringVar(&q.Action, "action", "", "only this `ACTION`, as replay or pause")
	most := fs.Int("n", 100, "at most `N`, the newest; 0 is all")
	since := fs.String("since", "", "only since a `TIME`: "+momentHelp)
	asJSON := fs.Bool("json", false, "print JSON, one entry a line")
	words, err := a.parse(fs, args)
	if err != nil {
		return err
	}
	if len(words) > 0 || *most < 0 {
		return usageErrorf("audit wants no operands, and -n of at least 0")
	}
	if q.Since, err = moment("since", *since, time.Now()); err != nil {
		return err
	}
	c, err := a.load(set)
	if err != nil {
		return err
	}
	return a.asOperator(c, func(conn *nats.Conn) error {
		entries, err := newestEntries(conn.AuditEntries(ctx, q), *most)
		if err != nil {
			return err
		}
		return a.printAudit(entries, *asJSON)
	})
}

// newestEntries returns the last of what is yielded, at most so many, the last first; 0 is
// all.
func newestEntries(list iter.Seq2[lector.AuditEntry, error], most int) (all []lector.AuditEntry, err error) {
	for e, err := range list {
		if err != nil {
			return nil, err
		}
		if all = append(all, e); most > 0 && len(all) > most {
			all = slices.Delete(all, 0, 1)
		}
	}
	slices.Reverse(all)
	return all, nil
}

func (a *app) printAudit(entries []lector.AuditEntry, asJSON bool) error {
	if asJSON {
		return printJSONLines(a, entries)
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "TIME\tWHO\tWAY\tACTION\tTARGET\tDETAIL")
	for _, e := range entries {
		detail := oneLine(e.Detail)
		if e.Failed != "" {
			detail = "failed: " + oneLine(e.Failed)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", e.Time.Local().Format(time.DateTime), oneLine(e.Who), e.Way, e.Action,
			oneLine(e.Target), detail)
	}
	return w.Flush()
}

// note writes into the audit what a person at this terminal is about to do. Where that
// is not possible it warns and goes on: who has these rights on NATS needs no lector.
func (a *app) note(ctx context.Context, conn *nats.Conn, e lector.AuditEntry) {
	e.Time, e.Who, e.Way = time.Now().UTC(), terminalUser(), "terminal"
	if err := conn.RecordAudit(ctx, e); err != nil {
		fmt.Fprintf(a.stderr, "warning: not in the audit: %v\n", conn.Explain(err))
	}
}

// terminalUser is who this program runs as.
func terminalUser() string {
	name, host := "somebody", "a host"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	if h, err := os.Hostname(); err == nil {
		host = h
	}
	return name + "@" + host
}
