// Command bench compares how fast lector publisher sends files with nginx on
// the same machine, in the same minutes: whole processes, over loopback, 64
// clients. It prints Markdown tables. CPU times come from /proc, so it is for
// Linux only.
//
//	go run ./publisher/bench -lector bin/lector
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"time"
)

func main() {
	var b bench
	flag.StringVar(&b.lector, "lector", "bin/lector", "measure this lector `BINARY`")
	flag.IntVar(&b.rounds, "rounds", 7, "measure each server so `OFTEN`, in turn")
	flag.DurationVar(&b.each, "each", 2*time.Second, "measure so `LONG` at a time")
	flag.IntVar(&b.clients, "clients", 64, "so `MANY` clients at once")
	flag.IntVar(&b.stalled, "stalled", 1000, "so `MANY` clients that read nothing in the last table")
	flag.Parse()
	if _, err := exec.LookPath("nginx"); err != nil {
		fmt.Println("SKIPPED: bytes out: nginx is not on the PATH (Debian: apt-get install nginx-light)")
		return
	}
	if runtime.GOOS != "linux" {
		fmt.Println("SKIPPED: bytes out: processor times are read from /proc, which is Linux's")
		return
	}
	if err := b.run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench is what is measured and how.
type bench struct {
	lector  string
	rounds  int
	each    time.Duration
	clients int
	stalled int
}

// size is that of an article of two and a half minutes at 48 kbit/s, in bytes.
const size = 870_000

// loads are what the clients ask for.
var loads = []struct {
	name  string
	piece int64 // bytes of a range; 0 is the whole file
}{
	{"870 kB whole", 0},
	{"64 KiB ranges", 64 << 10},
}

func (b bench) run() error {
	dir, err := os.MkdirTemp("", "lector-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := makeFile(dir); err != nil {
		return err
	}
	nginx, err := startNginx(dir)
	if err != nil {
		return err
	}
	defer nginx.stop()
	lector, err := startLector(b.lector, dir)
	if err != nil {
		return err
	}
	defer lector.stop()
	fmt.Printf("%d processors, %s, %d clients, medians of %d rounds in turn\n\n", runtime.NumCPU(), runtime.Version(), b.clients, b.rounds)
	if err := b.compare(lector, nginx); err != nil {
		return err
	}
	return b.stall(lector)
}

// compare prints the throughput and the processor time of both servers.
func (b bench) compare(lector, nginx *server) error {
	fmt.Println("| bytes out | lector MB/s | nginx MB/s | ratio | lector CPU s/GB | nginx CPU s/GB | ratio |")
	fmt.Println("|---|---|---|---|---|---|---|")
	for _, load := range loads {
		var rounds [6][]float64
		for range b.rounds {
			ours, err := b.measure(lector, load.piece)
			if err != nil {
				return err
			}
			theirs, err := b.measure(nginx, load.piece)
			if err != nil {
				return err
			}
			for i, v := range []float64{
				ours.perSecond, theirs.perSecond, ours.perSecond / theirs.perSecond,
				ours.perGB, theirs.perGB, ours.perGB / theirs.perGB,
			} {
				rounds[i] = append(rounds[i], v)
			}
		}
		fmt.Printf("| %s | %.0f | %.0f | %.2f | %.2f | %.2f | %.2f |\n", load.name,
			median(rounds[0]), median(rounds[1]), median(rounds[2]), median(rounds[3]), median(rounds[4]), median(rounds[5]))
	}
	fmt.Println()
	return nil
}

// stall prints what clients that read nothing cost those who read.
func (b bench) stall(lector *server) error {
	before, err := b.measure(lector, loads[1].piece)
	if err != nil {
		return err
	}
	memory := lector.memory()
	release, err := stallClients(lector.address, b.stalled)
	if err != nil {
		return err
	}
	defer release()
	each := (lector.memory() - memory) / int64(b.stalled)
	beside, err := b.measure(lector, loads[1].piece)
	if err != nil {
		return err
	}
	fmt.Printf("| %d clients that read nothing | MB/s without | beside them | memory of each, KB |\n|---|---|---|---|\n", b.stalled)
	fmt.Printf("| 64 KiB ranges | %.0f | %.0f | %d |\n\n", before.perSecond, beside.perSecond, each>>10)
	return nil
}

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}
