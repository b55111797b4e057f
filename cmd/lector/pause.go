package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"lector"
	"lector/infra/nats"
)

const pauseHelp = `Pauses a lane, a site or a voice until it is resumed, over all workers and their
restarts. What runs goes on to its end. Without operands it lists what is paused.

  lector pause lane backfill -reason "election night"
  lector pause site havana
  lector pause voice amy -reason "wrong invoice"
  lector pause                         what is paused

Of a paused lane or site nothing is begun: its events wait at the broker. The lanes
are breaking, normal and backfill. A paused voice is not called: another voice of the
site reads; where there is none, the articles are parked. All go on by themselves
some seconds after lector resume. Withdrawals are never paused.`

const resumeHelp = `Lets a lane, a site or a voice go on that lector pause has paused. What waited for it
goes on by itself within some seconds.

  lector resume lane backfill`

func (a *app) pause(ctx context.Context, args []string) error {
	fs := a.flags("pause")
	set := a.settings(fs)
	reason := fs.String("reason", "", "`TEXT` that says why, for those who ask")
	asJSON := fs.Bool("json", false, "print JSON")
	words, err := a.parse(fs, args)
	if err != nil {
		return err
	}
	c, err := a.load(set)
	if err != nil {
		return err
	}
	if len(words) == 0 {
		return a.asOperator(c, func(conn *nats.Conn) error { return a.listPauses(ctx, conn.Pauses(), *asJSON) })
	}
	pause, err := c.pauseOf(words)
	if err == nil {
		err = c.checkPaused(pause)
	}
	if err != nil {
		return err
	}
	pause.Reason, pause.Who, pause.Since = *reason, terminalUser(), time.Now().UTC()
	return a.asOperator(c, func(conn *nats.Conn) error { return a.setPause(ctx, conn, pause) })
}

// setPause pauses something, and says so where it was paused already.
func (a *app) setPause(ctx context.Context, conn *nats.Conn, pause lector.Pause) error {
	p := conn.Pauses()
	if err := p.Load(ctx); err != nil {
		return err
	}
	a.note(ctx, conn, lector.AuditEntry{Action: "pause", Target: string(pause.Kind) + " " + pause.Name, Detail: oneLine(pause.Reason)})
	if err := p.Set(ctx, pause); err != nil {
		return err
	}
	if before, paused := p.Paused(pause.Kind, pause.Name); paused {
		fmt.Fprintf(a.stdout, "before, since %s: %s\n", before.Since.Local().Format(time.DateTime), oneLine(before.String()))
	}
	fmt.Fprintf(a.stdout, "%s; lector resume %s %s lets it go on\n", oneLine(pause.String()), pause.Kind, pause.Name)
	return nil
}

func (a *app) resume(ctx context.Context, args []string) error {
	fs := a.flags("resume")
	set := a.settings(fs)
	words, err := a.parse(fs, args)
	if err != nil {
		return err
	}
	c, err := a.load(set)
	if err != nil {
		return err
	}
	pause, err := c.pauseOf(words)
	if err != nil {
		return err
	}
	return a.asOperator(c, func(conn *nats.Conn) error { return a.resumePaused(ctx, conn, pause) })
}

func (a *app) resumePaused(ctx context.Context, conn *nats.Conn, pause lector.Pause) error {
	p := conn.Pauses()
	if err := p.Load(ctx); err != nil {
		return err
	}
	if _, paused := p.Paused(pause.Kind, pause.Name); !paused {
		return lector.Hint(fmt.Errorf("%s %s: %w", pause.Kind, pause.Name, errNotPaused), "lector pause lists what is")
	}
	a.note(ctx, conn, lector.AuditEntry{Action: "resume", Target: string(pause.Kind) + " " + pause.Name})
	if err := p.Remove(ctx, pause); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "%s %s goes on\n", pause.Kind, pause.Name)
	return nil
}

var errNotPaused = fmt.Errorf("it is not paused: %w", lector.ErrNotFound)

// pauseOf reads KIND and NAME.
func (c *config) pauseOf(words []string) (lector.Pause, error) {
	kinds := []lector.PauseKind{lector.PauseLane, lector.PauseSite, lector.PauseVoice}
	if len(words) != 2 || !slices.Contains(kinds, lector.PauseKind(words[0])) {
		return lector.Pause{}, usageError{lector.Hint(fmt.Errorf("what does %q mean?", strings.Join(words, " ")),
			"give lane, site or voice, and its NAME")}
	}
	p := lector.Pause{Kind: lector.PauseKind(words[0]), Name: words[1]}
	if p.Kind != lector.PauseLane {
		return p, nil
	}
	lane, err := lector.ParseLane(p.Name)
	if err != nil {
		return p, usageError{err}
	}
	p.Name = lane.String()
	return p, nil
}

// checkPaused refuses a name that is not configured here: a slip would pause nothing,
// without a word.
func (c *config) checkPaused(p lector.Pause) error {
	if p.Kind == lector.PauseSite {
		_, err := c.site(p.Name)
		return err
	}
	if _, ok := c.Voices[p.Name]; p.Kind == lector.PauseVoice && !ok {
		return usageError{lector.Hint(unknownError("voice", p.Name),
			"configured voices: %s; name the settings of the workers with -config", joinKeys(c.Voices))}
	}
	return nil
}

func (a *app) listPauses(ctx context.Context, p *nats.Pauses, asJSON bool) error {
	all, err := p.All(ctx)
	if err != nil {
		return err
	}
	if asJSON {
		return a.printJSON(append([]lector.Pause{}, all...))
	}
	if len(all) == 0 {
		fmt.Fprintln(a.stdout, "nothing is paused")
		return nil
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "KIND\tNAME\tSINCE\tBY\tREASON")
	for _, pause := range all {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", pause.Kind, pause.Name, pause.Since.Local().Format(time.DateTime),
			firstNonEmpty(oneLine(pause.Who), "-"), oneLine(pause.Reason))
	}
	return w.Flush()
}
