// Command intake measures how a whole process takes in what CMSs send on this machine: a burst
// of signed webhooks, and the nightly comparison with a large archive, broken off half
// way by a kill. It prints a Markdown table. Memory is what the kernel counts as resident,
// from /proc, so it is for Linux only.
//
//	go run ./publisher/bench/intake -lector bin/lector
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"
)

func main() {
	var b bench
	flag.StringVar(&b.lector, "lector", "bin/lector", "measure this lector `BINARY`")
	flag.IntVar(&b.burst, "burst", 1000, "so `MANY` webhooks in the burst")
	flag.DurationVar(&b.during, "during", 10*time.Second, "send the burst in so `LONG`")
	flag.IntVar(&b.archive, "archive", 10_000, "so `MANY` articles of the archive")
	flag.Parse()
	if runtime.GOOS != "linux" {
		fmt.Println("SKIPPED: intake: memory is read from /proc, which is Linux's")
		return
	}
	if err := b.run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench is what is measured and how.
type bench struct {
	lector  string
	burst   int
	during  time.Duration
	archive int
}

func (b bench) run(ctx context.Context) (err error) {
	dir, err := os.MkdirTemp("", "lector-intake-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	g := newGhost(b.archive)
	defer g.Close()
	i := &installation{binary: b.lector, dir: dir}
	if err := i.prepare(g.URL); err != nil {
		return err
	}
	fmt.Printf("## Intake from CMSs: %d processors\n\n| what | figure | target |\n|---|---|---|\n", runtime.NumCPU())
	if err := b.webhooks(ctx, i, g); err != nil {
		return err
	}
	return b.nightly(ctx, i, g)
}

// webhooks sends the burst, and then the rest of the archive.
func (b bench) webhooks(ctx context.Context, i *installation, g *ghost) error {
	if err := i.start(ctx, false); err != nil {
		return err
	}
	defer i.stop()
	answers, took, err := g.send(ctx, i.hook(), 0, b.burst, b.during)
	if err != nil {
		return err
	}
	slices.Sort(took)
	most, err := i.mostMemory()
	if err != nil {
		return err
	}
	row := func(what, figure, target string) { fmt.Printf("| %s | %s | %s |\n", what, figure, target) }
	row(fmt.Sprintf("%d webhooks of %d KB in %s", b.burst, g.size()>>10, b.during), fmt.Sprintf("answers %v", answers), "202, or 503")
	row("answered, median and p99", fmt.Sprintf("%.0f and %.0f ms", ms(took[len(took)/2]), ms(took[len(took)*99/100])),
		"p99 at most 200 ms")
	row("memory of the process, at most", fmt.Sprintf("%.0f MB", most), "128 MB")
	rest := b.archive - b.burst
	if _, _, err = g.send(ctx, i.hook(), b.burst, rest, time.Duration(rest)*time.Second/90); err != nil {
		return err
	}
	// What was refused is announced by the comparison; here it only has to be at rest.
	return i.awaitMetric(ctx, "the events are worked on", func(m map[string]float64) bool {
		return m["lector_events_waiting"] == 0 && m["lector_events_unsettled"] == 0
	})
}

// nightly compares the archive, kills the process half way and starts it again.
func (b bench) nightly(ctx context.Context, i *installation, g *ghost) error {
	began := time.Now()
	if err := i.start(ctx, true); err != nil {
		return err
	}
	if err := await(ctx, "half of the archive is listed", func() bool { return g.listed() >= g.pages()/2 }); err != nil {
		i.stop()
		return err
	}
	i.kill()
	before := g.listed()
	if err := i.start(ctx, true); err != nil {
		return err
	}
	err := i.awaitMetric(ctx, "the comparison is done", func(m map[string]float64) bool {
		return m[`lector_reconciles_total{outcome="ok",site="bench"}`] > 0
	})
	took := time.Since(began)
	with, memoryErr := i.mostMemory()
	i.stop()
	if err := errors.Join(err, memoryErr); err != nil {
		return err
	}
	pages := g.listed()
	without, err := b.idleMemory(ctx, i)
	if err != nil {
		return err
	}
	row := func(what, figure, target string) { fmt.Printf("| %s | %s | %s |\n", what, figure, target) }
	row(fmt.Sprintf("comparison with %d articles, killed half way and started again", b.archive),
		fmt.Sprintf("%.0f s", took.Seconds()), "300 s")
	row("pages asked for, before the kill and in all", fmt.Sprintf("%d and %d of %d", before, pages, g.pages()), "few more than there are")
	row("memory of the process, at most", fmt.Sprintf("%.0f MB, %.0f without the comparison", with, without), "64 MB more")
	return nil
}

// idleMemory is what the process has when no comparison is due.
func (b bench) idleMemory(ctx context.Context, i *installation) (float64, error) {
	if err := i.start(ctx, true); err != nil {
		return 0, err
	}
	defer i.stop()
	// The first sweep has been by then, with which each process begins.
	err := i.awaitMetric(ctx, "a sweep", func(m map[string]float64) bool { return m[`lector_sweeps_total{outcome="ok"}`] > 0 })
	if err != nil {
		return 0, err
	}
	return i.mostMemory()
}

func ms(d time.Duration) float64 { return d.Seconds() * 1000 }

// secretFile is where the secret of the webhooks is in the folder of an installation.
func secretFile(dir string) string { return filepath.Join(dir, "secret") }
