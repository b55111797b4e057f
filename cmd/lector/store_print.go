package main

import (
	"fmt"
	"io"
	"sync"
	"text/tabwriter"
	"time"

	"lector"
	"lector/infra/store/transfer"
)

// copyReport is what lector store copy prints.
type copyReport struct {
	From string `json:"from"`
	To   string `json:"to"`
	Plan bool   `json:"plan"`
	transfer.Report
}

func (a *app) printCopy(c copyReport, asJSON bool) error {
	if asJSON {
		c.Problems = append([]transfer.Problem{}, c.Problems...)
		return a.printJSON(c)
	}
	verb := "COPIED"
	if c.Plan {
		verb = "TO COPY"
	}
	fmt.Fprintf(a.stdout, "from %s\nto   %s\n\n", c.From, c.To)
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "\tOBJECTS\tMB\t%s\tMB\tDELETED\tLEFT IN THE TARGET\t\n", verb)
	for _, part := range []struct {
		name string
		transfer.Tally
	}{{"clips", c.Clips}, {"answers", c.Answers}, {"claims", c.Claims}, {"lexicon", c.Lexicon}, {"withdrawn", c.Withdrawn}, {"renditions", c.Renditions}} {
		fmt.Fprintf(w, "%s\t%d\t%.1f\t%d\t%.1f\t%d\t%d\t\n", part.name,
			part.Objects, megabytes(part.Bytes), part.Copied, megabytes(part.CopiedBytes), part.Deleted, part.Kept)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return a.printProblems(c)
}

func (a *app) printProblems(c copyReport) error {
	fmt.Fprintln(a.stdout)
	for _, p := range c.Problems {
		fmt.Fprintf(a.stdout, "%s: %s\n", p.Key, p.Error)
		if p.Hint != "" {
			fmt.Fprintf(a.stdout, "  %s\n", p.Hint)
		}
	}
	var err error
	switch {
	case c.Plan:
		_, err = fmt.Fprintln(a.stdout, "nothing was changed: this is the plan")
	case len(c.Problems) > 0:
	case c.Settled:
		_, err = fmt.Fprintf(a.stdout, "the target has all that the source has (gone through %s)\n", lector.Plural(c.Rounds, "time"))
	default:
		_, err = fmt.Fprintln(a.stdout, "the source still changes: stop lector and run this once more")
	}
	return err
}

func megabytes(bytes int64) float64 { return float64(bytes) / 1e6 }

// copyProgress prints the progress of a copy: on a terminal in one line, elsewhere
// now and then.
type copyProgress struct {
	mu    sync.Mutex
	w     io.Writer
	live  bool
	every time.Duration
	next  time.Time
	now   func() time.Time
}

func (a *app) copyProgress() *copyProgress {
	p := &copyProgress{w: a.stderr, live: isTerminal(a.stderr), every: 30 * time.Second, now: time.Now}
	if p.live {
		p.every = 100 * time.Millisecond
	}
	p.next = p.now().Add(p.every)
	return p
}

func (p *copyProgress) step(s transfer.Step) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if now.Before(p.next) {
		return
	}
	p.next = now.Add(p.every)
	line := fmt.Sprintf("%s: %d looked at; copied so far: %s, %.1f MB", s.Part, s.Seen, lector.Plural(s.Copied, "object"), megabytes(s.Bytes))
	if p.live {
		fmt.Fprintf(p.w, "\r\x1b[K%s", line)
		return
	}
	fmt.Fprintln(p.w, line)
}

// end wipes the line.
func (p *copyProgress) end() {
	if p.live {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
