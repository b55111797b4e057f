// Command bench compares the stitch with what else is on the PATH: speed,
// memory, durations, joins, seeking, loudness. It makes its corpus with flite
// and lame, judges with ffmpeg and mpg123, and prints Markdown tables.
//
//	go run ./audio/bench            # two minutes
//	go run ./audio/bench -slow      # with the encoders that take a minute each
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"runtime"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "stitch" { // a process of its own, to be measured
		if err := stitch(os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		return
	}
	slow := flag.Bool("slow", false, "run the re-encoders over the large set too")
	lector := flag.String("lector", "", "also measure this lector `BINARY`")
	flag.Parse()
	if err := bench(*slow, *lector); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench(slow bool, lector string) error {
	dir, err := os.MkdirTemp("", "lector-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	c, err := newCorpus(dir)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	fmt.Printf("%s, %d processors, %s\n\n", runtime.GOOS, runtime.NumCPU(), runtime.Version())
	b := &benchmark{ctx: context.Background(), corpus: c, tools: tools(self, lector), slow: slow}
	for _, part := range []func() error{b.speed, b.memory, b.quality, b.bitrates, b.loudness, b.analysis} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}
