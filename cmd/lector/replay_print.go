package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"lector"
	"lector/infra/nats"
)

// namedLeftOut is how many articles that are left out are named to a person.
const namedLeftOut = 20

func (a *app) printReplayPlan(p lector.ReplayPlan, jobs []lector.JobRef, f *replayFlags) error {
	if f.publish.asJSON && f.plan {
		p.Jobs = make([]string, len(jobs))
		for i, j := range jobs {
			p.Jobs[i] = j.ID
		}
		return a.printJSON(p)
	}
	if f.publish.asJSON {
		return nil
	}
	if p.Articles == 0 && p.Skipped == 0 {
		fmt.Fprintln(a.stdout, "no jobs")
		return nil
	}
	about := ""
	if p.Estimate {
		about = "about "
	}
	fmt.Fprintf(a.stdout, "plan: replay %s: %s%d characters in the cache, %s%d to be billed, %s$%.4f, about %s\n", lector.Plural(p.Articles, "article"),
		about, p.Characters.Cached, about, p.Characters.Billed, about, p.Cost,
		time.Duration(p.Seconds*float64(time.Second)).Round(time.Second))
	a.printLeftOut(p.Skipped, p.LeftOut)
	return nil
}

// printLeftOut counts what is left out by its reason, and names the first.
func (a *app) printLeftOut(n int, all []lector.LeftOut) {
	if n == 0 {
		return
	}
	fmt.Fprintf(a.stdout, "left out: %d\n", n)
	for _, l := range all[:min(namedLeftOut, len(all))] {
		fmt.Fprintf(a.stdout, "  %s  %s\n", l.Job, oneLine(l.Reason))
	}
	if left := n - namedLeftOut; left > 0 {
		fmt.Fprintf(a.stdout, "  and %d more\n", left)
	}
}

func (a *app) listReplays(ctx context.Context, c *config, f *replayFlags) error {
	return a.asOperator(c, func(conn *nats.Conn) error {
		records, err := conn.Replays(ctx)
		if err != nil {
			return err
		}
		all, err := records.All(ctx)
		if err != nil {
			return err
		}
		slices.SortFunc(all, func(x, y lector.Replay) int { return y.Created.Compare(x.Created) })
		switch {
		case f.publish.asJSON:
			return printJSONLines(a, all)
		case len(all) == 0:
			fmt.Fprintln(a.stdout, "no replays")
			return nil
		}
		w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "REPLAY\tSTATE\tCREATED\tARTICLES\tENDED\tLEFT OUT\tRESULTS")
		for _, r := range all {
			fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%d\t%d\t%s\n",
				r.ID, r.State, r.Created.Local().Format(time.DateTime), r.Plan.Articles, r.Ended(), r.Skipped, resultsText(r))
		}
		return w.Flush()
	})
}

// resultsText says how many articles came to which state.
func resultsText(r lector.Replay) string {
	var parts []string
	for _, state := range slices.Sorted(maps.Keys(r.Results)) {
		parts = append(parts, fmt.Sprintf("%d %s", r.Results[state], state))
	}
	return strings.Join(parts, ", ")
}

func (a *app) showReplay(ctx context.Context, c *config, f *replayFlags, id string) error {
	return a.asOperator(c, func(conn *nats.Conn) error {
		records, err := conn.Replays(ctx)
		if err != nil {
			return err
		}
		r, _, err := records.Replay(ctx, id)
		if err != nil {
			return replayHint(err)
		}
		if f.publish.wait {
			return a.followReplay(ctx, records, f, id)
		}
		if f.publish.asJSON {
			return a.printJSON(r)
		}
		return a.printReplay(r)
	})
}

func replayHint(err error) error { return lector.Hint(err, "lector replay list shows them all") }

func (a *app) printReplay(r lector.Replay) error {
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	row := func(name string, value any) { fmt.Fprintf(w, "%s\t%s\n", name, oneLine(fmt.Sprint(value))) }
	row("replay", r.ID)
	row("state", r.State)
	row("created", r.Created.Local().Format(time.DateTime))
	row("changed", r.Changed.Local().Format(time.DateTime))
	row("articles", r.Plan.Articles)
	row("ended", fmt.Sprintf("%d (%s)", r.Ended(), resultsText(r)))
	row("at work", len(r.Working))
	row("planned", fmt.Sprintf("%d characters billed, $%.4f", r.Plan.Characters.Billed, r.Plan.Cost))
	if r.Worker != "" {
		row("worker", r.Worker)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	a.printLeftOut(r.Skipped, r.LeftOut)
	return nil
}

// setReplay pauses, resumes or cancels a replay.
func (a *app) setReplay(ctx context.Context, c *config, id string, state lector.ReplayState) error {
	return a.asOperator(c, func(conn *nats.Conn) error {
		records, err := conn.Replays(ctx)
		if err != nil {
			return err
		}
		for {
			r, version, err := records.Replay(ctx, id)
			switch {
			case err != nil:
				return replayHint(err)
			case r.Over() && r.State != state:
				return fmt.Errorf("%s is %s", id, r.State)
			}
			r.State, r.Changed = state, time.Now().UTC()
			if state == lector.ReplayCancelled {
				r.Finished = r.Changed
			}
			_, err = records.Save(ctx, r, version)
			if errors.Is(err, lector.ErrConflict) { // its worker has noted progress meanwhile
				continue
			}
			if err == nil {
				fmt.Fprintf(a.stdout, "%s is %s\n", id, state)
			}
			return err
		}
	})
}

// followReplay shows the progress until the replay is over. It is an error when an
// article failed.
func (a *app) followReplay(ctx context.Context, records *nats.Replays, f *replayFlags, id string) error {
	if f.timeoutGiven {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, f.publish.timeout)
		defer cancel()
	}
	shown := ""
	for {
		r, _, err := records.Replay(ctx, id)
		switch {
		case errors.Is(ctx.Err(), context.DeadlineExceeded):
			return lector.Hint(fmt.Errorf("%s is not done after %s", id, f.publish.timeout), "it goes on: see lector replay show %s", id)
		case err != nil && ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			return replayHint(err)
		}
		if text := fmt.Sprintf("%s: %s, %d of %s (%s)", r.ID, r.State, r.Ended(), lector.Plural(r.Plan.Articles, "article"), resultsText(r)); text != shown {
			shown = text
			fmt.Fprintln(a.stderr, text)
		}
		if r.Over() {
			return a.printReplayOutcome(f, r)
		}
		_ = again(ctx) // the next reading says why ctx ended
	}
}

func (a *app) printReplayOutcome(f *replayFlags, r lector.Replay) (err error) {
	if f.publish.asJSON {
		err = a.printJSON(r)
	} else {
		err = a.printReplay(r)
	}
	if n := r.Results[string(lector.Failed)]; n > 0 {
		return errors.Join(err, lector.Hint(fmt.Errorf("%d of %s failed", n, lector.Plural(r.Plan.Articles, "article")),
			"lector jobs list -state failed shows them"))
	}
	return err
}
