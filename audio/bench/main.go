// Command bench compares the stitch with what else is on the PATH: speed,
// memory, durations, joins, seeking, loudness. It makes its corpus with flite
// and lame, judges with ffmpeg and mpg123, and prints Markdown tables.
//
//	go run ./audio/bench               # a few minutes
//	go run ./audio/bench -only speed   # or memory, quality, bitrates, loudness, level, hearing, decoding
//	go run ./audio/bench -slow         # with the re-encoders over the large set too
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"runtime"
)

// measured are what this program runs as a process of its own, to measure it.
var measured = map[string]func(args []string) error{
	"stitch": stitch, "inspect": inspect, "layer3": decodeByOurs, "go-mp3": decodeByGoMP3,
}

func main() {
	if len(os.Args) > 1 && measured[os.Args[1]] != nil { // a process of its own
		if err := measured[os.Args[1]](os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		return
	}
	slow := flag.Bool("slow", false, "run the re-encoders over the large set too")
	lector := flag.String("lector", "", "also measure this lector `BINARY`")
	only := flag.String("only", "", "run this `TABLE` alone")
	flag.Parse()
	if err := bench(*only, *slow, *lector); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench(only string, slow bool, lector string) error {
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
	b := &benchmark{ctx: context.Background(), corpus: c, self: self, lector: lector, tools: tools(self, lector), slow: slow}
	for _, t := range []struct {
		name string
		run  func() error
	}{
		{"speed", b.speed}, {"memory", b.memory}, {"quality", b.quality},
		{"bitrates", b.bitrates}, {"loudness", b.loudness}, {"level", b.level}, {"hearing", b.hearing}, {"decoding", b.decoding},
	} {
		if only != "" && only != t.name {
			continue
		}
		if err := t.run(); err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
	}
	return nil
}
