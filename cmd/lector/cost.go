package main

import (
	"context"
	"flag"
	"fmt"
	"text/tabwriter"
	"time"

	"lector"
)

const costHelp = `Shows what the voices cost, by day (UTC), site and voice: calls, characters
billed, characters that were in the cache, characters of calls whose outcome
nobody knows (a worker died inside, or no answer came), and the price.

  lector cost                          this month
  lector cost -from 2026-11-01 -to 2026-11-07 -site havana

It reads the usage ledger in NATS, where each call is written before it is
made and after. Prices are those of price_per_million when the call was made.`

// costFlags select what is summed.
type costFlags struct {
	from, to, site string
	asJSON         bool
}

func (f *costFlags) describe(fs *flag.FlagSet) {
	fs.StringVar(&f.from, "from", "", "the first `DAY`, as 2026-11-23 (default: the first of the month)")
	fs.StringVar(&f.to, "to", "", "the last `DAY` (default: today)")
	fs.StringVar(&f.site, "site", "", "only this `NAME` of a site")
	fs.BoolVar(&f.asJSON, "json", false, "print JSON")
}

// period returns the days as [from, to).
func (f *costFlags) period(now time.Time) (from, to time.Time, err error) {
	now = now.UTC()
	from, to = time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC), now
	if f.from != "" {
		if from, err = time.Parse(time.DateOnly, f.from); err != nil {
			return from, to, usageErrorf("-from: %q is no day such as 2026-11-23", f.from)
		}
	}
	if f.to != "" {
		if to, err = time.Parse(time.DateOnly, f.to); err != nil {
			return from, to, usageErrorf("-to: %q is no day such as 2026-11-23", f.to)
		}
	}
	to = to.Truncate(24 * time.Hour).Add(24 * time.Hour)
	if !from.Before(to) {
		return from, to, usageErrorf("the period ends before it begins")
	}
	return from, to, nil
}

func (a *app) cost(ctx context.Context, args []string) (err error) {
	fs := a.flags("cost")
	set := a.settings(fs)
	var f costFlags
	f.describe(fs)
	if err := a.parseFlags(fs, args); err != nil {
		return err
	}
	from, to, err := f.period(time.Now())
	if err != nil {
		return err
	}
	c, err := a.load(set)
	if err != nil {
		return err
	}
	sums, err := a.usageTotals(ctx, c, f.site, from, to)
	if err != nil {
		return err
	}
	if f.asJSON {
		return a.printJSON(sums)
	}
	return a.printUsage(sums)
}

// usageTotals sums the ledger.
func (a *app) usageTotals(ctx context.Context, c *config, site string, from, to time.Time) (sums []lector.UsageTotal, err error) {
	h := a.resources(c)
	defer h.close(&err)
	conn, err := h.nats("ops")
	if err != nil {
		return nil, err
	}
	ledger, err := conn.UsageLedger(ctx)
	if err != nil {
		return nil, err
	}
	var calls []lector.Call
	for call, err := range ledger.Calls(ctx, site, from, to) {
		if err != nil {
			return nil, err
		}
		calls = append(calls, call)
	}
	return lector.SumUsage(calls), nil
}

func (a *app) printUsage(sums []lector.UsageTotal) error {
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(day, site, voice string, s lector.UsageTotal) {
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%d\t%d\t%d\t%.4f\t\n", day, site, voice, s.Calls, s.Billed, s.Reused, s.Unknown, s.Cost)
	}
	fmt.Fprintln(w, "DAY\tSITE\tVOICE\tCALLS\tBILLED\tREUSED\tUNKNOWN\tUSD\t")
	var total lector.UsageTotal
	for _, s := range sums {
		row(s.Day, s.Site, s.Voice, s)
		total.Calls += s.Calls
		total.Billed += s.Billed
		total.Reused += s.Reused
		total.Unknown += s.Unknown
		total.Cost += s.Cost
	}
	row("total", "", "", total)
	return w.Flush()
}
