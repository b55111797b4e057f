// Command bench measures what an article costs a worker, beside another build of
// lector: both serve on this machine, are driven through their own commands, and are
// asked in turn, so that other load on the machine slows both. The voice is a server in this
// process that answers at once with speech; the clips are checked. It prints a
// Markdown table.
//
//	go run ./worker/bench -lector bin/lector -before /tmp/lector-876c1a1
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"time"
)

// options are what is measured.
type options struct {
	lector, before string
	rounds         int
	single, many   int // articles of a round: one after the other, and then at once
}

func main() {
	var o options
	flag.StringVar(&o.lector, "lector", "bin/lector", "the `BINARY` that is measured")
	flag.StringVar(&o.before, "before", "", "the `BINARY` that it is compared with")
	flag.IntVar(&o.rounds, "rounds", 3, "`HOW` often both are asked in turn")
	flag.IntVar(&o.single, "single", 10, "`ARTICLES` of a round one after the other")
	flag.IntVar(&o.many, "many", 20, "`ARTICLES` of a round at once")
	flag.Parse()
	if err := bench(context.Background(), o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench(ctx context.Context, o options) (err error) {
	dir, err := os.MkdirTemp("", "lector-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	voice, err := newVoice(ctx, dir)
	if err != nil {
		return err
	}
	defer voice.Close()
	var all []*installation
	for _, binary := range []string{o.before, o.lector} {
		if binary == "" {
			continue
		}
		i, err := start(ctx, dir, binary, voice.URL)
		if err != nil {
			return err
		}
		defer func() { _ = i.stop() }() // how it ends is not measured
		all = append(all, i)
	}
	results, err := rounds(ctx, o, all)
	if err != nil {
		return err
	}
	fmt.Printf("## The worker: articles of %d chunks and %.0f s, a voice that answers at once, clips checked; median of %d rounds\n\n",
		len(paragraphs)+1, voice.seconds(), o.rounds)
	print(all, results)
	return nil
}

// result is what one round found out.
type result struct {
	perSecond         float64 // articles
	median            float64 // seconds from the event to the audio
	cpu               float64 // seconds of a processor an article
	allocations, heap float64 // of an article; bytes
}

// rounds asks the builds in turn. The first articles of each pay for what is opened
// once, and for the clips of a new voice that are heard twice.
func rounds(ctx context.Context, o options, all []*installation) (map[*installation][]result, error) {
	results := map[*installation][]result{}
	for _, i := range all {
		if _, err := i.manyAtOnce(ctx, 10); err != nil {
			return nil, fmt.Errorf("%s: %w", i.binary, err)
		}
	}
	for range o.rounds {
		for _, i := range all {
			r, err := i.round(ctx, o)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", i.binary, err)
			}
			results[i] = append(results[i], r)
		}
	}
	return results, nil
}

func (i *installation) round(ctx context.Context, o options) (r result, err error) {
	var times []time.Duration
	for range o.single {
		took, err := i.one(ctx)
		if err != nil {
			return r, err
		}
		times = append(times, took)
	}
	slices.Sort(times)
	r.median = times[len(times)/2].Seconds()
	before, err := i.used(ctx)
	if err != nil {
		return r, err
	}
	took, err := i.manyAtOnce(ctx, o.many)
	if err != nil {
		return r, err
	}
	n := float64(o.many)
	r.perSecond = n / took.Seconds()
	after, err := i.used(ctx)
	r.cpu, r.allocations, r.heap = (after.cpu-before.cpu)/n, (after.allocations-before.allocations)/n, (after.heap-before.heap)/n
	return r, err
}

func print(all []*installation, results map[*installation][]result) {
	fmt.Println("| build | articles a second | event to audio p50, ms | processor time, ms an article | allocations an article | MB allocated an article |")
	fmt.Println("|---|---|---|---|---|---|")
	figures := func(i *installation) []float64 {
		return []float64{
			median(results[i], func(r result) float64 { return r.perSecond }),
			median(results[i], func(r result) float64 { return 1000 * r.median }),
			median(results[i], func(r result) float64 { return 1000 * r.cpu }),
			median(results[i], func(r result) float64 { return r.allocations }),
			median(results[i], func(r result) float64 { return r.heap / 1e6 }),
		}
	}
	for _, i := range all {
		f := figures(i)
		fmt.Printf("| %s | %.1f | %.0f | %.0f | %.0f | %.1f |\n", i.binary, f[0], f[1], f[2], f[3], f[4])
	}
	if len(all) == 2 {
		a, b := figures(all[0]), figures(all[1])
		fmt.Printf("| the second to the first | %.2f × | %.2f × | %.2f × | %.2f × | %.2f × |\n", b[0]/a[0], b[1]/a[1], b[2]/a[2],
			b[3]/a[3], b[4]/a[4])
	}
	fmt.Println()
}

func median(all []result, of func(result) float64) float64 {
	var values []float64
	for _, r := range all {
		values = append(values, of(r))
	}
	slices.Sort(values)
	return values[len(values)/2]
}
